"""How far each series has come."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    """The last number given in one series and year."""

    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField(default=0)
    day = models.DateField(null=True)
    begun_after = models.PositiveBigIntegerField(null=True)
    """The last number given elsewhere; while it is the last of all, it can be corrected."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["series", "year"], name="numbering_counter_once"),
        )
