"""The main job from the command line: tasks/test.json on a fresh demo workspace."""

import json
import unittest

from support import EndToEndTest

MAIN = "tasks/test.json"


def relay_result(text):
    """The JSON of the last [RELAY] line."""
    line = [line for line in text.splitlines() if line.startswith("[RELAY] {")][-1]
    return json.loads(line.removeprefix("[RELAY] "))


class MainJob(EndToEndTest):
    def test_log_tells_the_run_in_order(self):
        done = self.run_task(MAIN)
        self.assert_exit(0, done)
        self.assert_lines_in_order(
            done.stdout,
            [
                r"\[REGISTRY\] Registry microservice live on http://127\.0\.0\.1:\d+",
                r"Runner microservice live",
                r"\[CACHE\] Redis not available, continuing without cache",
                r"\[LOCK\] Patch lock acquired",
                r"\[RUNNER\] Processing tasks/test\.json",
                r"\[PLAN\] .+",
                r"\[PRE\] .+",
                r"\[MUTATE\] .+",
                r"\[BUILD\] .+",
                r"\[VALIDATE\] .+",
                r"\[GIT\] .+",
                r"\[CACHE\] Failed to cache patch, continuing",
                r"\[LOCK\] Patch completed successfully",
                r"\[LOCK\] Patch lock released",
                r"\[RELAY\] \{.*\}",
            ],
        )
        self.assertEqual("ok", relay_result(done.stdout)["status"])

    def test_every_line_of_the_log_has_a_tag(self):
        done = self.run_task(MAIN)
        untagged = [line for line in done.stdout.splitlines() if not line.startswith("[")]
        self.assertEqual(["Runner microservice live"], untagged)
        self.assertEqual("", done.stderr)

    def test_workspace_is_changed_and_committed(self):
        before = self.workspace.head()
        self.assert_exit(0, self.run_task(MAIN))
        git = self.workspace.git
        self.assertEqual(before, git("rev-parse", "HEAD~1"))
        self.assertEqual(
            "[P3.03] inter-service-communication — Registry-based JSON relay live", git("log", "-1", "--format=%s")
        )
        self.assertRegex(git("log", "-1", "--format=%(trailers:key=PatchPanel-Run,valueonly)"), r"^\S+$")
        self.assertEqual(
            ["M\tREADME.md", "M\tconfig/services.conf", "A\tservices/relay.sh"],
            git("diff", "--name-status", "HEAD~1", "HEAD").splitlines(),
        )
        self.assertEqual("", git("status", "--porcelain"))
        self.assertEqual(0o755, (self.workspace.path / "services/relay.sh").stat().st_mode & 0o777)
        self.assertIn("- `relay`: finds the runner", (self.workspace.path / "README.md").read_text())

    def test_second_run_is_a_noop(self):
        self.assert_exit(0, self.run_task(MAIN))
        before = self.workspace.state()
        again = self.run_task(MAIN)
        self.assert_exit(0, again)
        self.assertEqual("noop", relay_result(again.stdout)["status"])
        self.assertEqual(before, self.workspace.state())

    def test_other_changes_of_the_user_stay_out_of_the_commit(self):
        (self.workspace.path / "notes.txt").write_text("mine\n")
        (self.workspace.path / "VERSION").write_text("staged\n")
        self.workspace.git("add", "VERSION")
        self.assert_exit(0, self.run_task(MAIN))
        self.assertEqual(["M  VERSION", "?? notes.txt"], self.workspace.git("status", "--porcelain").splitlines())
        self.assertNotIn("VERSION", self.workspace.git("diff", "--name-only", "HEAD~1", "HEAD"))

    def test_json_is_one_document_and_the_log_goes_to_stderr(self):
        done = self.run_task(MAIN, "--json")
        self.assert_exit(0, done)
        result = json.loads(done.stdout)
        self.assertEqual("ok", result["status"])
        self.assertFalse(result["dryRun"])
        self.assertEqual(
            [("README.md", "modify"), ("config/services.conf", "modify"), ("services/relay.sh", "create")],
            [(change["path"], change["kind"]) for change in result["changes"]],
        )
        self.assertEqual(
            [("pre", "passed"), ("mutate", "passed"), ("build", "passed"), ("validate", "passed"), ("test", "none"),
             ("commit", "passed")],
            [(step["phase"], step["state"]) for step in result["steps"]],
        )
        self.assertEqual(5, len(result["gates"]))
        self.assertEqual({"passed"}, {gate["state"] for gate in result["gates"]})
        self.assertEqual("committed", result["commit"]["state"])
        self.assertTrue(self.workspace.head().startswith(result["commit"]["id"]))
        self.assertEqual("passed", {c["name"]: c["state"] for c in result["checks"]}["Mutation Proof"])
        self.assertIn("[LOCK] Patch lock released", done.stderr)

    def test_report_has_the_sections_of_the_record(self):
        result = json.loads(self.run_task(MAIN, "--json").stdout)
        report = (self.workspace.path / result["report"]).read_text("utf-8")
        self.assert_lines_in_order(
            report,
            [
                r"# Patch v?3\.1\.0\(P3\.03\) - Inter-service [Cc]ommunication",
                r"\*\*Status\*\*: .*",
                r"\*\*Phase\*\*: .*P3.*",
                r"\*\*Date\*\*: \d{4}-\d\d-\d\dT.*",
                r"## Summary",
                r"## Mutations Applied",
                r"### .*`?services/relay\.sh`?.*",
                r"## Post-Mutation Build Results",
                r"## Validation Results",
                r"## Runtime Validation",
                r"## Technical Implementation",
                r"## Next Steps",
                r"- Ready for P3\.04 \(load balancing\)",
                r"## Commit Message",
            ],
        )
        for promise in ("Validation Gates", "Runtime Audit", "Service Uptime", "Mutation Proof", "Dry Run Check"):
            self.assertRegex(report, rf"\*\*{promise}\*\*:")
        self.assertTrue((self.workspace.path / result["report"]).with_name("report.json").exists())


