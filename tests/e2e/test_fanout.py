"""One task in many checkouts: `run TASK --workspaces GLOB`, and how it goes on after it was ended."""

import json
import re
import shutil
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree
from datetime import datetime

from support import EndToEndTest, wait_until
from test_progress import screen, terminal_output

PATCH = """\
--- a/config.txt
+++ b/config.txt
@@ -1,3 +1,3 @@
 first
-count=
+count=+
 last
"""


class FanOut(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.repos = self.folder / "repos"
        self.repos.mkdir()
        self.tasks = self.folder / "tasks"
        self.tasks.mkdir()

    def git(self, repo, *arguments):
        done = subprocess.run(["git", "-C", str(repo), *arguments], env=self.env, capture_output=True, text=True,
                              check=True)
        return done.stdout.strip()

    def checkouts(self, count, folder=None):
        """`count` git repositories, each with one commit and a folder that git ignores."""
        folder = folder or self.repos
        first = folder / "r1"
        first.mkdir()
        (first / "config.txt").write_text("first\ncount=\nlast\n")
        (first / ".gitignore").write_text("notes/\n")
        self.git(first, "-c", "init.defaultBranch=main", "init", "-q")
        self.git(first, "config", "user.name", "Test")
        self.git(first, "config", "user.email", "test@patchpanel.invalid")
        self.git(first, "add", "-A")
        self.git(first, "commit", "-q", "-m", "start")
        (first / "notes").mkdir()
        repos = [first]
        for number in range(2, count + 1):
            repos.append(folder / f"r{number}")
            shutil.copytree(first, repos[-1])
            self.git(repos[-1], "update-index", "-q", "--refresh")  # else git apply takes them for changed
        return repos

    def write_task(self, name="count.json", *, gate=None, pattern="count=(.*)", replacement="count=$1+"):
        """It changes something, and commits, each time it runs."""
        task = {
            "title": "count on",
            "mutations": [{"op": "replace", "path": "config.txt", "pattern": pattern, "replace": replacement}],
            "git": {"commit": "count on"},
        }
        if gate:
            task["build"] = {"shell": [gate]}
        path = self.tasks / name
        path.write_text(json.dumps(task), "utf-8")
        return path

    def commits(self, repo):
        return int(self.git(repo, "rev-list", "--count", "HEAD")) - 1

    def fan_out(self, task, *arguments, repos="repos/*"):
        return self.command("run", task, "--workspaces", repos, *arguments, cwd=self.folder)

    def start_fan_out(self, task, *arguments):
        return self.start("run", task, "--workspaces", "repos/*", *arguments, cwd=self.folder)

    def assert_each_once(self, repos):
        self.assertEqual({repo.name: 1 for repo in repos}, {repo.name: self.commits(repo) for repo in repos})
        for repo in repos:
            self.assertEqual("", self.git(repo, "status", "--porcelain"), repo.name)
            self.assertEqual("first\ncount=+\nlast\n", (repo / "config.txt").read_text(), repo.name)

    def table(self, text):
        """The rows of the table: name, status, number of changes, commit, message."""
        lines = text.splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith("WORKSPACE "))
        row = re.compile(r"(\S+) +[✓!✗] (\w+) +(\d+)? +([0-9a-f]{7})? +(?:\d+\.\d s)? +(.*)")
        return [match.groups() for match in map(row.fullmatch, lines[start + 1:]) if match]

    def history(self):
        return json.loads(self.command("history", "--json", "--limit", "200").stdout)["runs"]

    def records(self):
        return sorted((self.folder / "state/patchpanel/fanouts").glob("*.jsonl"))

    def failing_in(self, *names):
        """A gate that fails in these checkouts only."""
        return f"case $(basename $PWD) in {'|'.join(names)}) exit 3 ;; esac"


