"""A look at everything that is owed and on no document, kept so that pages can search it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from canone.base.access.functions import STAFF
from canone.base.fields import MoneyField
from canone.ledgers.invoicing import permissions

if TYPE_CHECKING:
    from canone.base.access.models import User


class Outlook(models.Model):
    """One look at everything through a day; without `made_at` it is not whole yet.

    `after_customer` is how far it came. `last_charge` and `last_document` were the last ones when
    it began: later ones make it old.
    """

    day = models.DateField(_("day"))
    through = models.DateField(_("through"))
    begun_at = models.DateTimeField(_("begun"))
    made_at = models.DateTimeField(_("finished"), null=True)
    after_customer = models.BigIntegerField(default=0)
    last_charge = models.BigIntegerField(default=0)
    last_document = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("look at what is to invoice")
        verbose_name_plural = _("looks at what is to invoice")
        ordering = ("-id",)


class OwedQuerySet(models.QuerySet["OwedItem"]):
    """What is owed, cut to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Return all to staff who may bill, nothing to others."""
        is_staff = bool(user.roles & frozenset(STAFF))
        return self if is_staff and user.may(permissions.ISSUE) else self.none()


class OwedItem(models.Model):
    """Something that is owed and on no document, and the code of what stands in the way.

    `revision` is that of the charge that a run would bill; 0 where no run would. Without a
    customer nobody knows yet who pays. `invoice_on` is the day from which on it is due.
    """

    outlook = models.ForeignKey(Outlook, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(
        "parties.Party",
        null=True,
        on_delete=models.PROTECT,
        related_name="owed_items",
        db_index=False,
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=24, blank=True)
    bundle = models.CharField(_("belongs to"), max_length=80, blank=True)
    origin = models.CharField(_("origin"), max_length=80, blank=True)
    revision = models.PositiveIntegerField(default=0)
    title = models.CharField(_("what"), max_length=400, blank=True)
    amount = MoneyField(_("amount"), null=True)
    service_end = models.DateField(_("end"), help_text="first day after the service")
    invoice_on = models.DateField(_("due to be invoiced"))
    code = models.CharField(_("what stands in the way"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        verbose_name = _("owed")
        verbose_name_plural = _("owed")
        indexes = (
            models.Index(fields=["outlook", "invoice_on"], name="invoicing_owed_due"),
            models.Index(fields=["customer", "outlook"], name="invoicing_owed_customer"),
        )
