"""Towns, names and firms from which the French demo is drawn."""

from __future__ import annotations

from canone.config.demo.land import Region, Town

ANNECY, GENEVA, ARVE, CHABLAIS, SAVOY, RHONE = (
    "Annecy et son lac",
    "Genevois",
    "Vallée de l’Arve",
    "Chablais",
    "Aix et Chambéry",
    "Lyon et Grenoble",
)
ZONES = (ANNECY, GENEVA, ARVE, CHABLAIS, SAVOY, RHONE)
TOWNS = {
    town.city: town
    for town in (
        Town("Annecy", "74000", "74", 45.8992, 6.1294, "04", ANNECY),
        Town("Sevrier", "74320", "74", 45.8644, 6.1411, "04", ANNECY),
        Town("Faverges-Seythenex", "74210", "74", 45.7461, 6.2939, "04", ANNECY),
        Town("Thônes", "74230", "74", 45.8814, 6.3250, "04", ANNECY),
        Town("Épagny Metz-Tessy", "74330", "74", 45.9378, 6.0850, "04", ANNECY),
        Town("Rumilly", "74150", "74", 45.8656, 5.9447, "04", ANNECY),
        Town("Alby-sur-Chéran", "74540", "74", 45.8178, 6.0225, "04", ANNECY),
        Town("Talloires-Montmin", "74290", "74", 45.8400, 6.2133, "04", ANNECY),
        Town("Saint-Julien-en-Genevois", "74160", "74", 46.1436, 6.0814, "04", GENEVA),
        Town("Annemasse", "74100", "74", 46.1931, 6.2342, "04", GENEVA),
        Town("Ville-la-Grand", "74100", "74", 46.2025, 6.2458, "04", GENEVA),
        Town("Gex", "01170", "01", 46.3333, 6.0578, "04", GENEVA),
        Town("La Roche-sur-Foron", "74800", "74", 46.0672, 6.3117, "04", ARVE),
        Town("Bonneville", "74130", "74", 46.0786, 6.4083, "04", ARVE),
        Town("Cluses", "74300", "74", 46.0606, 6.5792, "04", ARVE),
        Town("Sallanches", "74700", "74", 45.9364, 6.6322, "04", ARVE),
        Town("Chamonix-Mont-Blanc", "74400", "74", 45.9231, 6.8697, "04", ARVE),
        Town("Megève", "74120", "74", 45.8569, 6.6178, "04", ARVE),
        Town("Thonon-les-Bains", "74200", "74", 46.3706, 6.4797, "04", CHABLAIS),
        Town("Évian-les-Bains", "74500", "74", 46.4011, 6.5878, "04", CHABLAIS),
        Town("Douvaine", "74140", "74", 46.3056, 6.3033, "04", CHABLAIS),
        Town("Morzine", "74110", "74", 46.1789, 6.7092, "04", CHABLAIS),
        Town("Aix-les-Bains", "73100", "73", 45.6886, 5.9150, "04", SAVOY),
        Town("Chambéry", "73000", "73", 45.5646, 5.9178, "04", SAVOY),
        Town("La Motte-Servolex", "73290", "73", 45.5967, 5.8767, "04", SAVOY),
        Town("Albertville", "73200", "73", 45.6758, 6.3925, "04", SAVOY),
        Town("Ugine", "73400", "73", 45.7514, 6.4217, "04", SAVOY),
        Town("Montmélian", "73800", "73", 45.5033, 6.0469, "04", SAVOY),
        Town("Grenoble", "38000", "38", 45.1885, 5.7245, "04", RHONE),
        Town("Lyon", "69003", "69", 45.7578, 4.8510, "04", RHONE),
        Town("Villeurbanne", "69100", "69", 45.7719, 4.8902, "04", RHONE),
    )
}
STREETS = (
    "rue de la République", "avenue de Genève", "rue Victor-Hugo", "rue Jean-Jaurès",
    "place de la Mairie", "rue du Lac", "avenue de la Gare", "rue des Écoles", "rue Pasteur",
    "chemin des Vignes", "route d’Annecy", "rue du Général-de-Gaulle", "rue Jules-Ferry",
    "impasse des Tilleuls", "rue de l’Industrie", "rue des Artisans", "zone d’activités des Îles",
    "route de Thônes", "rue Sainte-Claire", "quai des Alpes",
)  # fmt: skip
FIRST_NAMES = (
    ("Camille", "F"), ("Nicolas", "M"), ("Sophie", "F"), ("Julien", "M"), ("Claire", "F"),
    ("Thomas", "M"), ("Hélène", "F"), ("Olivier", "M"), ("Émilie", "F"), ("François", "M"),
    ("Nathalie", "F"), ("Mathieu", "M"), ("Aurélie", "F"), ("Philippe", "M"), ("Chloé", "F"),
    ("Benoît", "M"), ("Manon", "F"), ("Jérôme", "M"), ("Valérie", "F"), ("Cédric", "M"),
)  # fmt: skip
LAST_NAMES = (
    "Favre", "Berthod", "Mermillod", "Lachenal", "Dunand", "Excoffier", "Duret", "Métral",
    "Pernet", "Chappuis", "Blanc", "Burnier", "Collomb", "Gaillard", "Rey", "Tissot", "Vuagnoux",
    "Perrissin", "Maniglier", "Ducret", "Bouvier", "Jacquier", "Novel", "Charvet",
)  # fmt: skip
ROLES = (
    "Comptabilité", "Gérance", "Responsable informatique", "Secrétariat", "Service achats",
    "Responsable de production",
)  # fmt: skip

