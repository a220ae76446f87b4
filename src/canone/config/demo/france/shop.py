"""What the French firm sells, and how it is paid."""

from __future__ import annotations

from canone.config.demo.land import Paying, Shop, bands
from canone.kernel.money import UnitPrice
from canone.registers.catalog.rules.terms import Terms

UNITS = (
    ("h", "ore", "heures", "hours"),
    ("pce", "pezzi", "pièces", "pieces"),
    ("u", "numero", "unités", "units"),
    ("Go", "gigabyte", "gigaoctets", "gigabytes"),
    ("km", "chilometri", "kilomètres", "kilometres"),
    ("mois", "mesi", "mois", "months"),
    ("an", "anni", "ans", "years"),
    ("forf", "a corpo", "forfait", "lump sum"),
)
ARTICLES = """
ASS-DIST|service|h|78.00|Assistenza remota|Assistance à distance|Remote support
ASS-SITE|service|h|74.00|Assistenza presso il cliente|Assistance sur site|On-site support
CONS-SYS|service|h|95.00|Consulenza sistemistica|Conseil système|Systems consulting
FORM|service|h|65.00|Formazione|Formation|Training
DEPL-FORF|service|forf|42.00|Diritto di chiamata|Forfait de déplacement|Call fee
DEPL-KM|service|km|0.70|Rimborso chilometrico|Frais kilométriques|Mileage
INST-PC|service|forf|110.00|Installazione postazione|Installation d’un poste|Workstation set-up
INST-SRV|service|forf|540.00|Installazione server|Installation d’un serveur|Server set-up
MIGR-MAIL|service|forf|20.00|Migrazione casella di posta|Migration de boîte mail|Mailbox migration
ABO-SUP|service|u|10.50|Monitoraggio postazione|Supervision d’un poste|Workstation monitoring
ABO-SRV|service|u|52.00|Gestione server|Gestion de serveur|Server management
ABO-SAUV|service|Go|0.095|Backup in cloud, per GB|Sauvegarde en ligne, par Go|Cloud backup, per GB
ABO-AV|service|u|32.00|Antivirus gestito|Antivirus géré|Managed antivirus
ABO-PF|service|u|335.00|Firewall gestito|Pare-feu géré|Managed firewall
LIC-365|service|u|13.40|Licenza posta e ufficio|Licence messagerie et bureau|Office licence
DOM-FR|service|u|15.00|Dominio .fr|Nom de domaine .fr|Domain .fr
HEB-WEB|service|an|240.00|Hosting sito web|Hébergement de site|Web hosting
ABO-ASS|service|mois|150.00|Assistenza programmata|Assistance programmée|Scheduled support
ABO-AN|service|an|1800.00|Assistenza annuale|Assistance annuelle|Yearly support
ABO-INST|service|forf|90.00|Controllo degli impianti|Contrôle des installations|Plant inspection
ABO-PRIO|service|mois|45.00|Precedenza nelle chiamate|Appels prioritaires|Calls first
LOC-MULTI|service|mois|60.00|Noleggio multifunzione|Location de multifonction|Printer rental
HEURES-20|service|forf|1000.00|Pacchetto di venti ore|Forfait de vingt heures|Twenty hours
PORT-14|goods|pce|920.00|Notebook 14″ 16 GB|Portable 14″ 16 Go|Laptop 14″ 16 GB
PC-MINI|goods|pce|640.00|PC compatto 16 GB|PC compact 16 Go|Compact PC 16 GB
ECR-27|goods|pce|219.00|Monitor 27″|Écran 27″|Monitor 27″
SSD-1T|goods|pce|99.00|Disco SSD 1 TB|Disque SSD 1 To|SSD 1 TB
MEM-16|goods|pce|66.00|Memoria 16 GB|Mémoire 16 Go|Memory 16 GB
COM-24|goods|pce|255.00|Switch 24 porte|Commutateur 24 ports|Switch 24 ports
BORNE-AX|goods|pce|145.00|Access point Wi-Fi 6|Borne Wi-Fi 6|Wi-Fi 6 access point
OND-1K|goods|pce|172.00|Gruppo di continuità 1000 VA|Onduleur 1000 VA|UPS 1000 VA
TON-NOIR|goods|pce|76.00|Toner nero|Toner noir|Black toner
COPIE-NB|service|pce|0.0085|Copia in bianco e nero|Copie noir et blanc|Black and white copy
"""
PROFILES: tuple[tuple[str, str, Terms], ...] = (
    (
        "steps",
        "Standard par étapes",
        Terms(
            minimum_minutes=3,
            initial_minutes=15,
            initial_price=UnitPrice.of("22.00"),
            step_minutes=5,
            step_price=UnitPrice.of("5.00"),
        ),
    ),
    ("hourly", "Tarif horaire", Terms(step_minutes=60, step_price=UnitPrice.of("58.00"))),
    (
        "minute",
        "Durée réelle",
        Terms(minimum_minutes=2, step_minutes=1, step_price=UnitPrice.of("0.95")),
    ),
    (
        "call",
        "Forfait d’appel",
        Terms(initial_price=UnitPrice.of("12.00"), step_minutes=1, step_price=UnitPrice.of("0.60")),
    ),
    (
        "free",
        "Dix minutes offertes",
        Terms(initial_minutes=10, step_minutes=30, step_price=UnitPrice.of("29.00")),
    ),
    (
        "always",
        "Astreinte 24 h/24",
        Terms(
            minimum_minutes=3,
            initial_minutes=15,
            initial_price=UnitPrice.of("32.00"),
            step_minutes=15,
            step_price=UnitPrice.of("21.00"),
            merge_gap_minutes=5,
            bands=bands("dimanche et jours fériés", "soir et nuit"),
            holidays="fr",
            note_required=True,
        ),
    ),
)
SHOP = Shop(
    units=UNITS,
    articles=ARTICLES,
    vat="FR20",
    usual_list="Tarif de base",
    dealers_list="Revendeurs",
    profiles=PROFILES,
    standard=(("19.00", "4.00"), ("20.00", "5.00")),
    subscription="Forfait {hours} heures {group}",
    hourly=(54, 56, 58),
    overage=68,
)
TERMS = (
    # code, names, method, first days, instalments, interval, end of month, days after
    ("RECEP", ("Rimessa diretta", "À réception", "On receipt"), "transfer", 0, 1, 30, False, 0),
    ("VIR30", ("Bonifico 30 giorni data fattura", "Virement à 30 jours", "Transfer, 30 days"),
     "transfer", 30, 1, 30, False, 0),
    ("VIR30FM", ("Bonifico 30 giorni fine mese", "Virement à 30 jours fin de mois",
                 "Transfer, 30 days end of month"), "transfer", 30, 1, 30, True, 0),
    ("VIR45FM", ("Bonifico 45 giorni fine mese", "Virement à 45 jours fin de mois",
                 "Transfer, 45 days end of month"), "transfer", 45, 1, 30, True, 0),
    ("PRLV30", ("Addebito SDD a 30 giorni", "Prélèvement SEPA à 30 jours",
                "SEPA direct debit, 30 days"), "direct_debit", 30, 1, 30, False, 0),
    ("CHQ", ("Assegno a vista fattura", "Chèque à réception", "Cheque on receipt"),
     "cheque", 0, 1, 30, False, 0),
    ("VIR60", ("Bonifico 60 giorni data fattura", "Virement à 60 jours", "Transfer, 60 days"),
     "transfer", 60, 1, 30, False, 0),
)  # fmt: skip
"""Nobody pays later than the law allows: 60 days, or 45 to the end of the month."""
PAYING = Paying(
    terms=TERMS,
    of_firms={"VIR30FM": 34, "PRLV30": 28, "VIR30": 16, "VIR45FM": 12, "CHQ": 10},
    of_public="VIR30",
    of_people="RECEP",
    of_abroad="VIR30",
    of_suppliers="VIR60",
)
