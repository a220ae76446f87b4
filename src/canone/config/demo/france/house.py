"""Semnotech Services SARL of Annecy."""

from __future__ import annotations

from canone.base.access.functions import Role
from canone.channels.connectors.services.checking import Connection
from canone.config.demo.land import House

HOUSE = House(
    firm={
        "name": "Semnotech Services SARL",
        "country": "fr",
        "time_zone": "Europe/Paris",
        "language": "fr",
        "vat_number": "FR65849173067",
        "tax_code": "849173067",
        "street": "18 rue du Lac",
        "postcode": "74000",
        "city": "Annecy",
        "province": "",
        "email": "contact@semnotech.example",
        "phone": "+33 4 65 71 01 40",
        "iban": "FR7699999740000000012345679",  # no bank has the code 99999
    },
    domain="semnotech.example",
    password="Semnoz-2026-demo",  # noqa: S106 (printed for everybody who opens the demo)
    staff=(
        ("paul", "Paul Favre", (Role.OWNER,), ()),
        ("sarah", "Sarah Métral", (Role.BACK_OFFICE, Role.OWNER, Role.DISPATCHER), ()),
        ("julie", "Julie Collomb", (Role.TECHNICIAN,), ("jcollomb",)),
        ("lucas", "Lucas Berthod", (Role.TECHNICIAN,), ("lberthod", "lucas.b")),
        ("marc", "Marc Tissot", (Role.TECHNICIAN,), ("mtissot",)),
        ("elodie", "Élodie Rey", (Role.TECHNICIAN, Role.DISPATCHER), ("erey",)),
    ),
    technicians=("lucas", "julie", "marc", "elodie"),
    customer=("client", "Anne Lachenal"),
    sources=(
        Connection(
            title="MeshCentral Semnotech",
            url="https://mesh.semnotech.example",
            fields={"user": "~t:Semnotech0000demo"},
            secrets={"password": "only for the demo"},
        ),
        Connection(
            title="TeamViewer Semnotech",
            tool="teamviewer",
            url="https://webapi.teamviewer.com",
            fields={"write_back": True},
            secrets={"token": "only for the demo"},
        ),
        Connection(
            title="AnyDesk Semnotech",
            tool="anydesk",
            url="https://v1.api.anydesk.com:8081",
            fields={"license": "1438129266231705"},
            secrets={"password": "only for the demo"},
            interval_minutes=30,
        ),
    ),
    pushed=Connection(
        title="RustDesk Semnotech",
        tool="rustdesk-push",
        fields={"devices": "412880135 412880201 412880177", "networks": ""},
    ),
    computers=(
        ("412880135", "CAO-PC12"),
        ("412880201", "SRV-GEST01"),
        ("412880190", "BUR-ACHATS-01"),
    ),
)
