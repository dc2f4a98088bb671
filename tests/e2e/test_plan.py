"""plan: what it shows, what it saves, and that `run --plan` runs exactly that."""

import json
import unittest

from support import EndToEndTest


class Plan(EndToEndTest):
    def plan(self, *arguments, **more):
        return self.command("--no-gui", "plan", *arguments, "--workspace", self.workspace.path, **more)

    def run_plan(self, path, *arguments, **more):
        return self.command("--no-gui", "run", "--plan", path, *arguments, **more)

    def read(self, path):
        return (self.workspace.path / path).read_text("utf-8")

    def saved_plan(self, *arguments):
        path = self.folder / "plan.json"
        self.assert_exit(0, self.plan(*arguments, "--output", path))
        return path

    def outside(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    def test_counts_then_the_diff_then_the_commands(self):
        before = self.workspace.state()
        done = self.plan("tasks/test.json")
        self.assert_exit(0, done)
        self.assertTrue(done.stdout.startswith("3 files  +12 −0   + 1 create  ~ 2 modify\ndiff --git "), done.stdout)
        self.assert_lines_in_order(done.stdout, [
            r"\+\+\+ b/README\.md", r"@@ .*", r"would run pre: test -x services/registry\.sh",
            r"would run build: sh build\.sh", r"would run validate: .*", r"plan [0-9a-f]{64}",
        ])
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(before, self.workspace.state())

    def test_every_sign(self):
        self.assertIn("− 1 delete  ↦ 1 move", self.plan("tasks/operations.json").stdout.splitlines()[0])

    def test_colour(self):
        rows = [(["--color", "always"], {}, True), (["--color", "always"], {"NO_COLOR": "1"}, True),
                ([], {"NO_COLOR": "1"}, False), (["--color", "never"], {}, False), ([], {}, False)]
        for arguments, variables, colored in rows:
            with self.subTest(arguments=arguments, variables=variables):
                done = self.plan("tasks/test.json", *arguments, env={**self.env, **variables})
                self.assertEqual(colored, "\x1b[32m+" in done.stdout)

    def test_table(self):
        done = self.plan("tasks/test.json", "--stat")
        self.assert_exit(0, done)
        self.assert_lines_in_order(done.stdout, [
            r"~ README\.md +\+2 −0 \+\+", r"~ config/services\.conf +\+1 −0 \+", r"\+ services/relay\.sh +\+9 −0 \+{9}",
            r"would run .*",
        ])
        self.assertNotIn("@@", done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.split("would run")[0].splitlines())), 80)

    def test_whole_plan_as_json(self):
        document = json.loads(self.plan("tasks/test.json", "--json").stdout)
        self.assertEqual(3, len(document["changes"]))
        self.assertTrue(all(change["diff"] for change in document["changes"]))
        self.assertEqual({"wouldRun"}, {gate["state"] for gate in document["gates"]})

    def test_exit_code_tells_whether_there_is_something_to_do(self):
        self.assert_exit(2, self.plan("tasks/greeting.patch", "--detailed-exitcode"))
        self.assert_exit(0, self.run_task("tasks/greeting.patch"))
        self.assert_exit(0, self.plan("tasks/greeting.patch", "--detailed-exitcode"))
        self.assert_exit(0, self.plan("tasks/verify.json", "--detailed-exitcode"))

    def test_saved_plan_runs_without_its_task(self):
        path = self.saved_plan("tasks/test.json")
        document = json.loads(path.read_text())
        self.assertEqual(("patchpanel-plan", 1), (document["format"], document["formatVersion"]))
        self.assertEqual("tasks/test.json", document["task"]["file"])
        self.assertEqual(str(self.workspace.path), document["workspace"])
        (self.workspace.path / "tasks" / "test.json").unlink()
        done = self.run_plan(path, "--json", cwd=self.folder)
        self.assert_exit(0, done)
        result = json.loads(done.stdout)
        self.assertEqual(("ok", document["planId"]), (result["status"], result["planId"]))
        self.assertTrue((self.workspace.path / "services/relay.sh").exists())

    def test_saved_plan_keeps_its_options(self):
        task = self.outside("wrong-counts.patch", "--- a/VERSION\n+++ b/VERSION\n@@ -1,7 +1,9 @@\n-3.0.0\n+3.0.1\n")
        self.assert_exit(3, self.plan(task))
        path = self.saved_plan(task, "--recount")
        self.assertEqual({"recount": True}, json.loads(path.read_text())["options"])
        refused = self.run_plan(path, "--fuzz", "1")
        self.assert_exit(64, refused)
        self.assertIn("options of a saved plan", refused.stderr)
        self.assert_exit(0, self.run_plan(path))
        self.assertEqual("3.0.1\n", self.read("VERSION"))

    def test_saved_plan_carries_the_files_beside_its_task(self):
        path = self.saved_plan("tasks/operations.json")
        (self.workspace.path / "tasks/data/logo.txt").write_text("another logo\n")
        self.assert_exit(0, self.run_plan(path))
        self.assertIn("message", self.read("docs/logo.txt"))

    def test_saved_plan_of_another_state_is_stale(self):
        changes = {
            "a file that it changes": lambda: (self.workspace.path / "README.md").write_text("other\n"),
            "a file that it creates": lambda: (self.workspace.path / "services/relay.sh").write_text("here\n"),
            "a file that it changes is gone": lambda: (self.workspace.path / "config/services.conf").unlink(),
        }
        path = self.saved_plan("tasks/test.json")
        for name, change in changes.items():
            with self.subTest(name):
                self.workspace.git("reset", "-q", "--hard")
                self.workspace.git("clean", "-qfd")
                change()
                before = self.workspace.state()
                done = self.run_plan(path, "--json")
                self.assert_exit(3, done)
                document = json.loads(done.stdout)
                self.assertEqual(("stale", "stale"), (document["status"], document["error"]["code"]))
                self.assertEqual(1, len(document["error"]["details"]["paths"]))
                self.assertEqual(before, self.workspace.state())

    def test_mode_that_changed_is_stale_too(self):
        path = self.saved_plan("tasks/test.json")
        (self.workspace.path / "README.md").chmod(0o600)
        done = self.run_plan(path)
        self.assert_exit(3, done)
        self.assertIn("no longer", done.stderr)

    def test_task_beside_a_saved_plan_must_be_the_same(self):
        path = self.saved_plan("tasks/test.json")
        other = self.run_plan(path, "tasks/block.json")
        self.assert_exit(3, other)
        self.assertIn("not the task that the saved plan was made from", other.stderr)
        self.assert_exit(64, self.run_plan(path, "tasks/test.json", "tasks/block.json"))
        self.assert_exit(0, self.run_plan(path, "tasks/test.json"))

    def test_what_is_no_saved_plan(self):
        missing = self.run_plan("nowhere.json")
        self.assert_exit(64, missing)
        task = self.run_plan("tasks/test.json")
        self.assert_exit(3, task)
        self.assertIn("no saved plan", task.stderr)
        path = self.saved_plan("tasks/test.json")
        path.write_text(path.read_text().replace('"sha256": "', '"sha256": "0'))
        self.assert_exit(3, self.run_plan(path))

    def test_no_plan_is_saved_of_what_does_not_apply(self):
        bad = self.outside("bad.patch", "--- a/VERSION\n+++ b/VERSION\n@@ -1 +1 @@\n-2.0.0\n+4.0.0\n")
        self.assert_exit(3, self.plan(bad, "--output", self.folder / "plan.json"))
        self.assertFalse((self.folder / "plan.json").exists())

    def test_place_for_the_plan_that_cannot_be_written(self):
        done = self.plan("tasks/test.json", "--output", self.folder / "nowhere" / "plan.json")
        self.assert_exit(3, done)
        self.assertIn("nowhere/plan.json: cannot write the file", done.stderr)


