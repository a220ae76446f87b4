"""Reading pages in tests: elements by simple selectors, and their words."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from lxml import html

STEP = re.compile(r"(?P<tag>[a-z0-9]*)(?P<rest>(?:[.#][\w-]+|\[[^\]]+\])*)$")
PART = re.compile(r"\.([\w-]+)|#([\w-]+)|\[([\w-]+)(?:=([^\]]*))?\]")


class Page:
    """A page, or a part of it."""

    def __init__(self, element: Any) -> None:
        self.element = element

    @property
    def text(self) -> str:
        """Its words, with single blanks."""
        return " ".join(" ".join(self.element.itertext()).split())

    def __getitem__(self, name: str) -> str:
        return str(self.element.attrib[name])

    def all(self, selector: str) -> list[Page]:
        """Return what a selector finds, such as `tbody a.cn-b[href="/x/"]`, `>` for a child."""
        found = self.element.xpath(_path(selector))
        return [Page(one) for one in found]

    def one(self, selector: str) -> Page:
        """Return the only element that a selector finds."""
        (found,) = self.all(selector)
        return found


def get(client: Client, url: str) -> Page:
    """Return the page of an address."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url} answered {answer.status_code}"
    return Page(html.fromstring(answer.content))


def _path(selector: str) -> str:
    path, way = ".", "//"
    for step in selector.split():
        if step == ">":
            way = "/"
            continue
        matched = STEP.match(step)
        assert matched, selector
        path += way + (matched["tag"] or "*")
        for css, key, name, value in PART.findall(matched["rest"]):
            if css:
                path += f"[contains(concat(' ', normalize-space(@class), ' '), ' {css} ')]"
            elif key:
                path += f"[@id='{key}']"
            else:
                wanted = value.strip("\"'")
                path += f"[@{name}='{wanted}']" if wanted else f"[@{name}]"
        way = "//"
    return path
