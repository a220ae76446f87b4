"""What the search over everything finds among contracts."""

from __future__ import annotations

from collections.abc import Iterator

from canone.base.access.models import User
from canone.desks.contracts.queries import contracts as queries
from canone.desks.contracts.queries.contracts import Chosen
from canone.desks.contracts.web import detail, looks
from canone.ui.search import Hit

MOST = 8


def contracts(user: User, text: str) -> Iterator[Hit]:
    """Yield the contracts that hold every word of `text`."""
    day = detail.today()
    for contract in queries.for_list(user, Chosen(text=text))[:MOST]:
        words = f"{contract.number} · {contract.customer.name}"
        url = looks.contract_url(contract)
        yield Hit(contract.title or contract.number, url, words, looks.state(contract, day))
