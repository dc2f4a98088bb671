"""SIGTERM and Ctrl+C to the window: it ends without a question, and leaves no half of a run behind."""

import json
import signal
import unittest

import desktop
from desktop import Desktop, Screen
from test_window import BUTTON, WindowTest


def setUpModule():
    unittest.addModuleCleanup(Desktop().stop)


class Signals(WindowTest):
    def open_running(self):
        task = self.workspace.waiting_task()
        self.before = self.workspace.head()
        self.open(task)
        self.click_run()
        self.workspace.wait_started()
        self.assertTrue((self.workspace.path / "wait.txt").exists())

    def open_running_elsewhere(self):
        """The runner does not answer any more."""
        server = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--registry-port", "0",
                            "--runner-port", "0")
        registry = server.wait_for(r"live on (http://\S+)").group(1)
        server.wait_for(r"Runner microservice live")
        self.app = self.start("--workspace", self.workspace.path, "--registry", registry,
                              self.workspace.waiting_task())
        self.window = Desktop.wait_for_window(self.app.process.pid)
        self.screen = Screen(self.app.process.pid)
        self.click_run()
        self.workspace.wait_started()
        server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(server.process.send_signal, signal.SIGCONT)

    def send(self, number):
        self.app.process.send_signal(number)

    def statuses(self):
        done = self.command("--no-gui", "history", "--workspace", self.workspace.path, "--json")
        return [run["status"] for run in json.loads(done.stdout)["runs"]]

    def assert_rolled_back(self):
        self.assertFalse((self.workspace.path / "wait.txt").exists())
        self.assertEqual(self.before, self.workspace.head())
        self.assertEqual(["cancelled"], self.statuses())

    def test_without_a_run(self):
        self.open("tasks/block.json")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.send(signal.SIGTERM)
        self.assertEqual(143, self.app.wait())
        self.open("tasks/block.json")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.assertFalse([text for text in self.screen.texts() if "did not end properly" in text])

    def test_a_run_in_progress_is_rolled_back(self):
        self.open_running()
        self.send(signal.SIGTERM)
        self.assertEqual(143, self.app.wait())
        self.assert_rolled_back()

    def test_ctrl_c_does_the_same(self):
        self.open_running()
        self.send(signal.SIGINT)
        self.assertEqual(130, self.app.wait())
        self.assert_rolled_back()

    def test_the_question_about_a_run_is_not_waited_for(self):
        self.open_running()
        Desktop.press("ctrl+q")
        self.screen.wait_for_text("A run is in progress. Close PatchPanel?")
        self.send(signal.SIGTERM)
        self.assertEqual(143, self.app.wait())
        self.assert_rolled_back()

    def test_a_runner_that_does_not_answer_is_not_waited_for_long(self):
        self.open_running_elsewhere()
        self.send(signal.SIGTERM)
        self.assertEqual(143, self.app.wait())

    def test_a_second_one_waits_for_nothing(self):
        self.open_running_elsewhere()
        self.send(signal.SIGTERM)
        self.screen.wait_for_text("Ending: the run in progress is cancelled")
        self.send(signal.SIGINT)
        self.assertEqual(130, self.app.wait())


if __name__ == "__main__":
    desktop.enter()
    unittest.main()
