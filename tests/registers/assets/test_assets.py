from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from tests.make import assets as make
from tests.make import parties

from canone.kernel.periods import ONE_DAY
from canone.registers.assets import queries
from canone.registers.assets.models import Asset, Reading
from canone.registers.assets.services import assets, readings

pytestmark = pytest.mark.django_db


def test_a_machine_stands_at_a_site_of_its_own_customer() -> None:
    owner, other = parties.party(), parties.party()
    there = parties.site(owner)
    assert make.asset(owner, site=there).site == there
    with pytest.raises(ValidationError) as caught:
        make.asset(other, site=there)
    assert set(caught.value.message_dict) == {"site"}
    found = make.asset(owner)
    assets.update(asset_id=found.pk, at=make.AT, by=None, name="Stampante")
    assert Asset.objects.get(pk=found.pk).history.count() == 2


def test_a_meter_does_not_run_backwards() -> None:
    meter = make.meter(opening=100)
    make.reading(meter, date(2026, 1, 31), 500)
    make.reading(meter, date(2026, 3, 31), 900)
    for day, value in ((date(2026, 2, 28), 499), (date(2026, 2, 28), 901), (date(2025, 1, 1), 99)):
        with pytest.raises(ValidationError):
            make.reading(meter, day, value)
    make.reading(meter, date(2026, 2, 28), 500)
    assert queries.readings([meter.pk])[meter.pk] == [
        (date(2026, 1, 31), 500),
        (date(2026, 2, 28), 500),
        (date(2026, 3, 31), 900),
    ]
    assert queries.openings([meter.pk]) == {meter.pk: 100}


def test_nothing_is_read_on_a_day_that_is_still_to_come() -> None:
    meter, today = make.meter(), make.AT.date()
    with pytest.raises(ValidationError) as caught:
        readings.record(meter_id=meter.pk, day=today + ONE_DAY, value=500, at=make.AT, by=None)
    assert set(caught.value.message_dict) == {"day"}
    make.reading(meter, today, 500)
    readings.begin(
        meter_id=meter.pk, day=today + ONE_DAY, value=600, source="imported", at=make.AT, by=None
    )
    assert Reading.objects.count() == 2


def test_a_second_reading_of_a_day_replaces_the_first() -> None:
    meter = make.meter()
    first = make.reading(meter, date(2026, 1, 31), 500)
    assert make.reading(meter, date(2026, 1, 31), 510).pk == first.pk
    assert Reading.objects.get().value == 510
    readings.remove(reading_id=first.pk, reason="misread", at=make.AT, by=None)
    assert not Reading.objects.exists()
    gone = Reading.history.first()
    assert gone is not None
    assert (gone.history_type, gone.history_change_reason) == ("-", "misread")
