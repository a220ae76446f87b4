"""A server of connection reports on the loopback, in TeamViewer's shape, for measurements.

`python -m canone.config.bench.reports COUNT GROUPS` prints its port and serves until it is killed.
Its pages are made before it listens, so that what is measured is the asking.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import django

PAGE = 1000


def pages(count: int, groups: int) -> dict[str, bytes]:
    """Return the bodies of the report's pages by their offset, newest end first."""
    from canone.config.bench import seed  # noqa: PLC0415 (after django.setup)

    hints = [f"Cliente {number:04d} S.r.l." for number in range(groups)]
    records = [
        {
            "id": row.external_id,
            "userid": f"u{row.technician.rpartition(' ')[2]}",
            "username": row.technician,
            "deviceid": row.device_key,
            "devicename": row.device_name,
            "groupid": f"g{row.group_hint}",
            "groupname": row.group_hint,
            "support_session_type": 1,
            "start_date": f"{row.started_at:%Y-%m-%dT%H:%M:%SZ}",
            "end_date": f"{row.ended_at:%Y-%m-%dT%H:%M:%SZ}",
            "fee": 0.0,
            "currency": "EUR",
            "billing_state": "Bill",
            "notes": row.note,
        }
        for row in seed.rows(count, hints)
    ]
    records.sort(key=lambda record: str(record["end_date"]), reverse=True)
    made = {}
    for start in range(0, max(count, 1), PAGE):
        part = records[start : start + PAGE]
        left = count - start - len(part)
        told: dict[str, object] = {"records": part, "records_remaining": left}
        if left:
            told["next_offset"] = part[-1]["id"]
        made["" if not start else str(records[start - 1]["id"])] = json.dumps(told).encode()
    return made


def main() -> None:
    """Serve the pages until somebody ends it."""
    django.setup()
    made = pages(int(sys.argv[1]), int(sys.argv[2]))

    class Reports(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer with a page of the report, or with no users."""
            parts = urlsplit(self.path)
            offset = parse_qs(parts.query).get("offset_id", [""])[0]
            body = made[offset] if parts.path.endswith("/connections") else b'{"users": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its parent's)
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Reports)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
