"""Builds everything under routes/ from a folder of source data.

    python3 routes/build/build.py SOURCE_DIR

Python 3.11, standard library only, no network. The same input gives the same files.
"""
import sys
from pathlib import Path

import calendar_fr
import care
import ground
import past
import sites
import zones


def main(arguments):
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: build.py SOURCE_DIR (a folder with the source data)", file=sys.stderr)
        return 2
    source = Path(arguments[0])
    communes = ground.communes(source)
    pairs = ground.neighbours(source)
    roads = ground.roads(source)
    ground.outlines(source)
    site_rows = sites.build(communes)
    care.care_points(communes)
    imaging = care.imaging_sites(communes)
    zones.build(communes, pairs, roads, imaging)
    past.build(communes, site_rows, roads)
    calendar_fr.build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
