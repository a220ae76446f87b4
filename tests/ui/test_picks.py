from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation
from tests import people

from canone.base.access.models import User
from canone.ui import forms, picks

pytestmark = pytest.mark.django_db


def _find(rows: QuerySet[User], text: str) -> QuerySet[User]:
    return rows.filter(name__icontains=text)


class Chosen(forms.Form):
    who = forms.SearchField(
        User.objects.order_by("name"), url_name="start", find=_find, shown=lambda user: user.name
    )


def _sent(query: str) -> Chosen:
    return Chosen(QueryDict(query))


def test_the_chosen_row_is_taken() -> None:
    folk = people.people()
    form = _sent(f"who={folk.owner.pk}")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["who"] == folk.owner
    assert 'value="Olga Conti"' in form.render()


def test_without_scripts_the_text_decides() -> None:
    folk = people.people()
    form = _sent(f"who={folk.owner.pk}&who_typed=carla")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["who"] == folk.colleague


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("who_typed=i", "More than one fits"),
        ("who_typed=zzz", "Nothing fits"),
        ("who=999", "Nothing fits"),
        ("who=", "This field is required"),
        ("who=x%27", "Nothing fits"),
    ],
)
def test_what_cannot_be_taken_is_told(query: str, words: str) -> None:
    people.people()
    with translation.override("en"):
        assert words in _sent(query).errors["who"][0]


def test_the_list_is_short_and_says_so(rf: RequestFactory) -> None:
    for number in range(20):
        User.objects.create_user(f"{number}@example.com", name=f"Ugo {number}")
    request: Any = rf.get("/", {"q": "ugo"})
    with translation.override("en"):
        page = picks.answer(request, User.objects.order_by("pk"), _find).content.decode()
    assert page.count("data-value") == picks.MOST
    assert "There are more" in page
