import pytest
from hypothesis import given
from hypothesis import strategies as st

from canone.base.files import rules


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\Fattura 12.pdf", "Fattura 12.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("..", "file"),
        ("", "file"),
        ("a<b>.csv", "a_b_.csv"),
        ("x" * 300 + ".xlsx", "x" * 145 + ".xlsx"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert rules.clean_name(given) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_safe(name: str) -> None:
    clean = rules.clean_name(name)
    assert 0 < len(clean) <= rules.NAME_LENGTH
    assert not set(clean) & set('/\\\x00\r\n"')
    assert clean.strip(".") == clean or clean == "file"


def test_ending_and_content_must_agree() -> None:
    taken = rules.content_type("a.PDF", ["application/pdf"], rules.DOCUMENTS)
    assert taken == "application/pdf"
    assert rules.content_type("a.pdf", ["text/html"], rules.DOCUMENTS) is None
    assert rules.content_type("a.svg", ["image/svg+xml"], rules.DOCUMENTS) is None
    assert rules.content_type("pdf", ["application/pdf"], rules.DOCUMENTS) is None


@pytest.mark.parametrize(
    ("size", "unpacked", "entries", "bomb"),
    [
        (10_000, 40_000_000, 12, False),
        (10_000, 60_000_000, 12, True),
        (30_000_000, 900_000_000, 12, False),
        (30_000_000, 3_000_000_000, 12, True),
        (1_000_000, 1_000_000, 20_001, True),
    ],
)
def test_archives_that_blow_up_are_known(
    size: int, unpacked: int, entries: int, *, bomb: bool
) -> None:
    assert rules.is_bomb(size, unpacked, entries) is bomb
