"""Commands of a task: what they see, how they end, and what their failure leaves behind."""

import json
import os
import subprocess
import unittest

from support import EndToEndTest, wait_until


class Gates(EndToEndTest):
    def run_gates(self, code, **task):
        task.setdefault("mutations", [{"op": "create", "path": "made.txt", "contents": "made\n"}])
        done = self.run_task(self.workspace.write_task("gates.json", task), "--json")
        self.assert_exit(code, done)
        return json.loads(done.stdout)

    def assert_rolled_back(self, **task):
        path = self.workspace.path / "made.txt"
        result = self.run_gates(1, **task)
        self.assertEqual("failed", result["status"])
        self.assertFalse(path.exists())
        self.assertEqual("", self.workspace.git("status", "--porcelain"))
        return result

    def test_pre_gate_sees_the_untouched_workspace(self):
        self.run_gates(0, pre={"shell": ["test ! -e made.txt"]}, build={"shell": ["grep -x made made.txt"]})

    def test_failed_pre_gate_stops_before_the_mutations(self):
        result = self.assert_rolled_back(pre={"shell": ["exit 7"]}, build={"shell": ["touch never.txt"]})
        self.assertEqual(7, result["gates"][0]["exitCode"])
        self.assertEqual(["failed", "notReached"], [gate["state"] for gate in result["gates"]])

    def test_failed_build_gate_rolls_back(self):
        self.assert_rolled_back(build={"shell": ["false"]}, validate={"shell": ["true"]})

    def test_failed_test_gate_rolls_back(self):
        self.assert_rolled_back(test={"shell": ["false"]})

    def test_rollback_restores_what_was_edited_and_deleted(self):
        before = self.workspace.state()["files"]
        self.assert_rolled_back(
            mutations=[
                {"op": "create", "path": "made.txt", "contents": "x"},
                {"op": "update", "path": "VERSION", "contents": "9\n"},
                {"op": "delete", "path": "greet.sh"},
                {"op": "chmod", "path": "check.sh", "mode": "0644"},
                {"op": "create", "path": "new/folder/file.txt", "contents": "x"},
            ],
            validate={"shell": ["test -f new/folder/file.txt && test ! -e greet.sh && false"]},
        )
        after = self.workspace.state()["files"]
        after.pop("tasks/gates.json")
        self.assertEqual(before, after)

    def test_gate_that_is_not_enforced_only_warns(self):
        result = self.run_gates(0, validate={"shell": ["false"]}, enforceValidationGate=False)
        self.assertEqual(("ok", "warned"), (result["status"], result["gates"][0]["state"]))
        self.assertTrue((self.workspace.path / "made.txt").exists())

    def test_gates_and_commit_that_are_switched_off(self):
        task = self.workspace.write_task("off.json", {
            "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
            "validate": {"shell": ["touch never.txt; false"]},
            "git": {"commit": "Made"},
        })
        head = self.workspace.git("rev-parse", "HEAD")
        report = self.workspace.path.parent / "report.md"
        done = self.run_task(task, "--no-gates", "--no-commit", "--report", report, "--json")
        self.assert_exit(0, done)
        self.assertIn("[PLAN] Gates are off for this run: 1 command skipped", done.stderr)
        self.assertEqual(["skipped"], [gate["state"] for gate in json.loads(done.stdout)["gates"]])
        self.assertIn("GATES SKIPPED", report.read_text())
        self.assertTrue((self.workspace.path / "made.txt").exists())
        self.assertFalse((self.workspace.path / "never.txt").exists())
        self.assertEqual(head, self.workspace.git("rev-parse", "HEAD"))

    def test_time_out_ends_the_command_and_its_children(self):
        seconds = f"300.{os.getpid()}"  # tells our sleep from others; in the sandbox it does not know its own pid
        result = self.assert_rolled_back(
            build={"shell": [{"run": f"sh -c 'exec sleep {seconds}' & wait", "timeoutMs": 500}]},
            validate={"shell": ["true"]},
        )
        self.assertTrue(result["gates"][0]["timedOut"])
        self.assertLess(result["gates"][0]["durationMs"], 20_000)
        wait_until(lambda: not self.is_running("sleep", seconds), "the gate's child to be gone")

    def test_command_reads_nothing_and_sees_no_secrets(self):
        self.env["REDIS_PASSWORD"] = "hush"
        self.run_gates(
            0,
            build={"shell": ["test -z \"$(cat)\"", "test -z \"$REDIS_PASSWORD\"", "test -n \"$PATCHPANEL_RUN\""]},
        )

    def test_secret_that_a_command_prints_is_hidden(self):
        secret = "s3cret-value-of-the-task"
        self.env["RELEASE_PASSWORD"] = "s3cret-value-of-the-runner"
        task = self.workspace.write_task("secret.json", {
            "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
            "build": {"shell": [{
                "run": 'echo "token $DEPLOY_TOKEN"; echo "again $DEPLOY_TOKEN" >&2; tr "\\0" "\\n" < /proc/$PPID/environ; true',
                "env": {"DEPLOY_TOKEN": secret},
            }]},
        })
        done = self.run_task(task, "--events", "--report", "report.md")
        self.assert_exit(0, done)
        self.assertIn("token ***", done.stdout)
        kept = [path for path in (self.workspace.path / ".patchpanel").rglob("*") if path.is_file()]
        texts = {str(path): path.read_bytes().decode(errors="replace") for path in kept}
        self.assertTrue(any("again ***" in text for text in texts.values()), list(texts))
        texts.update(stdout=done.stdout, stderr=done.stderr)
        self.assertEqual([], [name for name, text in texts.items() if "s3cret-value" in text])

    def test_flood_of_output_is_survived_and_cut(self):
        result = self.run_gates(0, build={"shell": ["yes 0123456789 | head -c 20000000"]})
        self.assertTrue(result["gates"][0]["outputTruncated"])
        self.assertLessEqual(len(result["gates"][0]["output"]), 64 * 1024)

    def test_output_that_is_not_text_is_survived(self):
        self.run_gates(0, build={"shell": [r"printf '\377\000\n'"]})

    def test_environment_and_folder_of_a_command(self):
        self.run_gates(
            0,
            validate={"shell": [{"run": "test \"$CI\" = 1 && test -f services.conf", "cwd": "config", "env": {"CI": "1"}}]},
        )

    def test_sandbox_is_told_and_can_be_turned_off(self):
        task = self.workspace.write_task("touch.json", {"build": {"shell": ["touch .git/made"]}})
        done = self.run_task(task, "--sandbox=off", "--json")
        self.assert_exit(0, done)
        self.assertEqual({"state": "off", "why": "not asked for"}, json.loads(done.stdout)["sandbox"])
        self.assertTrue((self.workspace.path / ".git" / "made").exists())

    def test_required_sandbox_that_is_missing_ends_the_run_before_it_begins(self):
        task = self.workspace.write_task("touch.json", {"build": {"shell": ["/bin/touch made"]}})
        self.env["PATH"] = str(self.workspace.path / "no-programs")
        done = self.run_task(task, "--sandbox=require", "--json")
        self.assertNotEqual(0, done.returncode)
        result = json.loads(done.stdout)
        self.assertEqual("off", result["sandbox"]["state"])
        self.assertIn("bubblewrap is not installed", result["error"]["detail"])
        self.assertFalse((self.workspace.path / "made").exists())

    @staticmethod
    def is_running(*command):
        return subprocess.run(["pgrep", "-fx", " ".join(command)], capture_output=True).returncode == 0


class Interruption(EndToEndTest):
    def test_ctrl_c_rolls_back(self):
        task = self.workspace.waiting_task()
        head = self.workspace.head()
        run = self.start_run(task)
        self.workspace.wait_started()
        self.assertTrue((self.workspace.path / "wait.txt").exists())
        run.process.send_signal(2)
        self.assertEqual(130, run.wait(), run.output)
        self.assertFalse((self.workspace.path / "wait.txt").exists())
        self.assertEqual(head, self.workspace.head())

    def test_time_out_of_the_run_rolls_back(self):
        run = self.start_run(self.workspace.waiting_task(), "--timeout", "1")
        self.assertEqual(124, run.wait(), run.output)
        self.assertFalse((self.workspace.path / "wait.txt").exists())


if __name__ == "__main__":
    unittest.main()
