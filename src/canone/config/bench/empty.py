"""The least that Django serves: one page of a line, without session, database or template."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("CANONE_SECRET_KEY") or "nobody signs in here",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)


def page(_request: HttpRequest) -> HttpResponse:
    """Return a page with nothing on it but a word."""
    return HttpResponse("<!doctype html><title>Empty</title><p>Empty.</p>")


urlpatterns = [path("", page)]
application = get_wsgi_application()
