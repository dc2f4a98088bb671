"""Jobs for several workers: `submit`, `serve --queue` and `queue`, with real processes that are killed and frozen."""

import json
import os
import random
import signal
import subprocess
import time
import unittest
from collections import Counter

from redisserver import PrivateRedis
from support import PATIENCE, EndToEndTest, wait_until

JOBS = int(os.environ.get("PATCHPANEL_QUEUE_JOBS", "96"))
CHECKOUTS = 12
TAKEOVER = 2  # seconds


def counting_task(number, **more):
    """Adds a line of its own to the file, so that a second run of it would show."""
    return {
        "id": f"count-{number}",
        "mutations": [{"op": "insert", "path": "runs.txt", "at": "end", "contents": f"{number}\n"}],
        "git": {"commit": f"count {number}"},
        **more,
    }


class QueueTest(EndToEndTest):
    """Several checkouts, and workers that are machines of their own: each has its own profile."""

    def setUp(self):
        super().setUp()
        self.env["PATCHPANEL_TOKEN"] = "a token that all of them share"
        self.checkouts = self.folder / "checkouts"
        self.checkouts.mkdir()
        self.place = ()

    def use_redis(self):
        self.redis = PrivateRedis(self.folder)
        self.addCleanup(self.redis.stop)
        self.place = ("--redis", self.redis.url())

    def checkout(self, name):
        path = self.checkouts / name
        path.mkdir()
        (path / "runs.txt").write_text("begin\n")
        for arguments in (["init", "-q"], ["config", "user.name", "Test"], ["config", "user.email", "test@example.org"],
                          ["add", "-A"], ["commit", "-q", "-m", "begin"]):
            subprocess.run(["git", *arguments], cwd=path, env=self.env, check=True, capture_output=True)
        return path

    def write_task(self, number, **more):
        path = self.folder / f"count-{number}.json"
        path.write_text(json.dumps(counting_task(number, **more)))
        return path

    def worker(self, name, *arguments):
        profile = ("--profile", self.folder / f"machine-{name}") if self.place else ()
        return self.start("serve", "--queue", "--workspace", self.checkouts, "--registry-port", "0", "--runner-port",
                          "0", "--takeover", TAKEOVER, *self.place, *profile, *arguments)

    def submit(self, *arguments):
        return self.command("submit", *self.place, *arguments)

    def queue(self, *arguments):
        return self.command("queue", *self.place, *arguments)

    def overview(self):
        done = self.queue("--json")
        self.assert_exit(0, done)
        return json.loads(done.stdout)

    def is_empty(self):
        overview = self.overview()
        return overview["waiting"] + overview["running"] == 0 and overview

    def state_of(self, job):
        done = self.queue("show", job, "--json")
        self.assert_exit(0, done)
        return json.loads(done.stdout)

    def lines(self, checkout):
        return (checkout / "runs.txt").read_text().splitlines()


