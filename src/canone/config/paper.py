"""The firm's paper, as pages and programs change it: which templates there are, logo, footer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.files import rules as file_rules
from canone.base.files import services as files
from canone.base.files.models import StoredFile
from canone.base.files.services import FileError
from canone.base.printing import queries, registry, services
from canone.base.printing.models import Letterhead
from canone.base.printing.services import TemplateError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FOOTER_LENGTH = 400


def titles() -> dict[str, StrOrPromise]:
    """Return what every template is called that can be replaced, by its key."""
    named: dict[str, StrOrPromise] = {
        queries.LETTERHEAD: gettext_lazy("Paper of every document"),
        **{document.key: document.title for document in registry.all_documents()},
    }
    return {key: title for key, title in named.items() if key in queries.shipped()}


def replace(*, key: str, source: str, at: datetime, by: int | None) -> None:
    """Return nothing; a source that cannot be set is a ValidationError of `source`."""
    try:
        services.replace(key=key, source=source, at=at, by=by)
    except TemplateError as error:
        text = _("This cannot be set: %(text)s") % {"text": error}
        raise ValidationError({"source": ValidationError(text, code="template")}) from error


def letterhead() -> Letterhead:
    """Return logo and footer; an unsaved row before there are any."""
    return Letterhead.objects.select_related("logo").filter(pk=1).first() or Letterhead(pk=1)


@transaction.atomic
def keep(
    *, footer: str, logo: UploadedFile[Any] | None, remove: bool, at: datetime, by: int | None
) -> Letterhead:
    """Return the letterhead; without a new logo the old one stays, unless it is removed.

    A picture that cannot be used is a ValidationError of `logo`.
    """
    kept = None if remove else letterhead().logo
    try:
        if logo:
            kept = _stored(logo, at=at, by=by)
        return services.set_letterhead(footer=footer, logo=kept, at=at)
    except FileError as error:
        raise _of_logo(str(error.message), "file") from error
    except TemplateError as error:
        text = _("This picture cannot be set: %(text)s") % {"text": error}
        raise _of_logo(text, "template") from error


def _stored(logo: UploadedFile[Any], *, at: datetime, by: int | None) -> StoredFile:
    return files.store(
        logo,
        name=logo.name or "",
        owner="printing.letterhead:1",
        at=at,
        by=by,
        taken=file_rules.IMAGES,
    )


def _of_logo(text: str, code: str) -> ValidationError:
    return ValidationError({"logo": ValidationError(text, code=code)})
