"""VROOM knows no alternatives and priorities up to 100: jobs of one length; the priority is the prize in hundredths of the
highest."""

import datetime

import numpy
import vroom

import model as given


def main():
    model = given.read()
    vehicles = model["vehicles"]

    def solve(jobs, seconds):
        highest = max((job.prize for job in jobs), default=1)
        # A job asks for all of its skills at once: vehicles that may make the same jobs share one.
        skills = {}
        for job in jobs:
            skills.setdefault(job.vehicles, len(skills))
        problem = vroom.Input()
        for k, matrix in enumerate(model["seconds"]):
            problem.set_durations_matrix(str(k), numpy.array(matrix, dtype=numpy.uint32))
        for k, v in enumerate(vehicles):
            problem.add_vehicle(
                vroom.Vehicle(
                    k,
                    start=v["start"],
                    end=v["end"],
                    profile=str(v["matrix"]),
                    skills={skill for members, skill in skills.items() if k in members},
                    time_window=vroom.TimeWindow(v["open"], v["close"]),
                    max_tasks=v["visits"],
                    max_travel_time=v["driving"],
                )
            )
        for number, job in enumerate(jobs):
            problem.add_job(
                vroom.Job(
                    number,
                    location=model["stops"][job.stop]["place"],
                    default_service=job.duration,
                    skills={skills[job.vehicles]},
                    priority=max(1, round(100 * job.prize / highest)),
                    time_windows=[vroom.TimeWindow(*window) for window in job.windows()],
                )
            )
        routes = [[] for _ in vehicles]
        if jobs:
            timeout = datetime.timedelta(seconds=seconds)
            solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timeout)
            for route in solution.to_dict()["routes"]:
                for step in route["steps"]:
                    if step["type"] == "job":
                        routes[route["vehicle"]].append((jobs[step["id"]], step["arrival"] + step["waiting_time"]))
        return routes

    given.solve_jobs(model, solve)


main()
