"""`serve`: registry and runner as services that curl and other clients talk to."""

import json
import re
import socket
import subprocess
import unittest

from support import PATIENCE, EndToEndTest, wait_until


class ServeTest(EndToEndTest):
    def serve(self, *arguments):
        """Starts the services on free ports; returns the child once a runner is registered and passing."""
        child = self.start(
            "--no-gui", "serve", "--registry-port", "0", "--runner-port", "0", "--workspace", self.workspace.path,
            *arguments,
        )
        self.registry = child.wait_for(r"Registry microservice live on (http://\S+)").group(1)
        child.wait_for(r"^Runner microservice live$")
        self.token = self.command("--no-gui", "token").stdout.strip()
        self.runner = wait_until(self.passing_runner, "a passing runner in the registry")
        return child

    def passing_runner(self):
        status, body = self.curl(f"{self.registry}/v1/health/service/runner?passing", *self.bearer())
        found = json.loads(body) if status == 200 else []
        if not found:
            return None
        service = found[0]["Service"]
        self.runner_id = service["ID"]
        return f"http://{service['Address']}:{service['Port']}"

    def bearer(self):
        return ["-H", f"Authorization: Bearer {self.token}"]

    def curl(self, url, *arguments):
        done = subprocess.run(
            ["curl", "-sS", "--max-time", str(PATIENCE), "-w", "\n%{http_code}", *arguments, url],
            capture_output=True, text=True, env=self.env,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    def run_patch(self, body, *arguments):
        return self.curl(
            f"{self.runner}/run-patch", *(arguments or self.bearer()),
            "-H", "Content-Type: application/json", "-d", json.dumps(body),
        )

    def assert_refused(self, expected, code, answer):
        status, body = answer
        self.assertEqual(expected, status, body)
        self.assertEqual(code, json.loads(body)["code"])

    def connect(self):
        """A raw connection to the runner."""
        port = int(self.runner.rpartition(":")[2])
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def request(self, path, body):
        payload = json.dumps(body).encode()
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
        ).encode() + payload


