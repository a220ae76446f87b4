"""Addresses of the sources' pages."""

from django.urls import path

from canone.channels.connectors.web import details, editing, listing, receiving

app_name = "connectors"
urlpatterns = [
    path("", listing.sources, name="list"),
    path("new/", editing.choose, name="new"),
    path("new/<slug:slug>/", editing.new, name="new_of"),
    path("new/<slug:slug>/try/", editing.try_new, name="try_new"),
    path("<int:pk>/", details.show, name="show"),
    path("<int:pk>/log/", listing.log, name="log"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/try/", editing.try_known, name="try"),
    path("<int:pk>/pull/", details.pull, name="pull"),
    path("<int:pk>/progress/", details.progress, name="progress"),
    path("<int:pk>/keys/", receiving.keys, name="keys"),
    path("<int:pk>/keys/end/", receiving.end_overlap, name="end_overlap"),
    path("<int:pk>/pause/", details.pause, name="pause"),
    path("<int:pk>/resume/", details.resume, name="resume"),
    path("<int:pk>/remove/", details.remove, name="remove"),
]
