"""The desk's addresses."""

from django.urls import path

from canone.desks.assistance.web import (
    assignments,
    detail,
    editing,
    hours,
    inbox,
    panels,
    runs,
    sessions,
    splitting,
    statement,
)

app_name = "assistance"
urlpatterns = [
    path("", sessions.listing_page, name="list"),
    path("aside/", sessions.aside_panel, name="aside"),
    path("account/", runs.account_all, name="account_all"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("manual/", detail.manual, name="manual"),
    path("statement/", statement.statement, name="statement"),
    path("inbox/", inbox.listing, name="inbox"),
    path("inbox/assign/", inbox.assign, name="inbox_assign"),
    path("assignments/", assignments.listing, name="assignments"),
    path("assignments/new/", assignments.assign, name="assign"),
    path("assignments/<int:pk>/end/", assignments.end, name="assignment_end"),
    path("hours/<int:tariff_id>/top-up/", hours.top_up, name="top_up"),
    path("hours/entries/<int:entry_id>/take-back/", hours.take_back, name="take_back"),
    path("customers/<int:pk>/", panels.of_customer, name="of_customer"),
    path("profiles/<int:pk>/", panels.of_profile, name="of_profile"),
    path("<int:pk>/", detail.show, name="session"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/account/", editing.account, name="account"),
    path("<int:pk>/include/", editing.include, name="include"),
    path("<int:pk>/take-apart/", splitting.take_apart, name="take_apart"),
    path("<int:pk>/put-together/", splitting.put_together, name="put_together"),
    path("<int:pk>/close/", detail.close, name="close"),
    path("<int:pk>/undo/", detail.undo, name="undo"),
]
