"""The pictures of the user guide: `python tools/pictures.py [--data DIR] [NAME …]`.

Makes the demo firm in a fresh folder (or takes the one of --data), serves it, drives Chromium and
writes docs/guide/{en,it}/pictures/*.png. The front-end files come from CANONE_ASSETS or var/assets.
Run it with the Python that runs the tests; the pictures follow today's date.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import source_pictures

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guide"
LANGUAGES = ("en", "it")
WIDTH, HEIGHT = 1280, 800
COLOURS = 256
USER = "sara@lariotech.example"
COLUMNS = "Utente;PC remoto;Supremo ID;Gruppo;Inizio;Fine;Durata;Note\n"
GOOD = "Marco Riva;CAD-PC12;412 880 135;{group};{day} 09:02:11;{day} 09:44:11;0:42:00;Stampante\n"
ROWS = (
    GOOD + "Giulia Colombo;SRV-GEST01;412 880 201;{group};{day} 14:22:00;{day} 14:50:00;0:28:00;\n"
    "Luca Ferrario;UFF-AMM-03;412 880 177;{group};{day} 16:41:30;{day} 17:23:02;0:41:32;Firma\n"
)
FAULTS = (
    ROWS + "Luca Ferrario;UFF-ACQ-01;412 880 190;{group};{day} 11:00:00;{day} 09:40:00;;\n"
    "Marco Riva;PROD-LINEA2;412 880 144;{group};31/02/{year} 10:00:00;;0:20:00;\n"
)
Draw = Callable[["Camera"], None]
_draws: dict[str, Draw] = {}


@dataclass
class Camera:
    """A signed-in page in one language, and where its pictures go."""

    page: Any
    language: str
    ids: dict[str, Any]

    def go(self, path: str, height: int = HEIGHT, width: int = WIDTH) -> None:
        """Open a page and wait until it is quiet."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")

    def take(self, name: str, clip: dict[str, float] | None = None) -> None:
        """Write what is to be seen, in few colours."""
        from PIL import Image  # noqa: PLC0415 (only pictures need it; it comes with the tests)

        shot = self.page.screenshot(clip=clip, animations="disabled")
        folder = GUIDE / self.language / "pictures"
        folder.mkdir(exist_ok=True)
        image = Image.open(BytesIO(shot)).convert("RGB")
        small = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(folder / f"{name}.png", optimize=True)
        print(f"{self.language}/{name}.png {(folder / f'{name}.png').stat().st_size // 1000} kB")


def draw(name: str) -> Callable[[Draw], Draw]:
    """Return the decorator that registers a picture; they are taken in this order."""

    def register(function: Draw) -> Draw:
        _draws[name] = function
        return function

    return register


@draw("start")
def _start(camera: Camera) -> None:
    camera.go("/")
    camera.take("start")


@draw("sessions")
def _sessions(camera: Camera) -> None:
    camera.go(camera.ids["sessions"], 1080)
    camera.take("sessions")


@draw("price")
def _price(camera: Camera) -> None:
    camera.go(camera.ids["sessions"], 860)
    shown = camera.page.locator(".cn-explain").first
    shown.locator("summary").click()
    box = shown.locator(".cn-pop").bounding_box()
    clip = {"x": box["x"] - 240, "y": box["y"] - 90, "width": 620, "height": box["height"] + 110}
    camera.take("price", clip)


@draw("piece")
def _piece(camera: Camera) -> None:
    camera.go(camera.ids["piece"], 860)
    camera.page.locator(".cn-unfold summary").first.click()
    camera.take("piece")


@draw("phone")
def _phone(camera: Camera) -> None:
    camera.go(camera.ids["sessions"], 844, 390)
    camera.page.locator("[data-row]").first.evaluate("row => scrollTo(0, row.offsetTop + 260)")
    camera.page.wait_for_timeout(300)
    camera.take("phone")


