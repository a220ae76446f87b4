"""The Italian demo: a firm of Erba between the branches of Lake Como, and its customers."""

from zoneinfo import ZoneInfo

from canone.config.demo.italy.agreed import AGREED
from canone.config.demo.italy.house import HOUSE
from canone.config.demo.italy.lombardy import REGION
from canone.config.demo.italy.numbers import ItalianNumbers
from canone.config.demo.italy.shop import PAYING, SHOP
from canone.config.demo.italy.words import WORDS
from canone.config.demo.land import Land

LAND = Land(
    country="it",
    language="it",
    zone=ZoneInfo("Europe/Rome"),
    house=HOUSE,
    region=REGION,
    numbers=ItalianNumbers,
    paying=PAYING,
    shop=SHOP,
    words=WORDS,
    agreed=AGREED,
)
