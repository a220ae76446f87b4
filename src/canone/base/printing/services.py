"""Makes documents, and writes the templates that the firm replaces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.files.models import StoredFile
from canone.base.printing import queries, registry, typesetting
from canone.base.printing.models import Letterhead, PrintTemplate
from canone.base.printing.press import Press
from canone.base.printing.typesetting import TemplateError

__all__ = ["TemplateError", "pdf", "press", "replace", "restore", "set_letterhead"]


def pdf(key: str, data: Mapping[str, Any], *, language: str, at: datetime) -> bytes:
    """Return the document `key` as PDF/A-3b in the reader's language.

    `data` is plain JSON: texts, numbers that are already written as the reader expects them,
    lists and dictionaries. The firm's letterhead is added.
    """
    return _set({**queries.shipped(), **queries.replaced()}, key, data, language=language, at=at)


def press(key: str, *, hands: int | None = None) -> Press:
    """Return compilers for many documents `key`, with templates and letterhead as they are now.

    Use it by `with`. The data of each say the `language`; `hands` is how many, one for every core.
    """
    place, common = _common({**queries.shipped(), **queries.replaced()})
    return Press(place, key, common, hands=hands)


@transaction.atomic
def replace(*, key: str, source: str, at: datetime, by: int | None) -> PrintTemplate:
    """Return the firm's template after trying it on sample data; raises TemplateError."""
    if key not in queries.shipped():
        raise TemplateError(str(_("There is no document of this name.")))
    source = source.replace("\r\n", "\n")
    if "@" in "".join(line for line in source.splitlines() if "import" in line):
        raise TemplateError(str(_("Packages from outside cannot be used in a template.")))
    trial = {**queries.shipped(), **queries.replaced(), key: source}
    tried = registry.all_documents() if key == queries.LETTERHEAD else [registry.get(key)]
    language = str(settings.LANGUAGE_CODE)
    for document in tried:
        _set(trial, document.key, document.sample(), language=language, at=at)
    template, _new = PrintTemplate.objects.update_or_create(
        key=key, defaults={"source": source, "updated_at": at, "updated_by_id": by}
    )
    return template


@transaction.atomic
def restore(*, key: str) -> None:
    """Take the firm's template away: ours is used again."""
    for template in PrintTemplate.objects.filter(key=key):
        template.delete()


@transaction.atomic
def set_letterhead(*, footer: str, logo: StoredFile | None, at: datetime) -> Letterhead:
    """Return the letterhead after trying it on every document; raises TemplateError."""
    head, _new = Letterhead.objects.update_or_create(
        pk=1, defaults={"footer": footer, "logo": logo}
    )
    for document in registry.all_documents():
        pdf(document.key, document.sample(), language=str(settings.LANGUAGE_CODE), at=at)
    return head


def _set(
    sources: Mapping[str, str], key: str, data: Mapping[str, Any], *, language: str, at: datetime
) -> bytes:
    place, common = _common(sources)
    return typesetting.pdf(place, key, {**data, **common, "language": language}, at=at)


def _common(sources: Mapping[str, str]) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the sources, and what stands on every document."""
    logo = queries.logo()
    place = typesetting.folder(Path(settings.DATA) / "print", sources, logo)
    return place, {"firm": {**queries.letterhead(), "logo": typesetting.logo_name(logo)}}
