"""Tray and notifications, against services of a desktop that are stubs on a private session bus."""

import json
import subprocess
import sys
import threading
import unittest
from pathlib import Path

import desktop
from desktop import Desktop, Screen
from support import EndToEndTest, wait_until

BUTTON = ("push button", "button")


def setUpModule():
    unittest.addModuleCleanup(Desktop().stop)


class Stub:
    """A service of dbusstub.py and what was asked of it."""

    def __init__(self, kind):
        self.calls = []
        self.process = subprocess.Popen([sys.executable, "-B", Path(__file__).with_name("dbusstub.py"), kind],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for("ready")

    def _read(self):
        for line in self.process.stdout:
            self.calls.append(json.loads(line))

    def named(self, method):
        return [arguments for name, arguments in self.calls if name == method]

    def wait_for(self, method, count=1):
        return wait_until(lambda: self.named(method)[count - 1:], f"{count} calls of {method}")[0]

    def send(self, name, *arguments):
        self.process.stdin.write(f"{name} {json.dumps(arguments)}\n")
        self.process.stdin.flush()

    def stop(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(10)
        self._reader.join(10)
        self.process.stdout.close()


class DesktopTest(EndToEndTest):
    def private_environment(self):
        env = super().private_environment()
        runtime = env["XDG_RUNTIME_DIR"]
        return env | Desktop.environment() | {"XDG_RUNTIME_DIR": runtime}

    def stub(self, kind):
        stub = Stub(kind)
        self.addCleanup(stub.stop)
        return stub

    def settings(self, **values):
        folder = Path(self.env["XDG_CONFIG_HOME"]) / "patchpanel"
        folder.mkdir(exist_ok=True)
        lines = [f"{name}={value}\n" for name, value in values.items()]
        (folder / "window.ini").write_text("[window]\n" + "".join(lines), "utf-8")

    def open(self, task):
        self.app = self.start("--workspace", self.workspace.path, "--registry-port", "0", "--runner-port", "0", task)
        self.window = Desktop.wait_for_window(self.app.process.pid)
        self.screen = Screen(self.app.process.pid)
        self.screen.wait_for_enabled(BUTTON, "Run patch")

    def start_waiting_run(self):
        text = (self.workspace.path / self.workspace.waiting_task()).read_text("utf-8")
        self.open(self.workspace.write_task("wait & see.json", text))
        Desktop.press("ctrl+Return")
        self.workspace.wait_started()

    def last_commit(self):
        return self.workspace.git("log", "-1", "--format=%s")


class Notifications(DesktopTest):
    def test_a_run_that_ends_behind_is_told_and_a_click_raises_it(self):
        server = self.stub("notifications")
        self.start_waiting_run()
        Desktop.minimise(self.window)
        self.workspace.release()
        name, replaces, icon, summary, body, actions, hints, _ = server.wait_for("Notify")
        self.assertEqual(("PatchPanel", 0, "io.github.patchpanel.patchpanel", "Run finished"),
                         (name, replaces, icon, summary))
        self.assertTrue(body.startswith("wait &amp; see.json\nCommitted "), body)
        self.assertEqual("default", actions[0])
        self.assertEqual(("io.github.patchpanel.patchpanel", 1), (hints["desktop-entry"], hints["urgency"]))
        server.send("ActionInvoked", 7, "default")  # of another program
        server.send("ActionInvoked", 1, "default")
        wait_until(lambda: Desktop.active_window() == self.window, "the window to be active")
        self.screen.wait_for_text("Committed ")

    def test_a_failed_run_is_told(self):
        server = self.stub("notifications")
        task = self.workspace.waiting_task("bad", validate={"shell": ["exit 3"]})
        self.open(task)
        Desktop.press("ctrl+Return")
        self.workspace.wait_started("bad")
        Desktop.minimise(self.window)
        self.workspace.release("bad")
        self.assertEqual("Run failed", server.wait_for("Notify")[3])

    def test_in_front_nothing_is_told(self):
        server = self.stub("notifications")
        self.start_waiting_run()
        self.workspace.release()
        self.screen.wait_for_text("Committed ")
        self.assertEqual([], server.named("Notify"))

    def test_what_is_not_wanted_is_not_told(self):
        self.settings(notifications="false")
        server = self.stub("notifications")
        self.start_waiting_run()
        Desktop.minimise(self.window)
        self.workspace.release()
        wait_until(lambda: self.last_commit() == "wait", "the commit")
        Desktop.raise_window(self.window)
        self.screen.wait_for_text("Committed ")
        self.assertEqual([], server.named("Notify"))

    def test_without_a_server_the_run_ends_all_the_same(self):
        self.start_waiting_run()
        Desktop.minimise(self.window)
        self.workspace.release()
        wait_until(lambda: self.last_commit() == "wait", "the commit")
        Desktop.raise_window(self.window)
        self.screen.wait_for_text("Committed ")
        self.assertEqual("", self.app.stderr)


class Tray(DesktopTest):
    def close_window(self):
        Desktop.raise_window(self.window)
        Desktop.press("ctrl+q")
        self.screen.wait_for_text("A run is in progress")

    def press_button(self, name):
        Desktop.click(*self.screen.centre(self.screen.wait_for_enabled(BUTTON, name)))

    def is_mapped(self):
        return self.window in Desktop.visible_windows(self.app.process.pid)

    def test_it_is_off_by_default(self):
        tray = self.stub("tray")
        self.start_waiting_run()
        self.close_window()
        self.assertIsNone(self.screen.find(BUTTON, "Keep running in the tray"))
        self.assertEqual([], tray.named("RegisterStatusNotifierItem"))
        self.press_button("Keep running")
        self.workspace.release()
        wait_until(lambda: self.last_commit() == "wait", "the commit")

    def test_without_a_tray_hiding_is_not_offered(self):
        self.settings(tray="true")
        self.start_waiting_run()
        self.close_window()
        self.assertIsNone(self.screen.find(BUTTON, "Keep running in the tray"))
        self.press_button("Keep running")
        self.workspace.release()
        wait_until(lambda: self.last_commit() == "wait", "the commit")

    def test_a_run_goes_on_in_the_tray_and_is_told(self):
        self.settings(tray="true")
        tray = self.stub("tray")
        server = self.stub("notifications")
        self.start_waiting_run()
        tray.wait_for("RegisterStatusNotifierItem")
        self.close_window()
        self.press_button("Keep running in the tray")
        wait_until(lambda: not self.is_mapped(), "the window to be hidden")
        self.assertIsNone(self.app.process.poll())
        self.workspace.release()
        self.assertEqual("Run finished", server.wait_for("Notify")[3])
        server.send("ActionInvoked", 1, "default")
        wait_until(self.is_mapped, "the window to be back")

    def test_the_window_comes_back_when_the_tray_goes(self):
        self.settings(tray="true")
        tray = self.stub("tray")
        self.start_waiting_run()
        tray.wait_for("RegisterStatusNotifierItem")
        self.close_window()
        self.press_button("Keep running in the tray")
        wait_until(lambda: not self.is_mapped(), "the window to be hidden")
        tray.stop()
        wait_until(self.is_mapped, "the window to be back")
        self.stub("tray").wait_for("RegisterStatusNotifierItem")
        self.workspace.release()


if __name__ == "__main__":
    desktop.enter()
    unittest.main()
