"""Notes are called remarks from now on, so that whoever asks for notes fails."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from canone.registers.parties import migrations as before

LAST = max(path.stem for path in Path(before.__path__[0]).glob("0*.py"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("parties", LAST)]
    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE parties_party RENAME COLUMN notes TO remarks",
            "ALTER TABLE parties_party RENAME COLUMN remarks TO notes",
        )
    ]
