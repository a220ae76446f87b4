"""One session whole: durations, price, accountings, history; its end, its undoing."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import listing, pieces
from canone.desks.assistance.queries.listing import Shown
from canone.desks.assistance.rules import lengths
from canone.desks.assistance.rules.states import State
from canone.desks.assistance.services import sessions as services
from canone.desks.assistance.services import undoing
from canone.desks.assistance.web import folding, looks
from canone.desks.assistance.web.editing import visible
from canone.desks.assistance.web.sessions import crumbs
from canone.ledgers.invoicing.services.charges import ChargeError
from canone.registers.parties.models import Group
from canone.ui import formats, forms, pages, timelines, zones
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


def _shown(session: RemoteSession) -> Shown:
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    return listing.shown([session], day=day, now=now)[0]


def _head(row: Shown, title: str = "", actions: tuple[Action, ...] = ()) -> Head:
    session = row.session
    return Head(
        title or session.device_name or now_("Session"),
        crumbs=[*crumbs(), Link(looks.when(row))],
        subtitle=session.technician_name,
        state=looks.state(row),
        actions=actions,
    )


@page(permissions.VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return the session with how it came to its price and everything that was changed."""
    session = visible(request, pk)
    row = _shown(session)
    prices = request.user.may(permissions.PRICES)
    actions = []
    if not session.ended_at and request.user.may(permissions.EDIT):
        url = reverse("assistance:close", args=[pk])
        actions.append(Action(_("Write the end"), url, "pencil", main=True))
    if session.accounting_id is not None and request.user.may(permissions.UNDO):
        url = reverse("assistance:undo", args=[pk])
        actions.append(Action(_("Undo the accounting"), url, "undo"))
    actions += _splitting(request, row)
    records = session.accountings.select_related("by", "reversal__by", "version__tariff")
    return pages.render(
        request,
        "assistance/session.html",
        _head(row, actions=tuple(actions)),
        row=row,
        piece=_piece(request, row) if row.members else None,
        facts=_facts(row),
        explanation=looks.explanation(row) if prices else None,
        records=records.order_by("-revision") if prices else [],
        history=timelines.of(session),
    )


def _splitting(request: PageRequest, row: Shown) -> list[Action]:
    """Return the way out of a piece of work, or back into it."""
    if row.state is not State.PENDING or not request.user.may(permissions.SPLIT):
        return []
    pk = row.session.pk
    if row.session.is_apart:
        url = reverse("assistance:put_together", args=[pk])
        return [Action(_("Put together again"), f"{url}?from=session", "link", post=True)]
    if not row.members:
        return []
    url = reverse("assistance:take_apart", args=[pk])
    return [Action(_("Count alone"), f"{url}?from=session", "split", post=True)]


def _piece(request: PageRequest, row: Shown) -> dict[str, Any] | None:
    """Return the sessions that this one is priced with, as far as the reader may see them."""
    now = timezone.now()
    day = now.astimezone(zones.zone()).date()
    lead = row
    if not row.leads:
        found = RemoteSession.objects.visible_to(request.user).filter(pk=row.lead_id).first()
        if found is None:
            return None
        lead = listing.shown([found], day=day, now=now)[0]
    piece = pieces.of([lead], user=request.user, day=day, now=now).get(lead.session.pk)
    if piece is None:
        return None
    return {
        "why": folding.why(piece),
        "rows": [(one.session, looks.when(one), one.total_minutes) for one in piece.rows],
        "total": folding.total(piece),
        "explanation": folding.explanation(piece) if request.user.may(permissions.PRICES) else None,
    }


def _facts(row: Shown) -> list[tuple[str, Any]]:
    session = row.session
    facts = [
        (now_("Group (customer)"), session.group.name if session.group else formats.MISSING),
        (now_("Technician"), session.technician_name or formats.MISSING),
        (now_("Computer"), session.device_name or formats.MISSING),
        (now_("Kind"), session.get_kind_display()),
        (now_("Start"), formats.instant(session.started_at, zones.zone())),
        (now_("End"), formats.instant(session.ended_at, zones.zone())),
    ]
    if session.ended_at:
        facts += [
            (now_("Connection"), formats.duration(row.connection_minutes)),
            (now_("Extra minutes"), formats.number(session.extra_minutes)),
            (now_("Total"), formats.duration(row.total_minutes)),
        ]
    facts += [
        (now_("Source"), session.source),
        (now_("Note"), session.note or formats.MISSING),
    ]
    return facts


class UndoForm(forms.Form):
    """Why an accounting is undone."""

    panels = [forms.Panel(_("Why"), ["reason"])]
    reason = django_forms.CharField(
        label=_("Reason"),
        max_length=400,
        help_text=_("It stays on record with your name."),
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )


