"""Addresses of the webhooks' pages."""

from django.urls import path

from canone.channels.webhooks.web import details, editing, listing

app_name = "webhooks"
urlpatterns = [
    path("", listing.hooks, name="list"),
    path("new/", editing.new, name="new"),
    path("<int:pk>/", details.show, name="show"),
    path("<int:pk>/log/", listing.log, name="log"),
    path("<int:pk>/log/again/", listing.again, name="again"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/secret/", editing.secret, name="secret"),
    path("<int:pk>/period/", editing.period, name="period"),
    path("<int:pk>/test/", details.test, name="test"),
    path("<int:pk>/on/", details.switch_on, name="switch_on"),
    path("<int:pk>/off/", details.switch_off, name="switch_off"),
    path("<int:pk>/withdraw/", details.withdraw_all, name="withdraw_all"),
    path("<int:pk>/remove/", details.remove, name="remove"),
    path("<int:pk>/log/<int:delivery_id>/", details.delivery, name="delivery"),
    path("<int:pk>/log/<int:delivery_id>/attempts/", details.attempts, name="attempts"),
    path("<int:pk>/log/<int:delivery_id>/again/", details.again_one, name="again_one"),
    path("<int:pk>/log/<int:delivery_id>/withdraw/", details.withdraw, name="withdraw"),
]
