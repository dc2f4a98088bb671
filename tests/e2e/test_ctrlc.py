"""Ctrl+C during a run whose command does not want to end."""

import signal
import unittest

from support import EndToEndTest, wait_until


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class StubbornCommand(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.notes = self.folder / "notes"
        self.notes.mkdir()
        task = self.workspace.write_task(
            "stubborn.json",
            {
                "mutations": [
                    {"op": "create", "path": "made.txt", "contents": "made\n"},
                    {"op": "delete", "path": "README.md"},
                ],
                "build": {
                    "shell": [
                        f"trap '' TERM INT; setsid nohup sleep 300 >/dev/null 2>&1 & echo $! >{self.notes}/child; "
                        f"echo $$ >{self.notes}/command; touch {self.notes}/started; while :; do sleep 0.05; done"
                    ]
                },
            },
        )
        self.before = self.workspace.state()
        self.run_in_background = self.start_run(task)
        wait_until((self.notes / "started").exists, "the command to start")
        self.assertTrue((self.workspace.path / "made.txt").exists())

    def assert_taken_back(self):
        self.assertEqual(130, self.run_in_background.wait(), self.run_in_background.output)
        self.assertEqual(self.before, self.workspace.state())
        for name in ("command", "child"):
            pid = int((self.notes / name).read_text())
            wait_until(lambda pid=pid: not is_running(pid), f"the {name} to be gone")

    def test_once(self):
        self.run_in_background.process.send_signal(signal.SIGINT)
        self.assert_taken_back()

    def test_again_while_it_rolls_back(self):
        self.run_in_background.process.send_signal(signal.SIGINT)
        for _ in range(5):
            self.run_in_background.wait_for("(?i)cancel")
            self.run_in_background.process.send_signal(signal.SIGINT)
        self.assert_taken_back()


if __name__ == "__main__":
    unittest.main()
