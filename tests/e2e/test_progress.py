"""What `run` shows on a terminal while it goes on: one line below the log, which leaves nothing behind."""

import os
import pty
import re
import subprocess
import unittest

from support import PATCHPANEL, EndToEndTest

ERASE = "\x1b[K"
STATUS = re.compile(r"\r(?:\x1b\[2m)?((?:Waiting|Pre-checks|Mutations|Build|Validate|Test|Commit) \d+\.\d s · \S[^\x1b]*)")


def screen(text):
    """The lines that a terminal shows in the end."""
    lines = [""]
    column = 0
    for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            lines.append("")
            column = 0
        elif part == ERASE:
            lines[-1] = lines[-1][:column]
        elif not part.startswith("\x1b"):
            lines[-1] = lines[-1][:column] + part + lines[-1][column + len(part):]
            column += len(part)
    return lines


def terminal_output(arguments, env, cwd):
    """The exit code of the program and what it writes to its terminal."""
    controller, terminal = pty.openpty()
    child = subprocess.Popen(
        [str(PATCHPANEL), *map(str, arguments)], env={"TERM": "xterm", **env}, cwd=cwd,
        stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal,
    )
    os.close(terminal)
    output = b""
    try:
        while chunk := os.read(controller, 65536):
            output += chunk
    except OSError:
        pass  # EIO: nobody has the terminal open any more
    os.close(controller)
    return child.wait(), output.decode().replace("\r\n", "\n")


class Progress(EndToEndTest):
    def on_terminal(self, *arguments, **env):
        return terminal_output(arguments, {**self.env, **env}, self.workspace.path)

    def slow_task(self, name="slow.json"):
        return self.workspace.write_task(name, {
            "mutations": [{"op": "create", "path": name + ".txt", "contents": "made\n"}],
            "build": {"shell": ["echo begun; sleep 1; echo done"]},
        })

    def test_step_and_time_are_shown_and_leave_nothing(self):
        code, output = self.on_terminal("run", self.slow_task())
        self.assertEqual(0, code, output)
        shown = STATUS.findall(output)
        self.assertTrue([line for line in shown if line.startswith("Build ") and "slow.json" in line], shown)
        self.assertGreater(len(set(shown)), 3)
        lines = screen(output)
        self.assertEqual([], [line for line in lines if " s · " in line])
        self.assertEqual(["[BUILD] begun", "[BUILD] done"], [line for line in lines if re.fullmatch(r"\[BUILD\] (begun|done)", line)])

    def test_several_tasks_are_counted(self):
        code, output = self.on_terminal("run", self.slow_task("one.json"), self.slow_task("two.json"), "--color", "never")
        self.assertEqual(0, code, output)
        self.assertIn("two.json (2 of 2)", output)
        self.assertNotIn("\x1b[2m", output)

    def test_long_names_stay_in_one_row(self):
        code, output = self.on_terminal("run", self.slow_task("n" * 120 + ".json"))
        self.assertEqual(0, code, output)
        self.assertEqual({79}, {len(line) for line in STATUS.findall(output) if line.startswith("Build")})

    def test_nothing_is_shown_where_it_cannot_be_or_is_not_wanted(self):
        for arguments, env in ((["--quiet"], {}), (["--events"], {}), (["--keep-going"], {"TERM": "dumb"})):
            with self.subTest(arguments=arguments, env=env):
                task = self.slow_task(arguments[0].strip("-") + ".json")
                code, output = self.on_terminal("run", task, *arguments, **env)
                self.assertEqual(0, code, output)
                self.assertNotIn(ERASE, output)
        self.assertNotIn("\r", self.run_task(self.slow_task()).stdout)


if __name__ == "__main__":
    unittest.main()
