"""sites.csv: where the truck and the vans may park."""
from collections import Counter

from common import REGION, of_commune, slug, write_csv

COLUMNS = ("id,name,commune,lat,lon,status,power,level_ground,ramp_access,network,vehicles,"
           "available_from,available_to,weekdays,blocked_dates,set_up_minutes,"
           "pack_down_minutes,address,contact,permit,note")

# The truck's eight communes of 2025, in the order of its stops.
USED = ["Fourmies", "Sin-le-Noble", "Watten", "Caudry", "Anzin", "Hazebrouck", "Croix", "Onnaing"]
# The vans' stops in one press article; the last two are villages with Saturday clinics.
WEEKDAY_STOPS = ["Arras", "Béthune", "Saint-Omer", "Boulogne-sur-Mer", "Calais"]
SATURDAY_STOPS = ["Couin", "Bellinghem"]
CANDIDATE_POPULATION = 1500

USED_NOTE = ("Commune de la tournée du camion en 2025 (presse du Département, nov.-déc. 2025) ; "
             "emplacement exact non publié ; équipements supposés")
DEMONSTRATION_NOTE = ("Démonstration : arrêt cité par un article de presse non confirmé ; "
                      "emplacement et équipements supposés")
CANDIDATE_NOTE = "Candidat : emplacement et équipements supposés, à confirmer par la mairie"


def site(commune, status, place, **changes):
    """A row with the assumptions common to all sites; `changes` overrides columns."""
    name = commune["name"]
    row = dict.fromkeys(COLUMNS.split(","), "")
    row.update(
        commune=commune["code"], lat=commune["lat"], lon=commune["lon"], status=status,
        name=f"{name} – {place}", power="yes", level_ground="yes", ramp_access="yes",
        network="yes", contact=f"Mairie {of_commune(name)}")
    row.update(changes)
    return row


def used(commune):
    return site(commune, "used", "place (à préciser)", vehicles="truck van", permit="granted",
                address=f"Place – à préciser par la mairie, {commune['postcode']} {commune['name']}",
                note=USED_NOTE)


def demonstration(commune, saturday):
    changes = {"power": "no", "weekdays": "sat"} if saturday else {}
    note = DEMONSTRATION_NOTE + (" ; consultation du samedi" if saturday else "")
    return site(commune, "demonstration", "arrêt des vans (démonstration)", vehicles="van",
                permit="assumed", note=note, **changes,
                address=f"Arrêt – à préciser par la mairie, {commune['postcode']} {commune['name']}")


def candidate(commune):
    return site(
        commune, "candidate", "emplacement à confirmer", vehicles="truck van", permit="none",
        address=f"Emplacement à préciser par la mairie, {commune['postcode']} {commune['name']}",
        note=CANDIDATE_NOTE)


def name_ids(rows, communes):
    """Ids from the commune's name; with the INSEE code where two communes share it."""
    homes = {r["commune"] for r in rows}
    shared = Counter(slug(communes.by_code[c]["name"]) for c in homes)
    seen = Counter()
    for row in rows:
        stem = slug(communes.by_code[row["commune"]]["name"])
        if shared[stem] > 1:
            stem += "-" + row["commune"]
        seen[stem] += 1
        row["id"] = stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"


def build(communes):
    rows = [used(communes.named(n, "59")) for n in USED]
    rows += [demonstration(communes.named(n, "62"), n in SATURDAY_STOPS)
             for n in WEEKDAY_STOPS + SATURDAY_STOPS]
    taken = {r["commune"] for r in rows if r["status"] == "used"}
    rows += [candidate(c) for c in communes
             if c["population"] >= CANDIDATE_POPULATION and c["code"] not in taken]
    name_ids(rows, communes)
    rows.sort(key=lambda r: r["id"])
    write_csv(REGION / "sites.csv", COLUMNS, rows)
    return rows
