"""Where a request may go, and how it ends when the other side misbehaves."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.channels.connectors import fake
from tests.make import webhooks
from tests.make.webhooks import Answer, Receiver

from canone.base import outgoing


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with webhooks.receiver() as made:
        yield made


def ask(url: str, **more: Any) -> outgoing.Reply:
    return outgoing.post(url, **{"body": b"{}", "headers": {}, "inside": True, **more})


def trouble(url: str, **more: Any) -> str:
    with pytest.raises(outgoing.OutgoingError) as caught:
        ask(url, **more)
    return caught.value.code


@pytest.mark.parametrize(
    "url",
    [
        "",
        "erp.example.com",
        "ftp://erp.example.com/",
        "https://",
        "https://user:word@erp.example.com/",
        "https://erp.example.com:0/",
        "https://erp.example.com:port/",
        "https://[::1/",
        "https://erp.example.com/a b",
        "https://erp.example.com/\r\nX: y",
        "https://example.com/è",
        "https://example.com/" + "x" * 500,
    ],
)
def test_what_is_no_address_is_not_asked(url: str) -> None:
    assert trouble(url) == "address"


@pytest.mark.parametrize("host", ["erp.example.com", "10.0.0.1", "localhost.example.com", "lan"])
def test_without_encryption_only_this_machine_is_asked(host: str) -> None:
    assert trouble(f"http://{host}/") == "unencrypted"


def test_the_parts_of_an_address() -> None:
    assert outgoing.place("https://ERP.example.com/a/b?c=d#e") == outgoing.Place(
        True, "erp.example.com", 443, "/a/b?c=d"
    )
    assert outgoing.place("http://[::1]:8080") == outgoing.Place(False, "::1", 8080, "/")


@pytest.mark.parametrize(
    ("number", "outside", "allowed"),
    [
        ("93.184.216.34", True, True),
        ("2606:4700::1111", True, True),
        ("10.1.2.3", False, True),
        ("192.168.1.1", False, True),
        ("100.64.0.1", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("fd00::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("64:ff9b::a00:1", False, True),
        ("2002:a00:1::", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("no number", False, False),
    ],
)
def test_which_addresses_may_be_reached(number: str, outside: bool, allowed: bool) -> None:
    assert outgoing.may_reach(number, inside=False) is outside
    assert outgoing.may_reach(number, inside=True) is allowed


def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.server.server_address[1]
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: there)
    assert trouble(f"https://harmless.example.com:{port}/", inside=False) == "inside"
    assert trouble(receiver.url, inside=False) == "inside"
    assert receiver.received == []


def test_one_bad_address_among_good_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443))
        for number in ("93.184.216.34", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: there)
    assert trouble("https://harmless.example.com/", inside=False) == "inside"


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_a: Any, **_k: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert trouble("https://nowhere.example.com/") == "unknown"


def test_an_answer_with_its_beginning(receiver: Receiver) -> None:
    receiver.script = [Answer(201, b"x" * 100)]
    reply = ask(receiver.url, wanted=10)
    assert (reply.status, reply.start) == (201, b"x" * 10)


def test_an_answer_that_drips_is_cut_but_its_status_counts(receiver: Receiver) -> None:
    receiver.script = [Answer(200, b"x" * 1000, drip=0.1)]
    started = time.monotonic()
    reply = ask(receiver.url, longest=0.6)
    assert reply.status == 200
    assert time.monotonic() - started < 2


def test_a_server_that_says_nothing(receiver: Receiver) -> None:
    receiver.script = [Answer(wait=2)]
    started = time.monotonic()
    assert trouble(receiver.url, longest=0.4) == "silent"
    assert time.monotonic() - started < 1.5


def test_a_handshake_that_never_ends() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        started = time.monotonic()
        assert trouble(f"https://127.0.0.1:{mute.getsockname()[1]}/", longest=0.5) == "silent"
        assert time.monotonic() - started < 2


def test_a_server_that_is_down() -> None:
    with webhooks.receiver() as gone:
        url = gone.url
    assert trouble(url) == "unreachable"


def test_a_certificate_that_nobody_vouches_for() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(fake.certificate()[0])
    with webhooks.receiver(context=context) as server:
        assert trouble(server.url) == "certificate"
        assert server.received == []


def test_a_certificate_that_this_machine_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    file, pem, _fingerprint = fake.certificate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=pem)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with webhooks.receiver(context=context) as server:
        assert ask(server.url).status == 200
        receiver_named = server.url.replace("127.0.0.1", "other.example.com")
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda *_a, **_k: [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", server.server.server_address)
            ],
        )
        assert trouble(receiver_named) == "certificate", "it is made out to another"
