"""Registries that share their services in Redis: `serve --redis` as on several machines, each with its own profile."""

import http.client
import json
import time
import unittest
import urllib.parse

from redisserver import PrivateRedis
from support import PATIENCE, EndToEndTest, wait_until

TOKEN = "a token that all of them share"


class Registry:
    """A `serve` and what its registry answers."""

    def __init__(self, child):
        self.child = child
        self.url = child.wait_for(r"Registry microservice live on (http://\S+)").group(1)
        child.wait_for(r"Runner microservice live")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"X-Consul-Token": TOKEN, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def put(self, path, body=None):
        return self.ask("PUT", path, body)[0]

    def health(self, name, only_passing=False):
        return json.loads(self.ask("GET", f"/v1/health/service/{name}{'?passing' if only_passing else ''}")[1])

    def ids(self, name, only_passing=True):
        return {entry["Service"]["ID"] for entry in self.health(name, only_passing)}

    def status(self, name):
        entries = self.health(name)
        return entries[0]["Checks"][0]["Status"] if entries else None

    def register(self, name, ttl="30s", removal="3s"):
        return self.put("/v1/agent/service/register", {
            "Name": name, "Port": 80,
            "Check": {"CheckID": name, "TTL": ttl, "Status": "passing", "DeregisterCriticalServiceAfter": removal}})


class SharedRegistry(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.env["PATCHPANEL_TOKEN"] = TOKEN
        self.redis = PrivateRedis(self.folder)
        self.addCleanup(self.redis.stop)

    def serve(self, name, workspace=None, redis=None):
        workspace = workspace or self.folder / f"workspace-{name}"
        workspace.mkdir(exist_ok=True)
        return Registry(self.start(
            "serve", "--workspace", workspace, "--registry-port", "0", "--runner-port", "0",
            "--profile", self.folder / f"machine-{name}", "--redis", redis or self.redis.url()))

    def serve_two(self):
        """A serves the demo workspace, B another one; each knows both runners. The id of A's runner comes last."""
        a = self.serve("a", self.workspace.path)
        (runner,) = a.ids("runner")
        b = self.serve("b")
        wait_until(lambda: len(a.ids("runner")) == 2 and a.ids("runner") == b.ids("runner"), "both runners at both")
        return a, b, runner

    def run_at(self, registry, runner=None):
        chosen = ("--runner", runner) if runner else ()
        return self.run_task("tasks/test.json", "--registry", registry.url, *chosen, "--no-cache")

    def test_a_run_through_the_other_registry(self):
        a, b, runner = self.serve_two()
        before = self.workspace.head()
        self.assert_exit(0, self.run_at(b, runner))
        self.assertNotEqual(before, self.workspace.head())
        for _ in range(3):  # whichever is asked first: only A's runner has the workspace
            self.assert_exit(0, self.run_at(b))
        wait_until(lambda: a.child.output.count("Processing tasks/test.json") == 4, "A's log of the four runs")
        self.assertNotIn("Processing", b.child.output)

        a.child.terminate()
        self.assertEqual(0, a.child.wait(), a.child.output)
        wait_until(lambda: len(b.ids("runner", only_passing=False)) == 1, "A's runner to be deregistered at B")

    def test_a_registry_that_is_killed(self):
        a, b, runner = self.serve_two()
        self.assertEqual(200, a.register("kept", "5s"))
        self.assertEqual(200, a.register("left", "5s"))
        wait_until(lambda: b.status("kept") and b.status("left"), "both services at B")
        a.child.kill()
        self.assertEqual(("passing", "passing"), (b.status("kept"), b.status("left")))
        self.assertIn(runner, b.ids("runner"))
        self.assertEqual(200, b.put("/v1/agent/check/pass/kept"))

        c = self.serve("c")
        wait_until(lambda: c.status("kept"), "what A knew at a registry that never met it")
        seen = set()

        def is_left_gone():
            self.assertEqual(200, b.put("/v1/agent/check/pass/kept"))
            self.assertEqual("passing", b.status("kept"))
            seen.add(b.status("left"))
            return b.status("left") is None and c.status("left") is None

        wait_until(is_left_gone, "the service that nobody keeps to be removed")
        self.assertIn("critical", seen)
        self.assertEqual("passing", c.status("kept"))
        wait_until(lambda: runner not in c.ids("runner"), "the lease of A's runner to end")

    def test_an_emptied_redis(self):
        a, b, runner = self.serve_two()
        self.assertEqual(200, a.register("web"))
        wait_until(lambda: b.status("web"), "the service at B")
        self.assertEqual("OK", self.redis.cli("FLUSHALL"))
        self.assertEqual("passing", b.status("web"))
        c = self.serve("c")
        wait_until(lambda: c.status("web") == "passing" and len(c.ids("runner")) == 3, "everything to be put back")
        self.assertIn(runner, b.ids("runner"))
        self.assertEqual(200, c.put("/v1/agent/service/deregister/web"))
        wait_until(lambda: not a.status("web") and not b.status("web"), "its removal")

    def test_a_redis_that_hangs(self):
        a, b, runner = self.serve_two()
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        b.child.wait_for(r"Services cannot be shared with other registries, trying on: Redis at .*127\.0\.0\.1")
        began = time.monotonic()
        self.assertEqual(200, a.register("web"))
        self.assertEqual("passing", a.status("web"))
        self.assertLess(time.monotonic() - began, 2)
        self.assert_exit(0, self.run_at(b, runner))
        self.redis.resume()
        wait_until(lambda: b.status("web") == "passing", "what was registered meanwhile")
        self.assertEqual(1, b.child.output.count("Services cannot be shared"), b.child.output)

    def test_no_redis(self):
        self.redis.stop()
        a = self.serve("a", self.workspace.path)
        a.child.wait_for(r"Services cannot be shared")
        (runner,) = a.ids("runner")
        self.assert_exit(0, self.run_at(a, runner))

    def test_a_run_of_its_own_stays_here(self):
        a = self.serve("a", self.workspace.path)
        wait_until(lambda: self.redis.cli("KEYS", "pp:{svc}:*:entries"), "A to share its runner")
        self.assert_exit(0, self.run_task("tasks/test.json", "--redis", self.redis.url(), "--no-cache"))
        self.assertNotIn("Processing", a.child.output)
        self.assertEqual(1, len(a.ids("runner", only_passing=False)))


if __name__ == "__main__":
    unittest.main()
