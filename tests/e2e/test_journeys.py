"""Whole journeys through the window, beside those of test_window.py: services that fall, runs that are killed, the way
back, runners elsewhere, and a log of a million lines. Real clicks and keys, real processes, and once the actions of an
assistive technology instead.
"""

import signal
import unittest

import desktop
from desktop import Desktop, Screen
from support import wait_until
from test_window import BUTTON, WindowTest


def setUpModule():
    unittest.addModuleCleanup(Desktop().stop)


class JourneyTest(WindowTest):
    def open_with(self, *arguments):
        self.app = self.start("--workspace", self.workspace.path, *arguments)
        self.window = Desktop.wait_for_window(self.app.process.pid)
        self.screen = Screen(self.app.process.pid)

    def click(self, role, name):
        Desktop.click(*self.screen.centre(self.screen.wait_for_enabled(role, name)))

    def text_of_terminal(self):
        return self.screen.text_of(self.screen.wait_for(("terminal",), "Live log"))


class WayBack(JourneyTest):
    def test_a_run_is_rolled_back_to_its_end(self):
        changed = [self.workspace.path / name for name in ("VERSION", "docs/operations.md")]
        contents = lambda: [path.read_bytes() if path.exists() else None for path in changed]
        before = contents()
        self.open("tasks/block.json")
        self.click_run()
        self.screen.wait_for_text("Committed ")
        self.assertNotEqual(before, contents())
        self.click(BUTTON, "Roll back the run that ended")
        self.screen.wait_for_text("Roll back run ")
        self.click(BUTTON, "Roll back")
        self.screen.wait_for_text("Rolled back")
        self.assertEqual(before, contents())


class ServicesFall(JourneyTest):
    def test_the_registry_is_stopped_started_and_the_task_runs(self):
        self.open("tasks/block.json")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.click(BUTTON, "More for registry")
        self.click(("menu item",), "Stop")
        self.screen.wait_for_text("The registry does not answer")
        self.assertFalse(self.screen.has_state(self.screen.find(BUTTON, "Run patch"), "ENABLED"))
        self.click(BUTTON, "Start registry")
        self.click_run()
        wait_until(lambda: self.last_commit() == "[P3.05] operations-guide", "the commit")


class Killed(JourneyTest):
    def test_a_killed_window_tells_of_its_run_at_the_next_start(self):
        task = self.workspace.waiting_task()
        before = self.workspace.head()
        self.open(task)
        self.click_run()
        self.workspace.wait_started()
        self.assertTrue((self.workspace.path / "wait.txt").exists())
        self.app.kill()
        self.open_with("--registry-port", "0", "--runner-port", "0")
        self.screen.wait_for_text("was interrupted")
        self.assertFalse((self.workspace.path / "wait.txt").exists())
        self.assertEqual(before, self.workspace.head())
        self.screen.wait_for_text("PatchPanel did not end properly")  # and the task is only offered


class Elsewhere(JourneyTest):
    def test_a_runner_that_stops_answering_is_waited_for(self):
        task = self.workspace.waiting_task()
        server = self.start("--no-gui", "serve", "--workspace", self.workspace.path, "--registry-port", "0",
                            "--runner-port", "0")
        registry = server.wait_for(r"live on (http://\S+)").group(1)
        server.wait_for(r"Runner microservice live")
        self.open_with("--registry", registry, task)
        self.click_run()
        self.workspace.wait_started()
        server.process.send_signal(signal.SIGSTOP)
        self.screen.wait_for_text("Connection lost at Build")
        server.process.send_signal(signal.SIGCONT)
        self.workspace.release()
        self.screen.wait_for_text("Committed ")
        self.assertEqual("wait", self.last_commit())


class Assistive(JourneyTest):
    def test_everything_by_name_and_action(self):
        self.open("tasks/block.json")
        run = self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.screen.press(run)
        self.screen.wait_for_text("Committed ")
        self.screen.wait_for_text("Commit: Passed")
        self.assertEqual("[P3.05] operations-guide", self.last_commit())


class LongLog(JourneyTest):
    LINES = 1_000_000

    def test_a_million_lines_are_followed_paused_and_searched(self):
        task = self.workspace.write_task("long.json", {
            "title": "long",
            "mutations": [{"op": "create", "path": "long.txt", "contents": "made\n"}],
            "build": {"shell": [f"seq -f 'line %.0f of the build' {self.LINES}"]},
        })
        self.open(task)
        self.click_run()
        follow = self.screen.wait_for(("toggle button", "check box"), "Follow")
        self.screen.wait_for_text("Applied")
        wait_until(lambda: "[LOCK] Patch lock released" in self.text_of_terminal(), "the end of the log")
        self.assertTrue(self.screen.has_state(follow, "CHECKED"))

        Desktop.click(*self.screen.centre(self.screen.wait_for(("terminal",), "Live log")))
        Desktop.press("Prior")
        wait_until(lambda: not self.screen.has_state(follow, "CHECKED"), "the log to stay where it is")
        Desktop.press("ctrl+f")
        Desktop.type("line 777777 of")
        Desktop.press("Return")
        self.screen.wait_for_text("1/1")
        wait_until(lambda: "line 777777 of the build" in self.text_of_terminal(), "what was searched for")
        Desktop.press("Escape")  # from the field into the log
        Desktop.press("ctrl+End")
        wait_until(lambda: self.screen.has_state(follow, "CHECKED"), "the log to be followed again")


if __name__ == "__main__":
    desktop.enter()
    unittest.main()
