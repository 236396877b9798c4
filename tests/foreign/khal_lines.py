"""Prints the events of a calendar as Debian's khal shows them, one JSON object a line.

khal imports the file into an empty calendar of its own and lists two years of it. It gives
local times without an offset.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FIELDS = ["title", "start-long", "end-long", "uid", "status", "location"]
MARK, END = "\x1f", "\x1e"

with tempfile.TemporaryDirectory() as home:
    home = Path(home)
    (home / "calendar").mkdir()
    config = home / "config"
    config.write_text(
        f"""[calendars]
[[test]]
path = {home / 'calendar'}
[sqlite]
path = {home / 'khal.db'}
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
""",
        encoding="utf-8",
    )
    environment = dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home), XDG_DATA_HOME=str(home))
    environment.update(XDG_CACHE_HOME=str(home), LC_ALL="C.UTF-8", TZ="America/New_York", COLUMNS="10000")

    def khal(*arguments):
        command = ["khal", "--config", str(config), *arguments]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
        sys.stderr.write(run.stderr)
        if run.returncode != 0:
            sys.exit(f"khal {arguments[0]}: exit {run.returncode}\n{run.stdout}")
        return run.stdout

    khal("import", "--batch", "--include-calendar", "test", sys.argv[1])
    template = MARK.join("{" + field + "}" for field in FIELDS) + END
    listed = khal("list", "--once", "--day-format", "", "--format", template, "2026-01-01", "2027-12-31")
    for entry in listed.split(END):
        entry = entry.strip("\n")
        if not entry:
            continue
        title, start, end, uid, status, location = entry.split(MARK)
        print(
            json.dumps(
                {
                    "summary": title,
                    "start": start,
                    "end": end,
                    "uid": uid,
                    "status": status.strip(),
                    "location": location,
                }
            )
        )
