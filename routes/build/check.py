"""Verifies the files under routes/ and exits 1, naming what is off, if anything is.

    python3 routes/build/check.py

The counts below are the published ones, written here once more on purpose: the check does not
take them from the scripts that it checks.
"""
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import date

from check_formats import is_hours, is_iso_dates, layout
from common import DOOR_TO_DOOR_SECONDS, FRANCE, REGION, Communes, Roads, read_csv

TERRITORIES = {"02": 19, "59": 101, "60": 31, "62": 71, "80": 21}
ZIP = {"02": 16, "59": 19, "60": 20, "62": 14, "80": 4}
ZAC = {"02": 2, "59": 38, "60": 11, "62": 30, "80": 11}
QPV = {"02": 17, "59": 94, "60": 19, "62": 44, "80": 10}
EASTER = ["2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01"]
# Minutes on the graph, without the door-to-door share.
TRIPS = [("Lille", "59", "Dunkerque", "59", 56), ("Lille", "59", "Calais", "62", 73),
         ("Lille", "59", "Arras", "62", 46), ("Lille", "59", "Fourmies", "59", 108),
         ("Caudry", "59", "Fourmies", "59", 52)]
SERVICES = {"primary-care", "diagnostics", "prevention", "mammography", "mediation"}
KINDS = {"maison-nord-sante": 6, "hub": 5, "participatory": 3}
PERMIT = {"used": "granted", "demonstration": "assumed", "candidate": "none"}

errors = []


def expect(condition, message):
    if not condition:
        errors.append(message)


def same(what, found, wanted):
    if found != wanted and isinstance(found, list) and set(found) != set(wanted):
        more, less = sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))
        errors.append(f"{what}: unexpected {more[:5]}, missing {less[:5]}")
    else:
        expect(found == wanted, f"{what}: found {found}, expected {wanted}")


def reached(start, links):
    seen, stack = {start}, [start]
    while stack:
        for v in links[stack.pop()]:
            if v not in seen:
                seen.add(v)
                stack.append(v)
    return seen


def check_communes(communes):
    codes = list(communes.by_code)
    same("communes.csv: communes", len(codes), 3782)
    expect(all(re.fullmatch(r"(02|59|60|62|80)\d{3}", c) for c in codes),
           "communes.csv: a code is not an INSEE code of the region")
    for c in communes:
        expect(c["departement"] == c["code"][:2] and re.fullmatch(r"\d{5}", c["postcode"])
               and 48.8 < float(c["lat"]) < 51.2 and 1.3 < float(c["lon"]) < 4.3
               and int(c["population"]) > 0 and int(c["women_50_74"]) >= 0,
               f"communes.csv: {c['code']} has a value out of range")
    nord = sum(int(c["women_50_74"]) for c in communes if c["departement"] == "59")
    expect(abs(nord - 377_000) < 1000, f"communes.csv: {nord} women 50-74 in the Nord, not 377,000")


def check_neighbours(communes):
    pairs = [(r["a"], r["b"]) for r in read_csv(REGION / "adjacency.csv")]
    expect(all(a < b and a in communes.by_code and b in communes.by_code for a, b in pairs),
           "adjacency.csv: a pair is out of order or names an unknown commune")
    links = defaultdict(set)
    for a, b in pairs:
        links[a].add(b)
        links[b].add(a)
    same("adjacency.csv: communes joined", len(reached("59350", links)), len(communes.by_code))
    return links


def check_roads(communes):
    nodes = read_csv(REGION / "road-nodes.csv.gz")
    edges = read_csv(REGION / "road-edges.csv.gz")
    ids = {n["id"] for n in nodes}
    same("road-nodes: distinct ids", len(ids), len(nodes))
    at = Counter(n["commune"] for n in nodes if n["commune"])
    expect(set(at) == set(communes.by_code) and set(at.values()) == {1},
           "road-nodes: not exactly one node for each commune")
    expect(all(e["a"] in ids and e["b"] in ids and int(e["seconds"]) > 0 and int(e["metres"]) > 0
               and e["kind"] in {"m", "n", "p", "adj", "twn", "acc"} for e in edges),
           "road-edges: an edge has an unknown node, no length, no time or an unknown kind")
    roads = Roads(nodes, edges)
    same("roads: communes reached from Lille", len(roads.minutes_from(["59350"])), 3782)
    for a, da, b, db, minutes in TRIPS:
        found = roads.minutes_from([communes.named(a, da)["code"]])[communes.named(b, db)["code"]]
        found -= DOOR_TO_DOOR_SECONDS / 60
        expect(abs(found - minutes) <= 1, f"roads: {a}-{b} {found:.1f} min, about {minutes} known")
    return roads


