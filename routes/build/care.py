"""care-points.csv and imaging-sites.csv: fixed places of care. All hours are assumptions."""
from common import REGION, slug, write_csv

CARE_COLUMNS = "id,name,kind,commune,lat,lon,status,services,hours,hours_source,note"
IMAGING_COLUMNS = "id,name,commune,lat,lon,status,hours,hours_source,note"

MAISON_HOURS = "mon-fri 08:30-12:00 13:30-17:30"
HUB_HOURS = "mon-fri 08:00-18:00; sat 09:00-12:00"
PARTICIPATORY_HOURS = "mon-fri 09:00-12:30 13:30-17:30"
IMAGING_HOURS = "mon-fri 08:30-12:30 13:30-18:00"
IMAGING_SATURDAY = "; sat 08:30-12:00"
IMAGING_SATURDAY_POPULATION = 60_000

MAISONS = ["Glageon", "Landrecies", "Feignies", "Cuincy", "Lambres-lez-Douai",
           "Cappelle-la-Grande"]
HUBS = [("Lens", "62", "open"), ("Saint-Quentin", "02", "open"), ("Dunkerque", "59", "open"),
        ("Cambrai", "59", "planned"), ("Arras", "62", "planned")]
PARTICIPATORY = [
    ("abej-solidarite-lille", "Centre de santé Abej Solidarité", "Lille", "59"),
    ("msp-kruysbellaert-dunkerque", "MSP du Kruysbellaert", "Dunkerque", "59"),
    ("msp-sisa-montsoleil-outreau", "MSP SISA Montsoleil", "Outreau", "62"),
]

# Main hospital towns. Fourmies, Caudry, Watten and Hazebrouck, chosen by the programme for
# scarce imaging, have none here, nor have Hirson, Avesnes-sur-Helpe, Le Cateau and Bailleul
# beside them.
IMAGING = {
    "02": ["Château-Thierry", "Chauny", "Laon", "Saint-Quentin", "Soissons"],
    "59": ["Armentières", "Cambrai", "Denain", "Douai", "Dunkerque", "Lille", "Maubeuge",
           "Roubaix", "Saint-Amand-les-Eaux", "Seclin", "Tourcoing", "Valenciennes",
           "Villeneuve-d'Ascq"],
    "60": ["Beauvais", "Clermont", "Compiègne", "Creil", "Noyon", "Senlis"],
    "62": ["Arras", "Béthune", "Boulogne-sur-Mer", "Bruay-la-Buissière", "Calais",
           "Hénin-Beaumont", "Lens", "Liévin", "Rang-du-Fliers", "Saint-Omer",
           "Saint-Pol-sur-Ternoise"],
    "80": ["Abbeville", "Amiens", "Doullens", "Montdidier", "Péronne"],
}

AT_TOWN_HALL = "position : celle de la commune ; horaires et services supposés"


def place(commune, **columns):
    return dict(commune=commune["code"], lat=commune["lat"], lon=commune["lon"],
                hours_source="assumption", **columns)


def care_points(communes):
    rows = [place(
        communes.named(name, "59"), id="maison-nord-sante-" + slug(name),
        name=f"Maison Nord Santé – {name}", kind="maison-nord-sante", status="open",
        services="primary-care prevention", hours=MAISON_HOURS,
        note="Maison Nord Santé du Département ; " + AT_TOWN_HALL) for name in MAISONS]
    for name, departement, status in HUBS:
        rows.append(place(
            communes.named(name, departement), id="hub-" + slug(name), name=f"Hub – {name}",
            kind="hub", status=status, services="primary-care diagnostics prevention",
            hours=HUB_HOURS,
            note=("Cible 2026 d'un article de presse non confirmé ; " if status == "planned"
                  else "Démonstration : article de presse non confirmé ; ") + AT_TOWN_HALL))
    rows += [place(
        communes.named(town, departement), id=key, name=f"{name} – {town}", kind="participatory",
        status="open", services="primary-care prevention mediation", hours=PARTICIPATORY_HOURS,
        note="Structure de santé participative (ministère, 31 janvier 2022) ; " + AT_TOWN_HALL)
        for key, name, town, departement in PARTICIPATORY]
    rows.sort(key=lambda r: r["id"])
    write_csv(REGION / "care-points.csv", CARE_COLUMNS, rows)


def imaging_sites(communes):
    rows = []
    for departement, names in IMAGING.items():
        for name in names:
            commune = communes.named(name, departement)
            large = commune["population"] >= IMAGING_SATURDAY_POPULATION
            rows.append(place(
                commune, id="imagerie-" + slug(name),
                name=f"Mammographie – {name} (démonstration)", status="demonstration",
                hours=IMAGING_HOURS + (IMAGING_SATURDAY if large else ""),
                note="Démonstration : grande ville hospitalière, aucune liste ouverte ; "
                     "position de la commune et horaires supposés"))
    rows.sort(key=lambda r: r["id"])
    write_csv(REGION / "imaging-sites.csv", IMAGING_COLUMNS, rows)
    return rows
