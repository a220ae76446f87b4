"""A rule is written, changed, forgotten; a technician is matched with one click."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canone.desks.assistance import permissions
from canone.desks.assistance.models import RemoteSession
from canone.desks.assistance.queries import mapping
from canone.desks.assistance.queries.mapping import Kind, Rule
from canone.desks.assistance.services import mapping as services
from canone.desks.assistance.services import placing
from canone.desks.assistance.web import mapping as shown
from canone.desks.assistance.web.inbox import moved
from canone.registers.parties.models import Group
from canone.ui import forms, pages, timelines
from canone.ui.heads import Action, Head, Link
from canone.ui.pages import PageRequest, page


def rule_of(slug: str, pk: int) -> Rule:
    """Return the rule of an address, or 404."""
    kind = shown.kind_of(slug)
    near = "technician" if kind == Kind.TECHNICIAN else "group"
    manager: Any = mapping.MODELS[kind]._default_manager  # noqa: SLF001 (three models, one word)
    rule: Rule | None = manager.select_related(near, "created_by").filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def crumbs(kind: Kind) -> list[Link]:
    """Return the way back to the rules of a kind."""
    home = Link(now_("Mapping rules"), reverse("assistance:rules"))
    return [home, Link(shown.TITLES[kind], shown.rules_url(kind))]


class TargetForm(forms.Form):
    """To whom a rule gives its sessions: a group, or a user."""

    panels = [forms.Panel("", ["target"])]
    target = forms.PickField(
        queryset=Group.objects.none(), shown=lambda row: row.name, label=_("Group (customer)")
    )

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["target"]
        if kind == Kind.TECHNICIAN:
            field.queryset, field.label = shown.people(), _("Technician")
        else:
            field.queryset = Group.objects.filter(is_active=True).order_by("name")


class RuleForm(TargetForm):
    """A rule that no session has taught yet."""

    panels = [forms.Panel("", ["source", "key", "target"])]
    source = django_forms.ChoiceField(label=_("Source"))
    key = django_forms.CharField(label=_("Key in the tool"), max_length=160)
    field_order = ("source", "key", "target")

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, kind=kind, **options)
        known = RemoteSession.objects.order_by("source").values_list("source", flat=True)
        listed = [name for name in known.distinct() if name != "manual"]
        self.fields["source"].choices = [(name, name) for name in listed]  # type: ignore[attr-defined]
        self.fields["key"].label = KEYS[kind]
        self.fields["key"].help_text = HELP[kind]


KEYS = {
    Kind.DEVICE: _("Number or name of the computer"),
    Kind.GROUP: _("Name of the group in the tool"),
    Kind.TECHNICIAN: _("Mail address, alias or number of the client"),
}
HELP = {
    Kind.DEVICE: _("As the sessions of this source carry it."),
    Kind.GROUP: _("Capitals make no difference."),
    Kind.TECHNICIAN: _("What the tool tells of its technician. Capitals make no difference."),
}


@page(permissions.ASSIGN)
def new(request: PageRequest, slug: str) -> HttpResponseBase:
    """Ask for source, key and target, and learn the rule."""
    kind = shown.kind_of(slug)
    first = {"source": request.GET.get("source"), "key": request.GET.get("key")}
    form = RuleForm(request.POST or None, kind=kind, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            rule = services.learn(
                kind=kind,
                source=data["source"],
                key=data["key"],
                target_id=data["target"].pk,
                by=request.user.pk,
                at=timezone.now(),
                replace=False,
            )
        except services.KnownError:
            form.add_error("key", now_("There is a rule for this already: change that one."))
        else:
            return _saved(request, rule)
    head = Head(now_("New rule"), crumbs=crumbs(kind))
    return forms.render(request, form, head, forms.Buttons(_("Save"), cancel=shown.rules_url(kind)))


@page(permissions.ASSIGN)
def edit(request: PageRequest, slug: str, pk: int) -> HttpResponseBase:
    """Ask for another target; below stands what happened to the rule."""
    rule = rule_of(slug, pk)
    kind = mapping.kind_of(rule)
    current = getattr(rule, "technician_id" if kind == Kind.TECHNICIAN else "group_id")
    form = TargetForm(request.POST or None, kind=kind, initial={"target": current})
    if request.method == "POST" and form.is_valid():
        rule = services.revise(
            rule=rule,
            target_id=form.cleaned_data["target"].pk,
            by=request.user.pk,
            at=timezone.now(),
        )
        return _saved(request, rule)
    remove = Action(_("Forget the rule"), shown.url("rule_remove", rule), "trash", post=True)
    past = Action(_("Apply to the past"), shown.url("rule_past", rule), "history")
    head = Head(
        mapping.name_of(rule),
        crumbs=crumbs(kind),
        subtitle=f"{rule.source} · {mapping.key_of(rule)}",
        actions=[past, remove],
    )
    return forms.render(
        request,
        form,
        head,
        forms.Buttons(_("Save"), cancel=shown.rules_url(kind)),
        "assistance/rule.html",
        history=timelines.of(rule),
    )


def _saved(request: PageRequest, rule: Rule) -> HttpResponseBase:
    """Go to what the rule would change in the past, where that is anything."""
    waiting = mapping.touched(rule, user=request.user, elsewhere=True).exists()
    if waiting:
        text = now_("Saved. It holds from now on; below is what it would change in the past.")
        return pages.done(request, text, shown.url("rule_past", rule))
    text = now_("Saved. It holds from now on.")
    return pages.done(request, text, shown.rules_url(mapping.kind_of(rule)))


@require_POST
@page(permissions.ASSIGN)
def remove(request: PageRequest, slug: str, pk: int) -> HttpResponseBase:
    """Forget the rule; what it placed stays."""
    rule = rule_of(slug, pk)
    kind, name = mapping.kind_of(rule), mapping.name_of(rule)
    services.forget(rule=rule)
    text = now_("%(name)s was forgotten. Sessions that it placed stay where they are.")
    return pages.done(request, text % {"name": name}, shown.rules_url(kind))


@require_POST
@page(permissions.ASSIGN)
def match(request: PageRequest) -> HttpResponseBase:
    """Learn who a technician of a tool is, and give them their sessions."""
    back = shown.rules_url(Kind.TECHNICIAN)
    person = shown.people().filter(pk=_number(request.POST.get("technician"))).first()
    key = request.POST.get("key", "").strip()[:160]
    source = request.POST.get("source", "")[:80]
    if person is None or not key or not source:
        text = now_("Choose the technician first. Nothing was matched.")
        return pages.refused(request, text, back)
    past = request.POST.get("past") == "1"
    try:
        rule, count = placing.match(
            source=source,
            key=key,
            name=request.POST.get("name", ""),
            technician_id=person.pk,
            past=past,
            user=request.user,
            at=timezone.now(),
        )
    except placing.MovedError:
        return pages.refused(request, moved(), back)
    if not past:
        text = now_("%(name)s is %(technician)s from now on.")
        shown_ = {"name": mapping.name_of(rule), "technician": person.name}
        return pages.done(request, text % shown_, back)
    text = ngettext(
        "%(name)s is %(technician)s: %(count)s session has its technician now.",
        "%(name)s is %(technician)s: %(count)s sessions have their technician now.",
        count,
    )
    words = {"name": mapping.name_of(rule), "technician": person.name, "count": count}
    return pages.done(request, text % words, back)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0
