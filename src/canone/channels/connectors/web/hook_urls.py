"""Public addresses of those who send sessions by themselves."""

from django.urls import path

from canone.channels.connectors.web import hooks

app_name = "hooks"
urlpatterns = [
    path("<int:pk>/", hooks.webhook, name="webhook"),
    path("<int:pk>/<str:key>/api/<path:call>", hooks.rustdesk, name="rustdesk_hook"),
]
