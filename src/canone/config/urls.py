"""Which address shows what."""

from django.urls import URLPattern, URLResolver, include, path

from canone.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
]
