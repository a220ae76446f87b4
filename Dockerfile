# Canone in a container: the launcher's own steps, from the hashed lock. See docs/operations.md.
FROM python:3.13-slim-bookworm

RUN groupadd --gid 10001 canone \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin canone \
    && install -d -o canone -g canone /srv/canone /data /data/files /data/backups

ENV CANONE_DATA=/data \
    CANONE_ASSETS=/srv/canone/var/assets \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /srv/canone
USER canone
COPY --chown=canone:canone . .

# Packages by hash, front-end files by hash, messages; the rest is made when it starts.
RUN ./canone build --extras

VOLUME ["/data/files", "/data/backups"]
EXPOSE 8000
ENTRYPOINT ["./canone"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
