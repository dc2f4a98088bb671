"""The reports of past runs, from the command line."""

import json
import unittest

from support import EndToEndTest


class Show(EndToEndTest):
    def run_id(self, *arguments):
        done = self.run_task("tasks/test.json", "--json", *arguments)
        self.assert_exit(0, done)
        return json.loads(done.stdout)["runId"]

    def show(self, *arguments):
        return self.command("show", *arguments)

    def report(self, run, name):
        return (self.workspace.path / ".patchpanel" / "history" / run / name).read_text()

    def test_by_id_by_its_beginning_and_the_last(self):
        run = self.run_id()
        for name in (run, run[:8], "last"):
            done = self.show(name)
            self.assert_exit(0, done)
            self.assertEqual(self.report(run, "report.md"), done.stdout)

    def test_as_json(self):
        run = self.run_id()
        done = self.show("last", "--json")
        self.assert_exit(0, done)
        self.assertEqual(json.loads(self.report(run, "report.json")), json.loads(done.stdout))

    def test_of_another_workspace(self):
        run = self.run_id()
        done = self.command("show", "last", "--workspace", self.workspace.path, cwd=self.folder)
        self.assert_exit(0, done)
        self.assertEqual(self.report(run, "report.md"), done.stdout)

    def test_of_an_unknown_run(self):
        run = self.run_id()
        done = self.show("nothing")
        self.assert_exit(3, done)
        self.assertIn(run, done.stderr)

    def test_where_nothing_ran(self):
        done = self.show("last")
        self.assert_exit(3, done)
        self.assertIn("no run has left a report here", done.stderr)

    def test_of_a_report_that_was_removed(self):
        run = self.run_id()
        (self.workspace.path / ".patchpanel" / "history" / run / "report.md").unlink()
        done = self.show("last")
        self.assert_exit(3, done)
        self.assertIn(f"the report of run {run} cannot be read", done.stderr)


if __name__ == "__main__":
    unittest.main()
