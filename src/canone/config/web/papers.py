"""Documents on paper: the letterhead, and the templates that the firm may replace."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from canone.base.access.functions import SETTINGS
from canone.base.files import rules as file_rules
from canone.base.printing import queries, registry, services
from canone.config import paper as shared
from canone.ui import forms, pages
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State

OWN = State("done", gettext_lazy("Your template"))
OURS = State("idle", gettext_lazy("As delivered"))


@page(SETTINGS)
def papers(request: PageRequest) -> HttpResponse:
    """Show every document, and which templates the firm has replaced."""
    own = queries.replaced()
    rows = [
        {
            "title": title,
            "url": reverse("paper", args=[key]),
            "sample": reverse("paper_sample", args=[key]) if key != queries.LETTERHEAD else "",
            "state": OWN if key in own else OURS,
        }
        for key, title in shared.titles().items()
    ]
    actions = [Action(_("Logo and footer"), reverse("letterhead"), "pencil", main=True)]
    head = Head(
        _("Documents"), subtitle=_("Every template can be replaced by your own."), actions=actions
    )
    return pages.render(request, "config/papers.html", head, rows=rows)


class PaperForm(forms.Form):
    """The source of one template."""

    panels = [forms.Panel(gettext_lazy("Template"), ["source"])]
    source = django_forms.CharField(
        label=gettext_lazy("Source, in the language of Typst"),
        widget=django_forms.Textarea(
            attrs={"rows": "28", "class": "cn-code", "spellcheck": "false"}
        ),
        strip=False,
    )


@page(SETTINGS)
def paper(request: PageRequest, key: str) -> HttpResponse:
    """Change one template; it is tried on sample data before it is kept."""
    title = _title(key)
    own = queries.replaced()
    current = own.get(key, queries.shipped()[key])
    form = PaperForm(request.POST or None, initial={"source": current})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            shared.replace(key=key, **said, at=timezone.now(), by=request.user.pk)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return pages.done(request, _("Saved."), reverse("papers"))
    actions = []
    if key in own:
        url = reverse("paper_restore", args=[key])
        actions.append(Action(_("Back to the template as delivered"), url, "undo", post=True))
    head = Head(title, crumbs=[Link(_("Documents"), reverse("papers"))], actions=actions)
    buttons = forms.Buttons(_("Save the template"), cancel=reverse("papers"))
    return forms.render(request, form, head, buttons)


@page(SETTINGS)
def paper_sample(request: PageRequest, key: str) -> HttpResponse:
    """Send the document with sample data."""
    _title(key)
    try:
        document = registry.get(key)
    except KeyError as error:
        raise Http404 from error
    content = services.pdf(
        key, document.sample(), language=request.user.language, at=timezone.now()
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{key.partition("/")[2]}.pdf"'
    return answer


@require_POST
@page(SETTINGS)
def paper_restore(request: PageRequest, key: str) -> HttpResponse:
    """Go back to the template as delivered."""
    _title(key)
    services.restore(key=key)
    return pages.done(request, _("The template is as delivered again."), reverse("papers"))


class LetterheadForm(forms.Form):
    """What stands on every page beside the firm's data."""

    panels = [forms.Panel(gettext_lazy("On every page"), ["logo", "remove", "footer"])]
    logo = django_forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=django_forms.FileInput(attrs={"accept": ",".join(file_rules.IMAGES.types)}),
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP; it is set 13 mm high."),
    )
    remove = django_forms.BooleanField(label=gettext_lazy("Without a logo"), required=False)
    footer = django_forms.CharField(
        label=gettext_lazy("Footer"),
        max_length=shared.FOOTER_LENGTH,
        required=False,
        help_text=gettext_lazy("Registered capital, register of companies, bank."),
    )


@page(SETTINGS)
def letterhead(request: PageRequest) -> HttpResponse:
    """Change logo and footer."""
    first = {"footer": shared.letterhead().footer}
    form = LetterheadForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid() and keep(request, form):
        return pages.done(request, _("Saved."), reverse("papers"))
    head = Head(_("Logo and footer"), crumbs=[Link(_("Documents"), reverse("papers"))])
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=reverse("papers")))


def keep(request: PageRequest, form: LetterheadForm) -> bool:
    """Whether the letterhead was kept; a logo that cannot be used is a fault of its field."""
    try:
        shared.keep(**form.cleaned_data, at=timezone.now(), by=request.user.pk)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _title(key: str) -> Any:
    title = shared.titles().get(key)
    if title is None:
        raise Http404
    return title
