"""Articles and services: list, page, form."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canone.base.history import queries as history
from canone.registers.catalog import queries
from canone.registers.catalog.models import Article, Price, Unit, VatRate
from canone.registers.catalog.permissions import CHANGE, VIEW
from canone.registers.catalog.services import articles
from canone.registers.catalog.web import looks
from canone.ui import forms, lists, pages, zones
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


class ArticleTable(lists.Table):
    """One article a row."""

    state = lists.StateColumn(gettext_lazy("State"), looks.active, sort=("is_active",))
    name = lists.Name(
        gettext_lazy("Description"), "title", link=looks.article_url, sub=lambda row: row.code
    )
    code = lists.Text(gettext_lazy("Code"), "code")
    kind = lists.Text(gettext_lazy("Kind"), "get_kind_display", sort=("kind",))
    unit = lists.Text(gettext_lazy("Unit"), "unit__code")
    vat = lists.Text(
        gettext_lazy("VAT"), lambda row: looks.vat_rate(row.vat), sort=("vat__basis_points",)
    )
    price = lists.UnitPrice(gettext_lazy("Price today"), "price_today", sort=())


class ArticleFilters(lists.FilterSet):
    """By text, kind, VAT and whether it is offered."""

    text = lists.TextFilter(
        gettext_lazy("Text"), ["code", "title"], hint=gettext_lazy("code, description")
    )
    kind = lists.ChoiceFilter(gettext_lazy("Kind"), Article.Kind.choices, field="kind")
    vat = lists.ModelFilter(
        gettext_lazy("VAT"), VatRate.objects.order_by("code"), shown=looks.vat_shown
    )
    active = lists.YesFilter(
        gettext_lazy("State"),
        field="is_active",
        yes=gettext_lazy("in use"),
        no=gettext_lazy("no longer used"),
    )


class ArticleList(lists.List):
    """All articles with what they cost today."""

    key = "catalog.articles"
    title = gettext_lazy("Articles and services")
    table, filters, order, file_name = ArticleTable, ArticleFilters, ("code",), "articles"

    def rows(self) -> QuerySet[Any]:
        """Return the articles with today's price in the usual list."""
        day = timezone.now().astimezone(zones.zone()).date()
        return queries.with_price(Article.objects.select_related("unit", "vat"), day)

    def row_label(self, record: Article) -> str:
        """Return the article's code."""
        return record.code

    def actions(self) -> list[Action]:
        """Return the way to a new article."""
        if not self.user.may(CHANGE):
            return []
        new = reverse("catalog:article_new")
        return [Action(_("New article"), new, "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return what stands here later."""
        text = _("What you sell: services, goods, travel. Prices stand in price lists.")
        return lists.Empty(_("No articles yet"), text, self.actions())


class ArticleForm(forms.ModelForm):
    """An article with its words in three languages."""

    guard = True
    panels = [
        forms.Panel(gettext_lazy("Article"), ["code", "kind", "unit", "vat"], columns=True),
        forms.Panel(
            gettext_lazy("Description"),
            ["title", "title_it", "title_fr", "title_en"],
            remark=gettext_lazy("a document takes the customer’s language"),
        ),
        forms.Panel("", ["is_active"]),
    ]
    unit = forms.PickField(
        Unit.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("Unit"),
        shown=lambda unit: f"{unit.code} · {unit.title}",
    )
    vat = forms.PickField(
        VatRate.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("VAT"),
        shown=looks.vat_shown,
    )
    is_active = forms.SwitchField(label=gettext_lazy("In use"), initial=True)
    title_it = django_forms.CharField(
        label=gettext_lazy("In Italian"), max_length=200, required=False
    )
    title_fr = django_forms.CharField(
        label=gettext_lazy("In French"), max_length=200, required=False
    )
    title_en = django_forms.CharField(
        label=gettext_lazy("In English"), max_length=200, required=False
    )

    class Meta:
        model = Article
        fields = ["code", "kind", "unit", "vat", "title", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        instance = options.get("instance")
        titles = instance.titles if instance else {}
        start = {f"title_{language}": titles.get(language, "") for language in LANGUAGES}
        options["initial"] = start | options.get("initial", {})
        super().__init__(*args, **options)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        titles = {name: self.cleaned_data[f"title_{name}"] for name in LANGUAGES}
        return values | {"titles": {name: text for name, text in titles.items() if text}}


LANGUAGES = ("it", "fr", "en")


@page(VIEW)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of articles."""
    return ArticleList(request).response()


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Return the page of an article: its facts, its prices, what happened."""
    article = get_object_or_404(Article.objects.select_related("unit", "vat"), pk=pk)
    edit = reverse("catalog:article_edit", args=[pk])
    head = Head(
        article.title,
        crumbs=[Link(ArticleList.title, reverse("catalog:articles")), Link(article.code)],
        state=looks.active(article),
        actions=[Action(_("Edit"), edit, "pencil", main=True, key="e")]
        if request.user.may(CHANGE)
        else [],
    )
    facts = [
        (_("Kind"), article.get_kind_display()),
        (_("Unit"), article.unit.title),
        (_("VAT"), looks.vat_shown(article.vat)),
        *((name, article.titles[key]) for key, name in _languages() if key in article.titles),
    ]
    prices = (
        Price.objects.filter(article=article)
        .select_related("price_list")
        .order_by("price_list__name", "-valid_from")
    )
    return pages.render(
        request,
        "catalog/article.html",
        head,
        article=article,
        facts=facts,
        prices=[(row, looks.list_url(row.price_list)) for row in prices],
        history=looks.entries(history.timeline(article)),
    )


@page(CHANGE)
def new(request: PageRequest) -> HttpResponse:
    """Return the form of a new article, or its page."""
    form = ArticleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        article = _saved(form)
        if article:
            text = _("%(code)s is there.") % {"code": article.code}
            return pages.done(request, text, looks.article_url(article))
    head = Head(
        _("New article"),
        crumbs=[Link(ArticleList.title, reverse("catalog:articles")), Link(_("New"))],
    )
    buttons = forms.Buttons(_("Save the article"), cancel=reverse("catalog:articles"))
    return forms.render(request, form, head, buttons)


@page(CHANGE)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of an article, or its page."""
    article = get_object_or_404(Article, pk=pk)
    form = ArticleForm(request.POST or None, instance=article)
    back = looks.article_url(article)
    head = Head(
        article.title,
        crumbs=[Link(ArticleList.title, reverse("catalog:articles")), Link(article.code, back)],
    )
    if request.method == "POST":
        conflict = form.conflict(who=lambda: looks.last_change(article))
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid() and _saved(form, get_object_or_404(Article, pk=pk)):
            return pages.done(request, _("Saved."), back)
    return forms.render(request, form, head, forms.Buttons(_("Save the article"), cancel=back))


def _saved(form: ArticleForm, article: Article | None = None) -> Article | None:
    try:
        return articles.save_article(article=article, **form.values())
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _languages() -> list[tuple[str, str]]:
    return [("it", _("In Italian")), ("fr", _("In French")), ("en", _("In English"))]
