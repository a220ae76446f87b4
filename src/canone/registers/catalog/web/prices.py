"""Price lists: list, page with its prices, forms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from canone.kernel.money import UnitPrice
from canone.registers.catalog.models import Article, Price, PriceList
from canone.registers.catalog.permissions import CHANGE, VIEW
from canone.registers.catalog.services import prices
from canone.registers.catalog.web import looks
from canone.ui import formats, forms, lists, pages, reading, zones
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page
from canone.ui.states import State


def _today() -> date:
    return timezone.now().astimezone(zones.zone()).date()


def list_state(row: PriceList) -> State:
    """Return whether a price list holds today."""
    day = _today()
    if not row.is_active:
        return looks.RETIRED
    if row.valid_from > day:
        return State("todo", _("Not yet valid"))
    if row.valid_until and row.valid_until <= day:
        return State("idle", _("Ended"))
    return State("done", _("Valid"))


class PriceLists(lists.Table):
    """One price list a row."""

    state = lists.StateColumn(gettext_lazy("State"), list_state, sort=("is_active",))
    name = lists.Name(
        gettext_lazy("Name"),
        "name",
        link=looks.list_url,
        beside=lambda row: _("usual") if row.is_default else "",
    )
    period = lists.Text(
        gettext_lazy("Valid"),
        lambda row: formats.period(row.valid_from, row.valid_until),
        sort=("valid_from",),
    )
    count = lists.Number(gettext_lazy("Prices"), "count", sort=("count",))


class PriceListList(lists.List):
    """All price lists."""

    key = "catalog.price_lists"
    title = gettext_lazy("Price lists")
    table, order, file_name = PriceLists, ("name",), "price-lists"

    def rows(self) -> QuerySet[Any]:
        """Return the price lists with the number of their prices."""
        return PriceList.objects.annotate(count=Count("prices"))

    def row_label(self, record: PriceList) -> str:
        """Return the list's name."""
        return record.name

    def actions(self) -> list[Action]:
        """Return the way to a new price list."""
        if not self.user.may(CHANGE):
            return []
        new = reverse("catalog:price_list_new")
        return [Action(_("New price list"), new, "plus", key="n", main=True)]

    def empty(self) -> lists.Empty:
        """Return the first step."""
        text = _("A price list says what articles cost, from which day on.")
        return lists.Empty(_("No price lists yet"), text, self.actions())


class PriceTable(lists.Table):
    """One price a row."""

    name = lists.Name(
        gettext_lazy("Article"),
        "article__title",
        link=lambda row: looks.article_url(row.article),
        sub=lambda row: row.article.code,
    )
    code = lists.Text(gettext_lazy("Code"), "article__code")
    unit = lists.Text(gettext_lazy("Unit"), "article__unit__code")
    since = lists.Date(gettext_lazy("Valid from"), "valid_from")
    price = lists.UnitPrice(gettext_lazy("Price"), "price")


class PriceFilters(lists.FilterSet):
    """By article and day."""

    text = lists.TextFilter(
        gettext_lazy("Text"),
        ["article__code", "article__title"],
        hint=gettext_lazy("code, description"),
    )
    start = lists.DayFilter(gettext_lazy("From"), field="valid_from", first=True)
    end = lists.DayFilter(gettext_lazy("To"), field="valid_from", first=False)


class PriceListPage(lists.List):
    """The prices of one list."""

    key = "catalog.prices"
    table, filters, order, file_name = (
        PriceTable,
        PriceFilters,
        ("article__code", "-valid_from"),
        "prices",
    )

    def __init__(self, request: PageRequest, price_list: PriceList, *more: Any) -> None:
        super().__init__(request, *more)
        self.price_list = price_list
        self.title = price_list.name
        self.crumbs = [Link(PriceListList.title, reverse("catalog:price_lists"))]

    def rows(self) -> QuerySet[Any]:
        """Return the prices with their articles."""
        return Price.objects.filter(price_list=self.price_list).select_related("article__unit")

    def row_label(self, record: Price) -> str:
        """Return the article's code."""
        return record.article.code

    def actions(self) -> list[Action]:
        """Return the ways to change the list and to add a price."""
        if not self.user.may(CHANGE):
            return []
        args = [self.price_list.pk]
        return [
            Action(_("Edit"), reverse("catalog:price_list_edit", args=args), "pencil", key="e"),
            Action(
                _("Set a price"),
                reverse("catalog:price_new", args=args),
                "plus",
                key="n",
                main=True,
            ),
        ]

    def head(self, totals: lists.Totals) -> Head:  # noqa: ARG002 (the kit's signature)
        """Return name, state and validity."""
        row = self.price_list
        return Head(
            row.name,
            crumbs=self.crumbs,
            state=list_state(row),
            remark=formats.period(row.valid_from, row.valid_until),
            actions=self.actions(),
        )

    def bulk(self) -> list[lists.Bulk]:
        """Return what can be done with chosen prices."""
        if not self.user.may(CHANGE):
            return []
        url = reverse("catalog:price_remove", args=[self.price_list.pk])
        return [lists.Bulk(_("Remove"), url, "trash")]

    def empty(self) -> lists.Empty:
        """Return the first step."""
        return lists.Empty(_("No prices in this list yet"), "", self.actions()[1:])


