"""Documents on paper: logo and footer, and the templates that the firm may replace."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from ninja import File
from ninja.files import UploadedFile
from pydantic import Field

from canone.base.access.functions import SETTINGS
from canone.base.files import queries as files
from canone.base.printing import queries, registry, services
from canone.base.printing.models import Letterhead
from canone.config import paper
from canone.ui import api

router = api.Router(tags=["printing"])
BINARY = {"schema": {"type": "string", "format": "binary"}}


def _sends(content_type: str, text: str) -> dict[str, Any]:
    return {"responses": {200: {"description": text, "content": {content_type: BINARY}}}}


class LetterheadOut(api.Schema):
    """What stands on every page beside the firm's data; `logo` is its file's name, or empty."""

    footer: str
    logo: str

    @staticmethod
    def resolve_logo(head: Letterhead) -> str:
        """Return the name of the logo's file."""
        return head.logo.name if head.logo else ""


class LetterheadIn(api.Schema):
    """The footer; the logo is a file and is sent on its own."""

    footer: str = Field("", max_length=paper.FOOTER_LENGTH)


class PrintTemplateOut(api.Schema):
    """A template; `is_own` once the firm has put its own in the place of ours."""

    key: str
    title: str
    is_own: bool


class PrintTemplateFull(PrintTemplateOut):
    """A template with its source in the language of Typst: the one in use, and ours."""

    source: str
    delivered: str


class PrintTemplateIn(api.Schema):
    """The source that takes the template's place."""

    source: str = Field(min_length=1, max_length=500_000)


@router.get("/letterhead", response=LetterheadOut, summary="Read the letterhead")
@api.allows(SETTINGS)
def read_letterhead(request: api.Request) -> Letterhead:  # noqa: ARG001 (there is one)
    """Return logo and footer."""
    return paper.letterhead()


@router.put("/letterhead", response=LetterheadOut, summary="Change the footer")
@api.allows(SETTINGS)
def change_letterhead(request: api.Request, body: LetterheadIn) -> Letterhead:
    """Return the letterhead; the logo stays."""
    return _kept(request, footer=body.footer)


@router.get(
    "/letterhead/logo", openapi_extra=_sends("image/*", "The picture."), summary="Fetch the logo"
)
@api.allows(SETTINGS)
def read_logo(request: api.Request) -> HttpResponseBase:  # noqa: ARG001 (there is one)
    """Return the picture; without one a 404."""
    logo = paper.letterhead().logo
    if logo is None:
        raise Http404
    try:
        content = files.open_file(logo)
    except FileNotFoundError as error:
        raise Http404 from error
    kind = logo.content_type
    return FileResponse(content, as_attachment=True, filename=logo.name, content_type=kind)


@router.post("/letterhead/logo", response=LetterheadOut, summary="Change the logo")
@api.allows(SETTINGS)
def change_logo(request: api.Request, logo: File[UploadedFile]) -> Letterhead:
    """Return the letterhead with another logo: PNG, JPEG, GIF or WebP, up to 10 MB."""
    return _kept(request, logo=logo)


@router.delete("/letterhead/logo", response={204: None}, summary="Remove the logo")
@api.allows(SETTINGS)
def remove_logo(request: api.Request) -> api.Answer[None]:
    """Return nothing; documents are printed without one from now on."""
    _kept(request, remove=True)
    return api.Answer(204, None)


@router.get(
    "/print-templates", response=api.Paged[PrintTemplateOut], summary="List templates of documents"
)
@api.allows(SETTINGS)
def list_print_templates(request: api.Request, page: api.Page = api.PAGE) -> dict[str, Any]:  # noqa: ARG001
    """Return every template that the firm may replace, the letterhead among them."""
    own = queries.replaced()
    return api.part([_brief(key, own) for key in paper.titles()], page)


@router.get(
    "/print-templates/{context}/{name}",
    response=PrintTemplateFull,
    summary="Read a template of a document",
)
@api.allows(SETTINGS)
def read_print_template(request: api.Request, context: str, name: str) -> dict[str, Any]:  # noqa: ARG001
    """Return the template with its source."""
    return _full(_key(context, name))


@router.put(
    "/print-templates/{context}/{name}",
    response=PrintTemplateFull,
    summary="Replace a template of a document",
)
@api.allows(SETTINGS)
def replace_print_template(
    request: api.Request, context: str, name: str, body: PrintTemplateIn
) -> dict[str, Any]:
    """Return the template after it was tried on sample data; one that cannot be set is a 422."""
    key = _key(context, name)
    paper.replace(key=key, source=body.source, at=timezone.now(), by=request.user.pk)
    return _full(key)


@router.delete(
    "/print-templates/{context}/{name}",
    response={204: None},
    summary="Go back to a template as delivered",
)
@api.allows(SETTINGS)
def restore_print_template(
    request: api.Request,  # noqa: ARG001 (of the firm)
    context: str,
    name: str,
) -> api.Answer[None]:
    """Return nothing; ours is used again."""
    services.restore(key=_key(context, name))
    return api.Answer(204, None)


@router.get(
    "/print-templates/{context}/{name}/sample",
    openapi_extra=_sends("application/pdf", "The document."),
    summary="Print a document with sample data",
)
@api.allows(SETTINGS)
def read_print_sample(request: api.Request, context: str, name: str) -> HttpResponse:
    """Return the PDF in the caller's language; the letterhead alone prints none."""
    key = _key(context, name)
    if key == queries.LETTERHEAD:
        raise Http404
    sample = registry.get(key).sample()
    content = services.pdf(key, sample, language=request.user.language, at=timezone.now())
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _kept(
    request: api.Request,
    *,
    footer: str | None = None,
    logo: UploadedFile | None = None,
    remove: bool = False,
) -> Letterhead:
    footer = paper.letterhead().footer if footer is None else footer
    at, by = timezone.now(), request.user.pk
    return paper.keep(footer=footer, logo=logo, remove=remove, at=at, by=by)


def _key(context: str, name: str) -> str:
    key = f"{context}/{name}"
    if key not in paper.titles():
        raise Http404
    return key


def _brief(key: str, own: dict[str, str]) -> dict[str, Any]:
    return {"key": key, "title": str(paper.titles()[key]), "is_own": key in own}


def _full(key: str) -> dict[str, Any]:
    own, ours = queries.replaced(), queries.shipped()[key]
    return _brief(key, own) | {"source": own.get(key, ours), "delivered": ours}
