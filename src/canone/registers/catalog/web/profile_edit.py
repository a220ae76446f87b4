"""The form of a profile with its live preview, and saving it as the next version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from canone.registers.catalog.models import Tariff, TariffVersion
from canone.registers.catalog.permissions import CHANGE_TARIFFS
from canone.registers.catalog.queries import impact, words
from canone.registers.catalog.queries import tariffs as tariff_queries
from canone.registers.catalog.rules.rating import Terms, Work, rate
from canone.registers.catalog.services import tariffs
from canone.registers.catalog.web import looks
from canone.registers.catalog.web.chart import chart
from canone.registers.catalog.web.profile_form import EXAMPLES, ProfileForm, initial
from canone.ui import formats, forms, pages, reading, zones
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

SHOWN = (5, 15, 37, 120)
MARKED = 37
TRIED = 42
LONGEST = 100_000


@page(CHANGE_TARIFFS)
def new(request: PageRequest) -> HttpResponse:
    """Return the form of a new profile, or the page of the one that was made."""
    form = _new_form(request)
    if request.method == "POST" and "example" not in request.POST and form.is_valid():
        tariff = _created(request, form)
        if tariff:
            text = _("%(name)s is there. Assign it to groups.") % {"name": tariff.name}
            return pages.done(request, text, looks.profile_url(tariff))
    head = Head(
        _("New profile"), crumbs=[Link(_("Profiles"), reverse("catalog:profiles")), Link(_("New"))]
    )
    return _page(request, form, head, _("Save the profile"), reverse("catalog:profiles"))


@page(CHANGE_TARIFFS)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a profile, or its page after the next version was saved."""
    tariff = get_object_or_404(Tariff, pk=pk)
    latest = tariff_queries.versions(tariff)[0]
    form = _edit_form(request, tariff, latest)
    if request.method == "POST" and form.is_valid():
        saved = _revised(request, form, tariff)
        if saved:
            return pages.done(request, saved, looks.profile_url(tariff))
    return _page(
        request,
        form,
        _edit_head(tariff, latest),
        _("Save as version %(number)s") % {"number": latest.number + 1},
        looks.profile_url(tariff),
        tariff=tariff,
    )


@require_POST
@page(CHANGE_TARIFFS)
def preview_new(request: PageRequest) -> HttpResponse:
    """Return the panel beside the form of a new profile."""
    return _preview(request, ProfileForm(request.POST), None)


@require_POST
@page(CHANGE_TARIFFS)
def preview(request: PageRequest, pk: int) -> HttpResponse:
    """Return the panel beside the form, and what saving would touch."""
    tariff = get_object_or_404(Tariff, pk=pk)
    latest = tariff_queries.versions(tariff)[0]
    return _preview(request, _edit_form(request, tariff, latest), tariff)


@dataclass(frozen=True, slots=True)
class Line:
    """One duration of the preview: its words, how it comes about, its price or its minutes."""

    length: str
    how: str
    figure: str


def _preview(request: PageRequest, form: ProfileForm, tariff: Tariff | None) -> HttpResponse:
    form.is_valid()
    terms = form.terms
    tried = _tried(request.POST.get("try", ""))
    context: dict[str, Any] = {
        "terms": terms,
        "try": request.POST.get("try", str(TRIED)),
        "faults": [
            (form.fields[name].label if name in form.fields else "", " ".join(texts))
            for name, texts in form.errors.items()
            if name != "name"
        ],
    }
    if terms is not None:
        context |= {
            "lines": [_line(terms, minutes) for minutes in SHOWN],
            "sentence": words.sentence_bold(terms),
            "chart": chart(terms, MARKED),
            "tried": _line(terms, tried) if tried is not None else None,
            "options": words.options(terms),
        }
    if tariff is not None:
        context |= {"told": True, "consequences": _consequences(tariff, terms, timezone.now())}
    return pages.fragment(request, "catalog/profile_preview.html", **context)


