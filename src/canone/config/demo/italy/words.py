"""What people of the Italian firm write: computers, work, customers."""

from __future__ import annotations

from canone.config.demo.land import Chain, Words

DEVICES = (
    "UFF-AMM-01", "UFF-AMM-02", "UFF-AMM-03", "SRV-GEST01", "SRV-DC01", "CAD-PC07", "CAD-PC12",
    "PROD-LINEA1", "PROD-LINEA2", "UFF-ACQ-01", "MAGAZZINO-01", "RECEPTION", "NB-DIREZIONE",
    "NB-COMM-02", "CASSA-01", "CASSA-02", "LAB-PC03", "ETICHETTE-01",
)  # fmt: skip
NOTES = (
    "Stampante di rete riassegnata",
    "Aggiornamento gestionale e verifica del salvataggio",
    "Etichettatrice non in linea",
    "Nuova utente: posta e cartelle",
    "Spazio disco esaurito",
    "Firma digitale",
    "Chiusura mensile bloccata",
    "Ripristino licenza CAD; 10 minuti al telefono con il produttore",
    "Posta in arrivo ferma: regola errata",
    "Password di dominio scaduta",
    "Backup notturno fallito, rilanciato",
    "Scanner che non invia alla cartella",
    "Installato lettore di tessere",
    "VPN che cade: cambiato il profilo",
    "Aggiornamento antivirus e scansione",
    "Fattura elettronica scartata: codice destinatario",
    "Foglio di calcolo danneggiato, recuperato da ieri",
    "Seconda schermata configurata",
    "Migrazione della cassetta di posta",
    "Lentezza: troppi programmi all’avvio",
    "Certificato del server rinnovato",
    "Sblocco dell’utente sul gestionale",
    "Condivisione della cartella Qualità",
    "Centralino: deviazione impostata",
    "Assistenza alla chiusura IVA",
    "Driver della plotter",
)
COURTESY = "Cortesia: rallentamento dovuto a noi"
UNKNOWN = (
    ("DESKTOP-8F2K1L", "Brambilla nuova sede"),
    ("LAPTOP-QW3E7", ""),
    ("PC-AMMINISTRAZIONE", "Studio Bianchi"),
    ("WIN-SRV2", ""),
)
"""Computers that are not in the address book yet, with the group that the tool names."""
CHAIN = Chain(
    pieces=(
        (0, 11, "Aggiornamento del gestionale"),
        (14, 7, "Riavvio e ripresa"),
        (24, 16, "Prova"),
    ),
    laptop="PORTATILE-MAGAZZINO",
    laptop_note="Inventario: lettore non riconosciuto",
    branch="Sede nuova, via Lecco",
    branch_bench="BANCO",
    branch_note="Configurazione della posta",
    bench=("9 881 204 117", "BANCO-ASSISTENZA"),
)
WORDS = Words(
    devices=DEVICES,
    notes=NOTES,
    courtesy=COURTESY,
    unknown=UNKNOWN,
    chain=CHAIN,
    head_office="Sede",
    warehouse="Magazzino",
    opening="8–12, 13.30–17",
    blocked="Tre fatture scadute da oltre 90 giorni",
    closed="Attività ceduta.",
    by_phone="Confermata al telefono",
    phone_call="Telefonata: procedura di chiusura giornaliera",
    undone="Assistenza di un altro cliente, assegnata per errore",
    written_off="Importo minimo: il recupero costerebbe di più",
    part="Acconto, saldo a fine mese",
)
