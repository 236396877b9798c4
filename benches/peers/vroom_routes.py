"""VROOM knows no alternatives and priorities up to 100: a job for each stop, of the length that brings most for its time;
the priority is its prize in hundredths of the highest."""

import datetime

import numpy
import vroom

import model as given


def main():
    model = given.read()
    vehicles, stops = model["vehicles"], model["stops"]
    chosen = [given.one_length(stop) for stop in stops]
    highest = max((best["prize"] for best, _ in chosen), default=1)
    # A job asks for all of its skills at once: vehicles that may make the same stops share one.
    skills = {}
    for best, _ in chosen:
        skills.setdefault(tuple(best["vehicles"]), len(skills))
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
    for s, (best, alike) in enumerate(chosen):
        problem.add_job(
            vroom.Job(
                s,
                location=stops[s]["place"],
                default_service=best["duration"],
                skills={skills[tuple(best["vehicles"])]},
                priority=max(1, round(100 * best["prize"] / highest)),
                time_windows=[vroom.TimeWindow(o["from"], o["to"]) for o in alike],
            )
        )
    begun = given.cpu_seconds()
    routes = [[] for _ in vehicles]
    if stops:
        timeout = datetime.timedelta(seconds=model["cpu_seconds"])
        solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timeout)
        for route in solution.to_dict()["routes"]:
            for step in route["steps"]:
                if step["type"] == "job":
                    s = step["id"]
                    at = step["arrival"] + step["waiting_time"]
                    routes[route["vehicle"]].append((s, given.option_at(stops[s], chosen[s][1], at)))
    given.write(routes, begun)


main()