class Options(EndToEndTest):
    """Options that decide how a task is read and planned, from the command line to the engine."""

    def plan(self, *arguments):
        return self.command("--no-gui", "plan", *arguments, "--workspace", self.workspace.path)

    def outside(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    def test_why_a_hunk_does_not_fit(self):
        diff = ("--- a/config/limits.conf\n+++ b/config/limits.conf\n@@ -1,4 +1,4 @@\n # Time-outs are in seconds.\n"
                " timeout_resolve=30\n-timeout_call=31\n+timeout_call=60\n retries=3\n")
        bad = self.outside("bad.patch", diff)
        for command in ("plan", "run"):
            with self.subTest(command):
                done = self.command("--no-gui", command, bad, "--workspace", self.workspace.path)
                self.assert_exit(3, done)
                self.assert_lines_in_order(done.stderr, [
                    r"patchpanel: config/limits\.conf: Hunk 1 does not apply: .*",
                    r"  hunk 1; the nearest place is line 1, the first line that differs is line 3:",
                    r" +2 \| timeout_resolve=30", r"  > +3 \| expected: timeout_call=31",
                    r"  > +3 \| found:    timeout_call=30", r" +4 \| retries=3",
                ])

    def test_foreign_root(self):
        task = self.outside("foreign.json", {"mutations": [
            {"op": "replace", "path": "/their/root/config/limits.conf", "find": "retries=3", "replace": "retries=4"},
            {"op": "diff",
             "diff": "--- /their/root/VERSION\n+++ /their/root/VERSION\n@@ -1 +1 @@\n-3.0.0\n+3.0.1\n"},
        ], "test": [{"run": "pwd", "cwd": "/their/root/config"}]})
        refused = self.plan(task)
        self.assert_exit(3, refused)
        self.assertEqual(3, refused.stderr.count("lies outside the workspace") - 1)
        done = self.command("--no-gui", "run", task, "--workspace", self.workspace.path, "--map-root", "/their/root=.")
        self.assert_exit(0, done)
        self.assertEqual("3.0.1\n", (self.workspace.path / "VERSION").read_text())
        self.assertIn("retries=4", (self.workspace.path / "config/limits.conf").read_text())

    def test_skip_applied(self):
        half = self.outside("half.patch",
                            "--- a/VERSION\n+++ b/VERSION\n@@ -1 +1 @@\n-3.0.0\n+3.0.1\n"
                            "--- a/config/limits.conf\n+++ b/config/limits.conf\n@@ -4 +4 @@\n-retries=3\n+retries=4\n")
        (self.workspace.path / "VERSION").write_text("3.0.1\n")
        refused = self.plan(half)
        self.assert_exit(3, refused)
        self.assertIn("--skip-applied", refused.stderr)
        self.assert_exit(0, self.command("run", half, "--workspace", self.workspace.path, "--skip-applied"))
        self.assertIn("retries=4", (self.workspace.path / "config/limits.conf").read_text())

    def test_folder_that_is_no_repository(self):
        folder = self.folder / "plain"
        folder.mkdir()
        (folder / "a.txt").write_text("one\n")
        diff = self.outside("x.patch", "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n")
        done = self.command("--no-gui", "run", diff, "--workspace", folder, cwd=self.folder)
        self.assert_exit(0, done)
        self.assertEqual("two\n", (folder / "a.txt").read_text())
        self.assertEqual({"a.txt", ".patchpanel"}, {path.name for path in folder.iterdir()})
        self.assert_exit(0, self.command("--no-gui", "run", diff, "--workspace", folder, cwd=self.folder))

    def test_changed_file_beside_a_task_is_another_task(self):
        task = self.workspace.write_task("from.json", {"mutations": [{"path": "a.bin", "contentsFrom": "data/a.bin"}]})
        source = self.workspace.path / "tasks/data/a.bin"
        for content in (b"\0\1", b"\2"):
            source.write_bytes(content)
            self.assert_exit(0, self.run_task(task))
            self.assertEqual(content, (self.workspace.path / "a.bin").read_bytes())


if __name__ == "__main__":
    unittest.main()
