#!/bin/bash
# Starts the demo in a Debian that has only python3 and git, as somebody would who just cloned it.
#
#   tests/bare/try.sh [FOLDER]      (root; FOLDER is made with debootstrap if it is missing)
#
# DO=test runs ./canone test there instead, which installs the rest of what it needs by itself.
# CA_FILE names certificates to add where the network needs its own; SUITE another Debian.
set -euo pipefail
tree=${1:-/tmp/canone-bare}
suite=${SUITE:-bookworm}
port=${PORT:-8055}
source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
limit=600

[ -e "$tree/usr/bin/git" ] || debootstrap --variant=minbase \
    --include=python3,git,ca-certificates "$suite" "$tree" >/dev/null
cp /etc/resolv.conf /etc/hosts "$tree/etc/"
rm -rf "$tree/root/canone" "$tree/root/.cache"
git clone -q "$source" "$tree/root/canone"
variables=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
if [ -n "${CA_FILE:-}" ]; then
    cp "$CA_FILE" "$tree/root/ca.pem"
    variables+=(SSL_CERT_FILE=/root/ca.pem NODE_EXTRA_CA_CERTS=/root/ca.pem)
fi
mountpoint -q "$tree/proc" || mount -t proc proc "$tree/proc"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    [ -e "$tree/dev/${device%:*}" ] || mknod -m 666 "$tree/dev/${device%:*}" c 1 "${device#*:}"
done

inside() { chroot "$tree" /usr/bin/env -i "${variables[@]}" "$@"; }

start() { # in the background; its process is $server
    (exec chroot "$tree" /usr/bin/env -i "${variables[@]}" \
        /bin/sh -c "cd /root/canone && exec ./canone demo --port $port") >"$tree/root/out" 2>&1 &
    server=$!
}

ask() { inside python3 -c "
import urllib.request, sys
print(urllib.request.urlopen('http://127.0.0.1:$port' + sys.argv[1], timeout=5).status)" "$1" 2>/dev/null; }

wait_until_up() { # prints the seconds it took since $1
    local begun=$1
    until [ "$(ask /healthz)" = 200 ]; do
        kill -0 "$server" 2>/dev/null || { cat "$tree/root/out"; echo "the launcher ended"; exit 1; }
        [ $(($(date +%s) - begun)) -lt $limit ] || { cat "$tree/root/out"; echo "too slow"; exit 1; }
        sleep 0.1
    done
}

status=0
stop() {
    [ -n "$server" ] || return 0
    kill -"${1:-TERM}" "$server" 2>/dev/null || true
    status=0
    wait "$server" 2>/dev/null || status=$?
}
server=
trap 'stop; umount "$tree/dev/pts" 2>/dev/null || true; umount "$tree/dev/shm" 2>/dev/null || true; umount "$tree/proc" 2>/dev/null || true' EXIT

. "$tree/etc/os-release"
echo "$PRETTY_NAME, $(inside python3 --version), ensurepip:" \
    "$(inside python3 -m ensurepip --version >/dev/null 2>&1 && echo there || echo missing)"

if [ "${DO:-demo}" = test ]; then
    mkdir -p "$tree/dev/shm" # Chromium's processes share memory there
    mountpoint -q "$tree/dev/shm" || mount -t tmpfs -o size=1g tmpfs "$tree/dev/shm"
    mkdir -p "$tree/dev/pts" # the MeshCentral agent opens a real terminal
    mountpoint -q "$tree/dev/pts" || mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts"
    ln -sf pts/ptmx "$tree/dev/ptmx"
    begun=$(date +%s)
    inside /bin/sh -c "cd /root/canone && ./canone test </dev/null" || status=$?
    echo "the tests ended with status $status after $(($(date +%s) - begun)) s," \
        "with $(cut -d' ' -f1 /proc/loadavg) processes at work on $(nproc) cores"
    exit "$status"
fi

for phase in "Making the Python" "fetching it" "fetching it" "front-end" "Preparing" "Loading the demo"; do
    start
    until grep -aq "$phase" "$tree/root/out"; do
        kill -0 "$server" 2>/dev/null || { cat "$tree/root/out"; echo "the launcher ended"; exit 1; }
        sleep 0.1
    done
    sleep 1.5
    stop KILL
    echo "killed 1.5 s after: $(grep -a "$phase" "$tree/root/out")"
done

begun=$(date +%s)
start
wait_until_up "$begun"
echo "started after the kills in $(($(date +%s) - begun)) s; sign-in answers $(ask /accounts/login/)"
stop
echo "stopped with status $status"

begun=$(date +%s.%N)
start
wait_until_up "${begun%.*}"
echo "second start in $(echo "$(date +%s.%N) $begun" | awk '{printf "%.1f", $1 - $2}') s," \
    "with $(cut -d' ' -f1 /proc/loadavg) processes at work on $(nproc) cores"
stop
sed -n '/Canone is ready/,/Ctrl-C/p' "$tree/root/out"