class CommandLine(QueueTest):
    """Without Redis: a queue of the user on this machine."""

    def test_submits_and_lists_and_waits(self):
        shop, blog = self.checkout("shop"), self.checkout("blog")
        empty = self.queue()
        self.assert_exit(0, empty)
        self.assertEqual("Queue default on this machine: 0 waiting, 0 running, 0 dead\n", empty.stdout)
        submitted = self.submit(self.write_task(1), "--workspace", shop, "--workspace", blog)
        self.assert_exit(0, submitted)
        jobs = [line.split()[0] for line in submitted.stdout.splitlines()]
        self.assertEqual(2, len(jobs))
        listed = self.queue()
        self.assertIn("2 waiting, 0 running, 0 dead", listed.stdout)
        for text in (*jobs, "count-1.json", str(shop), str(blog)):
            self.assertIn(text, listed.stdout)
        worker = self.worker("one", "--slots", "2")
        waited = self.submit(self.write_task(2), "--workspace", shop, "--wait")
        self.assert_exit(0, waited)
        self.assertRegex(waited.stdout, rf"✓ ok +[0-9a-f]{{12}} +1  [0-9a-f]{{7}} .* {shop} ")
        wait_until(self.is_empty, "the jobs to be done")
        self.assertEqual(["begin", "1", "2"], self.lines(shop))
        self.assertEqual(["begin", "1"], self.lines(blog))
        state = self.state_of(jobs[0])
        self.assertEqual("finished", state["state"])
        self.assertEqual(jobs[0], state["result"]["runId"])
        self.assertIn(jobs[0], self.command("history").stdout)
        worker.terminate()
        self.assertEqual(0, worker.wait(), worker.output)

    def test_failures_are_told_apart(self):
        shop = self.checkout("shop")
        self.worker("one")
        failing = self.write_task(1, validate={"shell": ["false"]})
        done = self.submit(failing, self.write_task(2), "--workspace", shop, "--wait", "--json")
        self.assert_exit(1, done)
        self.assertEqual(["failed", "ok"], [job["result"]["status"] for job in json.loads(done.stdout)])
        self.assertEqual(["begin", "2"], self.lines(shop))

    def test_a_key_submits_once(self):
        shop = self.checkout("shop")
        first = self.submit(self.write_task(1), "--workspace", shop, "--key", "release-7")
        again = self.submit(self.write_task(1), "--workspace", shop, "--key", "release-7")
        self.assertEqual(first.stdout, again.stdout)
        self.assertEqual(1, self.overview()["waiting"])

    def test_dead_jobs_are_retried_and_dropped(self):
        shop = self.checkout("shop")
        others_token = {**self.env, "PATCHPANEL_TOKEN": "another token"}
        for number in (1, 2):
            self.assert_exit(0, self.command("submit", self.write_task(number), "--workspace", shop, env=others_token))
        self.worker("one")
        wait_until(lambda: self.overview()["dead"] == 2, "the jobs to be dead")
        first, second = [job["job"] for job in self.overview()["jobs"]]
        self.assertIn("not signed with the token", self.overview()["jobs"][0]["reason"])
        self.assertEqual(["begin"], self.lines(shop))
        dropped = self.queue("drop", first)
        self.assert_exit(0, dropped)
        self.assertEqual(f"{first} dropped\n", dropped.stdout)
        self.assert_exit(3, self.queue("drop", first))
        self.assert_exit(0, self.queue("retry", "all"))
        wait_until(lambda: self.overview()["dead"] == 1, "the job to be dead again")
        self.assertEqual(1, self.state_of(second)["attempt"])

    def test_what_cannot_be_is_told(self):
        shop = self.checkout("shop")
        task = self.write_task(1)
        for code, message, arguments in (
            (64, "needs a task file", ["submit"]),
            (64, "--key is about one job", ["submit", task, task, "--key", "k"]),
            (64, "\"explode\"", ["queue", "explode"]),
            (64, "needs the id of a job", ["queue", "retry"]),
            (64, "is no name of a queue", ["queue", "--queue-name", "../up"]),
            (64, "--follow needs --redis", ["show", "0123456789ab", "--follow"]),
            (64, "add --queue", ["serve", "--takeover", "9"]),
            (64, "--takeover takes", ["serve", "--queue", "--takeover", "0"]),
            (3, "knows no job", ["queue", "show", "0123456789ab"]),
            (3, "has no dead job", ["queue", "drop", "0123456789ab"]),
            (3, "there is no such task file", ["submit", "missing.json", "--workspace", shop]),
            (3, "by its absolute path", ["submit", task, "--workspace", "missing"]),
        ):
            done = self.command(*arguments)
            self.assert_exit(code, done)
            self.assertIn(message, done.stderr)
            self.assertEqual("", done.stdout)

    def test_a_job_survives_a_worker_that_drains(self):
        shop = self.checkout("shop")
        worker = self.worker("one")
        gate = "touch begun; while [ ! -e go ]; do sleep 0.05; done"
        (shop / ".git/info/exclude").write_text("begun\ngo\n.patchpanel\n")
        self.submit(self.write_task(1, build={"shell": [gate]}), self.write_task(2), "--workspace", shop)
        wait_until((shop / "begun").exists, "the first job to begin")
        worker.terminate()
        worker.wait_for("Shutting down")
        (shop / "go").touch()
        self.assertEqual(0, worker.wait(), worker.output)
        self.assertEqual(["begin", "1"], self.lines(shop))
        self.assertEqual((1, 0, 0), tuple(self.overview()[key] for key in ("waiting", "running", "dead")))
        self.worker("two")
        wait_until(self.is_empty, "the second job to be done")
        self.assertEqual(["begin", "1", "2"], self.lines(shop))


