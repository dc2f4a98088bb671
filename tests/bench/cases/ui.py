"""The live log of the window: how fast it takes lines and shows them, and what find and filters cost at ten million."""

import json
import os
from pathlib import Path

from harness.process import measure
from harness.scratch import DISK, scratch
from harness.table import bounded, reached

PROGRAM = Path(os.environ["PATCHPANEL_BENCH_PROGRAMS"]) / "logbench"
LINES = 10_000_000
HOSTILE_LINES = 5_000_000
SECONDS = 10
PEER_LINES = 5_000


def figures(verb, amount):
    with scratch(DISK, 2 * 10**9) as room:
        surroundings = ["env", "QT_QPA_PLATFORM=offscreen", f"TMPDIR={room}", f"XDG_RUNTIME_DIR={room}"]
        return json.loads(measure([*surroundings, PROGRAM, verb, amount], room).output)


def log_store():
    taken = figures("burst", LINES)
    yield reached("log, burst: lines/s", taken["linesPerSecond"], 1_000_000)
    yield bounded("log: bytes beside the payload, a line of 108", taken["overheadBytes"], 16)
    yield bounded(f"log, {LINES:,} lines: resident, MiB", taken["residentMiB"], 256 * 1.25)


def log_view():
    taken = figures("sustained", SECONDS)
    peer = figures("plaintext", PEER_LINES)
    yield reached("log view, sustained: lines/s", taken["linesPerSecond"], 95_000, peer["linesPerSecond"])
    yield bounded("log view, sustained: frame gap p99, ms", taken["frameGapP99Ms"], 25)
    yield bounded("log view, sustained: longest block, ms", taken["longestBlockMs"], 50)
    yield bounded("log view, sustained: share of a core, %", taken["windowCorePercent"], 40)
    taken = figures("view", LINES)
    yield bounded(f"log view, {LINES:,} lines: jump p99, ms", taken["jumpP99Ms"], 16)
    yield bounded(f"log view, {LINES:,} lines: paint p99, ms", taken["paintP99Ms"], 8)


def log_hostile():
    taken = figures("hostile", HOSTILE_LINES)
    for part in ("follow", "find", "filter", "onlyMatches", "save", "copy"):
        yield bounded(f"log, {HOSTILE_LINES:,} hostile lines, {part}: longest block, ms", taken[part + "BlockMs"], 50)
    yield bounded(f"log, {HOSTILE_LINES:,} hostile lines: memory for lines, MiB", taken["memoryMiB"], 256 * 1.25)
    for wrong in ("wrongMatches", "wrongRows", "unsaved"):
        yield bounded(f"log, {HOSTILE_LINES:,} hostile lines: {wrong}", abs(taken[wrong]), 0)


def log_find():
    taken = figures("find", LINES)
    yield bounded(f"log, {LINES:,} lines: find the first, ms", taken["findFirstMs"], 50)
    yield bounded(f"log, {LINES:,} lines: exact total, ms", taken["findTotalMs"], 500)
    yield bounded(f"log, {LINES:,} lines: exact total, CPU ms", taken["findTotalCpuMs"])
    yield bounded(f"log, {LINES:,} lines: filter, ms", taken["filterMs"], 200)
    yield bounded(f"log, {LINES:,} lines: longest block, ms", taken["longestBlockMs"], 50)


CASES = {"store": log_store, "view": log_view, "find": log_find, "hostile": log_hostile}
