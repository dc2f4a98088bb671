"""What the bench promises: it sees a result that differs, ends what takes too long, leaves nothing behind, and its own
diffs apply."""

import contextlib
import os
import signal
import stat
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

from cases.engine import applying, corpus, growth
from harness import scratch as scratches
from harness import server as servers
from harness.contest import Contestant, Side, contest
from harness.load import Request, drive
from harness.process import BenchFailure, OverLimit, isolated, measure
from harness.scratch import Skipped, scratch
from harness.server import cpu_of, serving, wait_until
from harness.table import against, bounded, compared, limited, outdone
from harness.trees import differences

MB = 10**6


def length_of_large_data(size):
    return len(bytearray(size))


class Folders(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.room = Path(holder.name)

    def pair(self):
        for name in ("ours", "peer"):
            folder = self.room / name / "inside"
            folder.mkdir(parents=True)
            (folder / "same").write_text("same")
        return self.room / "ours", self.room / "peer"


class Trees(Folders):
    def test_equal_trees_differ_in_nothing(self):
        ours, peer = self.pair()
        (ours / ".patchpanel").mkdir()
        self.assertEqual([], differences(ours, peer))

    def test_every_kind_of_difference_is_seen(self):
        changes = {
            "inside/same: other content": lambda ours: (ours / "inside" / "same").write_text("SAME"),
            "inside/more: only ours has it": lambda ours: (ours / "inside" / "more").touch(),
            "inside/same: only the peer has it": lambda ours: (ours / "inside" / "same").unlink(),
        }
        for said, change in changes.items():
            with self.subTest(said):
                self.setUp()
                ours, peer = self.pair()
                change(ours)
                self.assertEqual([said], differences(ours, peer))

    def test_permissions_count(self):
        ours, peer = self.pair()
        (ours / "inside" / "same").chmod(0o755)
        self.assertRegex(differences(ours, peer)[0], "inside/same: mode 100755")


class Processes(Folders):
    def test_a_process_over_its_limit_is_ended(self):
        with self.assertRaises(OverLimit):
            measure(["sh", "-c", "echo $$ > pid; sleep 60 & wait"], self.room, limit=0.5)
        pid = int((self.room / "pid").read_text())
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_an_error_status_is_told_with_its_text(self):
        with self.assertRaisesRegex(BenchFailure, "ended with 3: no luck"):
            measure(["sh", "-c", "echo no luck >&2; exit 3"], self.room)

    def test_work_is_counted(self):
        busy = "x = bytearray(80_000_000)\nfor i in range(3_000_000): pass"
        used = measure([sys.executable, "-c", busy], self.room)
        self.assertGreater(used.cpu_ms, 20)
        self.assertGreaterEqual(used.wall_ms, used.cpu_ms * 0.9)
        self.assertTrue(80 < used.peak_mb < 160, used.peak_mb)

    def test_large_data_made_apart_is_not_counted_for_the_next_process(self):
        self.assertEqual(200 * MB, isolated(length_of_large_data, 200 * MB))
        self.assertLess(measure(["true"], self.room).peak_mb, 100)


class Servers(Folders):
    def serving(self, script):
        """A Python program that says "ready" and then does as `script` says."""
        start = "import os, signal, time\nprint('ready', flush=True)\n"
        return serving([sys.executable, "-c", start + script], self.room, self.room / "log")

    def test_cpu_time_and_memory_are_counted_once_the_work_is_done(self):
        busy = "x = bytearray(80_000_000)\nfor i in range(3_000_000): pass\ndel x\nprint('done', flush=True)\n"
        with self.serving(busy + "signal.pause()") as server:
            server.wait_for("^ready$")
            used = cpu_of([server])
            self.assertRegex(server.log.read_text(), "done")
            self.assertGreater(used, 0.02)
            self.assertEqual(used, cpu_of([server]))
            self.assertTrue(80 < server.peak_mb() < 160, server.peak_mb())
            self.assertLess(server.resident_mb(), server.peak_mb() - 60)

    def test_children_that_were_waited_for_count(self):
        with self.serving("os.system('i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done')\nsignal.pause()") as server:
            server.wait_for("^ready$")
            wait_until(lambda: server.cpu_seconds() > 0.05, "the child to count")

    def test_output_that_is_forgotten_does_not_come_back(self):
        script = "signal.signal(signal.SIGUSR1, lambda *_: print('again', flush=True))\nprint('set', flush=True)\n"
        with self.serving(script + "while True: signal.pause()") as server:
            server.wait_for("^set$")
            server.forget_output()
            server.process.send_signal(signal.SIGUSR1)
            server.wait_for("^again$")
            self.assertEqual("again\n", server.log.read_text())

    def test_one_that_ends_too_early_is_told_with_its_text(self):
        with self.assertRaisesRegex(BenchFailure, r"ended \(3\): ready\nno luck"):
            with self.serving("print('no luck', flush=True)\nos._exit(3)") as server:
                server.wait_for("^listening$")

    def test_one_that_is_never_ready_is_given_up_and_stopped(self):
        with mock.patch.object(servers.wait_until, "__defaults__", (0.3,)):
            with self.assertRaisesRegex(BenchFailure, r"in vain: '\^listening\$' from"):
                with self.serving("signal.pause()") as server:
                    server.wait_for("^listening$")
        self.assertEqual(-signal.SIGTERM, server.process.returncode)

    def test_one_that_ignores_sigterm_is_killed(self):
        with mock.patch.object(servers, "PATIENCE", 0.3):
            ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('set', flush=True)\nsignal.pause()"
            with self.serving(ignoring) as server:
                server.wait_for("^set$")
        self.assertEqual(-signal.SIGKILL, server.process.returncode)


class Listener(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # wrk leaves in the middle of an answer


class Loads(unittest.TestCase):
    @contextlib.contextmanager
    def answering(self, status=200, body=b'{"status": "noop"}'):
        """A server that answers everything with this; yields its URL and the requests that it got."""
        got = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                got.append((self.command, self.path, sent.decode(), self.headers.get("X-Key")))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        with Listener(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}", got
            finally:
                server.shutdown()
                thread.join()

    def test_every_request_is_as_asked_and_counted(self):
        with self.answering() as (url, got):
            request = Request(f"{url}/run?now", "POST", '{"file": "a b"}', ("X-Key: k: 1",))
            for expected in ("", '"status": "noop"'):
                with self.subTest(expected):
                    got.clear()
                    answered = drive(request, connections=3, seconds=1, expected=expected)
                    self.assertEqual({("POST", "/run?now", '{"file": "a b"}', "k: 1")}, set(got))
                    self.assertTrue(0 < answered.requests <= len(got) <= answered.requests + 3, (answered, len(got)))
                    self.assertTrue(0.9 < answered.seconds < 5, answered)

    def test_an_error_status_fails(self):
        with self.answering(status=503) as (url, _), self.assertRaisesRegex(BenchFailure, "errors of status [1-9]"):
            drive(Request(url + "/"), connections=2, seconds=1)

    def test_another_answer_than_expected_fails(self):
        for status, body in ((200, b'{"status":\n"failed"}\\'), (204, b"")):
            with self.subTest(status), self.answering(status, body) as (url, _):
                with self.assertRaises(BenchFailure) as failure:
                    drive(Request(url + "/"), connections=2, seconds=1, expected="noop")
                self.assertEqual(f"GET {url}/: {status} {body.decode()}", str(failure.exception))

    def test_nobody_listens(self):
        with self.answering() as (url, _):
            pass
        with self.assertRaisesRegex(BenchFailure, "unable to connect"):
            drive(Request(url + "/"), connections=1, seconds=1)

    def test_without_wrk_it_is_skipped(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"), self.assertRaisesRegex(Skipped, "wrk is missing"):
            drive(Request("http://127.0.0.1:1/"), connections=1, seconds=1)

    def test_one_request_by_itself(self):
        with self.answering() as (url, got):
            self.assertEqual({"status": "noop"}, Request(f"{url}/a?b", "POST", "{}", ("X-Key: 1",)).ask())
            self.assertEqual([("POST", "/a?b", "{}", "1")], got)
        with self.answering(status=404, body=b"none") as (url, _), self.assertRaisesRegex(BenchFailure, "404 none"):
            Request(url + "/").ask()


class Scratch(Folders):
    def test_folder_goes_after_an_error(self):
        with self.assertRaises(ZeroDivisionError), scratch(needed=MB) as folder:
            (folder / "file").touch()
            self.assertEqual(0, 1 / 0)
        self.assertFalse(folder.exists())

    def test_too_little_space_skips(self):
        with self.assertRaisesRegex(Skipped, "are needed"), scratch(needed=10**18):
            self.fail("there cannot be so much")

    def test_what_a_killed_bench_left_goes_and_what_is_in_use_stays(self):
        (self.room / (scratches.PREFIX + "left")).mkdir()
        used = self.room / (scratches.PREFIX + "used")
        used.mkdir()
        lock = scratches.lock_folder(used)
        self.addCleanup(os.close, lock)
        with mock.patch.multiple(scratches, MEMORY=self.room, DISK=self.room):
            scratches.remove_leftovers()
        self.assertEqual([used], list(self.room.iterdir()))


class Contests(Folders):
    @staticmethod
    def writer(name, text):
        return Side(name, lambda folder: ["sh", "-c", f"echo {text} > made"])

    def test_equal_results_give_a_sample_for_every_round(self):
        (self.room / "source").mkdir()
        sides = [self.writer("ours", "same"), self.writer("peer", "same")]
        contest(sides, self.room / "source", self.room, rounds=3)
        self.assertEqual([3, 3], [len(side.samples) for side in sides])
        self.assertEqual(["source"], os.listdir(self.room))

    def test_other_results_fail(self):
        (self.room / "source").mkdir()
        with self.assertRaisesRegex(BenchFailure, "made: other content"):
            contest([self.writer("ours", "a"), self.writer("peer", "b")], self.room / "source", self.room, rounds=1)

    def test_a_side_over_its_limit_meets_no_goal(self):
        (self.room / "source").mkdir()
        slow = Side("ours", lambda folder: ["sleep", "60"], limit=0.2)
        peer = self.writer("peer", "done")
        contest([slow, peer], self.room / "source", self.room, rounds=2)
        row = compared("case", slow, peer, "wall_ms", goal=0.5)
        self.assertEqual(["over the limit of 0 s", "-", "not met"], [row[1], row[3], row[5]])


class Table(unittest.TestCase):
    def test_goals(self):
        self.assertEqual(["case", "3.00", "2.00", "1.50", "≤ 1.5 ×", "met"], against("case", 3.0, 2.0, 1.5))
        self.assertEqual(["case", "3.00", "2.00", "1.50", "≤ 1.4 ×", "not met"], against("case", 3.0, 2.0, 1.4))
        self.assertEqual(["case", "101", "-", "-", "≤ 100", "not met"], bounded("case", 101.0, 100))
        self.assertEqual(["case", "101", "-", "-", "-", "-"], bounded("case", 101.0))

    def test_goals_against_a_peer(self):
        ours, peer = Contestant("ours"), Contestant("peer")
        ours.samples = [mock.Mock(rate=value) for value in (40.0, 30.0, 80.0)]
        peer.samples = [mock.Mock(rate=value) for value in (10.0, 10.0, 10.0)]
        for judge, goal, told, met in (
            (outdone, 4, "≥ 4 ×", "met"), (outdone, 4.5, "≥ 4.5 ×", "not met"),
            (limited, 40, "≤ 40", "met"), (limited, 39.5, "≤ 39.5", "not met"),
        ):
            with self.subTest(told):
                self.assertEqual(["case", "40.0", "10.0", "4.00", told, met], judge("case", ours, peer, "rate", goal))


class Cases(Folders):
    """The engine's cases in small: ours and git's results are the same, also at an offset and for many hunks."""

    def test_many_files_at_their_places_and_shifted(self):
        source, shifted, patch = self.room / "source", self.room / "shifted", self.room / "diff.patch"
        load = applying.Workload("small", files=30, length=200, hunks=5, rounds=1, goal=1.0)
        corpus.make_files(source, patch, load.files, load.length, load.hunks, shifted)
        self.assertEqual(30, sum(stat.S_ISREG(path.stat().st_mode) for path in source.rglob("*.cpp")))
        for folder in (source, shifted):
            rows = list(applying.applied("small", load, folder, patch, self.room, ("µs/file", 1000 / load.files)))
            self.assertEqual("≤ 1 ×", rows[0][4])
        rows = list(applying.planned("small", load, source, patch, ("µs/file", 1000 / load.files)))
        self.assertEqual(2, len(rows))

    def test_growing_files(self):
        for make, amount in ((corpus.make_hunks, 500), (corpus.make_big_file, 20 * MB)):
            with self.subTest(make.__name__):
                step = growth.Step(self.room, make, amount, with_peer=True)
                self.assertGreater(step.memory, 0)
                self.assertEqual(1, len(step.git.samples))


if __name__ == "__main__":
    unittest.main()
