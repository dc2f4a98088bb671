"""Redis in every bad state: no run fails that does not need it, none waits longer than the time-outs, and the log says
so once."""

import json
import socket
import subprocess
import threading
import time
import unittest

from redisserver import PrivateRedis
from support import PATIENCE, EndToEndTest

# A run asks the cache and the lock at its beginning and at its end: at most so many time-outs of 2 s, and what the run
# itself takes on a busy machine.
LONGEST_RUN = 3 * 2 + 10  # seconds


class Proxy:
    """Stands before a redis-server: `handle(client, server)` says how badly."""

    def __init__(self, port, handle):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}"
        self._port = port
        self._handle = handle
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            try:
                self._handle(client, server)
            except OSError:
                pass  # one of them has left

    def close(self):
        self._listener.close()


def hang_up(client, _server):
    client.recv(1)


def trickle(client, server):
    """Answers come a byte at a time, each within the time-out, all of them long after it."""

    def forward():
        while data := client.recv(65536):
            server.sendall(data)

    threading.Thread(target=forward, daemon=True).start()
    while data := server.recv(1):
        client.sendall(data)
        time.sleep(1)


def talk_nonsense(client, _server):
    while client.recv(65536):
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


class Failures(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.redis = PrivateRedis(self.folder)
        self.addCleanup(self.redis.stop)

    def proxy(self, handle):
        proxy = Proxy(self.redis.port, handle)
        self.addCleanup(proxy.close)
        return proxy.url

    def full(self):
        self.redis.cli("CONFIG", "SET", "maxmemory", "1")
        return self.redis.url()

    def replica(self):
        self.redis.cli("REPLICAOF", "127.0.0.1", "1")
        return self.redis.url()

    def paused(self):
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        return self.redis.url()

    def dead(self):
        self.redis.stop()
        return self.redis.url()

    def url_for(self, state):
        handlers = {"hangs up": hang_up, "trickles": trickle, "talks nonsense": talk_nonsense}
        if state in handlers:
            return self.proxy(handlers[state])
        if state == "wrong password":
            self.redis.cli("CONFIG", "SET", "requirepass", "right")
            return self.redis.url(":wrong@")
        return {"nobody": self.dead, "paused": self.paused, "full": self.full, "replica": self.replica}[state]()

    def check_run(self, state):
        url = self.url_for(state)
        began = time.monotonic()
        done = self.run_task("tasks/test.json", "--redis", url)
        self.assert_exit(0, done)
        self.assertLess(time.monotonic() - began, LONGEST_RUN)
        self.assertIn("[LOCK] Patch completed successfully", done.stdout)
        self.assertIn("[CACHE] Failed to cache patch, continuing", done.stdout)
        self.assertNotIn("wrong@", done.stdout + done.stderr)
        self.assertEqual("2", self.workspace.git("rev-list", "--count", "HEAD"))

    def test_nobody_listens(self):
        self.check_run("nobody")

    def test_it_hangs_up(self):
        self.check_run("hangs up")

    def test_it_wants_another_password(self):
        self.check_run("wrong password")

    def test_it_stands_still(self):
        self.check_run("paused")

    def test_it_trickles(self):
        self.check_run("trickles")

    def test_it_talks_nonsense(self):
        self.check_run("talks nonsense")

    def test_its_memory_is_full(self):
        self.check_run("full")

    def test_it_is_a_replica(self):
        self.check_run("replica")

    def in_the_middle(self, what):
        """Something happens to the server while a command of the run is at work."""
        run = self.start_run(self.workspace.waiting_task(), "--redis", self.redis.url())
        self.workspace.wait_started()
        what()
        self.workspace.release()
        self.assertEqual(0, run.wait(), run.output)
        self.assertIn("[LOCK] Patch lock released", run.output)
        return run

    def test_it_is_killed_in_the_middle(self):
        self.in_the_middle(self.redis.stop)

    def test_it_stops_in_the_middle(self):
        self.addCleanup(self.redis.resume)
        self.in_the_middle(self.redis.pause)

    def test_it_forgets_everything_in_the_middle(self):
        run = self.in_the_middle(lambda: self.redis.cli("FLUSHALL"))
        self.assertIn("[CACHE] Patch cached", run.output)

    def test_a_service_complains_once(self):
        """Many runs over a server that is away: each is fine, and the log does not fill with it."""
        self.redis.pause()
        self.addCleanup(self.redis.resume)
        server = self.start("serve", "--queue", "--workspace", self.workspace.path, "--registry-port", "0",
                            "--runner-port", "0", "--redis", self.redis.url())
        runner = server.wait_for(r"runner-1\S* \(runner\) registered at (\S+)").group(1)
        server.wait_for("Taking jobs")
        token = self.command("--no-gui", "token").stdout.strip()
        durations = []
        for _ in range(12):
            began = time.monotonic()
            done = subprocess.run(
                ["curl", "-sS", "--max-time", str(PATIENCE), "-H", f"Authorization: Bearer {token}",
                 "-H", "Content-Type: application/json", f"http://{runner}/run-patch",
                 "-d", json.dumps({"file": "tasks/test.json"})], capture_output=True, text=True, check=True)
            durations.append(time.monotonic() - began)
            self.assertIn(json.loads(done.stdout)["status"], ("ok", "noop"))
        self.assertLess(max(durations), LONGEST_RUN)
        self.assertLess(sorted(durations)[6], 2, "most runs wait for nothing: the server is known to be away")
        server.wait_for("The queue cannot be reached")
        for complaint in ("The queue cannot be reached", "Runs are not told to other machines"):
            self.assertEqual(1, server.output.count(complaint), server.output)


if __name__ == "__main__":
    unittest.main()
