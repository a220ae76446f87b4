"""The addresses of charges."""

from django.urls import path

from canone.ledgers.invoicing.web import charges, lists, panel, papers

app_name = "invoicing"
urlpatterns = [
    path("to-invoice/", lists.to_invoice, name="open"),
    path("charges/", lists.charges, name="charges"),
    path("charges/new/", charges.new, name="new"),
    path("charges/new/preview/", charges.preview, name="preview"),
    path("charges/reverse/", charges.reverse, name="reverse"),
    path("charges/<int:pk>/", charges.charge, name="charge"),
    path("documents/<int:pk>/pdf/", papers.pdf, name="pdf"),
    path("customers/<int:pk>/", panel.of_customer, name="of_customer"),
]
