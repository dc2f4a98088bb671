"""The queue against BullMQ, on the same redis-server: `./dev bench queue`, or one row as `./dev bench queue/drain`."""

import contextlib
import json
import os
import socket
import subprocess
from pathlib import Path

from cases.services.peers import PACKAGES, SOURCE, install_peers
from harness.contest import Contestant, turns
from harness.process import BenchFailure, measure
from harness.scratch import scratch
from harness.server import serving, wait_until
from harness.table import compared, limited, outdone

QUEUEBENCH = Path(os.environ["PATCHPANEL_BENCH_PROGRAMS"]) / "queuebench"
ROUNDS = 5
CONCURRENCIES = (1, 8, 64)
DRAINED = 20_000
STARTED = 2_000
LEAST_RATIO = 1.5  # of the peer's jobs a second
MOST_START_US = 1_000


class Sample:
    """What one process did: its figures, and the CPU time of it for each job."""

    def __init__(self, usage, jobs):
        figures = json.loads(usage.output)
        self.rate = figures.get("rate")
        self.p50_us = figures.get("p50Us")
        self.cpu_us = usage.cpu_ms * 1000 / jobs


class Side(Contestant):
    def __init__(self, name, command, redis):
        super().__init__(name)
        self.command = command
        self.redis = redis

    def run(self, verb, jobs, *more):
        self.redis.clear()
        self.samples.append(Sample(measure([*self.command, verb, self.redis.port, jobs, *more], "/"), jobs))


class Redis:
    """A redis-server that keeps nothing, which both sides use in turn."""

    def __init__(self, port):
        self.port = port

    def cli(self, *arguments):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def clear(self):
        if self.cli("FLUSHALL", "SYNC") != "OK":
            raise BenchFailure("redis-server does not answer")


@contextlib.contextmanager
def redis_server(room):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with serving(command, room, room / "redis.log"):
        redis = Redis(port)
        wait_until(lambda: redis.cli("PING") == "PONG", "redis-server to answer")
        yield redis


@contextlib.contextmanager
def sides():
    install_peers()
    os.environ["NODE_PATH"] = str(PACKAGES / "node_modules")
    with scratch() as room, redis_server(room) as redis:
        yield Side("ours", [QUEUEBENCH], redis), Side("BullMQ", ["node", SOURCE / "queue.js"], redis)


def contest(verb, jobs, *more, rounds=ROUNDS):
    with sides() as (ours, peer):
        for _, order in turns([ours, peer], rounds):
            for side in order:
                side.run(verb, jobs, *more)
    return ours, peer


def drained():
    for concurrency in CONCURRENCIES:
        ours, peer = contest("drain", DRAINED, concurrency)
        name = f"queue/drain, concurrency {concurrency}"
        yield outdone(f"{name}: jobs/s", ours, peer, "rate", LEAST_RATIO)
        yield compared(f"{name}: the worker's CPU time, µs a job", ours, peer, "cpu_us")


def started():
    ours, peer = contest("latency", STARTED)
    yield limited("queue/start: added to started, p50, µs", ours, peer, "p50_us", MOST_START_US)


CASES = {"drain": drained, "start": started}
