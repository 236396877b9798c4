"""What all adaptors share: reading a model, writing routes, processor time.

A model is JSON, made by `cargo bench --bench peers`:

    cpu_seconds   processor time that the engine may take
    seed          of its random choices
    driving_cost  of a second of driving, in the unit of the prizes
    seconds       matrices of driving times, n x n whole seconds, row = from; a vehicle names its own
    vehicles      one for each vehicle and day: matrix, start, end (places), open, close (seconds after midnight:
                  leaves and is back between them), driving (most seconds of driving), visits (most visits)
    stops         place, options: vehicles (those that may), duration (seconds from arrival to departure), from and
                  to (when that may begin; it may wait), prize (whole number); at most one option of a stop, once

An answer is `{"routes": [[[stop, option], ...] by vehicle], "cpu_seconds": ...}`. Only the engine's own work counts as
processor time, not the making of its model.
"""

import json
import resource
import sys


def read():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def write(routes, begun):
    answer = {"routes": routes, "cpu_seconds": cpu_seconds() - begun}
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answer, file)


# On the way to a stop about so long, seconds: for engines that know one length of a stop only.
ON_THE_WAY = 1800


def one_length(stop):
    """For an engine without alternatives: the options of the length that brings most for the time it takes, and those
    of the same length at other hours, by the vehicles that may."""
    best = max(stop["options"], key=lambda o: o["prize"] / (o["duration"] + ON_THE_WAY))
    alike = [
        o
        for o in stop["options"]
        if o["duration"] == best["duration"] and o["vehicles"] == best["vehicles"] and o["prize"] >= best["prize"]
    ]
    return best, sorted(alike, key=lambda o: o["from"])


def option_at(stop, alike, arrival):
    """The position of the option during which a visit that began then was made."""
    fitting = [o for o in alike if o["from"] <= arrival <= o["to"]]
    return stop["options"].index(fitting[0] if fitting else alike[0])
