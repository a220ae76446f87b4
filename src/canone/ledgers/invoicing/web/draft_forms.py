"""Invoices that a person writes: their head, their lines, the charges they take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django import forms as django_forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.kernel.money import UnitPrice
from canone.ledgers.invoicing.models import Charge, Document, DocumentLine, Series
from canone.ledgers.invoicing.queries import charges
from canone.ledgers.invoicing.services.drafts import Draft, Line
from canone.ledgers.invoicing.web import customers
from canone.ledgers.invoicing.web.days import today
from canone.registers.catalog.models import Article, VatRate
from canone.registers.catalog.queries import articles
from canone.registers.parties.models import PaymentTerms
from canone.ui import forms

MICRO = 1_000_000
ONE_DAY = timedelta(days=1)
MOST = 200
EMPTY = 3


class DraftForm(forms.Form):
    """Who gets the document, when, and how it is paid."""

    panels = (
        forms.Panel(_("Who"), ["customer"]),
        forms.Panel(_("Document"), ["issue_date", "series"], columns=True),
        forms.Panel(_("Payment"), ["terms", "method", "mandate"], columns=True),
        forms.Panel(_("Notes"), ["notes"]),
    )
    customer = customers.customer_field(url_name="parties:pick_active")
    issue_date = forms.DateField(
        label=_("Date"), required=False, help_text=_("Empty: the day on which it is issued.")
    )
    series = forms.PickField(
        Series.objects.none(),
        label=_("Series"),
        required=False,
        empty_label=_("The usual one"),
        to_field_name="code",
    )
    terms = forms.PickField(
        PaymentTerms.objects.none(),
        label=_("Payment terms"),
        required=False,
        empty_label=_("As the customer has them"),
    )
    method = django_forms.ChoiceField(
        label=_("Method"),
        required=False,
        choices=lambda: [("", _("As the terms say")), *PaymentTerms.Method.choices],
    )
    mandate = django_forms.CharField(label=_("Mandate"), required=False, max_length=40)
    notes = django_forms.CharField(
        label=_("Notes"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 2}),
        help_text=_("They are printed."),
    )

    def __init__(self, *args: Any, user: User, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        flag = "for_pro_formas" if kind == Document.Kind.PRO_FORMA else "for_invoices"
        rows: dict[str, Any] = {
            "customer": customers.in_use(user),
            "series": Series.objects.filter(is_active=True, **{flag: True}),
            "terms": PaymentTerms.objects.order_by("code"),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """A line; one without a word is no line."""

    description = django_forms.CharField(label=_("Description"), max_length=400, required=False)
    article = forms.PickField(
        Article.objects.none(),
        label=_("Article"),
        required=False,
        empty_label="–",
        shown=lambda article: f"{article.code} · {article.title}",
    )
    quantity = forms.NumberField(label=_("Quantity"), required=False, initial=1)
    unit = django_forms.CharField(label=_("Unit"), max_length=12, required=False)
    unit_price = forms.UnitPriceField(label=_("Unit price"), required=False)
    discount = forms.PercentField(
        label=_("Discount"), required=False, minimum=Fraction(0), maximum=Fraction(1)
    )
    vat = forms.PickField(
        VatRate.objects.none(),
        label=_("VAT"),
        required=False,
        empty_label=_("As usual"),
        shown=lambda rate: rate.code,
    )
    first_day = forms.DateField(label=_("First day"), required=False)
    last_day = forms.DateField(label=_("Last day"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = Article.objects.filter(is_active=True).select_related("unit").order_by("code")
        rates = VatRate.objects.filter(is_active=True).order_by("code")
        self.fields["article"].queryset = known  # type: ignore[attr-defined]
        self.fields["vat"].queryset = rates  # type: ignore[attr-defined]

    @property
    def is_written(self) -> bool:
        """Whether there is a line at all."""
        data = getattr(self, "cleaned_data", {})
        return bool(data.get("description") or data.get("article") or data.get("unit_price"))

    def clean(self) -> dict[str, Any]:
        """Ask for words and a price where a line is begun."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_written and not data.get("description") and not data.get("article"):
            self.add_error("description", _("Say what is charged."))
        if data.get("article") and data.get("unit_price") is None:
            data["unit_price"] = articles.price_of(data["article"], day=today())
        if self.is_written and data.get("unit_price") is None and "unit_price" not in self.errors:
            self.add_error("unit_price", _("Write the price; zero is a price too."))
        return data

    def line(self) -> Line:
        """Return the line as it was written."""
        data = self.cleaned_data
        article: Article | None = data["article"]
        price: UnitPrice = data["unit_price"]
        return Line(
            description=data["description"] or (article.title if article else ""),
            quantity_micros=int((1 if data["quantity"] is None else data["quantity"]) * MICRO),
            unit=data["unit"] or (article.unit.code if article and article.unit else ""),
            unit_price_micros=price.micros,
            discount_bp=round((data["discount"] or Fraction(0)) * 10_000),
            vat_id=data["vat"].pk if data["vat"] else None,
            first_day=data["first_day"],
            last_day=data["last_day"] or data["first_day"],
            article_id=article.pk if article else None,
        )


Lines = formset_factory(LineForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True)


def lines_of(formset: BaseFormSet[Any]) -> Iterator[Line]:
    """Yield the lines that are written and readable."""
    for form in formset.forms:
        if form.is_valid() and form.is_written:
            yield form.line()


def initial_of(line: DocumentLine) -> dict[str, Any]:
    """Return what a line of a draft shows in its fields."""
    last = line.period_end
    return {
        "description": line.description,
        "article": line.article_id,
        "quantity": Fraction(line.quantity_micros, MICRO),
        "unit": line.unit,
        "unit_price": line.unit_price,
        "discount": Fraction(line.discount_bp, 10_000) if line.discount_bp else None,
        "vat": line.vat_id,
        "first_day": line.period_start,
        "last_day": last and last - ONE_DAY,
    }


def free_charges(user: User, customer_id: int, document: str = "") -> list[Charge]:
    """Return what a document for the customer may take: open charges, and those it has."""
    seen = Charge.objects.visible_to(user).filter(customer_id=customer_id)
    found = list(charges.to_invoice(seen).order_by("service_start", "pk")[:MOST])
    if document:
        found = [*seen.on_document(document).filter(is_reversal=False).order_by("pk"), *found]
    return found


def draft_of(form: DraftForm, lines: list[Line], taken: list[int], row: Document) -> Draft:
    """Return what is to be kept; charges come after the lines that were written."""
    data = form.cleaned_data
    return Draft(
        customer_id=data["customer"].pk,
        lines=[*lines, *(Line(charge_id=key) for key in taken)],
        kind=row.kind,
        series=data["series"].code if data["series"] else "",
        issue_date=row.issue_date if row.version > 1 else data["issue_date"],
        terms_id=data["terms"].pk if data["terms"] else None,
        method=data["method"],
        mandate=data["mandate"],
        site_id=row.site_id,
        notes=data["notes"],
        source_id=row.source_id,
    )
