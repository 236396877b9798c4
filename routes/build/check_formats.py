"""Readers used by check.py: the bytes of each file, opening hours, lists of dates."""
import gzip
import re
from datetime import date

from common import FRANCE, REGION

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

# Header and number of leading columns that the rows are sorted by (0: checked elsewhere).
CSV_FILES = {
    REGION / "communes.csv":
        ("code,name,departement,population,lat,lon,women_50_74,epci,postcode,position_source", 1),
    REGION / "areas.csv": ("kind,code,name", 2),
    REGION / "adjacency.csv": ("a,b", 2),
    REGION / "road-nodes.csv.gz": ("id,lat,lon,commune", 0),
    REGION / "road-edges.csv.gz": ("a,b,metres,seconds,kind", 0),
    REGION / "sites.csv":
        ("id,name,commune,lat,lon,status,power,level_ground,ramp_access,network,vehicles,"
         "available_from,available_to,weekdays,blocked_dates,set_up_minutes,pack_down_minutes,"
         "address,contact,permit,note", 1),
    REGION / "care-points.csv":
        ("id,name,kind,commune,lat,lon,status,services,hours,hours_source,note", 1),
    REGION / "imaging-sites.csv":
        ("id,name,commune,lat,lon,status,hours,hours_source,note", 1),
    REGION / "zones.csv": ("commune,territory,territory_name,class,qpv", 1),
    REGION / "past-2025.csv":
        ("visit,date,vehicle,site,service,commune,invited,attended,label", 0),
    REGION / "past-demo.csv":
        ("visit,date,vehicle,site,service,commune,invited,attended,label", None),
    FRANCE / "calendar.csv": ("date_from,date_to,kind,name,source", 0),
}
OTHER_FILES = [REGION / "outlines-communes.geojson.gz", REGION / "outline-departements.geojson",
               REGION / "skeleton.osm.gz"]


def layout():
    """What is wrong with the files as bytes: missing, header, line ends, order, gzip time."""
    wrong = [f"{p.name}: missing" for p in [*CSV_FILES, *OTHER_FILES] if not p.is_file()]
    if wrong:
        return wrong
    for path in [*CSV_FILES, *OTHER_FILES]:
        if path.suffix == ".gz" and path.read_bytes()[3:8] != bytes(5):
            wrong.append(f"{path.name}: the gzip header holds a time or a name")
    for path, (header, keys) in CSV_FILES.items():
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
        lines = text.split("\n")
        if lines[0] != header:
            wrong.append(f"{path.name}: header {lines[0]!r}, expected {header!r}")
        if "\r" in text or lines.pop() != "":
            wrong.append(f"{path.name}: not LF line ends with one at the end")
        # Keys of None: rows in the order of their dates, as they were planned.
        order = [line.split(",")[1:2] if keys is None else line.split(",")[:keys] for line in lines[1:]]
        if order != sorted(order):
            wrong.append(f"{path.name}: rows are not sorted")
        if len(set(lines)) != len(lines):
            wrong.append(f"{path.name}: a row appears twice")
    return wrong


def days_of(text):
    """`mon-fri` or `sat` as weekday numbers; nothing if it cannot be read."""
    ends = text.split("-")
    if len(ends) > 2 or not all(e in WEEKDAYS for e in ends):
        return []
    return list(range(WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1]) + 1))


def is_hours(text):
    """`mon-fri 08:30-12:00 13:30-17:30; sat 09:00-12:00`: days once, ranges in order."""
    seen = set()
    for group in text.split("; "):
        days, *ranges = group.split(" ")
        numbers = days_of(days)
        if not numbers or not ranges or seen & set(numbers):
            return False
        seen.update(numbers)
        last = ""
        for r in ranges:
            match = re.fullmatch(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)", r)
            if not match or not last < match[1] < match[2]:
                return False
            last = match[2]
    return True


def is_iso_dates(text):
    """Space-separated ISO dates or ranges `2026-12-24..2027-01-01`; nothing is fine."""
    try:
        for item in text.split():
            days = [date.fromisoformat(d) for d in item.split("..")]
            if len(days) > 2 or days != sorted(days):
                return False
    except ValueError:
        return False
    return True
