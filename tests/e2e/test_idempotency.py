"""An Idempotency-Key across the death of the runner that took it."""

import os
import signal
import unittest

from support import ServedTest, wait_until

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class IdempotencyKey(ServedTest):
    def kill(self, server):
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(30)

    def counting_task(self, name, then=""):
        """A task whose gate leaves one more line outside the workspace each time it runs."""
        self.counter = self.folder / "counter"
        return self.workspace.write_task(f"{name}.json", {
            "title": name,
            "mutations": [{"op": "create", "path": f"{name}.txt", "contents": "made\n"}],
            "build": {"shell": [f"echo $TRACEPARENT >> {self.counter}; {then}"]},
        })

    def times_run(self):
        return len(self.counter.read_text().splitlines()) if self.counter.exists() else 0

    def test_the_result_is_known_after_a_kill(self):
        server, url = self.serve()
        body = {"file": self.counting_task("once")}
        status, first = self.exchange(f"{url}/run-patch", body, **{"Idempotency-Key": "k1", "traceparent": TRACEPARENT})
        self.assertEqual((200, "ok", TRACEPARENT), (status, first["status"], first["traceparent"]))
        server.wait_for(rf"^\[RUNNER\] Trace context {TRACEPARENT}$")
        self.assertEqual(TRACEPARENT, self.counter.read_text().strip())
        self.kill(server)

        _, url = self.serve()
        status, again = self.exchange(f"{url}/run-patch", body, **{"Idempotency-Key": "k1"})
        self.assertEqual((200, first["runId"], "ok"), (status, again["runId"], again["status"]))
        self.assertEqual(1, self.times_run())
        status, problem = self.exchange(f"{url}/run-patch", {**body, "force": True}, **{"Idempotency-Key": "k1"})
        self.assertEqual((422, "idempotency-key-reused"), (status, problem["code"]))
        self.assertEqual(1, self.times_run())

    def test_a_killed_run_is_not_started_again(self):
        server, url = self.serve()
        headers = {"Idempotency-Key": "k1", "Prefer": "respond-async"}
        running = {"file": self.counting_task("killed", "while :; do sleep 0.05; done")}
        status, taken = self.exchange(f"{url}/run-patch", running, **headers)
        self.assertEqual(202, status)
        wait_until(self.times_run, "the command to start")
        waiting = {"file": "tasks/test.json"}
        status, queued = self.exchange(f"{url}/run-patch", waiting, **{**headers, "Idempotency-Key": "k2"})
        self.assertEqual(202, status)
        status, problem = self.exchange(f"{url}/run-patch", running, **{"Idempotency-Key": "k1"})
        self.assertEqual((409, taken["runId"]), (status, problem["details"]["runId"]))
        self.kill(server)

        again, url = self.serve()
        again.wait_for(rf"\[HISTORY\] Run {taken['runId']} in .* had been killed")
        for body, key, run_id in ((running, "k1", taken["runId"]), (waiting, "k2", queued["runId"])):
            with self.subTest(key):
                status, result = self.exchange(f"{url}/run-patch", body, **{**headers, "Idempotency-Key": key})
                self.assertEqual((200, run_id, "interrupted"), (status, result["runId"], result["status"]))
                status, shown = self.exchange(f"{url}/runs/{run_id}")
                self.assertEqual((200, "interrupted"), (status, shown["status"]))
        self.assertEqual(1, self.times_run())
        self.assertFalse((self.workspace.path / "killed.txt").exists())
        status, fresh = self.exchange(f"{url}/run-patch", waiting, **{"Idempotency-Key": "k3"})
        self.assertEqual((200, "ok"), (status, fresh["status"]))


if __name__ == "__main__":
    unittest.main()
