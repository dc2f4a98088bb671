"""The cases of the services in small: both sides answer what is expected, and a side that does not fails its case."""

import contextlib
import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from cases.services import blocked
from cases.services.overhttp import contenders, contest_under_load, registry_pair, runner_pair
from cases.services.peers import PACKAGES, SOURCE, npmpackages
from cases.services.relayed import CommandLine, ExpressRelay
from cases.services.workspace import CHANGE
from harness.load import JSON, Request
from harness.process import BenchFailure


class Cases(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.ours, self.peers, self.workspace = stack.enter_context(contenders())

    def test_both_sides_answer_under_load(self):
        for pair in (runner_pair, registry_pair):
            with self.subTest(pair.__name__):
                services = pair(self.ours, self.peers)
                contest_under_load(services, connections=2, rounds=1, seconds=1)
                for service in services:
                    self.assertEqual(1, len(service.samples))
                    sample = service.samples[0]
                    self.assertGreater(sample.rate, 0)
                    self.assertTrue(0 < sample.cpu_us < 2e6 / sample.rate * os.cpu_count(), vars(sample))
                    self.assertTrue(5 < sample.resident_mb <= service.peak_mb(), vars(sample))

    def test_relayed_runs(self):
        ours, peer = CommandLine(self.ours, self.workspace), ExpressRelay(self.peers)
        ours.run(few=1, many=40)
        peer.serve(connections=1, seconds=1)
        for side in (ours, peer):
            self.assertGreater(side.samples[0].cpu_ms, 0)
            self.assertGreater(side.samples[0].wall_ms, 0)

    def test_a_task_that_is_not_there_yet_fails_on_both_sides(self):
        settings = self.workspace / "settings.conf"
        settings.write_text(CHANGE["mutations"][1]["find"])
        ours, peer = runner_pair(self.ours, self.peers)
        with self.assertRaisesRegex(BenchFailure, '200 .*"status":"failed"'):
            peer.serve(connections=1, seconds=1)
        with self.assertRaisesRegex(BenchFailure, "200 .*"):
            ours.serve(connections=1, seconds=1)
        settings.write_text("neither\n")
        with self.assertRaisesRegex(BenchFailure, "ended with|of 2 runs say"):
            CommandLine(self.ours, self.workspace).run(few=2, many=3)

    def test_requests_without_the_token_fail(self):
        with self.assertRaisesRegex(BenchFailure, "401"):
            Request(f"{self.ours.runner}/run-patch", "POST", "{}", JSON).ask()

    def test_the_peers_refuse_what_they_should(self):
        url = f"{self.peers.runner.url}/run-patch"
        with self.assertRaisesRegex(BenchFailure, "403 .*outside the workspace"):
            Request(url, "POST", json.dumps({"file": "../peers.json"}), JSON).ask()
        with self.assertRaisesRegex(BenchFailure, "400 "):
            Request(url, "POST", "{", JSON).ask()
        self.assertEqual([], Request(f"{self.peers.registry.url}/v1/health/service/nobody?passing").ask())

    def test_blocked_queries_are_counted(self):
        with contextlib.ExitStack() as connections:
            before = blocked.blocked(self.ours)
            self.assertLess(blocked.growth(self.ours, 20, connections), 20)
            self.assertGreaterEqual(blocked.blocked(self.ours), before + 20)


class Packages(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name) / "packages"

    def test_what_is_there_needs_nothing(self):
        npmpackages.install(SOURCE, PACKAGES)
        with mock.patch.dict(os.environ, PATH="/nowhere"):
            npmpackages.install(SOURCE, PACKAGES)

    def test_without_npm_it_says_what_to_install(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"), self.assertRaisesRegex(npmpackages.NotInstalled, "apt-get install npm"):
            npmpackages.install(SOURCE, self.folder)

    def test_a_registry_that_cannot_be_reached(self):
        nowhere = {"npm_config_registry": "http://127.0.0.1:1/", "npm_config_fetch_retry_mintimeout": "10"}
        with mock.patch.dict(npmpackages.USER, nowhere), self.assertRaisesRegex(npmpackages.NotInstalled, "needs npm's registry"):
            npmpackages.install(SOURCE, self.folder)
        self.assertFalse(npmpackages.is_installed(SOURCE, self.folder))

    def test_one_that_takes_too_long_is_given_up(self):
        with mock.patch.object(npmpackages, "PATIENCE", 0.01), self.assertRaisesRegex(npmpackages.NotInstalled, "within 0.01 s"):
            npmpackages.install(SOURCE, self.folder)


if __name__ == "__main__":
    unittest.main()
