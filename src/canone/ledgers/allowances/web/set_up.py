"""When a pool warns, what it carries over, whether it is in use."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.ledgers.allowances import permissions
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.queries import words
from canone.ledgers.allowances.services import pools
from canone.ledgers.allowances.web import looks
from canone.ledgers.allowances.web.forms import SetUpForm
from canone.ledgers.allowances.web.movements import find
from canone.ui import forms, pages
from canone.ui.heads import Head, Link
from canone.ui.pages import PageRequest, page


@page(permissions.SET_UP)
def set_up(request: PageRequest, pk: int) -> HttpResponse:
    """Change title, warnings and carry-over of a pool."""
    pool = find(request.user, pk)
    form = SetUpForm(request.POST or None, initial=_initial(pool), pool=pool)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        pools.set_up(
            owner=pool.owner,
            title=data["title"],
            thresholds=data["thresholds"],
            rollover=form.rollover,
            keep_rollover=False,
            is_active=data["is_active"],
        )
        return pages.done(request, now_("Saved."), looks.pool_url(pool))
    head = Head(
        _("Warnings and carry-over"),
        crumbs=[
            Link(_("Prepaid hours"), reverse("allowances:list")),
            Link(pool.title, looks.pool_url(pool)),
        ],
        subject=Link(pool.customer.name),
    )
    buttons = forms.Buttons(_("Save"), cancel=looks.pool_url(pool))
    return forms.render(request, form, head, buttons)


def _initial(pool: Allowance) -> dict[str, object]:
    return {
        "title": pool.title,
        "is_active": pool.is_active,
        "thresholds": " ".join(words.typed(text, pool.unit) for text in pool.thresholds),
        "months": pool.rollover_months,
        "cap": words.quantity(pool.rollover_cap, pool.unit) if pool.rollover_cap else "",
    }
