"""The cache in Redis: a private server on a free port for every test."""

import socket
import unittest

from redisserver import PrivateRedis
from support import EndToEndTest


class Cache(EndToEndTest):
    def start_redis(self, **more):
        redis = PrivateRedis(self.folder, **more)
        self.addCleanup(redis.stop)
        return redis

    def assert_ran(self, done):
        self.assert_exit(0, done)
        self.assertNotIn("[CACHE] Skipped duplicate", done.stdout)

    def test_second_identical_run_is_skipped(self):
        redis = self.start_redis()
        task = self.workspace.write_task("check.json", {"validate": {"shell": ["sh check.sh"]}})
        first = self.run_task(task, "--redis", redis.url())
        self.assert_ran(first)
        self.assert_lines_in_order(
            first.stdout,
            [r"\[LOCK\] Patch lock acquired", r"\[RUNNER\] Processing .*", r"\[CACHE\] Patch cached",
             r"\[LOCK\] Patch completed successfully", r"\[LOCK\] Patch lock released"],
        )
        self.assertNotIn("Redis not available", first.stdout)

        second = self.run_task(task, "--redis", redis.url())
        self.assert_exit(0, second)
        self.assertIn("[CACHE] Skipped duplicate", second.stdout)
        self.assertIn('"status":"skipped"', second.stdout)

    def test_second_run_of_the_main_job_is_skipped(self):
        redis = self.start_redis()
        self.assert_ran(self.run_task("tasks/test.json", "--redis", redis.url()))
        before = self.workspace.state()
        second = self.run_task("tasks/test.json", "--redis", redis.url())
        self.assert_exit(0, second)
        self.assertIn("[CACHE] Skipped duplicate", second.stdout)
        self.assertEqual(before, self.workspace.state())

    def test_keys_expire(self):
        redis = self.start_redis()
        self.assert_ran(self.run_task("tasks/test.json", "--redis", redis.url()))
        keys = redis.cli("KEYS", "pp:patch:*").splitlines()
        self.assertTrue(keys)
        for key in keys:
            self.assertIn(int(redis.cli("TTL", key)), range(3500, 3601))

    def test_changed_workspace_is_not_a_duplicate(self):
        redis = self.start_redis()
        self.assert_ran(self.run_task("tasks/regex.json", "--redis", redis.url()))
        (self.workspace.path / "config/limits.conf").write_text("timeout_call=30\n")
        self.assert_ran(self.run_task("tasks/regex.json", "--redis", redis.url()))
        self.assertEqual("timeout_call=60\n", (self.workspace.path / "config/limits.conf").read_text())

    def test_failed_run_is_not_remembered(self):
        redis = self.start_redis()
        for _ in range(2):
            done = self.run_task("tasks/failing-gate.json", "--redis", redis.url())
            self.assert_exit(1, done)
            self.assertNotIn("[CACHE] Patch cached", done.stdout)

    def test_force_and_no_cache_run_anyway(self):
        redis = self.start_redis()
        task = self.workspace.write_task("check.json", {"validate": {"shell": ["sh check.sh"]}})
        self.assert_ran(self.run_task(task, "--redis", redis.url()))
        self.assert_ran(self.run_task(task, "--redis", redis.url(), "--force"))
        self.assert_ran(self.run_task(task, "--redis", redis.url(), "--no-cache"))

    def test_dry_run_is_not_remembered(self):
        redis = self.start_redis()
        self.assert_exit(0, self.run_task("tasks/test.json", "--redis", redis.url(), "--dry-run"))
        self.assertEqual("", redis.cli("KEYS", "pp:patch:*"))

    def test_password_is_used_and_never_shown(self):
        redis = self.start_redis(password="open-sesame")
        done = self.run_task("tasks/test.json", "--redis", redis.url(":open-sesame@"))
        self.assert_ran(done)
        self.assertIn("[CACHE] Patch cached", done.stdout)
        self.assertNotIn("open-sesame", done.stdout + done.stderr)

    def test_wrong_password_is_told_without_showing_it(self):
        redis = self.start_redis(password="open-sesame")
        done = self.run_task("tasks/test.json", "--redis", redis.url(":open-barley@"))
        self.assert_ran(done)
        self.assertIn("[CACHE] Redis not available, continuing without cache", done.stdout)
        self.assertNotIn("open-barley", done.stdout + done.stderr)


class CacheWithoutServer(EndToEndTest):
    EXPECTED = [
        r"\[CACHE\] Redis not available, continuing without cache",
        r"\[LOCK\] Patch lock acquired",
        r"\[CACHE\] Failed to cache patch, continuing",
        r"\[LOCK\] Patch completed successfully",
    ]

    def test_nobody_listens(self):
        with socket.socket() as reserved:  # bound but not listening: refused
            reserved.bind(("127.0.0.1", 0))
            url = f"redis://127.0.0.1:{reserved.getsockname()[1]}"
            done = self.run_task("tasks/test.json", "--redis", url)
        self.assert_exit(0, done)
        self.assert_lines_in_order(done.stdout, self.EXPECTED)

    def test_somebody_listens_who_never_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
            done = self.run_task("tasks/test.json", "--redis", url)
        self.assert_exit(0, done)
        self.assert_lines_in_order(done.stdout, self.EXPECTED)

    def test_url_that_cannot_be_read(self):
        done = self.run_task("tasks/test.json", "--redis", "nonsense://x")
        self.assert_exit(64, done)

    def test_server_dies_in_the_middle_of_a_run(self):
        redis = PrivateRedis(self.folder)
        self.addCleanup(redis.stop)
        run = self.start_run(self.workspace.waiting_task(), "--redis", redis.url())
        self.workspace.wait_started()
        redis.stop()
        self.workspace.release()
        self.assertEqual(0, run.wait(), run.output)
        self.assert_lines_in_order(
            run.stdout,
            [r"\[CACHE\] Failed to cache patch, continuing", r"\[LOCK\] Patch completed successfully",
             r"\[LOCK\] Patch lock released", r"\[RELAY\] .*"],
        )
        self.assertEqual("wait", self.workspace.git("log", "-1", "--format=%s"))


if __name__ == "__main__":
    unittest.main()
