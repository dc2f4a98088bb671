"""The peers: registry, runner and relay as small Express programs, each a process of its own."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from harness.process import BenchFailure
from harness.server import Server, serving  # and the way to the next one

import npmpackages

BENCH = Path(__file__).resolve().parents[2]

SOURCE = BENCH / "peers"
PACKAGES = Path(os.environ["PATCHPANEL_BENCH_PROGRAMS"]).parent / "bench-peers"  # in the build folder


@dataclass(frozen=True)
class Peer:
    server: Server
    url: str


@dataclass(frozen=True)
class Peers:
    registry: Peer
    runner: Peer
    relay: Peer

    def servers(self):
        return [peer.server for peer in (self.registry, self.runner, self.relay)]


def install_peers():
    """What the peers need from npm, once. BenchFailure when it cannot be had."""
    try:
        npmpackages.install(SOURCE, PACKAGES)
    except npmpackages.NotInstalled as reason:
        raise BenchFailure(str(reason)) from reason


@contextlib.contextmanager
def peers(workspace, room):
    """Starts all three, the runner registered; they end with the block. BenchFailure without their packages."""
    install_peers()
    env = {**os.environ, "NODE_PATH": str(PACKAGES / "node_modules"), "NODE_ENV": "production"}
    with contextlib.ExitStack() as running:

        def start(name, *arguments):
            command = ["node", SOURCE / f"{name}.js", *arguments]
            server = running.enter_context(serving(command, workspace, room / f"{name}.log", env))
            return Peer(server, server.wait_for(r"^listening on (\S+)$").group(1))

        registry = start("registry")
        runner = start("runner", workspace, registry.url)
        yield Peers(registry, runner, start("relay", registry.url))
