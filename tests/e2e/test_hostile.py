"""`serve` and clients that mean harm: one process takes all of it, goes on answering others, and does not grow.

While and after each attack a normal client asks registry and runner all the time; the slowest of its answers may take
1 s on a machine where an idle service answers within 5 ms, and more in proportion on a slower one (a busy machine, or
valgrind), which is measured before the first attack.

HOSTILE_SCALE=0.1 makes the attacks smaller, for a program that runs under valgrind: let PATCHPANEL be a script that
starts it so. Memory is then not judged, and answers may take four times as long, for all threads share one processor.
"""

import json
import os
import re
import resource
import select
import socket
import struct
import threading
import time
import unittest
from contextlib import contextmanager
from pathlib import Path

from support import PATIENCE, EndToEndTest, wait_until

SCALE = float(os.environ.get("HOSTILE_SCALE", "1"))
LIMIT_GROWTH = 64 * 1024  # KiB resident, over all attacks together
LIMIT_ANSWER = 1.0  # s
IDLE_ANSWER = 0.005  # s
ENOUGH = 64 * 1024 * 1024  # bytes after which an attack that should have been cut has succeeded
CHATTER = 50_000_000  # bytes that the chatty gate prints


def scaled(number):
    return max(1, int(number * SCALE))


class Prober:
    """The normal client: a new connection for every request, alternating between the services."""

    def __init__(self, ask):
        self._ask = ask
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.times = []
        self.problems = []

    def _run(self):
        while not self._stop.is_set():
            try:
                for service in ("runner", "registry"):
                    began = time.monotonic()
                    status = self._ask(service)
                    self.times.append(time.monotonic() - began)
                    if status != 200:
                        self.problems.append(f"{service}: {status}")
            except OSError as problem:
                self.problems.append(repr(problem))
            self._stop.wait(0.01)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(PATIENCE)


