"""A workspace that several machines share, locked in Redis."""

import json
import time
import unittest

from redisserver import PrivateRedis
from support import EndToEndTest


class SharedWorkspace(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.redis = PrivateRedis(self.folder)
        self.addCleanup(self.redis.stop)
        self.shared = ("--redis", self.redis.url(), "--shared-workspace", "shop")

    def test_the_run_has_a_number_that_grows(self):
        numbers = []
        for task in ("tasks/regex.json", "tasks/test.json"):
            self.assert_exit(0, self.run_task(task, *self.shared))
            journals = (self.workspace.path / ".patchpanel/history").glob("*/undo/journal")
            newest = max(journals, key=lambda journal: journal.stat().st_mtime_ns)
            first = newest.read_text().splitlines()[0]
            numbers.append(json.loads(first[first.index("{"):])["fence"])
        self.assertLess(0, numbers[0])
        self.assertLess(numbers[0], numbers[1])
        self.assertEqual("", self.redis.cli("KEYS", "pp:*:lock"))
        self.assertEqual("-1", self.redis.cli("TTL", self.redis.cli("KEYS", "pp:*:fence")))

    def test_people_see_who_works_there(self):
        run = self.start_run(self.workspace.waiting_task(), *self.shared)
        self.workspace.wait_started()
        holder = self.redis.cli("GET", self.redis.cli("KEYS", "pp:*:holder"))
        self.assertIn(f"process {run.process.pid} on ", holder)
        second = self.run_task("tasks/regex.json", *self.shared)
        self.assert_exit(4, second)
        self.workspace.release()
        self.assertEqual(0, run.wait(), run.output)

    def test_without_redis_it_does_not_start(self):
        self.redis.stop()
        before = self.workspace.state()
        done = self.run_task("tasks/test.json", *self.shared)
        self.assert_exit(4, done)
        self.assertIn("the shared workspace cannot be locked", done.stdout + done.stderr)
        self.assertIn("make sure that Redis can be reached", done.stdout + done.stderr)
        self.assertEqual(before, self.workspace.state())

    def test_redis_that_stops_in_the_middle_ends_the_run(self):
        task = self.workspace.waiting_task()
        before = self.workspace.state()
        run = self.start_run(task, *self.shared)
        self.workspace.wait_started()
        self.redis.pause()
        began = time.monotonic()
        code = run.wait()
        self.redis.resume()
        self.assertNotEqual(0, code, run.output)
        self.assertLess(time.monotonic() - began, 30)
        self.assertIn("[LOCK] Patch lock cannot be kept", run.stdout)
        self.assertIn('"status":"interrupted"', run.stdout)
        (self.workspace.path / "dist-started-wait").unlink()
        self.assertEqual(before, self.workspace.state())

    def test_redis_that_is_away_for_a_moment_does_not(self):
        run = self.start_run(self.workspace.waiting_task(), *self.shared)
        self.workspace.wait_started()
        self.redis.cli("FLUSHALL")
        self.redis.cli("CLIENT", "KILL", "TYPE", "normal")
        self.workspace.release()
        self.assertEqual(0, run.wait(), run.output)


if __name__ == "__main__":
    unittest.main()
