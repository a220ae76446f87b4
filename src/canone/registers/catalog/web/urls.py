"""Which address shows what."""

from django.urls import path

from canone.registers.catalog.web import articles, prices, profile_edit, profiles, rates

app_name = "catalog"
urlpatterns = [
    path("profiles/", profiles.listing, name="profiles"),
    path("profiles/new/", profile_edit.new, name="profile_new"),
    path("profiles/preview/", profile_edit.preview_new, name="profile_preview_new"),
    path("profiles/<int:pk>/", profiles.show, name="profile"),
    path("profiles/<int:pk>/edit/", profile_edit.edit, name="profile_edit"),
    path("profiles/<int:pk>/preview/", profile_edit.preview, name="profile_preview"),
    path("profiles/<int:pk>/copy/", profiles.duplicate, name="profile_copy"),
    path("profiles/<int:pk>/activate/", profiles.activate, name="profile_activate"),
    path("articles/", articles.listing, name="articles"),
    path("articles/new/", articles.new, name="article_new"),
    path("articles/<int:pk>/", articles.show, name="article"),
    path("articles/<int:pk>/edit/", articles.edit, name="article_edit"),
    path("vat/", rates.vat_listing, name="vat"),
    path("vat/new/", rates.vat_form, name="vat_new"),
    path("vat/usual/", rates.vat_provide, name="vat_provide"),
    path("vat/<int:pk>/", rates.vat_form, name="vat_edit"),
    path("units/", rates.unit_listing, name="units"),
    path("units/new/", rates.unit_form, name="unit_new"),
    path("units/<int:pk>/", rates.unit_form, name="unit_edit"),
    path("prices/", prices.listing, name="price_lists"),
    path("prices/new/", prices.edit, name="price_list_new"),
    path("prices/<int:pk>/", prices.show, name="price_list"),
    path("prices/<int:pk>/edit/", prices.edit, name="price_list_edit"),
    path("prices/<int:pk>/set/", prices.price, name="price_new"),
    path("prices/<int:pk>/remove/", prices.remove, name="price_remove"),
]