def _line(terms: Terms, minutes: int) -> Line:
    rated = rate(terms, Work(minutes * 60))
    if terms.is_subscription:
        figure = formats.duration(rated.billed_minutes) if not rated.error else formats.MISSING
    else:
        figure = formats.money(rated.price)
    return Line(words.minutes(minutes), words.short(rated), figure)


def _tried(text: str) -> int | None:
    try:
        minutes = int(reading.number(text or str(TRIED)))
    except (reading.NotReadableError, ValueError, OverflowError):
        return None
    return minutes if 0 <= minutes <= LONGEST else None


def _consequences(tariff: Tariff, terms: Terms | None, at: datetime) -> impact.Impact | None:
    if terms is None:
        return None
    found = impact.of(tariff_id=tariff.pk, terms=terms, at=at)
    return found if found and (found.customers or found.pending) else None


def _new_form(request: PageRequest) -> ProfileForm:
    if request.method != "POST":
        return ProfileForm(initial=initial(Terms()))
    example = EXAMPLES.get(request.POST.get("example", ""))
    if example is None:
        return ProfileForm(request.POST)
    return ProfileForm(initial=initial(example[1]) | {"name": request.POST.get("name", "")})


def _edit_form(request: PageRequest, tariff: Tariff, latest: TariffVersion) -> ProfileForm:
    start = initial(latest.terms()) | {"name": tariff.name, "seen": latest.number}
    data: QueryDict | None = request.POST if request.method == "POST" else None
    return ProfileForm(data, initial=start, tariff=tariff)


def _created(request: PageRequest, form: ProfileForm) -> Tariff | None:
    if form.terms is None:
        return None
    try:
        return tariffs.create(
            name=form.cleaned_data["name"],
            terms=form.terms,
            at=timezone.now(),
            by=request.user.pk,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _revised(request: PageRequest, form: ProfileForm, tariff: Tariff) -> str:
    """Return the report of what was saved; empty where something stands against it."""
    if form.terms is None:
        return ""
    try:
        version = tariffs.revise(
            tariff=tariff,
            terms=form.terms,
            at=timezone.now(),
            by=request.user.pk,
            seen=form.cleaned_data["seen"],
        )
        renamed = form.cleaned_data["name"] != tariff.name
        if renamed:
            tariffs.rename(tariff=tariff, name=form.cleaned_data["name"])
    except tariffs.StaleTariffError as error:
        who = error.version.created_by.name if error.version.created_by else _("Somebody")
        text = _("%(who)s saved version %(number)s meanwhile. Open the profile again to see it.")
        form.add_error(None, text % {"who": who, "number": error.version.number})
        return ""
    except ValidationError as error:
        form.add_error(None, error)
        return ""
    if version.number == form.cleaned_data["seen"]:
        return _("Saved. The prices are the same: no new version.") if renamed else _("No change.")
    return _("Version %(number)s prices what is accounted from now on.") % {
        "number": version.number
    }


def _edit_head(tariff: Tariff, latest: TariffVersion) -> Head:
    day = formats.date_of(latest.valid_from.astimezone(zones.zone()).date())
    return Head(
        tariff.name,
        crumbs=[Link(_("Profiles"), reverse("catalog:profiles")), Link(_("Edit"))],
        state=State(
            "run", _("Draft of version %(number)s") % {"number": latest.number + 1}, "pencil"
        ),
        remark=_("version %(number)s in force since %(day)s")
        % {"number": latest.number, "day": day},
    )


def _page(
    request: PageRequest,
    form: ProfileForm,
    head: Head,
    submit: str,
    cancel: str,
    tariff: Tariff | None = None,
) -> HttpResponse:
    name, args = ("catalog:profile_preview", [tariff.pk]) if tariff else (PREVIEW_NEW, [])
    return forms.render(
        request,
        form,
        head,
        forms.Buttons(submit, cancel=cancel),
        "catalog/profile_form.html",
        preview=reverse(name, args=args),
        examples=[] if tariff else [(key, title) for key, (title, _terms) in EXAMPLES.items()],
        told=tariff is not None,
    )


PREVIEW_NEW = "catalog:profile_preview_new"