class WithRedis(QueueTest):
    def setUp(self):
        super().setUp()
        self.use_redis()

    def test_several_machines_share_it(self):
        checkouts = [self.checkout(f"c{number}") for number in range(4)]
        for name in ("one", "two"):
            self.worker(name).wait_for("Taking jobs from the queue default")
        done = self.submit(self.write_task(1), self.write_task(2), "--workspaces", self.checkouts / "*", "--wait",
                           "--json")
        self.assert_exit(0, done)
        self.assertEqual(["ok"] * 8, [job["result"]["status"] for job in json.loads(done.stdout)])
        for checkout in checkouts:
            self.assertEqual(["1", "2"], sorted(self.lines(checkout)[1:]))

    def test_any_machine_follows_a_run_and_reads_its_result(self):
        shop = self.checkout("shop")
        self.worker("one")
        (shop / ".git/info/exclude").write_text("begun\ngo\n.patchpanel\n")
        gate = "echo built; touch begun; while [ ! -e go ]; do sleep 0.05; done"
        job = self.submit(self.write_task(1, build={"shell": [gate]}), "--workspace", shop).stdout.split()[0]
        wait_until((shop / "begun").exists, "the job to begin")
        elsewhere = ("--profile", self.folder / "machine-elsewhere", *self.place)
        running = wait_until(lambda: (done := self.command("show", job, "--json", *elsewhere, cwd=self.folder)).returncode == 0
                             and json.loads(done.stdout), "the run to be told")
        self.assertEqual("running", running["status"])
        follower = self.start("show", job, "--follow", *elsewhere, cwd=self.folder)
        follower.wait_for(r"^\[BUILD\] built$")
        (shop / "go").touch()
        self.assertEqual(0, follower.wait(), follower.output)
        self.assert_lines_in_order(follower.stdout, [
            r"\[LOCK\] Patch lock acquired", r"\[BUILD\] built", r"\[LOCK\] Patch lock released",
            rf"Run {job} of runner-1 on \S+: ok"])
        report = self.command("show", job, *elsewhere, cwd=self.folder)
        self.assert_exit(0, report)
        self.assertIn("count 1", report.stdout)
        result = json.loads(self.command("show", job, "--json", *elsewhere, cwd=self.folder).stdout)
        self.assertEqual((job, "ok"), (result["runId"], result["status"]))
        self.assertTrue(result["machine"])
        failing = self.submit(self.write_task(2, build={"shell": ["false"]}), "--workspace", shop, "--wait", "--json")
        followed = self.command("show", json.loads(failing.stdout)[0]["job"], "--follow", *elsewhere, cwd=self.folder)
        self.assert_exit(1, followed)
        self.assert_exit(3, self.command("show", "0123456789ab", "--follow", *elsewhere, cwd=self.folder))
        self.assert_exit(3, self.command("show", "0123456789ab", *elsewhere, cwd=self.folder))

    def test_a_job_waits_for_the_machine_that_has_its_workspace(self):
        shop = self.checkout("shop")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        other = self.start("serve", "--queue", "--workspace", elsewhere, "--registry-port", "0", "--runner-port", "0",
                           *self.place, "--profile", self.folder / "machine-other")
        self.submit(self.write_task(1), "--workspace", shop)
        other.wait_for("is left to another worker")
        self.worker("one")
        wait_until(self.is_empty, "the job to be done")
        self.assertEqual(["begin", "1"], self.lines(shop))

    def test_what_the_server_forgets_is_put_back_and_runs_once(self):
        shop = self.checkout("shop")
        tasks = [self.write_task(number) for number in range(20)]
        waiting = self.start("submit", *tasks, "--workspace", shop, "--wait", "--json", *self.place)
        wait_until(lambda: self.overview()["waiting"] == len(tasks), "the jobs to be there")
        self.worker("one")
        wait_until(lambda: len(self.lines(shop)) > 3, "some jobs to be done")
        self.redis.cli("FLUSHALL")
        self.assertEqual(0, waiting.wait(), waiting.output)
        self.assertIn("put there again", waiting.stderr)
        self.assertEqual([str(number) for number in range(20)], sorted(self.lines(shop)[1:], key=int))

    def test_a_job_with_a_key_that_is_put_back_can_be_run(self):
        shop, task = self.checkout("shop"), self.write_task(1)
        first = self.submit(task, "--workspace", shop, "--key", "once")
        self.assert_exit(0, first)
        waiting = self.start("submit", task, "--workspace", shop, "--key", "once", "--wait", "--json", *self.place)
        wait_until(lambda: self.redis.cli("FLUSHALL") and "put there again" in waiting.output, "the loss to be noticed")
        self.worker("one")
        self.assertEqual(0, waiting.wait(), waiting.output)
        self.assertEqual(["begin", "1"], self.lines(shop))

    def test_a_server_that_does_not_answer_holds_nobody_up(self):
        shop = self.checkout("shop")
        worker = self.worker("one")
        worker.wait_for("Taking jobs")
        self.redis.pause()
        began = time.monotonic()
        for arguments in (["submit", self.write_task(1), "--workspace", shop], ["queue"]):
            done = self.command(*arguments, *self.place)
            self.assert_exit(4, done)
            self.assertIn("Redis at redis://127.0.0.1", done.stderr)
        self.assertLess(time.monotonic() - began, 10)
        worker.wait_for("The queue cannot be reached, trying on")
        runner = worker.wait_for(r"registered at (\S+)").group(1)
        done = subprocess.run(
            ["curl", "-sS", "--max-time", str(PATIENCE), "-H", "Authorization: Bearer " + self.env["PATCHPANEL_TOKEN"],
             "-H", "Content-Type: application/json", f"http://{runner}/run-patch",
             "-d", json.dumps({"task": counting_task(1), "workspace": str(shop)})],
            capture_output=True, text=True, check=True)
        self.assertEqual("ok", json.loads(done.stdout)["status"], done.stdout)
        self.redis.resume()
        worker.wait_for("The queue is back")
        self.assertEqual(1, worker.output.count("The queue cannot be reached"))
        done = self.submit(self.write_task(2), "--workspace", shop, "--wait")
        self.assert_exit(0, done)
        self.assertEqual(["begin", "1", "2"], self.lines(shop))


