"""The French demo: a firm of Annecy between lake and mountains, and its customers."""

from zoneinfo import ZoneInfo

from canone.config.demo.france.agreed import AGREED
from canone.config.demo.france.house import HOUSE
from canone.config.demo.france.numbers import FrenchNumbers
from canone.config.demo.france.savoy import REGION
from canone.config.demo.france.shop import PAYING, SHOP
from canone.config.demo.france.words import WORDS
from canone.config.demo.land import Land

LAND = Land(
    country="fr",
    language="fr",
    zone=ZoneInfo("Europe/Paris"),
    house=HOUSE,
    region=REGION,
    numbers=FrenchNumbers,
    paying=PAYING,
    shop=SHOP,
    words=WORDS,
    agreed=AGREED,
)
