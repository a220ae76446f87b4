"""Who of a customer may look into the portal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.base.access.models import User
from canone.registers.parties import queries
from canone.registers.parties.models import Party, PortalLogin
from canone.registers.parties.permissions import LOGINS
from canone.registers.parties.services import logins as services
from canone.registers.parties.web import shared
from canone.registers.parties.web.detail import Part
from canone.ui import lists, pages, reading
from canone.ui.forms import Form, PickField
from canone.ui.lists import Bulk, Empty, Table
from canone.ui.pages import PageRequest, page


def _shown(user: User) -> str:
    return f"{user.name} ({user.email})"


class LoginForm(Form):
    """A user of the customer role, to be tied to a party."""

    user = PickField(User.objects.none(), label=_("User"), shown=_shown)

    def __init__(self, *args: Any, party: Party, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["user"]
        users = queries.portal_users()
        field.queryset = users.exclude(portal_logins__party=party).order_by("name")
        field.help_text = _("Users with the role of customer. The owner adds them under Users.")


class LoginTable(Table):
    """Users who see a party's data."""

    name = lists.Name(_("User"), "user__name", sub=lambda login: login.user.email)
    last = lists.Instant(_("Last sign-in"), "user__last_login")


class LoginsOf(Part):
    """The users who see a party's data, with the form that adds one."""

    key, tab, title, file_name = "parties.logins", "logins", _("Portal"), "logins"
    table, order, template = LoginTable, ("user__name",), "parties/logins.html"
    form: LoginForm

    def rows(self) -> QuerySet[PortalLogin]:
        """Return the ties."""
        return self.party.logins.select_related("user")

    def row_label(self, record: Any) -> str:
        """Return the user's name."""
        return str(record.user.name)

    def actions(self) -> Sequence[Any]:
        """Return nothing: the form stands on the page."""
        return ()

    def bulk(self) -> Sequence[Bulk]:
        """Return the button that takes access away."""
        url = reverse("parties:login_withdraw", args=[self.party.pk])
        return [Bulk(_("Take access away"), url, "lock")]

    def empty(self) -> Empty:
        """Return what would stand here."""
        text = now_("Users named here see this customer’s data in the portal, and nobody else’s.")
        return Empty(now_("Nobody looks into the portal yet"), text)

    def extra(self) -> dict[str, Any]:
        """Return the form."""
        return {"form": self.form}


@page(LOGINS)
def logins(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show who sees a party's data; let one more in."""
    party = shared.find(request.user, pk)
    shown = LoginsOf(request, party)
    shown.form = LoginForm(request.POST or None, party=party)
    if request.method == "POST" and shown.form.is_valid():
        user: User = shown.form.cleaned_data["user"]
        services.allow(user_id=user.pk, party_id=pk)
        text = now_("%(name)s now sees the data of %(party)s.")
        return pages.done(request, text % {"name": user.name, "party": party.name}, request.path)
    answer = shown.response()
    answer.status_code = 422 if shown.form.is_bound else 200
    return answer


@require_POST
@page(LOGINS)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take access away from the chosen users."""
    party = shared.find(request.user, pk)
    chosen = party.logins.all()
    if request.POST.get("all") != "1":
        chosen = chosen.filter(pk__in=reading.keys(request.POST.getlist("ids")))
    users = list(chosen.values_list("user_id", flat=True))
    for user_id in users:
        services.withdraw(user_id=user_id, party_id=pk)
    text = ngettext(
        "%(count)s user no longer sees this customer’s data.",
        "%(count)s users no longer see this customer’s data.",
        len(users),
    )
    back = reverse("parties:logins", args=[pk])
    return pages.done(request, text % {"count": len(users)}, back)
