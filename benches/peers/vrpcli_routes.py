"""vrp-cli (pragmatic format): a job for each stop, of the length that brings most for its time, with its prize as value."""

import json
import os
import subprocess
import tempfile

import model as given

DAY = "1970-01-01T%02d:%02d:%02dZ"


def clock(seconds):
    return DAY % (seconds // 3600, seconds // 60 % 60, seconds % 60)


def seconds(instant):
    hours, minutes, rest = instant[11:19].split(":")
    return 3600 * int(hours) + 60 * int(minutes) + int(rest)


def main():
    model = given.read()
    vehicles, stops = model["vehicles"], model["stops"]
    chosen = [given.one_length(stop) for stop in stops]
    skills = {}
    for best, _ in chosen:
        skills.setdefault(tuple(best["vehicles"]), "s%d" % len(skills))
    jobs = [
        {
            "id": str(s),
            "services": [
                {
                    "places": [
                        {
                            "location": {"index": stops[s]["place"]},
                            "duration": best["duration"],
                            "times": [[clock(o["from"]), clock(o["to"])] for o in alike],
                        }
                    ]
                }
            ],
            "skills": {"allOf": [skills[tuple(best["vehicles"])]]},
            "value": best["prize"],
        }
        for s, (best, alike) in enumerate(chosen)
    ]
    fleet = {
        "vehicles": [
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
            for k, v in enumerate(vehicles)
        ],
        "profiles": [{"name": "m%d" % k} for k in range(len(model["seconds"]))],
    }
    objectives = [{"type": "maximize-value"}, {"type": "minimize-cost"}]
    problem = {"plan": {"jobs": jobs}, "fleet": fleet, "objectives": objectives}
    routes = [[] for _ in vehicles]
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("problem.json", "solution.json")]
        put(paths[0], problem)
        command = [os.environ["VRP_CLI"], "solve", "pragmatic", paths[0], "-o", paths[1]]
        command.append("-m")
        for k, matrix in enumerate(model["seconds"]):
            flat = [d for row in matrix for d in row]
            path = os.path.join(folder, "matrix%d.json" % k)
            put(path, {"profile": "m%d" % k, "travelTimes": flat, "distances": flat})
            command.append(path)
        # Whole seconds only; one thread.
        limit = max(1, round(model["cpu_seconds"]))
        command += ["--max-time", str(limit), "--parallelism", "1,1"]
        begun = given.cpu_seconds()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0 or not os.path.exists(paths[1]):
            raise SystemExit(done.stdout[-2000:])
        with open(paths[1], encoding="utf-8") as file:
            solution = json.load(file)
    for tour in solution["tours"]:
        k = int(tour["vehicleId"][1:])
        for stop in tour["stops"]:
            for activity in stop["activities"]:
                if activity["type"] in ("departure", "arrival"):
                    continue
                s = int(activity["jobId"])
                began = activity.get("time", {}).get("start", stop.get("time", {}).get("arrival"))
                routes[k].append((s, given.option_at(stops[s], chosen[s][1], seconds(began))))
    given.write(routes, begun)


def put(path, what):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(what, file)


main()
