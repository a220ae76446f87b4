"""Signatures, the timetable, payloads."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.events import facts
from canone.channels.webhooks.rules import payloads, signing, timetable
from canone.ledgers.invoicing.events import ChargePosted


def test_the_signature_is_that_of_the_specification() -> None:
    # the worked example of the Standard Webhooks libraries
    signed = signing.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200), st.binary(max_size=200))
def test_another_body_or_secret_is_another_signature(key: bytes, one: bytes, two: bytes) -> None:
    def sign(secret: str, body: bytes) -> str:
        return signing.sign(secret, message_id="msg_1", timestamp=1, body=body)

    secret = signing.text(key)
    assert base64.b64decode(secret.removeprefix("whsec_")) == key
    assert (sign(secret, one) == sign(secret, two)) == (one == two)
    assert sign(signing.text(key + b"x"), one) != sign(secret, one)


def test_two_secrets_sign_side_by_side() -> None:
    head = signing.headers(["whsec_YQ==", "whsec_Yg=="], message_id="m", timestamp=7, body=b"{}")
    one, two = head["webhook-signature"].split(" ")
    assert one == signing.sign("whsec_YQ==", message_id="m", timestamp=7, body=b"{}")
    assert two == signing.sign("whsec_Yg==", message_id="m", timestamp=7, body=b"{}")
    assert (head["webhook-id"], head["webhook-timestamp"]) == ("m", "7")


def test_a_delivery_is_tried_for_three_days_and_then_given_up() -> None:
    waits = [timetable.wait_after(n, once=False) for n in range(1, 14)]
    assert waits[-1] is None
    given_up = sum((wait for wait in waits if wait), timedelta())
    assert timedelta(days=3) < given_up < timedelta(days=3, hours=8)
    known = [wait for wait in waits if wait]
    assert known == sorted(known)
    assert timetable.wait_after(1, once=True) is None


def test_a_hook_is_switched_off_before_its_first_delivery_is_given_up() -> None:
    assert sum(timetable.WAITS[:-1], timedelta()) > timetable.FAILING


def test_failures_hold_the_rest_back_for_a_quarter_of_an_hour_at_most() -> None:
    held = sum(timetable.WAITS[: timetable.IN_TURN - 1], timedelta())
    assert held < timedelta(minutes=13)
    assert [timetable.overtaken(n) for n in (1, 4, 5, 6)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("status", "taken"), [(None, False), (199, False), (200, True), (204, True), (301, False)]
)
def test_only_a_2xx_is_taken(status: int | None, taken: bool) -> None:
    assert timetable.is_success(status) is taken


def test_a_body_is_the_same_at_every_attempt() -> None:
    at = datetime(2026, 11, 20, 9, 5, 30, 123456, tzinfo=UTC)
    said = {"name": "Bühler & Søn"}
    body = payloads.body(message_id="msg_1", code="party.created", version=1, at=at, said=said)
    assert body.decode() == (
        '{"id":"msg_1","type":"party.created","version":1,"timestamp":"2026-11-20T09:05:30Z",'
        '"data":{"name":"Bühler & Søn"}}'
    )


def test_amounts_are_decimal_text_and_days_iso() -> None:
    said = payloads.data(facts.get("charge.posted").example())
    assert (said["amount"], said["first_day"]) == ("44.00", "2026-11-12")
    told = payloads.schema(ChargePosted)["properties"]
    assert told["amount"] == {
        "type": "string",
        "format": "decimal",
        "description": "without VAT",
    }
    assert told["first_day"]["format"] == "date"


def test_what_has_no_place_in_a_fact_is_refused() -> None:
    with pytest.raises(TypeError):
        payloads._plain(timedelta(1))
    assert payloads._plain(date(2026, 1, 2)) == "2026-01-02"
