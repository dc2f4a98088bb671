"""The window: how fast its live log takes lines and shows them, what find and filters cost at ten million, how soon
large diffs and responses are on the screen, and how soon the window is."""

import json
import os
import time
from pathlib import Path

from harness.process import measure
from harness.scratch import DISK, scratch
from harness.table import bounded, reached

PROGRAMS = Path(os.environ["PATCHPANEL_BENCH_PROGRAMS"])
LINES = 10_000_000
HOSTILE_LINES = 5_000_000
SECONDS = 10
PEER_LINES = 5_000
CHANGED_LINES = 50_000
RESPONSE_MB = 50
STARTS = 5


def figures(verb, amount, program="logbench"):
    with scratch(DISK, 2 * 10**9) as room:
        surroundings = ["env", "QT_QPA_PLATFORM=offscreen", f"TMPDIR={room}", f"XDG_RUNTIME_DIR={room}"]
        return json.loads(measure([*surroundings, PROGRAMS / program, verb, amount], room).output)


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
        yield bounded(f"log, {HOSTILE_LINES:,} hostile lines, {part}: its CPU, ms", taken[part + "BlockCpuMs"], 50)
    yield bounded(f"log, {HOSTILE_LINES:,} hostile lines: memory for lines, MiB", taken["memoryMiB"], 256 * 1.25)
    for wrong in ("wrongMatches", "wrongRows", "unsaved"):
        yield bounded(f"log, {HOSTILE_LINES:,} hostile lines: {wrong}", abs(taken[wrong]), 0)


def whole_run():
    taken = figures("run", HOSTILE_LINES, "runbench")
    case = f"a run that prints {HOSTILE_LINES:,} hostile lines"
    yield bounded(f"{case}: µs for each, until the window has it", 1e6 / taken["linesPerSecond"])
    for part in ("follow", "find", "filter", "save", "copy"):
        yield bounded(f"{case}, {part}: longest block, ms", taken[part + "BlockMs"], 50)
        yield bounded(f"{case}, {part}: its CPU, ms", taken[part + "BlockCpuMs"], 50)
    yield bounded(f"{case}: memory for lines, MiB", taken["memoryMiB"], 256 * 1.25)
    for wrong in ("wrongMatches", "wrongRows", "unsaved", "dropped"):
        yield bounded(f"{case}: {wrong}", abs(taken[wrong]), 0)


def log_find():
    taken = figures("find", LINES)
    yield bounded(f"log, {LINES:,} lines: find the first, ms", taken["findFirstMs"], 50)
    yield bounded(f"log, {LINES:,} lines: exact total, ms", taken["findTotalMs"], 500)
    yield bounded(f"log, {LINES:,} lines: exact total, CPU ms", taken["findTotalCpuMs"])
    yield bounded(f"log, {LINES:,} lines: filter, ms", taken["filterMs"], 200)
    yield bounded(f"log, {LINES:,} lines: longest block, ms", taken["longestBlockMs"], 50)


def diff_view():
    taken = figures("diff", CHANGED_LINES, "viewbench")
    case = f"diff of {CHANGED_LINES:,} changed lines"
    yield bounded(f"{case}: first screen, ms (peer: QPlainTextEdit)", taken["firstScreenMs"], 150, taken["plainTextMs"])
    yield bounded(f"{case}: side by side, ms", taken["sideBySideMs"], 150)
    yield bounded(f"{case}: first screen, CPU ms", taken["firstScreenCpuMs"])
    yield bounded(f"{case}: find on both sides, exact total, ms", taken["findTotalMs"])
    yield bounded(f"{case}: longest block, ms", taken["longestBlockMs"], 50)
    yield bounded(f"{case}: longest block, CPU ms", taken["longestBlockCpuMs"], 50)


def response():
    taken = figures("json", RESPONSE_MB, "viewbench")
    case = f"response of {RESPONSE_MB} MB"
    yield bounded(f"{case}: first screen, ms", taken["firstScreenMs"], 500)
    yield bounded(f"{case}: text and tree whole, ms (peer: QJsonDocument)", taken["treeMs"], peer=taken["qtDocumentMs"])
    yield bounded(f"{case}: text and tree, CPU ms (peer: QJsonDocument)", taken["textAndTreeCpuMs"],
                  peer=taken["qtDocumentCpuMs"])
    yield bounded(f"{case}: find, exact total, ms", taken["findTotalMs"])
    yield bounded(f"{case}: longest block, ms (peer: QPlainTextEdit, 5 MB)", taken["longestBlockMs"], 50,
                  taken["plainText5MbMs"])
    yield bounded(f"{case}: longest block, CPU ms", taken["longestBlockCpuMs"], 50)


def start():
    taken = [figures("start", time.monotonic_ns(), "viewbench") for _ in range(STARTS)]
    usable = sorted(run["usableMs"] for run in taken)[STARTS // 2]
    ready = sorted(run["readyMs"] for run in taken)[STARTS // 2]
    yield bounded("window usable after start, ms", usable, 400)
    yield bounded("window usable after start, CPU ms", sorted(run["usableCpuMs"] for run in taken)[STARTS // 2])
    yield bounded("services up after start, ms", ready)


CASES = {
    "store": log_store,
    "view": log_view,
    "find": log_find,
    "hostile": log_hostile,
    "run": whole_run,
    "diff": diff_view,
    "response": response,
    "start": start,
}
