"""A contract on paper: what was agreed and its conditions, in the customer's words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from canone.desks.contracts.models import Contract, Line
from canone.desks.contracts.queries import active, cycles, naming
from canone.kernel.money import MICRO, Money
from canone.kernel.periods import ONE_DAY
from canone.registers.catalog.queries import tariffs
from canone.registers.catalog.queries import words as catalog
from canone.registers.parties.models import Party
from canone.ui import formats

KEY = "contracts/contract"
POINTS = 10_000


def data(contract: Contract, *, day: date) -> dict[str, Any]:
    """Return what the template needs, all texts in the customer's language.

    The lines are those that are in force on the day or begin after it.
    """
    with translation.override(contract.customer.language):
        lines = [
            line
            for line in contract.lines.all()
            if line.end is None or line.end > day or contract.end is not None
        ]
        annual = Money.zero()
        for line in lines:
            line.contract = contract
            if not line.is_on_request and line.kind == Line.Kind.FEE:
                annual += active.worth(line)[0]
        return {
            "title": contract.title or _("Contract %(number)s") % {"number": contract.number},
            "subtitle": _("Contract %(number)s") % {"number": contract.number},
            "recipient": _recipient(contract),
            "facts": _facts(contract),
            "lines_title": _("What is agreed"),
            "columns": _columns(),
            "rows": [_row(line) for line in lines],
            "foot": [[_("Fees a year, before VAT"), "", "", "", formats.money(annual)]],
            "machines_title": _("Machines covered"),
            "machines": _machines(contract, day),
            "conditions_title": _("Conditions"),
            "conditions": contract.conditions.strip().splitlines(),
            "place": _("Place and date"),
            "ours": _("For the supplier"),
            "theirs": _("For the customer"),
        }


def _recipient(contract: Contract) -> list[str]:
    party: Party = contract.customer
    site = party.sites.order_by("-is_main", "id").first()
    if site is None:
        return [party.name]
    # only in Italy the province belongs to an address
    province = f"({site.province})" if site.province and site.country == "IT" else ""
    place = " ".join(part for part in (site.postcode, site.city, province) if part)
    return [party.name, *(line for line in (site.street, place) if line)]


def _facts(contract: Contract) -> list[list[str]]:
    last = contract.end - ONE_DAY if contract.end else None
    terms = contract.payment_terms
    rows = [
        (_("Number"), contract.number),
        (_("Signed on"), _day(contract.signed_on)),
        (_("Activation"), _day(contract.start)),
        (_("Expiry"), _day(last) or _("until it is cancelled")),
        (_("Site"), contract.site.name if contract.site else ""),
        (_("Payment terms"), terms.name_in(contract.customer.language) if terms else ""),
        (_("Payment method"), str(contract.get_method_display()) if contract.method else ""),
        (_("Order number"), contract.order_number),
        ("CIG", contract.cig),
        ("CUP", contract.cup),
    ]
    return [[word, value] for word, value in rows if value]


def _day(day: date | None) -> str:
    return formats.date_of(day) if day else ""


def _columns() -> list[dict[str, Any]]:
    columns = [
        (_("Service"), False, "1fr"),
        (_("Billing"), False, "auto"),
        (_("Quantity"), True, "auto"),
        (_("Unit price"), True, "auto"),
        (_("Amount"), True, "auto"),
    ]
    return [{"title": title, "right": right, "width": width} for title, right, width in columns]


def _row(line: Line) -> list[str]:
    language = line.contract.customer.language
    if line.tariff is not None:
        return _work(line)
    article = line.article.title_in(language) if line.article else ""
    quantity = Fraction(line.quantity_micros, MICRO)
    told = [naming.plain(line, article)]
    if line.is_on_request:
        told.append(_("on request"))
    if line.kind == Line.Kind.USAGE:
        included = {"count": formats.number(line.included)}
        told.append(_("%(count)s included a cycle") % included)
    if line.discount_bp:
        share = formats.percent(Fraction(line.discount_bp, POINTS))
        told.append(_("discount %(share)s") % {"share": share})
    whole = Money.of(line.full_amount)
    return [
        told[0],
        ", ".join(told[1:]),
        _billing(line),
        "" if line.kind == Line.Kind.USAGE else formats.number(quantity),
        formats.unit_price(line.unit_price),
        "" if line.kind == Line.Kind.USAGE else formats.money(whole),
    ]


def _billing(line: Line) -> str:
    if not line.unit_of_cycle:
        return _("once")
    is_usage = line.kind == Line.Kind.USAGE
    timing = Line.When.IN_ARREARS.label if is_usage else line.get_timing_display()
    return ", ".join(filter(None, (cycles.words(line), str(timing), cycles.when(line))))


def _work(line: Line) -> list[str]:
    """Return how work is priced, in words: it has no price of its own."""
    latest = tariffs.versions(line.tariff).first() if line.tariff else None
    told = catalog.sentence(latest.terms()) if latest else ""
    group = _("for %(group)s") % {"group": line.group.name} if line.group else ""
    what = line.description or _("Work by tariff")
    return [what, " · ".join(filter(None, (group, told))), _("as it is done"), "", "", ""]


def _machines(contract: Contract, day: date) -> list[str]:
    found = [cover for cover in contract.covers.all() if cover.end is None or cover.end > day]
    return [
        " · ".join(filter(None, (one.asset.name, one.asset.maker, one.asset.model,
                                 one.asset.serial)))
        for one in found
    ]  # fmt: skip


def sample() -> dict[str, Any]:
    """Return a contract with which a firm's template is tried."""
    return {
        "title": "Manutenzione sistemi",
        "subtitle": "Contratto C00012",
        "recipient": ["Officine Prova S.r.l.", "Via Milano 12", "22100 Como (CO)"],
        "facts": [["Numero", "C00012"], ["Attivazione", "01/01/2026"]],
        "lines_title": "Oggetto",
        "columns": _columns(),
        "rows": [
            ["Gestione server", "", "Mensile, in anticipo", "2", "48,00 €", "96,00 €"],
            ["Consulenza", "su richiesta", "Mensile, in anticipo", "1", "85,00 €", "85,00 €"],
        ],
        "foot": [["Canoni annui, senza IVA", "", "", "", "1.152,00 €"]],
        "machines_title": "Macchine coperte",
        "machines": ["Server gestionale · Dell · PowerEdge T350 · DE-12345678"],
        "conditions_title": "Condizioni",
        "conditions": ["Il fornitore interviene entro otto ore lavorative.", "Parti escluse."],
        "place": "Luogo e data",
        "ours": "Per il fornitore",
        "theirs": "Per il cliente",
    }
