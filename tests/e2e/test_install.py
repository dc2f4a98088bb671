"""What `cmake --install` puts where, held against the validators of the desktop."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["BUILD"])
HAS_WINDOW = os.environ["PATCHPANEL_GUI"] == "ON"
APP_ID = "io.github.patchpanel.patchpanel"
TASK_TYPE = "application/x-patchpanel-task+json"


def output_of(*command, **more):
    """Exit code and all that is printed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **more)
    return done.returncode, done.stdout.strip()


class InstalledTest(unittest.TestCase):
    """Installed once for a class, under a DESTDIR, as a package is made."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="patchpanel-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        code, text = output_of("cmake", "--install", BUILD, "--prefix", "/usr", env=os.environ | {"DESTDIR": folder.name})
        assert code == 0, text
        cls.usr = cls.root / "usr"
        cls.share = cls.usr / "share"


class Program(InstalledTest):
    def test_program_runs(self):
        code, text = output_of(self.usr / "bin" / "patchpanel", "--version")
        self.assertEqual(0, code)
        self.assertRegex(text, r"^patchpanel \d+\.\d+\.\d+$")

    def test_manual_and_completions_are_there(self):
        for name in ("man/man1/patchpanel.1", "bash-completion/completions/patchpanel", "zsh/site-functions/_patchpanel",
                     "fish/vendor_completions.d/patchpanel.fish", "patchpanel/patch-task.schema.json"):
            self.assertTrue((self.share / name).stat().st_size > 0, name)

    def test_user_unit_is_right(self):
        unit = self.usr / "lib" / "systemd" / "user" / "patchpanel.service"
        text = unit.read_text("utf-8")
        started = re.search(r'^ExecStart="(/\S+/bin/patchpanel)" --no-gui serve$', text, re.MULTILINE)
        self.assertTrue(started, text)
        # The path is that of the configured prefix, where nothing need be installed now.
        copy = self.root / "patchpanel.service"
        copy.write_text(text.replace(started.group(1), str(self.usr / "bin" / "patchpanel")), "utf-8")
        runtime = self.root / "runtime"
        runtime.mkdir(mode=0o700)
        self.assertEqual(
            (0, ""),
            output_of("systemd-analyze", "verify", "--user", "--man=no", copy,
                      env={"PATH": os.environ["PATH"], "HOME": str(self.root), "XDG_RUNTIME_DIR": str(runtime)}),
        )


@unittest.skipUnless(HAS_WINDOW, "built without the window")
class Desktop(InstalledTest):
    def test_desktop_entry_is_valid(self):
        entry = self.share / "applications" / f"{APP_ID}.desktop"
        self.assertEqual((0, ""), output_of("desktop-file-validate", entry))
        text = entry.read_text("utf-8")
        program = re.search(r"^Exec=(\S+)", text, re.MULTILINE).group(1)
        self.assertTrue((self.usr / "bin" / program).exists())
        icon = re.search(r"^Icon=(\S+)", text, re.MULTILINE).group(1)
        self.assertTrue((self.share / "icons/hicolor/scalable/apps" / f"{icon}.svg").exists())

    def test_options_of_the_desktop_entry_exist(self):
        entry = (self.share / "applications" / f"{APP_ID}.desktop").read_text("utf-8")
        known = output_of(self.usr / "bin" / "patchpanel", "--help")[1]
        for option in re.findall(r"^Exec=.* (--[\w-]+)", entry, re.MULTILINE):
            self.assertIn(f"  {option} ", known)

    def test_metainfo_is_valid(self):
        metainfo = self.share / "metainfo" / f"{APP_ID}.metainfo.xml"
        code, text = output_of("appstreamcli", "validate", "--no-net", "--no-color", metainfo)
        self.assertEqual(0, code, text)
        self.assertNotRegex(text, r"^[EW]:", text)
        version = output_of(self.usr / "bin" / "patchpanel", "--version")[1].split()[-1]
        self.assertIn(f'version="{version}"', metainfo.read_text("utf-8"))

    def test_task_files_have_their_type(self):
        data = self.root / "data"
        subprocess.run(["cp", "-r", self.share, data], check=True)
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root), "XDG_DATA_HOME": str(data), "XDG_DATA_DIRS": "/usr/share"}
        self.assertEqual((0, ""), output_of("update-mime-database", data / "mime", env=env))
        for name, expected in (("fix.patchtask.json", TASK_TYPE), ("fix.json", "application/json"),
                               ("fix.patch", "text/x-patch")):
            file = self.root / name
            file.write_text('{"mutations": []}' if name.endswith("json") else "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
            asked = "import sys; from gi.repository import Gio; print(Gio.content_type_guess(*sys.argv[1:], None)[0])"
            self.assertEqual((0, expected), output_of("/usr/bin/python3", "-c", asked, file, env=env), name)
        subprocess.run(["update-desktop-database", data / "applications"], check=True)
        cache = (data / "applications" / "mimeinfo.cache").read_text("utf-8")
        self.assertIn(f"{TASK_TYPE}={APP_ID}.desktop;", cache)

    def test_icons_come_from_the_one_svg(self):
        icons = self.share / "icons" / "hicolor"
        svg = icons / "scalable" / "apps" / f"{APP_ID}.svg"
        for size in (48, 128, 256):
            png = icons / f"{size}x{size}" / "apps" / f"{APP_ID}.png"
            drawn = self.root / f"{size}.png"
            subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), svg, "-o", drawn], check=True)
            code, difference = output_of("compare", "-metric", "AE", "-fuzz", "3%", png, drawn, "null:")
            self.assertEqual((0, "0"), (code, difference), png)

    def test_symbolic_icon_has_one_colour(self):
        symbolic = self.share / "icons/hicolor/symbolic/apps" / f"{APP_ID}-symbolic.svg"
        self.assertEqual({"#222222"}, set(re.findall(r'(?:fill|stroke)="(#\w+)"', symbolic.read_text("utf-8"))))
        drawn = self.root / "symbolic.png"
        subprocess.run(["rsvg-convert", "-w", "16", symbolic, "-o", drawn], check=True)
        covered = float(output_of("convert", drawn, "-alpha", "extract", "-format", "%[fx:mean]", "info:")[1])
        self.assertTrue(0.3 < covered < 0.9, covered)


if __name__ == "__main__":
    unittest.main()