class Stress(QueueTest):
    """Three workers, of which one after another is killed and frozen: every job acts once, or is told not to have."""

    def setUp(self):
        super().setUp()
        self.use_redis()
        self.frozen = {}  # worker's name: since when
        self.kills = 0
        self.freezes = 0

    def disturb(self, workers):
        """Kills one worker, or freezes it for longer than its jobs are left to it."""
        for name in [name for name, since in self.frozen.items() if time.monotonic() - since > 2 * TAKEOVER]:
            del self.frozen[name]
            workers[name].process.send_signal(signal.SIGCONT)
        name = random.choice([name for name in workers if name not in self.frozen])
        if not self.frozen:
            workers[name].process.send_signal(signal.SIGSTOP)
            self.frozen[name] = time.monotonic()
            self.freezes += 1
        else:
            workers[name].kill()
            workers[name] = self.worker(name, "--slots", "2")
            self.kills += 1

    def test_nothing_is_lost_and_nothing_runs_twice(self):
        checkouts = [self.checkout(f"c{number:02}") for number in range(CHECKOUTS)]
        tasks = [self.write_task(number, retry=5) for number in range(max(1, JOBS // CHECKOUTS))]
        places = [part for path in checkouts for part in ("--workspace", path)]
        submitted = self.submit(*tasks, *places, "--durability", "process")
        self.assert_exit(0, submitted)
        jobs = [line.split()[0] for line in submitted.stdout.splitlines()]
        self.assertEqual(len(tasks) * len(checkouts), len(jobs))
        workers = {name: self.worker(name, "--slots", "2") for name in ("one", "two", "three")}
        began = time.monotonic()
        disturbed = began
        while not self.is_empty():
            self.assertLess(time.monotonic() - began, 60 + 2 * len(jobs), "the jobs are not done")
            if time.monotonic() - disturbed > 3:
                disturbed = time.monotonic()
                self.disturb(workers)
            time.sleep(0.25)  # between two looks, each of which is a process that takes its time from the workers
        for name in list(self.frozen):
            workers[name].process.send_signal(signal.SIGCONT)
        states = {job: self.state_of(job) for job in jobs}
        outcomes = Counter(
            state["result"]["status"] if state["state"] == "finished" else state["state"] for state in states.values())
        print(f"{len(jobs)} jobs in {time.monotonic() - began:.0f} s, {self.kills} workers killed, "
              f"{self.freezes} frozen: {dict(outcomes)}")
        for state in states.values():
            if state["state"] == "dead":
                self.assertIn("given to 3 workers", state["reason"])
        self.assertEqual(len(jobs), sum(outcomes[end] for end in ("ok", "appliedNotCommitted", "interrupted", "dead")))
        self.check_lines(checkouts, tasks, dict(zip(jobs, [(c, t) for t in range(len(tasks)) for c in checkouts])),
                         states)

    def check_lines(self, checkouts, tasks, places, states):
        for checkout in checkouts:
            counts = Counter(self.lines(checkout)[1:])
            self.assertEqual([], [line for line, count in counts.items() if count > 1], f"ran twice in {checkout}")
        for job, (checkout, number) in places.items():
            state = states[job]
            acted = str(number) in self.lines(checkout)
            if state["state"] == "finished":
                done = state["result"]["status"] in ("ok", "appliedNotCommitted")
                self.assertEqual(done, acted, f"{job} ended as {state['result']['status']} in {checkout}")


if __name__ == "__main__":
    unittest.main()
