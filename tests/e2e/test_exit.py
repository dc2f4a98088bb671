"""The end of the process, with threads that are not quite at theirs."""

import json
import os
import unittest

from support import EndToEndTest


class Exit(EndToEndTest):
    def test_threads_that_end_late(self):
        late = {**self.env, "LD_PRELOAD": os.environ["SLOW_THREAD_END"]}
        for command in ("run", "plan"):
            with self.subTest(command):
                done = self.command("--no-gui", command, "tasks/greeting.patch", "--json", env=late)
                self.assert_exit(0, done)
                self.assertIn(json.loads(done.stdout)["status"], ("ok", "noop"))


if __name__ == "__main__":
    unittest.main()