def check_outlines(communes):
    packed = json.loads(gzip.decompress((REGION / "outlines-communes.geojson.gz").read_bytes()))
    found = {f["properties"]["code"] for f in packed["features"]}
    expect(found == set(communes.by_code), "outlines-communes: not one outline for each commune")
    plain = json.loads((REGION / "outline-departements.geojson").read_bytes())
    same("outline-departements", sorted(f["properties"]["code"] for f in plain["features"]),
         sorted(TERRITORIES))
    skeleton = gzip.decompress((REGION / "skeleton.osm.gz").read_bytes())
    expect(b"(c) OpenStreetMap contributors, ODbL" in skeleton[:300],
           "skeleton.osm.gz: no attribution in its head")
    expect(skeleton.rstrip().endswith(b"</osm>"), "skeleton.osm.gz: not complete")


def check_places(name, rows, communes):
    same(f"{name}: distinct ids", len({r["id"] for r in rows}), len(rows))
    for r in rows:
        where = f"{name}: {r['id']}"
        expect(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", r["id"]), f"{where}: not a kebab-case id")
        home = communes.by_code.get(r["commune"])
        expect(home and (home["lat"], home["lon"]) == (r["lat"], r["lon"]),
               f"{where}: unknown commune, or not at its position")
        if "hours" in r:
            expect(is_hours(r["hours"]), f"{where}: hours cannot be read: {r['hours']}")
            same(f"{where}: hours_source", r["hours_source"], "assumption")


def check_sites(communes):
    rows = read_csv(REGION / "sites.csv")
    check_places("sites.csv", rows, communes)
    for r in rows:
        where = f"sites.csv: {r['id']}"
        expect(all(r[k] in ("yes", "no") for k in
                   ("power", "level_ground", "ramp_access", "network")), f"{where}: yes or no")
        same(f"{where}: permit", r["permit"], PERMIT.get(r["status"]))
        expect(r["vehicles"] and set(r["vehicles"].split()) <= {"truck", "van"},
               f"{where}: unknown vehicle kind {r['vehicles']}")
        expect(set(r["weekdays"].split()) <= set("mon tue wed thu fri sat sun".split()),
               f"{where}: unknown weekday {r['weekdays']}")
        for key in ("available_from", "available_to", "blocked_dates"):
            expect(is_iso_dates(r[key]), f"{where}: {key} {r[key]}")
    by_status = defaultdict(list)
    for r in rows:
        by_status[r["status"]].append(r["commune"])
    same("sites.csv: used", len(by_status["used"]), 8)
    same("sites.csv: demonstration", len(by_status["demonstration"]), 7)
    same("sites.csv: candidates", sorted(by_status["candidate"]), sorted(
        c["code"] for c in communes
        if int(c["population"]) >= 1500 and c["code"] not in by_status["used"]))
    return {r["id"]: r["commune"] for r in rows}


def check_care(communes):
    rows = read_csv(REGION / "care-points.csv")
    check_places("care-points.csv", rows, communes)
    same("care-points.csv: kinds", dict(Counter(r["kind"] for r in rows)), KINDS)
    same("care-points.csv: planned", sorted(r["id"] for r in rows if r["status"] == "planned"),
         ["hub-arras", "hub-cambrai"])
    for r in rows:
        expect(r["status"] in ("open", "planned") and set(r["services"].split()) <= SERVICES,
               f"care-points.csv: {r['id']}: unknown status or service")
    rows = read_csv(REGION / "imaging-sites.csv")
    check_places("imaging-sites.csv", rows, communes)
    expect(35 <= len(rows) <= 45 and {r["status"] for r in rows} == {"demonstration"},
           "imaging-sites.csv: 35 to 45 rows, all demonstration")
    without = {communes.named(n, "59")["code"]
               for n in ("Fourmies", "Caudry", "Watten", "Hazebrouck")}
    expect(not without & {r["commune"] for r in rows},
           "imaging-sites.csv: a site in a town chosen for scarce imaging")


def check_zones(communes, links):
    rows = read_csv(REGION / "zones.csv")
    same("zones.csv: communes", [r["commune"] for r in rows], sorted(communes.by_code))
    members, kinds, qpv = defaultdict(set), {}, Counter()
    for r in rows:
        members[r["territory"]].add(r["commune"])
        kinds.setdefault(r["territory"], set()).add((r["class"], r["territory_name"]))
        qpv[r["commune"][:2]] += int(r["qpv"])
        expect(r["territory"][:3] == r["commune"][:2] + "-",
               f"zones.csv: {r['commune']} in a territory of another département")
        expect(r["territory_name"].endswith(" (démonstration)"),
               f"zones.csv: {r['territory']} is not labelled as a demonstration")
    expect(all(len(k) == 1 for k in kinds.values()),
           "zones.csv: a territory has two classes or two names")
    of = {t: next(iter(k))[0] for t, k in kinds.items()}
    for d in TERRITORIES:
        here = [t for t in members if t[:2] == d]
        same(f"zones.csv: territories of {d}", len(here), TERRITORIES[d])
        same(f"zones.csv: ZIP of {d}", sum(of[t] == "ZIP" for t in here), ZIP[d])
        same(f"zones.csv: ZAC of {d}", sum(of[t] == "ZAC" for t in here), ZAC[d])
        same(f"zones.csv: QPV of {d}", qpv[d], QPV[d])
    expect(set(of.values()) <= {"ZIP", "ZAC", "none"}, "zones.csv: unknown class")
    # Boursies, Doignies and Mœuvres are detached from the Nord; Anneux is the nearest commune.
    joined = {frozenset(("59405", "59010"))}
    for t, group in members.items():
        inside = {c: {v for v in group if v in links[c] or frozenset((c, v)) in joined}
                  for c in group}
        expect(len(reached(min(group), inside)) == len(group), f"zones.csv: {t} is not contiguous")


def check_past(communes, roads, commune_of, holidays):
    rows = read_csv(REGION / "past-2025.csv")
    attended, invited, days = Counter(), Counter(), {}
    for r in rows:
        visit, people = r["visit"], int(r["invited"])
        attended[visit] += int(r["attended"])
        invited[visit] += people
        days[visit] = r["date"]
        same(f"past-2025.csv: {visit}: id", visit, f"{r['site']}-{r['date']}")
        near = roads.minutes_from([commune_of[r["site"]]], 30)
        expect(r["commune"][:2] == "59" and r["commune"] in near,
               f"past-2025.csv: {visit}: {r['commune']} is not in the Nord within 30 minutes")
        expect(0 <= int(r["attended"]) <= people
               <= 0.25 * 0.535 * int(communes.by_code[r["commune"]]["women_50_74"]),
               f"past-2025.csv: {visit}: {r['commune']}: numbers out of range")
        expect(r["label"] and r["vehicle"] == "nord-sante-truck" and r["service"] == "mammography",
               f"past-2025.csv: {visit}: label, vehicle or service")
    order = sorted(days, key=days.get)
    same("past-2025.csv: stops", [v[:-11] for v in order],
         ["fourmies", "sin-le-noble", "watten", "caudry", "anzin", "hazebrouck", "croix",
          "onnaing"])
    same("past-2025.csv: Fourmies", attended.get("fourmies-2025-11-05"), 31)
    same("past-2025.csv: attended in the first five", sum(attended[v] for v in order[:5]), 171)
    same("past-2025.csv: attended in all", sum(attended.values()), 297)
    expect(all(invited[v] == 4 * attended[v] for v in order),
           "past-2025.csv: not four invited for each who attended")
    expect(all(date.fromisoformat(d).weekday() < 5 and d not in holidays for d in days.values()),
           "past-2025.csv: a stop on a day off")


def check_calendar():
    rows = read_csv(FRANCE / "calendar.csv")
    span = {r["kind"]: (r["date_from"], r["date_to"]) for r in rows if r["kind"][:5] == "valid"}
    same("calendar.csv: valid", span.get("valid"), ("2025-01-01", "2029-12-31"))
    same("calendar.csv: kinds", {r["kind"] for r in rows},
         {"valid", "valid-school", "public-holiday", "school-holiday-b"})
    holidays = {r["date_from"]: r["name"] for r in rows if r["kind"] == "public-holiday"}
    same("calendar.csv: public holidays", len(holidays), 55)
    for easter in map(date.fromisoformat, EASTER):
        for days, name in ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")):
            day = date.fromordinal(easter.toordinal() + days).isoformat()
            same(f"calendar.csv: {day}", holidays.get(day), name)
    last = ""
    for r in rows:
        expect(r["date_from"] <= r["date_to"] and r["name"] and r["source"],
               f"calendar.csv: {r['date_from']}: ends before it begins, or no name or source")
        if r["kind"] == "school-holiday-b":
            known = span["valid-school"]
            expect(known[0] <= r["date_from"] and r["date_to"] <= known[1]
                   and r["date_from"] > last,
                   f"calendar.csv: {r['date_from']}: outside valid-school, or overlapping")
            last = r["date_to"]
    return set(holidays)


def check_all():
    """Runs every check; later ones only when the communes that they rest on are right."""
    errors.extend(layout())
    if errors:
        return
    communes = Communes(read_csv(REGION / "communes.csv"))
    check_communes(communes)
    if errors:
        return
    links = check_neighbours(communes)
    roads = check_roads(communes)
    check_outlines(communes)
    commune_of = check_sites(communes)
    check_care(communes)
    check_zones(communes, links)
    holidays = check_calendar()
    check_past(communes, roads, commune_of, holidays)


def main():
    try:
        check_all()
    except (KeyError, ValueError) as problem:
        errors.append(f"a value cannot be read or is missing: {problem!r}")
    for message in errors:
        print("error:", message, file=sys.stderr)
    print(f"{len(errors)} errors" if errors else "routes/: all checks passed")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
