"""Ctrl+C during a run whose command does not want to end."""

import random
import signal
import unittest

from support import EndToEndTest, sleepers, wait_until


class StubbornCommand(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.seconds = random.randrange(10**6, 10**7)
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
                        f"trap '' TERM INT; setsid nohup sleep {self.seconds} >/dev/null 2>&1 & "
                        f"touch {self.notes}/started; while :; do sleep {self.seconds}; done"
                    ]
                },
            },
        )
        self.before = self.workspace.state()
        self.run_in_background = self.start_run(task)
        wait_until((self.notes / "started").exists, "the command to start")
        wait_until(lambda: len(sleepers(self.seconds)) == 2, "the command and its child to sleep")
        self.assertTrue((self.workspace.path / "made.txt").exists())

    def assert_taken_back(self):
        self.assertEqual(130, self.run_in_background.wait(), self.run_in_background.output)
        self.assertEqual(self.before, self.workspace.state())
        wait_until(lambda: not sleepers(self.seconds), "the command and its child to be gone")

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
