"""Runs one process and reports what the kernel accounts to it."""

import multiprocessing
import os
import select
import signal
import subprocess
import tempfile
import time

TIME_LIMIT = 120.0  # seconds for one measured process


class BenchFailure(Exception):
    """What is measured did not do its work: an error status, or a result that differs from the peer's."""


class OverLimit(Exception):
    """The process was ended because it took longer than it may."""

    def __init__(self, seconds):
        super().__init__(f"over the limit of {seconds:.0f} s")


class Usage:
    """What a finished process took, its start and the children that it waited for included."""

    def __init__(self, wall, used, output):
        self.wall_ms = wall * 1000
        self.cpu_ms = (used.ru_utime + used.ru_stime) * 1000
        self.peak_mb = used.ru_maxrss * 1024 / 1e6
        self.output = output


def forget_user(home):
    """Makes this process's user one without settings: nobody's configuration takes part in a measurement."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_", "PATCHPANEL_"))]:
        del os.environ[name]
    os.environ |= {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    os.umask(0o022)


def measure(command, cwd, limit=TIME_LIMIT):
    """Runs `command` to its end. Raises BenchFailure for an error status, OverLimit after `limit` seconds.

    The kernel counts this interpreter's memory at the moment of the start as the child's (the peak survives exec), so
    it must stay small: large data is made in `isolated` processes.
    """
    command = [str(part) for part in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, start_new_session=True, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints
        )
        in_time = False
        try:
            in_time = has_ended(process.pid, limit)
        finally:
            if not in_time:
                os.killpg(process.pid, signal.SIGKILL)  # it is not reaped yet, so the number is still its own
            _, status, used = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if not in_time:
            raise OverLimit(limit)
        if process.returncode != 0:
            complaints.seek(0)
            tail = complaints.read().decode(errors="replace").strip()[-500:]
            raise BenchFailure(f"`{' '.join(command)}` ended with {process.returncode}: {tail}")
        output.seek(0)
        return Usage(wall, used, output.read())


def has_ended(pid, seconds):
    """Waits up to `seconds` for the process to end, without reaping it."""
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def isolated(function, *arguments):
    """Calls a module's function in a process of its own and returns its result; its memory is gone afterwards."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, arguments)