FIRMS = (
    ("Mécanique de Précision Arvalpe SAS", "Cluses"),
    ("Tissages du Fier SA", "Annecy"),
    ("Cabinet Lachenal et Dunand Experts-Comptables", "Annecy"),
    ("Pharmacie des Aravis SELARL", "Thônes"),
    ("Transports du Semnoz SARL", "Alby-sur-Chéran"),
    ("Hôtel Rive Bleue SARL", "Talloires-Montmin"),
    ("Menuiserie des Glières SARL", "Thônes"),
    ("Imprimerie du Thiou SAS", "Annecy"),
    ("Agence Immobilière des Trois Lacs SARL", "Aix-les-Bains"),
    ("Plomberie Chauffage Berthollet SARL", "Rumilly"),
    ("Charpentes Mermillod et Fils SARL", "Faverges-Seythenex"),
    ("Boulangerie du Vieux Four SARL", "Sevrier"),
    ("Cabinet d’Avocats Ducret Novel", "Chambéry"),
    ("Cartonnages de la Filière SAS", "Ugine"),
    ("Miroiterie du Léman SARL", "Thonon-les-Bains"),
    ("Clinique Vétérinaire des Dranses", "Thonon-les-Bains"),
    ("Plasturgie du Giffre SAS", "Bonneville"),
    ("Optique Belle Vue SARL", "Annemasse"),
    ("Fromagerie des Bauges SARL", "Albertville"),
    ("Maçonnerie Burnier Yves EURL", "Douvaine"),
    ("Logistique Mont-Blanc SAS", "Sallanches"),
    ("Domaine Viticole de la Combe EARL", "Montmélian"),
    ("Électricité Industrielle Métral SARL", "Cluses"),
    ("Résidence Les Jardins du Parmelan SAS", "Épagny Metz-Tessy"),
    ("Ébénisterie Perrissin Père et Fils SARL", "La Roche-sur-Foron"),
    ("Blanchisserie Candide SARL", "Ville-la-Grand"),
    ("Cabinet Dentaire Excoffier", "Évian-les-Bains"),
    ("Centre Dentaire Aurore SELARL", "Annemasse"),
    ("Papeterie Savoyarde du Cheval Noir SARL", "Chambéry"),
    ("Garage Vuagnoux Automobiles SAS", "Saint-Julien-en-Genevois"),
    ("Chantier Naval de la Pointe SARL", "Sevrier"),
    ("Camping La Grève Dorée SNC", "Évian-les-Bains"),
    ("Quincaillerie Duret et Rey SARL", "Bonneville"),
    ("Décolletage Bargy SAS", "Cluses"),
    ("Tréfilerie de l’Arly SA", "Ugine"),
    ("Ascenseurs Belledonne Services SAS", "Grenoble"),
    ("Agence de Voyages Lointains SARL", "Lyon"),
    ("Bureau d’Études Collomb Ingénierie", "Annecy"),
    ("Étude Notariale Maître Charvet", "Rumilly"),
    ("Salle de Sport Énergie Plus SARL", "Gex"),
    ("Boucherie Gaillard Frères SARL", "Megève"),
    ("Torréfaction du Haut-Lac SARL", "Annecy"),
    ("Association Le Sentier Solidaire", "Aix-les-Bains"),
    ("Gestion de Paie Jacquier SAS", "La Motte-Servolex"),
    ("Pizzeria Chez Bouvier", "Morzine"),
    ("Restaurant La Cordée SARL", "Chamonix-Mont-Blanc"),
    ("Traitement de Surface Marnaz SAS", "Cluses"),
    ("Literie et Meubles du Chablais SARL", "Thonon-les-Bains"),
    ("Centre Médical Saint-Maurice SAS", "Grenoble"),
    ("Numérique et Associés SAS", "Villeurbanne"),
)
PUBLIC = (
    ("Collège des Hautes-Aravis", "Thônes"),
    ("Centre Communal d’Action Sociale de Rumilly", "Rumilly"),
    ("Régie des Eaux du Bas-Chablais", "Douvaine"),
)
PEOPLE_TOWNS = ("Annecy", "Rumilly", "Chambéry", "Annemasse", "Annecy")
TWIN = ("Plomberie Chauffage Bertholet", "Rumilly")
"""The same firm typed twice, once with a slip, for the page of possible duplicates."""
SUPPLIERS = (
    ("Grossiste Informatique Rhodanien SAS", "Lyon"),
    ("Consommables et Bureautique des Alpes SARL", "Grenoble"),
    ("Téléphonie et Réseaux Savoie SARL", "Chambéry"),
    ("Énergie du Lac SA", "Annecy"),
)
REGION = Region(
    towns=TOWNS,
    zones=ZONES,
    streets=STREETS,
    first_names=FIRST_NAMES,
    last_names=LAST_NAMES,
    roles=ROLES,
    firms=FIRMS,
    public=PUBLIC,
    people_towns=PEOPLE_TOWNS,
    suppliers=SUPPLIERS,
    twin=TWIN,
    legal_forms=r"\b(SARL|SAS|SA|SNC|EURL|EARL|SELARL)$",
    is_number_first=True,
)
