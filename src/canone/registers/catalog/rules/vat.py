"""The usual VAT rates of a country, offered when a firm is set up."""

from __future__ import annotations

from typing import NamedTuple


class Rate(NamedTuple):
    """A rate in hundredths of a percent; what bears none has a nature."""

    code: str
    title: str
    basis_points: int
    nature: str = ""


RATES: dict[str, tuple[Rate, ...]] = {
    # natures: table of codes of FatturaPA 1.9
    "it": (
        Rate("22", "IVA ordinaria 22 %", 2_200),
        Rate("10", "IVA ridotta 10 %", 1_000),
        Rate("5", "IVA ridotta 5 %", 500),
        Rate("4", "IVA minima 4 %", 400),
        Rate("ESCL15", "Escluso art. 15 DPR 633/72", 0, "N1"),
        Rate("NS7", "Non soggetto, artt. da 7 a 7-septies DPR 633/72", 0, "N2.1"),
        Rate("NS", "Non soggetto, altri casi", 0, "N2.2"),
        Rate("NI8", "Non imponibile, esportazioni (art. 8)", 0, "N3.1"),
        Rate("NI41", "Non imponibile, cessioni intracomunitarie (art. 41)", 0, "N3.2"),
        Rate("NI8C", "Non imponibile, dichiarazione d’intento (art. 8 lett. c)", 0, "N3.5"),
        Rate("ES10", "Esente art. 10 DPR 633/72", 0, "N4"),
        Rate("MARG", "Regime del margine", 0, "N5"),
        Rate(
            "RC17E", "Inversione contabile, prestazioni edili (art. 17 c. 6 lett. a-ter)", 0, "N6.7"
        ),
        Rate("RC17T", "Inversione contabile, prodotti elettronici (art. 17 c. 6)", 0, "N6.6"),
        Rate("OSS", "IVA assolta in altro Stato UE", 0, "N7"),
    ),
    # categories of EN 16931 (UNCL 5305)
    "fr": (
        Rate("FR20", "TVA 20 %", 2_000),
        Rate("FR10", "TVA 10 %", 1_000),
        Rate("FR55", "TVA 5,5 %", 550),
        Rate("FR21", "TVA 2,1 %", 210),
        Rate("FREXO", "Exonéré de TVA (art. 261 du CGI)", 0, "E"),
        Rate("FRFRB", "TVA non applicable (art. 293 B du CGI)", 0, "E"),
        Rate("FRAUT", "Autoliquidation (art. 283-2 du CGI)", 0, "AE"),
        Rate("FRINT", "Livraison intracommunautaire (art. 262 ter I du CGI)", 0, "K"),
        Rate("FREXP", "Exportation (art. 262 I du CGI)", 0, "G"),
        Rate("FRHC", "Hors champ de la TVA", 0, "O"),
    ),
}
