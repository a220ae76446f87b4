"""Sessions from CSV and Excel files of any tool."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from canone.base.exchange import importers
from canone.base.exchange.importers import (
    Checked,
    Field,
    FieldKind,
    Option,
    Problem,
    Refused,
    Setup,
    UndoRefusedError,
    Written,
)
from canone.base.exchange.rules import moments
from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.rules import rows as rules
from canone.desks.assistance.rules.rows import Flaw, FlawError, Span
from canone.desks.assistance.services import ingest
from canone.registers.parties.models import Group

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

EARLY = timedelta(days=1)
NAMED = 50
OPEN = "open:"
Row = tuple[Any, ...]

FIELDS = (
    Field(
        "start", _("Start"), FieldKind.INSTANT, required=True, sorts=True,
        synonyms=(
            "Inizio", "Start time", "Data inizio", "Ora inizio", "Inizio sessione", "Connesso",
            "Début", "Date de début", "Heure de début", "Beginn", "Startzeit", "Inicio",
            "Fecha de inicio", "Started", "Start date", "Connected", "Session start", "Logon",
            "Date", "Data", "Fecha", "Datum",
        ),
    ),
    Field(
        "end", _("End"), FieldKind.INSTANT,
        synonyms=(
            "Fine", "End time", "Data fine", "Ora fine", "Fine sessione", "Disconnesso", "Fin",
            "Date de fin", "Heure de fin", "Ende", "Endzeit", "Fecha de fin", "Ended", "End date",
            "Disconnected", "Session end", "Logoff",
        ),
    ),
    Field(
        "duration", _("Duration"), FieldKind.DURATION,
        synonyms=(
            "Durata", "Durata connessione", "Tempo di connessione", "Durée",
            "Durée de connexion", "Dauer", "Verbindungsdauer", "Duración", "Length",
            "Connection duration", "Session duration", "Minutes", "Minuti", "Total time",
        ),
    ),
    Field(
        "technician", _("Technician"), limit=150,
        synonyms=(
            "Tecnico", "Utente", "Operatore", "User", "Username", "User name", "Technicien",
            "Utilisateur", "Opérateur", "Techniker", "Benutzer", "Técnico", "Usuario", "Operator",
            "Presenter", "Host", "Host name", "Participant", "From alias", "Splashtop account",
        ),
    ),
    Field(
        "device", _("Computer"), limit=160,
        synonyms=(
            "PC", "PC remoto", "Computer remoto", "Nome computer", "Dispositivo", "Macchina",
            "Remote computer", "Remote PC", "Device", "Device name", "Computer name", "Machine",
            "Guest", "Session name", "Ordinateur", "Poste", "Appareil", "Gerät", "Rechner",
            "Equipo", "To alias", "Target",
        ),
    ),
    Field(
        "device_key", _("Number of the computer in the tool"), limit=160,
        synonyms=(
            "Supremo ID", "ID Supremo", "ID remoto", "Remote ID", "Device ID", "Computer ID",
            "ID computer", "To ID", "ID dispositivo", "ID appareil", "Geräte-ID",
        ),
    ),
    Field(
        "group", _("Group or customer"), limit=200,
        synonyms=(
            "Gruppo", "Cliente", "Azienda", "Rubrica", "Group", "Group name", "Customer",
            "Company", "Organization", "Groupe", "Client", "Société", "Gruppe", "Kunde", "Firma",
            "Grupo", "Empresa",
        ),
    ),
    Field(
        "extra", _("Extra minutes"), FieldKind.MINUTES,
        synonyms=(
            "Extra", "Durata extra", "Minuti extra", "Durée supplémentaire",
            "Minutes supplémentaires", "Zusatzminuten", "Minutos extra", "Extra duration",
        ),
    ),
    Field(
        "note", _("Note"), limit=4_000,
        synonyms=(
            "Note", "Nota", "Notes", "Commento", "Commenti", "Comment", "Comments", "Remarque",
            "Remarques", "Commentaire", "Descrizione", "Description", "Notiz", "Notizen",
            "Bemerkung", "Notas", "Comentario",
        ),
    ),
    Field(
        "id", _("Number of the session in the tool"), limit=160,
        synonyms=(
            "Session ID", "ID sessione", "ID session", "Session", "Sitzungs-ID", "ID sesión",
            "ID", "Identificativo", "Identifiant",
        ),
    ),
)  # fmt: skip
START, END, DURATION, TECHNICIAN, DEVICE, KEY, GROUP, EXTRA, NOTE, ID = range(len(FIELDS))

FLAWS: dict[Flaw, tuple[str, StrOrPromise, StrOrPromise]] = {
    Flaw.REPEATED_HOUR: (
        "start",
        _("This hour came twice, because the clocks changed."),
        _("Add the column Duration."),
    ),
    Flaw.END_BEFORE_START: ("end", _("The end lies before the start."), _("Check the date.")),
    Flaw.TOO_LONG: (
        "end",
        _("The session would last more than a year."),
        _("Check the dates."),
    ),
    Flaw.MISMATCH: (
        "duration",
        _("Start and end lie {detail} apart, the duration says otherwise."),
        _("Check the unit of durations, or leave this column out."),
    ),
    Flaw.FUTURE: ("start", _("The start lies in the future."), _("Check the date format.")),
    Flaw.BELOW_ZERO: (
        "extra",
        _("The total falls below zero."),
        _("At most {detail} minutes."),
    ),
    Flaw.TOO_MUCH_EXTRA: (
        "extra",
        _("That many extra minutes cannot be right."),
        _("At most {detail} minutes."),
    ),
}


def _groups() -> list[tuple[str, StrOrPromise]]:
    active = Group.objects.filter(is_active=True).order_by("name")
    names = active.values_list("name", flat=True)
    return [("", _("As the file says")), *((name, name) for name in names)]


class SessionImporter:
    """Takes the session list of any remote-support tool."""

    key = "assistance.sessions"
    title: StrOrPromise = _("Remote sessions")
    permission = permissions.IMPORT
    fields: Sequence[Field] = FIELDS
    options: Sequence[Option] = (
        Option(
            "group",
            _("All sessions belong to"),
            _groups,
            help=_("For a file of one customer that does not name it."),
        ),
    )

    def prepare(self, setup: Setup) -> SessionRun:
        """Return the import with the technicians, groups and devices known by then."""
        return SessionRun(setup)

    def undo(self, *, batch: int, ids: Sequence[int], reason: str, at: datetime, by: int) -> int:
        """Return how many sessions were taken back; raises UndoRefusedError for those in use."""
        del ids, reason, at, by  # the sessions carry their batch; exchange keeps the rest
        try:
            return ingest.withdraw(batch=batch)
        except ingest.UsedError as error:
            raise UndoRefusedError(_refused(error.ids[:NAMED]), len(error.ids)) from error


class SessionRun:
    """One file of sessions."""

    def __init__(self, setup: Setup) -> None:
        self.source = setup.source
        self.latest = moments.micros(setup.at + EARLY)
        self.group = setup.options.get("group", "")
        self.resolver = ingest.Resolver(setup.source)
        known = RemoteSession.objects.filter(source=setup.source, external_id__startswith=OPEN)
        self.opened = set(known.values_list("external_id", flat=True))
        start, end = setup.columns.get("start", ()), setup.columns.get("end", ())
        self.shared_day = len(start) > 1 and len(end) > 1 and start[0] == end[0]

    def check(self, rows: list[Row], lines: list[int]) -> Checked:
        """Return the sessions with their instants settled, and the rows that are none."""
        ready: list[Row] = []
        problems: list[Problem] = []
        for row, line in zip(rows, lines, strict=True):
            try:
                ready.append(self._settled(row))
            except FlawError as error:
                problems.append(_problem(error, line))
        return Checked(ready, problems)

    def write(self, rows: list[Row], *, batch: int, at: datetime, by: int | None) -> Written:
        """Return how many sessions were new, closed by their end, or there already."""
        del by  # sessions have no author; the batch has
        written = ingest.write(
            map(self._session, rows),
            source=self.source,
            at=at,
            batch=batch,
            resolver=self.resolver,
        )
        known = written.seen - written.new - written.closed
        return Written(new=written.new, changed=written.closed, known=known)

    def _settled(self, row: Row) -> Row:
        span = Span(row[START], row[END], row[DURATION], self.shared_day)
        start, end = rules.place(span, self.latest)
        rules.check_extra(start, end, row[EXTRA] or 0)
        return (start, end, *row[TECHNICIAN:])

    def _session(self, row: Row) -> ingest.IngestRow:
        start, end, technician, device, key, group, extra, note, external_id = row
        started, ended = moments.at(start), None if end is None else moments.at(end)
        who, where = technician or "", key or device or ""
        return ingest.IngestRow(
            external_id=external_id or self._identity(who, where, started, ended),
            technician=who,
            started_at=started,
            ended_at=ended,
            device_key=where,
            device_name=device or key or "",
            group_hint=group or self.group,
            seconds=None if end is None else (end - start) // moments.SECOND,
            extra_minutes=extra or 0,
            note=note or "",
        )

    def _identity(self, who: str, where: str, start: datetime, end: datetime | None) -> str:
        """Return the key of a session without a number; one that came open keeps its key."""
        if end is not None and not self.opened:
            return ingest.identity(who, where, start, end)
        key = OPEN + ingest.identity(who, where, start, None)
        if end is None:
            self.opened.add(key)
        return key if key in self.opened else ingest.identity(who, where, start, end)


def _problem(error: FlawError, line: int) -> Problem:
    field, what, hint = FLAWS[error.flaw]
    detail = error.detail
    words = str(detail).replace("-", "−")
    if error.flaw == Flaw.MISMATCH:
        words = f"{detail // 3600}:{detail // 60 % 60:02d}"
    texts = (format_lazy(text, detail=words) for text in (what, hint))
    return Problem(line, field, "", *texts)


def _refused(ids: Sequence[int]) -> list[Refused]:
    accounted = set(
        RemoteSession.objects.filter(pk__in=ids, accountings__isnull=False).values_list(
            "pk", flat=True
        )
    )
    found = RemoteSession.objects.filter(pk__in=ids).order_by("started_at", "id")
    return [
        Refused(
            f"{session.device_name or session.device_key} · {session.started_at:%d/%m/%Y %H:%M}",
            _("It was accounted.") if session.pk in accounted else _("It was edited here."),
        )
        for session in found
    ]


def register() -> None:
    """Make the importer known."""
    importers.register(SessionImporter())
