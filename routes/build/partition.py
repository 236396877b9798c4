"""Contiguous groups of communes, balanced in population: region merging, then annealing."""
import math
import random

SEED = 2026
STEPS_PER_COMMUNE = 1000
HOT, COLD = 0.05, 0.0002  # temperatures, in units of the cost below
CUT_WEIGHT = 0.01  # what one pair of neighbours in different groups costs: keeps groups round


def components(codes, links):
    """Connected parts, each a sorted list, the largest first."""
    left, parts = set(codes), []
    while left:
        part, stack = set(), [min(left)]
        while stack:
            c = stack.pop()
            if c in left:
                left.remove(c)
                part.add(c)
                stack.extend(links[c])
        parts.append(sorted(part))
    return sorted(parts, key=lambda p: (-len(p), p))


def is_connected(codes, links):
    if not codes:
        return False
    start = next(iter(codes))
    seen, stack = {start}, [start]
    while stack:
        for v in links[stack.pop()]:
            if v in codes and v not in seen:
                seen.add(v)
                stack.append(v)
    return len(seen) == len(codes)


def merge(codes, links, people, count):
    """The smallest group joins its smallest neighbour until `count` groups are left."""
    group = {c: c for c in codes}
    members = {c: {c} for c in codes}
    size = {c: people[c] for c in codes}
    while len(members) > count:
        least = min(members, key=lambda g: (size[g], g))
        beside = {group[v] for c in members[least] for v in links[c]} - {least}
        into = min(beside, key=lambda g: (size[g], g))
        for c in members.pop(least):
            group[c] = into
            members[into].add(c)
        size[into] += size.pop(least)
    return list(members.values())


class Annealing:
    """Moves one commune at a time across a border; every group stays connected.

    Cost: sum of squared relative deviations from the mean population, plus CUT_WEIGHT for
    each pair of neighbours that is cut. The best partition seen is kept.
    """

    def __init__(self, groups, links, people):
        self.links, self.people = links, people
        self.groups = [set(g) for g in sorted(groups, key=min)]
        self.size = [sum(people[c] for c in g) for g in self.groups]
        self.mean = sum(self.size) / len(self.groups)
        self.where = {c: i for i, g in enumerate(self.groups) for c in g}
        self.random = random.Random(SEED)

    def gain(self, code, here, there):
        """Change of the cost if `code` moves from group `here` to `there`."""
        p = self.people[code]
        balance = 2 * p * (self.size[there] - self.size[here] + p) / self.mean ** 2
        around = [self.where[v] for v in self.links[code]]
        return balance + CUT_WEIGHT * (around.count(here) - around.count(there))

    def move(self, code, here, there):
        self.groups[here].remove(code)
        self.groups[there].add(code)
        self.size[here] -= self.people[code]
        self.size[there] += self.people[code]
        self.where[code] = there

    def may_leave(self, code, here):
        return is_connected(self.groups[here] - {code}, self.links)

    def run(self):
        codes = sorted(self.where)
        steps = STEPS_PER_COMMUNE * len(codes)
        change = lowest = 0.0
        best = dict(self.where)
        for step in range(steps):
            temperature = HOT * (COLD / HOT) ** (step / steps)
            code = codes[self.random.randrange(len(codes))]
            beside = self.links[code]
            if not beside:
                continue
            here = self.where[code]
            there = self.where[beside[self.random.randrange(len(beside))]]
            if here == there:
                continue
            gain = self.gain(code, here, there)
            if gain > 0 and self.random.random() >= math.exp(-gain / temperature):
                continue
            if not self.may_leave(code, here):
                continue
            self.move(code, here, there)
            change += gain
            if change < lowest - 1e-9:
                lowest, best = change, dict(self.where)
        groups = {}
        for c in codes:
            groups.setdefault(best[c], []).append(c)
        return [groups[i] for i in sorted(groups)]


def balanced(links, people, count):
    """`count` connected groups of the communes of `links`, which must be connected."""
    return Annealing(merge(sorted(links), links, people, count), links, people).run()
