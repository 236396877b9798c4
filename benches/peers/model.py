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
# Attempts of such an engine to make no stop twice.
ATTEMPTS = 4


class Job:
    """A stop for the vehicles that share an option of it, of one length: that which fits into most hours of the day, and
    of those the one that brings most for its time."""

    def __init__(self, stop, options):
        self.stop = stop
        lengths = {}
        for position, option in options:
            lengths.setdefault(option["duration"], []).append((position, option))

        def merit(alike):
            best = max(option["prize"] for _, option in alike)
            return len(alike), best / (alike[0][1]["duration"] + ON_THE_WAY)

        self.alike = sorted(max(lengths.values(), key=merit), key=lambda pair: pair[1]["from"])
        self.duration = self.alike[0][1]["duration"]
        self.vehicles = tuple(self.alike[0][1]["vehicles"])
        self.prize = max(option["prize"] for _, option in self.alike)

    def windows(self):
        return [(option["from"], option["to"]) for _, option in self.alike]

    def option_at(self, arrival):
        """The option that is made by a visit which begins then."""
        fitting = [position for position, option in self.alike if option["from"] <= arrival <= option["to"]]
        return fitting[0] if fitting else self.alike[0][0]


def solve_jobs(model, solve):
    """Routes by an engine without alternatives. `solve(jobs, seconds)` gives, by vehicle, jobs and arrivals. A stop that
    different vehicles could make is several jobs: where two of them are made, the lesser is left away, and all is solved
    again while there is time."""
    jobs = []
    for s, stop in enumerate(model["stops"]):
        by_vehicles = {}
        for position, option in enumerate(stop["options"]):
            by_vehicles.setdefault(tuple(option["vehicles"]), []).append((position, option))
        jobs += [Job(s, options) for options in by_vehicles.values()]
    begun = cpu_seconds()
    left = model["cpu_seconds"]
    best = None
    while True:
        # An engine that would have gone on gets the rest once no stop is made twice.
        given = left if best else max(0.1, left / ATTEMPTS)
        before = left
        routes = solve(jobs, given)
        left = model["cpu_seconds"] - (cpu_seconds() - begun)
        made = sorted((job for route in routes for job, _ in route), key=lambda job: -job.prize)
        first = {}
        twice = [job for job in made if first.setdefault(job.stop, job) is not job]
        found = sum(job.prize for job in first.values()), [[v for v in route if v[0] not in twice] for route in routes]
        ended = before - left < 0.8 * given
        if best or not twice and ended or left < before - left:
            best = max(best or found, found, key=lambda pair: pair[0])
            break
        if twice:
            jobs = [job for job in jobs if job not in twice]
        else:
            best = found
    write([[(job.stop, job.option_at(at)) for job, at in route] for route in best[1]], begun)
