"""A server asked over the web, which behaves or does not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.channels.connectors import fake as fakes
from tests.channels.connectors.little import CUT, Answer, Asked, Little, serving

from canone.channels.connectors.rules.port import Trouble
from canone.channels.connectors.services import http
from canone.channels.connectors.services.http import Client, Reach


@pytest.fixture
def server() -> Iterator[Little]:
    with serving(Little(lambda _asked: Answer({"good": True}))) as little:
        yield little


@pytest.fixture
def secure() -> Iterator[Little]:
    with serving(Little(lambda _asked: Answer({"good": True}), encrypted=True)) as little:
        yield little


def answering(little: Little, *answers: Answer) -> None:
    """Let the server give these answers one after the other, the last one for ever."""
    left = list(answers)
    little.answer = lambda _asked: left.pop(0) if len(left) > 1 else left[0]


def asked(little: Little, *, sleep: Any = None, **reach: Any) -> Any:
    waits: list[float] = []
    with Client(Reach(little.url, **reach), sleep=sleep or waits.append) as client:
        return client.get("/sessions")


def trouble(little: Little, **reach: Any) -> Trouble:
    with pytest.raises(Trouble) as caught:
        asked(little, **reach)
    return caught.value


def test_what_is_asked_and_sent_arrives_as_it_was_meant(server: Little) -> None:
    with Client(Reach(server.url + "/base/"), headers={"Authorization": "Bearer x"}) as client:
        assert client.get("/list", {"from": "2026-11-21T00:00:00Z", "no": None}) == {"good": True}
        client.post("/tokens", form={"username": "anna", "password": "à&b"})
        client.post("/notes", json={"note": "fatto"})
        client.request("PATCH", "/one?x=%20y", b"raw", {"X-Mine": "1"})

    first, form, told, raw = server.asked
    assert (first.path, first.query) == ("/base/list", {"from": "2026-11-21T00:00:00Z"})
    assert first.headers["Authorization"] == "Bearer x"
    assert form.body == b"username=anna&password=%C3%A0%26b"
    assert told.body == b'{"note": "fatto"}'
    assert (raw.method, raw.target, raw.headers["X-Mine"]) == ("PATCH", "/base/one?x=%20y", "1")


def test_an_empty_answer_is_none(server: Little) -> None:
    answering(server, Answer(status=204, body=b""))
    assert asked(server) is None


def test_the_servers_clock_is_known_even_when_it_refuses(server: Little) -> None:
    server.clock = "Sat, 21 Nov 2026 09:00:00 GMT"
    answering(server, Answer(status=401))
    client = Client(Reach(server.url))
    with pytest.raises(Trouble):
        client.get("/x")
    client.close()
    assert client.server_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "code", "final"),
    [
        (Answer(status=401), "refused", True),
        (Answer(status=403), "refused", True),
        (Answer(status=404), "odd_answer", False),
        (Answer(status=500, body=b"<html>"), "server_fault", False),
        (Answer(status=503), "server_fault", False),
        (
            Answer(status=302, headers={"Location": "https://elsewhere.example/"}),
            "redirected",
            False,
        ),
        (Answer(body=b"<html>not json"), "garbled", False),
        (Answer(body=b"\xff\xfe\x00"), "garbled", False),
        (Answer(body=b"[" * 100_000), "garbled", False),
        (Answer(body=b"x" * 99, headers={"Content-Encoding": "gzip"}), "garbled", False),
        (CUT, "broken_off", False),
        (Answer(status=429), "rate_limited", False),
        (Answer(status=429, headers={"Retry-After": "3600"}), "rate_limited", False),
        (Answer(status=503, headers={"Retry-After": "900"}), "rate_limited", False),
    ],
)
def test_what_is_no_answer_is_a_trouble_at_once(
    server: Little, answer: Answer, code: str, final: bool
) -> None:
    answering(server, answer)
    found = trouble(server)
    assert (found.code, found.final) == (code, final)
    assert len(server.asked) == 1


def test_nothing_goes_where_a_server_sends_to(server: Little) -> None:
    with serving(Little(lambda _asked: Answer({}))) as other:
        answering(server, Answer(status=307, headers={"Location": other.url}))
        assert trouble(server).values["place"] == f"127.0.0.1:{other.port}"
        assert other.asked == []


def test_a_short_pause_is_granted(server: Little) -> None:
    wait = {"Retry-After": "7"}
    answering(server, Answer(status=429, headers=wait), Answer(status=503, headers=wait), Answer(1))
    waits: list[float] = []
    assert asked(server, sleep=waits.append) == 1
    assert waits == [7, 7]


def test_pauses_are_bounded_altogether(server: Little) -> None:
    answering(server, Answer(status=429, headers={"Retry-After": "29"}))
    waits: list[float] = []
    with pytest.raises(Trouble) as caught:
        asked(server, sleep=waits.append)
    assert sum(waits) <= http.WAITED_IN_ALL
    assert (caught.value.code, caught.value.wait) == ("rate_limited", 29)


def test_a_long_pause_is_told_so_that_it_can_be_kept(server: Little) -> None:
    server.clock = "Sat, 21 Nov 2026 09:00:00 GMT"
    for after, wait in [
        ("3600", 3600),
        ("Sat, 21 Nov 2026 09:20:00 GMT", 1200),
        ("999999999999", http.DAY),
        ("soon", http.USUAL_WAIT),
        ("-5", http.USUAL_WAIT),
    ]:
        answering(server, Answer(status=429, headers={"Retry-After": after}))
        assert trouble(server).wait == wait


def test_an_answer_beyond_all_measure_is_not_read(
    server: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 100_000)
    answering(server, Answer("x" * 200_000))
    assert trouble(server).code == "too_large"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_server_that_drips_is_left(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.3)
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _address = listening.accept()
            with connection, suppress(OSError):
                connection.recv(4096)
                connection.sendall(head or b"HTTP/1.1 200 OK\r\nX: ")
                while not done.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(Trouble) as caught, Client(Reach(url)) as client:
            client.get("/")
        done.set()
        thread.join(5)
    assert caught.value.code == "silent"


def test_silence_ends_when_patience_does(server: Little) -> None:
    done = threading.Event()

    def wait(_asked: Asked) -> Answer:
        done.wait(10)
        return Answer({})

    server.answer = wait
    assert trouble(server, patience=0.1).code == "silent"
    done.set()


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(Trouble) as caught, Client(Reach("http://127.0.0.1:1")) as client:
        client.get("/")
    assert caught.value.code == "unreachable"
    assert caught.value.values["reason"] == "Connection refused"


def test_a_certificate_is_known_by_its_fingerprint_or_its_authority(secure: Little) -> None:
    _file, authority, fingerprint = fakes.certificate()
    assert asked(secure, fingerprint=fingerprint) == {"good": True}
    assert asked(secure, authority=authority) == {"good": True}


def test_an_unknown_certificate_gets_no_request(secure: Little) -> None:
    found = trouble(secure)
    assert (found.code, found.final) == ("certificate_unknown", True)
    assert found.values["fingerprint"] == fakes.certificate()[2]

    changed = trouble(secure, fingerprint="aa" * 32)
    assert (changed.code, changed.final) == ("certificate_changed", True)
    assert changed.values["found"] == fakes.certificate()[2]
    assert secure.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://tool.example.org",
        "https://user:word@tool.example.org",
        "https://tool.example.org/?token=x",
        "ftp://tool.example.org",
        "https://",
        "tool.example.org",
        "https://tool.example.org:port",
    ],
)
def test_an_address_that_cannot_be_is_refused(url: str) -> None:
    with pytest.raises(Trouble) as caught:
        Client(Reach(url))
    assert (caught.value.code, caught.value.final) == ("address", True)


@pytest.mark.parametrize(
    "url", ["http://192.168.1.5:21114", "http://[::1]:8080/guacamole", "http://guac.lan"]
)
def test_a_machine_of_the_own_network_may_be_asked_without_encryption(url: str) -> None:
    Client(Reach(url)).close()
