"""Which address shows what."""

from django.urls import URLPattern, URLResolver, include, path

from canone.config import health
from canone.config.web import (
    api,
    backups,
    firm,
    letters,
    own,
    papers,
    people,
    start,
    tokens,
    undelivered,
)
from canone.config.web.imports import urls as imports

handler400 = "canone.ui.errors.bad_request"
handler403 = "canone.ui.errors.forbidden"
handler404 = "canone.ui.errors.not_found"
handler500 = "canone.ui.errors.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("me/", own.own, name="own"),
    path("me/tokens/", tokens.tokens, name="tokens"),
    path("me/tokens/new/", tokens.new, name="token_new"),
    path("me/tokens/take-back/", tokens.revoke, name="token_revoke"),
    path("settings/backups/", backups.backups, name="backups"),
    path("settings/backups/now/", backups.now, name="backup_now"),
    path("settings/backups/plan/", backups.plan, name="backup_plan"),
    path("settings/backups/<int:pk>/file/", backups.file, name="backup_file"),
    path("settings/undelivered/", undelivered.undelivered, name="undelivered"),
    path("settings/undelivered/again/", undelivered.retry, name="undelivered_retry"),
    path("help/api/", api.show, name="api_page"),
    path("settings/firm/", firm.firm, name="firm"),
    path("settings/users/", people.people, name="people"),
    path("settings/users/new/", people.new, name="person_new"),
    path("settings/users/<int:pk>/", people.person, name="person"),
    path("settings/users/<int:pk>/edit/", people.edit, name="person_edit"),
    path("settings/users/<int:pk>/functions/", people.switch, name="person_switch"),
    path("settings/users/<int:pk>/link/", people.invite, name="person_invite"),
    path("settings/users/<int:pk>/turn/", people.turn, name="person_turn"),
    path("imports/", include(imports)),
    path("settings/mail/", letters.mails, name="mails"),
    path("settings/mail/<int:pk>/", letters.mail, name="mail"),
    path("settings/mail/<int:pk>/retry/", letters.mail_retry, name="mail_retry"),
    path("settings/mail/<int:pk>/withdraw/", letters.mail_withdraw, name="mail_withdraw"),
    path("settings/texts/", letters.mail_texts, name="mail_texts"),
    path(
        "settings/texts/<path:key>/<str:language>/preview/",
        letters.mail_text_preview,
        name="mail_text_preview",
    ),
    path(
        "settings/texts/<path:key>/<str:language>/restore/",
        letters.mail_text_restore,
        name="mail_text_restore",
    ),
    path("settings/texts/<path:key>/<str:language>/", letters.mail_text, name="mail_text"),
    path("settings/documents/", papers.papers, name="papers"),
    path("settings/letterhead/", papers.letterhead, name="letterhead"),
    path("settings/documents/<path:key>/sample/", papers.paper_sample, name="paper_sample"),
    path("settings/documents/<path:key>/restore/", papers.paper_restore, name="paper_restore"),
    path("settings/documents/<path:key>/", papers.paper, name="paper"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("canone.ui.web.urls")),
    path("customers/", include("canone.registers.parties.web.urls")),
    path("catalog/", include("canone.registers.catalog.web.urls")),
    path("sessions/", include("canone.desks.assistance.web.urls")),
    path("sources/", include("canone.channels.connectors.web.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("prepaid-hours/", include("canone.ledgers.allowances.web.urls")),
    path("invoicing/", include("canone.ledgers.invoicing.web.urls")),
    path("api/v1/", include("canone.config.api")),
]
