"""Lariotech Servizi S.r.l. of Erba."""

from __future__ import annotations

from canone.base.access.functions import Role
from canone.channels.connectors.services.checking import Connection
from canone.config.demo.land import House

HOUSE = House(
    firm={
        "name": "Lariotech Servizi S.r.l.",
        "country": "it",
        "time_zone": "Europe/Rome",
        "language": "it",
        "vat_number": "IT03417620139",
        "tax_code": "03417620139",
        "street": "Via Volta 18",
        "postcode": "22036",
        "city": "Erba",
        "province": "CO",
        "email": "info@lariotech.example",
        "phone": "+39 031 555 0140",
        "iban": "IT08G9999922036000000123456",  # no bank has the code 99999
    },
    domain="lariotech.example",
    password="Lario-2026-demo",  # noqa: S106 (printed for everybody who opens the demo)
    staff=(
        ("paolo", "Paolo Ferri", (Role.OWNER,), ()),
        ("sara", "Sara Molteni", (Role.BACK_OFFICE, Role.OWNER, Role.DISPATCHER), ()),
        ("giulia", "Giulia Colombo", (Role.TECHNICIAN,), ("gcolombo",)),
        ("luca", "Luca Ferrario", (Role.TECHNICIAN,), ("lferrario", "luca.f")),
        ("marco", "Marco Riva", (Role.TECHNICIAN,), ("mriva",)),
        ("elena", "Elena Sala", (Role.TECHNICIAN, Role.DISPATCHER), ("esala",)),
    ),
    technicians=("luca", "giulia", "marco", "elena"),
    customer=("cliente", "Anna Brambilla"),
    sources=(
        Connection(
            title="MeshCentral Lariotech",
            url="https://mesh.lariotech.example",
            fields={"user": "~t:Lariotech0000demo"},
            secrets={"password": "only for the demo"},
        ),
        Connection(
            title="TeamViewer Lariotech",
            tool="teamviewer",
            url="https://webapi.teamviewer.com",
            fields={"write_back": True},
            secrets={"token": "only for the demo"},
        ),
        Connection(
            title="AnyDesk Lariotech",
            tool="anydesk",
            url="https://v1.api.anydesk.com:8081",
            fields={"license": "1438129266231705"},
            secrets={"password": "only for the demo"},
            interval_minutes=30,
        ),
    ),
    pushed=Connection(
        title="RustDesk Lariotech",
        tool="rustdesk-push",
        fields={"devices": "412880135 412880201 412880177", "networks": ""},
    ),
    computers=(
        ("412880135", "CAD-PC12"),
        ("412880201", "SRV-GEST01"),
        ("412880190", "UFF-ACQ-01"),
    ),
)
