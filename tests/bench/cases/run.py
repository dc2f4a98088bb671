"""`--no-gui run tasks/test.json`: the whole process without its gates, and its memory."""

import json
import os
import shutil
from pathlib import Path

from harness.process import measure
from harness.repository import make_repository
from harness.scratch import scratch
from harness.table import bounded

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ["PATCHPANEL"]
ROUNDS = 5
WALL_GOAL = 100  # ms
MEMORY_GOAL = 40  # MB


def make_demo(folder):
    shutil.copytree(ROOT / "resources" / "demo", folder)
    shutil.copytree(ROOT / "tasks", folder / "tasks")
    make_repository(folder)


def headless_run():
    walls, peaks = [], []
    with scratch() as room:
        for number in range(ROUNDS):
            folder = room / f"demo{number}"
            make_demo(folder)
            used = measure([PROGRAM, "--no-gui", "run", "tasks/test.json", "--json"], folder)
            gates = sum(gate["durationMs"] for gate in json.loads(used.output)["gates"])
            walls.append(used.wall_ms - gates)
            peaks.append(used.peak_mb)
    yield bounded("run tasks/test.json: wall without gates, ms", min(walls), WALL_GOAL)
    yield bounded("run tasks/test.json: peak memory, MB", min(peaks), MEMORY_GOAL)


CASES = {"headless": headless_run}
