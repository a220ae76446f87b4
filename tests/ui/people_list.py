"""A list over people, as a context would declare it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet

from canone.base.access.models import User
from canone.ui import lists
from canone.ui.heads import Action
from canone.ui.states import State

ACTIVE = State("done", "Active")
STOPPED = State("idle", "Stopped")


class PeopleTable(lists.Table):
    state = lists.StateColumn("State", lambda user: ACTIVE if user.is_active else STOPPED)
    name = lists.Name("Name", "name", sub=lambda user: user.email, link=lambda user: f"/{user.pk}")
    since = lists.Instant("Since", "date_joined")
    length = lists.Duration("Length", lambda user: len(user.name), sort=())


class PeopleFilters(lists.FilterSet):
    text = lists.TextFilter("Text", ["name", "email"])
    active = lists.YesFilter("Active", field="is_active", yes="active", no="stopped")
    after = lists.DayFilter("From", field="date_joined", first=True, instants=True)


class People(lists.List):
    key = "tests.people"
    title = "People"
    table = PeopleTable
    filters = PeopleFilters
    order = ("name",)
    file_name = "people"

    def rows(self) -> QuerySet[User]:
        return User.objects.all()

    def totals(self, rows: QuerySet[Any]) -> lists.Totals:
        found = rows.aggregate(count=Count("pk"))
        feet = [lists.Foot("Whole", {"length": 163}, count=found["count"], sum=True)]
        return lists.Totals(found["count"], feet)

    def bulk(self) -> Sequence[lists.Bulk]:
        return [lists.Bulk("Stop", "/stop/")]

    def bar(self, totals: lists.Totals) -> lists.Bar:
        return lists.Bar(f"{totals.count} people", "in the filter", [Action("Go", "/go/")])
