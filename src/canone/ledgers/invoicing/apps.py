"""Registers the context with Django."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from canone.base.exchange import importers
from canone.base.mail import registry as mails
from canone.base.printing import registry


class InvoicingConfig(AppConfig):
    """The context's place among Django's apps; its tables start with `invoicing_`."""

    name = "canone.ledgers.invoicing"
    label = "invoicing"

    def ready(self) -> None:
        """Make the functions, documents, mails and files of this context known."""
        import_module("canone.ledgers.invoicing.permissions")
        papers = import_module("canone.ledgers.invoicing.queries.papers")
        sample = import_module("canone.ledgers.invoicing.queries.paper_sample")
        registry.declare(papers.KEY, sample.TITLE, sample.sample)
        mailing = import_module("canone.ledgers.invoicing.queries.mailing")
        titles = {
            "invoice": _("An invoice, as PDF"),
            "credit_note": _("A credit note, as PDF"),
            "pro_forma": _("A pro-forma invoice, as PDF"),
        }
        for kind, title in titles.items():
            mails.declare(mailing.TEMPLATES[kind], title, mailing.SAMPLE)
        taking_over = import_module("canone.ledgers.invoicing.services.taking_over")
        importers.register(taking_over.NumberImporter())
