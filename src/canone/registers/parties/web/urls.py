"""The addresses of customers and suppliers."""

from django.urls import path

from canone.registers.parties.web import (
    detail,
    duplicates,
    edit,
    finding,
    lists,
    logins,
    parts,
    settings,
)

app_name = "parties"
urlpatterns = [
    path("", lists.parties, name="list"),
    path("new/", edit.create, name="create"),
    path("pick/", finding.pick, name="pick"),
    path("groups/", lists.groups, name="groups"),
    path("groups/new/", parts.group_new, name="group_new"),
    path("groups/<int:pk>/", parts.group_edit, name="group_edit"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/apart/", duplicates.apart, name="apart"),
    path("twins/", edit.twins, name="twins"),
    path("zones/", settings.zones, name="zones"),
    path("zones/new/", settings.zone_new, name="zone_new"),
    path("zones/<int:pk>/", settings.zone_edit, name="zone_edit"),
    path("payment-terms/", settings.terms, name="terms"),
    path("payment-terms/new/", settings.terms_new, name="terms_new"),
    path("payment-terms/<int:pk>/", settings.terms_edit, name="terms_edit"),
    path("sites/<int:pk>/", parts.site_edit, name="site_edit"),
    path("contacts/<int:pk>/", parts.contact_edit, name="contact_edit"),
    path("documents/<int:pk>/", parts.document, name="document"),
    path("documents/<int:pk>/remove/", parts.document_remove, name="document_remove"),
    path("<int:pk>/", detail.register, name="detail"),
    path("<int:pk>/edit/", edit.edit, name="edit"),
    path("<int:pk>/twins/", edit.twins, name="twins_of"),
    path("<int:pk>/activate/", edit.activate, name="activate"),
    path("<int:pk>/block/", edit.block, name="block"),
    path("<int:pk>/unblock/", edit.unblock, name="unblock"),
    path("<int:pk>/sites/", detail.sites, name="sites"),
    path("<int:pk>/sites/new/", parts.site_new, name="site_new"),
    path("<int:pk>/contacts/", detail.contacts, name="contacts"),
    path("<int:pk>/contacts/new/", parts.contact_new, name="contact_new"),
    path("<int:pk>/groups/", detail.groups, name="groups_of"),
    path("<int:pk>/groups/new/", parts.group_add, name="group_add"),
    path("<int:pk>/documents/", parts.documents, name="documents"),
    path("<int:pk>/logins/", logins.logins, name="logins"),
    path("<int:pk>/logins/withdraw/", logins.withdraw, name="login_withdraw"),
    path("<int:pk>/history/", detail.history, name="history"),
]
