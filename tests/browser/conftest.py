"""A real Chromium before the real pages.

Ask for `site` (the address), `signed_in` (a page of somebody who signed in), `accessible` (axe
finds nothing) and `looked_at` (nor in both themes and sizes, and nothing is wider than its screen).
`theme`, `language` and `size` each run a test once per value.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from canone.base.access.models import User

# Playwright's loop runs in the thread of the test, which waits for the database as any test does.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "no Chromium on this machine: install it (Debian: apt install chromium)"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOCALES = {"it": "it-IT", "fr": "fr-FR", "en": "en-GB"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PARTS = ("script", "stylesheet", "font", "image")
Rules = Mapping[str, Any]
Look = tuple[str, str, Rules | None]
"""Size, theme, and what axe is asked there."""
TAGGED: Rules = {"type": "tag", "values": RULES}
COLOURS: Rules = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What can be another answer in the other theme."""
LOOKS: dict[str, tuple[Look, ...]] = {
    "it": (("desktop", "light", TAGGED), ("phone", "dark", TAGGED)),
    "fr": (("phone", "light", TAGGED), ("desktop", "dark", COLOURS)),
    "en": (("desktop", "dark", TAGGED), ("phone", "light", None)),
}
"""How each language looks at its pages: axe tries all its rules in each language and size, those
of colour in every theme at every size, and each language has to fit into both sizes."""
ALL_LOOKS: tuple[Look, ...] = (
    ("desktop", "light", TAGGED),
    ("desktop", "dark", COLOURS),
    ("phone", "dark", TAGGED),
    ("phone", "light", COLOURS),
)
AT_WORK = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
PATIENCE = 60_000
"""How long an event may take, in milliseconds, before it counts as missing."""
SignedIn = Callable[[User], Page]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Return how Chromium is started; where there is none, CI fails and others skip."""
    found = os.environ.get("CANONE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        if os.environ.get("CI"):
            pytest.fail(ADVICE)
        pytest.skip(ADVICE)
    return {
        "executable_path": found,
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["it", "fr", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _asks(request: pytest.FixtureRequest, name: str) -> bool:
    return name in request.fixturenames


def _value(request: pytest.FixtureRequest, name: str, default: str) -> str:
    """Return a parameter of the test that asked for it."""
    return cast("str", request.getfixturevalue(name)) if _asks(request, name) else default


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """Return the address of the running pages."""
    return str(live_server.url)


@pytest.fixture
def context(
    request: pytest.FixtureRequest, browser: Browser, site: str
) -> Iterator[BrowserContext]:
    """Return a browser profile of its own, in the test's theme, language and size."""
    width, height = SIZES[_value(request, "size", "desktop")]
    made = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        color_scheme=cast("Any", _value(request, "theme", "light")),
        locale=LOCALES[_value(request, "language", "it")],
        timezone_id="Europe/Rome",
        reduced_motion="reduce",
        has_touch=width < 600,
    )
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Return an empty page; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # Pages that answer 404 on purpose are no fault; their missing parts are, see `got`.
        # A request that a newer one of the same filter replaced is no fault either.
        known = ("Failed to load", "htmx:afterRequest", "htmx:sendAbort")
        if message.type in ("error", "warning") and not any(k in message.text for k in known):
            complaints.append(message.text)

    def got(response: Response) -> None:
        missing = response.status >= 400 and response.request.resource_type in PARTS
        if missing or response.status >= 500:
            complaints.append(f"{response.status} {response.url}")

    made = context.new_page()
    made.on("console", heard)
    made.on("response", got)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    made.close()
    assert complaints == []


@pytest.fixture
def signed_in(request: pytest.FixtureRequest, page: Page, site: str) -> SignedIn:
    """Return a function that gives the page to a user, in the test's theme and language."""

    def sign_in(user: User) -> Page:
        wanted = {
            name: _value(request, name, "")
            for name in ("theme", "language")
            if name in request.fixturenames
        }
        if wanted:
            User.objects.filter(pk=user.pk).update(**wanted)
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        return page

    return sign_in


def settled(page: Page) -> None:
    """Wait until the page stands: its parts have come, and its letters."""
    expect(page.locator(AT_WORK)).to_have_count(0)
    page.evaluate("document.fonts.ready.then(() => null)")


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Return a function that fails with what axe finds on the page."""
    return find_nothing


def find_nothing(page: Page, rules: Rules = TAGGED) -> None:
    """Fail with what axe finds on the page, once it stands, by these rules."""
    settled(page)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    report = AxeResults({"violations": found}).generate_report() if found else ""
    assert found == [], f"{page.url}\n{report}"


@pytest.fixture
def looked_at(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Return a function that looks at the page in both themes and sizes.

    In a test of all languages each takes the part that LOOKS names. The user keeps the theme of
    the system, which is what changes here.
    """
    looks = LOOKS[_value(request, "language", "")] if _asks(request, "language") else ALL_LOOKS

    def check(page: Page) -> None:
        look_at(page, looks)

    return check


def look_at(page: Page, looks: tuple[Look, ...]) -> None:
    """Look at the page in these sizes and themes: axe finds nothing, nothing is too wide."""
    before = page.viewport_size
    for size, theme, rules in looks:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=cast("Any", theme))
        if rules:
            find_nothing(page, rules)
        else:
            settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels wider than a {size}"
    assert before is not None
    page.set_viewport_size(before)
