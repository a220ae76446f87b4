"""Towns, names and firms from which the demo is drawn."""

from __future__ import annotations

from canone.config.demo.land import Region, Town

LAKE, ERBA, CANTU, LECCO, BRIANZA, WEST = (
    "Como e lago",
    "Erbese e Triangolo Lariano",
    "Canturino",
    "Lecchese",
    "Brianza",
    "Varesotto e Milano",
)
ZONES = (LAKE, ERBA, CANTU, LECCO, BRIANZA, WEST)
TOWNS = {
    town.city: town
    for town in (
        Town("Como", "22100", "CO", 45.8081, 9.0852, "031", LAKE),
        Town("Cernobbio", "22012", "CO", 45.8425, 9.0751, "031", LAKE),
        Town("Menaggio", "22017", "CO", 46.0200, 9.2393, "0344", LAKE),
        Town("Bellagio", "22021", "CO", 45.9877, 9.2617, "031", LAKE),
        Town("Gravedona ed Uniti", "22015", "CO", 46.1470, 9.3040, "0344", LAKE),
        Town("Erba", "22036", "CO", 45.8106, 9.2247, "031", ERBA),
        Town("Canzo", "22035", "CO", 45.8514, 9.2722, "031", ERBA),
        Town("Asso", "22033", "CO", 45.8622, 9.2708, "031", ERBA),
        Town("Albavilla", "22031", "CO", 45.8003, 9.1896, "031", ERBA),
        Town("Tavernerio", "22038", "CO", 45.8020, 9.1430, "031", ERBA),
        Town("Ponte Lambro", "22037", "CO", 45.8269, 9.2264, "031", ERBA),
        Town("Cantù", "22063", "CO", 45.7386, 9.1295, "031", CANTU),
        Town("Mariano Comense", "22066", "CO", 45.6964, 9.1800, "031", CANTU),
        Town("Inverigo", "22044", "CO", 45.7386, 9.2181, "031", CANTU),
        Town("Fino Mornasco", "22073", "CO", 45.7466, 9.0463, "031", CANTU),
        Town("Lomazzo", "22074", "CO", 45.6975, 9.0353, "02", CANTU),
        Town("Olgiate Comasco", "22077", "CO", 45.7858, 8.9691, "031", CANTU),
        Town("Lecco", "23900", "LC", 45.8566, 9.3977, "0341", LECCO),
        Town("Valmadrera", "23868", "LC", 45.8453, 9.3586, "0341", LECCO),
        Town("Oggiono", "23848", "LC", 45.7900, 9.3458, "0341", LECCO),
        Town("Calolziocorte", "23801", "LC", 45.7975, 9.4275, "0341", LECCO),
        Town("Merate", "23807", "LC", 45.6966, 9.4197, "039", LECCO),
        Town("Casatenovo", "23880", "LC", 45.6981, 9.3122, "039", LECCO),
        Town("Giussano", "20833", "MB", 45.6972, 9.2117, "0362", BRIANZA),
        Town("Seregno", "20831", "MB", 45.6490, 9.2050, "0362", BRIANZA),
        Town("Carate Brianza", "20841", "MB", 45.6770, 9.2363, "0362", BRIANZA),
        Town("Monza", "20900", "MB", 45.5845, 9.2744, "039", BRIANZA),
        Town("Saronno", "21047", "VA", 45.6255, 9.0337, "02", WEST),
        Town("Varese", "21100", "VA", 45.8206, 8.8251, "0332", WEST),
        Town("Milano", "20121", "MI", 45.4642, 9.1900, "02", WEST),
        Town("Bergamo", "24121", "BG", 45.6983, 9.6773, "035", LECCO),
    )
}
STREETS = (
    "Via Roma", "Via Volta", "Via Manzoni", "Via Garibaldi", "Via Mazzini", "Via Cavour",
    "Corso XXV Aprile", "Via Dante", "Via Plinio", "Via Leonardo da Vinci", "Via per Lecco",
    "Via Vittorio Veneto", "Via Matteotti", "Piazza Mercato", "Via dei Mille", "Via Verdi",
    "Via Provinciale", "Via dell’Artigianato", "Via delle Industrie", "Via San Rocco",
)  # fmt: skip
FIRST_NAMES = (
    ("Paola", "F"), ("Marco", "M"), ("Elena", "F"), ("Luca", "M"), ("Chiara", "F"),
    ("Andrea", "M"), ("Silvia", "F"), ("Davide", "M"), ("Francesca", "F"), ("Stefano", "M"),
    ("Laura", "F"), ("Matteo", "M"), ("Giulia", "F"), ("Roberto", "M"), ("Sara", "F"),
    ("Alberto", "M"), ("Valentina", "F"), ("Giorgio", "M"), ("Monica", "F"), ("Fabio", "M"),
)  # fmt: skip
LAST_NAMES = (
    "Casartelli", "Ballabio", "Pozzoli", "Corti", "Frigerio", "Molteni", "Castelnuovo", "Ratti",
    "Cattaneo", "Tettamanti", "Bosisio", "Anzani", "Proserpio", "Valsecchi", "Colombo", "Riva",
    "Beretta", "Sala", "Redaelli", "Meroni", "Galimberti", "Parravicini", "Isacchi", "Brenna",
)  # fmt: skip
ROLES = (
    "Amministrazione", "Titolare", "Responsabile IT", "Segreteria", "Ufficio acquisti",
    "Responsabile produzione",
)  # fmt: skip
FIRMS = (
    ("Officine Meccaniche Tavernaro S.r.l.", "Erba"),
    ("Tessitura del Lambrone S.p.A.", "Como"),
    ("Studio Pozzoli e Anzani Commercialisti Associati", "Como"),
    ("Farmacia Sant’Eufemia S.n.c.", "Erba"),
    ("Autotrasporti Valbasca S.r.l.", "Lecco"),
    ("Hotel Riva Serena S.r.l.", "Bellagio"),
    ("Arredamenti Pianella S.r.l.", "Cantù"),
    ("Stamperia Serica Lario S.r.l.", "Como"),
    ("Immobiliare Tre Laghi S.r.l.", "Oggiono"),
    ("Termoidraulica Brambati S.r.l.", "Inverigo"),
    ("Carpenteria Galbusera & Figli S.n.c.", "Valmadrera"),
    ("Panificio Antico Forno Prina S.n.c.", "Canzo"),
    ("Studio Legale Redaelli Meroni", "Monza"),
    ("Cartotecnica Alto Segrino S.r.l.", "Canzo"),
    ("Vetreria Moltrasina S.r.l.", "Cernobbio"),
    ("Ambulatorio Veterinario Le Ginestre", "Albavilla"),
    ("Plastica Lurate S.p.A.", "Fino Mornasco"),
    ("Centro Ottico Visus S.r.l.", "Seregno"),
    ("Caseificio Valvarrone S.r.l.", "Lecco"),
    ("Impresa Edile Bosisio Geom. Carlo", "Merate"),
    ("Logistica Brianza Nord S.r.l.", "Giussano"),
    ("Cantine Montevecchina Soc. Agr. S.s.", "Casatenovo"),
    ("Elettromeccanica Isacchi S.r.l.", "Calolziocorte"),
    ("Residenza Villa Clerici S.r.l.", "Tavernerio"),
    ("Falegnameria Proserpio S.n.c. di Proserpio A. & C.", "Asso"),
    ("Lavanderia Industriale Candida S.r.l.", "Lomazzo"),
    ("Studio Dentistico Tettamanti", "Olgiate Comasco"),
    ("Centro Dentistico Aurora S.r.l.", "Carate Brianza"),
    ("Tipografia Larianpress S.r.l.", "Como"),
    ("Concessionaria Bruseghini Auto S.p.A.", "Mariano Comense"),
    ("Nautica Dongasca S.r.l.", "Gravedona ed Uniti"),
    ("Campeggio Punta Sirena S.a.s.", "Menaggio"),
    ("Ferramenta Corti & Sala S.n.c.", "Ponte Lambro"),
    ("Minuterie Metalliche Resegone S.r.l.", "Lecco"),
    ("Trafilerie del Gerenzone S.p.A.", "Lecco"),
    ("Ascensori Monviso Service S.r.l.", "Saronno"),
    ("Agenzia Viaggi Mete Lontane S.r.l.", "Varese"),
    ("Studio Tecnico Ing. Galimberti", "Erba"),
    ("Notaio Dott. Parravicini", "Como"),
    ("Palestra Energym S.s.d. a r.l.", "Seregno"),
    ("Macelleria Fratelli Beretta S.n.c.", "Albavilla"),
    ("Torrefazione Caffè Moretto S.r.l.", "Cantù"),
    ("Cooperativa Sociale Il Sentiero Onlus", "Erba"),
    ("Consulenza Paghe Brenna S.t.p. S.r.l.", "Mariano Comense"),
    ("Pizzeria Al Lavatoio di Ratti Luca", "Cernobbio"),
    ("Ristorante La Darsena S.a.s.", "Menaggio"),
    ("Galvanica Barzago S.r.l.", "Oggiono"),
    ("Mobilificio Castelli d’Inverigo S.r.l.", "Inverigo"),
    ("Poliambulatorio San Girolamo S.r.l.", "Bergamo"),
    ("Digitale & Partners S.r.l.", "Milano"),
)
PUBLIC = (
    ("Istituto Comprensivo Alto Lario Orientale", "Gravedona ed Uniti"),
    ("Consorzio Servizi Sociali dell’Erbese", "Erba"),
    ("Azienda Speciale Farmacie Lariane", "Como"),
)
PEOPLE_TOWNS = ("Como", "Erba", "Cantù", "Lecco", "Como")
TWIN = ("Termoidraulica Brambatti", "Inverigo")
"""The same firm typed twice, once with a slip, for the page of possible duplicates."""
SUPPLIERS = (
    ("Distribuzione Informatica Padana S.p.A.", "Milano"),
    ("Ricambi Ufficio Lombardi S.r.l.", "Monza"),
    ("Telefonia & Reti Lecco S.r.l.", "Lecco"),
    ("Energia del Lario S.r.l.", "Como"),
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
    legal_forms=r"\b(S\.r\.l\.|S\.p\.A\.|S\.n\.c\.|S\.a\.s\.|S\.s\.|SA|Onlus).*$",
)
