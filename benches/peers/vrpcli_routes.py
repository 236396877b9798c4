"""vrp-cli (pragmatic format): jobs of one length with their prizes as values."""

import json
import os
import subprocess
import tempfile

import model as given


def clock(seconds):
    return "1970-01-01T%02d:%02d:%02dZ" % (seconds // 3600, seconds // 60 % 60, seconds % 60)


def seconds_of(instant):
    hours, minutes, rest = instant[11:19].split(":")
    return 3600 * int(hours) + 60 * int(minutes) + int(rest)


def put(path, what):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(what, file)


def problem_of(model, jobs):
    skills = {}
    for job in jobs:
        skills.setdefault(job.vehicles, "s%d" % len(skills))
    tasks = []
    for number, job in enumerate(jobs):
        place = {
            "location": {"index": model["stops"][job.stop]["place"]},
            "duration": job.duration,
            "times": [[clock(a), clock(b)] for a, b in job.windows()],
        }
        tasks.append(
            {
                "id": str(number),
                "services": [{"places": [place]}],
                "skills": {"allOf": [skills[job.vehicles]]},
                "value": job.prize,
            }
        )
    types = [
        {
            "typeId": "t%d" % k,
            "vehicleIds": ["v%d" % k],
            "profile": {"matrix": "m%d" % v["matrix"]},
            "costs": {"fixed": 0, "distance": 1, "time": 0},
            "shifts": [
                {
                    "start": {"earliest": clock(v["open"]), "location": {"index": v["start"]}},
                    "end": {"latest": clock(v["close"]), "location": {"index": v["end"]}},
                }
            ],
            "capacity": [1000],
            "skills": [skill for members, skill in skills.items() if k in members],
            "limits": {"maxDistance": v["driving"], "tourSize": v["visits"]},
        }
        for k, v in enumerate(model["vehicles"])
    ]
    profiles = [{"name": "m%d" % k} for k in range(len(model["seconds"]))]
    return {
        "plan": {"jobs": tasks},
        "fleet": {"vehicles": types, "profiles": profiles},
        "objectives": [{"type": "maximize-value"}, {"type": "minimize-cost"}],
    }


def main():
    model = given.read()

    def solve(jobs, seconds):
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("problem.json", "solution.json")]
            put(paths[0], problem_of(model, jobs))
            command = [os.environ["VRP_CLI"], "solve", "pragmatic", paths[0], "-o", paths[1], "-m"]
            for k, matrix in enumerate(model["seconds"]):
                flat = [d for row in matrix for d in row]
                command.append(os.path.join(folder, "matrix%d.json" % k))
                put(command[-1], {"profile": "m%d" % k, "travelTimes": flat, "distances": flat})
            # Whole seconds only; one thread.
            command += ["--max-time", str(max(1, round(seconds))), "--parallelism", "1,1"]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode != 0 or not os.path.exists(paths[1]):
                raise SystemExit(done.stdout[-2000:])
            with open(paths[1], encoding="utf-8") as file:
                solution = json.load(file)
        routes = [[] for _ in model["vehicles"]]
        for tour in solution["tours"]:
            k = int(tour["vehicleId"][1:])
            for stop in tour["stops"]:
                for activity in stop["activities"]:
                    if activity["type"] not in ("departure", "arrival"):
                        began = activity.get("time", {}).get("start", stop.get("time", {}).get("arrival"))
                        routes[k].append((jobs[int(activity["jobId"])], seconds_of(began)))
        return routes

    given.solve_jobs(model, solve)


main()
