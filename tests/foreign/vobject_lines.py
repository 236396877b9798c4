"""Prints the events of a calendar as PyPI vobject reads them, one JSON object a line.

vobject takes the zone from the file's own VTIMEZONE.
"""
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import vobject

calendar = vobject.readOne(Path(sys.argv[1]).read_text(encoding="utf-8"))
paris = ZoneInfo("Europe/Paris")


def local(when):
    assert when.tzinfo is not None, "floating time"
    return when.astimezone(paris).isoformat(timespec="minutes")


for event in calendar.contents.get("vevent", []):
    print(
        json.dumps(
            {
                "summary": event.summary.value,
                "start": local(event.dtstart.value),
                "end": local(event.dtend.value),
                "uid": event.uid.value,
                "status": event.status.value,
                "location": event.location.value,
            }
        )
    )
