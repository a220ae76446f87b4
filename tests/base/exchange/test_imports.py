import json
from dataclasses import replace
from typing import Any

import pytest
from tests.make import access
from tests.make import exchange as make

from canone.base.access.functions import Role
from canone.base.exchange import importers, ordering, queries, services
from canone.base.exchange.models import ImportBatch, ImportedRow, MappingProfile
from canone.base.exchange.progress import Silent
from canone.base.exchange.services import starting
from canone.base.files import queries as files
from canone.base.files.models import StoredFile
from canone.base.files.services import DiskFullError, FileError
from canone.base.numbering.models import Counter
from canone.base.tasks import registry
from canone.base.tasks.registry import JobError, Work

pytestmark = pytest.mark.django_db
GOOD = "Serie;Numero;Giorno\n" + "".join(f"S{i};{i};21/11/2026\n" for i in range(5_000))
BAD = "Serie;Numero\nA;1\nB;x\nC;-4\n;7\nE;5\n"
State = ImportBatch.State


class Stopped(Silent):
    """Stops the pass when it is asked for the time after `after`."""

    def __init__(self, after: int) -> None:
        self.left = after

    def check_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise InterruptedError


def write(batch: ImportBatch, **more: Any) -> ImportBatch:
    return services.write(batch.pk, at=make.AT, by=None, **more)


def test_from_file_to_rows_and_back(counters: make.Counters) -> None:
    user = access.user(Role.OWNER)
    batch = make.checked(GOOD)
    assert (batch.state, batch.total, batch.good, batch.bad) == (State.CHECKED, 5_000, 5_000, 0)
    assert not Counter.objects.exists()
    batch = write(batch)
    assert (batch.state, batch.new, batch.known) == (State.DONE, 5_000, 0)
    assert Counter.objects.get(series="S42").number == 42
    assert ImportedRow.objects.filter(batch=batch).count() == 5_000
    assert not any(path.exists() for path in queries.working_files(batch))

    again = write(make.checked(GOOD))
    assert (again.new, again.known) == (0, 5_000)

    count = services.undo(batch, reason="Wrong file", at=make.AT, by=user.pk)
    batch.refresh_from_db()
    assert (count, batch.state, batch.undo_reason) == (5_000, State.UNDONE, "Wrong file")
    assert batch.undone_by == user
    assert not Counter.objects.exists()
    with pytest.raises(services.ImportRefusedError):
        services.undo(batch, reason="Twice", at=make.AT, by=user.pk)