class RunsOverHttp(ServeTest):
    def test_curl_runs_the_main_job(self):
        self.serve()
        status, body = self.run_patch({"file": "tasks/test.json"})
        self.assertEqual(200, status, body)
        result = json.loads(body)
        self.assertEqual("ok", result["status"])
        self.assertTrue(result["runId"])
        self.assertEqual("[P3.03]", self.workspace.git("log", "-1", "--format=%s").split()[0])

        status, body = self.curl(f"{self.runner}/runs/{result['runId']}", *self.bearer())
        self.assertEqual((200, "ok"), (status, json.loads(body)["status"]))

    def test_metrics_and_openapi(self):
        self.serve()
        self.run_patch({"file": "tasks/test.json"})
        status, text = self.curl(f"{self.runner}/metrics", *self.bearer())
        self.assertEqual(200, status)
        self.assertIn('patchpanel_runs_total{status="ok"} 1\n', text)
        self.assertIn('patchpanel_http_requests_total{route="/run-patch",method="POST",status="2xx"} 1\n', text)
        status, text = self.curl(f"{self.registry}/metrics", *self.bearer())
        self.assertEqual(200, status)
        self.assertIn('patchpanel_http_requests_total{route="/v1/agent/service/register",method="PUT"', text)
        status, text = self.curl(f"{self.runner}/openapi.json", *self.bearer())
        self.assertEqual(200, status)
        self.assertIn("post", json.loads(text)["paths"]["/run-patch"])
        for path in ("metrics", "openapi.json"):
            self.assert_refused(401, "unauthorized", self.curl(f"{self.runner}/{path}"))

    def test_task_in_the_request(self):
        self.serve()
        status, body = self.run_patch({"task": {"mutations": [{"path": "a.txt", "contents": "a\n"}]}})
        self.assertEqual((200, "ok"), (status, json.loads(body)["status"]))
        self.assertEqual("a\n", (self.workspace.path / "a.txt").read_text())

    def test_failed_gate_is_an_answer_and_not_an_http_error(self):
        self.serve()
        status, body = self.run_patch({"file": "tasks/failing-gate.json"})
        self.assertEqual((200, "failed"), (status, json.loads(body)["status"]))

    def test_dry_run(self):
        self.serve()
        before = self.workspace.state()
        status, body = self.run_patch({"file": "tasks/test.json", "dryRun": True})
        self.assertEqual(200, status)
        self.assertTrue(json.loads(body)["dryRun"])
        self.assertEqual(before, self.workspace.state())

    def test_command_line_uses_the_registry_that_is_named(self):
        self.serve()
        done = self.run_task("tasks/test.json", "--registry", self.registry, "--json")
        self.assert_exit(0, done)
        self.assertEqual("ok", json.loads(done.stdout)["status"])
        self.assertNotIn("Registry microservice live", done.stderr)

    def test_services_command_lists_what_runs(self):
        self.serve()
        done = self.command("--no-gui", "services", "--registry", self.registry)
        self.assert_exit(0, done)
        self.assertRegex(done.stdout, r"runner-1-\S+ .*" + re.escape(self.runner.removeprefix("http://")) + r" .*passing")

    def test_client_that_leaves_does_not_end_its_run(self):
        self.serve()
        task = self.workspace.waiting_task()
        connection = self.connect()
        connection.sendall(self.request("/run-patch", {"file": task}))
        self.workspace.wait_started()
        connection.close()
        self.workspace.release()
        wait_until(lambda: self.workspace.git("log", "-1", "--format=%s") == "wait", "the commit of the run")
        self.assertEqual(200, self.curl(f"{self.runner}/health")[0])

    def test_many_clients_that_leave(self):
        child = self.serve()
        task = self.workspace.waiting_task()
        for _ in range(50):
            connection = self.connect()
            connection.sendall(self.request("/run-patch", {"file": task}))
            connection.close()
        self.workspace.wait_started()
        self.workspace.release()
        wait_until(lambda: self.workspace.git("log", "-1", "--format=%s") == "wait", "the commit of the run")
        status, body = self.run_patch({"file": "tasks/regex.json"})
        self.assertEqual((200, "ok"), (status, json.loads(body)["status"]))
        self.assertIsNone(child.process.poll())

    def test_answers_at_once_when_asked_to(self):
        self.serve()
        task = self.workspace.waiting_task()
        head = self.folder / "headers"
        status, body = self.run_patch({"file": task}, *self.bearer(), "-H", "Prefer: respond-async", "-D", str(head))
        self.assertEqual(202, status, body)
        location = re.search(r"(?im)^Location: (\S+)", head.read_text()).group(1)
        self.assertEqual("running", self.wait_for_status(location, "running"))
        self.workspace.release()
        self.assertEqual("ok", self.wait_for_status(location, "ok"))

    def wait_for_status(self, location, status):
        url = location if location.startswith("http") else self.runner + location
        wait_until(
            lambda: json.loads(self.curl(url, *self.bearer())[1]).get("status") == status, f"{location} to be {status}"
        )
        return status


class Refusals(ServeTest):
    def test_who_may_not_run_anything(self):
        self.serve()
        before = self.workspace.state()
        body = {"file": "tasks/test.json"}
        right = self.bearer()
        wrong = ["-H", "Authorization: Bearer " + "0" * 64]
        self.assert_refused(401, "unauthorized", self.run_patch(body, "-H", "X-Nothing: 1"))
        self.assert_refused(401, "unauthorized", self.run_patch(body, *wrong))
        self.assert_refused(403, "forbidden", self.run_patch(body, *right, "-H", "Origin: http://evil.example"))
        self.assert_refused(403, "forbidden", self.run_patch(body, *right, "-H", "Host: evil.example"))
        self.assert_refused(403, "forbidden", self.run_patch(body, *right, "-H", "Host: evil.example:5050"))
        self.assertEqual(before, self.workspace.state())

    def test_registry_wants_the_token_too(self):
        self.serve()
        url = f"{self.registry}/v1/catalog/services"
        self.assertEqual(401, self.curl(url)[0])
        self.assertEqual(200, self.curl(url, "-H", f"X-Consul-Token: {self.token}")[0])

    def test_health_is_open(self):
        self.serve()
        status, body = self.curl(f"{self.runner}/health")
        self.assertEqual((200, "passing"), (status, json.loads(body)["status"]))

    def test_bodies_that_are_not_json(self):
        self.serve()
        url = f"{self.runner}/run-patch"
        text = ["-H", "Content-Type: text/plain", "-d", '{"file":"tasks/test.json"}']
        self.assert_refused(415, "unsupported-media-type", self.curl(url, *self.bearer(), *text))
        broken = ["-H", "Content-Type: application/json", "-d", "{"]
        self.assert_refused(400, "bad-request", self.curl(url, *self.bearer(), *broken))

    def test_body_that_is_too_large(self):
        self.serve()
        large = self.folder / "large.json"
        large.write_text('{"task":{"title":"' + "x" * (9 * 1024 * 1024) + '"}}')
        arguments = ["-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary", f"@{large}"]
        self.assertEqual(413, self.curl(f"{self.runner}/run-patch", *self.bearer(), *arguments)[0])

    def test_workspace_outside_the_roots(self):
        self.serve()
        status, body = self.run_patch({"file": "tasks/test.json", "workspace": "/usr"})
        self.assertEqual((403, "outside-workspace"), (status, json.loads(body)["code"]))

    def test_task_file_outside_the_workspace(self):
        self.serve()
        for file in ("../outside.json", "/etc/passwd"):
            status, body = self.run_patch({"file": file})
            self.assertEqual((200, "invalid"), (status, json.loads(body)["status"]))

    def test_unknown_path_and_method(self):
        self.serve()
        self.assert_refused(404, "not-found", self.curl(f"{self.runner}/nothing", *self.bearer()))
        self.assert_refused(405, "method-not-allowed", self.curl(f"{self.runner}/run-patch", *self.bearer()))

    def test_token_is_in_no_log(self):
        child = self.serve("--log-level", "debug")
        self.run_patch({"file": "tasks/test.json"})
        self.assertNotIn(self.token, child.output)