class PriceListForm(forms.ModelForm):
    """A price list; its last day is entered, the first day after is kept."""

    guard = True
    panels = [
        forms.Panel(gettext_lazy("Price list"), ["name"]),
        forms.Panel(gettext_lazy("Validity"), ["valid_from", "last_day"], columns=True),
        forms.Panel("", ["is_default", "is_active"]),
    ]
    valid_from = forms.DateField(label=gettext_lazy("From"))
    last_day = forms.DateField(label=gettext_lazy("Last day"), required=False)
    is_default = forms.SwitchField(label=gettext_lazy("Usual price list"))
    is_active = forms.SwitchField(label=gettext_lazy("In use"), initial=True)

    class Meta:
        model = PriceList
        fields = ["name", "valid_from", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        row = options.get("instance")
        if row:
            last = row.valid_until - timedelta(days=1) if row.valid_until else None
            options["initial"] = {"last_day": last, "is_default": row.is_default}
        super().__init__(*args, **options)
        if row and row.is_default:
            self.fields["is_default"].disabled = True
            self.fields["is_default"].help_text = _("Make another list the usual one instead.")

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("valid_from"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        last = data["last_day"]
        values = {name: data[name] for name in ("name", "valid_from", "is_active", "is_default")}
        return values | {"valid_until": last + timedelta(days=1) if last else None}


class PriceForm(forms.Form):
    """A price of an article from a day on."""

    article = forms.PickField(
        Article.objects.filter(is_active=True).order_by("code"),
        label=gettext_lazy("Article"),
        shown=lambda row: f"{row.code} · {row.title}",
    )
    price = forms.UnitPriceField(label=gettext_lazy("Price"), minimum=UnitPrice(0))
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("A price of the same day is replaced; earlier ones stay."),
    )


@page(VIEW)
def listing(request: PageRequest) -> HttpResponseBase:
    """Return the list of price lists."""
    return PriceListList(request).response()


@page(VIEW)
def show(request: PageRequest, pk: int) -> HttpResponseBase:
    """Return the prices of a list."""
    return PriceListPage(request, get_object_or_404(PriceList, pk=pk)).response()


@page(CHANGE)
def edit(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """Return the form of a price list, or its page after saving."""
    row = get_object_or_404(PriceList, pk=pk) if pk else None
    form = PriceListForm(request.POST or None, instance=row)
    back = looks.list_url(row) if row else reverse("catalog:price_lists")
    crumbs = [Link(PriceListList.title, reverse("catalog:price_lists"))]
    head = Head(row.name if row else _("New price list"), crumbs=crumbs)
    if request.method == "POST":
        conflict = form.conflict(who=lambda: looks.last_change(row)) if row else None
        if conflict:
            return forms.conflicted(request, form, conflict, head, reload=request.path)
        if form.is_valid():
            try:
                fresh = get_object_or_404(PriceList, pk=pk) if pk else None
                saved = prices.save_list(price_list=fresh, **form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return pages.done(request, _("Saved."), looks.list_url(saved))
    return forms.render(request, form, head, forms.Buttons(_("Save the list"), cancel=back))


@page(CHANGE)
def price(request: PageRequest, pk: int) -> HttpResponse:
    """Return the form of a price, or the list after saving."""
    row = get_object_or_404(PriceList, pk=pk)
    start = {"valid_from": max(row.valid_from, _today())}
    form = PriceForm(request.POST or None, initial=start)
    back = looks.list_url(row)
    head = Head(_("Set a price"), crumbs=[Link(row.name, back)])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        prices.set_price(price_list=row, **data)
        text = _("%(code)s costs %(price)s from %(day)s.") % {
            "code": data["article"].code,
            "price": formats.unit_price(data["price"]),
            "day": formats.date_of(data["valid_from"]),
        }
        return pages.done(request, text, back)
    return forms.render(request, form, head, forms.Buttons(_("Save the price"), cancel=back))


@require_POST
@page(CHANGE)
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Return to the list without the chosen prices."""
    row = get_object_or_404(PriceList, pk=pk)
    shown = PriceListPage(request, row, QueryDict(request.POST.get("filter", "").lstrip("?")))
    if request.POST.get("all") == "1":
        chosen = list(shown.filtered())
    else:
        chosen = list(shown.rows().filter(pk__in=reading.keys(request.POST.getlist("ids"))))
    prices.remove_prices(chosen=chosen)
    words = ngettext("%(count)s price removed.", "%(count)s prices removed.", len(chosen))
    return pages.done(request, words % {"count": len(chosen)}, looks.list_url(row))
