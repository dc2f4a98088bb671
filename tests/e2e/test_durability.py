"""The order in which a run of each sample reaches the disk, as the kernel saw it: new files before the promise to use
them, that promise before the first switch, and every switched folder before the commit."""

import re
import shutil
import subprocess
import unittest
from pathlib import Path

from support import PATCHPANEL, ROOT, EndToEndTest, Workspace

CALL = re.compile(r"^\d+ +(\w+)\((.*)$", re.MULTILINE)
PLACE = re.compile(r"\d+<([^>]*)>")
SAMPLES = sorted(path.name for path in (ROOT / "tasks").iterdir() if path.is_file())


def may_trace(tmp):
    done = subprocess.run(["strace", "-o", str(tmp / "probe"), "true"], capture_output=True)
    return done.returncode == 0


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class DiskOrder(EndToEndTest):
    def trace(self, sample, *options):
        """(call, places it names, whole text) of every call about the workspace's disk."""
        output = self.folder / "trace"
        if not may_trace(self.folder):
            self.skipTest("this system lets no process be traced")
        subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-y", "-o", str(output), "-e", "trace=syncfs,fsync,renameat2", str(PATCHPANEL),
             "--no-gui", "run", f"tasks/{sample}", *options],
            env=self.env, cwd=self.workspace.path, capture_output=True, timeout=120)
        calls = [(name, PLACE.findall(rest), rest) for name, rest in CALL.findall(output.read_text("utf-8", "replace"))]
        return [call for call in calls if any(str(self.workspace.path) in place for place in call[1])]

    @staticmethod
    def is_switch(call):
        name, places, _ = call
        return name == "renameat2" and any("/tx/" in place and place.endswith("/slot") for place in places)

    @staticmethod
    def is_journal(call):
        return call[0] == "fsync" and call[1][0].endswith("/journal")

    def check_order(self, calls):
        switches = [i for i, call in enumerate(calls) if self.is_switch(call)]
        if not switches:
            return False
        syncs = [i for i, call in enumerate(calls) if call[0] == "syncfs"]
        self.assertEqual(1, len(syncs), "the new files are synced once, together")
        promises = [i for i, call in enumerate(calls) if self.is_journal(call) and i < switches[0]]
        self.assertTrue(promises and syncs[0] < promises[0], "PREPARED is on the disk after the files, before a switch")
        end = next(i for i, call in enumerate(calls) if i > switches[-1] and self.is_journal(call))
        synced = {call[1][0] for call in calls[switches[-1]:end] if call[0] == "fsync"}
        switched = {place for i in switches for place in calls[i][1] if Path(place).exists() or "/tx/" in place}
        self.assertEqual(set(), switched - synced, "folders with new names are on the disk before the journal goes on")
        return True

    def test_every_sample(self):
        changed = []
        for sample in SAMPLES:
            with self.subTest(sample):
                self.workspace = Workspace(self.folder / sample, self.env)
                if self.check_order(self.trace(sample)):
                    changed.append(sample)
        self.assertIn("test.json", changed)
        self.assertIn("operations.json", changed)

    def test_process_durability_syncs_nothing(self):
        calls = self.trace("test.json", "--durability", "process")
        self.assertTrue(any(self.is_switch(call) for call in calls))
        self.assertEqual([], [call for call in calls if call[0] in ("syncfs", "fsync")])


if __name__ == "__main__":
    unittest.main()
