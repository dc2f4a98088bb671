"""Measures several programs that do the same work, in turn, each time on a fresh copy of the same folder."""

import statistics
import time

from harness.process import TIME_LIMIT, BenchFailure, OverLimit, measure
from harness.scratch import copy, remove
from harness.trees import differences

PATIENCE = 40.0  # seconds after which no further round begins


class Contestant:
    """What is measured in turn with others. `samples` holds an object with its quantities for each round."""

    def __init__(self, name):
        self.name = name
        self.samples = []
        self.over = None  # the OverLimit that ended its part

    def median(self, quantity):
        return statistics.median(getattr(sample, quantity) for sample in self.samples)


class Side(Contestant):
    """One program: `command` makes its command line for a folder. Its samples are of the class Usage."""

    def __init__(self, name, command, limit=TIME_LIMIT):
        super().__init__(name)
        self.command = command
        self.limit = limit

    def run(self, folder):
        if self.over:
            return
        try:
            self.samples.append(measure(self.command(folder), folder, self.limit))
        except OverLimit as error:
            self.over = error
            self.samples.clear()


def same_trees(sides, room):
    """BenchFailure when the first two sides left different trees in `room`."""
    ours, peer = sides[:2]
    if ours.over or peer.over:
        return
    found = differences(room / ours.name, room / peer.name)
    if found:
        raise BenchFailure(f"{len(found)} paths differ from {peer.name}'s result: {'; '.join(found[:3])}")


def turns(sides, rounds):
    """Each round's number and sides, begun by another side every time; no further round once patience is over."""
    started = time.monotonic()
    for number in range(rounds):
        if number and time.monotonic() - started > PATIENCE:
            return
        shift = number % len(sides)
        yield number, sides[shift:] + sides[:shift]


def contest(sides, source, room, rounds, judge=same_trees):
    """Runs the sides on copies of `source` beneath `room`. `judge` looks at what the first round left there."""
    for number, order in turns(sides, rounds):
        for side in order:
            work = room / side.name
            copy(source, work)
            side.run(work)
            if number:
                remove(work)
        if number == 0:
            judge(sides, room)
            for side in sides:
                remove(room / side.name)


def contest_in_place(sides, folder, rounds):
    """The same for programs that write nothing: all of them run in `folder` itself."""
    for _, order in turns(sides, rounds):
        for side in order:
            side.run(folder)


def pairwise_ratio(ours, peer, quantity):
    """The median of the rounds' ratios; None when a side was over its limit."""
    ratios = [getattr(a, quantity) / getattr(b, quantity) for a, b in zip(ours.samples, peer.samples)]
    return statistics.median(ratios) if ratios else None
