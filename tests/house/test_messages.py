"""Every message is said in Italian and French, whole, and by all contexts in one way."""

from pathlib import Path

import pytest
from django.utils import translation
from tools import messages


def test_every_message_is_translated() -> None:
    assert messages.check() == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "Save" %}', [("Save",)]),
        ("{% blocktranslate trimmed %}\n a {{ b }}\n{% endblocktranslate %}", [("a %(b)s",)]),
        (
            "{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}",
            [("one", "%(n)s many")],
        ),
        ('{{ value|default:_("none") }}', [("none",)]),
    ],
)
def test_messages_of_templates_are_found(
    source: str, expected: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(source)
    assert [found.ids for found in messages._of_template(page)] == expected


def test_messages_of_python_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    code = tmp_path / "code.py"
    code.write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext as p\n"
        '_("Not " "saved")\nngettext("%(n)s row", "%(n)s rows", n)\np("menu", "Open")\n_(name)\n'
    )
    found = [(one.ids, one.context) for one in messages._of_python(code)]
    assert found == [
        (("Not saved",), None),
        (("%(n)s row", "%(n)s rows"), None),
        (("Open",), "menu"),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Non enregistré\u202f: 2 champs", False),
        ("Non enregistré : 2 champs", True),
        ("Non enregistré: 2 champs", True),
        ("Vraiment\u202f?", False),
        ("Vraiment ?", True),
        ("«\u202fmot\u202f»", False),
        ("« mot »", True),
        ("à 11:42", False),
    ],
)
def test_french_punctuation_is_checked(text: str, wrong: bool) -> None:
    assert bool(messages.FRENCH.search(text)) is wrong


def test_what_the_catalogs_say_reaches_the_pages() -> None:
    for language, word in (("it", "Salva"), ("fr", "Enregistrer"), ("en", "Save")):
        with translation.override(language):
            assert translation.gettext("Save") == word
