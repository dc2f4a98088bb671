"""Measures the built program and prints one table: case, ours, peer, ratio, goal, met or not.

Usage: bench.py [NAME]     NAME is the beginning of a case's name.
Both sides of a comparison run in turn, and the best of each counts: the machine may be shared.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATCHPANEL = os.environ["PATCHPANEL"]
ROUNDS = 5


class Usage:
    """What a finished process took."""

    def __init__(self, command, cwd, stdin=None):
        started = time.monotonic()
        with open(stdin or os.devnull, "rb") as source, tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, cwd=cwd, stdin=source, stdout=output, stderr=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            self.output = output.read()
        self.wall_ms = (time.monotonic() - started) * 1000
        self.cpu_ms = (used.ru_utime + used.ru_stime) * 1000
        self.peak_mb = used.ru_maxrss / 1024
        if process.returncode != 0:
            raise RuntimeError(f"{command} ended with {process.returncode}")


def fresh_folder(name):
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix=f"patchpanel-bench-{name}-", dir=base))


def git(folder, *arguments):
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@patchpanel.invalid"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def demo_workspace():
    folder = fresh_folder("demo")
    shutil.copytree(ROOT / "resources" / "demo", folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "tasks", folder / "tasks")
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "bench")
    git(folder, "config", "user.email", "bench@patchpanel.invalid")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
    return folder


def headless_run():
    """`--no-gui run tasks/test.json`: the whole process without its gates, and its memory."""
    walls, peaks = [], []
    for _ in range(ROUNDS):
        folder = demo_workspace()
        used = Usage([PATCHPANEL, "--no-gui", "run", "tasks/test.json", "--json"], folder)
        gates = sum(gate["durationMs"] for gate in json.loads(used.output)["gates"])
        walls.append(used.wall_ms - gates)
        peaks.append(used.peak_mb)
        shutil.rmtree(folder)
    yield row("run: wall without gates, ms", min(walls), goal=100)
    yield row("run: peak memory, MB", min(peaks), goal=40)


def many_files():
    """5,000 files of 100 lines, 3 hunks each, on tmpfs: less the time of a run that does nothing, against git apply."""
    source = fresh_folder("files")
    files = 5000
    for number in range(files):
        path = source / f"d{number % 50}" / f"f{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"file {number} line {line}\n" for line in range(100)))
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "start")
    for path in source.glob("d*/*.txt"):
        lines = path.read_text().splitlines(keepends=True)
        for at in (10, 50, 90):
            lines[at] = lines[at].replace("line", "changed line")
        path.write_text("".join(lines))
    patch = fresh_folder("patch") / "many.patch"
    with open(patch, "wb") as output:
        subprocess.run(["git", "diff"], cwd=source, stdout=output, check=True)
    git(source, "checkout", "-q", ".")

    nothing = patch.with_name("nothing.json")
    nothing.write_text('{"mutations": []}')
    ours, theirs, starts = [], [], []
    for _ in range(3):
        starts.append(Usage([PATCHPANEL, "--no-gui", "run", str(nothing)], source))
        ours.append(Usage([PATCHPANEL, "--no-gui", "run", str(patch), "--json"], source))
        git(source, "checkout", "-q", ".")
        theirs.append(Usage(["git", "apply", str(patch)], source))
        git(source, "checkout", "-q", ".")
    start = min(used.wall_ms for used in starts)
    yield row("apply: 5,000 files, wall, ms", min(u.wall_ms for u in ours) - start, min(u.wall_ms for u in theirs), 0.5)
    start = min(used.cpu_ms for used in starts)
    yield row("apply: 5,000 files, CPU, ms", min(u.cpu_ms for u in ours) - start, min(u.cpu_ms for u in theirs), 0.5)
    shutil.rmtree(source)
    shutil.rmtree(patch.parent)


def row(case, ours, peer=None, goal=None):
    """`goal` is a ratio where there is a peer, else a bound of ours."""
    ratio = ours / peer if peer else None
    met = (ratio if peer else ours) <= goal
    return [
        case, f"{ours:.1f}", f"{peer:.1f}" if peer else "-", f"{ratio:.2f}" if ratio else "-",
        f"≤ {goal:g}{' ×' if peer else ''}", "met" if met else "not met",
    ]


CASES = {"run": headless_run, "apply": many_files}


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    cases = [case for name, case in CASES.items() if name.startswith(wanted)]
    if not cases:
        sys.exit(f"bench: there is no case {wanted!r}; there are: {', '.join(CASES)}")
    print("| case | ours | peer | ratio | goal | |\n|---|---|---|---|---|---|")
    for case in cases:
        for cells in case():
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
