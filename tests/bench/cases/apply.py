"""Applying as a transaction: what surviving a kill, and surviving a power cut, cost against `git apply` and `patch`, which
survive neither. On tmpfs and on an ext4 with a journal."""

from cases.engine import corpus
from cases.engine.applying import DURABLE_GOAL, ENGINE, LARGE_FILES, SMALL_FILES
from harness.contest import Side, contest
from harness.process import isolated
from harness.scratch import journaled_disk, scratch
from harness.table import compared, remark

DURABILITIES = ("process", "full")
COST = {"A": "µs/file", "B": "ms/MB"}


def on_memory():
    for load in (SMALL_FILES, LARGE_FILES):
        with scratch(needed=3 * 10**9) as room:
            yield from measured(load, room, "tmpfs", lambda durability, load=load: goal_on_memory(durability, load))


def on_disk():
    for load in (SMALL_FILES, LARGE_FILES):
        with journaled_disk() as room:
            yield from measured(load, room, "ext4", lambda durability: DURABLE_GOAL if durability == "full" else None)


def goal_on_memory(durability, load):
    return load.goal if durability == "process" else None


def measured(load, room, place, goal_of):
    source, patch = room / "source", room / "diff.patch"
    size = isolated(corpus.make_files, source, patch, load.files, load.length, load.hunks)
    yield remark(f"{place}, {load.title()}", f"{size / 1e6:.0f} MB, diff {patch.stat().st_size / 1e6:.1f} MB")
    scale = 1000 / load.files if load.name == "A" else 1e6 / size
    ours = {
        durability: Side(f"ours, {durability}", lambda folder, durability=durability:
                         [ENGINE, "apply", patch, folder, "--durability", durability])
        for durability in DURABILITIES
    }
    git = Side("git apply", lambda folder: ["git", "apply", patch])
    gnu = Side("patch", lambda folder: ["patch", "-p1", "-s", "--no-backup-if-mismatch", "-i", patch])
    contest([ours["process"], git, ours["full"], gnu], source, room, load.rounds)
    for durability, side in ours.items():
        case, goal = f"{load.name} on {place}, {durability}", goal_of(durability)
        yield compared(f"{case}: wall, ms", side, git, "wall_ms", goal)
        yield compared(f"{case}: CPU, {COST[load.name]}", side, git, "cpu_ms", goal, scale=scale)
        yield compared(f"{case}: wall against patch, ms", side, gnu, "wall_ms")
        yield compared(f"{case}: CPU against patch, {COST[load.name]}", side, gnu, "cpu_ms", scale=scale)


CASES = {"tmpfs": on_memory, "ext4": on_disk}
