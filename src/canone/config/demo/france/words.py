"""What people of the French firm write: computers, work, customers."""

from __future__ import annotations

from canone.config.demo.land import Chain, Words

DEVICES = (
    "BUR-COMPTA-01", "BUR-COMPTA-02", "BUR-ADM-03", "SRV-GEST01", "SRV-AD01", "CAO-PC07",
    "CAO-PC12", "PROD-LIGNE1", "PROD-LIGNE2", "BUR-ACHATS-01", "ENTREPOT-01", "ACCUEIL",
    "PORT-DIRECTION", "PORT-COMM-02", "CAISSE-01", "CAISSE-02", "LABO-PC03", "ETIQUETTES-01",
)  # fmt: skip
NOTES = (
    "Imprimante réseau réaffectée",
    "Mise à jour de la gestion commerciale et contrôle de la sauvegarde",
    "Étiqueteuse hors ligne",
    "Nouvelle utilisatrice : messagerie et dossiers",
    "Disque plein",
    "Signature électronique",
    "Clôture mensuelle bloquée",
    "Licence CAO rétablie ; 10 minutes au téléphone avec l’éditeur",
    "Courriels en attente : règle erronée",
    "Mot de passe du domaine expiré",
    "Sauvegarde de nuit en échec, relancée",
    "Numériseur qui n’envoie plus vers le dossier",
    "Lecteur de badges installé",
    "VPN qui coupe : profil changé",
    "Mise à jour de l’antivirus et analyse",
    "Facture rejetée sur Chorus Pro : code service",
    "Feuille de calcul abîmée, reprise de la veille",
    "Second écran configuré",
    "Migration de la boîte mail",
    "Lenteurs : trop de programmes au démarrage",
    "Certificat du serveur renouvelé",
    "Compte déverrouillé dans la gestion commerciale",
    "Partage du dossier Qualité",
    "Standard : renvoi d’appel programmé",
    "Aide à la déclaration de TVA",
    "Pilote du traceur",
)
CHAIN = Chain(
    pieces=(
        (0, 11, "Mise à jour de la gestion commerciale"),
        (14, 7, "Redémarrage et reprise"),
        (24, 16, "Essai"),
    ),
    laptop="PORTABLE-ENTREPOT",
    laptop_note="Inventaire : lecteur non reconnu",
    branch="Nouveau site, route d’Annecy",
    branch_bench="POSTE",
    branch_note="Configuration de la messagerie",
    bench=("9 881 204 117", "BANC-ATELIER"),
)
WORDS = Words(
    devices=DEVICES,
    notes=NOTES,
    courtesy="Geste commercial : lenteur de notre fait",
    unknown=(
        ("DESKTOP-8F2K1L", "Lachenal nouveau site"),
        ("LAPTOP-QW3E7", ""),
        ("PC-ADMINISTRATION", "Cabinet Blanc"),
        ("WIN-SRV2", ""),
    ),
    chain=CHAIN,
    head_office="Siège",
    warehouse="Entrepôt",
    opening="8 h – 12 h, 13 h 30 – 17 h",
    blocked="Trois factures échues depuis plus de 90 jours",
    closed="Activité cédée.",
    by_phone="Confirmé par téléphone",
    phone_call="Appel : procédure de clôture journalière",
    undone="Assistance d’un autre client, affectée par erreur",
    written_off="Montant minime : le recouvrement coûterait davantage",
    part="Acompte, solde en fin de mois",
)
