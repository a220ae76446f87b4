"""The addresses of the kit's own pages."""

from django.urls import path

from canone.ui.web import views

app_name = "ui"
urlpatterns = [
    path("search/", views.find, name="search"),
    path("keyboard/", views.keys, name="keys"),
    path("views/save/", views.view_save, name="view_save"),
    path("views/<int:pk>/forget/", views.view_forget, name="view_forget"),
]