@pytest.mark.parametrize("run", [1, 4_000, 8_000_000])
def test_rows_are_written_in_the_order_of_the_field_that_sorts(
    counters: make.Counters, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    monkeypatch.setattr(ordering, "RUN", run)
    series, number, day = counters.fields
    monkeypatch.setattr(
        counters, "fields", (series, replace(number, sorts=True), day), raising=False
    )
    numbers = [7 * place % 5_000 // 2 for place in range(5_000)]
    lines = (f"S{place};{number};21/11/2026\n" for place, number in enumerate(numbers))
    batch = make.checked("Serie;Numero;Giorno\n" + "".join(lines))
    staged = list(queries.staged_chunks(batch))
    assert [len(chunk) for chunk in staged] == [2_000, 2_000, 1_000]
    rows = [(row[1], int(row[0][1:])) for chunk in staged for row in chunk]
    # equal numbers stay in the order of the file
    assert rows == sorted((number, place) for place, number in enumerate(numbers))
    assert [path.name for path in queries.staged(batch).parent.iterdir()] == [f"{batch.pk}.staged"]
    assert write(batch).new == 5_000


def test_a_file_in_order_is_not_sorted_again(
    counters: make.Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, number, day = counters.fields
    monkeypatch.setattr(
        counters, "fields", (series, replace(number, sorts=True), day), raising=False
    )
    monkeypatch.delattr(ordering, "sort")
    assert make.checked(GOOD).good == 5_000


def test_a_check_stopped_while_sorting_leaves_nothing_behind(
    counters: make.Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, number, day = counters.fields
    monkeypatch.setattr(
        counters, "fields", (series, replace(number, sorts=True), day), raising=False
    )
    batch = make.configured(make.upload("Serie;Numero\n" + "A;2\nB;1\n"))
    stopped = Stopped(after=1)
    with pytest.raises(InterruptedError):
        services.check(batch.pk, at=make.AT, by=None, progress=stopped)
    assert not list(queries.staged(batch).parent.iterdir())
    batch.refresh_from_db()
    assert batch.state == State.DRAFT


def test_bad_rows_stop_everything_unless_the_good_ones_are_wanted(counters: make.Counters) -> None:
    batch = make.checked(BAD)
    assert (batch.total, batch.good, batch.bad) == (5, 2, 3)
    found = [(problem["row"], problem["column"], problem["value"]) for problem in batch.problems]
    assert found == [(3, "Numero", "x"), (4, "Numero", "-4"), (5, "Serie", "")]
    assert batch.problems[1]["text"] == "Below zero. At least 0."
    assert all(problem["text"] for problem in batch.problems)
    with pytest.raises(services.ImportRefusedError) as caught:
        write(batch)
    assert "3" in str(caught.value.message)
    assert not Counter.objects.exists()
    batch = write(batch, good_only=True)
    assert (batch.state, batch.new) == (State.DONE, 2)


def test_the_report_holds_every_problem_and_no_formula(counters: make.Counters) -> None:
    batch = make.checked("Serie;Numero\n" + "X;=1+1\n" * 900)
    assert batch.bad == 900
    assert len(batch.problems) == 200
    assert batch.report
    with files.open_file(batch.report) as file:
        lines = file.read().decode("utf-8-sig").splitlines()
    assert len(lines) == 901
    assert lines[1].startswith("2;Numero;'=1+1;")


def test_a_stopped_write_goes_on_where_it_was(counters: make.Counters) -> None:
    batch = make.checked(GOOD)
    counters.fail_at = "S4500"
    with pytest.raises(RuntimeError):
        write(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.position, batch.new) == (State.STOPPED, 2, 3_999)
    counters.fail_at = ""
    batch = write(batch)
    assert (batch.state, batch.new, batch.known) == (State.DONE, 5_000, 0)
    assert Counter.objects.count() == 5_000


class Stop(Exception):  # noqa: N818
    pass


class Stopping:
    def __init__(self, after: int) -> None:
        self.left = after
        self.seen: list[tuple[int, int]] = []

    def progress(self, done: int, total: int, message: str = "") -> None:
        self.seen.append((done, total))

    def check_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stop


def test_both_passes_can_be_stopped(counters: make.Counters) -> None:
    batch = make.configured(make.upload(GOOD))
    watch = Stopping(1)
    with pytest.raises(Stop):
        services.check(batch.pk, at=make.AT, by=None, progress=watch)
    batch.refresh_from_db()
    assert batch.state == State.DRAFT
    batch = services.check(batch.pk, at=make.AT, by=None)
    watch = Stopping(1)
    with pytest.raises(Stop):
        write(batch, progress=watch)
    assert watch.seen == [(1_999, 5_000)]
    batch.refresh_from_db()
    assert (batch.state, batch.new) == (State.STOPPED, 1_999)
    services.undo(batch, reason="Stopped", at=make.AT, by=access.user(Role.OWNER).pk)
    assert not Counter.objects.exists()


def test_a_check_that_died_is_done_again(counters: make.Counters) -> None:
    batch = make.configured(make.upload(GOOD))
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.CHECKING)
    queries.staged(batch).parent.mkdir(exist_ok=True)
    queries.staged(batch).with_suffix(".half").write_text('[["half')
    assert services.check(batch.pk, at=make.AT, by=None).good == 5_000


def test_two_workers_on_one_import_write_each_chunk_once(
    counters: make.Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make.checked(GOOD)
    chunks = list(queries.staged_chunks(batch))
    inner: list[ImportBatch] = []

    def overtaken(_: ImportBatch) -> Any:
        yield chunks[0]
        if not inner:
            inner.append(batch)
            monkeypatch.setattr(queries, "staged_chunks", lambda _: iter(chunks))
            inner.append(write(batch))
        yield from chunks[1:]

    monkeypatch.setattr(queries, "staged_chunks", overtaken)
    assert write(batch).new == 5_000
    assert Counter.objects.count() == 5_000


def test_undo_names_what_is_in_use_and_changes_nothing(counters: make.Counters) -> None:
    batch = write(make.checked(GOOD))
    counters.refused = [importers.Refused("S1", "Accounted")]
    with pytest.raises(importers.UndoRefusedError) as caught:
        services.undo(batch, reason="x", at=make.AT, by=access.user(Role.OWNER).pk)
    assert caught.value.refused[0].subject == "S1"
    batch.refresh_from_db()
    assert batch.state == State.DONE
    assert Counter.objects.count() == 5_000
    with pytest.raises(services.ImportRefusedError):
        services.undo(batch, reason=" ", at=make.AT, by=access.user(Role.OWNER, email="b@x.it").pk)


def test_files_that_cannot_be_read_leave_nothing(counters: make.Counters) -> None:
    for content in (b"\n \n;;\n", b"<html>", b"PK\x03\x04 garbage"):
        with pytest.raises((services.ImportRefusedError, FileError)) as caught:
            make.upload(content, "a.xlsx" if content.startswith(b"PK") else "a.csv")
        assert str(caught.value.message)  # type: ignore[attr-defined]
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_fault_found_late_fails_the_check_with_its_sentence(counters: make.Counters) -> None:
    late = "Serie;Numero\n" + "A;1\n" * 3_000 + ";".join("x" * 600)
    batch = make.checked(late)
    assert batch.state == State.FAILED
    assert "500" in batch.message
    assert not queries.staged(batch).exists()


def test_a_source_is_remembered_by_its_titles(counters: make.Counters) -> None:
    first = make.upload("Codice;Quanti;Giorno\nA;1;11/21/2026\n")
    choice = services.Choice(
        "Supremo",
        {"series": [0], "number": [1], "day": [2]},
        services.batches.Notation(date_order=queries.DateOrder.MONTH_FIRST),
    )
    services.configure(first, choice, at=make.AT, by=None)
    second = make.upload("Giorno;Quanti;Altro;Codice\n11/21/2026;1;;A\n")
    rows, _ = queries.sample(second)
    proposal = queries.propose(second, importers.get(counters.key), rows, language="it")
    assert proposal.columns == {"series": [3], "number": [1], "day": [0]}
    assert proposal.notation.date_order == queries.DateOrder.MONTH_FIRST
    assert proposal.profile == MappingProfile.objects.get(name="Supremo")
    assert queries.setup(first, at=make.AT, by=None).source == "file:Supremo"


def test_choices_that_cannot_be_are_refused(counters: make.Counters) -> None:
    batch = make.upload("Serie;Numero\nA;1\n")
    for source, columns in (
        ("", {"series": [0], "number": [1]}),
        ("X", {"series": [0]}),
        ("X", {"series": [0], "number": [7]}),
    ):
        with pytest.raises(services.ImportRefusedError):
            services.configure(batch, services.Choice(source, columns), at=make.AT, by=None)


def test_the_preview_shows_values_and_problems(counters: make.Counters) -> None:
    batch = make.upload(BAD)
    importer = importers.get(counters.key)
    rows = queries.sample(batch)
    proposal = queries.propose(batch, importer, rows[0], language="it")
    values, problems = queries.preview(batch, importer, proposal.columns, proposal.notation, rows)
    assert values[2] == ("A", 1, None)
    assert [problem.row for problem in problems] == [3, 5]


def test_a_draft_can_be_thrown_away_and_a_written_import_cannot(
    counters: make.Counters, django_capture_on_commit_callbacks: Any
) -> None:
    batch = make.checked(BAD)
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(batch)
    assert not StoredFile.objects.exists()
    assert not ImportBatch.objects.exists()
    done = write(make.checked(GOOD))
    with pytest.raises(services.ImportRefusedError):
        services.discard(done)


def test_staged_rows_are_plain(counters: make.Counters) -> None:
    batch = make.checked("Serie;Numero;Giorno\nÀ;1;21/11/2026\n")
    text = queries.staged(batch).read_text()
    assert json.loads(text) == [["À", 1, "2026-11-21"]]


def test_names_of_importers_are_unique(counters: make.Counters) -> None:
    class Other(make.Counters):
        pass

    with pytest.raises(ValueError, match="twice"):
        importers.register(Other())


def test_a_full_disk_leaves_a_draft_that_can_be_checked_again(counters: make.Counters) -> None:
    batch = make.configured(make.upload(GOOD))
    half = queries.staged(batch).with_suffix(".half")
    half.parent.mkdir(exist_ok=True)
    half.symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        services.check(batch.pk, at=make.AT, by=None)
    batch.refresh_from_db()
    assert batch.state == State.DRAFT
    assert not half.is_symlink()
    assert services.check(batch.pk, at=make.AT, by=None).good == 5_000


def test_the_passes_run_as_jobs(counters: make.Counters) -> None:
    batch = make.configured(make.upload(BAD))
    work = Work({"batch": batch.pk})
    registry.get(starting.CHECK).run(work)
    assert [value for _, value in work.result["lines"]] == [2, 3]
    with pytest.raises(JobError, match="3"):
        registry.get(starting.WRITE).run(Work({"batch": batch.pk}))
    work = Work({"batch": batch.pk, "good_only": True})
    registry.get(starting.WRITE).run(work)
    assert [value for _, value in work.result["lines"]] == [2, 0, 0]
    assert (work.done, work.total) == (2, 2)


def test_signs_that_no_database_holds_are_left_out(counters: make.Counters) -> None:
    batch = make.checked("Serie;Numero\n" + "A;1\n" * 40_000 + "B;x\x00y\nC\x00;2\n")
    assert [problem["value"] for problem in batch.problems] == ["xy"]
    batch = write(batch, good_only=True)
    assert Counter.objects.filter(series="C").exists()
