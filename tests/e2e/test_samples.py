"""Every sample task runs on a fresh demo workspace and does what it says."""

import json
import unittest

from support import EndToEndTest


class Samples(EndToEndTest):
    def run_sample(self, name, code=0):
        done = self.run_task(f"tasks/{name}", "--json")
        self.assert_exit(code, done)
        return json.loads(done.stdout)

    def read(self, path):
        return (self.workspace.path / path).read_text("utf-8")

    def commits(self):
        return self.workspace.git("log", "--format=%s").splitlines()

    def test_plain_diff(self):
        result = self.run_sample("greeting.patch")
        self.assertEqual("ok", result["status"])
        self.assertEqual("Good morning\n", self.read("config/greeting.txt"))
        self.assertIn("greeting.txt", self.read("greet.sh"))
        self.assertEqual("none", result["commit"]["state"])
        self.assertEqual(["start"], self.commits())

    def test_regex_dialect(self):
        result = self.run_sample("regex.json")
        self.assertEqual(("ok", "regex"), (result["status"], result["task"]["dialect"]))
        self.assertEqual(
            "# Time-outs are in seconds.\ntimeout_resolve=60\ntimeout_call=60\nretries=3\n",
            self.read("config/limits.conf"),
        )

    def test_block_dialect(self):
        result = self.run_sample("block.json")
        self.assertEqual(("ok", "block"), (result["status"], result["task"]["dialect"]))
        self.assertEqual("3.0.2\n", self.read("VERSION"))
        self.assertIn("# Operations", self.read("docs/operations.md"))
        self.assertEqual(
            [("pre", "passed"), ("build", "passed"), ("validate", "passed"), ("validate", "passed"), ("test", "passed")],
            [(gate["phase"], gate["state"]) for gate in result["gates"]],
        )
        self.assertEqual("[P3.05] operations-guide", self.commits()[0])

    def test_envelope_dialect(self):
        result = self.run_sample("envelope.json")
        self.assertEqual("ok", result["status"])
        self.assertIn("envelope", result["task"]["dialect"])
        self.assertEqual("This demo is in the public domain.\n", self.read("LICENSE"))
        self.assertIn("## Limits\n\nNobody but `check.sh` decides about these.\n\n`config", self.read("README.md"))
        self.assertFalse((self.workspace.path / "inbox").exists(), "the outer target_file is transport, not a target")
        self.assertEqual("[P3.06] licence", self.commits()[0])

    def test_mail_with_two_patches(self):
        result = self.run_sample("clock.patch")
        self.assertEqual(("ok", "diff"), (result["status"], result["task"]["dialect"]))
        self.assertEqual("Add a clock", result["task"]["title"])
        self.assertEqual("#!/bin/sh\n# Tells the time in UTC.\nset -eu\ndate -u +%H:%M:%S\n",
                         self.read("services/clock.sh"))
        self.assertEqual(0o755, (self.workspace.path / "services/clock.sh").stat().st_mode & 0o777)
        self.assertIn("One of them tells the time", self.read("README.md"))

    def test_text_patch_dialect(self):
        result = self.run_sample("text-patch.json")
        self.assertEqual(("ok", "text patch"), (result["status"], result["task"]["dialect"]))
        self.assertIn("# which is made anew each time.\n", self.read("build.sh"))

    def test_operational_dialect_changes_nothing_that_is_planned(self):
        result = self.run_sample("operational.json")
        self.assertEqual(("ok", "operational"), (result["status"], result["task"]["dialect"]))
        self.assertEqual([], result["changes"])
        self.assertEqual(
            [("pre", "passed"), ("build", "passed"), ("validate", "passed")],
            [(gate["phase"], gate["state"]) for gate in result["gates"]],
        )
        self.assertEqual("registry\nrunner\n", self.read("dist/services.txt"))

    def test_commands_only(self):
        result = self.run_sample("verify.json")
        self.assertEqual(("ok", "gates only"), (result["status"], result["task"]["dialect"]))
        self.assertEqual(["passed"] * 3, [gate["state"] for gate in result["gates"]])
        self.assertEqual(["start"], self.commits())

    def test_every_other_operation(self):
        result = self.run_sample("operations.json")
        self.assertEqual("ok", result["status"])
        kinds = {change["path"]: change["kind"] for change in result["changes"]}
        self.assertEqual("delete", kinds["config/limits.old"])
        self.assertEqual("create", kinds["config/limits.conf.default"])
        self.assertFalse((self.workspace.path / "TODO.txt").exists())
        self.assertEqual("Tell the time.\nGreet in more languages.\nSay which limits are the defaults.\n",
                         self.read("docs/todo.txt"))
        self.assertEqual("# name script\ngreet greet.sh\nregistry services/registry.sh\nrunner services/runner.sh\n",
                         self.read("config/services.conf"))
        self.assertEqual(self.read("config/limits.conf"), self.read("config/limits.conf.default"))
        self.assertEqual(self.read("tasks/data/logo.txt"), self.read("docs/logo.txt"))
        self.assertEqual(b"GIF89a", (self.workspace.path / "docs/dot.gif").read_bytes()[:6])
        self.assertEqual(0o755, (self.workspace.path / "check.sh").stat().st_mode & 0o777)
        self.assertIn("expected at most 120 seconds", self.read("check.sh"))
        self.assertTrue(self.read("README.md").endswith("are kept in `config/limits.conf.default`.\n"))
        self.assertEqual("[P3.07] tidy-the-shop", self.commits()[0])

    def test_failing_gate_leaves_the_workspace_as_it_was(self):
        before = self.workspace.state()
        result = self.run_sample("failing-gate.json", code=1)
        self.assertEqual("failed", result["status"])
        self.assertEqual(
            [("pre", "passed"), ("validate", "passed"), ("validate", "failed")],
            [(gate["phase"], gate["state"]) for gate in result["gates"]],
        )
        self.assertIn("retries=0, expected at least 1", result["gates"][-1]["output"])
        self.assertEqual(before, self.workspace.state())

    def test_samples_do_not_get_in_each_others_way(self):
        changing = ("test.json", "greeting.patch", "regex.json", "block.json", "envelope.json", "clock.patch",
                    "text-patch.json", "operations.json")
        for name in (*changing, "operational.json", "verify.json"):
            with self.subTest(name):
                self.assertEqual("ok", self.run_sample(name)["status"])
        for name in changing:
            with self.subTest(f"{name} again"):
                self.assertEqual("noop", self.run_sample(name)["status"])


if __name__ == "__main__":
    unittest.main()
