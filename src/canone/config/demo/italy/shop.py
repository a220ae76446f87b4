"""What the Italian firm sells, and how it is paid."""

from __future__ import annotations

from canone.config.demo.land import Paying, Shop, bands
from canone.kernel.money import UnitPrice
from canone.registers.catalog.rules.terms import Terms

UNITS = (
    ("h", "ore", "heures", "hours"),
    ("pz", "pezzi", "pièces", "pieces"),
    ("nr", "numero", "unités", "units"),
    ("GB", "gigabyte", "gigaoctets", "gigabytes"),
    ("km", "chilometri", "kilomètres", "kilometres"),
    ("mese", "mesi", "mois", "months"),
    ("anno", "anni", "ans", "years"),
    ("forf", "a corpo", "forfait", "lump sum"),
)
ARTICLES = """
ASS-REM|service|h|72.00|Assistenza remota|Assistance à distance|Remote support
ASS-SEDE|service|h|68.00|Assistenza presso il cliente|Assistance sur site|On-site support
ASS-SIST|service|h|85.00|Consulenza sistemistica|Conseil système|Systems consulting
ASS-FORM|service|h|60.00|Formazione|Formation|Training
DIR-CHIAM|service|forf|35.00|Diritto di chiamata|Forfait d’appel|Call fee
TRASF-KM|service|km|0.65|Rimborso chilometrico|Frais kilométriques|Mileage
INST-PC|service|forf|95.00|Installazione postazione|Installation d’un poste|Workstation set-up
INST-SRV|service|forf|480.00|Installazione server|Installation d’un serveur|Server set-up
MIGR-MAIL|service|forf|18.00|Migrazione casella di posta|Migration de boîte mail|Mailbox migration
CAN-MON|service|nr|9.50|Monitoraggio postazione|Supervision d’un poste|Workstation monitoring
CAN-SRV|service|nr|48.00|Gestione server|Gestion de serveur|Server management
CAN-BKP|service|GB|0.085|Backup in cloud, per GB|Sauvegarde en ligne, par Go|Cloud backup, per GB
CAN-AV|service|nr|29.00|Antivirus gestito|Antivirus géré|Managed antivirus
CAN-FW|service|nr|310.00|Firewall gestito|Pare-feu géré|Managed firewall
LIC-365|service|nr|12.90|Licenza posta e ufficio|Licence messagerie et bureau|Office licence
DOM-IT|service|nr|18.00|Dominio .it|Domaine .it|Domain .it
WEB-HOST|service|anno|240.00|Hosting sito web|Hébergement de site|Web hosting
CAN-ASS|service|mese|150.00|Assistenza programmata|Assistance programmée|Scheduled support
CAN-ANNO|service|anno|1800.00|Assistenza annuale|Assistance annuelle|Yearly support
CAN-IMP|service|forf|90.00|Controllo degli impianti|Contrôle des installations|Plant inspection
CAN-PREC|service|mese|45.00|Precedenza nelle chiamate|Appels prioritaires|Calls first
NOL-MULTI|service|mese|60.00|Noleggio multifunzione|Location de multifonction|Printer rental
ORE-20|service|forf|1000.00|Pacchetto di venti ore|Forfait de vingt heures|Twenty hours
NB-14|goods|pz|890.00|Notebook 14″ 16 GB|Portable 14″ 16 Go|Laptop 14″ 16 GB
PC-MINI|goods|pz|620.00|PC compatto 16 GB|PC compact 16 Go|Compact PC 16 GB
MON-27|goods|pz|215.00|Monitor 27″|Écran 27″|Monitor 27″
SSD-1T|goods|pz|98.00|Disco SSD 1 TB|Disque SSD 1 To|SSD 1 TB
RAM-16|goods|pz|64.00|Memoria 16 GB|Mémoire 16 Go|Memory 16 GB
SW-24|goods|pz|245.00|Switch 24 porte|Commutateur 24 ports|Switch 24 ports
AP-AX|goods|pz|139.00|Access point Wi-Fi 6|Borne Wi-Fi 6|Wi-Fi 6 access point
UPS-1K|goods|pz|168.00|Gruppo di continuità 1000 VA|Onduleur 1000 VA|UPS 1000 VA
TON-NERO|goods|pz|74.00|Toner nero|Toner noir|Black toner
COPIA-BN|service|pz|0.0085|Copia in bianco e nero|Copie noir et blanc|Black and white copy
"""
PROFILES: tuple[tuple[str, str, Terms], ...] = (
    (
        "steps",
        "Standard a scatti",
        Terms(
            minimum_minutes=3,
            initial_minutes=15,
            initial_price=UnitPrice.of("20.00"),
            step_minutes=5,
            step_price=UnitPrice.of("4.00"),
        ),
    ),
    ("hourly", "Tariffa oraria", Terms(step_minutes=60, step_price=UnitPrice.of("50.00"))),
    (
        "minute",
        "Durata effettiva",
        Terms(minimum_minutes=2, step_minutes=1, step_price=UnitPrice.of("0.80")),
    ),
    (
        "call",
        "Diritto di chiamata",
        Terms(initial_price=UnitPrice.of("10.00"), step_minutes=1, step_price=UnitPrice.of("0.50")),
    ),
    (
        "free",
        "Dieci minuti in omaggio",
        Terms(initial_minutes=10, step_minutes=30, step_price=UnitPrice.of("25.00")),
    ),
    (
        "always",
        "Reperibilità 24 ore",
        Terms(
            minimum_minutes=3,
            initial_minutes=15,
            initial_price=UnitPrice.of("28.00"),
            step_minutes=15,
            step_price=UnitPrice.of("18.00"),
            merge_gap_minutes=5,
            bands=bands("domenica e festivi", "sera e notte"),
            holidays="it",
            note_required=True,
        ),
    ),
)
SHOP = Shop(
    units=UNITS,
    articles=ARTICLES,
    vat="22",
    usual_list="Listino base",
    dealers_list="Rivenditori",
    profiles=PROFILES,
    standard=(("17.00", "3.50"), ("18.00", "4.00")),
    subscription="Abbonamento {hours} ore {group}",
    hourly=(48, 50, 52),
    overage=60,
)
TERMS = (
    # code, names, method, first days, instalments, interval, end of month, days after
    ("RD", ("Rimessa diretta", "À réception", "On receipt"), "transfer", 0, 1, 30, False, 0),
    ("BB30", ("Bonifico 30 giorni data fattura", "Virement à 30 jours", "Transfer, 30 days"),
     "transfer", 30, 1, 30, False, 0),
    ("BB30FM", ("Bonifico 30 giorni fine mese", "Virement à 30 jours fin de mois",
                "Transfer, 30 days end of month"), "transfer", 30, 1, 30, True, 0),
    ("RB30FM", ("Ri.Ba. 30 giorni fine mese", "Ri.Ba. à 30 jours fin de mois",
                "Ri.Ba., 30 days end of month"), "riba", 30, 1, 30, True, 0),
    ("RB3060", ("Ri.Ba. 30/60 giorni fine mese", "Ri.Ba. à 30/60 jours fin de mois",
                "Ri.Ba., 30/60 days end of month"), "riba", 30, 2, 30, True, 0),
    ("SDD", ("Addebito SDD a 30 giorni", "Prélèvement SEPA à 30 jours",
             "SEPA direct debit, 30 days"), "direct_debit", 30, 1, 30, False, 0),
    ("BB60FM10", ("Bonifico 60 giorni fine mese + 10", "Virement à 60 jours fin de mois + 10",
                  "Transfer, 60 days end of month + 10"), "transfer", 60, 1, 30, True, 10),
)  # fmt: skip
PAYING = Paying(
    terms=TERMS,
    of_firms={"BB30FM": 40, "RB30FM": 25, "SDD": 15, "RB3060": 12, "BB60FM10": 8},
    of_public="BB30",
    of_people="RD",
    of_abroad="BB30",
    of_suppliers="BB60FM10",
)
