"""Which columns a file of parties or groups has, on its way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from canone.base.exchange.importers import Field, FieldKind
from canone.registers.parties.models import Party, Site

LANGUAGES = {
    "it": "it", "italiano": "it", "italian": "it", "italien": "it",
    "fr": "fr", "francese": "fr", "french": "fr", "français": "fr",
    "en": "en", "inglese": "en", "english": "en", "anglais": "en",
}  # fmt: skip
RELIABILITY = {
    "good": "good", "reliable": "good", "affidabile": "good", "fiable": "good",
    "slow": "slow", "pays late": "slow", "paga in ritardo": "slow", "paie en retard": "slow",
    "bad": "bad", "unreliable": "bad", "inaffidabile": "bad", "non fiable": "bad",
    "unknown": "unknown", "not rated": "unknown", "non valutato": "unknown",
    "non évalué": "unknown",
}  # fmt: skip
SCHEMES = {
    "core": "core", "sdd core": "core", "base": "core",
    "b2b": "b2b", "sdd b2b": "b2b", "imprese": "b2b", "interentreprises": "b2b",
}  # fmt: skip
USES = {
    "recurrent": "recurrent", "recurring": "recurrent", "rcur": "recurrent", "frst": "recurrent",
    "ricorrente": "recurrent", "récurrent": "recurrent",
    "once": "once", "one-off": "once", "ooff": "once", "una tantum": "once", "unico": "once",
    "singolo": "once", "ponctuel": "once", "unique": "once",
}  # fmt: skip
OFFICE = "office_"


def _choices(words: Mapping[str, str]) -> dict[str, str]:
    return dict(words)


PARTY_FIELDS = (
    Field("code", _("Code"), synonyms=("codice", "code", "codice cliente", "n."), limit=20),
    Field(
        "name",
        _("Name"),
        required=True,
        synonyms=("nome", "ragione sociale", "denominazione", "cliente", "raison sociale", "nom",
                  "company", "customer"),
        limit=200,
    ),
    Field("is_customer", _("Customer (yes/no)"), FieldKind.YES, synonyms=("è cliente", "client")),
    Field("is_supplier", _("Supplier (yes/no)"), FieldKind.YES,
          synonyms=("fornitore", "fournisseur", "supplier")),
    Field("is_person", _("Natural person (yes/no)"), FieldKind.YES,
          synonyms=("persona fisica", "privato", "particulier")),
    Field("is_public_body", _("Public body (yes/no)"), FieldKind.YES,
          synonyms=("ente pubblico", "pa", "organisme public")),
    Field("country", _("Country (two letters)"), synonyms=("paese", "nazione", "stato", "pays",
                                                          "country"), limit=2),
    Field("language", _("Language"), FieldKind.CHOICE, synonyms=("lingua", "langue"),
          choices=_choices(LANGUAGES)),
    Field("vat_number", _("VAT number"),
          synonyms=("partita iva", "p.iva", "p iva", "piva", "iva", "n° tva", "tva", "vat"),
          limit=50),
    Field("tax_code", _("Tax code"), synonyms=("codice fiscale", "cod. fisc.", "cf", "c.f."),
          limit=50),
    Field("siren", "SIREN", limit=50),
    Field("siret", "SIRET", limit=50),
    Field("sdi_code", _("SdI code"),
          synonyms=("codice sdi", "codice destinatario", "codice univoco", "sdi"), limit=50),
    Field("pec", _("PEC address"), synonyms=("pec", "indirizzo pec"), limit=254),
    Field("iban", "IBAN", limit=50),
    Field("payment_terms", _("Payment terms"),
          synonyms=("pagamento", "condizioni di pagamento", "conditions de paiement", "règlement"),
          help=_("The code or the name of payment terms that exist.")),
    Field("reliability", _("Reliability"), FieldKind.CHOICE,
          synonyms=("affidabilità", "fiabilité"), choices=_choices(RELIABILITY)),
    Field("zone", _("Zone"), synonyms=("zona", "zone"), help=_("The name of a zone that exists.")),
    Field("phone", _("Telephone"), synonyms=("telefono", "tel", "téléphone", "phone"), limit=60),
    Field("email", _("Mail address"), synonyms=("e-mail", "email", "mail", "courriel"), limit=254),
    Field("website", _("Website"), synonyms=("sito", "sito web", "site web", "web"), limit=200),
    Field("office_street", _("Street and number"),
          synonyms=("indirizzo", "via", "adresse", "rue", "address", "street"), limit=200),
    Field("office_postcode", _("Postcode"), synonyms=("cap", "code postal", "zip"), limit=20),
    Field("office_city", _("Town"),
          synonyms=("città", "comune", "località", "ville", "city", "town"), limit=120),
    Field("office_province", _("Province"), synonyms=("provincia", "prov", "département"),
          limit=10),
    Field("notes", _("Notes"), synonyms=("note", "annotazioni", "remarques"), limit=5000),
)  # fmt: skip
GROUP_FIELDS = (
    Field("name", _("Group"), required=True,
          synonyms=("gruppo", "nome gruppo", "groupe", "group", "name", "nome"), limit=200),
    Field("party", _("Customer"), required=True,
          synonyms=("cliente", "client", "customer", "codice cliente", "partita iva"),
          help=_("The code, the VAT number or the name of a customer who exists.")),
    Field("notes", _("Notes"), synonyms=("note", "remarques"), limit=2000),
)  # fmt: skip
MANDATE_FIELDS = (
    Field("reference", _("Mandate reference"), required=True, limit=35,
          synonyms=("mandato", "riferimento mandato", "codice mandato", "umr", "rum", "mandat",
                    "référence du mandat", "mandate")),
    Field("party", _("Customer"), required=True, limit=200,
          synonyms=("cliente", "client", "customer", "codice cliente", "partita iva"),
          help=_("The code, the VAT number or the name of a customer who exists.")),
    Field("iban", "IBAN", required=True, limit=50,
          synonyms=("conto", "conto corrente", "compte", "account")),
    Field("signed_on", _("Signed on"), FieldKind.DAY, required=True,
          synonyms=("data firma", "firmato il", "data sottoscrizione", "data mandato", "signé le",
                    "date de signature", "signature date")),
    Field("scheme", _("Scheme (Core or B2B)"), FieldKind.CHOICE, choices=_choices(SCHEMES),
          synonyms=("schema", "tipo sdd", "schéma", "scheme")),
    Field("use", _("Recurrent or once"), FieldKind.CHOICE, choices=_choices(USES),
          synonyms=("tipo", "sequenza", "tipo incasso", "séquence", "type", "sequence")),
    Field("holder", _("Holder of the account"), limit=140,
          synonyms=("intestatario", "intestatario conto", "titulaire", "account holder")),
    Field("revoked_on", _("Revoked on"), FieldKind.DAY,
          synonyms=("revocato il", "data revoca", "révoqué le", "date de révocation")),
    Field("notes", _("Notes"), synonyms=("note", "remarques"), limit=2000),
)  # fmt: skip


def rows(parties: QuerySet[Party]) -> Iterator[tuple[Any, ...]]:
    """Yield the parties as files carry them, in the order of PARTY_FIELDS.

    Read in slices, because each slice asks once for its registered offices.
    """
    page: list[Party] = []
    for party in parties.iterator(chunk_size=500):
        page.append(party)
        if len(page) == 500:
            yield from _rows(page)
            page = []
    yield from _rows(page)


def _rows(parties: Iterable[Party]) -> Iterator[tuple[Any, ...]]:
    page = list(parties)
    offices = {
        site.party_id: site
        for site in Site.objects.filter(is_main=True, party__in=[party.pk for party in page])
    }
    for party in page:
        yield tuple(_cell(party, offices.get(party.pk), field.name) for field in PARTY_FIELDS)


def _cell(party: Party, office: Site | None, name: str) -> Any:
    if name.startswith(OFFICE):
        return getattr(office, name.removeprefix(OFFICE), "")
    if name == "payment_terms":
        return party.payment_terms.code if party.payment_terms else ""
    if name == "zone":
        return party.zone.name if party.zone else ""
    if name == "reliability":
        return party.get_reliability_display()
    return getattr(party, name)
