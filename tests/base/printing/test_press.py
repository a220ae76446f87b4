"""Many documents at once: as each alone would be, in order, by processes that end with us."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from canone.base.printing import joining, typesetting
from canone.base.printing.press import Order, Press, PressError
from canone.base.printing.typesetting import TemplateError

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
SOURCE = """#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set page(width: 6cm, height: 3cm)
#if data.title == "bad" { panic("no such thing") }
#data.title #data.firm"""
FIRM = {"firm": "Lariotech"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return typesetting.folder(tmp_path, {"prova/prova": SOURCE}, None)


@pytest.fixture
def press(place: Path) -> Iterator[Press]:
    with Press(place, "prova/prova", FIRM, hands=2) as made:
        yield made


def order(title: str) -> Order[str]:
    return Order(title, {"title": title}, AT)


def alone(place: Path, title: str) -> bytes:
    return typesetting.pdf(place, "prova/prova", {"title": title, **FIRM}, at=AT)


def test_many_come_in_order_and_as_one_alone(press: Press, place: Path) -> None:
    titles = [f"Foglio {number} «è»" for number in range(20)]
    made = list(press.pdfs(order(title) for title in titles))
    assert [title for title, _pdf in made] == titles
    assert made[0][1] == alone(place, titles[0])
    assert made[-1][1] == alone(place, titles[-1])


def test_both_processes_set(press: Press) -> None:
    before = [_ticks(hand.process.pid) for hand in press._hands]
    assert len(list(press.pdfs(order(str(number)) for number in range(30)))) == 30
    after = [_ticks(hand.process.pid) for hand in press._hands]
    assert all(later > earlier for earlier, later in zip(before, after, strict=True))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_only_some_are_read_ahead(press: Press) -> None:
    read: list[str] = []

    def orders() -> Iterator[Order[str]]:
        for number in range(100):
            read.append(str(number))
            yield order(str(number))

    made = press.pdfs(orders())
    next(made)
    assert len(read) < 10


def test_a_template_that_cannot_be_set_says_why_and_the_others_go_on(press: Press) -> None:
    with pytest.raises(TemplateError, match="no such thing"):
        list(press.pdfs([order("bad")]))
    assert len(list(press.pdfs([order("good")]))) == 1


def test_a_process_that_is_gone_is_told(press: Press) -> None:
    for hand in press._hands:
        hand.process.kill()
        hand.process.wait()
    with pytest.raises(PressError):
        list(press.pdfs([order("x")]))


def test_the_processes_end_with_the_press_and_with_its_master(place: Path) -> None:
    with Press(place, "prova/prova", FIRM, hands=1) as made:
        pid = made._hands[0].process.pid
        assert _is_alive(pid)
    assert not _is_alive(pid)
    left = Press(place, "prova/prova", FIRM, hands=1)
    process = left._hands[0].process
    assert process.stdin is not None
    process.stdin.close()  # as the kernel does when the master is killed
    assert process.wait(20) == 0
    left.__exit__()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_stop_from_the_keyboard_is_the_masters_alone(press: Press) -> None:
    assert all(os.getpgid(h.process.pid) != os.getpgid(0) for h in press._hands)
    assert signal.getsignal(signal.SIGINT)


def test_papers_are_joined_in_order(place: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(joining, "OPEN", 2)
    parts = []
    for number in range(7):
        part = tmp_path / f"{number}.pdf"
        part.write_bytes(alone(place, f"Foglio{number}"))
        parts.append(part)
    here, there = tmp_path / "here.pdf", tmp_path / "there.pdf"
    joining.joined(here, parts)
    joining.join(there, parts)
    assert not list(tmp_path.glob("*.half"))
    for whole in (here, there):
        with pikepdf.open(whole) as pdf:
            assert len(pdf.pages) == 7
    with pikepdf.open(here) as pdf:
        for page, part in zip(pdf.pages, parts, strict=True):
            with pikepdf.open(io.BytesIO(part.read_bytes())) as own:
                assert page.Contents.read_bytes() == own.pages[0].Contents.read_bytes()


def test_what_is_no_paper_cannot_be_joined(tmp_path: Path) -> None:
    part = tmp_path / "a.pdf"
    part.write_bytes(b"nothing")
    with pytest.raises(joining.JoinError):
        joining.join(tmp_path / "whole.pdf", [part])