class Runs(FanOut):
    def test_fifty_checkouts(self):
        repos = self.checkouts(50)
        task = self.write_task()
        begun = time.monotonic()
        done = self.fan_out(task, "--runners", "2", "--max-parallel", "2")
        took = time.monotonic() - begun
        self.assert_exit(0, done)
        self.assert_each_once(repos)
        rows = self.table(done.stdout)
        self.assertEqual([repo.name for repo in repos], [row[0] for row in rows], "in natural order")
        for repo, (_, status, changes, commit, message) in zip(repos, rows):
            self.assertEqual(("ok", "1"), (status, changes))
            self.assertTrue(self.git(repo, "rev-parse", "HEAD").startswith(commit))
            self.assertIn("ommit", message)
        self.assertRegex(done.stdout, r"\n50 workspaces: 50 ok in \d+\.\d s\n$")
        self.assertEqual("", done.stderr)
        self.assertEqual({"runner-1", "runner-2"}, {run["runner"] for run in self.history()})
        self.assertEqual(0o600, self.records()[0].stat().st_mode & 0o7777)
        print(f"\n50 checkouts: {took:.2f} s; git apply and git commit in a loop: {self.time_of_a_loop(50):.2f} s")

    def time_of_a_loop(self, count):
        other = self.folder / "plain"
        other.mkdir()
        self.checkouts(count, other)
        patch = self.folder / "count.patch"
        patch.write_text(PATCH)
        begun = time.monotonic()
        subprocess.run(["sh", "-ec", f"for repo in plain/*; do (cd $repo && git apply --index {patch} && "
                                     "git commit -q -m 'count on'); done"], cwd=self.folder, env=self.env, check=True)
        return time.monotonic() - begun

    def test_lines_of_the_log_tell_their_workspace(self):
        self.checkouts(3)
        done = self.fan_out(self.write_task(gate="echo here is $(basename $PWD)"))
        self.assert_exit(0, done)
        for name in ("r1", "r2", "r3"):
            self.assertIn(f"{name} | [BUILD] here is {name}\n", done.stdout)
        of_runs = re.findall(r"^.*\[(?:BUILD|MUTATE|GIT|RELAY)\].*$", done.stdout, re.MULTILINE)
        self.assertEqual([], [line for line in of_runs if not re.match(r"r[123] \| \[", line)])

    def test_a_failure_does_not_stop_the_others(self):
        repos = self.checkouts(6)
        (repos[4] / "config.txt").write_text("first\nnothing to count\nlast\n")  # not committed
        done = self.fan_out(self.write_task(gate=self.failing_in("r2")), "--junit", self.folder / "junit.xml")
        self.assert_exit(1, done)
        statuses = {row[0]: row[1] for row in self.table(done.stdout)}
        self.assertEqual({"r1": "ok", "r2": "failed", "r3": "ok", "r4": "ok", "r5": "conflict", "r6": "ok"}, statuses)
        self.assert_each_once([repos[i] for i in (0, 2, 3, 5)])
        self.assertEqual([0, 0], [self.commits(repos[i]) for i in (1, 4)])
        self.assertEqual("", self.git(repos[1], "status", "--porcelain"))
        self.assertIn("6 workspaces: 4 ok, 2 failed in", done.stdout)
        self.assertNotIn("--resume", done.stderr, "all are done: there is nothing to go on with")
        suites = ElementTree.parse(self.folder / "junit.xml").getroot().findall("testsuite")
        self.assertEqual([str(repo) for repo in repos], [suite.get("name") for suite in suites])
        self.assertEqual(["r2"], [suite.get("name").rsplit("/")[-1] for suite in suites
                                  if any(case.find("failure") is not None and case.get("name").startswith("build")
                                         for case in suite)])
        again = self.fan_out(self.tasks / "count.json", "--resume")
        self.assert_exit(3, again)
        self.assertIn("nothing to go on with", again.stderr)

    def test_annotations_in_a_workflow(self):
        repos = self.checkouts(3)
        (repos[1] / "config.txt").write_text("first\nnothing to count\nlast\n")
        self.env |= {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.folder)}
        done = self.fan_out(self.write_task(gate=self.failing_in("r3")), "--no-cache")
        self.assert_exit(1, done)
        lines = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
        self.assertEqual(2, len(lines), done.stdout)
        self.assertRegex(lines[0], r"^::error file=repos/r2/config\.txt,.*title=PatchPanel%3A does-not-apply in r2::")
        self.assertRegex(lines[1], r"^::error file=tasks/count\.json,title=PatchPanel%3A gate-failed in r3::")
        self.assertTrue(done.stdout.rstrip().endswith(lines[1]))

    def test_as_one_document(self):
        repos = self.checkouts(3)
        done = self.fan_out(self.write_task(gate=self.failing_in("r3")), "--json")
        self.assert_exit(1, done)
        document = json.loads(done.stdout)
        self.assertEqual(("failed", 3, 2, 0, 0, 1), tuple(document[key] for key in (
            "status", "total", "ok", "noop", "skipped", "failed")))
        self.assertEqual([str(repo) for repo in repos], [run["workspace"] for run in document["runs"]])
        first, last = document["runs"][0], document["runs"][2]
        self.assertEqual(self.git(repos[0], "rev-parse", "HEAD"), first["commit"])
        self.assertEqual(("ok", 1), (first["status"], first["changes"]))
        self.assertEqual(("failed", "gate-failed"), (last["status"], last["error"]["code"]))
        self.assertNotIn("message", last)
        known = {run["runId"]: run["workspace"] for run in self.history()}
        self.assertEqual(known, {run["runId"]: run["workspace"] for run in document["runs"]})
        self.assertIn("r1 | [RELAY]", done.stderr)

    def test_as_events(self):
        repos = self.checkouts(3)
        done = self.fan_out(self.write_task(gate="echo here"), "--events")
        self.assert_exit(0, done)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        for kind in ("accepted", "step", "result"):
            self.assertEqual({str(repo) for repo in repos},
                             {event["workspace"] for event in events if event["event"] == kind})
        first = {}
        for event in events:
            first.setdefault(event.get("workspace"), event["event"])
        self.assertEqual({"accepted"}, {first[str(repo)] for repo in repos})
        here = [event["workspace"] for event in events if event["event"] == "log" and event["text"] == "here"]
        self.assertEqual([str(repo) for repo in repos], sorted(here))
        self.assertEqual(("summary", "ok", 3), (events[-1]["event"], events[-1]["status"], events[-1]["ok"]))

    def test_a_dry_run_shows_what_would_change(self):
        repos = self.checkouts(3)
        (repos[1] / "config.txt").write_text("first\nlast\n")
        task = self.write_task()
        for arguments, code in ((["run", task, "--dry-run"], 1), (["plan", task], 1)):
            done = self.command(*arguments, "--workspaces", "repos/*", cwd=self.folder)
            self.assert_exit(code, done)
            self.assertRegex(done.stdout, r"(?m)^WORKSPACE +STATUS +CHANGES +LINES +TIME +MESSAGE$")
            self.assertRegex(done.stdout, r"(?m)^r1 +✓ ok +1 +\+1 −1 ")
            self.assertRegex(done.stdout, r"(?m)^r2 +✗ conflict ")
        self.assertEqual([0, 0, 0], [self.commits(repo) for repo in repos])
        self.assertEqual([], self.records(), "there is nothing to go on with")
        detailed = self.command("plan", task, "--workspaces", "repos/r[13]", "--detailed-exitcode", cwd=self.folder)
        self.assert_exit(2, detailed)

    def times(self):
        runs = []
        for run in self.history():
            start = datetime.fromisoformat(run["startedAt"].replace("Z", "+00:00")).timestamp() * 1000
            runs.append((start, start + run["durationMs"]))
        return sorted(runs)

    def overlaps(self):
        times = self.times()
        return sum(1 for one, two in zip(times, times[1:]) if two[0] < one[1])

    def test_one_at_a_time(self):
        self.checkouts(6)
        self.assert_exit(0, self.fan_out(self.write_task(gate="sleep 0.1"), "--max-parallel", "1", "--slots", "4"))
        self.assertEqual(6, len(self.times()))
        self.assertEqual(0, self.overlaps(), self.times())

    def test_as_many_at_once_as_wanted(self):
        repos = self.checkouts(3)
        meet = "touch notes/here; until [ $(ls ../*/notes/here | wc -l) = 3 ]; do sleep 0.02; done"
        done = self.fan_out(self.write_task(gate=meet), "--max-parallel", "3", "--timeout", "60")
        self.assert_exit(0, done)
        self.assert_each_once(repos)

    def test_others_run_it(self):
        repos = self.checkouts(4)
        server = self.start("serve", "--workspace", self.repos, "--registry-port", "0", "--runner-port", "0",
                            "--slots", "2")
        registry = server.wait_for(r"live on (http://\S+)").group(1)
        server.wait_for(r"Runner microservice live")
        done = self.fan_out(self.write_task(gate="echo here is $(basename $PWD)"), "--registry", registry)
        self.assert_exit(0, done)
        self.assert_each_once(repos)
        self.assertIn("r3 | [BUILD] here is r3\n", done.stdout)

    def test_progress_on_a_terminal(self):
        self.checkouts(4)
        task = self.write_task(gate="sleep 0.4; " + self.failing_in("r1"))
        code, output = terminal_output(["run", task, "--workspaces", "repos/*", "--max-parallel", "2"], self.env,
                                       self.folder)
        self.assertEqual(1, code, output)
        self.assertRegex(output, r"\r(?:\x1b\[2m)?0 of 4 done, 2 running")
        self.assertRegex(output, r"\r(?:\x1b\[2m)?[23] of 4 done, 1 failed, [12] running")
        self.assertEqual([], [line for line in screen(output) if " done, " in line])


