"""zones.csv: a DEMONSTRATION of territories, of their ZIP / ZAC class and of QPV counts.

Only the counts per département are published; which commune belongs where is invented here.
"""
import math

from common import DEPARTEMENTS, REGION, apportion, write_csv
from partition import balanced, components

COLUMNS = "commune,territory,territory_name,class,qpv"
TERRITORIES = {"02": 19, "59": 101, "60": 31, "62": 71, "80": 21}
ZIP = {"02": 16, "59": 19, "60": 20, "62": 14, "80": 4}
ZAC = {"02": 2, "59": 38, "60": 11, "62": 30, "80": 11}
QPV = {"02": 17, "59": 94, "60": 19, "62": 44, "80": 10}
QPV_POPULATION = 10_000


def links_of(codes, pairs):
    """Neighbours inside a département, sorted lists by commune."""
    links = {c: set() for c in codes}
    for a, b in pairs:
        if a in links and b in links:
            links[a].add(b)
            links[b].add(a)
    return {c: sorted(v) for c, v in links.items()}


def bridge_exclaves(links, communes):
    """Joins a detached part to the nearest commune of the mainland; returns the links made."""
    mainland, *rest = components(sorted(links), links)
    made = []

    def distance(a, b):
        a, b = communes.by_code[a], communes.by_code[b]
        lat, lon = float(a["lat"]), float(a["lon"])
        scale = math.cos(math.radians(lat))
        return math.hypot(float(b["lat"]) - lat, (float(b["lon"]) - lon) * scale)

    for part in rest:
        a, b = min(((a, b) for a in part for b in mainland),
                   key=lambda p: (distance(*p), p))
        links[a] = sorted(links[a] + [b])
        links[b] = sorted(links[b] + [a])
        made.append((a, b))
    return made


def large_cities(codes, people, count):
    """Communes larger than the mean of what is left once they stand alone."""
    alone, left = [], sorted(codes, key=lambda c: (-people[c], c))
    while people[left[0]] > sum(people[c] for c in left) / (count - len(alone)):
        alone.append(left.pop(0))
    return alone


def split(codes, links, people, count):
    """`count` groups: each large city by itself, the rest balanced among the others."""
    alone = large_cities(codes, people, count)
    rest = {c: [v for v in links[c] if v not in alone] for c in codes if c not in alone}
    if len(components(sorted(rest), rest)) > 1:
        raise SystemExit(f"zones: {alone} cut the rest of the département in pieces")
    return [[c] for c in alone] + balanced(rest, people, count - len(alone))


def classes(groups, departement, people, minutes):
    """Territories farthest from imaging first: ZIP, then ZAC, then none."""
    def remoteness(i):
        group = groups[i]
        return sum(people[c] * minutes[c] for c in group) / sum(people[c] for c in group)

    order = sorted(range(len(groups)), key=lambda i: (-remoteness(i), i))
    zip_count, zac_count = ZIP[departement], ZAC[departement]
    return {i: "ZIP" if n < zip_count else "ZAC" if n < zip_count + zac_count else "none"
            for n, i in enumerate(order)}


def report(departement, groups, people):
    size = sorted((sum(people[c] for c in g) for g in groups), reverse=True)
    shared = sorted(sum(people[c] for c in g) for g in groups if len(g) > 1)
    mean = sum(size) / len(size)
    shared_mean = sum(shared) / len(shared)
    print(f"  {departement}: {len(groups)} territories, mean {mean:.0f}, max/mean "
          f"{size[0] / mean:.2f}; of several communes {len(shared)}, mean {shared_mean:.0f}, "
          f"min/mean {shared[0] / shared_mean:.2f}, max/mean {shared[-1] / shared_mean:.2f}")


def build(communes, pairs, roads, imaging):
    minutes = roads.minutes_from(sorted({s["commune"] for s in imaging}))
    people = {c["code"]: c["population"] for c in communes}
    rows = []
    for departement in DEPARTEMENTS:
        codes = sorted(c for c in people if c[:2] == departement)
        links = links_of(codes, pairs)
        bridge_exclaves(links, communes)
        groups = sorted(split(codes, links, people, TERRITORIES[departement]), key=min)
        report(departement, groups, people)
        kind = classes(groups, departement, people, minutes)
        qpv = apportion(QPV[departement],
                        {c: people[c] for c in codes if people[c] >= QPV_POPULATION})
        for i, group in enumerate(groups):
            largest = max(group, key=lambda c: (people[c], c))
            name = f"{communes.by_code[largest]['name']} (démonstration)"
            rows += [(c, f"{departement}-{i + 1:03}", name, kind[i], qpv.get(c, 0))
                     for c in group]
    rows.sort()
    write_csv(REGION / "zones.csv", COLUMNS, rows)
