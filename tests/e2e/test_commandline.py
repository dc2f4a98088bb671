"""Options, help and what goes wrong before or instead of a run."""

import re
import stat
import subprocess
import unittest

from support import PATCHPANEL, ROOT, EndToEndTest


class Information(EndToEndTest):
    def test_version(self):
        done = self.command("--version")
        self.assert_exit(0, done)
        declared = re.search(r"project\(PatchPanel VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual(f"patchpanel {declared}\n", done.stdout)

    def manual(self):
        done = self.command("manual")
        self.assert_exit(0, done)
        page = self.folder / "patchpanel.1"
        page.write_text(done.stdout)
        shown = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True,
                               env={"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "120", "PATH": "/usr/bin:/bin"})
        self.assertEqual((0, ""), (shown.returncode, shown.stderr))
        return shown.stdout

    def test_manual_has_every_command_and_option(self):
        shown = self.manual()
        help_text = self.command("--help").stdout
        for pattern, in_page in ((r"^  --([\w-]+)", r"^ +--([\w-]+)"),
                                 (r"^  patchpanel --no-gui (\w+)", r"^ {7}(\w+)(?: |$)")):
            named = set(re.findall(pattern, help_text, re.MULTILINE))
            self.assertGreater(len(named), 8)
            self.assertLessEqual(named, set(re.findall(in_page, shown, re.MULTILINE)))

    def test_manual_reads_well(self):
        shown = " ".join(self.manual().split())
        self.assertIn("--registry URL Use this registry and its runners instead of starting some. One on this", shown)
        self.assertIn("show RUN The report of a past run; RUN: its id, the beginning of it, or last. With --json", shown)
        self.assertIn("--auth token|none none: serve without a token", shown)
        self.assertIn("EXIT STATUS", shown)
        self.assertNotRegex(shown, r"[{}]")

    def test_options_that_the_readme_names_exist(self):
        known = set(re.findall(r"--[\w-]+", self.command("--help").stdout))
        readme = (ROOT / "README.md").read_text("utf-8")
        named = set()
        for line in re.findall(r"^ *patchpanel .*$", readme, re.MULTILINE):
            named |= set(re.findall(r"--[\w-]+", line))
        self.assertTrue(named)
        self.assertLessEqual(named, known)

    def complete(self, *words):
        """What bash offers for the last of the words."""
        script = ('eval "$("$0" completion bash)"; COMP_WORDS=(patchpanel "$@"); COMP_CWORD=$#; _patchpanel; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, str(PATCHPANEL), *words], env=self.env, cwd=self.workspace.path,
                              capture_output=True, text=True, check=True)
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(["rollback"], self.complete("ro"))
        self.assertIn("tasks", self.complete("run", "ta"))
        self.assertEqual(["--validate-in"], self.complete("run", "--val"))
        self.assertEqual([], self.complete("history", "--val"))
        self.assertEqual(["place", "scratch"], self.complete("run", "--validate-in", ""))
        self.assertEqual(["bash", "zsh", "fish"], self.complete("completion", ""))

    def test_every_shell_completes_every_option(self):
        options = set(re.findall(r"^  --([\w-]+)", self.command("--help").stdout, re.MULTILINE))
        for shell, pattern in (("bash", r"--([\w-]+)"), ("zsh", r"'--([\w-]+)\["), ("fish", r" -l ([\w-]+)")):
            done = self.command("completion", shell)
            self.assert_exit(0, done)
            self.assertEqual(options, set(re.findall(pattern, done.stdout)) - {"no"}, shell)

    def test_token_is_made_once_and_only_its_owner_may_read_it(self):
        first = self.command("--no-gui", "token")
        self.assert_exit(0, first)
        self.assertRegex(first.stdout, r"^[0-9a-f]{64}\n$")
        self.assertEqual(first.stdout, self.command("--no-gui", "token").stdout)
        path = self.folder / "runtime" / "patchpanel" / "token"
        self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        self.assertEqual(0o700, stat.S_IMODE(path.parent.stat().st_mode))

    def test_token_lies_in_the_state_folder_without_a_runtime_folder(self):
        env = {name: value for name, value in self.env.items() if name != "XDG_RUNTIME_DIR"}
        self.assert_exit(0, self.command("--no-gui", "token", env=env))
        self.assertTrue((self.folder / "state" / "patchpanel" / "token").is_file())


class Usage(EndToEndTest):
    def assert_usage(self, *arguments, says):
        done = self.command("--no-gui", *arguments)
        self.assert_exit(64, done)
        self.assertRegex(done.stderr, says)
        self.assertEqual("", done.stdout)

    def test_no_command(self):
        self.assert_usage(says="command")

    def test_unknown_command(self):
        self.assert_usage("fly", says='"fly"')

    def test_unknown_option(self):
        self.assert_usage("run", "tasks/test.json", "--flie", says="flie")

    def test_run_without_a_task(self):
        self.assert_usage("run", says="task")

    def test_port_that_is_no_number(self):
        self.assert_usage("serve", "--registry-port", "http", says="--registry-port")

    def test_registry_that_is_no_url(self):
        self.assert_usage("run", "tasks/test.json", "--registry", "nonsense", says="--registry")


class BadTasks(EndToEndTest):
    """Exit code 3, one clear message, and nothing happened."""

    def assert_refused(self, content, *says, name="bad.json"):
        task = self.workspace.write_task(name, content)
        before = self.workspace.state()
        done = self.run_task(task)
        self.assert_exit(3, done)
        for pattern in says:
            self.assertRegex(done.stderr + done.stdout, pattern)
        self.assertEqual(before, self.workspace.state())

    def test_file_that_is_not_there(self):
        done = self.run_task("tasks/nowhere.json")
        self.assert_exit(3, done)
        self.assertIn("tasks/nowhere.json", done.stderr)

    def test_workspace_that_is_not_there(self):
        done = self.command("--no-gui", "run", "tasks/test.json", "--workspace", self.folder / "nowhere")
        self.assert_exit(3, done)
        self.assertIn("nowhere", done.stderr)

    def test_broken_json(self):
        self.assert_refused('{"mutations": [', r"bad\.json")

    def test_duplicate_key(self):
        self.assert_refused('{"title": "a", "title": "b", "mutations": []}', "title")

    def test_unknown_operation(self):
        self.assert_refused({"mutations": [{"op": "teleport", "path": "a"}]}, "teleport", "/mutations/0")

    def test_path_that_climbs_out(self):
        self.assert_refused({"mutations": [{"path": "../outside.txt", "contents": "x"}]}, r"\.\./outside\.txt")
        self.assertFalse((self.folder / "outside.txt").exists())

    def test_absolute_path_elsewhere(self):
        target = self.folder / "elsewhere.txt"
        self.assert_refused({"mutations": [{"path": str(target), "contents": "x"}]}, "elsewhere")
        self.assertFalse(target.exists())

    def test_path_into_the_repository(self):
        self.assert_refused({"mutations": [{"path": ".GIT/hooks/pre-commit", "contents": "x"}]}, r"\.GIT")

    def test_path_through_a_symbolic_link(self):
        (self.workspace.path / "way-out").symlink_to(self.folder)
        self.assert_refused({"mutations": [{"path": "way-out/escaped.txt", "contents": "x"}]}, "way-out")
        self.assertFalse((self.folder / "escaped.txt").exists())

    def test_text_that_is_not_there(self):
        self.assert_refused(
            {"mutations": [{"op": "replace", "path": "VERSION", "find": "9.9.9", "replace": "1"}]}, "VERSION"
        )

    def test_one_bad_mutation_stops_the_good_ones(self):
        self.assert_refused(
            {"mutations": [{"op": "create", "path": "good.txt", "contents": "x"},
                           {"op": "create", "path": "VERSION", "contents": "x"}]},
            "VERSION",
        )

    def test_diff_that_does_not_fit(self):
        diff = "--- a/VERSION\n+++ b/VERSION\n@@ -1 +1 @@\n-2.0.0\n+4.0.0\n"
        self.assert_refused(diff, "VERSION", r"2\.0\.0", name="bad.patch")


if __name__ == "__main__":
    unittest.main()
