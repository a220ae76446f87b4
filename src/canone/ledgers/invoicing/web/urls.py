"""The addresses of charges."""

from django.urls import path

from canone.ledgers.invoicing.web import (
    charges,
    credit_notes,
    document,
    documents,
    drafts,
    lists,
    mailing,
    panel,
    papers,
    run,
    runs,
)

app_name = "invoicing"
urlpatterns = [
    path("to-invoice/", lists.to_invoice, name="open"),
    path("charges/", lists.charges, name="charges"),
    path("charges/new/", charges.new, name="new"),
    path("charges/new/preview/", charges.preview, name="preview"),
    path("charges/reverse/", charges.reverse, name="reverse"),
    path("charges/<int:pk>/", charges.charge, name="charge"),
    path("runs/", run.runs, name="runs"),
    path("runs/new/", runs.choose, name="run_new"),
    path("runs/preview/", runs.preview, name="run_preview"),
    path("runs/tick/", runs.tick, name="run_tick"),
    path("runs/start/", runs.start, name="run_start"),
    path("runs/<int:pk>/", run.show, name="run"),
    path("runs/<int:pk>/resume/", run.resume, name="run_resume"),
    path("runs/<int:pk>/documents/", run.documents, name="run_documents"),
    path("runs/<int:pk>/left-out/", run.left_out, name="run_left_out"),
    path("documents/", documents.documents, name="documents"),
    path("documents/new/", drafts.new, name="draft_new"),
    path("documents/preview/", drafts.preview, name="draft_preview"),
    path("documents/charges/", drafts.charges, name="draft_charges"),
    path("documents/<int:pk>/", document.show, name="document"),
    path("documents/<int:pk>/edit/", drafts.edit, name="draft_edit"),
    path("documents/<int:pk>/issue/", drafts.issue, name="draft_issue"),
    path("documents/<int:pk>/delete/", drafts.discard, name="draft_discard"),
    path("documents/<int:pk>/invoice/", drafts.turn, name="draft_turn"),
    path("documents/<int:pk>/correct/", drafts.correct, name="draft_correct"),
    path("documents/<int:pk>/replace/", drafts.replace, name="draft_replace"),
    path("documents/<int:pk>/credit/", credit_notes.credit, name="credit"),
    path("documents/<int:pk>/pdf/", papers.pdf, name="pdf"),
    path("documents/<int:pk>/mail/", mailing.send, name="mail"),
    path("documents/<int:pk>/mail/again/", mailing.again, name="mail_again"),
    path("customers/<int:pk>/", panel.of_customer, name="of_customer"),
]
