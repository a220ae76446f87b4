"""Reads of stored files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import QuerySet

from canone.base.files.models import StoredFile


def path(file: StoredFile) -> Path:
    """Return where the bytes lie."""
    return Path(settings.FILES) / file.key[:2] / file.key


def open_file(file: StoredFile) -> BinaryIO:
    """Return the bytes, open for reading; FileNotFoundError when they are gone."""
    return path(file).open("rb")


def of_owner(owner: str) -> QuerySet[StoredFile]:
    """Return the files of one record, newest first."""
    return StoredFile.objects.filter(owner=owner).order_by("-uploaded_at", "-id")
