"""The addresses of the kit's own pages."""

from django.urls import path

from canone.ui.web import jobs, views

app_name = "ui"
urlpatterns = [
    path("search/", views.find, name="search"),
    path("keyboard/", views.keys, name="keys"),
    path("jobs/", jobs.listing, name="jobs"),
    path("jobs/<int:pk>/", jobs.show, name="job"),
    path("jobs/<int:pk>/progress/", jobs.bar, name="job_progress"),
    path("jobs/<int:pk>/stop/", jobs.stop, name="job_stop"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="job_retry"),
    path("views/save/", views.view_save, name="view_save"),
    path("views/<int:pk>/forget/", views.view_forget, name="view_forget"),
]