class StartAndEnd(ServeTest):
    def test_sigterm_ends_it(self):
        child = self.serve()
        child.terminate()
        self.assertEqual(0, child.wait(), child.output)

    def test_ports_are_free_again_at_once(self):
        child = self.serve()
        port = int(self.registry.rpartition(":")[2])
        child.terminate()
        self.assertEqual(0, child.wait(), child.output)
        again = self.start("--no-gui", "serve", "--registry-port", port, "--runner-port", "0")
        again.wait_for(rf"Registry microservice live on http://127\.0\.0\.1:{port}")

    def test_sigterm_lets_the_run_in_progress_finish(self):
        child = self.serve()
        task = self.workspace.waiting_task()
        connection = self.connect()
        connection.sendall(self.request("/run-patch", {"file": task}))
        self.workspace.wait_started()
        child.terminate()
        self.workspace.release()
        self.assertEqual(0, child.wait(), child.output)
        self.assertEqual("wait", self.workspace.git("log", "-1", "--format=%s"))

    def test_another_sigterm_cancels_the_run_in_progress(self):
        child = self.serve()
        task = self.workspace.waiting_task()
        before = self.workspace.state()
        connection = self.connect()
        connection.sendall(self.request("/run-patch", {"file": task}))
        self.workspace.wait_started()
        child.terminate()
        child.wait_for(r"^\[RUNNER\] Shutting down: no new runs, those in progress \(1\) have 30 s to end$")
        status, body = self.run_patch({"file": task})
        self.assertEqual((503, "unavailable"), (status, json.loads(body)["code"]))
        child.terminate()
        child.wait_for(r"^\[RUNNER\] Shutting down at once: runs in progress are cancelled$")
        self.assertEqual(0, child.wait(), child.output)
        (self.workspace.path / "dist-started-wait").unlink()
        self.assertEqual(before, self.workspace.state())

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as holder:
            port = holder.getsockname()[1]
            for option in ("--registry-port", "--runner-port"):
                other = "--runner-port" if option == "--registry-port" else "--registry-port"
                with self.subTest(option):
                    done = self.command("--no-gui", "serve", option, port, other, "0")
                    self.assert_exit(5, done)
                    self.assertIn(str(port), done.stderr)
                    self.assertRegex(done.stderr, "python3", "the holder is named")

    def test_no_registry_at_the_named_url(self):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
            done = self.run_task("tasks/test.json", "--registry", url)
        self.assert_exit(4, done)
        self.assertIn(url, done.stderr)

    def test_registry_without_a_runner(self):
        self.serve()
        status, _ = self.curl(
            f"{self.registry}/v1/agent/service/deregister/{self.runner_id}", *self.bearer(), "-X", "PUT"
        )
        self.assertEqual(200, status)
        done = self.run_task("tasks/test.json", "--registry", self.registry)
        self.assert_exit(4, done)
        self.assertRegex(done.stderr, "no healthy runner")


if __name__ == "__main__":
    unittest.main()
