"""One run at a time in a workspace, across processes."""

import unittest

from support import EndToEndTest


class Lock(EndToEndTest):
    def test_second_run_meanwhile_is_busy(self):
        first = self.start_run(self.workspace.waiting_task())
        self.workspace.wait_started()

        second = self.run_task("tasks/regex.json")
        self.assert_exit(4, second)
        self.assertIn("busy", second.stdout)
        self.assertRegex(second.stdout + second.stderr, rf"\b{first.process.pid}\b", "the holder is named")
        self.assertIn("timeout_call=30", (self.workspace.path / "config/limits.conf").read_text())

        self.workspace.release()
        self.assertEqual(0, first.wait(), first.output)
        self.assertEqual("wait", self.workspace.git("log", "-1", "--format=%s"))

    def test_workspace_is_free_again_after_a_run(self):
        self.assert_exit(1, self.run_task("tasks/failing-gate.json"))
        self.assert_exit(0, self.run_task("tasks/regex.json"))

    def test_workspace_is_free_again_after_a_killed_run(self):
        first = self.start_run(self.workspace.waiting_task())
        self.workspace.wait_started()
        first.kill()
        self.workspace.release()
        done = self.run_task("tasks/regex.json")
        self.assert_exit(0, done)

    def test_other_workspaces_are_not_held(self):
        first = self.start_run(self.workspace.waiting_task())
        self.workspace.wait_started()
        held = self.workspace
        self.workspace = type(held)(self.folder / "other", self.env)
        self.assert_exit(0, self.run_task("tasks/test.json"))
        held.release()
        self.assertEqual(0, first.wait(), first.output)


if __name__ == "__main__":
    unittest.main()
