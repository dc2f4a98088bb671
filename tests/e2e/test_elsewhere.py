"""A runner on another machine: a process that sees other files than ours beneath the same path, or ours nowhere."""

import shutil
import unittest

from support import EndToEndTest, Workspace


@unittest.skipUnless(shutil.which("bwrap"), "bubblewrap makes the other machine")
class Elsewhere(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.there = Workspace(self.folder / "there", self.env)
        (self.folder / "elsewhere").mkdir()
        self.only_there = self.folder / "elsewhere" / "app"

    def serve(self, path):
        """`there` lies at that path, to the services only."""
        server = self.start(
            "--no-gui", "serve", "--workspace", path, "--registry-port", "0", "--runner-port", "0",
            wrapper=["bwrap", "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", self.folder / "elsewhere",
                     "--bind", self.there.path, path, "--chdir", path],
        )
        self.registry = server.wait_for(r"live on (http://\S+)").group(1)
        server.wait_for(r"Runner microservice live")

    def write_local_task(self, name="local.json", made="made.txt"):
        (self.workspace.path / "tasks" / "text").write_text("from here\n")
        return self.workspace.write_task(name, {
            "title": "local", "mutations": [{"op": "create", "path": made, "contentsFrom": "text"}]})

    def assert_made_there(self, name="made.txt"):
        self.assertEqual("from here\n", (self.there.path / name).read_text())
        self.assertFalse((self.workspace.path / name).exists())

    def test_the_task_and_what_lies_beside_it_go_along(self):
        self.serve(self.workspace.path)
        task = self.write_local_task()
        self.assertFalse((self.there.path / task).exists())
        done = self.run_task(task, "--registry", self.registry)
        self.assert_exit(0, done)
        self.assert_made_there()
        self.assertIn("[RUNNER] Processing tasks/local.json", done.stdout)

    def test_it_is_planned_there_too(self):
        self.serve(self.workspace.path)
        done = self.command("--no-gui", "plan", self.write_local_task(), "--registry", self.registry,
                            "--detailed-exitcode")
        self.assert_exit(2, done)
        self.assertIn("+from here", done.stdout)

    def test_ours_counts_and_not_theirs_of_the_same_name(self):
        self.there.write_task("same.json", {
            "title": "theirs", "mutations": [{"op": "create", "path": "theirs.txt", "contents": ""}]})
        self.serve(self.workspace.path)
        self.assert_exit(0, self.run_task(self.write_local_task("same.json"), "--registry", self.registry))
        self.assert_made_there()
        self.assertFalse((self.there.path / "theirs.txt").exists())

    def test_a_workspace_that_is_there_only(self):
        self.serve(self.only_there)
        self.assertFalse(self.only_there.exists())
        task = self.write_local_task()
        done = self.command("--no-gui", "run", task, "--registry", self.registry, "--workspace", self.only_there)
        self.assert_exit(0, done)
        self.assert_made_there()

    def test_a_workspace_that_is_nowhere(self):
        self.serve(self.only_there)
        nowhere = self.folder / "nowhere"
        done = self.command("--no-gui", "run", "tasks/test.json", "--registry", self.registry, "--workspace", nowhere)
        self.assert_exit(3, done)
        self.assertIn(f"this runner was not started for the workspace {nowhere}", done.stderr)
        done = self.command("--no-gui", "run", "tasks/test.json", "--workspace", nowhere)
        self.assert_exit(3, done)
        self.assertIn("the workspace is not a folder", done.stderr)


if __name__ == "__main__":
    unittest.main()