@draw("run")
def _run(camera: Camera) -> None:
    camera.go(camera.ids["run"])
    camera.page.locator(".cn-bar button.btn-primary").click()
    camera.page.wait_for_selector("[data-ended]", timeout=60_000)
    camera.page.reload()
    camera.page.wait_for_load_state("networkidle")
    camera.take("run")


@draw("profile")
def _profile(camera: Camera) -> None:
    camera.go(f"/catalog/profiles/{camera.ids['tariff']}/edit/", 1000)
    field = camera.page.locator("[name=step_price]")
    field.fill("5")
    camera.page.wait_for_selector("#consequences .cn-note")
    camera.page.wait_for_timeout(800)
    camera.take("profile")


@draw("assign")
def _assign(camera: Camera) -> None:
    camera.go("/sessions/assignments/new/", 940)
    camera.page.locator("[name=tariff]").select_option(str(camera.ids["tariff"]))
    for number in (1, 4):
        camera.page.locator("[name=groups]").nth(number).check()
    camera.page.evaluate("scrollTo(0, 0)")
    camera.take("assign")


@draw("hours")
def _hours(camera: Camera) -> None:
    camera.go(f"/prepaid-hours/{camera.ids['pool']}/", 820)
    camera.take("hours")


@draw("inbox")
def _inbox(camera: Camera) -> None:
    camera.go("/sessions/inbox/", 560)
    camera.take("inbox")


@draw("rules")
def _rules(camera: Camera) -> None:
    camera.go("/sessions/rules/computers/", 520)
    camera.take("rules")


@draw("unmatched")
def _unmatched(camera: Camera) -> None:
    camera.go("/sessions/rules/technicians/", 700)
    camera.page.locator("[name=technician]").first.select_option(str(camera.ids["technician"]))
    camera.take("unmatched")


@draw("past")
def _past(camera: Camera) -> None:
    camera.go(camera.ids["past"], 980)
    camera.take("past")


def _upload(camera: Camera, rows: str) -> None:
    day = _today() - timedelta(days=3)
    given = {"group": camera.ids["group"], "day": f"{day:%d/%m/%Y}", "year": day.year}
    content = (COLUMNS + rows.format(**given)).encode("utf-8-sig")
    camera.go("/imports/new/sessions/")
    file = {"name": "supremo.csv", "mimeType": "text/csv", "buffer": content}
    camera.page.locator("input[type=file]").set_input_files([file])
    camera.page.locator("[data-save]").click()
    camera.page.locator("[name=source]").fill("Supremo")
    camera.page.wait_for_selector("#preview tbody tr")


@draw("import-columns")
def _import_columns(camera: Camera) -> None:
    _upload(camera, ROWS)
    camera.page.set_viewport_size({"width": WIDTH, "height": 1180})
    camera.page.evaluate("scrollTo(0, 0)")
    camera.page.wait_for_timeout(500)
    camera.take("import-columns")


@draw("import-faults")
def _import_faults(camera: Camera) -> None:
    _upload(camera, FAULTS)
    camera.page.locator("[data-save]").click()
    camera.page.wait_for_selector("tr.is-stop", timeout=60_000)
    camera.page.set_viewport_size({"width": WIDTH, "height": 600})
    camera.take("import-faults")


@draw("charges")
def _charges(camera: Camera) -> None:
    camera.go("/invoicing/to-invoice/")
    camera.take("charges")


for _name, _function in source_pictures.DRAWS.items():
    draw(_name)(_function)


@draw("customer")
def _customer(camera: Camera) -> None:
    camera.go(f"/customers/{camera.ids['customer']}/", 860)
    camera.take("customer")


@draw("user")
def _user(camera: Camera) -> None:
    camera.go(f"/settings/users/{camera.ids['technician']}/")
    camera.take("user")


@draw("jobs")
def _jobs(camera: Camera) -> None:
    camera.go("/jobs/", 600)
    camera.take("jobs")