class DryRun(EndToEndTest):
    def test_plan_prints_the_diff_and_changes_nothing(self):
        before = self.workspace.state()
        done = self.command("--no-gui", "plan", MAIN)
        self.assert_exit(0, done)
        self.assertIn("+relay services/relay.sh", done.stdout)
        self.assertIn("+- `relay`: finds the runner", done.stdout)
        self.assertRegex(done.stdout, r"would run .*sh build\.sh")
        self.assertEqual(before, self.workspace.state())

    def test_dry_run_changes_nothing(self):
        before = self.workspace.state()
        done = self.run_task(MAIN, "--dry-run", "--json")
        self.assert_exit(0, done)
        result = json.loads(done.stdout)
        self.assertTrue(result["dryRun"])
        self.assertEqual({"wouldRun"}, {gate["state"] for gate in result["gates"]})
        self.assertTrue(all(change["diff"] for change in result["changes"]))
        self.assertEqual(before, self.workspace.state())

    def test_detailed_exit_code_tells_whether_there_is_work(self):
        self.assert_exit(2, self.command("--no-gui", "plan", MAIN, "--detailed-exitcode"))
        self.assert_exit(0, self.run_task(MAIN))
        self.assert_exit(0, self.command("--no-gui", "plan", MAIN, "--detailed-exitcode"))

    def test_a_run_of_an_outdated_plan_is_refused(self):
        plan = json.loads(self.run_task(MAIN, "--dry-run", "--json").stdout)["planId"]
        with open(self.workspace.path / "README.md", "a") as readme:
            readme.write("one more line\n")
        before = self.workspace.state()
        done = self.run_task(MAIN, "--plan", plan)
        self.assert_exit(3, done)
        self.assertEqual("stale", relay_result(done.stdout)["status"])
        self.assertEqual(before, self.workspace.state())

    def test_a_run_of_the_plan_that_was_shown_goes_through(self):
        plan = json.loads(self.run_task(MAIN, "--dry-run", "--json").stdout)["planId"]
        self.assert_exit(0, self.run_task(MAIN, "--plan", plan))


class SeveralTasks(EndToEndTest):
    def test_one_call_one_json_document(self):
        done = self.command("--no-gui", "run", "tasks/regex.json", "tasks/greeting.patch", "--json",
                            "--workspace", self.workspace.path)
        self.assert_exit(0, done)
        self.assertEqual(["ok", "ok"], [result["status"] for result in json.loads(done.stdout)])

    def test_the_first_failure_ends_it(self):
        before = self.workspace.state()
        done = self.command("--no-gui", "run", "tasks/failing-gate.json", "tasks/greeting.patch", "--json",
                            "--workspace", self.workspace.path)
        self.assert_exit(1, done)
        self.assertEqual(["failed"], [result["status"] for result in json.loads(done.stdout)])
        self.assertEqual(before, self.workspace.state())

    def test_keep_going_runs_the_rest_and_still_fails(self):
        done = self.command("--no-gui", "run", "tasks/failing-gate.json", "tasks/greeting.patch", "--json",
                            "--keep-going", "--workspace", self.workspace.path)
        self.assert_exit(1, done)
        self.assertEqual(["failed", "ok"], [result["status"] for result in json.loads(done.stdout)])


class Events(EndToEndTest):
    def events(self, code, *arguments):
        done = self.command("--no-gui", *arguments, "--events", "--workspace", self.workspace.path)
        self.assert_exit(code, done)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_events_tell_the_run_in_order(self):
        events = self.events(0, "run", MAIN)
        accepted = next(event for event in events if event["event"] == "accepted")
        self.assertEqual(MAIN, accepted["task"])
        result = events[-2] if events[-1]["event"] == "log" else events[-1]
        self.assertEqual(("result", "ok", accepted["runId"]),
                         (result["event"], result["status"], result["runId"]))
        steps = [(event["phase"], event["state"]) for event in events if event["event"] == "step"]
        self.assertEqual(("pre", "running"), steps[0])
        self.assertEqual(("commit", "passed"), steps[-1])
        self.assertIn("Patch lock acquired", [event["text"] for event in events if event["event"] == "log"])

    def test_events_of_a_failed_run_and_of_a_task_that_is_none(self):
        events = self.events(1, "run", "tasks/failing-gate.json")
        self.assertEqual(["failed"], [event["status"] for event in events if event["event"] == "result"])
        self.workspace.path.joinpath("bad.json").write_text("{")
        events = self.events(3, "run", "bad.json")
        self.assertEqual(["invalid"], [event["status"] for event in events if event["event"] == "result"])

    def test_events_of_a_plan_hold_its_diffs(self):
        result = [event for event in self.events(0, "plan", MAIN) if event["event"] == "result"][0]
        self.assertTrue(result["dryRun"])
        self.assertIn("@@", json.dumps(result["changes"]))


if __name__ == "__main__":
    unittest.main()
