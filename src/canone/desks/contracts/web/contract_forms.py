"""The forms of a contract, one for each tab: register, accounting data, machines, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, cast

from django import forms as django_forms
from django.forms import BaseFormSet, formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from canone.base.access.models import User
from canone.base.firm import queries as firms
from canone.desks.contracts.models import Contract, ContractType, Cover
from canone.desks.contracts.rules.agreed import POINTS
from canone.desks.contracts.web import looks, own, shared
from canone.kernel.periods import ONE_DAY
from canone.registers.assets.models import Asset
from canone.registers.parties.models import Mandate, Party, PaymentTerms, Site
from canone.ui import forms

EMPTY_AGENTS = 2
MOST_AGENTS = 20
UNTIL = "until_"


class ContractPart(forms.ModelForm):
    """A part of a contract; the service writes it, and says what is wrong."""

    guard = True

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = dict(self.cleaned_data)
        data.pop("seen", None)
        return data

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Leave the row as it is."""


class RegisterForm(ContractPart):
    """What was agreed with a customer; the own fields of its type stand below the type."""

    panels = (
        forms.Panel(_("What"), ["customer", "title", "number", "site"]),
        forms.Panel(_("Type"), ["type"], template="contracts/own_fields.html"),
        forms.Panel(_("How long"), ["start", "last_day", "signed_on", "go_live"], columns=True),
        forms.Panel(_("Notes"), ["notes"]),
    )
    customer = shared.customer_field()
    site = forms.PickField(
        Site.objects.none(), label=_("Site"), required=False, shown=lambda site: site.name
    )
    type = forms.PickField(
        ContractType.objects.none(), label=_("Type"), required=False, empty_label="–"
    )
    number = django_forms.CharField(
        label=_("Number"), max_length=40, required=False, help_text=_("Empty: the next free one.")
    )
    start = forms.DateField(label=_("Activation"))
    last_day = forms.DateField(
        label=_("Expiry"), required=False, help_text=_("The last day covered. Empty: open.")
    )
    signed_on = forms.DateField(label=_("Signed on"), required=False)
    go_live = forms.DateField(
        label=_("Billed here from"),
        required=False,
        help_text=_("What lies before was billed by another program."),
    )

    class Meta:
        model = Contract
        fields = ["customer", "title", "number", "site", "type", "start", "signed_on", "go_live",
                  "notes"]  # fmt: skip

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        contract = options.get("instance")
        sent: Mapping[str, Any] | None = args[0] if args else options.get("data")
        given = options.get("initial") or {}
        kind = _type_of(contract, sent, given)
        self.own = own.own_fields(kind)
        self.is_other_type = contract is not None and contract.type_id != (
            kind.pk if kind else None
        )
        if contract is not None:
            options["initial"] = self._kept(contract) | given
        super().__init__(*args, **options)
        self._add_own()
        types = ContractType.objects.filter(is_active=True)
        if contract is not None and contract.type_id:
            types |= ContractType.objects.filter(pk=contract.type_id)
        self._offer("type", types)
        self._offer("customer", shared.customers(user))
        if contract is None:
            # which sites there are is known once the customer is
            del self.fields["site"]
        else:
            self._offer("site", Site.objects.filter(party_id=contract.customer_id).order_by("name"))

    def _kept(self, contract: Contract) -> dict[str, Any]:
        kept = {
            own.PREFIX + one.key: own.shown(one, contract.custom.get(one.key)) for one in self.own
        }
        return {"last_day": looks.last_day(contract.end)} | kept

    def resealed(self) -> str:
        """Return a fresh seal, over the own fields too."""
        self._add_own()
        return super().resealed()

    def _add_own(self) -> None:
        for one in self.own:
            self.fields.setdefault(own.PREFIX + one.key, own.field(one))

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The values as they were read; of another type nothing was kept yet."""
        found = super().stored
        if not self.is_other_type:
            return found
        return {name: text for name, text in found.items() if not name.startswith(own.PREFIX)}

    @property
    def panels_shown(self) -> list[forms.ShownPanel]:
        """The panels; the own fields stand below the type."""

        def is_own(panel: forms.ShownPanel) -> bool:
            return all(f.is_hidden or f.name.startswith(own.PREFIX) for f in panel.fields)

        return [panel for panel in super().panels_shown if not is_own(panel)]

    @property
    def own_shown(self) -> list[Any]:
        """The own fields of the type, as the page draws them."""
        return [self._bound(own.PREFIX + one.key) for one in self.own]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = super().values
        last = data.pop("last_day")
        kept = {one.key: own.kept(data.pop(own.PREFIX + one.key)) for one in self.own}
        filled = {key: value for key, value in kept.items() if value not in (None, "")}
        return data | {"end": last + ONE_DAY if last else None, "custom": filled}


def _type_of(
    contract: Contract | None, sent: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> ContractType | None:
    key = str((given.get("type") if sent is None else sent.get("type")) or "")
    if sent is None and not key:
        return contract.type if contract is not None else None
    return ContractType.objects.filter(pk=key).first() if key.isdecimal() else None


class AccountingForm(ContractPart):
    """How a contract is paid and what the customer wants to read on the invoice."""

    panels = (
        forms.Panel(
            _("How it is paid"),
            ["payment_terms", "method", "mandate", "arrears_on", "is_own_invoice"],
            remark=_("what is empty is as the customer has it"),
            columns=True,
        ),
        forms.Panel(
            _("What the customer wants to read"),
            ["order_number", "order_date", "cig", "cup"],
            columns=True,
        ),
        forms.Panel("", ["invoice_notes"]),
    )
    payment_terms = forms.PickField(
        PaymentTerms.objects.all(), label=_("Payment terms"), required=False, empty_label="–"
    )
    mandate = forms.PickField(
        Mandate.objects.none(),
        label=_("Mandate"),
        required=False,
        empty_label="–",
        shown=lambda mandate: mandate.reference,
        help_text=_("A direct debit needs one; mandates are entered at the customer."),
    )
    order_date = forms.DateField(label=_("Date of the order"), required=False)
    is_own_invoice = forms.SwitchField(label=_("An invoice of its own"), required=False)

    class Meta:
        model = Contract
        fields = ["payment_terms", "method", "mandate", "arrears_on", "is_own_invoice",
                  "order_number", "order_date", "cig", "cup", "invoice_notes"]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own_mandates = Mandate.objects.filter(party_id=self.instance.customer_id)
        kept = Mandate.objects.filter(pk=self.instance.mandate_id or 0)
        self._offer("mandate", own_mandates.filter(revoked_on=None) | kept)
        if firms.firm().country.upper() != "IT":
            for name in ("cig", "cup"):  # references of Italian public bodies
                if not getattr(self.instance, name):
                    del self.fields[name]
        method: Any = self.fields["method"]
        method.choices = [("", _("as the customer has it")), *list(method.choices)[1:]]


class AgentForm(forms.Form):
    """An agent and the part that is theirs; a row without either is none."""

    party = forms.SearchField(
        Party.objects.none(),
        label=_("Agent"),
        required=False,
        **shared.SEARCHED | {"url_name": "parties:pick_everybody"},
    )
    share = forms.PercentField(
        label=_("Share"), required=False, minimum=Fraction(0), maximum=Fraction(1)
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["party"].queryset = Party.objects.visible_to(user).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the share of who is named, and for the name of a share."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("party") and not data.get("share") and "share" not in self.errors:
            self.add_error("share", _("Say which part."))
        if data.get("share") and not data.get("party") and "party" not in self.errors:
            self.add_error("party", _("Say whose part it is."))
        return data


class AgentsBase(BaseFormSet[AgentForm]):
    """The agents of a contract, each once."""

    def clean(self) -> None:
        """Refuse an agent who stands in two rows."""
        seen: set[int] = set()
        for form in self.forms:
            party = getattr(form, "cleaned_data", {}).get("party")
            if party is not None and party.pk in seen:
                form.add_error("party", _("This agent stands here twice."))
            if party is not None:
                seen.add(party.pk)

    @property
    def shares(self) -> dict[int, int]:
        """Return the shares in hundredths of a percent, by party."""
        return dict(self._shares())

    def _shares(self) -> Iterator[tuple[int, int]]:
        for form in self.forms:
            data = form.cleaned_data
            if data.get("party"):
                yield data["party"].pk, round(data["share"] * POINTS)


Agents = cast(
    "type[AgentsBase]",
    formset_factory(
        AgentForm, formset=AgentsBase, extra=0, max_num=MOST_AGENTS, absolute_max=MOST_AGENTS
    ),
)


def agents_of(contract: Contract) -> list[dict[str, Any]]:
    """Return what the rows of agents show, with some left empty."""
    known: list[dict[str, Any]] = [
        {"party": agent.party_id, "share": Fraction(agent.share_bp, POINTS)}
        for agent in contract.agents.all()
    ]
    return known + [{} for _number in range(EMPTY_AGENTS)]


class MachinesForm(forms.Form):
    """Which machines a contract covers: until when, and one more."""

    panels: ClassVar[Sequence[forms.Panel]] = (
        forms.Panel(_("Cover one more"), ["asset", "start"], columns=True),
    )
    asset = forms.PickField(
        Asset.objects.none(),
        label=_("Machine"),
        required=False,
        empty_label="–",
        shown=looks.machine,
        help_text=_("Those of the customer that the contract does not cover yet."),
    )
    start = forms.DateField(
        label=_("From"), required=False, help_text=_("Empty: from the activation.")
    )

    def __init__(self, *args: Any, contract: Contract, **options: Any) -> None:
        super().__init__(*args, **options)
        self.covers: list[Cover] = list(contract.covers.all())
        covered = [cover.asset_id for cover in self.covers if cover.end is None]
        free = Asset.objects.filter(customer_id=contract.customer_id, is_active=True)
        self.fields["asset"].queryset = free.exclude(pk__in=covered)  # type: ignore[attr-defined]
        for cover in self.covers:
            self.fields[f"{UNTIL}{cover.pk}"] = forms.DateField(
                label=_("%(machine)s, covered until") % {"machine": looks.machine(cover.asset)},
                required=False,
                initial=looks.last_day(cover.end),
            )
        names = [f"{UNTIL}{cover.pk}" for cover in self.covers]
        covered_panel = forms.Panel(
            _("Machines covered"), names, remark=_("empty: as long as the contract"), columns=True
        )
        self.panels = (covered_panel, *type(self).panels)  # type: ignore[misc]

    @property
    def ends(self) -> dict[int, date | None]:
        """Return the last day of each cover whose last day was changed, by its id."""
        given = {cover.pk: self.cleaned_data[f"{UNTIL}{cover.pk}"] for cover in self.covers}
        known = {cover.pk: looks.last_day(cover.end) for cover in self.covers}
        return {key: day for key, day in given.items() if day != known[key]}


class ConditionsForm(ContractPart):
    """The conditions of a contract, and a paper to keep with it."""

    panels = (
        forms.Panel(_("Conditions"), ["conditions"]),
        forms.Panel(_("Add a paper"), ["file", "paper_title", "is_signed"], columns=True),
    )
    file = django_forms.FileField(label=_("File"), required=False)
    paper_title = django_forms.CharField(
        label=_("Title"), max_length=150, required=False, help_text=_("Empty: the file’s name.")
    )
    is_signed = forms.SwitchField(label=_("It is the signed contract"), required=False)

    class Meta:
        model = Contract
        fields = ["conditions"]
