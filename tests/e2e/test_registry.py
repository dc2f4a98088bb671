"""The registry of `serve`, asked as the clients that people have ask it: Prometheus, Traefik."""

import os
import re
import socket
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from registrytest import RegistryTest
from support import wait_until

# What github.com/hashicorp/consul/api sends with every request.
GO_CLIENT = {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"}


class Prometheus(RegistryTest):
    """discovery/consul/consul.go: the datacenter from the agent, then one watch of the catalog and one per service."""

    def get(self, path, index=0):
        query = {"dc": self.datacenter, "stale": "", "wait": "120000ms", **({"index": index} if index else {})}
        answer = self.ask("GET", f"{path}?{urlencode(query)}", headers={**GO_CLIENT, "User-Agent": "Prometheus/2.42.0"})
        self.assertEqual(200, answer.status, answer.body)
        self.assertEqual("true", answer.headers["X-Consul-KnownLeader"])
        self.assertTrue(answer.headers["X-Consul-LastContact"].isdigit())
        return answer

    def setUp(self):
        super().setUp()
        self.serve()
        self.datacenter = self.ask("GET", "/v1/agent/self", headers=GO_CLIENT).json()["Config"]["Datacenter"]

    def test_discovers_and_follows(self):
        services = self.get("/v1/catalog/services")
        self.assertEqual(["runner"], list(services.json()))
        with ThreadPoolExecutor() as pool:
            watch = pool.submit(self.get, "/v1/catalog/services", services.index)
            wait_until(lambda: self.blocked() >= 1, "the watch of the catalog to wait")
            self.register(ID="web-1", Address="10.0.0.7", Tags=["blue"], Meta={"team": "shop"})
            news = watch.result()
        self.assertEqual({"runner": [], "web": ["blue"]}, {**news.json(), "runner": []})
        self.assertGreater(news.index, services.index)

        targets = self.get("/v1/health/service/web")
        node, service, checks = (targets.json()[0][key] for key in ("Node", "Service", "Checks"))
        self.assertTrue(node["ID"] and node["Node"] and node["Address"] and node["Datacenter"] == self.datacenter)
        self.assertIsInstance(node["TaggedAddresses"], dict)
        self.assertIsInstance(node["Meta"], dict)
        self.assertEqual(
            ("web-1", "web", ["blue"], {"team": "shop"}, "10.0.0.7", 80),
            tuple(service[key] for key in ("ID", "Service", "Tags", "Meta", "Address", "Port")),
        )
        self.assertEqual(["passing"], [check["Status"] for check in checks])

        before = self.blocked()
        with ThreadPoolExecutor() as pool:
            watch = pool.submit(self.get, "/v1/health/service/web", targets.index)
            wait_until(lambda: self.blocked() > before, "the watch of the service to wait")
            self.put("/v1/agent/service/deregister/web-1")
            self.assertEqual([], watch.result().json())


class Traefik(RegistryTest):
    """pkg/provider/consulcatalog: watches of the services and of every check, then the health of each service."""

    def get(self, path, **query):
        answer = self.ask("GET", f"{path}?{urlencode({'dc': 'dc1', 'stale': '', **query})}", headers=GO_CLIENT)
        self.assertEqual(200, answer.status, answer.body)
        return answer

    def test_discovers_and_follows(self):
        self.serve()
        self.register(ID="web-1", Tags=["traefik.enable=true", "traefik.http.routers.web.rule=Host(`a.example`)"])
        self.assertIn("traefik.enable=true", self.get("/v1/catalog/services").json()["web"])
        self.assertEqual(80, self.get("/v1/health/service/web").json()[0]["Service"]["Port"])
        checks = self.get("/v1/health/state/any")
        self.assertIn("web", [check["ServiceName"] for check in checks.json()])

        def failing(index):
            """Waits, as its watch does without a time of its own, until a change shows the service failing."""
            while True:
                answer = self.get("/v1/health/state/any", index=index)
                status = next(check["Status"] for check in answer.json() if check["ServiceName"] == "web")
                if status == "critical":
                    return answer
                index = answer.index

        with ThreadPoolExecutor() as pool:
            watch = pool.submit(failing, checks.index)
            self.put("/v1/agent/check/fail/service:web-1?note=down")
            self.assertGreater(watch.result().index, checks.index)


class Restart(RegistryTest):
    def test_services_survive_a_kill(self):
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            port = reserved.getsockname()[1]
        child = self.serve(port)
        self.register(ID="web-1", Tags=["blue"])
        self.put("/v1/agent/check/warn/service:web-1?note=slow")
        before = self.ask("GET", "/v1/health/service/web")
        state = Path(self.env["XDG_STATE_HOME"]) / "patchpanel" / f"registry-127.0.0.1-{port}.json"
        wait_until(lambda: state.exists() and "slow" in state.read_text(), "the state to be saved")
        child.kill()

        child = self.serve(port)
        self.assertRegex(child.output, r"\[REGISTRY\] \d registered as before the restart")
        after = self.ask("GET", f"/v1/health/service/web?index={before.index}&wait=10m")
        self.assertGreater(after.index, before.index)
        self.assertEqual(["blue"], after.json()[0]["Service"]["Tags"])
        self.assertEqual(("warning", "slow"), tuple(after.json()[0]["Checks"][0][key] for key in ("Status", "Output")))

    def test_a_run_of_its_own_keeps_no_registry(self):
        self.assert_exit(0, self.run_task("tasks/test.json", "--registry-port", "0"))
        self.assertEqual([], list((Path(self.env["XDG_STATE_HOME"]) / "patchpanel").glob("registry-*")))


class Memory(RegistryTest):
    CLIENTS = 1000
    LIMIT = 20 * 1024  # KiB of resident memory for all of them

    def wait_for_news(self, index):
        connection = socket.create_connection((self.host, self.port))
        self.addCleanup(connection.close)
        connection.sendall(
            f"GET /v1/health/service/web?dc=dc1&index={index}&stale=&wait=300000ms HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\nUser-Agent: Prometheus/2.42.0\r\nAccept-Encoding: gzip\r\n"
            f"X-Consul-Token: {self.token}\r\n\r\n".encode()
        )
        return connection

    def resident(self, child):
        status = Path(f"/proc/{child.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    @unittest.skipIf(os.environ["SANITIZED"], "a sanitizer's memory is not the program's")
    def test_a_thousand_blocked_queries(self):
        child = self.serve()
        self.register()
        index = self.ask("GET", "/v1/health/service/web").index
        idle = self.blocked()  # the relay's own watch
        before = self.resident(child)
        connections = [self.wait_for_news(index) for _ in range(self.CLIENTS)]
        wait_until(lambda: self.blocked() >= self.CLIENTS, "a thousand to wait")
        grown = self.resident(child) - before
        print(f"1,000 blocked queries: {grown} KiB resident")
        self.assertLessEqual(grown, self.LIMIT)

        for connection in connections[1:]:
            connection.close()
        wait_until(lambda: self.blocked() <= idle + 1, "those that left to be forgotten")
        self.put("/v1/agent/service/deregister/web")
        self.assertIn(b"\r\n\r\n[]", connections[0].recv(65536))


if __name__ == "__main__":
    unittest.main()
