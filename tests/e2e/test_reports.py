"""What a run leaves for CI: --junit, --report and annotations."""

import json
import unittest
import xml.etree.ElementTree as ElementTree

from support import EndToEndTest


class Reports(EndToEndTest):
    def failing_task(self, command="printf 'a\\001b\\377c\\033[31m]]>'; exit 3"):
        return self.workspace.write_task(
            "failing.json",
            {
                "title": "failing",
                "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
                "build": {"shell": ["true", command, "echo never"]},
            },
        )

    def junit(self, *tasks, code):
        path = self.folder / "junit.xml"
        done = self.command("run", *tasks, "--workspace", self.workspace.path, "--junit", path)
        self.assert_exit(code, done)
        return ElementTree.parse(path).getroot(), done

    def test_junit_of_a_failed_command_that_prints_anything(self):
        root, _ = self.junit(self.failing_task(), code=1)
        suite = root.find("testsuite")
        self.assertEqual("tasks/failing.json", suite.get("name"))
        self.assertEqual("failed", suite.find("properties/property[@name='status']").get("value"))
        self.assertTrue(suite.find("properties/property[@name='run']").get("value"))
        failure = suite.find("testcase/failure")
        self.assertEqual("exited with 3", failure.get("message"))
        self.assertIn("a\u2401b\ufffdc\u241b[31m]]>", failure.text)
        self.assertEqual("1", suite.get("failures"))

    def test_junit_of_several_tasks(self):
        ready = self.workspace.write_task(
            "ready.json", {"mutations": [{"op": "create", "path": "ready.txt", "contents": "x\n"}]}
        )
        root, _ = self.junit(ready, self.failing_task(), "tasks/test.json", code=1)
        self.assertEqual(
            [ready, "tasks/failing.json", "tasks/test.json"], [suite.get("name") for suite in root.findall("testsuite")]
        )
        self.assertEqual(
            ["ok", "failed", "queued"],
            [p.get("value") for p in root.findall("testsuite/properties/property[@name='status']")],
        )

    def test_junit_of_a_task_that_cannot_be_read(self):
        task = self.workspace.write_task("broken.json", "{")
        root, _ = self.junit(task, code=3)
        self.assertEqual("1", root.find("testsuite").get("errors"))
        self.assertEqual("invalid-task", root.find("testsuite/testcase/error").get("type"))

    def test_junit_of_a_task_that_is_not_there(self):
        root, _ = self.junit("missing.json", code=3)
        self.assertEqual("not-found", root.find("testsuite/testcase/error").get("type"))

    def test_junit_of_a_busy_workspace(self):
        task = self.workspace.waiting_task()
        first = self.start_run(task)
        self.workspace.wait_started()
        root, _ = self.junit("tasks/test.json", code=4)
        self.workspace.release()
        self.assertEqual(0, first.wait())
        self.assertEqual("busy", root.find("testsuite/properties/property[@name='status']").get("value"))
        self.assertEqual("1", root.find("testsuite").get("errors"))

    def test_junit_where_it_cannot_be_written(self):
        done = self.run_task("tasks/test.json", "--junit", self.folder / "missing" / "junit.xml")
        self.assert_exit(3, done)
        self.assertIn("cannot write the file", done.stderr)

    def test_report_is_a_copy(self):
        done = self.run_task("tasks/test.json", "--report", self.folder / "copy.md", "--json")
        self.assert_exit(0, done)
        with open(json.loads(done.stdout)["report"], "rb") as original:
            self.assertEqual(original.read(), (self.folder / "copy.md").read_bytes())

    def test_report_as_json(self):
        done = self.run_task("tasks/test.json", "--report", self.folder / "copy.json", "--json")
        self.assert_exit(0, done)
        self.assertEqual(json.loads(done.stdout), json.loads((self.folder / "copy.json").read_text()))

    def test_no_report_of_a_task_that_cannot_be_read(self):
        task = self.workspace.write_task("broken.json", "{")
        done = self.run_task(task, "--report", self.folder / "copy.md")
        self.assert_exit(3, done)
        self.assertIn("this run made no report.md", done.stderr)
        self.assertFalse((self.folder / "copy.md").exists())

    def test_annotations_in_a_workflow(self):
        task = self.workspace.write_task("broken.json", '{"mutations": [\n  {"op": "creat", "path": "x"}]}')
        env = self.env | {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.folder)}
        done = self.run_task(task, env=env)
        self.assert_exit(3, done)
        self.assertRegex(done.stdout, r"(?m)^::error file=workspace/tasks/broken\.json,line=2,col=\d+,title=")
        self.assertNotIn("::error", self.run_task(task).stdout)


if __name__ == "__main__":
    unittest.main()
