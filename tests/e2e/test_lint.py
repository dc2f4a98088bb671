"""lint: what it finds, how it says so, and that it starts nothing."""

import json
import unittest

from support import EndToEndTest

BAD = """{
  "mutatoins": [],
  "mutations": [
    {"op": "explode", "path": "../x"},
    {"op": "create", "path": "/their/root/a", "contents": "x", "prupose": "y"}
  ],
  "pre": [""]
}
"""


class Lint(EndToEndTest):
    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def lint(self, *arguments):
        return self.command("--no-gui", "lint", *arguments, "--workspace", self.workspace.path)

    def lint_json(self, *arguments):
        done = self.lint(*arguments, "--json")
        return done.returncode, json.loads(done.stdout)

    def test_samples_are_clean_even_when_strict(self):
        samples = sorted(path for path in (self.workspace.path / "tasks").iterdir() if path.is_file())
        self.assertEqual(11, len(samples))
        done = self.lint(*samples, "--strict")
        self.assert_exit(0, done)
        self.assertEqual(11, done.stdout.count(": clean ("))

    def test_every_problem_of_every_file_with_its_place(self):
        bad = self.write("bad.json", BAD)
        twice = self.write("twice.json", '{"mutations": [], "mutations": []}')
        done = self.lint(bad, "tasks/test.json", twice)
        self.assert_exit(3, done)
        self.assert_lines_in_order(done.stdout, [
            r".*/bad\.json:2:3: warning: .* \[unknown-key\]",
            r' +hint +did you mean "mutations"\?',
            r".*/bad\.json:4:12: error: .* \[unknown-op\]",
            r" +at +/mutations/0/op",
            r' +found +"explode"',
            r" +expected +one of create, .*",
            r".*/bad\.json:4:31: error: .* \[unsafe-path\]",
            r".*/bad\.json:5:30: error: .* \[outside-workspace\]",
            r" +hint .*--map-root.*",
            r".*/bad\.json:5:\d+: warning: .* \[unknown-key\]",
            r".*/bad\.json:7:11: error: .* \[invalid-value\]",
            r".*/bad\.json: 4 errors, 2 warnings \(native\)",
            r"tasks/test\.json: clean \(native\)",
            r".*/twice\.json:1:19: error: .* \[duplicate-key\]",
            r".*/twice\.json: 1 error, 0 warnings \(native\)",
        ])
        self.assertEqual("", done.stderr)

    def test_one_json_document(self):
        code, document = self.lint_json(self.write("bad.json", BAD), "tasks/test.json")
        self.assertEqual(3, code)
        self.assertEqual((4, 2), (document["errors"], document["warnings"]))
        bad, good = document["files"]
        self.assertEqual(("errors", "clean"), (bad["status"], good["status"]))
        self.assertEqual(
            {"severity": "error", "code": "unknown-op", "pointer": "/mutations/0/op", "line": 4, "column": 12,
             "found": '"explode"', "where": "/mutations/0/op (4:12)"},
            {key: bad["problems"][1][key]
             for key in ("severity", "code", "pointer", "line", "column", "found", "where")},
        )

    def test_warnings_pass_unless_strict(self):
        odd = self.write("odd.json", '{"mutations": [], "valdiate": ["x"]}')
        self.assert_exit(0, self.lint(odd))
        self.assert_exit(3, self.lint(odd, "--strict"))
        for command in ("plan", "run"):
            with self.subTest(command):
                before = self.workspace.state()
                lenient = self.command(command, odd, "--workspace", self.workspace.path, "--dry-run") \
                    if command == "run" else self.command(command, odd, "--workspace", self.workspace.path)
                self.assert_exit(0, lenient)
                strict = self.command(command, odd, "--workspace", self.workspace.path, "--strict")
                self.assert_exit(3, strict)
                self.assertIn('did you mean "validate"?', strict.stderr)
                self.assertEqual(before, self.workspace.state())

    def test_map_root_makes_a_foreign_path_good(self):
        foreign = self.write("foreign.json", '{"mutations": [{"op": "delete", "path": "/their/root/VERSION"}]}')
        self.assert_exit(3, self.lint(foreign))
        self.assert_exit(0, self.lint(foreign, "--map-root", "/their/root=."))

    def test_files_that_cannot_be_read_do_not_hide_the_others(self):
        code, document = self.lint_json("nowhere.json", "tasks", "tasks/test.json")
        self.assertEqual(3, code)
        self.assertEqual(["errors", "errors", "clean"], [file["status"] for file in document["files"]])
        self.assertEqual("unreadable-file", document["files"][0]["problems"][0]["code"])

    def test_contents_from_a_file_beside_the_task(self):
        self.write("kept/data.bin", b"\0\xff")
        (self.folder / "kept" / "link").symlink_to("/etc/passwd")
        rows = {"data.bin": 0, "none.bin": 3, "link": 3, "../workspace/VERSION": 3, "/etc/passwd": 3}
        for name, code in rows.items():
            with self.subTest(name):
                task = self.write("kept/task.json",
                                  json.dumps({"mutations": [{"path": "a.bin", "contentsFrom": name}]}))
                self.assert_exit(code, self.lint(task))

    def test_hostile_bytes(self):
        rows = {
            "deep.json": (b"[" * 1_000_000, "too-deep"),
            "utf8.json": (b'{"id": "\xff"}', "invalid-utf8"),
            "utf16.json": ('{"id": "a"}'.encode("utf-16"), "invalid-utf8"),
            "nan.json": (b'{"x": NaN}', "syntax"),
            "empty.json": (b"", "not-a-task"),
            "nul.json": (b"\0" * 100, "not-a-task"),
        }
        for name, (content, code) in rows.items():
            with self.subTest(name):
                exit_code, document = self.lint_json(self.write(name, content))
                self.assertEqual(3, exit_code)
                self.assertEqual([code], [problem["code"] for problem in document["files"][0]["problems"]])

    def test_more_than_64_mib_is_refused_unread(self):
        large = self.folder / "large.json"
        with open(large, "wb") as file:
            file.truncate(64 * 1024 * 1024 + 1)  # a hole: no byte of it is on the disk
        code, document = self.lint_json(large)
        self.assertEqual(3, code)
        self.assertIn("67108865", document["files"][0]["problems"][0]["message"])

    def test_a_task_cannot_paint_on_the_terminal(self):
        task = self.write("paint.json", '{"mutations": [{"op": "\\u001b[2J", "path": "a"}]}')
        done = self.lint(task, "--color", "never")
        self.assert_exit(3, done)
        self.assertNotIn("\x1b", done.stdout)

    def test_nothing_is_started_and_nothing_is_left(self):
        before = self.workspace.state()
        self.assert_exit(0, self.lint("tasks/test.json"))
        self.assertEqual(before, self.workspace.state())
        self.assertFalse((self.workspace.path / ".patchpanel").exists())
        self.assertEqual([], list((self.folder / "runtime").iterdir()), "no token was made")


if __name__ == "__main__":
    unittest.main()
