"""Servers that are measured while they work: the CPU time that the kernel accounts to them, and their memory."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness.process import BenchFailure, has_ended

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))
import waiting
from waiting import PATIENCE

LOOKS = 10  # 10 ms apart, that have to find every thread asleep before a server counts as done
TICKS = os.sysconf("SC_CLK_TCK")  # per second


def wait_until(condition, what, patience=PATIENCE):
    """As for the tests; BenchFailure when it never comes true."""
    return waiting.wait_until(condition, what, patience, BenchFailure)


class Server:
    """A running process whose output goes into the file `log`. `serving` makes one."""

    def __init__(self, process, log):
        self.process = process
        self.log = log

    def wait_for(self, pattern):
        """Waits for a line that matches in its output and returns the match; BenchFailure when it ends before that."""

        def look():
            ended = self.process.poll() is not None
            text = self.log.read_text("utf-8", "replace")
            match = re.search(pattern, text, re.MULTILINE)
            if ended and not match:
                raise BenchFailure(f"{self.process.args[0]} ended ({self.process.returncode}): {text.strip()[-500:]}")
            return match

        return wait_until(look, f"{pattern!r} from {' '.join(self.process.args)}")

    def forget_output(self):
        """Empties the log: it is on tmpfs and grows with every request."""
        os.truncate(self.log, 0)

    def cpu_seconds(self):
        """User and system time since its start, that of children that it waited for included; in steps of 10 ms."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return sum(int(ticks) for ticks in fields[11:15]) / TICKS  # proc(5): utime, stime, cutime, cstime

    def is_asleep(self):
        """Whether no thread runs, or would if it had a processor or its disk."""
        states = []
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
                states.append((thread / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[0])
        return not {"R", "D"}.intersection(states)

    def resident_mb(self):
        return self._memory("VmRSS")

    def peak_mb(self):
        """The most that was ever resident."""
        return self._memory("VmHWM")

    def _memory(self, name):
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii", "replace")
        return int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE).group(1)) * 1024 / 1e6

    def stop(self):
        """SIGTERM, and SIGKILL for it and its children when that was not enough."""
        if self.process.poll() is None:
            self.process.terminate()
            if not has_ended(self.process.pid, PATIENCE):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def serving(command, cwd, log, env=None):
    """Starts `command` and yields its Server; it is stopped when the block ends, however it ends."""
    log.write_bytes(b"")
    with log.open("ab") as output:  # appending: what follows forget_output begins at the start of the file
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=env, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )
    server = Server(process, log)
    try:
        yield server
    finally:
        server.stop()


def cpu_of(servers):
    """What all of them took together, in seconds, once they are done with what they still had to do."""

    def total():
        return sum(server.cpu_seconds() for server in servers)

    def rest():
        before = total()
        for _ in range(LOOKS):
            if not all(server.is_asleep() for server in servers):
                return False
            time.sleep(0.01)
        return total() - before <= 1 / TICKS

    wait_until(rest, "the servers to have nothing left to do")
    return total()
