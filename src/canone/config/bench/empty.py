"""A Django that serves one page with nothing on it, to measure ours against."""

from __future__ import annotations

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path


def page(_request: HttpRequest) -> HttpResponse:
    """Return a page that holds nothing."""
    return HttpResponse()


urlpatterns = [path("", page)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost"], SECRET_KEY="none")  # noqa: S106 (it keeps nothing)
    import django

    django.setup()
application = WSGIHandler()