class Refusals(FanOut):
    def refused(self, message, *arguments):
        done = self.command("run", *arguments, cwd=self.folder)
        self.assert_exit(64, done)
        self.assertIn(message, done.stderr)
        self.assertEqual("", done.stdout)

    def test_usage(self):
        repos = self.checkouts(2)
        (repos[0] / "inner").mkdir()
        task = self.write_task()
        self.refused('"nothing/*" matches no folder', task, "--workspaces", "nothing/*")
        self.refused("lies below", task, "--workspaces", "repos/*", "--workspaces", "repos/r1/inner")
        self.refused("r2 is a folder, not a task", task, "--workspaces", "repos/r1", "repos/r2")
        self.refused("--report is about one workspace", task, "--workspaces", "repos/*", "--report", "r.md")
        self.assertEqual([], self.records())

    def test_a_task_that_is_not_there(self):
        self.checkouts(1)
        done = self.fan_out("gone.json")
        self.assert_exit(3, done)
        self.assertIn("no such task file", done.stderr)

    def test_nothing_to_go_on_with(self):
        self.checkouts(1)
        for done in (self.fan_out(self.write_task(), "--resume"), self.command("run", "--resume")):
            self.assert_exit(3, done)
            self.assertIn("no fan-out to go on with", done.stderr)


