"""What the tests of the registry share: `serve`, and requests to its registry with nothing added."""

import http.client
import json

from support import PATIENCE, EndToEndTest, wait_until


class RegistryTest(EndToEndTest):
    def serve(self, port=0):
        """Starts the services; returns the child once the runner is registered."""
        child = self.start(
            "--no-gui", "serve", "--registry-port", port, "--runner-port", "0", "--workspace", self.workspace.path
        )
        address = child.wait_for(r"Registry microservice live on http://(\S+)").group(1)
        self.host, _, number = address.rpartition(":")
        self.port = int(number)
        self.token = self.command("--no-gui", "token").stdout.strip()
        wait_until(lambda: self.ask("GET", "/v1/health/service/runner?passing").json(), "a passing runner")
        return child

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body),
                {"X-Consul-Token": self.token, **({"Content-Type": "application/json"} if body else {}),
                 **dict(headers)},
            )
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def put(self, path, body=None):
        answer = self.ask("PUT", path, body)
        self.assertEqual((200, b""), (answer.status, answer.body), path)

    def register(self, name="web", **more):
        self.put("/v1/agent/service/register", {
            "Name": name, "Port": 80, "Check": {"TTL": "10m", "Status": "passing"}, **more,
        })

    def blocked(self):
        return self.ask("GET", "/health").json()["blockedQueries"]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def index(self):
        return int(self.headers["X-Consul-Index"])
