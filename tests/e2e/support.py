"""What the end-to-end tests share: a private user, a demo workspace, and the program as a child process.

Every test gets a home, XDG folders and a workspace of its own, and free ports, so that all of them can run at once.
Nothing here sleeps for a fixed time: `wait_until` polls a condition and says what it waited for when it gives up.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import sys
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "support"))
from waiting import PATIENCE, wait_until

PATCHPANEL = Path(os.environ["PATCHPANEL"])


def snapshot(folder):
    """Every file of a workspace with its mode and bytes, what git and PatchPanel keep for themselves left out."""
    content = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in (".git", ".patchpanel"):
            continue
        if path.is_symlink():
            content[str(inside)] = ("link", os.readlink(path))
        elif path.is_file():
            content[str(inside)] = (oct(path.stat().st_mode & 0o7777), path.read_bytes())
        else:
            content[str(inside)] = ("folder", None)
    return content


def sleepers(seconds):
    """The processes that sleep so long, which nobody else does; in a sandbox they have other numbers for themselves."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if process.read_bytes().split(b"\0")[:2] == [b"sleep", str(seconds).encode()]:
                found.append(process)
        except OSError:
            pass  # it ended meanwhile
    return found


def log_tags(text):
    return re.findall(r"^\[(\w+)\]", text, re.MULTILINE)


class Child:
    """The program running in the background; its output is collected while it runs."""

    def __init__(self, arguments, env, cwd, wrapper=()):
        self.process = subprocess.Popen(
            [*map(str, wrapper), str(PATCHPANEL), *map(str, arguments)], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self._parts = {"stdout": [], "stderr": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, getattr(self.process, name)), daemon=True)
            for name in self._parts
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name, stream):
        while chunk := stream.read1(65536):
            self._parts[name].append(chunk)

    @property
    def stdout(self):
        return b"".join(self._parts["stdout"]).decode("utf-8", "replace")

    @property
    def stderr(self):
        return b"".join(self._parts["stderr"]).decode("utf-8", "replace")

    @property
    def output(self):
        return self.stdout + self.stderr

    def wait_for(self, pattern):
        """Waits for a line that matches, in what the program prints."""

        def look():
            match = re.search(pattern, self.output, re.MULTILINE)
            if not match and self.process.poll() is not None:
                self._finish_reading()
                match = re.search(pattern, self.output, re.MULTILINE)
                if not match:
                    raise AssertionError(f"it ended ({self.process.returncode}) without {pattern!r}:\n{self.output}")
            return match

        return wait_until(look, f"{pattern!r} in the output")

    def wait(self):
        """The exit code, once it has ended by itself."""
        code = self.process.wait(PATIENCE)
        self._finish_reading()
        return code

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        self._finish_reading()
        self.process.stdout.close()
        self.process.stderr.close()

    def _finish_reading(self):
        for reader in self._readers:
            reader.join(PATIENCE)


