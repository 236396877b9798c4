"""PyVRP: a client for each option, a group for each stop, a profile for each kind of vehicle."""

import numpy
import pyvrp

import model as given

FAR = 10**7


class ProcessorTime:
    """Stops after so much processor time."""

    def __init__(self, seconds):
        self.end = given.cpu_seconds() + seconds

    def __call__(self, _best_cost):
        return given.cpu_seconds() >= self.end


def main():
    model = given.read()
    stops, vehicles = model["stops"], model["vehicles"]
    ends = sorted({place for v in vehicles for place in (v["start"], v["end"])})
    # A location for each place and set of vehicles that may come; what a vehicle may not visit is far from everywhere.
    known = {}
    clients, groups, meaning = [], [], []
    for s, stop in enumerate(stops):
        members = []
        for o, option in enumerate(stop["options"]):
            key = (stop["place"], tuple(option["vehicles"]))
            location = known.setdefault(key, len(ends) + len(known))
            members.append(len(clients))
            meaning.append((s, o))
            clients.append(
                pyvrp.Client(
                    location=location,
                    delivery=[1],
                    service_duration=option["duration"],
                    tw_early=option["from"],
                    tw_late=option["to"],
                    prize=option["prize"],
                    required=False,
                    group=len(groups),
                )
            )
        groups.append(pyvrp.ClientGroup(clients=members, required=False))
    place = ends + [key[0] for key in known]
    allowed = [None] * len(ends) + [frozenset(key[1]) for key in known]
    makes = [tuple(k in able if able is not None else True for able in allowed) for k in range(len(vehicles))]
    kinds = sorted({(v["matrix"], makes[k]) for k, v in enumerate(vehicles)})
    matrices = []
    for matrix, able in kinds:
        full = numpy.array(model["seconds"][matrix], dtype=numpy.int64)[numpy.ix_(place, place)]
        barred = numpy.flatnonzero(~numpy.array(able))
        full[barred, :] = FAR
        full[:, barred] = FAR
        numpy.fill_diagonal(full, 0)
        matrices.append(full)
    types = [
        pyvrp.VehicleType(
            num_available=1,
            capacity=[v["visits"]],
            start_depot=ends.index(v["start"]),
            end_depot=ends.index(v["end"]),
            tw_early=v["open"],
            tw_late=v["close"],
            max_distance=v["driving"],
            unit_distance_cost=model["driving_cost"],
            profile=kinds.index((v["matrix"], makes[k])),
        )
        for k, v in enumerate(vehicles)
    ]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in place],
        clients=clients,
        depots=[pyvrp.Depot(location=k) for k in range(len(ends))],
        vehicle_types=types,
        distance_matrices=matrices,
        duration_matrices=matrices,
        groups=groups,
    )
    begun = given.cpu_seconds()
    stop = ProcessorTime(model["cpu_seconds"])
    result = pyvrp.solve(data, stop=stop, seed=model["seed"], collect_stats=False, display=False)
    routes = [[] for _ in vehicles]
    if result.best.is_feasible():
        for route in result.best.routes():
            visits = [a.idx for a in route.schedule() if a.is_client()]
            routes[route.vehicle_type()] = [meaning[k] for k in visits]
    given.write(routes, begun)


main()
