"""The guide's pictures of the sources; `tools/pictures.py` takes them.

A camera goes to a page and takes what is to be seen; `ids` is what there is to show.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any


def _form(tool: str, height: int = 1180) -> Callable[[Any], None]:
    def take(camera: Any) -> None:
        camera.go(f"/sources/new/{tool}/", height)
        camera.page.evaluate("scrollTo(0, 0)")
        camera.take(f"source-{tool}")

    return take


def _tools(camera: Any) -> None:
    camera.go("/sources/new/", 760)
    camera.take("source-tools")


def _source(camera: Any) -> None:
    camera.go("/sources/1/", 1000)
    camera.take("source")


def _computers(camera: Any) -> None:
    camera.go(f"/sources/{camera.ids['rustdesk']}/")
    camera.take("rustdesk-computers")


def _rustdesk_key(camera: Any) -> None:
    _new_key(camera, camera.ids["rustdesk"])
    camera.take("rustdesk-key")


def _webhook_key(camera: Any) -> None:
    """Take the key of a new source, then send a faulty and a good session with it."""
    camera.go("/sources/new/webhook/")
    camera.page.locator("[name=title]").fill(f"Helpdesk ({camera.language})")
    camera.page.locator("[data-save]").click()
    camera.page.wait_for_url(re.compile(r"/sources/\d+/$"))
    camera.ids["webhook"] = camera.page.url.rstrip("/").rpartition("/")[2]
    _new_key(camera, camera.ids["webhook"])
    camera.take("webhook-key")
    key = camera.page.locator("#made").inner_text()
    now = datetime.now(UTC).replace(microsecond=0)
    session = {
        "id": f"T-1042-{camera.language}",
        "technician": "Marco Riva",
        "device_id": "412880135",
        "device_name": "CAD-PC12",
        "started_at": (now - timedelta(hours=2)).isoformat(),
        "ended_at": (now - timedelta(hours=1)).isoformat(),
    }
    _deliver(camera, key, "msg_1", {**session, "ended_at": "18:30"})
    _deliver(camera, key, "msg_2", session)


def _deliveries(camera: Any) -> None:
    camera.go(f"/sources/{camera.ids['webhook']}/")
    camera.take("webhook-deliveries")


def _new_key(camera: Any, source: object) -> None:
    camera.go(f"/sources/{source}/keys/", 620)
    camera.page.locator("form[action$='/keys/'] button").click()
    camera.page.wait_for_selector("#made")


def _deliver(camera: Any, key: str, name: str, session: dict[str, str]) -> None:
    """Send a session as any program would."""
    from canone.channels.connectors.rules.webhook import signing  # noqa: PLC0415 (needs the path)

    body, now = json.dumps(session).encode(), str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": now,
        "webhook-signature": "v1," + signing.signature_of(key, name, now, body),
    }
    camera.page.request.post(f"/hooks/{camera.ids['webhook']}/", data=body, headers=headers)


DRAWS: dict[str, Callable[[Any], None]] = {
    "source-tools": _tools,
    "source": _source,
    "source-meshcentral": _form("meshcentral"),
    "source-teamviewer": _form("teamviewer"),
    "source-anydesk": _form("anydesk"),
    "source-rustdesk": _form("rustdesk"),
    "source-rustdesk-push": _form("rustdesk-push", 860),
    "source-guacamole": _form("guacamole"),
    "rustdesk-computers": _computers,
    "rustdesk-key": _rustdesk_key,
    "webhook-key": _webhook_key,
    "webhook-deliveries": _deliveries,
}
