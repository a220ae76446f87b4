"""Which address shows what."""

from django.urls import path

from canone.registers.assets.web import detail, editing, lists

app_name = "assets"
urlpatterns = [
    path("", lists.assets, name="list"),
    path("new/", editing.asset, name="new"),
    path("readings/", lists.readings, name="readings"),
    path("readings/<int:pk>/remove/", editing.reading_remove, name="reading_remove"),
    path("meters/<int:pk>/edit/", editing.meter_edit, name="meter_edit"),
    path("customers/<int:pk>/", detail.of_customer, name="of_customer"),
    path("<int:pk>/", detail.show, name="detail"),
    path("<int:pk>/edit/", editing.asset, name="edit"),
    path("<int:pk>/meters/new/", editing.meter_new, name="meter_new"),
    path("<int:pk>/read/", editing.read, name="read"),
]
