"""What no compiler checks: sample tasks, schema, lengths of files, commands that the documents name."""

import json
import re
import subprocess
import unittest
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 1000
SAMPLES = sorted((ROOT / "tasks").glob("*.json"))
NATIVE_SAMPLES = ("test.json", "failing-gate.json", "operations.json", "verify.json")
# Read, but not proposed: the schema has one spelling of each thing.
SYNONYMS = {
    "type", "action", "file", "content", "replacement", "insertAfter", "insertBefore", "insertAt", "newPath", "reason",
    "_comment", "command", "commands", "cmd", "message", "commitMessage", "patch", "target_file",
}
OTHER_DIALECTS = {
    "blockId", "preMutationValidation", "preMutation", "preMutationBuild", "preflight", "preCommit", "postMutationBuild",
    "testing", "final", "summaryFile", "execution", "autoReleaseTimeoutMs", "validation", "options", "dryRun", "patchAs",
}


def project_files():
    """Every text file of the project: what is neither built nor git's."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if path.is_file() and inside[0] not in ("build", ".git", ".cache") and path.suffix not in (".png",):
            yield path


def load_strictly(path):
    """Reads JSON, refusing what Python's reader lets pass: duplicate keys and NaN."""

    def no_duplicates(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"{path}: duplicate key in {keys}"
        return dict(pairs)

    def no_constants(name):
        raise ValueError(f"{path}: {name} is not JSON")

    return json.loads(path.read_text("utf-8"), object_pairs_hook=no_duplicates, parse_constant=no_constants)


class Samples(unittest.TestCase):
    def test_there_is_one_of_each_kind(self):
        names = {path.name for path in (ROOT / "tasks").iterdir() if path.is_file()}
        self.assertEqual(
            names,
            {"test.json", "greeting.patch", "regex.json", "failing-gate.json", "block.json", "envelope.json",
             "operational.json", "operations.json", "text-patch.json", "verify.json", "clock.patch"},
        )

    def test_json_samples_are_strict_json(self):
        for path in SAMPLES:
            with self.subTest(path.name):
                self.assertIsInstance(load_strictly(path), dict)

    def test_native_samples_fit_the_schema(self):
        validator = self.validator()
        for name in NATIVE_SAMPLES:
            with self.subTest(name):
                self.assertEqual([], self.problems(validator, load_strictly(ROOT / "tasks" / name)))

    def test_other_samples_do_not(self):
        validator = self.validator()
        others = [path for path in SAMPLES if path.name not in NATIVE_SAMPLES]
        self.assertEqual(5, len(others))
        for path in others:
            with self.subTest(path.name):
                self.assertNotEqual([], self.problems(validator, load_strictly(path)))

    def test_every_form_of_every_operation_fits_the_schema(self):
        validator = self.validator()
        for mutation in (
            {"op": "create", "path": "a", "contents": "", "mode": "0644", "purpose": "p", "comment": "c"},
            {"op": "add", "path": "a", "contentsBase64": "AP8="},
            {"op": "update", "path": "a", "contentsFrom": "data/a.bin"},
            {"path": "a", "contents": "x"},
            {"path": "/their/root/a", "contentsFrom": "a"},
            {"op": "replace", "path": "a", "find": "x", "replace": "", "count": 0, "expectMatches": 2},
            {"op": "replace", "path": "a", "pattern": "x(y)", "replace": "$1", "flags": "imsxu"},
            {"op": "insert", "path": "a", "contents": "x", "after": "y", "occurrence": "last", "fallback": "append"},
            {"op": "insert", "path": "a", "contents": "x", "before": "y", "occurrence": 2},
            {"op": "insert", "path": "a", "contentsFrom": "b", "at": "end"},
            {"op": "insert", "path": "a", "contents": "x", "at": 3},
            {"op": "diff", "diff": "--- a/x\n+++ b/x\n"},
            {"op": "patch", "path": "x", "diff": "@@ -1 +1 @@\n"},
            {"op": "move", "from": "a", "to": "b", "overwrite": True},
            {"op": "copy", "from": "a", "to": "b"},
            {"op": "delete", "path": "a"},
            {"op": "chmod", "path": "a", "mode": "755"},
        ):
            with self.subTest(mutation):
                self.assertEqual([], self.problems(validator, {"mutations": [mutation]}))

    def test_every_form_of_commands_fits_the_schema(self):
        validator = self.validator()
        command = {"run": "x", "timeoutMs": 1, "cwd": "tools", "env": {"CI": "1"}, "network": False}
        for gates in ("x", ["x", command], {"shell": "x"}, {"shell": ["x", command], "timeoutMs": 5}):
            for phase in ("pre", "build", "validate", "test"):
                with self.subTest(phase=phase, gates=gates):
                    self.assertEqual([], self.problems(validator, {phase: gates}))
        self.assertEqual([], self.problems(validator, {"validate": {"strictRuntimeAudit": True}}))

    def test_every_key_that_the_readers_know_is_in_the_schema(self):
        known = set()
        for name in ("mutationreader.h", "mutationreader.cpp", "taskdocument.cpp", "taskgatereader.cpp"):
            source = (ROOT / "services" / "patch" / name).read_text("utf-8")
            asked = r"(?:(?:text|texts|bytes|boolean|integer|take|readPath)\(|const char \*key : )\{([^}]*)\}"
            for keys in re.findall(asked, source):
                known |= set(re.findall(r'"([^"]+)"', keys))
            known |= set(re.findall(r'(?:GateKey|FlagName)\{"(\w+)"', source))
        self.assertLessEqual({"mutations", "contentsFrom", "timeoutMs", "requireMutationProof", "pre"}, known)
        in_schema = set()

        def collect(node):
            if isinstance(node, dict):
                in_schema.update(node.get("properties", {}))
                for value in node.values():
                    collect(value)
            elif isinstance(node, list):
                for value in node:
                    collect(value)

        collect(load_strictly(ROOT / "resources" / "patch-task.schema.json"))
        self.assertEqual(set(), known - in_schema - SYNONYMS - OTHER_DIALECTS)
        self.assertEqual(set(), (SYNONYMS | OTHER_DIALECTS) - known, "no longer read, so not to be listed here")
        self.assertEqual(set(), in_schema & (SYNONYMS | OTHER_DIALECTS))

    def test_schema_refuses_what_the_format_refuses(self):
        validator = self.validator()
        wrong = {
            "unknown operation": {"mutations": [{"op": "teleport", "path": "a"}]},
            "write without contents": {"mutations": [{"op": "create", "path": "a"}]},
            "path that climbs out": {"mutations": [{"op": "delete", "path": "../a"}]},
            "find and pattern at once": {
                "mutations": [{"op": "replace", "path": "a", "find": "b", "pattern": "b", "replace": "c"}]
            },
            "setuid": {"mutations": [{"op": "chmod", "path": "a", "mode": "4755"}]},
            "misspelt key": {"mutatoins": []},
            "misspelt key beside mutations": {"mutations": [], "valdiate": []},
            "no task": {"title": "x"},
            "schema version": {"schemaVersion": 2, "mutations": []},
            "mutations that are no list": {"mutations": {}},
            "contents twice": {"mutations": [{"path": "a", "contents": "", "contentsFrom": "b"}]},
            "contents that are no Base64": {"mutations": [{"path": "a", "contentsBase64": "***"}]},
            "contents from a folder above": {"mutations": [{"path": "a", "contentsFrom": "../b"}]},
            "path into the repository": {"mutations": [{"op": "delete", "path": "a/.GIT/config"}]},
            "path of a folder": {"mutations": [{"op": "delete", "path": "a/"}]},
            "empty path": {"mutations": [{"op": "delete", "path": ""}]},
            "mode as a number": {"mutations": [{"op": "chmod", "path": "a", "mode": 493}]},
            "chmod without a mode": {"mutations": [{"op": "chmod", "path": "a"}]},
            "nothing to find": {"mutations": [{"op": "replace", "path": "a", "find": "", "replace": "c"}]},
            "unknown flag": {"mutations": [{"op": "replace", "path": "a", "pattern": "b", "replace": "", "flags": "g"}]},
            "two anchors": {"mutations": [{"op": "insert", "path": "a", "contents": "b", "after": "c", "at": 1}]},
            "no anchor": {"mutations": [{"op": "insert", "path": "a", "contents": "b"}]},
            "line 0": {"mutations": [{"op": "insert", "path": "a", "contents": "b", "at": 0}]},
            "move without a target": {"mutations": [{"op": "move", "from": "a"}]},
            "empty command": {"pre": [" "]},
            "command without run": {"pre": [{"timeoutMs": 1}]},
            "time-out of 0": {"pre": [{"run": "x", "timeoutMs": 0}]},
            "service without an address": {"mutations": [], "services": [{"name": "x"}]},
            "flag that is a text": {"mutations": [], "requireMutationProof": "yes"},
        }
        for name, task in wrong.items():
            with self.subTest(name):
                self.assertNotEqual([], self.problems(validator, task))

    @staticmethod
    def validator():
        schema = load_strictly(ROOT / "resources" / "patch-task.schema.json")
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    @staticmethod
    def problems(validator, task):
        return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(task)]


