"""What is left of past runs: their reports, and the way back."""

import json
import unittest

from support import EndToEndTest


class PastRuns(EndToEndTest):
    def make_run(self, name="made", code=0, **more):
        task = {"title": name, "mutations": [{"op": "create", "path": f"{name}.txt", "contents": f"{name}\n"}], **more}
        done = self.run_task(self.workspace.write_task(f"{name}.json", task), "--json")
        self.assert_exit(code, done)
        return json.loads(done.stdout)

    def past(self, command, run, *arguments):
        return self.command("--no-gui", command, run, "--workspace", self.workspace.path, *arguments)


class History(PastRuns):
    def history(self, *arguments):
        done = self.command("--no-gui", "history", "--workspace", self.workspace.path, *arguments)
        self.assert_exit(0, done)
        return done.stdout

    def test_no_runs_yet(self):
        self.assertEqual(f"No runs yet in {self.workspace.path}.\n", self.history())

    def test_newest_first(self):
        first = self.make_run("first")["runId"]
        second = self.make_run("second", code=1, build={"shell": ["false"]})["runId"]
        rows = self.history().splitlines()[1:]
        self.assertEqual([second, first], [row.split()[4] for row in rows])
        self.assertIn("✗ failed", rows[0])
        self.assertIn("✓ ok", rows[1])
        self.assertIn("tasks/first.json", rows[1])

    def test_json_pages(self):
        ids = [self.make_run(name)["runId"] for name in ("first", "second", "third")]
        page = json.loads(self.history("--json", "--limit", "2"))
        self.assertEqual([ids[2], ids[1]], [run["runId"] for run in page["runs"]])
        rest = json.loads(self.history("--json", "--limit", "2", "--cursor", page["nextCursor"]))
        self.assertEqual([ids[0]], [run["runId"] for run in rest["runs"]])
        self.assertNotIn("nextCursor", rest)

    def test_filters(self):
        self.make_run("good")
        self.make_run("bad", code=1, build={"shell": ["false"]})
        self.assertNotIn("good", self.history("--status", "failed"))
        self.assertNotIn("bad", self.history("--task", "GOOD"))
        self.assertIn("good", self.history("--since", "1h"))
        self.assertIn("fits", self.history("--task", "nothing-like-it"))


class Show(PastRuns):
    def test_the_report_as_it_stands_on_disk(self):
        run = self.make_run()
        with open(run["report"], encoding="utf-8") as report:
            text = report.read()
        for name in (run["runId"], "last"):
            done = self.past("show", name)
            self.assert_exit(0, done)
            self.assertEqual(text, done.stdout)

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

    def test_an_unknown_run_names_the_newest(self):
        run = self.make_run()
        done = self.past("show", "nothing-like-it")
        self.assert_exit(3, done)
        self.assertIn(f"the newest ones are {run['runId']}", done.stderr)

    def test_a_workspace_without_runs(self):
        done = self.past("show", "last")
        self.assert_exit(3, done)
        self.assertIn("no run has left a report here", done.stderr)


if __name__ == "__main__":
    unittest.main()
