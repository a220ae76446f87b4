"""Which address shows what."""

from django.urls import path

from canone.desks.contracts.web import (
    active,
    analysis,
    detail,
    editing,
    habits,
    lines,
    lists,
    panel,
    papers,
)

app_name = "contracts"
urlpatterns = [
    path("", lists.listing, name="list"),
    path("active/", active.listing, name="active"),
    path("analysis/", analysis.show, name="analysis"),
    path("habits/", habits.show, name="habits"),
    path("new/", editing.new, name="new"),
    path("<int:pk>/", detail.show, name="detail"),
    path("<int:pk>/register/", detail.register, name="register"),
    path("<int:pk>/print/", papers.pdf, name="print"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/cancel/", editing.cancel, name="cancel"),
    path("<int:pk>/suspend/", editing.suspend, name="suspend"),
    path("<int:pk>/resume/", editing.resume, name="resume"),
    path("<int:pk>/copy/", editing.copy, name="copy"),
    path("<int:pk>/lines/new/", lines.new, name="line_new"),
    path("<int:pk>/lines/preview/", lines.preview, name="line_preview"),
    path("customers/<int:pk>/", panel.of_customer, name="of_customer"),
    path("lines/<int:pk>/edit/", lines.edit, name="line_edit"),
    path("lines/<int:pk>/revise/", lines.revise, name="line_revise"),
    path("lines/<int:pk>/end/", lines.end, name="line_end"),
]
