"""Builds everything under routes/ from a folder of source data.

    python3 routes/build/build.py SOURCE_DIR [AREAS_DIR]

AREAS_DIR is the unpacked npm package @etalab/decoupage-administratif 6.0.0 (`npm pack`, `tar xzf`);
without it, areas.csv stays as it is.

Python 3.11, standard library only, no network. The same input gives the same files.
"""
import sys
from pathlib import Path

import areas
import calendar_fr
import care
import ground
import past
import sites
import zones


def main(arguments):
    if len(arguments) not in (1, 2) or not all(Path(a).is_dir() for a in arguments):
        print("usage: build.py SOURCE_DIR [AREAS_DIR] (folders with the source data)", file=sys.stderr)
        return 2
    source = Path(arguments[0])
    communes = ground.communes(source)
    if len(arguments) == 2:
        areas.build(Path(arguments[1]), communes)
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
