"""Reads for printing: sources of templates, what the letterhead shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

from canone.base.files import queries as files
from canone.base.firm import queries as firm
from canone.base.printing.models import Letterhead, PrintTemplate

LETTERHEAD = "printing/letterhead"


@cache
def shipped() -> dict[str, str]:
    """Return the templates that the contexts ship, by key."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("canone."):
            folder = Path(config.path) / "templates" / config.label / "print"
            for path in sorted(folder.glob("*.typ")):
                found[f"{config.label}/{path.stem}"] = path.read_text(encoding="utf-8")
    return found


def replaced() -> dict[str, str]:
    """Return the templates that the firm replaced, by key."""
    return dict(PrintTemplate.objects.order_by("key").values_list("key", "source"))


def letterhead() -> dict[str, Any]:
    """Return what the letterhead shows: the firm's data as plain text."""
    own = firm.firm()
    head = Letterhead.objects.filter(pk=1).first()
    is_italian = own.country == own.Country.ITALY
    province = f"({own.province})" if own.province and is_italian else ""
    place = " ".join(filter(None, (own.postcode, own.city, province)))
    letters = own.country.upper()
    number = own.vat_number.removeprefix(letters)
    return {
        "name": own.name,
        "country": own.country,
        "street": own.street,
        "place": place,
        "vat_number": letters + number if number else "",
        "tax_code": own.tax_code,
        "email": own.email,
        "phone": own.phone,
        "footer": head.footer if head else "",
    }


def logo() -> tuple[bytes, str] | None:
    """Return the firm's logo and its content type; None without one."""
    head = Letterhead.objects.select_related("logo").filter(pk=1).first()
    if head is None or head.logo is None:
        return None
    with files.open_file(head.logo) as file:
        return file.read(), head.logo.content_type
