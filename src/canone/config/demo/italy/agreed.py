"""What the Italian firm agrees on with its customers."""

from __future__ import annotations

from canone.config.demo.land import Agreed, Deal, Fee

TYPES = (
    (
        "MAN",
        "Manutenzione e assistenza",
        (
            "Il fornitore interviene entro otto ore lavorative, da remoto o in sede.\n"
            "Sono escluse le parti di ricambio e i guasti dovuti a terzi.\n"
            "Il contratto si rinnova di anno in anno, salvo disdetta sessanta giorni prima."
        ),
    ),
    (
        "HOST",
        "Hosting, domini e posta",
        (
            "Il servizio è disponibile per almeno il 99,5 % del tempo di ogni mese.\n"
            "Alla fine del contratto i dati restano a disposizione per trenta giorni."
        ),
    ),
    (
        "COPIE",
        "Costo copia",
        (
            "Il canone comprende toner, ricambi e interventi; la carta è esclusa.\n"
            "Le copie oltre quelle comprese si addebitano a fine trimestre, in base alla lettura."
        ),
    ),
    (
        "ORE",
        "Pacchetti di ore",
        "Le ore non usate entro la scadenza non si rimborsano.",
    ),
)
CALENDAR = {"anchor": "calendar"}
ARREARS = {"anchor": "calendar", "timing": "in_arrears"}
A_YEAR = {"amount_per": "year", "sum_to_annual": True}
DEALS = (
    Deal(
        "MAN",
        "Manutenzione sistemi",
        (
            Fee("CAN-SRV", 1, quantity=(1, 3), options=CALENDAR),
            Fee("CAN-MON", 1, quantity=(4, 22), options=CALENDAR),
        ),
        count=16,
        with_machines=2,
    ),
    Deal(
        "MAN",
        "Assistenza programmata",
        (Fee("CAN-ASS", 3, "Assistenza programmata {period}", price=(180, 900), options=CALENDAR),),
        count=9,
        with_machines=1,
        years=3,
    ),
    Deal(
        "MAN",
        "Assistenza annuale a rate",
        (
            Fee(
                "CAN-ANNO",
                4,
                "Assistenza annuale, rata {instalment} di {instalments}, {period}",
                price=(1000, 3500),
                options=A_YEAR,
            ),
        ),
        count=6,
        years=4,
    ),
    Deal(
        "HOST",
        "Hosting e domini",
        (
            Fee("DOM-IT", 12, quantity=(1, 4)),
            Fee("WEB-HOST", 12, "Hosting sito web {period}", price=(120, 480)),
        ),
        count=10,
    ),
    Deal(
        "HOST",
        "Posta e licenze",
        (Fee("LIC-365", 1, quantity=(3, 25), options=CALENDAR),),
        count=12,
    ),
    Deal(
        "COPIE",
        "Noleggio multifunzione con copie",
        (
            Fee(
                "NOL-MULTI",
                1,
                "Noleggio multifunzione {period}",
                price=(35, 120),
                options=CALENDAR,
            ),
        ),
        count=8,
        copies=(3000, "0.0125"),
        is_own_invoice=True,
    ),
    Deal(
        "ORE",
        "Pacchetto ore di assistenza",
        (Fee("ORE-20", 6, "Pacchetto di venti ore, {period}", price=(900, 1100)),),
        count=4,
    ),
    Deal(
        "MAN",
        "Gestione completa dei sistemi",
        (
            Fee("CAN-BKP", 1, quantity=(200, 900), options=ARREARS),
            Fee("CAN-AV", 12, quantity=(5, 30), options=CALENDAR),
            Fee("CAN-FW", 12, options=CALENDAR),
            Fee(
                "CAN-ASS", 6, "Assistenza programmata {period}", price=(400, 1200), options=ARREARS
            ),
            Fee("ASS-SIST", 1, options={"is_on_request": True}),
        ),
        count=7,
        with_machines=3,
    ),
    Deal(
        "MAN",
        "Controllo periodico degli impianti",
        (Fee("CAN-IMP", 6, "Controllo impianti {period}", price=(60, 140), unit="week"),),
        count=3,
    ),
    Deal(
        "MAN",
        "Avviamento nuova sede",
        (
            Fee("INST-SRV", 0, "Avviamento e configurazione della sede", unit=""),
            Fee("CAN-MON", 1, quantity=(5, 12), options={"anchor_day": 15}),
        ),
        count=3,
    ),
)
AGREED = Agreed(
    types=TYPES,
    deals=DEALS,
    machines=(
        ("Server gestionale", "Dell", "PowerEdge T350"),
        ("Firewall perimetrale", "Zyxel", "USG FLEX 200"),
        ("NAS di backup", "Synology", "DS923+"),
        ("Centralino", "Yeastar", "P550"),
    ),
    printers=(
        ("Multifunzione ufficio", "Kyocera", "TASKalfa 3554ci"),
        ("Multifunzione amministrazione", "Ricoh", "IM C3010"),
        ("Stampante produzione", "Brother", "HL-L6410DN"),
    ),
    meter=("Copie bianco e nero", "copie"),
    copies="Copie bianco e nero {period}",
    cancelled="Disdetta con raccomandata: passano a un altro fornitore",
    suspended="Sede chiusa per ristrutturazione",
    work=(
        "MAN",
        "Assistenza remota a condizioni concordate",
        "CAN-PREC",
        "Precedenza nelle chiamate {period}",
        "Assistenza remota, dieci minuti in omaggio",
    ),
)
