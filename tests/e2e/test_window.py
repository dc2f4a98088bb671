"""The window, used as a person uses it: a real mouse, a real keyboard, a real repository.

With PATCHPANEL_SCREENSHOT=FILE the picture of a finished run is kept there.
"""

import os
import time
import unittest
from pathlib import Path

import desktop
from desktop import Desktop, Screen
from support import EndToEndTest, wait_until

BUTTON = ("push button", "button")


def setUpModule():
    unittest.addModuleCleanup(Desktop().stop)


class WindowTest(EndToEndTest):
    def private_environment(self):
        return super().private_environment() | Desktop.environment()

    def open(self, task="tasks/test.json"):
        self.app = self.start(
            "--workspace", self.workspace.path, "--registry-port", "0", "--runner-port", "0", task
        )
        self.window = Desktop.wait_for_window(self.app.process.pid)
        self.screen = Screen(self.app.process.pid)

    def click_run(self):
        button = self.screen.wait_for_enabled(BUTTON, "Run patch")
        Desktop.click(*self.screen.centre(button))

    def last_commit(self):
        return self.workspace.git("log", "-1", "--format=%s")


class MainJourney(WindowTest):
    def test_click_on_run_patch_commits(self):
        self.open()
        self.assertIn("test.json", Desktop.title_of(self.window))
        before = self.workspace.head()
        self.click_run()
        wait_until(lambda: self.workspace.head() != before, "the commit")
        self.assertEqual(
            "[P3.03] inter-service-communication — Registry-based JSON relay live", self.last_commit()
        )
        self.screen.wait_for_text("Committed " + self.workspace.head()[:7])
        self.screen.wait_for_text("Commit: Passed")

        Desktop.click(*self.screen.centre(self.screen.wait_for(("page tab",), "Plan")))
        self.screen.wait_for_text("services/relay.sh, create")
        picture = Path(os.environ.get("PATCHPANEL_SCREENSHOT", self.folder / "window.png"))
        picture.parent.mkdir(parents=True, exist_ok=True)
        Desktop.screenshot(self.window, picture)
        self.assertGreater(Desktop.colours(picture), 50)

    def test_failed_gate_shows_and_restores(self):
        before = self.workspace.state()
        self.open("tasks/failing-gate.json")
        self.click_run()
        self.screen.wait_for_text("Validate failed")
        self.screen.wait_for_text("tree restored")
        self.screen.wait_for_text("sh check.sh: exit code 1")
        self.assertEqual(before, self.workspace.state())

    def test_keyboard_runs_it_too(self):
        self.open("tasks/block.json")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        Desktop.press("ctrl+Return")
        wait_until(lambda: self.last_commit() == "[P3.05] operations-guide", "the commit")

    def test_opening_a_task_changes_nothing(self):
        before = self.workspace.state()
        self.open()
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.assertEqual(before, self.workspace.state())

    def test_window_answers_while_a_run_waits(self):
        self.open(self.workspace.waiting_task())
        self.click_run()
        self.workspace.wait_started()
        self.screen.wait_for_enabled(BUTTON, "Cancel")
        asked = time.monotonic()
        self.screen.texts()
        self.assertLess(time.monotonic() - asked, 5)
        self.workspace.release()
        wait_until(lambda: self.last_commit() == "wait", "the commit")

    def test_cancel_rolls_back(self):
        task = self.workspace.waiting_task()
        before = self.workspace.head()
        self.open(task)
        self.click_run()
        self.workspace.wait_started()
        self.assertTrue((self.workspace.path / "wait.txt").exists())
        Desktop.click(*self.screen.centre(self.screen.wait_for_enabled(BUTTON, "Cancel")))
        wait_until(lambda: not (self.workspace.path / "wait.txt").exists(), "the roll-back")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.assertEqual(before, self.workspace.head())


class PastRuns(WindowTest):
    def test_a_run_is_found_in_the_history(self):
        self.open("tasks/block.json")
        self.click_run()
        self.screen.wait_for_text("Committed ")
        Desktop.click(*self.screen.centre(self.screen.wait_for(("page tab",), "History")))
        row = self.screen.wait_for(("table cell",), "tasks/block.json")
        Desktop.click(*self.screen.centre(row))
        self.screen.wait_for_enabled(BUTTON, "Roll back the selected run")
        Desktop.press("ctrl+shift+z")
        self.screen.wait_for_text("Roll back run ")
        Desktop.click(*self.screen.centre(self.screen.wait_for(BUTTON, "Keep the files")))
        self.assertEqual("[P3.05] operations-guide", self.last_commit())
        self.assertEqual([], self.screen.focusable_without_a_name())


class LiveLog(WindowTest):
    def test_a_screen_reader_reads_it_and_the_keyboard_selects_in_it(self):
        self.open("tasks/block.json")
        self.click_run()
        self.screen.wait_for_text("Committed ")
        log = self.screen.wait_for(("terminal",), "Live log")
        wait_until(lambda: f"Committed {self.workspace.head()[:7]}" in self.screen.text_of(log), "the commit in the log")
        self.assertTrue(self.screen.has_state(log, "READ_ONLY"))
        self.assertTrue(self.screen.has_state(log, "MULTI_LINE"))

        Desktop.click(*self.screen.centre(log))
        wait_until(lambda: self.screen.has_state(log, "FOCUSED"), "the focus in the log")
        Desktop.press("ctrl+Home")
        first = self.screen.text_of(log).split("\n")[0]
        Desktop.press("shift+Down")
        wait_until(lambda: self.screen.selected_text_of(log) == first + "\n", "the first line to be selected")

    def test_it_is_wrapped_by_alt_z(self):
        self.open("tasks/block.json")
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        toggle = self.screen.wait_for(("toggle button", "check box"), "Wrap")
        self.assertFalse(self.screen.has_state(toggle, "CHECKED"))
        Desktop.press("alt+z")
        wait_until(lambda: self.screen.has_state(toggle, "CHECKED"), "the wrap button to be checked")


class Manners(WindowTest):
    def test_ctrl_q_ends_it_cleanly(self):
        self.open()
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        Desktop.press("ctrl+q")
        self.assertEqual(0, self.app.wait(), self.app.output)

    def test_everything_that_takes_the_focus_has_a_name(self):
        self.open()
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        self.assertEqual([], self.screen.focusable_without_a_name())

    def test_qt_has_nothing_to_complain_about(self):
        self.open()
        self.screen.wait_for_enabled(BUTTON, "Run patch")
        Desktop.press("ctrl+q")
        self.assertEqual(0, self.app.wait(), self.app.output)
        self.assertEqual("", self.app.stderr)


if __name__ == "__main__":
    desktop.enter()
    unittest.main()