class Files(unittest.TestCase):
    def test_no_file_is_too_long(self):
        long = {}
        for path in project_files():
            lines = path.read_bytes().count(b"\n")
            written_by_tools = path.suffix == ".ts" or path.name == "package-lock.json"  # lupdate, npm
            if lines > MAX_LINES and not written_by_tools:
                long[str(path.relative_to(ROOT))] = lines
        self.assertEqual({}, long)

    def test_every_header_guards_itself(self):
        headers = [path for path in project_files() if path.suffix == ".h"]
        self.assertGreater(len(headers), 20)
        without = [str(path) for path in headers if not path.read_text("utf-8").startswith("#pragma once\n")]
        self.assertEqual([], without)

    def test_desktop_entry_is_valid(self):
        entries = list((ROOT / "resources").rglob("*.desktop"))
        self.assertEqual(1, len(entries))
        done = subprocess.run(["desktop-file-validate", entries[0]], capture_output=True, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr))


class Documents(unittest.TestCase):
    def test_every_dev_verb_that_is_named_exists(self):
        known = subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True).stdout
        verbs = set(re.findall(r"^  (\w+)", known, re.MULTILINE))
        self.assertIn("run", verbs)
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
            named = set(re.findall(r"\./dev (\w+)", (ROOT / name).read_text("utf-8")))
            self.assertLessEqual(named, verbs, name)

    def test_dev_refuses_a_verb_it_does_not_have(self):
        done = subprocess.run([ROOT / "dev", "fly"], capture_output=True, text=True)
        self.assertEqual(64, done.returncode)
        self.assertIn('no verb "fly"', done.stderr)

    def test_every_file_that_is_linked_exists(self):
        for name in ("README.md", "CONTRIBUTING.md"):
            links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text("utf-8"))
            missing = [link for link in links if not (ROOT / link).exists()]
            self.assertEqual([], missing, name)

    def test_samples_that_are_named_exist(self):
        for name in ("README.md", "CONTRIBUTING.md", "resources/patchpanel.1.in"):
            named = set(re.findall(r"tasks/[\w-]+\.(?:json|patch)\b", (ROOT / name).read_text("utf-8")))
            missing = [task for task in named if not (ROOT / task).exists()]
            self.assertEqual([], missing, name)


if __name__ == "__main__":
    unittest.main()
