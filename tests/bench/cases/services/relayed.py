"""A run that is sent to a runner found through the registry: our relay, a part of the command line, against Express.

Ours is measured as the difference between a call with many tasks and one with few, so that the start of the process
does not count; what it and `serve` take does. The peer's client, wrk, does not count.
"""

from cases.services.overhttp import NOOP, RUN, Service, contenders
from cases.services.workspace import TASK
from harness.contest import Contestant, turns
from harness.load import JSON, Request
from harness.process import BenchFailure, measure
from harness.server import cpu_of
from harness.table import compared, limited

FEW, MANY = 20, 220
ROUNDS = 5
CPU_GOAL = 0.5  # ms


class Relayed:
    """What one run took."""

    def __init__(self, cpu_ms, wall_ms):
        self.cpu_ms = cpu_ms
        self.wall_ms = wall_ms


class CommandLine(Contestant):
    """`patchpanel run TASK TASK …` with the registry of `mine`."""

    def __init__(self, mine, workspace):
        super().__init__("ours")
        self.mine = mine
        self.workspace = workspace

    def run(self, few=FEW, many=MANY):
        """Adds one round to the samples."""
        small, large = self.runs(few), self.runs(many)
        more = many - few
        self.samples.append(
            Relayed((large.cpu_ms - small.cpu_ms) / more, (large.wall_ms - small.wall_ms) / more)
        )

    def runs(self, count):
        """What so many runs took in one call, together with its start."""
        self.mine.server.forget_output()
        before = cpu_of([self.mine.server])
        command = self.mine.command("run", "--registry", self.mine.registry, "--workspace", self.workspace)
        used = measure([*command, *[TASK] * count], self.workspace)
        done = used.output.decode("utf-8", "replace").count(f"[RELAY] {{{NOOP}")
        if done != count:
            raise BenchFailure(f"{done} of {count} runs say that nothing was left to do")
        served = (cpu_of([self.mine.server]) - before) * 1000
        return Relayed(used.cpu_ms + served, used.wall_ms)


class ExpressRelay(Service):
    """The peer with one client; its three processes count."""

    def __init__(self, theirs):
        request = Request(f"{theirs.relay.url}/run-patch", "POST", RUN, JSON)
        super().__init__("Express", theirs.servers(), request, NOOP)

    def run(self):
        self.serve(connections=1)


def relayed_runs():
    with contenders() as (mine, theirs, workspace):
        own, peer = CommandLine(mine, workspace), ExpressRelay(theirs)
        peer.warm_up()
        for _, order in turns([own, peer], ROUNDS):
            for side in order:
                side.run()
        case = "relay, resolve and run, one at a time"
        yield limited(f"{case}: CPU of all processes, ms/run", own, peer, "cpu_ms", CPU_GOAL)
        yield compared(f"{case}: wall, ms/run", own, peer, "wall_ms")
