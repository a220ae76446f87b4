"""Subject and body of a mail from its template: plain words put in, and nothing else.

The firm writes these texts, so they know two things: `{{ word }}`, and `{% if word %}` with `else`
and `endif`. The words are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.template import Context, Engine, TemplateSyntaxError
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe

from canone.base.mail.models import MailTemplate

_ENGINE = Engine(debug=False, libraries={})
_TAG = re.compile(
    r"\{\{ *(?P<word>[a-z_]+) *\}\}|\{% *(?:if (?P<condition>[a-z_]+)|else|endif) *%\}"
)


class TextError(Exception):
    """A text cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one mail in one language."""

    subject: str
    body: str


@cache
def shipped(key: str, language: str) -> Source:
    """Return the text that the context ships; LookupError when there is none."""
    label, _, name = key.partition("/")
    path = Path(apps.get_app_config(label).path) / "templates" / label / "mail"
    file = path / f"{name}.{language}.txt"
    if not file.exists():
        raise LookupError(f"no mail {key} in {language}")
    subject, _, body = file.read_text(encoding="utf-8").partition("\n")
    return Source(subject.strip(), body.strip() + "\n")


def source(key: str, language: str) -> Source:
    """Return the firm's text, or ours where it wrote none."""
    own = MailTemplate.objects.filter(key=key, language=language).first()
    return Source(own.subject, own.body) if own else shipped(key, language)


def fill(text: Source, words: Mapping[str, str]) -> Source:
    """Return the text with its words put in; raises TextError naming a word that is unknown."""
    plain = {name: str(value) for name, value in words.items()}
    return Source(" ".join(_fill(text.subject, plain).split()), _fill(text.body, plain))


def html(body: str, signature: str) -> str:
    """Return the body as a simple page: paragraphs, line ends and links, nothing of its own."""
    parts = [part for part in body.strip().split("\n\n") if part.strip()]
    inner = "".join(
        f"<p>{urlize(part.strip(), autoescape=True)}</p>".replace("\n", "<br>") for part in parts
    )
    return str(
        mark_safe(  # noqa: S308 (every part is escaped above)
            '<!doctype html><html><head><meta charset="utf-8"></head>'
            '<body style="font-family:sans-serif;line-height:1.5;color:#2a2622">'
            f'{inner}<p style="color:#6a625a">{escape(signature)}</p></body></html>'
        )
    )


def _fill(text: str, words: Mapping[str, str]) -> str:
    for tag in _TAG.finditer(text):
        name = tag["word"] or tag["condition"]
        if name and name not in words:
            raise TextError(tag[0])
    left = _TAG.sub("", text)
    for sign in ("{{", "}}", "{%", "%}", "{#"):
        if sign in left:
            place = left.index(sign)
            raise TextError(left[place : place + 40])
    try:
        return _ENGINE.from_string(text).render(Context(dict(words), autoescape=False))
    except TemplateSyntaxError as error:
        raise TextError(str(error)) from error
    except RecursionError as error:  # hundreds of conditions, one within the other
        raise TextError("{% if %}" * 3 + "…") from error
