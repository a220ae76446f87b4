"""A contract as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from canone.base.files.rules import clean_name
from canone.base.printing import services as printing
from canone.desks.contracts.permissions import VIEW
from canone.desks.contracts.queries import papers
from canone.desks.contracts.web import shared
from canone.desks.contracts.web.detail import today
from canone.ui.pages import PageRequest, page


@page(VIEW)
def pdf(request: PageRequest, pk: int) -> HttpResponse:
    """Send the contract with its conditions, in its customer's language."""
    contract = shared.find_whole(request.user, pk)
    customer = contract.customer
    data = papers.data(contract, day=today())
    content = printing.pdf(papers.KEY, data, language=customer.language, at=timezone.now())
    answer = HttpResponse(content, content_type="application/pdf")
    name = clean_name(f"{contract.number} {customer.name[:80].strip()}.pdf")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
