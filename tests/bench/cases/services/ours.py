"""Our side: `serve`, one process with registry and runner, as a user of the token finds it."""

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.load import JSON, Request
from harness.server import Server, serving, wait_until

PROGRAM = os.environ["PATCHPANEL"]
TIME_LIMIT = 30  # seconds for a command that only prints


@dataclass(frozen=True)
class Ours:
    server: Server
    profile: Path
    registry: str  # URLs
    runner: str
    token: str

    def request(self, url, method="GET", body=""):
        """A request that is allowed to do what it asks for."""
        return Request(url, method, body, (f"Authorization: Bearer {self.token}", *(JSON if body else ())))

    def command(self, *arguments):
        """A command line of the same user, for these services."""
        return [PROGRAM, "--no-gui", *arguments, "--profile", self.profile]


@contextlib.contextmanager
def ours(workspace, room):
    """Starts `serve` on free ports, with folders of its own beneath `room`, and waits for its runner to pass."""
    profile = room / "profile"
    command = [PROGRAM, "--no-gui", "serve", "--workspace", workspace, "--profile", profile,
               "--registry-port", "0", "--runner-port", "0"]
    with serving(command, workspace, room / "serve.log") as server:
        registry = server.wait_for(r"Registry microservice live on (http://\S+)").group(1)
        token = subprocess.run(
            [PROGRAM, "--no-gui", "token", "--profile", profile],
            check=True, capture_output=True, text=True, timeout=TIME_LIMIT,
        ).stdout.strip()
        health = Ours(server, profile, registry, "", token).request(f"{registry}/v1/health/service/runner?passing")
        service = wait_until(health.ask, "a passing runner in the registry")[0]["Service"]
        yield Ours(server, profile, registry, f"http://{service['Address']}:{service['Port']}", token)
