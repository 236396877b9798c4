"""Prints the events of a calendar as PyPI icalendar reads them, one JSON object a line.

icalendar takes a zone it knows by name from the system. With a second argument the zone is
renamed first, so that only the file's own VTIMEZONE can say what it means.
"""
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

data = Path(sys.argv[1]).read_bytes()
if len(sys.argv) > 2:
    data = data.replace(b"Europe/Paris", sys.argv[2].encode())
calendar = Calendar.from_ical(data)
assert calendar["METHOD"] == "PUBLISH"
assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"])
paris = ZoneInfo("Europe/Paris")


def local(when):
    assert when.tzinfo is not None, "floating time"
    return when.astimezone(paris).isoformat(timespec="minutes")


for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    print(
        json.dumps(
            {
                "summary": str(event["SUMMARY"]),
                "start": local(event.decoded("DTSTART")),
                "end": local(event.decoded("DTEND")),
                "uid": str(event["UID"]),
                "status": str(event["STATUS"]),
                "location": str(event["LOCATION"]),
            }
        )
    )
