"""Runner and registry under load, each against an Express peer that answers the same."""

import contextlib
import json

from cases.services.ours import ours
from cases.services.peers import peers
from cases.services.workspace import TASK, make_workspace
from harness.contest import Contestant, turns
from harness.load import JSON, Request, drive
from harness.scratch import scratch
from harness.server import cpu_of
from harness.table import bounded, compared, limited, outdone

CONNECTIONS = (1, 8, 64)
ROUNDS = 3
SECONDS = 3  # of one measurement
CHECK = 1  # seconds before each measurement in which every answer is looked at
WARM_UP = 3  # seconds before the first one, at 8 connections: Node compiles what runs often
RUN = json.dumps({"file": TASK})
NOOP = '"status":"noop"'
RUNNER_CPU_GOAL = 60  # µs for each request
RUNNER_RATE_GOAL = 5  # × the peer's requests in a second
MEMORY_GOAL = 40  # MB
QUERY = "/v1/health/service/runner?passing"
PASSING = '"Status":"passing"'
QUERY_CPU_GOAL = 40  # µs


class UnderLoad:
    """What a service did and took in one round."""

    def __init__(self, answered, connections, cpu_seconds, servers):
        self.rate = answered.requests / answered.seconds
        # When wrk stops, each connection waits for one more answer, which the service works on to its end.
        self.cpu_us = cpu_seconds * 1e6 / (answered.requests + connections)
        self.cpu_ms = self.cpu_us / 1000
        self.wall_ms = answered.seconds * 1000 * connections / answered.requests
        self.resident_mb = sum(server.resident_mb() for server in servers)


class Service(Contestant):
    """Answers `request` by means of all the `servers`; each answer holds the text `expected`."""

    def __init__(self, name, servers, request, expected):
        super().__init__(name)
        self.servers = servers
        self.request = request
        self.expected = expected

    def warm_up(self):
        drive(self.request, 8, WARM_UP, self.expected)

    def serve(self, connections, seconds=SECONDS):
        """Adds one round to the samples. BenchFailure for an answer that is not as expected."""
        drive(self.request, connections, CHECK, self.expected)
        for server in self.servers:
            server.forget_output()
        before = cpu_of(self.servers)
        answered = drive(self.request, connections, seconds)
        self.samples.append(UnderLoad(answered, connections, cpu_of(self.servers) - before, self.servers))

    def peak_mb(self):
        return sum(server.peak_mb() for server in self.servers)


def warm_up(services):
    for service in services:
        service.warm_up()


def contest_under_load(services, connections, rounds=ROUNDS, seconds=SECONDS):
    for _, order in turns(services, rounds):
        for service in order:
            service.serve(connections, seconds)


@contextlib.contextmanager
def contenders():
    """Our services and the peers', all of them for the same new workspace, which is the third."""
    with scratch() as room:
        workspace = room / "workspace"
        make_workspace(workspace)
        with ours(workspace, room) as mine, peers(workspace, room) as theirs:
            yield mine, theirs, workspace


def runner_pair(mine, theirs):
    return [
        Service("ours", [mine.server], mine.request(f"{mine.runner}/run-patch", "POST", RUN), NOOP),
        Service("Express", [theirs.runner.server], Request(f"{theirs.runner.url}/run-patch", "POST", RUN, JSON), NOOP),
    ]


def registry_pair(mine, theirs):
    return [
        Service("ours", [mine.server], mine.request(mine.registry + QUERY), PASSING),
        Service("Express", [theirs.registry.server], Request(theirs.registry.url + QUERY), PASSING),
    ]


def told_connections(number):
    return "1 connection" if number == 1 else f"{number} connections"


def loads(name, pair_of):
    """The name of a case and both sides, measured, at each number of connections."""
    with contenders() as (mine, theirs, _):
        warm_up(pair_of(mine, theirs))
        for connections in CONNECTIONS:
            own, peer = pair_of(mine, theirs)
            contest_under_load([own, peer], connections)
            yield f"{name}, {told_connections(connections)}", own, peer


def runner_load():
    peak = 0
    for case, own, peer in loads("runner, noop", runner_pair):
        yield limited(f"{case}: CPU, µs/request", own, peer, "cpu_us", RUNNER_CPU_GOAL)
        yield outdone(f"{case}: requests/s", own, peer, "rate", RUNNER_RATE_GOAL)
        yield limited(f"{case}: resident, MB", own, peer, "resident_mb", MEMORY_GOAL)
        peak = own.peak_mb()
    yield bounded("runner, noop: peak memory, MB", peak)


def registry_load():
    for case, own, peer in loads("registry, health", registry_pair):
        yield limited(f"{case}: CPU, µs/request", own, peer, "cpu_us", QUERY_CPU_GOAL)
        yield compared(f"{case}: requests/s", own, peer, "rate")
