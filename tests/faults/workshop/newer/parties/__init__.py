"""The migrations of customers as the next version has them: those of this one, and one more."""

from canone.registers.parties import migrations

__path__ = [*migrations.__path__, *__path__]