class Resume(FanOut):
    def wait_for_commits(self, child, repos, count):
        def enough():
            self.assertIsNone(child.process.poll(), child.output)
            return sum(self.commits(repo) for repo in repos) >= count

        wait_until(enough, f"{count} commits")

    def resume_line(self, text):
        """The command line that the program gives."""
        return re.search(r"to go on:\n  (.*)", text).group(1)

    def test_killed_several_times(self):
        repos = self.checkouts(24)
        task = self.write_task(gate="sleep 0.1")
        arguments = ["--runners", "2", "--max-parallel", "2"]
        child = self.start_fan_out(task, *arguments)
        for count in (3, 9, 15):
            self.wait_for_commits(child, repos, count)
            child.process.kill()
            child.process.wait()
            child = self.start_fan_out(task, *arguments, "--resume")
        self.assertEqual(0, child.wait(), child.output)
        self.assert_each_once(repos)
        rows = self.table(child.stdout)
        self.assertEqual(["ok"] * 24, [row[1] for row in rows])
        self.assertGreaterEqual(len([row for row in rows if row[4].startswith("Before: ")]), 13)
        self.assertEqual(1, len(self.records()))
        again = self.fan_out(task, *arguments, "--resume")
        self.assert_exit(3, again)
        self.assertIn("nothing to go on with", again.stderr)

    def test_killed_while_git_commits(self):
        repos = self.checkouts(3)
        hook = repos[1] / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\n[ -e notes/go ] && exit 0\ntouch notes/here\nexec sleep 60\n")
        hook.chmod(0o755)
        task = self.write_task()
        child = self.start_fan_out(task, "--max-parallel", "1")
        wait_until((repos[1] / "notes/here").exists, "the hook to run")
        child.process.kill()
        child.process.wait()
        self.assertEqual([1, 0, 0], [self.commits(repo) for repo in repos])
        self.assertEqual("first\ncount=+\nlast\n", (repos[1] / "config.txt").read_text())
        (repos[1] / "notes/go").touch()
        done = self.fan_out(task, "--resume")
        self.assert_exit(0, done)
        self.assert_each_once(repos)

    def test_interrupted_then_by_the_line_that_it_gives(self):
        repos = self.checkouts(12)
        task = self.write_task(gate="sleep 0.2")
        child = self.start_fan_out(task, "--max-parallel", "2", "--redis", "redis://somebody:s3cret@127.0.0.1:1")
        self.wait_for_commits(child, repos, 2)
        child.process.send_signal(signal.SIGINT)
        self.assertEqual(130, child.wait(), child.output)
        self.assertNotIn("s3cret", child.output)
        for repo in repos:
            self.assertEqual("", self.git(repo, "status", "--porcelain"), repo.name)
        statuses = [row[1] for row in self.table(child.stdout)]
        self.assertEqual(sum(self.commits(repo) for repo in repos), statuses.count("ok"))
        self.assertGreater(statuses.count("queued"), 0)
        line = self.resume_line(child.stderr)
        self.assertIn("'repos/*'", line)
        self.assertIn("redis://somebody:PASSWORD@127.0.0.1:1", line)
        done = subprocess.run(line, shell=True, cwd=self.folder, env=self.env, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assert_each_once(repos)

    def test_timed_out(self):
        repos = self.checkouts(3)
        task = self.write_task(gate="[ -e notes/go ] || sleep 60")
        (repos[0] / "notes/go").touch()
        done = self.fan_out(task, "--max-parallel", "3", "--timeout", "2", "--json")
        self.assert_exit(124, done)
        document = json.loads(done.stdout)
        self.assertEqual(("cancelled", 1, 2), (document["status"], document["ok"], document["cancelled"]))
        for repo in repos:
            (repo / "notes/go").touch()
        self.assertTrue(document["resume"].endswith("--resume"))
        again = self.command("run", "--resume", "--json")
        self.assert_exit(0, again)
        self.assertEqual(3, json.loads(again.stdout)["ok"])
        self.assert_each_once(repos)

    def finished_fan_out(self, count):
        repos = self.checkouts(count)
        task = self.write_task()
        self.assert_exit(0, self.fan_out(task))
        (record,) = self.records()
        return repos, task, record

    def test_ends_that_were_not_recorded(self):
        repos, task, record = self.finished_fan_out(4)
        lines = record.read_text().splitlines(keepends=True)
        for kept in (["finished"], ["accepted"], []):
            with self.subTest(kept=kept):
                record.write_text("".join(
                    [lines[0]] + [line for line in lines[1:] if json.loads(line)["event"] in kept and '"index":1' in line]))
                done = self.fan_out(task, "--resume", "--json")
                self.assert_exit(0, done)
                self.assert_each_once(repos)
                commits = [run["commit"] for run in json.loads(done.stdout)["runs"]]
                self.assertEqual([self.git(repo, "rev-parse", "HEAD") for repo in repos], commits)

    def test_a_damaged_record(self):
        repos, task, record = self.finished_fan_out(3)
        lines = record.read_text().splitlines(keepends=True)
        record.write_text(lines[0] + "damaged\n" + lines[-1][:30])
        done = self.fan_out(task, "--resume")
        self.assert_exit(0, done)
        self.assertIn("1 lines of the fan-out's record are damaged", done.stderr)
        self.assert_each_once(repos)

    def test_a_task_that_was_changed_since(self):
        repos, task, record = self.finished_fan_out(2)
        record.write_text(record.read_text().splitlines(keepends=True)[0])
        self.write_task(replacement="count=$1-")
        done = self.fan_out(task, "--resume")
        self.assert_exit(3, done)
        self.assertIn("the task file was changed since the fan-out began", done.stderr)
        self.assert_each_once(repos)

    def test_other_options_or_another_pattern(self):
        _, task, record = self.finished_fan_out(2)
        record.write_text(record.read_text().splitlines(keepends=True)[0])
        done = self.fan_out(task, "--resume", "--fuzz", "1")
        self.assert_exit(64, done)
        self.assertIn("started with other options", done.stderr)
        self.assert_exit(3, self.fan_out(task, "--resume", repos="repos/r1"))

    def test_while_it_is_in_progress(self):
        repos = self.checkouts(2)
        task = self.write_task(gate="until [ -e notes/go ]; do sleep 0.05; done")
        child = self.start_fan_out(task)
        child.wait_for(r"\[BUILD\]|\[MUTATE\]")
        done = self.fan_out(task, "--resume")
        self.assert_exit(4, done)
        self.assertIn("in progress in another process", done.stderr)
        for repo in repos:
            (repo / "notes/go").touch()
        self.assertEqual(0, child.wait(), child.output)
        self.assert_each_once(repos)


class SeparateRunners(FanOut):
    """Two processes with histories of their own serve at one registry: neither knows what the other was sent."""

    def setUp(self):
        super().setUp()
        self.env["PATCHPANEL_TOKEN"] = "a token that all of them share"
        self.repos = self.checkouts(4)
        self.task = self.write_task(gate="echo ran >> notes/ran; until [ -e notes/go ]; do sleep 0.05; done")
        first = self.serve("a", "--registry-port", "0")
        self.registry = first.wait_for(r"live on (http://\S+)").group(1)
        first.wait_for(r"Runner microservice live")
        self.servers = {"a": first, "b": self.serve("b", "--registry", self.registry)}
        self.servers["b"].wait_for(r"Runner microservice live")

    def serve(self, name, *arguments):
        return self.start("serve", "--workspace", self.folder / "repos", "--runner-port", "0", "--slots", "2",
                          "--profile", self.folder / f"machine-{name}", *arguments)

    def times_run(self):
        return {repo.name: (repo / "notes/ran").read_text().count("ran") if (repo / "notes/ran").exists() else 0
                for repo in self.repos}

    def arguments(self):
        return ("--registry", self.registry, "--max-parallel", "4")

    def start_and_kill(self):
        child = self.start_fan_out(self.task, *self.arguments())
        wait_until(lambda: set(self.times_run().values()) == {1}, "all commands to run")
        child.process.kill()
        child.process.wait()
        self.assertEqual(2, len({event["sentTo"]["history"] for event in self.events("sending")}), "both have some")

    def events(self, kind):
        (record,) = self.records()
        lines = [json.loads(line) for line in record.read_text().splitlines()]
        return [line for line in lines if line.get("event") == kind]

    def repos_of(self, name):
        """Those that this process was sent."""
        history = json.loads(self.command("history", "--json", "--profile", self.folder / f"machine-{name}").stdout)
        workspaces = {run["workspace"] for run in history["runs"]}
        return [repo for repo in self.repos if str(repo) in workspaces]

    def release(self, repos):
        for repo in repos:
            (repo / "notes/go").touch()

    def let_all_commit(self):
        self.release(self.repos)
        wait_until(lambda: sum(map(self.commits, self.repos)) == 4, "all commits")

    def stop_serving(self, name):
        self.servers[name].terminate()
        self.assertEqual(0, self.servers[name].wait())

    def assert_each_ran_once(self):
        self.assertEqual({repo.name: 1 for repo in self.repos}, self.times_run())

    def test_resumed_while_they_run(self):
        self.start_and_kill()
        child = self.start_fan_out(self.task, *self.arguments(), "--resume", "--events")
        wait_until(lambda: child.stdout.count('"event":"accepted"') == 4, "all to be followed")
        self.release(self.repos)
        self.assertEqual(0, child.wait(), child.output)
        self.assert_each_once(self.repos)
        self.assert_each_ran_once()

    def test_resumed_when_they_have_ended(self):
        self.start_and_kill()
        self.let_all_commit()
        done = self.fan_out(self.task, *self.arguments(), "--resume")
        self.assert_exit(0, done)
        self.assert_each_once(self.repos)
        self.assert_each_ran_once()

    def test_killed_before_it_heard_that_a_runner_took_it(self):
        self.start_and_kill()
        (record,) = self.records()
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if json.loads(line).get("event") != "accepted"))
        self.release(self.repos)
        done = self.fan_out(self.task, *self.arguments(), "--resume")
        self.assert_exit(0, done)
        self.assert_each_once(self.repos)
        self.assert_each_ran_once()

    def test_resumed_without_one_of_them(self):
        self.start_and_kill()
        theirs = self.repos_of("b")
        self.assertEqual(2, len(theirs))
        self.servers["b"].kill()
        self.release([repo for repo in self.repos if repo not in theirs])
        done = self.fan_out(self.task, *self.arguments(), "--resume", "--json")
        self.assert_exit(1, done)
        runs = {run["workspace"]: run for run in json.loads(done.stdout)["runs"]}
        self.assertEqual({"unknown"}, {runs[str(repo)]["status"] for repo in theirs})
        self.assertEqual([0, 0], [self.commits(repo) for repo in theirs])
        self.assert_each_ran_once()
        again = self.serve("b", "--registry", self.registry)
        again.wait_for(r"Runner microservice live")
        self.release(theirs)
        self.assert_exit(0, self.fan_out(self.task, *self.arguments(), "--resume"))
        self.assert_each_once(self.repos)
        self.assertEqual({repo.name: 2 if repo in theirs else 1 for repo in self.repos}, self.times_run(),
                         "what was killed runs again")

    def test_what_is_gone_for_good_is_told_by_the_workspace(self):
        self.start_and_kill()
        self.let_all_commit()
        self.stop_serving("b")
        done = self.fan_out(self.task, *self.arguments(), "--resume")
        self.assert_exit(0, done)
        self.assert_each_once(self.repos)
        self.assert_each_ran_once()

    def test_what_is_gone_for_good_and_left_no_trace_is_unknown(self):
        self.start_and_kill()
        self.let_all_commit()
        theirs = self.repos_of("b")
        self.stop_serving("b")
        for repo in theirs:
            shutil.rmtree(repo / ".patchpanel/history")
        done = self.fan_out(self.task, *self.arguments(), "--resume")
        self.assert_exit(1, done)
        self.assertIn("it is not up", done.stdout)
        self.assertEqual(["unknown"] * 2, [row[1] for row in self.table(done.stdout)
                                             if row[0] in {repo.name for repo in theirs}])
        self.assert_each_ran_once()


if __name__ == "__main__":
    unittest.main()
