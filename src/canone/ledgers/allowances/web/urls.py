"""The addresses of prepaid hours."""

from django.urls import path

from canone.ledgers.allowances.web import lists, movements, panel, set_up

app_name = "allowances"
urlpatterns = [
    path("", lists.pools, name="list"),
    path("<int:pk>/", movements.pool, name="pool"),
    path("<int:pk>/set-up/", set_up.set_up, name="set_up"),
    path("movements/<int:pk>/reverse/", movements.reverse_entry, name="reverse"),
    path("customers/<int:pk>/", panel.of_customer, name="of_customer"),
]
