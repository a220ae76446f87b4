"""Documents: invoices, credit notes and pro-formas, with their lines and their VAT."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.access.models import User
from canone.base.fields import MoneyField, UnitPriceField
from canone.base.history import triggers
from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.rules import documents as rules


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return what `user` may see: staff who hold the function all, a customer their issued."""
        if not user.may(permissions.VIEW):
            return self.none()
        if user.roles & frozenset(STAFF):
            return self
        return self.filter(customer__logins__user=user, state=rules.State.ISSUED.value)


class Document(models.Model):
    """An invoice, a credit note or a pro-forma; once issued it is closed.

    Amounts of a credit note are as printed, without a minus. `customer_data` and `terms_data` are
    what the customer and the terms were at issue. A `version` above 1 is the corrected content of
    a number that the tax system had refused. `bundle` is what it was raised for, if one thing.
    """

    class Kind(models.TextChoices):
        INVOICE = rules.Kind.INVOICE.value, _("Invoice")
        CREDIT_NOTE = rules.Kind.CREDIT_NOTE.value, _("Credit note")
        PRO_FORMA = rules.Kind.PRO_FORMA.value, _("Pro-forma invoice")

    class State(models.TextChoices):
        DRAFT = rules.State.DRAFT.value, _("Draft")
        ISSUED = rules.State.ISSUED.value, _("Issued")
        REFUSED = rules.State.REFUSED.value, _("Refused")

    class Mode(models.TextChoices):
        RELEASE = rules.Mode.RELEASE.value, _("Bill again")
        SETTLE = rules.Mode.SETTLE.value, _("Settled for good")
        DIFFERENCE = rules.Mode.DIFFERENCE.value, _("Difference")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    series = models.CharField(_("series"), max_length=6)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    number = models.PositiveBigIntegerField(_("number"), null=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    label = models.CharField(_("document"), max_length=40, blank=True)
    customer = models.ForeignKey(
        "parties.Party",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    site = models.ForeignKey(
        "parties.Site",
        verbose_name=_("site"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    customer_data = models.JSONField(default=dict)
    language = models.CharField(_("language"), max_length=5)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    issue_date = models.DateField(_("date"), null=True)
    posting_date = models.DateField(_("posting date"), null=True)
    period_start = models.DateField(_("first day"), null=True)
    period_end = models.DateField(_("end"), null=True, help_text="first day after the service")
    terms = models.ForeignKey(
        "parties.PaymentTerms",
        verbose_name=_("payment terms"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    terms_data = models.JSONField(default=dict)
    method = models.CharField(_("method"), max_length=16, blank=True)
    mandate = models.CharField(_("mandate"), max_length=40, blank=True)
    net = MoneyField(_("before VAT"), default=0)
    vat = MoneyField(_("VAT"), default=0)
    gross = MoneyField(_("total"), default=0)
    payable = MoneyField(_("to pay"), default=0)
    withholding = MoneyField(_("withholding"), default=0)
    stamp = MoneyField(_("stamp duty"), default=0)
    is_split = models.BooleanField(_("split payment"), default=False)
    original = models.ForeignKey(
        "self",
        verbose_name=_("original"),
        null=True,
        on_delete=models.PROTECT,
        related_name="credit_notes",
        db_index=False,
    )
    mode = models.CharField(_("what it does"), max_length=10, choices=Mode.choices, blank=True)
    source = models.ForeignKey(
        "self",
        verbose_name=_("made from"),
        null=True,
        on_delete=models.PROTECT,
        related_name="successors",
        db_index=False,
    )
    run = models.ForeignKey(
        "invoicing.BillingRun",
        verbose_name=_("run"),
        null=True,
        on_delete=models.PROTECT,
        related_name="documents",
        db_index=False,
    )
    bundle = models.CharField(_("belongs to"), max_length=80, blank=True)
    mentions = models.JSONField(_("contracts and orders named"), default=list)
    agents = models.JSONField(_("agents"), default=list)
    notes = models.TextField(_("notes"), blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    issued_at = models.DateTimeField(_("issued"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    refused_at = models.DateTimeField(_("refused"), null=True)
    refusal = models.CharField(_("why it was refused"), max_length=400, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = (
            models.UniqueConstraint(
                fields=["series", "year", "number", "version"],
                condition=Q(number__isnull=False),
                name="invoicing_document_number_once",
            ),
            models.UniqueConstraint(
                fields=["series", "year", "number"],
                condition=Q(number__isnull=False, state="issued"),
                name="invoicing_document_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(number__isnull=False, year__isnull=False, issue_date__isnull=False),
                name="invoicing_document_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(number__isnull=True) | Q(version__gt=1),
                name="invoicing_document_draft_bare",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", original__isnull=False)
                | (~Q(kind="credit_note") & Q(original__isnull=True)),
                name="invoicing_document_originals",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "issue_date"], name="invoicing_document_customer"),
            models.Index(fields=["issue_date", "id"], name="invoicing_document_date"),
            models.Index(
                fields=["run"], condition=Q(run__isnull=False), name="invoicing_document_run"
            ),
            models.Index(
                fields=["original"],
                condition=Q(original__isnull=False),
                name="invoicing_document_original",
            ),
            models.Index(
                fields=["source"],
                condition=Q(source__isnull=False),
                name="invoicing_document_source",
            ),
            models.Index(
                fields=["state"], condition=Q(state="draft"), name="invoicing_document_drafts"
            ),
            models.Index(
                fields=["bundle"], condition=~Q(bundle=""), name="invoicing_document_bundle"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def key(self) -> str:
        """What a charge says of the document that claimed it."""
        return f"document:{self.pk}"


class DocumentLine(models.Model):
    """A line of a document: a charge that it claimed, or what somebody wrote.

    How the amount came about stands with the charge. Of a credit note, `original` is the line that
    it takes back.
    """

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField(_("position"))
    charge = models.ForeignKey(
        "invoicing.Charge", null=True, on_delete=models.PROTECT, related_name="lines"
    )
    description = models.CharField(_("description"), max_length=1_000)
    quantity_micros = models.BigIntegerField(_("quantity"), default=1_000_000)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    unit_price = UnitPriceField(_("unit price"), default=0)
    discount_bp = models.IntegerField(_("discount"), default=0, help_text="1250 is 12.5 %")
    amount = MoneyField(_("amount"), default=0)
    vat = models.ForeignKey(
        "catalog.VatRate",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("VAT"),
    )
    vat_bp = models.IntegerField(_("rate"), default=0)
    nature = models.CharField(_("nature"), max_length=8, blank=True)
    period_start = models.DateField(_("first day"), null=True)
    period_end = models.DateField(_("end"), null=True, help_text="first day after the service")
    original = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credited_by", db_index=False
    )
    article = models.ForeignKey(
        "catalog.Article", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_stamp = models.BooleanField(_("stamp duty"), default=False)
    is_closed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=["document", "position"],
                name="invoicing_line_position",
            ),
        )
        indexes = (
            models.Index(
                fields=["original"],
                condition=Q(original__isnull=False),
                name="invoicing_line_original",
            ),
        )


class VatSummary(models.Model):
    """What a document bears under one rate and nature."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="taxes", db_index=False
    )
    basis_points = models.IntegerField(_("rate"))
    nature = models.CharField(_("nature"), max_length=8, blank=True)
    base = MoneyField(_("taxable amount"))
    tax = MoneyField(_("VAT"))

    class Meta:
        verbose_name = _("VAT")
        verbose_name_plural = _("VAT")
        ordering = ("-basis_points", "nature")
        constraints = (
            models.UniqueConstraint(
                fields=["document", "basis_points", "nature"], name="invoicing_vatsummary_once"
            ),
        )


SAMPLE = {
    "kind": "invoice",
    "state": "issued",
    "series": "FT",
    "year": 2026,
    "number": 1,
    "issue_date": "2026-01-01",
}
CLOSED = "An issued document is corrected by a credit note"
MUTABLE = frozenset({"state", "refused_at", "refusal"})
FIXED = tuple(
    str(field.column)
    for field in Document._meta.concrete_fields  # noqa: SLF001 (Django's public Meta)
    if field.column not in MUTABLE
)
triggers.refuse(
    "invoicing_document",
    ("UPDATE",),
    when="OLD.state <> 'draft' AND ("
    + " OR ".join(
        (
            *(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED),
            "OLD.state <> 'issued'",
            "NEW.state <> 'refused'",
        )
    )
    + ")",
    message=CLOSED,
    sample=SAMPLE,
    trial="gross = 1",
)
triggers.refuse(
    "invoicing_document",
    ("DELETE",),
    when="OLD.state <> 'draft'",
    message=CLOSED,
    sample=SAMPLE,
)
triggers.refuse(
    "invoicing_documentline",
    ("UPDATE", "DELETE"),
    when="OLD.is_closed",
    message=CLOSED,
    sample={"is_closed": True},
    trial="amount = 1",
)
triggers.refuse("invoicing_vatsummary", ("UPDATE", "DELETE"), message=CLOSED)
