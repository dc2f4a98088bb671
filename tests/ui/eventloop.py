"""Nothing large may hold up the window: a diff of 50,000 lines, a response of 50 MB, a log of 100,000 lines with colours,
progress lines and lines of a megabyte. What is judged is the processor time that the window's thread takes between two
events, which does not grow when other programs take the machine; the limit is several times what ./dev bench ui shows.

usage: eventloop.py FOLDER, which holds the programs viewbench and logbench.
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

LIMIT_MS = 250
PROGRAMS = Path(sys.argv.pop(1))


class EventLoop(unittest.TestCase):
    def blocks(self, program, verb, amount):
        done = subprocess.run([PROGRAMS / program, verb, str(amount)], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        figures = json.loads(done.stdout)
        return figures, {name: ms for name, ms in figures.items() if name.endswith("BlockCpuMs")}

    def assert_short(self, blocks):
        self.assertTrue(blocks)
        self.assertFalse({name: ms for name, ms in blocks.items() if ms > LIMIT_MS})

    def test_diff(self):
        figures, blocks = self.blocks("viewbench", "diff", 50_000)
        self.assertEqual(50_000, figures["matches"])
        self.assert_short(blocks)

    def test_response(self):
        figures, blocks = self.blocks("viewbench", "json", 50)
        self.assertGreater(figures["matches"], 100_000)
        self.assert_short(blocks)

    def test_log(self):
        figures, blocks = self.blocks("logbench", "hostile", 100_000)
        self.assertEqual([0, 0, 0], [figures[name] for name in ("wrongMatches", "wrongRows", "unsaved")])
        self.assert_short(blocks)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
