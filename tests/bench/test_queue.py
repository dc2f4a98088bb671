"""The cases of the queue in small: both sides work off their jobs, and a side that cannot fails its case."""

import unittest

from cases import queue
from harness.process import BenchFailure, measure


class Cases(unittest.TestCase):
    def test_both_sides_drain(self):
        for side in queue.contest("drain", 50, 4, rounds=1):
            with self.subTest(side.name):
                self.assertEqual(1, len(side.samples))
                self.assertGreater(side.samples[0].rate, 0)
                self.assertGreater(side.samples[0].cpu_us, 0)

    def test_both_sides_start(self):
        for side in queue.contest("latency", 5, rounds=1):
            with self.subTest(side.name):
                self.assertTrue(0 < side.samples[0].p50_us < 1e6, side.samples[0].p50_us)

    def test_without_a_server_both_sides_fail(self):
        with queue.sides() as (ours, peer):
            for side in (ours, peer):
                with self.subTest(side.name), self.assertRaisesRegex(BenchFailure, "ended with"):
                    measure([*side.command, "drain", 1, 5, 1], "/")


if __name__ == "__main__":
    unittest.main()
