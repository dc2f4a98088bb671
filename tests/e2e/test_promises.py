"""What the flags of a task promise, on the built program: services that answer, a trace, commands in a copy."""

import json
import signal
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import EndToEndTest, snapshot, wait_until


class Service:
    """An HTTP service that answers as long as it is `up`."""

    def __init__(self):
        service = self
        self.up = True
        self.asked = 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                service.asked += 1
                self.send_response(200 if service.up else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Promises(EndToEndTest):
    def run_promise(self, code, *arguments, **task):
        task.setdefault("mutations", [{"op": "create", "path": "made.txt", "contents": "made\n"}])
        done = self.run_task(self.workspace.write_task("promise.json", task), "--json", *arguments)
        self.assert_exit(code, done)
        return json.loads(done.stdout)

    def check(self, result, name):
        return next(check for check in result["checks"] if check["name"] == name)

    def service(self):
        service = Service()
        self.addCleanup(service.close)
        return service

    def made(self):
        return (self.workspace.path / "made.txt").exists()

    def test_a_service_is_asked_before_and_after(self):
        service = self.service()
        result = self.run_promise(0, services=[{"name": "web", "url": service.url}], requireServiceUptime=True)
        uptime = self.check(result, "Service Uptime")
        self.assertEqual("passed", uptime["state"])
        self.assertRegex(uptime["evidence"], r"web before the run: HTTP 200 in \d+ ms; web after the run: HTTP 200")
        self.assertEqual(2, service.asked)

    def test_a_service_that_does_not_answer_fails_the_run_before_it_writes(self):
        service = self.service()
        service.up = False
        result = self.run_promise(1, services=[{"name": "web", "url": service.url}], requireServiceUptime=True)
        self.assertEqual(("failed", "failed"), (result["status"], self.check(result, "Service Uptime")["state"]))
        self.assertIn("503", result["message"])
        self.assertFalse(self.made())

    def test_a_service_that_the_change_breaks_rolls_it_back(self):
        service = self.service()
        path = self.folder / "workspace" / "break"

        def break_when_told():
            wait_until(path.exists, "the build")
            service.up = False
            (self.folder / "workspace" / "broken").touch()

        breaker = threading.Thread(target=break_when_told)
        breaker.start()
        result = self.run_promise(
            1, services=[{"name": "web", "url": service.url}], requireServiceUptime=True,
            build={"shell": ["touch break; while ! test -e broken; do sleep 0.05; done; rm break broken"]})
        breaker.join()
        self.assertIn("after the run", result["message"])
        self.assertFalse(self.made())

    def test_a_service_that_need_not_answer_is_only_noted(self):
        service = self.service()
        service.up = False
        result = self.run_promise(0, services=[{"name": "web", "url": service.url}], requireServiceUptime=False)
        self.assertEqual("failed", self.check(result, "Service Uptime")["state"])
        self.assertTrue(self.made())

    def test_without_services_those_that_ran_it_are_named(self):
        result = self.run_promise(0, requireServiceUptime=True)
        uptime = self.check(result, "Service Uptime")
        self.assertEqual("passed", uptime["state"], uptime)

    def test_commands_are_traced(self):
        result = self.run_promise(
            0, forceRuntimeTrace=True,
            build={"shell": [{"run": "echo out; echo $API_TOKEN | wc -c", "env": {"API_TOKEN": "hush", "CI": "1"}}]})
        trace, = result["trace"]
        self.assertEqual({"API_TOKEN": "***", "CI": "1"},
                         {name: trace["environment"]["set"][name] for name in ("API_TOKEN", "CI")})
        self.assertEqual("echo out; echo $API_TOKEN | wc -c", trace["argv"][-1])
        self.assertEqual("out\n5\n", (self.workspace.path / trace["outputFile"]).read_text())
        report = json.loads((self.workspace.path / result["report"]).with_suffix(".json").read_text())
        self.assertEqual(result["trace"], report["trace"])

    def test_scratch_leaves_the_workspace_alone_until_all_passed(self):
        marker = self.workspace.path / "made.txt"
        result = self.run_promise(0, "--validate-in=scratch",
                                  build={"shell": [f"test -e made.txt && test ! -e '{marker}' && touch product"]})
        self.assertEqual(("ok", "scratch"), (result["status"], result["validatedIn"]))
        self.assertTrue(self.made())
        self.assertFalse((self.workspace.path / "product").exists())
        self.assertEqual([], self.scratch())

    def test_scratch_and_a_command_that_fails(self):
        before = snapshot(self.workspace.path)
        result = self.run_promise(1, "--validate-in=scratch", test={"shell": ["test ! -e made.txt"]})
        self.assertIn("Nothing was changed", result["message"])
        (self.workspace.path / "tasks" / "promise.json").unlink()
        self.assertEqual(before, snapshot(self.workspace.path))
        self.assertEqual([], self.scratch())

    def test_scratch_of_a_killed_run_is_swept_by_the_next(self):
        task = self.workspace.write_task("wait.json", {
            "title": "wait", "mutations": [{"op": "create", "path": "made.txt", "contents": "made\n"}],
            "build": {"shell": ["echo begun; sleep 1000"]}})
        run = self.start_run(task, "--validate-in=scratch")
        run.wait_for(r"\[BUILD\] begun")
        self.assertEqual(2, len(self.scratch()))
        run.process.send_signal(signal.SIGKILL)
        run.process.wait(30)
        self.assertFalse(self.made())
        self.run_promise(0)
        self.assertEqual([], self.scratch())

    def scratch(self):
        folder = self.folder / "cache" / "patchpanel" / "scratch"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


if __name__ == "__main__":
    unittest.main()
