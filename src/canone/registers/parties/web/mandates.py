"""The mandates of a customer: entered, changed, revoked."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.registers.parties.models import Mandate
from canone.registers.parties.permissions import CHANGE, VIEW_COMMERCIAL
from canone.registers.parties.rules.mandates import Standing, standing
from canone.registers.parties.services import mandates as services
from canone.registers.parties.services import records
from canone.registers.parties.web import shared
from canone.registers.parties.web.detail import Part, in_fours
from canone.registers.parties.web.forms import PartForm
from canone.registers.parties.web.parts import Shown, answer
from canone.registers.parties.web.settings import today
from canone.ui import forms, lists, pages
from canone.ui.heads import Action, Head
from canone.ui.lists import Table
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

STATES = {
    Standing.IN_FORCE: State("done", _("In force")),
    Standing.UNSIGNED: State("todo", _("Not signed yet")),
    Standing.REVOKED: State("stop", _("Revoked")),
}


class MandateForm(PartForm):
    """A mandate."""

    signed_on = forms.DateField(label=_("Signed on"))
    notes = django_forms.CharField(
        label=_("Notes"), widget=django_forms.Textarea(attrs={"rows": 3}), required=False
    )
    panels = (
        forms.Panel(_("Mandate"), ("reference", "signed_on", "scheme", "use"), columns=True),
        forms.Panel(_("Bank account"), ("iban", "holder"), columns=True),
        forms.Panel("", ("notes",)),
    )

    class Meta:
        model = Mandate
        fields = ("reference", "signed_on", "scheme", "use", "iban", "holder", "notes")
        labels: ClassVar = {
            "reference": _("Mandate reference"),
            "scheme": _("Scheme"),
            "use": _("Use"),
            "holder": _("Holder of the account"),
        }
        help_texts: ClassVar = {
            "reference": _("The UMR or RUM that stands on the signed paper."),
            "scheme": _("B2B only between firms; the debtor’s bank has to know it."),
            "holder": _("Left empty, the customer."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        typed = django_forms.CharField(label="IBAN", max_length=50)
        self.fields["iban"] = typed  # with blanks it is longer than what is kept

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong."""
        return services.faults(row)


class RevokeForm(forms.Form):
    """From when a mandate is not drawn upon."""

    on = forms.DateField(label=_("Revoked on"))


def _state(mandate: Mandate) -> State:
    return STATES.get(standing(mandate.terms(), [today()]), STATES[Standing.IN_FORCE])


class MandateTable(Table):
    """Mandates."""

    state = lists.StateColumn(_("State"), _state, sort=("revoked_on",))
    reference = lists.Name(
        _("Mandate"),
        "reference",
        link=lambda mandate: reverse("parties:mandate_edit", args=[mandate.pk]),
        sub=lambda mandate: mandate.notes,
    )
    scheme = lists.Text(_("Scheme"), lambda mandate: mandate.get_scheme_display(), sort=("scheme",))
    use = lists.Text(_("Use"), lambda mandate: mandate.get_use_display(), sort=("use",))
    iban = lists.Text("IBAN", lambda mandate: in_fours(mandate.iban), sort=("iban",))
    holder = lists.Text(_("Holder of the account"), "holder")
    signed_on = lists.Date(_("Signed on"), "signed_on")
    revoked_on = lists.Date(_("Revoked on"), "revoked_on")


class PlainMandateTable(MandateTable):
    """The same for those who change nothing."""

    reference = lists.Name(_("Mandate"), "reference", sub=lambda mandate: mandate.notes)


class MandatesOf(Part):
    """The mandates of a customer."""

    key, tab, title, file_name = "parties.mandates", "mandates", _("Mandates"), "mandates"
    order = ("-signed_on",)
    add, add_title = "parties:mandate_new", _("New mandate")
    nothing = (
        _("No mandates yet"),
        _("Without a mandate in force nothing is billed by direct debit."),
    )

    @property
    def table(self) -> type[Table]:  # type: ignore[override]
        """The table that fits what the user may do."""
        return MandateTable if self.user.may(CHANGE) else PlainMandateTable

    def rows(self) -> QuerySet[Mandate]:
        """Return the mandates."""
        return self.party.mandates.all()


@page(VIEW_COMMERCIAL)
def mandates(request: PageRequest, pk: int) -> HttpResponseBase:
    """Show the mandates of a customer."""
    return MandatesOf(request, shared.find(request.user, pk)).response()


@page(CHANGE)
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Add a mandate."""
    party = shared.find(request.user, pk)
    form = MandateForm(request.POST or None, instance=Mandate(party=party, iban=party.iban))

    def save(**values: Any) -> Mandate:
        return services.create(party=party, **values)

    back = reverse("parties:mandates", args=[pk])
    return answer(request, form, Shown(now_("New mandate"), back, save, party))


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a mandate; one that was revoked stays as it is."""
    mandate = _find(request, pk)

    def save(**values: Any) -> Mandate:
        return services.update(mandate_id=pk, **values)

    back = reverse("parties:mandates", args=[mandate.party_id])
    form = MandateForm(request.POST or None, instance=mandate)
    url = reverse("parties:mandate_revoke", args=[pk])
    actions = () if mandate.revoked_on else (Action(now_("Revoke"), url, "lock"),)
    return answer(request, form, Shown(mandate.reference, back, save, mandate.party, actions))


@page(CHANGE)
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Note from when a mandate is not drawn upon, after asking: it cannot be taken back."""
    mandate = _find(request, pk)
    if mandate.revoked_on:
        raise Http404
    back = reverse("parties:mandates", args=[mandate.party_id])
    form = RevokeForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid() and _revoked(request, form, mandate):
        text = now_("%(name)s is revoked.") % {"name": mandate.reference}
        return pages.done(request, text, back)
    title = now_("Revoke %(name)s") % {"name": mandate.reference}
    head = Head(title, crumbs=shared.crumbs(shared.crumb_of(mandate.party)))
    text = now_(
        "What falls due from that day on is not drawn with it. A revoked mandate stays on record "
        "and does not come back: a new one is signed."
    )
    buttons = forms.Buttons(now_("Revoke"), cancel=back)
    return forms.render(request, form, head, buttons, consequences=text)


def _revoked(request: PageRequest, form: RevokeForm, mandate: Mandate) -> bool:
    on = form.cleaned_data["on"]
    try:
        services.revoke(mandate_id=mandate.pk, on=on, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        form.add_error("on", error.messages)
        return False
    return True


def _find(request: PageRequest, pk: int) -> Mandate:
    rows = Mandate.objects.visible_to(request.user).select_related("party")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
