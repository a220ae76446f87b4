"""Which address shows what."""

from django.urls import URLPattern, URLResolver, include, path

from canone.config import health
from canone.config.web import start

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("", include("canone.ui.web.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("canone.config.api")),
]
