"""The translations hold every text of the window, and say in other words what it says."""

import importlib.util
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
SERVICE_TEXTS = FOLDER / "servicetexts.py"
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


class ServiceTexts(unittest.TestCase):
    """What the window knows of what the services say."""

    def test_table_is_what_the_sources_say(self):
        done = subprocess.run(["/usr/bin/python3", "-B", SERVICE_TEXTS, "--check"], capture_output=True, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr))

    def test_every_text_is_in_the_german_translation(self):
        table = (ROOT / "ui" / "models" / "servicetemplates.cpp").read_text("utf-8")
        count = len(re.findall(r'^    QT_TRANSLATE_NOOP\("PatchPanel::Services", ', table, re.MULTILINE))
        german = [forms for context, _, forms, _ in messages_of(FOLDER / "patchpanel_de.ts")
                  if context == "PatchPanel::Services"]
        self.assertGreater(count, 500)
        self.assertEqual(count, len(german))

    def test_german_says_it_in_german(self):
        same = [source for context, source, forms, _ in messages_of(FOLDER / "patchpanel_de.ts")
                if context == "PatchPanel::Services" and source in forms]
        self.assertEqual([], same)
        english = re.compile(r"\b(?:the|is|are|of|and|with|cannot|could|it|has|expected|found)\b")
        for context, _, forms, _ in messages_of(FOLDER / "patchpanel_de.ts"):
            if context == "PatchPanel::Services":
                self.assertIsNone(english.search(forms[0]), forms[0])

    def test_a_new_message_is_found(self):
        script = importlib.util.module_from_spec(importlib.util.spec_from_file_location("servicetexts", SERVICE_TEXTS))
        script.__spec__.loader.exec_module(script)
        source = """
            // "a comment says this"
            return {ErrorCode::Io, QStringLiteral("the disk is full: "
                                                  "%1").arg(path), QStringLiteral("say \\"no\\"")};
            m_log.info("PLAN", QStringLiteral("only the log says this"));
            log->warning("PLAN", cond ? QStringLiteral("nor this one") : x(QStringLiteral("or that one")));
            text.startsWith(QLatin1String("begins with this"));
            auto raw = R"(neither is this)"; char c = '"';
            fail(QStringLiteral("; and another one"));
        """
        found = [script.bare(text) for text, calls in script.literals_of(source)
                 if script.is_message(text) and not any(script.NOT_SHOWN.search(call) for call in calls)]
        self.assertEqual(["the disk is full: %1", 'say "no"', "and another one"], found)
        choices = list(script.written_out("a %1 of %2 and %3", {2: ("x", "y")}))
        self.assertEqual(["a %1 of x and %2", "a %1 of y and %2"], choices)

    def test_no_text_is_shown_as_it_comes(self):
        """Errors are shown by translatedServiceText, in whatever place of the window."""
        raw = re.compile(r"\berror(?:\(\))?(?:\.|->)(?:toString\(\)|message\b|hint\b)|\bredis\.reason\b")
        shown = []
        for path in sorted((ROOT / "ui").rglob("*.cpp")):
            if path.name in ("servicetexts.cpp", "problems.cpp"):  # makes it; keeps it for the panel that shows it
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if raw.search(line) and "translatedServiceText(" not in line:
                    shown.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
        self.assertEqual([], shown)


if __name__ == "__main__":
    unittest.main()
