"""OR-Tools routing: a node for each option, a disjunction for each stop."""

from time import process_time

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

import model as given


def main():
    model = given.read()
    vehicles, stops = model["vehicles"], model["stops"]
    nodes = [(s, o) for s, stop in enumerate(stops) for o in range(len(stop["options"]))]
    ends = sorted({place for v in vehicles for place in (v["start"], v["end"])})
    place = ends + [stops[s]["place"] for s, _ in nodes]
    spent = [0] * len(ends) + [stops[s]["options"][o]["duration"] for s, o in nodes]
    # Leaving a stop out costs its highest prize; an option that brings less costs the difference.
    highest = [max(o["prize"] for o in stop["options"]) for stop in stops]
    less = [0] * len(ends) + [highest[s] - stops[s]["options"][o]["prize"] for s, o in nodes]
    manager = pywrapcp.RoutingIndexManager(
        len(place), len(vehicles), [ends.index(v["start"]) for v in vehicles], [ends.index(v["end"]) for v in vehicles]
    )
    routing = pywrapcp.RoutingModel(manager)
    drives, costs, takes = [], [], []
    for matrix in model["seconds"]:
        drive = [[matrix[a][b] for b in place] for a in place]
        cost = [[model["driving_cost"] * d + l for d, l in zip(row, less)] for row in drive]
        take = [[spent[a] + d for d in row] for a, row in enumerate(drive)]
        drives.append(routing.RegisterTransitMatrix(drive))
        costs.append(routing.RegisterTransitMatrix(cost))
        takes.append(routing.RegisterTransitMatrix(take))
    for k, v in enumerate(vehicles):
        routing.SetArcCostEvaluatorOfVehicle(costs[v["matrix"]], k)
    latest = max(v["close"] for v in vehicles)
    routing.AddDimensionWithVehicleTransits([takes[v["matrix"]] for v in vehicles], latest, latest, False, "time")
    routing.AddDimensionWithVehicleTransitAndCapacity(
        [drives[v["matrix"]] for v in vehicles], 0, [v["driving"] for v in vehicles], True, "driving"
    )
    one = routing.RegisterUnaryTransitVector([0] * len(ends) + [1] * len(nodes))
    routing.AddDimensionWithVehicleCapacity(one, 0, [v["visits"] for v in vehicles], True, "visits")
    time = routing.GetDimensionOrDie("time")
    for k, v in enumerate(vehicles):
        time.CumulVar(routing.Start(k)).SetRange(v["open"], v["close"])
        time.CumulVar(routing.End(k)).SetRange(v["open"], v["close"])
    node = len(ends)
    for s, stop in enumerate(stops):
        members = []
        for option in stop["options"]:
            index = manager.NodeToIndex(node)
            node += 1
            time.CumulVar(index).SetRange(option["from"], option["to"])
            routing.VehicleVar(index).SetValues([-1] + option["vehicles"])
            members.append(index)
        routing.AddDisjunction(members, highest[s], 1)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    # One thread: its time on the clock is at least its processor time. Its own limit does not count all of its work.
    parameters.time_limit.seconds = 2 * int(model["cpu_seconds"]) + 1
    begun = given.cpu_seconds()
    end = process_time() + model["cpu_seconds"]
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: process_time() >= end))
    solution = routing.SolveWithParameters(parameters)
    routes = [[] for _ in vehicles]
    if solution is not None:
        for k in range(len(vehicles)):
            at = solution.Value(routing.NextVar(routing.Start(k)))
            while not routing.IsEnd(at):
                routes[k].append(nodes[manager.IndexToNode(at) - len(ends)])
                at = solution.Value(routing.NextVar(at))
    given.write(routes, begun)


main()
