"""The translations hold every text of the window, and say in other words what it says."""

import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
LUPDATE = "/usr/lib/qt6/bin/lupdate"
PLACES = re.compile(r"%L?\d|%L?n")


def messages_of(path):
    """(context, source, forms, whether it is finished) of every message."""
    for context in ElementTree.parse(path).getroot().findall("context"):
        name = context.find("name").text
        for message in context.findall("message"):
            translation = message.find("translation")
            forms = [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]
            yield name, message.find("source").text, forms, translation.get("type") is None


def updated(name, *arguments):
    """The messages of a file as the sources of now would have them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copy(FOLDER / name, copy)
        # The path of the sources must look the same from there: lupdate writes no locations.
        subprocess.run([LUPDATE, "ui", "-I", ".", "-no-obsolete", "-locations", "none", *arguments, "-ts", copy], cwd=ROOT,
                       check=True, capture_output=True)
        return list(messages_of(copy))


class Translations(unittest.TestCase):
    def test_german_is_complete(self):
        messages = updated("patchpanel_de.ts")
        self.assertGreater(len(messages), 300)
        missing = [f"{context}: {source!r}" for context, source, forms, finished in messages
                   if not finished or not all(forms)]
        self.assertEqual([], missing, "run ./dev translate and translate what it marks as unfinished")

    def test_english_has_every_plural(self):
        messages = updated("patchpanel_en.ts", "-pluralonly")
        self.assertGreater(len(messages), 0)
        for context, source, forms, finished in messages:
            with self.subTest(source):
                self.assertTrue(finished and all(forms), "run ./dev translate and write both forms")
                self.assertEqual(2, len(forms))

    def test_nothing_is_left_over(self):
        for name, arguments in (("patchpanel_de.ts", ()), ("patchpanel_en.ts", ("-pluralonly",))):
            now = {(context, source) for context, source, _, _ in updated(name, *arguments)}
            kept = {(context, source) for context, source, _, _ in messages_of(FOLDER / name)}
            self.assertEqual(set(), kept - now, f"{name}: ./dev translate removes them")

    def test_places_for_values_are_the_same(self):
        for name in ("patchpanel_de.ts", "patchpanel_en.ts"):
            for _, source, forms, _ in messages_of(FOLDER / name):
                for form in forms:
                    with self.subTest(source):
                        self.assertEqual(sorted(PLACES.findall(source)), sorted(PLACES.findall(form)))

    def test_ends_and_marks_are_the_same(self):
        for _, source, forms, _ in messages_of(FOLDER / "patchpanel_de.ts"):
            with self.subTest(source):
                for form in forms:
                    self.assertEqual(source.count("\n"), form.count("\n"))
                    self.assertEqual(source[:1] == " ", form[:1] == " ")
                    self.assertEqual(source[-1:] == " ", form[-1:] == " ")
                    self.assertEqual(source.endswith("…"), form.endswith("…"))
                    self.assertEqual("&" in source, "&" in form, form)


if __name__ == "__main__":
    unittest.main()
