"""The product's settings with the workshop added; the environment names data and database."""

from canone.config.settings import *  # noqa: F403
from canone.config.settings import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "tests.faults.workshop"]
