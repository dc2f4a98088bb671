"""What is left of past runs: the history, their reports, and the way back."""

import json
import shutil
import unittest

from support import EndToEndTest, Workspace


class PastRuns(EndToEndTest):
    def make_run(self, name="made", code=0, workspace=None, arguments=(), **more):
        workspace = workspace or self.workspace
        task = {"title": name, "mutations": [{"op": "create", "path": f"{name}.txt", "contents": f"{name}\n"}], **more}
        done = self.command("--no-gui", "run", workspace.write_task(f"{name}.json", task), "--json",
                            "--workspace", workspace.path, *arguments, cwd=workspace.path)
        self.assert_exit(code, done)
        return json.loads(done.stdout)

    def another_workspace(self):
        return Workspace(self.folder / "another", self.env)

    def past(self, command, run, *arguments):
        return self.command("--no-gui", command, run, "--workspace", self.workspace.path, *arguments)

    def report(self, run, name):
        return (self.workspace.path / ".patchpanel" / "history" / run / name).read_text()


class History(PastRuns):
    def history(self, *arguments, **more):
        done = self.command("--no-gui", "history", *arguments, **more)
        self.assert_exit(0, done)
        return done.stdout

    def here(self, *arguments):
        return self.history("--workspace", self.workspace.path, *arguments)

    def ids(self, *arguments):
        return [run["runId"] for run in json.loads(self.history("--json", *arguments))["runs"]]

    def test_no_runs_yet(self):
        self.assertEqual("No runs yet.\n", self.history())
        self.assertEqual(f"No runs yet in {self.workspace.path}.\n", self.here())

    def test_newest_first(self):
        first = self.make_run("first")["runId"]
        second = self.make_run("second", code=1, build={"shell": ["false"]})["runId"]
        rows = self.here().splitlines()[1:]
        self.assertEqual([second, first], [row.split()[4] for row in rows])
        self.assertIn("✗ failed", rows[0])
        self.assertIn("✓ ok", rows[1])
        self.assertIn("tasks/first.json", rows[1])

    def test_across_workspaces(self):
        another = self.another_workspace()
        first = self.make_run("first")["runId"]
        second = self.make_run("second", workspace=another)["runId"]
        self.assertEqual([second, first], self.ids())
        self.assertEqual([second], self.ids("--workspace", another.path))
        heading, *rows = self.history(cwd=self.folder).splitlines()
        self.assertIn("WORKSPACE", heading)
        self.assertEqual([str(another.path), str(self.workspace.path)], [row.split()[8] for row in rows])
        self.assertNotIn("WORKSPACE", self.here())
        shutil.rmtree(another.path)
        self.assertEqual([second], self.ids("--workspace", another.path))

    def test_json_pages(self):
        ids = [self.make_run(name)["runId"] for name in ("first", "second", "third")]
        page = json.loads(self.here("--json", "--limit", "2"))
        self.assertEqual([ids[2], ids[1]], [run["runId"] for run in page["runs"]])
        rest = json.loads(self.here("--json", "--limit", "2", "--cursor", page["nextCursor"]))
        self.assertEqual([ids[0]], [run["runId"] for run in rest["runs"]])
        self.assertNotIn("nextCursor", rest)

    def test_filters(self):
        self.make_run("good")
        self.make_run("bad", code=1, build={"shell": ["false"]})
        self.assertNotIn("good", self.here("--status", "failed"))
        self.assertNotIn("bad", self.here("--task", "GOOD"))
        self.assertIn("good", self.here("--since", "1h"))
        self.assertIn("fits", self.here("--task", "nothing-like-it"))


