"""Documents as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header

from canone.ledgers.invoicing import permissions
from canone.ledgers.invoicing.models import Document
from canone.ledgers.invoicing.services import papers
from canone.ui.pages import PageRequest, page


@page(permissions.VIEW)
def pdf(request: PageRequest, pk: int) -> HttpResponse:
    """Send a document as PDF; a customer gets what was issued to them and nothing else."""
    row = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    content = papers.pdf(row.pk, at=timezone.now())
    answer = HttpResponse(content, content_type="application/pdf")
    name = papers.file_name(row)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
