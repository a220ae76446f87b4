from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.base.printing.test_printing import PNG
from tests.people import People, people

from canone.base.printing import queries, registry
from canone.base.printing.models import Letterhead, PrintTemplate

pytestmark = pytest.mark.django_db
KEY = "assistance/statement"


@pytest.fixture
def who(client: Client, settings: Any, tmp_path: Path) -> People:
    settings.DATA = tmp_path
    settings.FILES = tmp_path / "files"
    made = people()
    client.force_login(made.owner)
    return made


@pytest.mark.usefixtures("who")
def test_every_document_has_a_sample(client: Client) -> None:
    page = client.get(reverse("papers")).content.decode()
    for document in registry.all_documents():
        assert reverse("paper", args=[document.key]) in page
        sample = client.get(reverse("paper_sample", args=[document.key]))
        assert sample.content.startswith(b"%PDF")
        assert sample.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.usefixtures("who")
def test_a_template_is_replaced_and_restored(client: Client) -> None:
    url = reverse("paper", args=[KEY])
    source = queries.shipped()[KEY]
    assert client.get(url).context["form"].initial["source"] == source
    wrong = client.post(url, {"source": "#nonsense"})
    assert wrong.status_code == 422
    assert "nonsense" in str(wrong.context["form"].errors["source"])
    client.post(url, {"source": source.replace("\n", "\r\n") + "\nOwn words.\n"})
    assert PrintTemplate.objects.get().source.endswith("\nOwn words.\n")
    assert "\r" not in PrintTemplate.objects.get().source
    client.post(reverse("paper_restore", args=[KEY]))
    assert not PrintTemplate.objects.exists()


@pytest.mark.usefixtures("who")
def test_the_letterhead_takes_pictures_alone(client: Client) -> None:
    url = reverse("letterhead")
    for content, name in ((b"<svg/>", "a.svg"), (b"x", "a.png"), (PNG[:40], "b.png")):
        sent = {"footer": "x", "logo": SimpleUploadedFile(name, content)}
        assert client.post(url, sent).status_code == 422, name
    assert not Letterhead.objects.exists()
    client.post(url, {"footer": "Cap. soc.", "logo": SimpleUploadedFile("l.png", PNG)})
    assert Letterhead.objects.get().logo
    client.post(url, {"footer": "Altro"})
    assert Letterhead.objects.get().logo
    client.post(url, {"footer": "Altro", "remove": "on"})
    assert Letterhead.objects.get().logo is None


def test_only_owners_change_paper(client: Client, who: People) -> None:
    for user in (who.colleague, who.technician, who.customer):
        client.force_login(user)
        for name, args in (
            ("papers", []),
            ("paper", [KEY]),
            ("paper_sample", [KEY]),
            ("letterhead", []),
        ):
            assert client.get(reverse(name, args=args)).status_code == 404
    client.force_login(who.owner)
    assert client.get(reverse("paper", args=["no/such"])).status_code == 404
    assert client.get(reverse("paper_sample", args=["printing/letterhead"])).status_code == 404
