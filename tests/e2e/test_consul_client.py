"""The registry of `serve`, used through the client library `consul` of npm.

The library comes from npm's registry, in the versions and with the checksums of package-lock.json, into the build
folder: a second run needs no network. Without npm, or when its registry cannot be reached, the test fails and says so.
"""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from registrytest import RegistryTest
from support import PATIENCE

SOURCE = Path(__file__).resolve().parent / "consul"
CACHE = Path(os.environ["CONSUL_CLIENT"])
STEPS = ("register", "pass", "read", "warn", "fail", "maintenance", "deregister", "unknown")


def is_installed():
    """Whether what is there came from the lock file as it is now; it is copied last."""
    lock = CACHE / "installed-package-lock.json"
    return lock.exists() and lock.read_bytes() == (SOURCE / "package-lock.json").read_bytes()


def install():
    if is_installed():
        return
    for tool in ("npm", "node"):
        if not shutil.which(tool):
            raise AssertionError(f"{tool} is missing: apt-get install npm, or run the tests with ./dev test")
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, CACHE)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-timeout=20000", "--fetch-retries=1",
         f"--cache={CACHE / 'npm-cache'}"],
        cwd=CACHE, env={**os.environ, "npm_config_update_notifier": "false"}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=150,
    )
    if done.returncode != 0:
        raise AssertionError(
            f"npm could not install the client library `consul` into {CACHE}. It needs npm's registry, once:\n"
            f"{done.stdout}{done.stderr}"
        )
    shutil.copy(SOURCE / "package-lock.json", CACHE / "installed-package-lock.json")


class ConsulClient(RegistryTest):
    def test_one_life_of_a_service(self):
        install()
        self.serve()
        done = subprocess.run(
            ["node", str(SOURCE / "client.js"), self.host, str(self.port), self.token],
            env={**self.env, "NODE_PATH": str(CACHE / "node_modules"), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=4 * PATIENCE,
        )
        self.assertEqual(0, done.returncode, f"{done.stdout}{done.stderr}")
        self.assertEqual([f"ok {step}" for step in STEPS], done.stdout.splitlines())


if __name__ == "__main__":
    unittest.main()
