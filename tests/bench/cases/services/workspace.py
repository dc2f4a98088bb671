"""A small git repository with a task whose change is there already."""

import json

from harness.repository import make_repository

TASK = "tasks/noop.json"
SETTINGS = "".join(f"setting{number} = value {number}\n" for number in range(40))
CHANGE = {
    "title": "a change that is there already",
    "mutations": [
        {"op": "create", "path": "greeting.txt", "contents": "hello\n"},
        {"op": "replace", "path": "settings.conf", "find": "colour = red\n", "replace": "colour = blue\n"},
    ],
}


def make_workspace(folder):
    """Makes `folder`; TASK in it changes nothing any more."""
    (folder / "tasks").mkdir(parents=True)
    (folder / TASK).write_text(json.dumps(CHANGE, indent=2))
    (folder / "greeting.txt").write_text("hello\n")
    (folder / "settings.conf").write_text(SETTINGS + "colour = blue\n")
    make_repository(folder)
