"""The lines of a contract: what is charged, and how."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from canone.base.fields import MoneyField, UnitPriceField
from canone.desks.contracts.models.contracts import Contract
from canone.desks.contracts.rules.agreed import POINTS, Agreed, Within
from canone.desks.contracts.rules.terms import AmountPer, Anchor, DayBasis, LineTerms, Timing
from canone.kernel.money import MICRO
from canone.kernel.periods import Unit


class Line(models.Model):
    """One thing that a contract charges; see docs/algorithms/schedule.md for its words.

    Without a `unit_of_cycle` it is charged once. Its periods are counted from the
    contract's activation, unless from `counted_from`. A successor names the line it `follows`.
    `billed_through` is the last day that another program has billed.
    A line by a `tariff` charges nothing itself: it prices work, see docs/algorithms/covering.md.
    """

    class Kind(models.TextChoices):
        FEE = "fee", _("Fee")
        USAGE = "usage", _("Usage")
        TARIFF = "tariff", _("Tariff for work")

    class CycleUnit(models.TextChoices):
        DAY = Unit.DAY.value, _("days")
        WEEK = Unit.WEEK.value, _("weeks")
        MONTH = Unit.MONTH.value, _("months")
        YEAR = Unit.YEAR.value, _("years")

    class When(models.TextChoices):
        IN_ADVANCE = Timing.IN_ADVANCE.value, _("in advance")
        IN_ARREARS = Timing.IN_ARREARS.value, _("in arrears")

    class CountedBy(models.TextChoices):
        ACTIVATION = Anchor.ACTIVATION.value, _("from the activation")
        CALENDAR = Anchor.CALENDAR.value, _("by the calendar")

    class Basis(models.TextChoices):
        ACTUAL = DayBasis.ACTUAL.value, _("actual days")
        MONTHS_AND_DAYS = DayBasis.MONTHS_AND_DAYS.value, _("months and days")
        THIRTY = DayBasis.THIRTY.value, _("months of 30 days")

    class Per(models.TextChoices):
        CYCLE = AmountPer.CYCLE.value, _("a cycle")
        YEAR = AmountPer.YEAR.value, _("a year")

    class Pricing(models.TextChoices):
        GRADUATED = "graduated", _("each unit by its own tier")
        VOLUME = "volume", _("all units by the tier of the total")
        PACKAGE = "package", _("packages")

    class Grants(models.TextChoices):
        MINUTE = "minute", _("hours")
        TICKET = "ticket", _("tickets")
        VISIT = "visit", _("visits")
        COPY = "copy", _("copies")

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="lines"
    )
    sequence = models.PositiveIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.FEE)
    article = models.ForeignKey(
        "catalog.Article",
        verbose_name=_("article"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity_micros = models.BigIntegerField(_("quantity"), default=MICRO)
    unit_price = UnitPriceField(_("unit price"), default=0)
    discount_bp = models.PositiveIntegerField(_("discount"), default=0, help_text="1250 is 12.5 %")
    vat = models.ForeignKey(
        "catalog.VatRate",
        verbose_name=_("VAT or nature"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_on_request = models.BooleanField(_("on request"), default=False)
    start = models.DateField(_("valid from"))
    end = models.DateField(_("valid until"), null=True, blank=True, help_text="first day after")
    counted_from = models.DateField(_("counted from"), null=True, blank=True)
    follows = models.OneToOneField(
        "self",
        verbose_name=_("follows"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successor",
    )
    unit_of_cycle = models.CharField(
        _("cycle in"), max_length=5, choices=CycleUnit.choices, blank=True, default=CycleUnit.MONTH
    )
    every = models.PositiveIntegerField(_("every"), default=1)
    timing = models.CharField(
        _("invoiced"), max_length=10, choices=When.choices, default=When.IN_ADVANCE
    )
    anchor = models.CharField(
        _("counted"), max_length=10, choices=CountedBy.choices, default=CountedBy.ACTIVATION
    )
    anchor_day = models.PositiveSmallIntegerField(_("day of the month"), null=True, blank=True)
    month_offset = models.PositiveSmallIntegerField(_("months after January"), default=0)
    day_basis = models.CharField(
        _("parts measured in"), max_length=15, choices=Basis.choices, default=Basis.ACTUAL
    )
    amount_per = models.CharField(
        _("amount for"), max_length=5, choices=Per.choices, default=Per.CYCLE
    )
    sum_to_annual = models.BooleanField(_("instalments sum to the annual amount"), default=False)
    months = models.JSONField(_("months to bill"), default=list, blank=True)
    billed_through = models.DateField(_("billed elsewhere until"), null=True, blank=True)
    meter = models.ForeignKey(
        "assets.Meter",
        verbose_name=_("meter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    included = models.PositiveBigIntegerField(_("included a cycle"), default=0)
    pricing = models.CharField(
        _("priced by"), max_length=9, choices=Pricing.choices, default=Pricing.GRADUATED
    )
    tiers = models.JSONField(_("tiers"), default=list, blank=True)
    minimum = MoneyField(_("minimum a cycle"), default=0)
    is_estimated = models.BooleanField(_("estimated where a reading is missing"), default=False)
    grants = models.CharField(
        _("includes besides"), max_length=6, choices=Grants.choices, blank=True
    )
    granted = models.PositiveBigIntegerField(
        _("granted a cycle"), default=0, help_text="whole units; of hours, minutes"
    )
    is_kept = models.BooleanField(_("what is left stays after the period"), default=False)
    tariff = models.ForeignKey(
        "catalog.Tariff",
        verbose_name=_("profile"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    group = models.ForeignKey(
        "parties.Group",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("sequence", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gt=F("start")), name="contracts_line_ends"
            ),
            models.CheckConstraint(condition=Q(every__gte=1), name="contracts_line_some_cycle"),
            models.CheckConstraint(
                condition=Q(discount_bp__lte=POINTS), name="contracts_line_discount"
            ),
            models.CheckConstraint(
                condition=~Q(kind="usage") | Q(meter__isnull=False), name="contracts_line_metered"
            ),
            models.CheckConstraint(
                condition=Q(grants="") | Q(granted__gte=1), name="contracts_line_grants_some"
            ),
            models.CheckConstraint(
                condition=Q(kind="tariff", tariff__isnull=False)
                | (~Q(kind="tariff") & Q(tariff__isnull=True, group__isnull=True)),
                name="contracts_line_priced",
            ),
        )

    def __str__(self) -> str:
        return self.description

    @property
    def full_amount(self) -> Fraction:
        """What a whole cycle (or year) costs, in major units and exact."""
        return self.agreed().full_amount

    def agreed(self) -> Agreed:
        """Return what bears on its days and amounts, as plain values."""
        return Agreed(
            kind=self.kind,
            quantity_micros=self.quantity_micros,
            price_micros=self.unit_price.micros,
            discount_bp=self.discount_bp,
            start=self.start,
            end=self.end,
            counted_from=self.counted_from,
            unit_of_cycle=self.unit_of_cycle,
            every=self.every,
            timing=self.timing,
            anchor=self.anchor,
            anchor_day=self.anchor_day,
            month_offset=self.month_offset,
            day_basis=self.day_basis,
            amount_per=self.amount_per,
            sum_to_annual=self.sum_to_annual,
            months=frozenset(self.months),
            billed_through=self.billed_through,
        )

    @property
    def pool(self) -> str:
        """The key under which the ledger knows the pool it grants to: one a contract and unit."""
        return f"contract:{self.contract_id}:{self.grants}"

    def terms(self) -> LineTerms:
        """Return how the line is billed, for the rules, inside its contract."""
        contract = self.contract
        within = Within(contract.start, contract.end, contract.go_live, contract.arrears_on)
        return self.agreed().terms(within)
