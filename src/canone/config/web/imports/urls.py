"""Addresses of the imports."""

from django.urls import path

from canone.config.web.imports import listing, steps

urlpatterns = [
    path("", listing.imports, name="imports"),
    path("new/", listing.new, name="import_new"),
    path("new/sessions/", listing.new, {"kind": "assistance.sessions"}, name="import_sessions"),
    path("new/machines/", listing.new, {"kind": "assets.machines"}, name="import_machines"),
    path("new/readings/", listing.new, {"kind": "assets.readings"}, name="import_readings"),
    path("new/balances/", listing.new, {"kind": "contracts.balances"}, name="import_balances"),
    path("new/numbers/", listing.new, {"kind": "invoicing.numbers"}, name="import_numbers"),
    path("new/articles/", listing.new, {"kind": "catalog.articles"}, name="import_articles"),
    path("new/parties/", listing.new, {"kind": "parties.parties"}, name="import_parties"),
    path("new/groups/", listing.new, {"kind": "parties.groups"}, name="import_groups"),
    path("new/mandates/", listing.new, {"kind": "parties.mandates"}, name="import_mandates"),
    path("new/contracts/", listing.new, {"kind": "contracts.contracts"}, name="import_contracts"),
    path("<int:pk>/columns/", steps.columns, name="import_columns"),
    path("<int:pk>/columns/preview/", steps.preview, name="import_preview"),
    path("<int:pk>/columns/file/", steps.look, name="import_look"),
    path("<int:pk>/check/", steps.check, name="import_check"),
    path("<int:pk>/check/again/", steps.recheck, name="import_recheck"),
    path("<int:pk>/progress/", steps.progress, name="import_progress"),
    path("<int:pk>/problems/", steps.problems, name="import_problems"),
    path("<int:pk>/write/", steps.write, name="import_write"),
    path("<int:pk>/", steps.result, name="import_result"),
    path("<int:pk>/undo/", steps.undo, name="import_undo"),
    path("<int:pk>/discard/", steps.discard, name="import_discard"),
]
