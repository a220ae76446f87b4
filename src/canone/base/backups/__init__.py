"""Backups: the whole firm in one file, and back.

An archive is a tar: `about.json` first (what it is and which tables it fits), then the database,
the secret and the stored files, and `checksums.json` last, without which it counts as cut off. A
sealed archive is the same, encrypted with a passphrase. `docs/developers/backups.md` describes it
to the byte. The database goes in as SQLite's own file, or, from PostgreSQL, as one text per table.

This context owns the plan (when, where, how many are kept) and the log of what was made. It never
touches a row of another context: it copies tables as they are.
"""
