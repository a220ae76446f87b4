"""Deliveries of any program: who may, and what is wrong with what it says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canone.channels.connectors.rules.webhook import payload, signing
from canone.channels.connectors.rules.webhook.payload import FaultyError
from canone.channels.connectors.rules.webhook.signing import RefusedError, Seal

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOW = str(int(AT.timestamp()))
KEY = signing.key_of(b"k" * 32)
BODY = b'{"id": "1"}'


def sealed(body: bytes = BODY, *, key: str = KEY, name: str = "msg_1", at: str = NOW) -> Seal:
    return Seal(name, at, "v1," + signing.signature_of(key, name, at, body))


def refused(seal: Seal, body: bytes = BODY, *keys: str) -> str:
    with pytest.raises(RefusedError) as caught:
        signing.check(seal, body, keys or [KEY], AT)
    return caught.value.code


def test_the_signature_is_that_of_the_published_example() -> None:
    """From the specification of Standard Webhooks."""
    made = signing.signature_of(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert made == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signed_delivery_passes_with_either_key_while_they_overlap() -> None:
    old = signing.key_of(b"o" * 32)
    signing.check(sealed(key=old), BODY, [KEY, old], AT)
    both = Seal("msg_1", NOW, f"v1,AAAA {sealed(key=old).signatures} v9,x")
    signing.check(both, BODY, [old], AT)


def test_a_changed_body_id_or_time_is_refused() -> None:
    good = sealed()
    assert refused(good, BODY + b" ") == "signature"
    assert refused(Seal("msg_2", NOW, good.signatures)) == "signature"
    assert refused(Seal("msg_1", str(int(NOW) + 1), good.signatures)) == "signature"
    assert refused(Seal("msg_1", NOW, good.signatures.replace("v1,", "v2,"))) == "signature"
    assert refused(good, BODY, signing.key_of(b"x" * 32)) == "signature"
    assert refused(Seal("msg_1", NOW, "v1,è")) == "signature"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_clock_that_is_off_is_refused(seconds: int) -> None:
    assert refused(sealed(at=str(int(NOW) + seconds))) == "timestamp"


@pytest.mark.parametrize("at", ["now", "-5", "1e9", "9" * 400, "٣"])
def test_a_timestamp_that_is_none_is_refused(at: str) -> None:
    assert refused(sealed(at=at)) == "timestamp"


def test_a_clock_within_five_minutes_passes() -> None:
    signing.check(sealed(at=str(int(NOW) - 299)), BODY, [KEY], AT)


def test_headers_that_are_missing_or_strange_are_named() -> None:
    good = {"webhook-id": "a", "webhook-timestamp": NOW, "webhook-signature": "v1,x"}
    assert signing.seal(good).delivery == "a"
    for name in good:
        with pytest.raises(RefusedError, match="not_signed"):
            signing.seal(good | {name: " "})
    with pytest.raises(RefusedError, match=r"^id$"):
        signing.seal(good | {"webhook-id": "a" * 101})


def test_a_key_shows_its_32_bytes() -> None:
    assert base64.b64decode(KEY.removeprefix("whsec_")) == b"k" * 32


def session(**more: Any) -> dict[str, Any]:
    return {
        "id": "T-1",
        "technician": "Marco Riva",
        "started_at": "2026-11-20T15:00:00+01:00",
        "ended_at": "2026-11-20T15:42:00+01:00",
        **more,
    }


def read(value: Any) -> Any:
    return payload.read(json.dumps(value).encode(), AT)


def faults(value: Any) -> list[tuple[int | None, str, str]]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(FaultyError) as caught:
        payload.read(body, AT)
    return [(fault.row, fault.field, fault.code) for fault in caught.value.faults]


def test_one_session_a_list_and_a_named_list_are_taken() -> None:
    (one,) = read(session())
    assert (one.external_id, one.technician_name) == ("T-1", "Marco Riva")
    assert (one.started_at, one.seconds) == (datetime(2026, 11, 20, 14, tzinfo=UTC), 2520)
    assert len(read([session(), session(id="T-2")])) == 2
    assert len(read({"sessions": [session()]})) == 1


def test_everything_that_may_be_said_arrives() -> None:
    (one,) = read(
        session(
            id=12, technician_mail="marco@x.example", device_id="D7", device_name="CAD",
            group="Rossi", note="una\nriga", kind="vnc", seconds=100,
        )
    )  # fmt: skip
    assert (one.external_id, one.user_id, one.device_id) == ("12", "marco@x.example", "D7")
    assert (one.device_name, one.group_name, one.note) == ("CAD", "Rossi", "una\nriga")
    assert (one.protocol, one.seconds) == ("vnc", 100)


def test_a_session_may_still_run() -> None:
    (one,) = read(session(ended_at=None))
    assert (one.ended_at, one.seconds) == (None, None)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"id": ""}, ("id", "missing")),
        ({"id": None}, ("id", "missing")),
        ({"id": " \0 "}, ("id", "missing")),
        ({"id": 1.5}, ("id", "not_a_text")),
        ({"id": "x" * 151}, ("id", "too_long")),
        ({"technician": {}}, ("technician", "not_a_text")),
        ({"started_at": None}, ("started_at", "missing")),
        ({"started_at": "2026-11-20 15:00"}, ("started_at", "not_an_instant")),
        ({"started_at": 5}, ("started_at", "not_an_instant")),
        ({"started_at": "9999-12-31T23:59:59-10:00"}, ("started_at", "not_an_instant")),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, ("started_at", "not_an_instant")),
        ({"started_at": "2026-11-22T15:00:00Z", "ended_at": None}, ("started_at", "in_the_future")),
        ({"ended_at": "2026-11-20T15:00:00+02:00"}, ("ended_at", "before_start")),
        ({"started_at": "2020-01-01T00:00:00Z"}, ("ended_at", "too_long_a_session")),
        ({"seconds": -1}, ("seconds", "not_seconds")),
        ({"seconds": "60"}, ("seconds", "not_seconds")),
        ({"seconds": True}, ("seconds", "not_seconds")),
        ({"seconds": 2521}, ("seconds", "longer_than_span")),
        ({"seconds": 60, "ended_at": None}, ("seconds", "without_end")),
        ({"note": "x" * 2001}, ("note", "too_long")),
        ({"note": 7}, ("note", "not_a_text")),
        ({"startet_at": "x"}, ("startet_at", "unknown_field")),
    ],
)
def test_what_is_wrong_is_named_by_row_and_field(more: Any, fault: tuple[str, str]) -> None:
    assert faults([session(id="ok"), session(**more)]) == [(2, *fault)]


def test_all_faults_are_told_at_once() -> None:
    assert faults([{}, 7, session(), session()]) == [
        (1, "id", "missing"),
        (1, "technician", "missing"),
        (1, "started_at", "missing"),
        (2, "", "not_an_object"),
        (4, "id", "twice"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"), (b"\xff", "not_json"), (b"[" * 300_000, "not_json"),
        (b'{"id": NaN}', "not_json"), (b"1" * 9_000, "not_json"), (b"7", "not_a_list"),
        (b'{"sessions": 7}', "not_a_list"), (b"null", "not_a_list"), (b"[]", "empty"),
        (b'{"sessions": []}', "empty"),
        (b"[" + b",".join([b"1"] * 1001) + b"]", "too_many"),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_named_as_a_whole(body: bytes, code: str) -> None:
    assert faults(body) == [(None, "", code)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(payload.KNOWN)) | st.text(max_size=5), inner)
    ),
    max_leaves=12,
)


@given(value=json_values)
@settings(max_examples=150, deadline=None)
def test_anything_is_either_sessions_or_faults(value: Any) -> None:
    body = json.dumps(value).encode()
    try:
        sessions = payload.read(body, AT)
    except FaultyError as error:
        sessions, told = [], error.faults
    else:
        told = []
    assert bool(sessions) != bool(told)
    assert all(one.external_id and one.technician_name for one in sessions)
