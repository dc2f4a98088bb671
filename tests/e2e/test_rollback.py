"""What `rollback` asks of a runner, and how it ends for each of its answers.

Registry and runner are one small HTTP server here, so that every answer can be had.
"""

import http.server
import json
import threading
import unittest

from support import EndToEndTest

RESULT = {"runId": "c0ffee", "runner": "elsewhere", "durationMs": 1, "steps": [], "gates": [], "message": "done"}


def problem(code, status, detail, details=None):
    return status, {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code,
                    "details": details or {}}


class Elsewhere(http.server.ThreadingHTTPServer):
    """A registry that knows one runner, itself; it answers what the test put into `answer`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = (200, RESULT | {"status": "ok", "changes": []})
        self.asked = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        check = {"ServiceID": "elsewhere", "Output": ""}
        service = {"ID": "elsewhere", "Address": "127.0.0.1", "Port": self.server.server_port}
        self.respond(200, [{"Node": {}, "Service": service, "Checks": [check]}])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, json.loads(body)))
        self.respond(*self.server.answer)

    def respond(self, status, document):
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Rollback(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.elsewhere = Elsewhere()
        thread = threading.Thread(target=self.elsewhere.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.elsewhere.server_close)
        self.addCleanup(self.elsewhere.shutdown)
        done = self.run_task("tasks/test.json", "--json")
        self.assert_exit(0, done)
        self.run_id = json.loads(done.stdout)["runId"]

    def roll_back(self, code, *arguments, run="last"):
        done = self.command("--no-gui", "rollback", run, "--workspace", self.workspace.path,
                            "--registry", self.elsewhere.url, *arguments)
        self.assert_exit(code, done)
        return done

    def test_asks_for_the_run_in_its_workspace(self):
        done = self.roll_back(0, "--json", run=self.run_id[:8])
        self.assertEqual([(f"/runs/{self.run_id}/rollback", {"workspace": str(self.workspace.path)})],
                         self.elsewhere.asked)
        self.assertEqual("ok", json.loads(done.stdout)["status"])

    def test_dry_run_shows_what_would_come_back(self):
        diff = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-new\n+old\n"
        change = {"path": "README.md", "kind": "modify", "added": 1, "removed": 1, "diff": diff}
        self.elsewhere.answer = (200, RESULT | {"status": "ok", "dryRun": True, "changes": [change]})
        done = self.roll_back(0, "--dry-run")
        self.assertTrue(self.elsewhere.asked[0][1]["dryRun"])
        self.assertIn("+old", done.stdout)

    def test_files_that_changed_since_are_named(self):
        error = {"code": "does-not-apply", "detail": "2 files changed since",
                 "details": {"conflicts": ["README.md", "src/a.c"]}}
        self.elsewhere.answer = (200, RESULT | {"status": "conflict", "error": error})
        done = self.roll_back(3)
        self.assertIn("2 files changed since", done.stderr)
        self.assertIn("changed since: README.md\n", done.stderr)
        self.assertIn("changed since: src/a.c\n", done.stderr)

    def test_refusals(self):
        for code, status, exit_code in (("busy", 409, 4), ("not-found", 404, 3), ("internal", 500, 1)):
            with self.subTest(code):
                self.elsewhere.answer = problem(code, status, f"it is {code}")
                self.assertIn(f"it is {code}", self.roll_back(exit_code).stderr)

    def test_an_unknown_run_asks_nobody(self):
        self.assertIn(self.run_id, self.roll_back(3, run="nothing-like-it").stderr)
        self.assertEqual([], self.elsewhere.asked)

    def test_a_registry_that_is_away(self):
        self.elsewhere.shutdown()
        self.elsewhere.server_close()
        self.roll_back(4)


if __name__ == "__main__":
    unittest.main()
