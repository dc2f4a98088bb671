"""Without a window the program needs no display and no platform plug-in, and a build without it no Qt Gui."""

import os
import subprocess
import unittest

from support import EndToEndTest

HEADLESS = os.environ["PATCHPANEL_HEADLESS"]
HAS_WINDOW = os.environ.get("PATCHPANEL_GUI") == "ON"


def linked_libraries(binary):
    return subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout


class Headless(EndToEndTest):
    def test_runs_without_a_display(self):
        self.assertNotIn("DISPLAY", self.env)
        self.assert_exit(0, self.run_task("tasks/test.json"))

    def test_does_not_care_about_platform_plugins(self):
        self.env["QT_QPA_PLATFORM"] = "nonexistent"
        self.assert_exit(0, self.run_task("tasks/test.json"))

    def test_loads_no_platform_plugin(self):
        run = self.start_run(self.workspace.waiting_task())
        self.workspace.wait_started()
        with open(f"/proc/{run.process.pid}/maps") as maps:
            loaded = maps.read()
        self.workspace.release()
        self.assertEqual(0, run.wait(), run.output)
        self.assertIn("libQt6Core", loaded)
        self.assertNotIn("/platforms/", loaded)
        self.assertNotIn("libxcb", loaded if not HAS_WINDOW else "")

    def test_build_without_a_window_links_no_gui(self):
        libraries = linked_libraries(HEADLESS)
        self.assertIn("libQt6Core", libraries)
        for name in ("libQt6Gui", "libQt6Widgets", "libX11", "libGL", "libOpenGL"):
            self.assertNotIn(name, libraries)

    def test_build_without_a_window_says_so(self):
        done = subprocess.run([HEADLESS, "tasks/test.json"], env=self.env, capture_output=True, text=True, timeout=60)
        self.assertEqual(64, done.returncode)
        self.assertIn("no window", done.stderr)

    @unittest.skipUnless(HAS_WINDOW, "this build has no window")
    def test_window_without_a_display_is_a_clear_error(self):
        done = self.command("tasks/test.json")
        self.assert_exit(64, done)
        self.assertIn("there is no display for the window", done.stderr)
        self.assertEqual(1, done.stderr.count("\n"))

    def test_writes_nothing_into_the_home_folder(self):
        self.assert_exit(0, self.run_task("tasks/test.json"))
        self.assertEqual([], sorted(path.name for path in (self.folder / "home").iterdir()))


if __name__ == "__main__":
    unittest.main()
