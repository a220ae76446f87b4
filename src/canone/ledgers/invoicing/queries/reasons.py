"""Why something is not billed, and what a difference is, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from canone.base.history.rules import canonical
from canone.kernel.money import Money
from canone.ledgers.invoicing.rules.differences import Due
from canone.ledgers.invoicing.rules.obstacles import Obstacle
from canone.ledgers.invoicing.rules.ports import LeftOut, Proposal
from canone.ui import formats, sentences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DIFFERENCE = "difference"
TEXTS: dict[Obstacle, StrOrPromise] = {
    Obstacle.BLOCKED: _("The customer is blocked. Unblock it on its page, or leave it out."),
    Obstacle.NO_CUSTOMER: _("The party is not a customer. Mark it as one on its page."),
    Obstacle.NO_ADDRESS: _("The customer has no address. Enter street and town of its office."),
    Obstacle.NO_IDENTITY: _(
        "The customer has neither VAT number nor tax code. Enter one on its page."
    ),
    Obstacle.NO_SIREN: _("The customer has no SIREN. Enter it on its page."),
    Obstacle.SPLIT_AND_WITHHOLDING: _(
        "Split payment and withholding exclude each other. Keep one of them."
    ),
    Obstacle.NO_VAT: _("No VAT is known for it. Choose the firm's ordinary VAT, or one for it."),
    Obstacle.VAT_ABROAD: _(
        "The customer is a business abroad. Choose its usual VAT: the place of the service decides."
    ),
    Obstacle.NO_NATURE: _(
        "Its VAT has neither rate nor nature. Complete it in the settings of the catalogue."
    ),
    Obstacle.NO_MANDATE: _(
        "It is collected by direct debit, and the customer has no mandate in force. Enter one, or "
        "choose another method."
    ),
    Obstacle.SEVERAL_MANDATES: _(
        "It is collected by direct debit, and the customer has several mandates in force. Name one "
        "in the contract, or revoke those that serve no more."
    ),
    Obstacle.MANDATE_UNKNOWN: _(
        "The mandate that is named is none of this customer's. Correct its reference, or enter it."
    ),
    Obstacle.MANDATE_UNSIGNED: _(
        "The mandate is signed only after this falls due. Correct its day, or name another."
    ),
    Obstacle.MANDATE_REVOKED: _(
        "The mandate is revoked by the day on which this falls due. Have a new one signed and name "
        "it, or choose another method."
    ),
    Obstacle.MANDATE_SPENT: _(
        "The mandate was for one debit only. Have one for recurrent debits signed and name it."
    ),
    Obstacle.MANDATE_LAPSED: _(
        "Nothing was collected with the mandate for 36 months: it has lapsed. Have a new one "
        "signed and name it."
    ),
    Obstacle.MOVED: _(
        "It was billed to another customer before. Credit that document, then it is billed anew."
    ),
    Obstacle.NEGATIVE: _("It is a reduction, and there is nothing to take it off yet."),
    Obstacle.UNTICKED: _("It was left out in the preview. The next run proposes it again."),
    Obstacle.NOTHING: _("It comes to nothing. It goes along with the next invoice."),
}


def told(code: str, kept: str) -> str:
    """Return why something is left out, in the reader's language."""
    known = TEXTS.get(Obstacle(code)) if code in TEXTS else None
    return sentences.tell(kept) if known is None else str(known)


def left_out(content: Proposal, why: Obstacle, amount: int | None = None) -> LeftOut:
    """Return the charge as one that is left out, with the reason in the reader's words."""
    return LeftOut(
        content.customer_id,
        why.value,
        str(TEXTS[why]),
        content.bundle,
        content.origin,
        content.description,
        content.amount_minor if amount is None else amount,
        content.kind,
        content.service_end,
        content.invoice_on,
    )


def difference(due: Due, language: str) -> Proposal:
    """Return the content of a difference with text and step that say so."""
    content, before = due.content, due.before or 0
    now = before + content.amount_minor
    with translation.override(language or translation.get_language()):
        if before < 0 <= now:  # a reduction whose charge was opened again stands alone
            text = now_("Difference: %(what)s (%(credited)s credited, %(now)s due)")
        elif now:
            text = now_("Difference: %(what)s (%(before)s billed, %(now)s due)")
        else:
            text = now_("Taken back: %(what)s (%(before)s billed)")
        told = text % {
            "what": content.description,
            "before": formats.money(Money(before)),
            "credited": formats.money(Money(-before)),
            "now": formats.money(Money(now)),
        }
    steps = [
        *json.loads(content.explanation or "[]"),
        {
            "amount": str(Money(content.amount_minor)),
            "before": str(Money(before)),
            "code": DIFFERENCE,
            "now": str(Money(now)),
        },
    ]
    return content._replace(description=told[:400], explanation=canonical(steps))
