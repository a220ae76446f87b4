"""The countries of which there is a demo firm."""

from canone.config.demo import france, italy
from canone.config.demo.land import Land

LANDS: dict[str, Land] = {"it": italy.LAND, "fr": france.LAND}
