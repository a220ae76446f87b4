"""Every component of the kit on pages of their own, for the browser: a urlconf of tests alone."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import include, path
from tests.ui.people_list import People

from canone.base.access.functions import SIGNED_IN
from canone.base.access.models import User
from canone.kernel.money import Money
from canone.ui import charts, forms, gauges, lists, pages, picks, timelines, wizards
from canone.ui.explain import Explanation, Step
from canone.ui.heads import Action, Counter, Head, Link, Note, Tab
from canone.ui.pages import PageRequest, page
from canone.ui.states import KINDS, State

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WHY = Explanation(
    "60,00 €",
    [Step("Scatto iniziale, 15 minuti", "20,00 €"), Step("10 scatti × 4,00 €", "40,00 €")],
    "Prezzo",
    "65 min di connessione",
    "Anteprima con la tariffa di oggi.",
)


def _find(rows: Any, text: str) -> Any:
    return rows.filter(name__icontains=text)


class Sample(forms.Form):
    who = forms.SearchField(
        User.objects.order_by("name"),
        label="Persona",
        url_name="gallery_pick",
        find=_find,
        shown=lambda user: user.name,
    )
    kind = django_forms.ChoiceField(
        label="Tipo",
        choices=[("a", "A consumo"), ("b", "Abbonamento")],
        widget=django_forms.RadioSelect,
    )
    price = forms.MoneyField(label="Costo", help_text="Dovuto anche se dura meno.")
    minutes = forms.MinutesField(label="Durata", minimum=1)
    day = forms.DateField(label="Dal", required=False)
    note = django_forms.CharField(label="Nota", required=False, widget=django_forms.Textarea)
    on = forms.SwitchField(label="Nota obbligatoria")
    panels = [
        forms.Panel("Chi", ["who", "kind"]),
        forms.Panel("Prezzo", ["price", "minutes", "day"], columns=True, remark="spento"),
        forms.Panel("Altro", ["note", "on"]),
    ]


class Stopped(People):
    key = "gallery.people"

    def bulk(self) -> list[lists.Bulk]:
        return [lists.Bulk("Ferma", "/gallery/stop/", main=True)]


@page(SIGNED_IN)
def listing(request: PageRequest) -> HttpResponseBase:
    return Stopped(request).response()


@page(SIGNED_IN)
def stop(request: PageRequest) -> HttpResponse:
    chosen = lists.selected(request, Stopped)
    names = ", ".join(chosen.rows.order_by("name").values_list("name", flat=True))
    return pages.done(request, f"Fermati: {names}", chosen.back)


@page(SIGNED_IN)
def form(request: PageRequest) -> HttpResponse:
    made = Sample(request.POST or None)
    if request.method == "POST" and made.is_valid():
        return pages.done(request, f"Salvato: {made.cleaned_data['who'].name}", "/gallery/form/")
    return forms.render(
        request,
        made,
        Head("Modulo", crumbs=[Link("Campionario", "/gallery/")]),
        forms.Buttons("Salva", "/gallery/"),
        preview="/gallery/preview/",
        consequences="Tocca 14 clienti.",
    )


@page(SIGNED_IN)
def preview(request: PageRequest) -> HttpResponse:
    return HttpResponse(f"<div class='in pt-3'><p>{len(request.POST.get('note', ''))}</p></div>")


@page(SIGNED_IN)
def pick(request: PageRequest) -> HttpResponse:
    return picks.answer(
        request, User.objects.order_by("name"), _find, lambda user: user.name, lambda u: u.email
    )


@page(SIGNED_IN)
def everything(request: PageRequest) -> HttpResponse:
    change = timelines.Change("Quantità", "9", "10")
    months = [charts.Point(f"m{n}", [900 + n, 120], [f"{900 + n}", "120"]) for n in range(12)]
    head = Head(
        "Campionario",
        crumbs=[Link("Contratti", "/"), Link("C-2024-0118")],
        subject=Link("Officine Meccaniche Brambilla S.r.l.", "/"),
        state=State("done", "Attivo"),
        actions=[Action("Stampa", "/", "printer"), Action("Modifica", "/", "pencil", main=True)],
        counters=[Counter("33", "fatture", "/"), Counter("0,00 €", "scaduto")],
        tabs=[Tab("Anagrafica", "/"), Tab("Situazione", "/gallery/", current=True, count=2)],
        notes=[Note(kind, f"Una nota {kind}.") for kind in KINDS],
    )
    return pages.render(
        request,
        "gallery/everything.html",
        head,
        states=[State(kind, f"Stato {kind}") for kind in KINDS],
        why=WHY,
        steps=wizards.line(
            [
                wizards.Step("Scelta", "start"),
                wizards.Step("Anteprima", "own"),
                wizards.Step("Invio", "firm"),
            ],
            "own",
        ),
        pairs=[("Contratto", "C-2024-0118"), ("Scaduto", None)],
        gauges=[
            gauges.Gauge(
                "Ore in sede",
                Fraction(9, 10),
                State("warn", "Quasi esaurito"),
                "21:30",
                Fraction(1, 20),
            ),
            gauges.Gauge("Ticket", Fraction(11, 10), State("stop", "Oltre di 2"), "22 di 20"),
        ],
        chart=charts.Bars(
            "Imponibile", ["canoni", "consumo"], months, charts.axis(1100, str), "1.031,00 €"
        ),
        empty=lists.Empty("Nessun contratto ancora", "Il primo passo.", [Action("Nuovo", "/")]),
        history=[timelines.Entry(AT, "Sara Molteni", "", (change,))],
        total=Money(123456),
    )


urlpatterns = [
    path("gallery/", everything),
    path("gallery/list/", listing),
    path("gallery/stop/", stop),
    path("gallery/form/", form),
    path("gallery/preview/", preview),
    path("gallery/pick/", pick, name="gallery_pick"),
    path("", include("canone.config.urls")),
]
