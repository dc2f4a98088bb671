"""A redis-server of a test's own, on a free port."""

import signal
import socket
import subprocess
from pathlib import Path

from support import PATIENCE, wait_until


class PrivateRedis:
    def __init__(self, folder, password=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = ["--requirepass", password] if password else []
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(folder), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )
        self._password = password
        wait_until(lambda: self.answers(), "redis-server to answer")

    def url(self, user_info=""):
        return f"redis://{user_info}127.0.0.1:{self.port}"

    def cli(self, *arguments):
        authentication = ["-a", self._password, "--no-auth-warning"] if self._password else []
        return subprocess.run(
            ["redis-cli", "-p", str(self.port), *authentication, *arguments], capture_output=True, text=True
        ).stdout.strip()

    def answers(self):
        return self.cli("PING") == "PONG"

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)
        stat = Path(f"/proc/{self.process.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "redis-server to stand still")

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
