"""How time and memory grow: one hunk in a file of 1 GB, and up to 1,000,000 hunks in one file. `git apply` beside it is
for information: its work grows with hunks × lines."""

import hashlib

from cases.engine import corpus
from cases.engine.applying import ENGINE
from harness.contest import Side, contest
from harness.process import BenchFailure, isolated
from harness.scratch import GB, scratch
from harness.table import against, bounded, compared, remark, told

MEMORY_GOAL = 3  # × the largest file that takes part
FLATNESS_GOAL = 1.5
PEER_LIMIT = 60.0  # seconds
SIZES = [GB // 8, GB]
COUNTS = [125_000, 250_000, 500_000, 1_000_000]
PEER_COUNTS = [8_000, 16_000, 32_000]


class Step:
    """One size of a growing case: a folder with one file, the diff, and the sides that worked on it."""

    def __init__(self, room, make, amount, with_peer, rounds=1):
        source, patch = room / "source", room / "diff.patch"
        source.mkdir(exist_ok=True)
        file = source / "grown.txt"
        digest = isolated(make, file, patch, amount)
        self.largest_mb = max(file.stat().st_size, patch.stat().st_size) / 1e6
        self.ours = Side("ours", lambda folder: [ENGINE, "apply", patch, folder])
        self.git = Side("git apply", lambda folder: ["git", "apply", patch], PEER_LIMIT)
        sides = [self.ours, self.git] if with_peer else [self.ours]
        contest(sides, source, room, rounds, lambda those, there: check_digests(those, there, file.name, digest))

    @property
    def memory(self):
        return self.ours.median("peak_mb") / self.largest_mb


def check_digests(sides, room, name, expected):
    for side in sides:
        if side.over:
            continue
        with open(room / side.name / name, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise BenchFailure(f"{side.name} made {name} into something else than the diff says")


def big_file(sizes=SIZES):
    steps = []
    with scratch(needed=6 * GB) as room:
        for size in sizes:
            steps.append(Step(room, corpus.make_big_file, size, with_peer=size == sizes[-1]))
    small, large = steps
    case = f"One hunk in a file of {large.largest_mb:,.0f} MB"
    yield compared(f"{case}: wall, ms", large.ours, large.git, "wall_ms")
    yield compared(f"{case}: CPU, ms/MB", large.ours, large.git, "cpu_ms", scale=1 / large.largest_mb)
    if not any(step.ours.over for step in steps):
        base, value = (step.ours.median("cpu_ms") / step.largest_mb for step in steps)
        yield against(f"{case}: CPU, ms/MB, against {small.largest_mb:,.0f} MB", value, base, FLATNESS_GOAL)
        yield bounded(f"{case}: peak memory, × the file", large.memory, MEMORY_GOAL)


def many_hunks(counts=COUNTS, peer_counts=PEER_COUNTS):
    with scratch(needed=2 * GB) as room:
        for count in peer_counts:
            step = Step(room, corpus.make_hunks, count, with_peer=True)
            yield compared(f"{count:,} hunks: CPU, µs/hunk", step.ours, step.git, "cpu_ms", scale=1000 / count)
        steps = {}
        for count in counts:
            step = Step(room, corpus.make_hunks, count, with_peer=False, rounds=3)
            if step.ours.over:
                yield remark(f"{count:,} hunks", told(step.ours, "cpu_ms", 1))
                return
            steps[count] = step
            yield bounded(f"{count:,} hunks: CPU, µs/hunk", per_hunk(steps, count))
    first, last = counts[0], counts[-1]
    yield against(
        f"{last:,} hunks: CPU, µs/hunk, against {first:,}", per_hunk(steps, last), per_hunk(steps, first), FLATNESS_GOAL
    )
    yield bounded(f"{last:,} hunks: peak memory, × the largest file", steps[last].memory, MEMORY_GOAL)


def per_hunk(steps, count):
    return steps[count].ours.median("cpu_ms") * 1000 / count
