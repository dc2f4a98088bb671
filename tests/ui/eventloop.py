"""Nothing large may hold up the window: a diff of 50,000 lines, a response of 50 MB, a log of 100,000 lines with colours,
progress lines and lines of a megabyte, and a whole run that prints such a log. No block over 50 ms: what is judged is the
processor time that the window's thread takes between two events, which does not grow when other programs take the
machine. A slower processor gets as much more as it takes for a fixed piece of work; what blocks does so in each attempt.

usage: eventloop.py FOLDER, which holds the programs viewbench, logbench and runbench.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

ATTEMPTS = 3
PROGRAMS = Path(sys.argv.pop(1))


class EventLoop(unittest.TestCase):
    def figures(self, program, verb, amount):
        """What one run of the program prints, with the figures that must be 0."""
        done = subprocess.run([PROGRAMS / program, verb, str(amount)], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        figures = json.loads(done.stdout)
        for name in ("wrongMatches", "wrongRows", "unsaved", "dropped"):
            self.assertEqual(0, figures.get(name, 0), name)
        return figures

    def assert_flows(self, program, verb, amount, matches=None):
        least = {}
        for _ in range(ATTEMPTS):
            figures = self.figures(program, verb, amount)
            if matches is not None:
                self.assertGreaterEqual(figures["matches"], matches)
            allowed = figures["longestAllowedMs"]
            blocks = {name: ms / allowed for name, ms in figures.items() if name.endswith("BlockCpuMs")}
            self.assertTrue(blocks)
            least = {name: min(share, least.get(name, share)) for name, share in blocks.items()}
            if max(least.values()) <= 1:
                return
        self.assertFalse({name: share for name, share in least.items() if share > 1})

    def test_diff(self):
        self.assert_flows("viewbench", "diff", 50_000, matches=50_000)

    def test_response(self):
        self.assert_flows("viewbench", "json", 50, matches=100_000)

    def test_log(self):
        self.assert_flows("logbench", "hostile", 100_000)

    def test_run(self):
        self.assert_flows("runbench", "run", 100_000)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
