"""Plan and apply: many small files (A), few large ones (B), against `git apply` and, for information, GNU patch."""

import os
from dataclasses import dataclass
from pathlib import Path

from cases.engine import corpus
from harness.contest import Side, contest, contest_in_place
from harness.process import isolated
from harness.scratch import DISK, GB, Skipped, copy, scratch
from harness.table import compared, remark

ENGINE = Path(os.environ["PATCHPANEL_BENCH_PROGRAMS"], "enginebench")
PROGRAM = os.environ["PATCHPANEL"]
PLAN_GOAL = 0.5
DURABLE_GOAL = 1.0


@dataclass
class Workload:
    name: str
    files: int
    length: int  # lines
    hunks: int
    rounds: int
    goal: float  # of plan and apply

    def title(self):
        return f"{self.name}: {self.files:,} files × {self.length:,} lines, {self.hunks} hunks each"


SMALL_FILES = Workload("A", files=5000, length=100, hunks=3, rounds=5, goal=0.5)
LARGE_FILES = Workload("B", files=200, length=20000, hunks=20, rounds=3, goal=0.3)


def small_files(load=SMALL_FILES):
    with scratch(needed=2 * GB) as room:
        source, shifted, patch = room / "source", room / "shifted", room / "diff.patch"
        size = isolated(corpus.make_files, source, patch, load.files, load.length, load.hunks, shifted)
        unit = ("µs/file", 1000 / load.files)
        yield remark(load.title(), f"{size / 1e6:.0f} MB, diff {patch.stat().st_size / 1e6:.1f} MB")
        yield from applied("A, apply", load, source, patch, room, unit)
        yield from applied("A shifted by 37 lines, apply", load, shifted, patch, room, unit)
        yield from planned("A, plan", load, source, patch, unit)
        yield from durable("A, apply durably on ext4", load, source, patch, unit)


def large_files(load=LARGE_FILES):
    with scratch(needed=3 * GB) as room:
        source, patch = room / "source", room / "diff.patch"
        size = isolated(corpus.make_files, source, patch, load.files, load.length, load.hunks)
        unit = ("ms/MB", 1e6 / size)
        yield remark(load.title(), f"{size / 1e6:.0f} MB, diff {patch.stat().st_size / 1e6:.1f} MB")
        yield from applied("B, apply", load, source, patch, room, unit)
        yield from planned("B, plan", load, source, patch, unit)


def applied(case, load, source, patch, room, unit):
    ours = Side("ours", lambda folder: [ENGINE, "apply", patch, folder])
    git = Side("git apply", lambda folder: ["git", "apply", patch])
    gnu = Side("patch", lambda folder: ["patch", "-p1", "-s", "--no-backup-if-mismatch", "-i", patch])
    program = Side("run", lambda folder: [PROGRAM, "--no-gui", "run", patch, "--workspace", folder, "--json"])
    contest([ours, git, gnu, program], source, room, load.rounds)
    yield from times(case, ours, git, unit, load.goal)
    yield compared(f"{case}: peak memory, MB", ours, git, "peak_mb")
    yield compared(f"{case}: CPU against patch -p1, {unit[0]}", ours, gnu, "cpu_ms", scale=unit[1])
    yield compared(f"{case}: whole program (run --json), wall, ms", program, git, "wall_ms")
    yield compared(f"{case}: whole program, CPU, {unit[0]}", program, git, "cpu_ms", scale=unit[1])


def planned(case, load, source, patch, unit):
    ours = Side("ours", lambda folder: [ENGINE, "plan", patch, folder])
    git = Side("git apply", lambda folder: ["git", "apply", "--check", patch])
    contest_in_place([ours, git], source, load.rounds)
    yield from times(case, ours, git, unit, PLAN_GOAL)


def durable(case, load, source, patch, unit):
    try:
        with scratch(DISK) as room:
            copy(source, room / "source")
            ours = Side("ours", lambda folder: [ENGINE, "apply", patch, folder, "--durability", "full"])
            git = Side("git apply", lambda folder: ["git", "apply", patch])
            contest([ours, git], room / "source", room, load.rounds)
            yield from times(case, ours, git, unit, DURABLE_GOAL)
    except Skipped as reason:
        yield remark(case, f"skipped: {reason}")


def times(case, ours, peer, unit, goal):
    yield compared(f"{case}: wall, ms", ours, peer, "wall_ms", goal)
    yield compared(f"{case}: CPU, {unit[0]}", ours, peer, "cpu_ms", goal, scale=unit[1])
