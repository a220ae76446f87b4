"""The settings of the next version."""

from tests.faults.workshop.settings import *  # noqa: F403
from tests.faults.workshop.settings import INSTALLED_APPS as BEFORE

INSTALLED_APPS = [*BEFORE, "tests.faults.workshop.newer"]
MIGRATION_MODULES = {"parties": "tests.faults.workshop.newer.parties"}