class HostileClients(EndToEndTest):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.server = self.start("--no-gui", "serve", "--workspace", self.workspace.path,
                                 "--registry-port", "0", "--runner-port", "0")
        self.ports = {"registry": int(self.server.wait_for(r"live on http://\S+:(\d+)").group(1))}
        self.server.wait_for(r"^Runner microservice live$")
        self.token = self.command("--no-gui", "token").stdout.strip()
        self.ports["runner"] = self.json("registry", "/v1/health/service/runner")[0]["Service"]["Port"]

    # ---- talking to the services ----

    def connect(self, service, **options):
        connection = socket.socket()
        for option, value in options.items():
            connection.setsockopt(socket.SOL_SOCKET, getattr(socket, option), value)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.ports[service]))
        return connection

    def request(self, line, body=None, *headers):
        lines = [f"{line} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}", *headers]
        payload = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
        return "\r\n".join([*lines, "", ""]).encode() + payload

    def read_all(self, connection):
        chunks = []
        try:
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        except ConnectionResetError:
            pass
        return b"".join(chunks)

    def exchange(self, service, line, body=None, *headers):
        with self.connect(service) as connection:
            connection.sendall(self.request(line, body, "Connection: close", *headers))
            head, _, content = self.read_all(connection).partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), head.decode(), content

    def json(self, service, path):
        return json.loads(self.exchange(service, f"GET {path}")[2])

    def metric(self, service, name):
        text = self.exchange(service, "GET /metrics")[2].decode()
        return float(re.search(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE).group(1))

    def connections(self, service):
        return self.metric(service, "patchpanel_http_open_connections")

    def wait_alone(self, service):
        wait_until(lambda: self.connections(service) < 20, f"the {service} to forget the clients that left")

    def run_async(self, task):
        status, head, _ = self.exchange("runner", "POST /run-patch", {"file": task}, "Prefer: respond-async")
        self.assertEqual(202, status)
        return re.search(r"(?im)^Location: (?:http://[^/]+)?(\S+)", head).group(1)

    def wait_ended(self, location):
        return wait_until(lambda: (run := self.json("runner", location))["status"] not in ("queued", "running") and run,
                          f"{location} to end", PATIENCE * 4)

    def resident(self):
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    # ---- the normal client ----

    def ask(self, service):
        return self.exchange(service, "GET /health" if service == "runner" else "GET /v1/catalog/services")[0]

    def measure_idle(self):
        times = []
        for _ in range(30):
            for service in self.ports:
                began = time.monotonic()
                self.assertEqual(200, self.ask(service))
                times.append(time.monotonic() - began)
        return sorted(times)[len(times) // 2]

    @contextmanager
    def others_are_served(self, what):
        with Prober(self.ask) as prober:
            yield
            seen = len(prober.times)
            wait_until(lambda: len(prober.times) >= seen + 4 or prober.problems, "answers after the attack")
        self.assertEqual([], prober.problems[:3], what)
        print(f"{what}: {len(prober.times)} answers, slowest {max(prober.times) * 1000:.0f} ms", flush=True)
        self.assertLessEqual(max(prober.times), self.limit, what)
        self.assertIsNone(self.server.process.poll())

    # ---- the attacks ----

    def test_all_attacks_on_one_process(self):
        idle = self.measure_idle()
        self.limit = LIMIT_ANSWER * max(1.0, idle / IDLE_ANSWER) * (1 if SCALE == 1 else 4)
        print(f"idle {idle * 1000:.1f} ms, limit {self.limit:.1f} s", flush=True)
        before = self.resident()
        for attack in (self.leave_while_pending, self.leave_blocked_queries, self.never_end, self.malformed,
                       self.half_open, self.pipelined, self.too_many_streams, self.slow_reader):
            name = attack.__name__
            with self.subTest(name), self.others_are_served(name):
                attack()
            print(f"{name}: {self.resident() - before} KiB more", flush=True)
        grown = self.resident() - before
        if SCALE == 1 and not os.environ.get("SANITIZED"):
            self.assertLessEqual(grown, LIMIT_GROWTH)
        self.server.terminate()
        self.assertEqual(0, self.server.wait(), self.server.output)

    def leave(self, connections):
        """Half of them say goodbye, half of them are gone as after a crash (RST)."""
        for i, connection in enumerate(connections):
            if i % 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    def leave_while_pending(self):
        task = self.workspace.waiting_task("pending")
        clients = [self.connect("runner") for _ in range(scaled(150))]
        for i, client in enumerate(clients):
            # The first waits in its gate, the others behind it.
            client.sendall(self.request("POST /run-patch", {"file": task, "dryRun": i > 0}))
            if i == 0:
                self.workspace.wait_started("pending")
        wait_until(lambda: self.json("runner", "/health")["active"] == 1
                   and self.metric("runner", "patchpanel_queued_runs") == len(clients) - 1, "the requests to wait")
        self.leave(clients)
        self.wait_alone("runner")
        self.workspace.release("pending")
        wait_until(lambda: self.workspace.git("log", "-1", "--format=%s") == "pending", "the commit of the run")
        wait_until(lambda: self.metric("runner", "patchpanel_queued_runs") == 0, "the queue to be empty", PATIENCE * 2)

    def leave_blocked_queries(self):
        path = "/v1/health/service/nobody"
        index = re.search(r"X-Consul-Index: (\d+)", self.exchange("registry", f"GET {path}")[1]).group(1)
        idle = self.json("registry", "/health")["blockedQueries"]
        clients = [self.connect("registry") for _ in range(scaled(150))]
        for client in clients:
            client.sendall(self.request(f"GET {path}?index={index}&wait=5m"))
        wait_until(lambda: self.json("registry", "/health")["blockedQueries"] >= len(clients), "the queries to wait")
        self.leave(clients)
        wait_until(lambda: self.json("registry", "/health")["blockedQueries"] <= idle, "the queries to be forgotten")

    def send_for_ever(self, service, start, more):
        """The status of the answer; None when the connection ended without one."""
        taken = 0
        with self.connect(service) as client:
            client.sendall(start)
            while taken < ENOUGH:
                readable, _, _ = select.select([client], [client], [], PATIENCE)
                if readable:
                    break
                try:
                    taken += client.send(memoryview(more)[taken % len(more):])
                except (ConnectionResetError, BrokenPipeError):
                    break
            answer = self.read_all(client)
        self.assertLess(taken, ENOUGH)
        return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else None

    def never_end(self):
        blob = b"a" * 65536
        post = f"POST /run-patch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n" \
            "Content-Type: application/json\r\n".encode()
        put = post.replace(b"POST /run-patch", b"PUT /v1/agent/service/register")
        for start, more, statuses in (
            (b"GET /", blob, (400, 414, 431)),
            (b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ", blob, (431,)),
            (b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-Many: 1\r\n" * 4096, (431,)),
            ((post, put), None, (413,)),
            ((post, put), b"10000\r\n" + blob + b"\r\n", (413,)),
        ):
            for number, service in enumerate(("runner", "registry")):
                head = start[number] if isinstance(start, tuple) else start
                if isinstance(start, tuple):
                    head += b"Content-Length: 1000000000000\r\n\r\n" if more is None \
                        else b"Transfer-Encoding: chunked\r\n\r\n"
                for _ in range(scaled(10)):
                    # An answer can be lost when the client still sends (RFC 9112 §9.6): the end cannot.
                    self.assertIn(self.send_for_ever(service, head, more or blob), (*statuses, None), head)
        for service in self.ports:
            self.wait_alone(service)

    def malformed(self):
        host = b"Host: 127.0.0.1\r\n"
        for bytes_sent in (
            b"\r\n\r\n\r\n\r\n", b"\x00\x01\x02\x03\r\n\r\n", b"\xff" * 100 + b"\r\n\r\n", b"GET\r\n\r\n",
            b"GET /health\r\n" + host + b"\r\n", b"GET /health HTTP/9.9\r\n" + host + b"\r\n",
            b"GET  /health HTTP/1.1\r\n" + host + b"\r\n", b"get /health http/1.1\r\n" + host + b"\r\n",
            b"GET /health HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n", b"GET /health HTTP/1.1\r\n: x\r\n" + host + b"\r\n",
            b"GET /health HTTP/1.1\r\n" + host + b" folded: 1\r\n\r\n",
            b"GET /health HTTP/1.1\r\n" + host + b"X: a\x00b\r\n\r\n",
            b"GET /health HTTP/1.1\r\n" + host + b"Content-Length: -1\r\n\r\n",
            b"GET /health HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"GET /health HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 600, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ):
            for service in self.ports:
                with self.connect(service) as client:
                    client.sendall(bytes_sent)
                    answer = self.read_all(client)  # until the service closes
                self.assertRegex(answer, rb"^HTTP/1\.1 [45]\d\d ", (service, bytes_sent))

    def half_open(self):
        clients = [self.connect(service) for service in self.ports for _ in range(scaled(300))]
        for client in clients:
            client.sendall(b"G")
        for service in self.ports:
            wait_until(lambda: self.connections(service) > scaled(300), "all to be connected")
            for _ in range(5):
                self.assertEqual(200, self.ask(service))
        self.leave(clients)
        for service in self.ports:
            self.wait_alone(service)

    def pipelined(self):
        for service in self.ports:
            paths = [f"/nothing-{i}" if i % 3 else "/health" for i in range(scaled(300))]
            with self.connect(service) as client:
                requests = b"".join(self.request(f"GET {path}") for path in paths[:-1])
                client.sendall(requests + self.request(f"GET {paths[-1]}", None, "Connection: close"))
                answers = self.read_all(client).split(b"HTTP/1.1 ")[1:]
            self.assertEqual(len(paths), len(answers))
            for path, answer in zip(paths, answers):
                status, body = answer[:3], answer.partition(b"\r\n\r\n")[2]
                if path == "/health":
                    self.assertEqual((b"200", "passing"), (status, json.loads(body)["status"]))
                else:
                    self.assertEqual((b"404", f"there is nothing at {path}"), (status, json.loads(body)["detail"]))

    def too_many_streams(self):
        location = self.run_async(self.workspace.waiting_task("streams"))
        self.workspace.wait_started("streams")
        clients, statuses = [], []
        for _ in range(1000 if SCALE == 1 else 150):
            client = self.connect("runner")
            client.sendall(self.request(f"GET {location}/events"))
            statuses.append(client.recv(12)[-3:])
            clients.append(client)
        self.assertEqual([b"200"] * 100 + [b"429"] * (len(clients) - 100), statuses)
        self.assertEqual(100, self.metric("runner", "patchpanel_http_event_streams"))
        self.leave(clients)
        wait_until(lambda: self.metric("runner", "patchpanel_http_event_streams") == 0, "the streams to be free again")
        with self.connect("runner") as client:
            client.sendall(self.request(f"GET {location}/events"))
            self.workspace.release("streams")
            self.assertIn(b"event: result", self.read_all(client))

    def slow_reader(self):
        chatter = scaled(CHATTER)
        line = "x" * 499
        task = self.workspace.waiting_task("chatty")
        path = self.workspace.path / task
        loud = json.loads(path.read_text())
        loud["build"]["shell"].append(f"yes {line} | head -c {chatter}; echo; echo end of chatter")
        self.workspace.write_task("chatty.json", loud)
        location = self.run_async(task)
        self.workspace.wait_started("chatty")
        with self.connect("runner", SO_RCVBUF=4096) as reader:
            reader.sendall(self.request(f"GET {location}/events"))
            wait_until(lambda: self.metric("runner", "patchpanel_http_event_streams") == 1, "the stream to be open")
            self.workspace.release("chatty")
            self.assertEqual("ok", self.wait_ended(location)["status"])  # and the reader has read nothing
            wait_until(lambda: self.metric("runner", "patchpanel_http_event_streams") == 0, "the stream to be cut")
            self.assertLess(len(self.read_all(reader)), 8 * 1024 * 1024)
        with self.connect("runner") as quick:
            quick.sendall(self.request(f"GET {location}/events", None, "Last-Event-ID: 0"))
            events = self.read_all(quick)
        self.assertTrue(b"event: result" in events, f"only {len(events)} bytes: {events[-300:]}")
        self.assertTrue(b"end of chatter" in events, events[-2000:])  # from the file that the log keeps
        outputs = [file for file in (self.workspace.path / ".patchpanel").rglob("*.log")
                   if file.stat().st_size >= chatter]
        self.assertEqual(1, len(outputs))
        self.assertTrue(outputs[0].read_bytes().endswith(b"end of chatter\n"))


if __name__ == "__main__":
    unittest.main()
