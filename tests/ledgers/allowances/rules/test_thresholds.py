import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.ledgers.allowances.rules import thresholds
from canone.ledgers.allowances.rules.thresholds import NotAThresholdError, State, Threshold

BOTH = thresholds.read(["20%", "10%"])


@pytest.mark.parametrize("text", ["", "x", "-5", "101%", "1.5", "20%x", "%", "²", 10**12])
def test_what_is_not_a_threshold_is_refused(text: str | int) -> None:
    with pytest.raises(NotAThresholdError):
        Threshold.of(text)


@pytest.mark.parametrize("text", ["20%", "60", "0", "100%"])
def test_a_threshold_is_written_as_it_is_read(text: str) -> None:
    assert str(Threshold.of(text)) == text
    assert thresholds.read([text, text, f" {text} "]) == (Threshold.of(text),)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [(121, ()), (120, ("20%",)), (60, ("10%", "20%")), (-5, ("10%", "20%"))],
)
def test_a_threshold_is_reached_at_its_limit(balance: int, expected: tuple[str, ...]) -> None:
    found = thresholds.reached(BOTH, balance=balance, base=600)
    assert tuple(str(threshold) for threshold in found) == expected


def test_before_the_first_purchase_nothing_is_reached() -> None:
    assert thresholds.reached(thresholds.read(["60"]), balance=0, base=0) == ()


@pytest.mark.parametrize(
    ("texts", "balance", "expected"),
    [
        (["60"], 61, State.REGULAR),
        (["60"], 60, State.LOW),
        (["60", "20%"], 120, State.LOW),
        ([], 121, State.REGULAR),
        ([], 120, State.LOW),
        (["60"], 0, State.USED_UP),
        (["60"], -1, State.OVER),
    ],
)
def test_the_state_of_a_balance(texts: list[str], balance: int, expected: State) -> None:
    assert thresholds.state(thresholds.read(texts), balance=balance, base=600) == expected


@given(st.integers(-100, 1000), st.integers(-100, 1000))
def test_less_never_reaches_fewer(first: int, second: int) -> None:
    low, high = sorted((first, second))
    more = thresholds.reached(BOTH, balance=low, base=600)
    fewer = thresholds.reached(BOTH, balance=high, base=600)
    assert set(fewer) <= set(more)
