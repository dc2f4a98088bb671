"""A runner that is killed in the middle of a gate, and what the next one makes of it."""

import json
import os
import random
import signal
import unittest
import urllib.error
import urllib.request

from support import ServedTest, sleepers, snapshot, wait_until


class Interrupted(ServedTest):
    seconds = random.randrange(10**6, 10**7)

    def get(self, url, body=None, **headers):
        request = urllib.request.Request(url, data=body and json.dumps(body).encode(), headers={
            "Authorization": f"Bearer {self.token()}", "Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode(), answer.headers

    def refusal(self, url, body=None):
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            self.get(url, body)
        with refusal.exception as answer:
            return json.loads(answer.read())

    def refused(self, url, body=None):
        return self.refusal(url, body)["status"]

    def start_waiting_run(self, url):
        self.workspace.write_task("kill.json", {
            "title": "killed in the middle",
            "mutations": [
                {"op": "create", "path": "made.txt", "contents": "made\n"},
                {"op": "update", "path": "README.md", "contents": "rewritten\n"},
            ],
            "build": {"shell": [
                f"setsid nohup sleep {self.seconds} >/dev/null 2>&1 & echo formatted >> README.md; "
                f"touch dist-started; sleep {self.seconds}"]},
        })
        (self.workspace.path / ".git" / "info" / "exclude").write_text("dist-*\n.patchpanel/\n")
        text, _ = self.get(f"{url}/run-patch", {"file": "tasks/kill.json"}, Prefer="respond-async")
        wait_until((self.workspace.path / "dist-started").exists, "the gate to start")
        return json.loads(text)["runId"]

    def test_killed_in_a_gate(self):
        server, url = self.serve()
        before = snapshot(self.workspace.path)
        run_id = self.start_waiting_run(url)
        wait_until(lambda: len(sleepers(self.seconds)) == 2, "the gate and its background child")
        self.assertEqual("running", json.loads(self.get(f"{url}/runs/{run_id}")[0])["status"])
        for name in (run_id, run_id[:8]):
            self.assertEqual(409, self.refused(f"{url}/runs/{name}/rollback", {}), "it has not ended")
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(30)
        wait_until(lambda: not sleepers(self.seconds), "the gate and its background child to be gone")

        again, url = self.serve()
        again.wait_for(rf"\[HISTORY\] Run {run_id} in .* had been killed")
        (self.workspace.path / "dist-started").unlink()
        (self.workspace.path / "tasks" / "kill.json").unlink()
        self.assertEqual(before, snapshot(self.workspace.path))
        listed = json.loads(self.get(f"{url}/runs")[0])["runs"]
        self.assertEqual([(run_id, "interrupted")], [(run["runId"], run["status"]) for run in listed])
        shown = json.loads(self.get(f"{url}/runs/{run_id[:6]}")[0])
        self.assertEqual(("interrupted", "killed in the middle"), (shown["status"], shown["task"]["title"]))
        report, headers = self.get(f"{url}/runs/{run_id}/report", Accept="text/markdown")
        self.assertIn("text/markdown", headers["Content-Type"])
        self.assertIn("The workspace is as it was before", report)
        kept = list((self.workspace.path / ".patchpanel/history" / run_id / "undo/slot").iterdir())
        self.assertEqual(["rewritten\nformatted\n"], [path.read_text() for path in kept],
                         "what the gate had made of a planned file is kept")

    def test_a_rollback_over_http(self):
        _, url = self.serve()
        before = snapshot(self.workspace.path)
        run = json.loads(self.get(f"{url}/run-patch", {"file": "tasks/test.json"})[0])
        self.assertEqual("ok", run["status"])
        self.assertNotEqual(before, snapshot(self.workspace.path))
        taken = json.loads(self.get(f"{url}/runs/{run['runId']}/rollback", {})[0])
        self.assertEqual("ok", taken["status"], taken)
        built = {"dist", "dist/services.txt"}  # the gates' work, which is nobody's to take back
        now = {path: state for path, state in snapshot(self.workspace.path).items() if path not in built}
        self.assertEqual(before, now)
        problem = self.refusal(f"{url}/runs/{run['runId']}/rollback", {})
        self.assertEqual((409, "does-not-apply"), (problem["status"], problem["code"]))
        self.assertIn("already", problem["detail"])
        again = json.loads(self.get(f"{url}/runs/{problem['details']['runId']}")[0])
        self.assertEqual("invalid", again["status"])
        listed = json.loads(self.get(f"{url}/runs?limit=2")[0])
        self.assertEqual(2, len(listed["runs"]))
        older = json.loads(self.get(f"{url}/runs?limit=2&cursor={listed['nextCursor']}")[0])
        self.assertEqual([run["runId"]], [each["runId"] for each in older["runs"]])
        self.assertEqual(404, self.refused(f"{url}/runs/nothing"))
        failed = json.loads(self.get(f"{url}/runs?status=invalid&q=roll")[0])["runs"]
        self.assertEqual([again["runId"]], [each["runId"] for each in failed])


if __name__ == "__main__":
    unittest.main()
