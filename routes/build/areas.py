"""Names of départements and intercommunalities, from npm @etalab/decoupage-administratif 6.0.0."""
import json

from common import DEPARTEMENTS, REGION, write_csv


def build(package, communes):
    """`package` is the unpacked npm package."""
    data = package / "data"
    epci = {e["code"]: e["nom"] for e in json.loads((data / "epci.json").read_text())}
    rows = [("departement", d["code"], d["nom"])
            for d in json.loads((data / "departements.json").read_text()) if d["code"] in DEPARTEMENTS]
    rows += [("intercommunality", code, epci[code]) for code in sorted({c["epci"] for c in communes})]
    write_csv(REGION / "areas.csv", "kind,code,name", rows)
