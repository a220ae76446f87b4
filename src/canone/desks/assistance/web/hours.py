"""Top-up of prepaid hours, and taking one back."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.desks.assistance import permissions
from canone.desks.assistance.queries import profiles
from canone.desks.assistance.services import subscriptions as services
from canone.desks.assistance.web.assignments import today
from canone.kernel.money import Money
from canone.ledgers.allowances import queries as allowances
from canone.ledgers.allowances.models import Allowance, Entry
from canone.ledgers.allowances.services.book import AllowanceError
from canone.ledgers.invoicing.services.charges import ChargeError
from canone.registers.catalog.models import Tariff
from canone.ui import formats, forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


class TopUpForm(forms.Form):
    """Hours and what they cost."""

    panels = [
        forms.Panel(_("Top-up"), ["minutes", "amount"], columns=True),
        forms.Panel(_("When"), ["day", "expires_on"], columns=True),
        forms.Panel(_("Note"), ["note"]),
    ]
    minutes = forms.DurationField(
        label=_("Hours"), minimum=1, help_text=_("Written as 10:00 or 10.")
    )
    amount = forms.MoneyField(
        label=_("Amount"),
        minimum=Money(0),
        maximum=Money(99_999_999_999),
        help_text=_("It is charged to the customer, without VAT."),
    )
    day = forms.DateField(label=_("Date"))
    expires_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Empty: the hours do not expire.")
    )
    note = django_forms.CharField(label=_("Note"), required=False, max_length=400)
    key = django_forms.CharField(widget=django_forms.HiddenInput)


@page(permissions.ASSIGN)
def top_up(request: PageRequest, tariff_id: int) -> HttpResponseBase:
    """Ask for hours and amount, add them and charge them."""
    tariff = Tariff.objects.filter(pk=tariff_id, kind=Tariff.Kind.SUBSCRIPTION).first()
    owner = profiles.pool_key(tariff_id)
    balance = allowances.balances([owner]).get(owner)
    if tariff is None or balance is None:
        raise Http404
    now = timezone.now()
    first = {"day": today(), "key": f"{request.user.pk}-{now.timestamp():.6f}"}
    form = TopUpForm(request.POST or None, initial=first)
    back = request.GET.get("back", "")
    url = (
        back if back.startswith("/") and not back.startswith("//") else _pool(balance.allowance_id)
    )
    if request.method == "POST" and form.is_valid() and _add(request, tariff, form):
        minutes = formats.duration(form.cleaned_data["minutes"])
        after = allowances.balances([owner])[owner].balance
        text = now_("%(hours)s hours added. The balance is %(balance)s.")
        shown = {"hours": minutes, "balance": formats.duration(after)}
        return pages.done(request, text % shown, url)
    head = Head(
        now_("Top-up"),
        crumbs=[Link(now_("Prepaid hours"), reverse("allowances:list")), Link(tariff.name)],
        subtitle=now_("Balance %(time)s") % {"time": formats.duration(balance.balance)},
    )
    return forms.render(request, form, head, forms.Buttons(_("Top up"), cancel=url))


def _pool(allowance_id: int) -> str:
    return reverse("allowances:pool", args=[allowance_id])


def _add(request: PageRequest, tariff: Tariff, form: TopUpForm) -> bool:
    data = form.cleaned_data
    try:
        services.top_up(
            tariff_id=tariff.pk,
            minutes=data["minutes"],
            amount=data["amount"],
            day=data["day"],
            note=data["note"],
            expires_on=data["expires_on"],
            key=data["key"],
            by=request.user.pk,
            at=timezone.now(),
        )
    except (AllowanceError, ChargeError) as error:
        form.add_error("minutes", str(error))
        return False
    return True


class TakeBackForm(forms.Form):
    """Why a purchase is taken back."""

    panels = [forms.Panel(_("Why"), ["reason"])]
    reason = django_forms.CharField(label=_("Reason"), max_length=400)


@page(permissions.UNDO)
def take_back(request: PageRequest, entry_id: int) -> HttpResponseBase:
    """Ask for the reason and reverse a grant or top-up together with its charge."""
    seen = Allowance.objects.visible_to(request.user)
    bought = Entry.objects.filter(allowance__in=seen, kind__in=["grant", "top_up"])
    entry: Any = bought.filter(pk=entry_id).first()
    if entry is None or not entry.allowance.owner.startswith("tariff:"):
        raise Http404
    form = TakeBackForm(request.POST or None)
    url = _pool(entry.allowance_id)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_purchase(
                entry_id=entry_id,
                reason=form.cleaned_data["reason"],
                day=today(),
                at=timezone.now(),
                by=request.user.pk,
            )
        except (AllowanceError, ChargeError) as error:
            form.add_error("reason", str(error))
        else:
            return pages.done(request, now_("Taken back, with its charge."), url)
    head = Head(now_("Take back a top-up"), crumbs=[Link(entry.allowance.title, url)])
    consequences = now_("%(hours)s hours leave the balance and the charge is reversed.") % {
        "hours": formats.duration(entry.quantity)
    }
    return forms.render(
        request, form, head, forms.Buttons(_("Take back"), cancel=url), consequences=consequences
    )