def _today() -> date:
    return datetime.now(UTC).date()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _served(data: Path) -> Iterator[str]:
    """Yield the address of the demo firm, with its worker beside it."""
    port = _free_port()
    program = [sys.executable, "-m"]
    subprocess.run([*program, "django", "prepare"], check=True)
    subprocess.run([*program, "django", "demo_load"], check=True)
    web = ["granian", "canone.config.wsgi:application", "--interface", "wsgi", "--no-ws"]
    commands = (
        [*program, *web, "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "2"],
        [*program, "django", "worker"],
    )
    with (data / "pictures.log").open("w") as log:
        children = [subprocess.Popen(c, stdout=log, stderr=log) for c in commands]
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)


def _wait(url: str, seconds: int = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"Nothing answers at {url}")


def _ids(number: int) -> dict[str, Any]:
    """Return what to show; each language accounts the sessions of a customer of its own."""
    from canone.base.access.models import User  # noqa: PLC0415 (Django has to be ready)
    from canone.channels.connectors.models import Source  # noqa: PLC0415
    from canone.desks.assistance.models import (  # noqa: PLC0415
        Assignment,
        GroupRule,
        RemoteSession,
    )
    from canone.ledgers.allowances.models import Allowance  # noqa: PLC0415

    tariff = Assignment.objects.filter(tariff__name="Standard a scatti")[0].tariff
    first = (_today().replace(day=1) - timedelta(days=1)).replace(day=1)
    busy: list[tuple[int, Assignment]] = []
    for one in Assignment.objects.filter(tariff=tariff).select_related("group"):
        rows = RemoteSession.objects.filter(group=one.group, started_at__date__gte=first)
        pending = rows.filter(accounting__isnull=True).count()
        if pending and pending < rows.count() <= 10:
            busy.append((rows.count(), one))
    busy.sort(key=lambda found: -found[0])
    shown = busy[0][1]
    accounted = busy[1 + number][1]
    piece = RemoteSession.objects.get(external_id="chain-open-0")
    rule = GroupRule.objects.order_by("-pk")[0]
    pool = Allowance.objects.filter(topped_up__gt=0).order_by("pk")[0]
    return {
        "tariff": tariff.pk,
        "sessions": f"/sessions/?group={shown.group_id}&start={first:%d/%m/%Y}",
        "run": f"/sessions/?group={accounted.group_id}&start={first:%d/%m/%Y}",
        "group": shown.group.name,
        "piece": f"/sessions/?group={piece.group_id}&start={first:%d/%m/%Y}&together=yes",
        "past": f"/sessions/rules/groups/{rule.pk}/past/",
        "customer": shown.group.party_id,
        "pool": pool.pk,
        "technician": User.objects.get(email="giulia@lariotech.example").pk,
        "rustdesk": Source.objects.get(title="RustDesk Lariotech").pk,
    }


def _photograph(url: str, names: list[str]) -> None:
    import django  # noqa: PLC0415 (its settings read the environment that was just made)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from canone.base.access.models import User  # noqa: PLC0415
    from canone.config.demo.lands import LANDS  # noqa: PLC0415

    chromium = os.environ.get("CANONE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for number, language in enumerate(LANGUAGES):
            User.objects.filter(email=USER).update(language=language, theme="light")
            ids = _ids(number)
            context = browser.new_context(
                base_url=url, locale={"it": "it-IT", "en": "en-GB"}[language]
            )
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("#id_login", USER)
            page.fill("#id_password", LANDS["it"].house.password)
            page.click("[data-save]")
            page.wait_for_url("**/")
            for name in names:
                _draws[name](Camera(page, language, ids))
            context.close()
        browser.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder with the demo firm already in it")
    parser.add_argument("names", nargs="*", choices=[[], *_draws], metavar="NAME")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    with tempfile.TemporaryDirectory(prefix="canone-pictures-") as fresh:
        data = given.data.resolve() if given.data else Path(fresh)
        os.environ.setdefault("CANONE_ASSETS", str(ROOT / "var" / "assets"))
        os.environ["CANONE_DATA"] = str(data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "canone.config.settings"
        os.environ["PYTHONPATH"] = str(ROOT / "src")
        with _served(data) as url:
            _photograph(url, given.names or list(_draws))


if __name__ == "__main__":
    main()
