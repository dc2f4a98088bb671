"""One window for a user and a profile, with real processes on a real desktop."""

import signal
import unittest

import desktop
from desktop import Desktop, Screen
from support import EndToEndTest, wait_until


def setUpModule():
    unittest.addModuleCleanup(Desktop().stop)


class SingleInstance(EndToEndTest):
    def private_environment(self):
        env = super().private_environment()
        runtime = env["XDG_RUNTIME_DIR"]
        return env | Desktop.environment() | {"XDG_RUNTIME_DIR": runtime}

    def open(self, *arguments, **more):
        app = self.start("--registry-port", "0", "--runner-port", "0", *arguments, **more)
        return app, Desktop.wait_for_window(app.process.pid)

    def test_a_further_start_hands_its_file_over_and_raises_the_window(self):
        app, window = self.open("tasks/test.json")
        wait_until(lambda: "test.json" in Desktop.title_of(window), "the first task")
        Desktop.minimise(window)
        done = self.command("block.json", cwd=self.workspace.path / "tasks")
        self.assert_exit(0, done)
        self.assertEqual("", done.stderr)
        wait_until(lambda: "block.json" in Desktop.title_of(window), "the second task")
        wait_until(lambda: Desktop.active_window() == window, "the window to be active")
        self.assertIsNone(app.process.poll())

    def test_a_further_start_without_a_file_only_raises(self):
        _, window = self.open("tasks/test.json")
        Desktop.minimise(window)
        self.assert_exit(0, self.command())
        wait_until(lambda: Desktop.active_window() == window, "the window to be active")
        self.assertIn("test.json", Desktop.title_of(window))

    def test_options_that_have_no_effect_are_named(self):
        self.open()
        done = self.command("--runners", "3", "tasks/test.json")
        self.assert_exit(0, done)
        self.assertIn("--runners", done.stderr)

    def test_new_instance_and_another_profile_open_a_window(self):
        first, _ = self.open()
        for arguments in (("--new-instance",), ("--profile", self.folder / "profile")):
            app, _ = self.open(*arguments, "tasks/test.json")
            screen = Screen(app.process.pid)
            screen.wait_for_enabled(("push button", "button"), "Run patch")
        self.assertIsNone(first.process.poll())

    def test_a_window_that_was_killed_is_replaced(self):
        app, _ = self.open()
        app.process.kill()
        app.process.wait()
        _, window = self.open("tasks/test.json")
        self.assertIn("test.json", Desktop.title_of(window))

    def test_a_window_that_hangs_is_told(self):
        app, _ = self.open()
        app.process.send_signal(signal.SIGSTOP)
        self.addCleanup(app.process.send_signal, signal.SIGCONT)
        done = self.command("tasks/test.json")
        self.assertNotEqual(0, done.returncode)
        self.assertIn("does not answer", done.stderr)
        self.assertIn("--new-instance", done.stderr)

    def test_without_a_window_nothing_is_shared(self):
        self.open()
        self.assert_exit(0, self.run_task("tasks/test.json"))
        self.assertIn("[P3.03]", self.workspace.git("log", "-1", "--format=%s"))


if __name__ == "__main__":
    desktop.enter()
    unittest.main()
