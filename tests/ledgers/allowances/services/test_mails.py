import pytest
from tests.make import allowances as make
from tests.make import parties

from canone.base.firm.models import Firm
from canone.base.mail.models import OutgoingMail
from canone.base.mail.texts import shipped
from canone.ledgers.allowances.events import AllowanceLow
from canone.ledgers.allowances.models import Allowance
from canone.ledgers.allowances.services import mails

pytestmark = pytest.mark.django_db


def _warn(pool: Allowance, balance: int, threshold: str = "20%") -> dict[str, OutgoingMail]:
    event = AllowanceLow(pool.owner, pool.customer_id, balance, threshold, pool.pk)
    mails.warn(event, at=make.AT)
    return {mail.to: mail for mail in OutgoingMail.objects.all()}


def test_customer_and_firm_are_told_each_in_their_language() -> None:
    Firm.objects.update_or_create(
        pk=1, defaults={"name": "Lariotech", "email": "info@lariotech.example", "language": "it"}
    )
    customer = parties.party("Dupont SAS", language="fr", email="dupont@example.com")
    parties.contact(customer, email="paul@example.com", gets_statements=True, language="en")
    parties.contact(customer, email="tech@example.com", gets_statements=False)
    sent = _warn(make.pool(customer, title="Ore 2026"), 115)
    assert set(sent) == {"paul@example.com", "info@lariotech.example"}
    assert "1:55 hours left" in sent["paul@example.com"].subject
    text = sent["info@lariotech.example"].text
    assert "Dupont SAS" in text
    assert "20" in text
    assert "Lariotech" in text


@pytest.mark.parametrize(
    ("balance", "words"), [(0, "used up"), (-30, "over by 0:30 hours"), (60, "1:00 hours left")]
)
def test_the_subject_says_how_it_stands(balance: int, words: str) -> None:
    customer = parties.party(language="en", email="a@example.com")
    assert words in _warn(make.pool(customer), balance)["a@example.com"].subject


def test_an_address_that_is_none_stops_nobody_else() -> None:
    customer = parties.party()
    parties.contact(customer, email="nowhere", gets_statements=True)
    parties.contact(customer, email="a@example.com", gets_statements=True)
    assert set(_warn(make.pool(customer), 10)) == {"a@example.com"}


def test_nobody_is_told_where_there_is_no_address() -> None:
    Firm.objects.update(email="")
    assert _warn(make.pool(parties.party(email="")), 10) == {}


@pytest.mark.parametrize("language", ["it", "fr", "en"])
def test_the_text_is_there_in_every_language(language: str) -> None:
    source = shipped(mails.LOW, language)
    assert "{{ title }}" in source.subject
    assert "{{ customer }}" in source.body
