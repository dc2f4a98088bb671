"""The registry of `serve`, used through the client library `consul` of npm.

The library comes from npm's registry, in the versions and with the checksums of package-lock.json, into the build
folder: a second run needs no network. Without npm, or when its registry cannot be reached, the test fails and says so.
"""

import os
import subprocess
import unittest
from pathlib import Path

from registrytest import RegistryTest
from support import PATIENCE  # and the way to the next one
from npmpackages import install

SOURCE = Path(__file__).resolve().parent / "consul"
CACHE = Path(os.environ["CONSUL_CLIENT"])
STEPS = ("register", "pass", "read", "warn", "fail", "maintenance", "deregister", "unknown")


class ConsulClient(RegistryTest):
    def test_one_life_of_a_service(self):
        install(SOURCE, CACHE)
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
