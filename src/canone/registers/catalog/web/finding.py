"""What the search finds of the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from canone.base.access.models import User
from canone.registers.catalog.models import Article, Tariff
from canone.registers.catalog.web import looks
from canone.ui.search import Hit

MOST = 8


def profiles(_user: User, text: str) -> Iterator[Hit]:
    """Yield the profiles whose name holds every word."""
    found = Tariff.objects.all()
    for word in text.split()[:8]:
        found = found.filter(name__icontains=word)
    for row in found.order_by("-is_active", "name")[:MOST]:
        yield Hit(row.name, looks.profile_url(row), row.get_kind_display(), looks.active(row))


def articles(_user: User, text: str) -> Iterator[Hit]:
    """Yield the articles whose code or description holds every word."""
    found = Article.objects.all()
    for word in text.split()[:8]:
        found = found.filter(Q(code__icontains=word) | Q(title__icontains=word))
    for row in found.order_by("-is_active", "code")[:MOST]:
        yield Hit(row.title, looks.article_url(row), row.code, looks.active(row))
