from __future__ import annotations

import contextvars
import json
import logging

import pytest
from django.test import Client
from tests.people import people

from canone.config import logs


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    exc = (type(error), error, None) if error else None
    return logging.LogRecord("canone.x", logging.WARNING, "f.py", 1, message, args, exc)


class Keeper(logging.Handler):
    """Formats at once, as the console does."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_a_line_stays_a_line() -> None:
    contextvars.Context().run(check_lines)


def check_lines() -> None:
    assert logs.Text().format(record("two %s", 2)) == "WARNING canone.x: two 2"
    said = json.loads(logs.Json().format(record("a\nb “c”", error=ValueError("no"))))
    assert said.pop("time").endswith("+00:00")
    assert said.pop("process") == "test"
    assert said.pop("error") == "ValueError: no"
    assert said == {"level": "warning", "logger": "canone.x", "message": "a\nb “c”"}
    assert "\n" not in logs.Json().format(record("a\nb"))


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [logs.Text(), logs.Json()])
def test_lines_of_a_request_carry_its_number_and_the_person(
    client: Client, formatter: logging.Formatter
) -> None:
    owner = people().owner
    client.force_login(owner)
    keeper = Keeper(formatter)
    logger = logging.getLogger("django.request")
    logger.addHandler(keeper)
    try:
        answer = client.get("/nowhere/", headers={"X-Request-ID": "proxy-77"})
        other = client.get("/nowhere/", headers={"X-Request-ID": 'bad" id'})
    finally:
        logger.removeHandler(keeper)
    assert answer["X-Request-ID"] == "proxy-77"
    assert logs.NUMBER.fullmatch(other["X-Request-ID"])
    first, second = keeper.lines
    if isinstance(formatter, logs.Json):
        said = json.loads(first)
        assert (said["request"], said["user"]) == ("proxy-77", str(owner.pk))
    else:
        assert first.endswith(f"[request=proxy-77 user={owner.pk}]")
    assert "bad" not in second.split("request")[-1]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("used canone_0a1b2c3d_Vq-9x_Y", "used canone_0a1b2c3d_***"),
        ("Authorization: Bearer abcdef123456", "Authorization: *** ***"),
        ("sent Bearer abc.def-ghi", "sent Bearer ***"),
        ("{'password': 'a b', 'user': 'x'}", "{'password': ***, 'user': 'x'}"),
        ('{"client_secret": "k", "n": 1}', '{"client_secret": ***, "n": 1}'),
        ("GET /x?api_key=k9&day=1", "GET /x?api_key=***&day=1"),
        ("smtp://me:hush@mail.example.com", "smtp://me:***@mail.example.com"),
        (f"Not Found: /set-up/{'a' * 43}/", "Not Found: /set-up/***/"),
        (
            "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----",
            "PRIVATE KEY ***",
        ),
        ("GET /prepaid-hours/movements/12/ 404", "GET /prepaid-hours/movements/12/ 404"),
        ("pulled 812 sessions: 3 new", "pulled 812 sessions: 3 new"),
    ],
)
def test_no_secret_reaches_the_log(said: str, written: str) -> None:
    contextvars.Context().run(check_hidden, said, written)


def check_hidden(said: str, written: str) -> None:
    assert logs.Text().format(record("%s", said)) == f"WARNING canone.x: {written}"
    error = json.loads(logs.Json().format(record("x", error=ValueError(said))))["error"]
    assert error == f"ValueError: {written}"
