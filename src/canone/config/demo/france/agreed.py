"""What the French firm agrees on with its customers."""

from __future__ import annotations

from canone.config.demo.land import Agreed, Deal, Fee

TYPES = (
    (
        "MAINT",
        "Maintenance et assistance",
        (
            "Le prestataire intervient sous huit heures ouvrées, à distance ou sur site.\n"
            "Les pièces de rechange et les pannes dues à des tiers sont exclues.\n"
            "Le contrat est reconduit d’année en année, sauf préavis de soixante jours."
        ),
    ),
    (
        "HEB",
        "Hébergement, domaines et messagerie",
        (
            "Le service est disponible au moins 99,5 % du temps de chaque mois.\n"
            "À la fin du contrat, les données restent disponibles trente jours."
        ),
    ),
    (
        "COPIES",
        "Coût à la copie",
        (
            "La redevance comprend toner, pièces et interventions ; le papier est exclu.\n"
            "Les copies au-delà du forfait sont facturées en fin de trimestre, selon le relevé."
        ),
    ),
    (
        "HEURES",
        "Forfaits d’heures",
        "Les heures non utilisées à l’échéance ne sont pas remboursées.",
    ),
)
CALENDAR = {"anchor": "calendar"}
ARREARS = {"anchor": "calendar", "timing": "in_arrears"}
A_YEAR = {"amount_per": "year", "sum_to_annual": True}
DEALS = (
    Deal(
        "MAINT",
        "Maintenance des systèmes",
        (
            Fee("ABO-SRV", 1, quantity=(1, 3), options=CALENDAR),
            Fee("ABO-SUP", 1, quantity=(4, 22), options=CALENDAR),
        ),
        count=16,
        with_machines=2,
    ),
    Deal(
        "MAINT",
        "Assistance programmée",
        (Fee("ABO-ASS", 3, "Assistance programmée {period}", price=(180, 900), options=CALENDAR),),
        count=9,
        with_machines=1,
        years=3,
    ),
    Deal(
        "MAINT",
        "Assistance annuelle en plusieurs échéances",
        (
            Fee(
                "ABO-AN",
                4,
                "Assistance annuelle, échéance {instalment} sur {instalments}, {period}",
                price=(1000, 3500),
                options=A_YEAR,
            ),
        ),
        count=6,
        years=4,
    ),
    Deal(
        "HEB",
        "Hébergement et domaines",
        (
            Fee("DOM-FR", 12, quantity=(1, 4)),
            Fee("HEB-WEB", 12, "Hébergement du site {period}", price=(120, 480)),
        ),
        count=10,
    ),
    Deal(
        "HEB",
        "Messagerie et licences",
        (Fee("LIC-365", 1, quantity=(3, 25), options=CALENDAR),),
        count=12,
    ),
    Deal(
        "COPIES",
        "Location de multifonction avec copies",
        (
            Fee(
                "LOC-MULTI",
                1,
                "Location du multifonction {period}",
                price=(35, 120),
                options=CALENDAR,
            ),
        ),
        count=8,
        copies=(3000, "0.0125"),
        is_own_invoice=True,
    ),
    Deal(
        "HEURES",
        "Forfait d’heures d’assistance",
        (Fee("HEURES-20", 6, "Forfait de vingt heures, {period}", price=(900, 1100)),),
        count=4,
    ),
    Deal(
        "MAINT",
        "Gestion complète des systèmes",
        (
            Fee("ABO-SAUV", 1, quantity=(200, 900), options=ARREARS),
            Fee("ABO-AV", 12, quantity=(5, 30), options=CALENDAR),
            Fee("ABO-PF", 12, options=CALENDAR),
            Fee("ABO-ASS", 6, "Assistance programmée {period}", price=(400, 1200), options=ARREARS),
            Fee("CONS-SYS", 1, options={"is_on_request": True}),
        ),
        count=7,
        with_machines=3,
    ),
    Deal(
        "MAINT",
        "Contrôle périodique des installations",
        (Fee("ABO-INST", 6, "Contrôle des installations {period}", price=(60, 140), unit="week"),),
        count=3,
    ),
    Deal(
        "MAINT",
        "Mise en service d’un nouveau site",
        (
            Fee("INST-SRV", 0, "Mise en service et configuration du site", unit=""),
            Fee("ABO-SUP", 1, quantity=(5, 12), options={"anchor_day": 15}),
        ),
        count=3,
    ),
)
AGREED = Agreed(
    types=TYPES,
    deals=DEALS,
    machines=(
        ("Serveur de gestion", "Dell", "PowerEdge T350"),
        ("Pare-feu", "Zyxel", "USG FLEX 200"),
        ("NAS de sauvegarde", "Synology", "DS923+"),
        ("Standard téléphonique", "Yeastar", "P550"),
    ),
    printers=(
        ("Multifonction bureau", "Kyocera", "TASKalfa 3554ci"),
        ("Multifonction comptabilité", "Ricoh", "IM C3010"),
        ("Imprimante d’atelier", "Brother", "HL-L6410DN"),
    ),
    meter=("Copies noir et blanc", "copies"),
    copies="Copies noir et blanc {period}",
    cancelled="Résiliation par lettre recommandée : changement de prestataire",
    suspended="Site fermé pour travaux",
    work=(
        "MAINT",
        "Assistance à distance aux conditions convenues",
        "ABO-PRIO",
        "Appels prioritaires {period}",
        "Assistance à distance, dix minutes offertes",
    ),
)