class Show(PastRuns):
    def test_the_report_as_it_stands_on_disk(self):
        run = self.make_run()["runId"]
        for name in (run, run[:8], "last"):
            done = self.past("show", name)
            self.assert_exit(0, done)
            self.assertEqual(self.report(run, "report.md"), done.stdout)
            self.assertEqual("", done.stderr)

    def test_by_the_beginning_of_its_id(self):
        first = self.make_run("first")["runId"]
        second = self.make_run("second")["runId"]
        shared = next(i for i, (a, b) in enumerate(zip(first, second)) if a != b)
        done = self.past("show", first[: shared + 1], "--json")
        self.assert_exit(0, done)
        self.assertEqual(first, json.loads(done.stdout)["runId"])

    def test_as_json(self):
        run = self.make_run(build={"shell": ["exit 3"]}, code=1)
        done = self.past("show", "last", "--json")
        self.assert_exit(0, done)
        shown = json.loads(done.stdout)
        self.assertEqual((run["runId"], "failed"), (shown["runId"], shown["status"]))
        self.assertEqual(json.loads(self.report(run["runId"], "report.json")), shown)

    def test_from_another_folder(self):
        run = self.make_run()["runId"]
        for arguments in ((run[:8],), ("last", "--workspace", self.workspace.path)):
            done = self.command("show", *arguments, cwd=self.folder)
            self.assert_exit(0, done)
            self.assertEqual(self.report(run, "report.md"), done.stdout)
        self.assert_exit(3, self.command("show", "last", cwd=self.folder))

    def test_last_is_of_the_workspace(self):
        self.make_run("here")
        self.make_run("there", workspace=self.another_workspace())
        self.assertIn("here", self.command("show", "last").stdout)

    def test_of_another_profile(self):
        run = self.make_run(arguments=("--profile", self.folder / "other"))["runId"]
        self.assertNotIn(run, self.command("history").stdout)
        for name in (run[:8], "last"):
            self.assertEqual(self.report(run, "report.md"), self.past("show", name).stdout)

    def test_a_report_that_was_removed(self):
        run = self.make_run(build={"shell": ["true"]})["runId"]
        shutil.rmtree(self.workspace.path / ".patchpanel" / "history" / run)
        self.assert_what_the_history_knows(run)

    def test_a_workspace_that_is_gone(self):
        run = self.make_run(build={"shell": ["true"]})["runId"]
        shutil.rmtree(self.workspace.path)
        self.assert_what_the_history_knows(run)
        done = self.command("rollback", run, cwd=self.folder)
        self.assert_exit(3, done)
        self.assertIn(f"the workspace of run {run} is gone", done.stderr)

    def assert_what_the_history_knows(self, run):
        done = self.command("show", run[:8], cwd=self.folder)
        self.assert_exit(0, done)
        self.assertIn(f"The report of run {run} is gone", done.stderr)
        for text in ("Status     ok", "tasks/made.json (made)", str(self.workspace.path), "1 created", "1 passed"):
            self.assertIn(text, done.stdout)
        done = self.command("show", run, "--json", cwd=self.folder)
        shown = json.loads(done.stdout)
        self.assertEqual((run, "ok", 1), (shown["runId"], shown["status"], shown["changes"]))
        self.assertIn("is gone", done.stderr)

    def test_an_unknown_run_names_the_newest(self):
        run = self.make_run()
        done = self.past("show", "nothing-like-it")
        self.assert_exit(3, done)
        self.assertIn(f"the newest ones are {run['runId']}", done.stderr)

    def test_a_workspace_without_runs(self):
        done = self.past("show", "last")
        self.assert_exit(3, done)
        self.assertIn("no run has left a report here", done.stderr)


class Rollback(PastRuns):
    def test_from_another_folder_by_its_id(self):
        run = self.make_run()["runId"]
        self.assert_exit(0, self.command("rollback", run[:8], cwd=self.folder))
        self.assertFalse((self.workspace.path / "made.txt").exists())

    def test_of_a_run_that_left_nothing_names_one_that_did(self):
        run = self.make_run()["runId"]
        self.assert_exit(0, self.run_task("tasks/made.json"))  # again: a noop
        done = self.past("rollback", "last")
        self.assert_exit(3, done)
        self.assertIn(f"ended as noop (the newest run that did is {run}, of tasks/made.json)", done.stderr)
        self.assertNotIn("REGISTRY", done.stderr + done.stdout)  # no service was started for that
        self.assertTrue((self.workspace.path / "made.txt").exists())
        self.assert_exit(0, self.past("rollback", run))

    def test_last_passes_over_runs_that_left_no_report(self):
        run = self.make_run()["runId"]
        self.assert_exit(3, self.run_task("tasks/no-such-task.json"))
        self.assert_exit(0, self.past("rollback", "last"))
        self.assertFalse((self.workspace.path / "made.txt").exists(), run)

    def test_of_another_profile(self):
        run = self.make_run(arguments=("--profile", self.folder / "other"))["runId"]
        self.assert_exit(0, self.past("rollback", run[:8]))
        self.assertFalse((self.workspace.path / "made.txt").exists())


if __name__ == "__main__":
    unittest.main()
