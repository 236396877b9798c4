"""What every part of the build shares: files in and out, names, the road graph."""
import csv
import gzip
import heapq
import io
import unicodedata
from pathlib import Path

ROUTES = Path(__file__).resolve().parents[1]
REGION = ROUTES / "hauts-de-france"
FRANCE = ROUTES / "france"

DEPARTEMENTS = {"02": "Aisne", "59": "Nord", "60": "Oise", "62": "Pas-de-Calais", "80": "Somme"}
DOOR_TO_DOOR_SECONDS = 90  # leaving and parking, once a trip


def read_csv(path):
    """Rows of a comma-separated file (gzip by its suffix) as dictionaries of text."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def csv_bytes(header, rows):
    """The bytes of a CSV: UTF-8, LF, comma; `rows` are dictionaries or sequences."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([row[k] for k in header] if isinstance(row, dict) else row)
    return out.getvalue().encode("utf-8")


def write(path, data):
    """Writes bytes; a name that ends in .gz is packed with no time and no name inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


def write_csv(path, header, rows):
    rows = list(rows)
    write(path, csv_bytes(header.split(","), rows))
    print(f"{path.relative_to(ROUTES)}: {len(rows)} rows")


def slug(text):
    """`Boulogne-sur-Mer` -> `boulogne-sur-mer`: lower case ASCII letters, digits, hyphens."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain).split())


# Communes in H- before which one says « d' »; « de » is never wrong for the others.
MUTE_H = {"Halluin", "Haubourdin", "Hautmont", "Hazebrouck", "Hénin-Beaumont", "Hergnies",
          "Hersin-Coupigny", "Hesdin-l'Abbé", "Hesdin-la-Forêt", "Hirson", "Houdain",
          "Houplines", "Hélesmes", "Hérin"}


def of_commune(name):
    """The commune's name after « de »: `d'Anzin`, `du Quesnoy`, `de La Bassée`."""
    if name.startswith("Le "):
        return "du " + name[3:]
    if name.startswith("Les "):
        return "des " + name[4:]
    first = slug(name)[:1]
    return f"d'{name}" if first in "aeiou" or name in MUTE_H else f"de {name}"


def apportion(total, weights):
    """Whole shares of `total` by largest remainder; ties go to the smaller key."""
    whole = sum(weights.values())
    exact = {k: total * w / whole for k, w in weights.items()}
    share = {k: int(x) for k, x in exact.items()}
    order = sorted(exact, key=lambda k: (share[k] - exact[k], k))
    for k in order[: total - sum(share.values())]:
        share[k] += 1
    return share


class Communes:
    """The communes by INSEE code, and by name within a département."""

    def __init__(self, rows):
        self.by_code = {r["code"]: r for r in rows}
        self.by_name = {(r["name"], r["departement"]): r for r in rows}

    def named(self, name, departement):
        return self.by_name[name, departement]

    def __iter__(self):
        return iter(self.by_code.values())


class Roads:
    """The undirected road graph; times in seconds, without the door-to-door share."""

    def __init__(self, nodes, edges):
        self.node_of = {n["commune"]: n["id"] for n in nodes if n["commune"]}
        self.commune_of = {node: code for code, node in self.node_of.items()}
        self.links = {n["id"]: [] for n in nodes}
        for e in edges:
            self.links[e["a"]].append((e["b"], int(e["seconds"])))
            self.links[e["b"]].append((e["a"], int(e["seconds"])))

    def minutes_from(self, codes, limit=float("inf")):
        """Door-to-door minutes from the nearest of `codes` to every commune within `limit`."""
        limit_seconds = limit * 60 - DOOR_TO_DOOR_SECONDS
        best = {self.node_of[c]: 0 for c in codes}
        heap = sorted((0, node) for node in best)
        while heap:
            t, u = heapq.heappop(heap)
            if t > best[u]:
                continue
            for v, seconds in self.links[u]:
                if t + seconds < best.get(v, float("inf")) and t + seconds <= limit_seconds:
                    best[v] = t + seconds
                    heapq.heappush(heap, (t + seconds, v))
        return {self.commune_of[n]: (t + DOOR_TO_DOOR_SECONDS) / 60
                for n, t in best.items() if n in self.commune_of}