@page(permissions.UNDO)
def undo(request: PageRequest, pk: int) -> HttpResponseBase:
    """Ask for the reason, undo, and go back to the session."""
    session = visible(request, pk)
    url = reverse("assistance:session", args=[pk])
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            undone = undoing.undo(
                session_id=pk,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
                by=request.user,
            )
        except undoing.NotAccountedError:
            form.add_error("reason", now_("This session is not accounted any more."))
        except ChargeError as error:
            form.add_error("reason", str(error))
        else:
            text = now_("Undone: %(count)s to account again. Charge and hours were reversed.")
            return pages.done(request, text % {"count": len(undone)}, url)
    return forms.render(
        request,
        form,
        _head(_shown(session), now_("Undo the accounting")),
        forms.Buttons(_("Undo the accounting"), cancel=url, leave=_("Leave it as it is")),
        consequences=now_(
            "The charge is reversed, prepaid hours are given back, and the session is to account "
            "again. What it was worth stays on record."
        ),
    )


class CloseForm(forms.Form):
    """The end that never arrived."""

    panels = [forms.Panel(_("End"), ["ended_at"])]
    ended_at = forms.InstantField(label=_("End"), help_text=_("Day and time, as on the wall."))


@page(permissions.EDIT)
def close(request: PageRequest, pk: int) -> HttpResponseBase:
    """Ask for the end of an open session and write it."""
    session = visible(request, pk)
    url = reverse("assistance:session", args=[pk])
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close(session_id=pk, ended_at=form.cleaned_data["ended_at"], at=timezone.now())
        except lengths.LengthError as error:
            form.add_error("ended_at", length_fault(error))
        except services.LockedError:
            form.add_error("ended_at", now_("This session is accounted: its end is fixed."))
        else:
            return pages.done(request, now_("Saved: the session can be accounted."), url)
    head = _head(_shown(session), now_("Write the end"))
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=url))


def length_fault(error: lengths.LengthError) -> str:
    """Return what is wrong with a length, and what to do."""
    if isinstance(error, lengths.EndBeforeStartError):
        return now_("The end lies before the start. Check date and time.")
    if isinstance(error, lengths.BelowZeroError):
        text = now_("At most %(minutes)s minutes: the total would fall below zero.")
        return text % {"minutes": formats.number(error.lowest)}
    if isinstance(error, lengths.TooMuchExtraError):
        return now_("More minutes than a month has. Check the number.")
    return now_("Longer than a year. Check the dates.")


class ManualForm(forms.Form):
    """A session written by hand."""

    panels = [
        forms.Panel(_("Who and what"), ["group", "technician", "kind", "device_name"]),
        forms.Panel(_("When"), ["started_at", "ended_at", "extra_minutes"], columns=True),
        forms.Panel(_("What was done"), ["note"]),
    ]
    group = forms.PickField(
        queryset=Group.objects.none(), shown=lambda group: group.name, label=_("Group (customer)")
    )
    technician = forms.PickField(
        queryset=User.objects.none(), shown=lambda user: user.name, label=_("Technician")
    )
    kind = django_forms.ChoiceField(label=_("Kind"), choices=RemoteSession.Kind.choices)
    device_name = django_forms.CharField(label=_("Computer"), max_length=160, required=False)
    started_at = forms.InstantField(label=_("Start"))
    ended_at = forms.InstantField(label=_("End"))
    extra_minutes = forms.WholeField(
        label=_("Extra minutes"),
        required=False,
        help_text=_("Work beside the connection; a negative number takes time off."),
    )
    note = django_forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )
    key = django_forms.CharField(widget=django_forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(grants__role__in=list(STAFF), is_active=True).distinct()
        if not user.may(permissions.VIEW_ALL):
            people = people.filter(pk=user.pk)
        groups = Group.objects.visible_to(user).filter(is_active=True).order_by("name")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["technician"].queryset = people.order_by("name")  # type: ignore[attr-defined]


@page(permissions.EDIT)
def manual(request: PageRequest) -> HttpResponseBase:
    """Ask for a session of telephone or on-site help, and write it."""
    now = timezone.now()
    first = {
        "technician": request.user.pk,
        "kind": "phone",
        "group": request.GET.get("group"),
        "key": f"{request.user.pk}-{now.timestamp():.6f}",
        "extra_minutes": 0,
    }
    form = ManualForm(request.POST or None, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = services.add_manual(
                technician=data["technician"],
                group_id=data["group"].pk,
                kind=data["kind"],
                started_at=data["started_at"],
                ended_at=data["ended_at"],
                device_name=data["device_name"],
                extra_minutes=data["extra_minutes"] or 0,
                note=data["note"],
                key=data["key"],
                at=now,
            )
        except services.KeyTakenError:
            text = now_("This form has booked something else already: open it anew.")
            form.add_error(None, text)
        except lengths.BelowZeroError as error:
            form.add_error("extra_minutes", length_fault(error))
        except lengths.LengthError as error:
            form.add_error("ended_at", length_fault(error))
        else:
            url = reverse("assistance:session", args=[session.pk])
            return pages.done(request, now_("Session written."), url)
    head = Head(now_("Manual session"), crumbs=crumbs())
    buttons = forms.Buttons(_("Write the session"), cancel=reverse("assistance:list"))
    return forms.render(request, form, head, buttons)
