"""The forms of parties; what cannot be kept is told by the services."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from canone.base.firm import queries as firm
from canone.registers.parties import queries
from canone.registers.parties.models import Contact, Group, Party, PaymentTerms, Site, Zone
from canone.registers.parties.services import parties, people, places, records
from canone.registers.parties.web import shared
from canone.ui.forms import Form, ModelForm, NumberField, Panel, PickField, SearchField, SwitchField

OFFICE = "office_"
OFFICE_FIELDS = ("street", "postcode", "city", "province")


class _CountryField(forms.ChoiceField):
    """A country by its name in the page's language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Country"), choices=shared.countries, **options)


def _zone_field() -> PickField:
    return PickField(Zone.objects.all(), label=_("Zone"), required=False)


def _notes(label: Any, rows: int = 3, help_text: Any = "") -> forms.CharField:
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=box, required=False, help_text=help_text)


class PartyForm(ModelForm):
    """A customer or supplier with its registered office."""

    guard = True
    country = _CountryField()
    zone = _zone_field()
    payment_terms = PickField(PaymentTerms.objects.all(), label=_("Payment terms"), required=False)
    office_street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    office_postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    office_city = forms.CharField(label=_("Town"), max_length=120, required=False)
    office_province = forms.CharField(max_length=10, required=False)
    is_customer = SwitchField(label=_("Customer"), initial=True)
    is_supplier = SwitchField(label=_("Supplier"))
    is_person = SwitchField(label=_("Natural person"))
    is_public_body = SwitchField(label=_("Public body"))
    notes = _notes(_("Notes"), help_text=_("For the office; customers never see them."))
    panels = (
        Panel(
            _("Who"),
            (
                "name", "code", "country", "language", "is_customer", "is_supplier", "is_person",
                "is_public_body",
            ),
            columns=True,
        ),
        Panel(
            _("Registered office"),
            ("office_street", "office_postcode", "office_city", "office_province"),
            columns=True,
        ),
        Panel(
            _("Invoicing"),
            (
                "vat_number", "tax_code", "sdi_code", "pec", "siren", "siret", "payment_terms",
                "invoice_grouping", "iban",
            ),
            _("Numbers are checked by their check digits"),
            columns=True,
        ),
        Panel(_("Reach"), ("phone", "email", "website"), columns=True),
        Panel(_("For the office"), ("zone", "reliability", "notes"), columns=True),
    )  # fmt: skip

    class Meta:
        model = Party
        fields = (
            "name", "code", "country", "language", "is_customer", "is_supplier", "is_person",
            "is_public_body", "vat_number", "tax_code", "sdi_code", "pec", "siren", "siret",
            "payment_terms", "invoice_grouping", "iban", "phone", "email", "website", "zone",
            "reliability", "notes",
        )  # fmt: skip
        labels: ClassVar = {
            "name": _("Name"),
            "code": _("Code"),
            "language": _("Language"),
            "vat_number": _("VAT number"),
            "tax_code": _("Tax code"),
            "invoice_grouping": _("Grouping of invoices"),
            "sdi_code": _("SdI code"),
            "pec": _("PEC address"),
            "phone": _("Telephone"),
            "email": _("Mail address"),
            "website": _("Website"),
            "reliability": _("Reliability"),
        }
        help_texts: ClassVar = {
            "code": _("Left empty, it gets the next number."),
            "sdi_code": _(
                "7 characters, 6 for public bodies; 0000000 where only the PEC is known."
            ),
            "siren": _("French firms."),
            "siret": _("French firms; brings its SIREN."),
            "language": _("In which reports and statements are written."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        self.office: Site | None = options.pop("office", None)
        if "instance" not in options:
            options["initial"] = parties.home() | options.get("initial", {})
        super().__init__(*args, **options)
        self.fields["code"].required = False
        self.fields["code"].widget.is_required = False
        self.fields["invoice_grouping"].required = False
        for name in ("vat_number", "tax_code", "siren", "siret", "iban", "sdi_code"):
            # Typed with blanks and dots they are longer than what is kept.
            typed = forms.CharField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                required=False,
                max_length=50,
            )
            self.fields[name] = typed
        self.fields["office_province"].label = firm.province(str(self["country"].value()))
        for name in OFFICE_FIELDS:
            self.fields[OFFICE + name].initial = getattr(self.office, name, "")
        for name in ("zone", "payment_terms"):
            field: Any = self.fields[name]
            field.queryset = shared.in_use(field.queryset, getattr(self.instance, name))

    def clean_invoice_grouping(self) -> str:
        """Return the grouping; where none was sent, it stays as it is."""
        return self.cleaned_data["invoice_grouping"] or str(self.instance.invoice_grouping)

    def _post_clean(self) -> None:
        """Ask the service what is wrong, so that all faults are told at once."""
        row = copy(self.instance)
        given = {name: v for name, v in self.cleaned_data.items() if name in self.Meta.fields}
        records.put(row, given, self.Meta.fields)
        row.code = row.code or "-"  # the service gives the next number
        shared.tell(self, parties.faults(row, office=self.place))

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes of the party."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def place(self) -> dict[str, str]:
        """What the service takes of the registered office."""
        return {name: self.cleaned_data.get(OFFICE + name, "") for name in OFFICE_FIELDS}


class PartForm(ModelForm):
    """A form for what hangs on a party; its row is checked by the service."""

    guard = True

    def clean_invoice_grouping(self) -> str:
        """Return the grouping; where none was sent, it stays as it is."""
        return self.cleaned_data["invoice_grouping"] or str(self.instance.invoice_grouping)

    def _post_clean(self) -> None:
        """Ask the service what is wrong, so that all faults are told at once."""
        row = copy(self.instance)
        names = tuple(self._meta.fields or ())
        given = {name: value for name, value in self.cleaned_data.items() if name in names}
        records.put(row, given, names)
        shared.tell(self, self.told(row))

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong with a row in memory."""
        return records.faults(row, {})

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        names = tuple(self._meta.fields or ())
        return {name: self.cleaned_data[name] for name in names}


class SiteForm(PartForm):
    """A site."""

    country = _CountryField()
    zone = _zone_field()
    latitude = NumberField(label=_("Latitude"), required=False, decimals=7)
    longitude = NumberField(label=_("Longitude"), required=False, decimals=7)
    is_main = SwitchField(label=_("Registered office"))
    is_active = SwitchField(label=_("Active"), initial=True)
    access_notes = _notes(
        _("How to get in"), help_text=_("Gate, key, whom to ask for, where to park.")
    )
    panels = (
        Panel(_("Site"), ("name", "is_main", "is_active"), columns=True),
        Panel(
            _("Address"),
            ("street", "postcode", "city", "province", "country", "latitude", "longitude"),
            columns=True,
        ),
        Panel(_("Visits"), ("phone", "opening", "zone", "access_notes"), columns=True),
    )

    class Meta:
        model = Site
        fields = (
            "name", "is_main", "is_active", "street", "postcode", "city", "province", "country",
            "latitude", "longitude", "phone", "opening", "zone", "access_notes",
        )  # fmt: skip
        labels: ClassVar = {
            "name": _("Name"),
            "street": _("Street and number"),
            "postcode": _("Postcode"),
            "city": _("Town"),
            "phone": _("Telephone"),
            "opening": _("Opening hours"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["province"].label = firm.province(str(self["country"].value()))
        field: Any = self.fields["zone"]
        field.queryset = shared.in_use(field.queryset, self.instance.zone)

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; degrees are floats."""
        found = super().values
        for name in ("latitude", "longitude"):
            found[name] = None if found[name] is None else float(found[name])
        return found

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong."""
        return places.faults(row)


class ContactForm(PartForm):
    """A contact."""

    site = PickField(Site.objects.none(), label=_("Site"), required=False)
    gets_reports = SwitchField(label=_("Receives work reports"))
    gets_invoices = SwitchField(label=_("Receives invoices"))
    gets_statements = SwitchField(label=_("Receives statements"))
    is_active = SwitchField(label=_("Active"), initial=True)
    notes = _notes(_("Notes"))
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("Like the customer")), *settings.LANGUAGES],
    )
    panels = (
        Panel(_("Contact"), ("name", "role", "site", "language", "is_active"), columns=True),
        Panel(_("Reach"), ("phone", "mobile", "email"), columns=True),
        Panel(_("Receives by mail"), ("gets_reports", "gets_invoices", "gets_statements")),
        Panel("", ("notes",)),
    )

    class Meta:
        model = Contact
        fields = (
            "name", "role", "site", "language", "is_active", "phone", "mobile", "email",
            "gets_reports", "gets_invoices", "gets_statements", "notes",
        )  # fmt: skip
        labels: ClassVar = {
            "name": _("Name"),
            "role": _("Role"),
            "phone": _("Telephone"),
            "mobile": _("Mobile"),
            "email": _("Mail address"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        party: Party = options.pop("party")
        super().__init__(*args, **options)
        field: Any = self.fields["site"]
        field.queryset = shared.in_use(Site.objects.filter(party=party), self.instance.site)

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong."""
        return people.contact_faults(row)


class GroupForm(PartForm):
    """A group of the address book."""

    party = SearchField(
        Party.objects.none(),
        label=_("Customer"),
        url_name="parties:pick_active",
        find=queries.matching,
        shown=lambda party: party.name,
    )
    is_active = SwitchField(label=_("Active"), initial=True)
    notes = _notes(_("Notes"))
    panels = (Panel(_("Group"), ("name", "party", "is_active", "notes")),)

    class Meta:
        model = Group
        fields = ("name", "party", "is_active", "notes")
        labels: ClassVar = {"name": _("Name")}
        help_texts: ClassVar = {
            "name": _("As it is called in the remote-support tool: sessions are found by it.")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["party"]
        kept = self.instance.party if self.instance.pk else None
        customers = Party.objects.filter(is_customer=True).order_by("name")
        field.queryset = shared.in_use(customers, kept)

    def told(self, row: Any) -> records.Faults:
        """Return what the service finds wrong."""
        return people.group_faults(row)


class BlockForm(Form):
    """Why nobody should work for a party without asking."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Stands on the page of the customer.")
    )


class DocumentForm(Form):
    """A file for a party."""

    file = forms.FileField(label=_("File"))
    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        required=False,
        help_text=_("Left empty, the file’s name."),
    )
