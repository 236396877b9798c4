"""Communes, outlines, neighbours and roads: taken over from the source folder."""
import gzip
import json

from common import REGION, Communes, Roads, csv_bytes, read_csv, write, write_csv

COMMUNES = ("code,name,departement,population,lat,lon,women_50_74,epci,postcode,position_source")
POSITION = {"mairie": "town-hall", "geonames": "place-name", "centroid": "centroid"}


def communes(source):
    rows = [{
        "code": r["code"], "name": r["name"], "departement": r["dep"],
        "population": int(r["population"]), "lat": r["lat"], "lon": r["lon"],
        "women_50_74": int(r["w50_74_est"]), "epci": r["epci"], "postcode": r["postcode"],
        "position_source": POSITION[r["mairie"]],
    } for r in read_csv(source / "communes-hdf.csv")]
    rows.sort(key=lambda r: r["code"])
    write_csv(REGION / "communes.csv", COMMUNES, rows)
    return Communes(rows)


def neighbours(source):
    pairs = sorted({tuple(sorted((r["a"], r["b"])))
                    for r in read_csv(source / "communes-hdf-adjacency.csv")})
    write_csv(REGION / "adjacency.csv", "a,b", pairs)
    return pairs


def roads(source):
    nodes = [{"id": int(r["id"]), "lat": r["lat"], "lon": r["lon"], "commune": r["insee"]}
             for r in read_csv(source / "hdf-graph-nodes.csv.gz")]
    edges = [{"a": int(r["a"]), "b": int(r["b"]), "metres": r["metres"],
              "seconds": r["seconds"], "kind": r["kind"]}
             for r in read_csv(source / "hdf-graph-edges.csv.gz")]
    nodes.sort(key=lambda n: n["id"])
    edges.sort(key=lambda e: (e["a"], e["b"]))
    write_csv(REGION / "road-nodes.csv.gz", "id,lat,lon,commune", nodes)
    write_csv(REGION / "road-edges.csv.gz", "a,b,metres,seconds,kind", edges)
    skeleton(source)
    return Roads(nodes, edges)


def skeleton(source):
    """The same network as OSM XML, the input of a routing engine; the attribution stays."""
    lines = gzip.decompress((source / "hdf-skeleton.osm.gz").read_bytes()).decode().split("\n")
    lines[1] = "<osm version='0.6' generator='tournee; (c) OpenStreetMap contributors, ODbL 1.0'>"
    write(REGION / "skeleton.osm.gz", "\n".join(lines).encode())
    print("hauts-de-france/skeleton.osm.gz")


def outlines(source):
    packed = gzip.decompress((source / "communes-hdf-outlines.geojson.gz").read_bytes())
    plain = (source / "outline-hdf.geojson").read_bytes()
    for name, data in (("outlines-communes.geojson.gz", packed),
                       ("outline-departements.geojson", plain)):
        print(f"hauts-de-france/{name}: {len(json.loads(data)['features'])} outlines")
        write(REGION / name, data.rstrip() + b"\n")