class Workspace:
    """A fresh copy of the demo project in a git repository of its own."""

    def __init__(self, path, env):
        self.path = path
        self._env = env
        shutil.copytree(ROOT / "resources" / "demo", path)
        shutil.copytree(ROOT / "tasks", path / "tasks")
        self.git("-c", "init.defaultBranch=main", "init", "-q")
        self.git("config", "user.name", "Test")
        self.git("config", "user.email", "test@patchpanel.invalid")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "start")

    def git(self, *arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self._env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def head(self):
        return self.git("rev-parse", "HEAD")

    def state(self):
        """All that must be the same when nothing happened."""
        return {"files": snapshot(self.path), "head": self.head(), "status": self.git("status", "--porcelain")}

    def write_task(self, name, task):
        path = self.path / "tasks" / name
        path.write_text(task if isinstance(task, str) else json.dumps(task), "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"add {name}")
        return f"tasks/{name}"

    def waiting_task(self, title="wait", **more):
        """A task whose build gate says "started" by a file and goes on once `release` is called."""
        task = {
            "title": title,
            "mutations": [{"op": "create", "path": f"{title}.txt", "contents": "made\n"}],
            "build": {"shell": [f"touch dist-started-{title}; while [ ! -e {title}-go ]; do sleep 0.05; done"]},
            "git": {"commit": title},
            **more,
        }
        exclude = self.path / ".git" / "info" / "exclude"
        exclude.write_text(exclude.read_text() + "dist-started-*\n*-go\n")
        return self.write_task(f"{title}.json", task)

    def wait_started(self, title="wait"):
        wait_until((self.path / f"dist-started-{title}").exists, f"the gate of {title} to start")

    def release(self, title="wait"):
        (self.path / f"{title}-go").touch()


class EndToEndTest(unittest.TestCase):
    """A private user with a demo workspace in `self.workspace`."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="patchpanel-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.env = self.private_environment()
        self.workspace = Workspace(self.folder / "workspace", self.env)

    def private_environment(self):
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
            "LSAN_OPTIONS": os.environ.get("LSAN_OPTIONS", ""),
            "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", ""),
        }
        for name, folder in {
            "HOME": "home",
            "XDG_RUNTIME_DIR": "runtime",
            "XDG_STATE_HOME": "state",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
            "XDG_DATA_HOME": "data",
        }.items():
            path = self.folder / folder
            path.mkdir(mode=0o700)
            env[name] = str(path)
        return env

    def command(self, *arguments, env=None, cwd=None):
        """Runs the program to its end."""
        return subprocess.run(
            [str(PATCHPANEL), *map(str, arguments)], env=env or self.env, cwd=cwd or self.workspace.path,
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", timeout=90,
        )

    def run_task(self, task, *arguments, **more):
        return self.command(
            "--no-gui", "run", task, "--workspace", self.workspace.path, *arguments, **more
        )

    def start(self, *arguments, env=None, cwd=None, wrapper=()):
        """Runs the program in the background until it ends or the test does; `wrapper` is a command that runs it."""
        child = Child(arguments, env or self.env, cwd or self.workspace.path, wrapper)
        self.addCleanup(child.kill)
        return child

    def start_run(self, task, *arguments):
        return self.start("--no-gui", "run", task, "--workspace", self.workspace.path, *arguments)

    def assert_exit(self, code, done):
        """`done` is a CompletedProcess."""
        self.assertEqual(code, done.returncode, f"\nstdout:\n{done.stdout}\nstderr:\n{done.stderr}")

    def assert_lines_in_order(self, text, patterns):
        """Each pattern matches a whole line, in this order; other lines may stand between."""
        lines = text.splitlines()
        at = 0
        for pattern in patterns:
            found = next((i for i in range(at, len(lines)) if re.fullmatch(pattern, lines[i])), None)
            self.assertIsNotNone(found, f"no line {pattern!r} after line {at} of:\n{text}")
            at = found + 1


class ServedTest(EndToEndTest):
    """Talks to a runner that `serve` started, over HTTP."""

    def serve(self):
        """The child and the URL of its runner."""
        server = self.start("--no-gui", "serve", "--workspace", self.workspace.path,
                            "--registry-port", "0", "--runner-port", "0")
        registry = server.wait_for(r"live on (http://\S+)").group(1)
        server.wait_for(r"Runner microservice live")
        service = self.exchange(f"{registry}/v1/health/service/runner")[1][0]["Service"]
        return server, f"http://{service['Address']}:{service['Port']}"

    def token(self):
        return self.command("--no-gui", "token").stdout.strip()

    def exchange(self, url, body=None, **headers):
        """Status and JSON of the answer, also of a problem; a POST when there is a body."""
        request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode(), headers={
            "Authorization": f"Bearer {self.token()}", "Content-Type": "application/json", **headers})
        try:
            answer = urllib.request.urlopen(request, timeout=PATIENCE)
        except urllib.error.HTTPError as problem:
            answer = problem
        with answer:
            return answer.status, json.loads(answer.read())
