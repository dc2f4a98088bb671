#!/usr/bin/env python3
"""Finds the texts of the services that the window shows and writes them as a table that lupdate and the build read.

The services write English for programs, logs and the command line; the window translates what it knows. One rule finds
it: every string literal of FOLDERS and FILES that holds two words. Left out is what goes to the log or to another call
of NOT_SHOWN, SQL, and what OTHER_FILES and OTHER_TEXTS name with the reason. VARIANTS and COUNTS are the few texts that
are put together from single words. A new literal that is no message belongs into OTHER_TEXTS.

    servicetexts.py          writes ui/models/servicetemplates.cpp
    servicetexts.py --check  ends with 1 when that file is not what it would write
"""

import fnmatch
import itertools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "ui" / "models" / "servicetemplates.cpp"

FOLDERS = ("services",)
FILES = (  # of the program itself: what its window takes errors from
    "app/fanout.cpp", "app/fanoutjob.cpp", "app/fanoutrecord.cpp", "app/fanoutrun.cpp", "app/healthprobe.cpp",
    "app/redisprobe.cpp", "app/remoterunners.cpp", "app/servicehost.cpp", "app/sharedrunfollower.cpp",
    "app/taskrequest.cpp", "app/workspaceglob.cpp",
)

OTHER_FILES = {
    "services/http/connection.cpp": "refuses requests that the window does not send",
    "services/http/eventstream.cpp": "the HTTP protocol",
    "services/http/message.cpp": "the HTTP protocol",
    "services/http/openapi.cpp": "describes the HTTP interface",
    "services/http/prometheustext.cpp": "metrics",
    "services/http/requestframing.cpp": "refuses requests that the window does not send",
    "services/http/requesthead.cpp": "refuses requests that the window does not send",
    "services/http/responsebytes.cpp": "the HTTP protocol",
    "services/http/servermetrics.cpp": "metrics",
    "services/log/*": "speaks in the log",
    "services/patch/plan.cpp": "writes diffs",
    "services/patch/reportmarkdown.cpp": "writes the report",
    "services/patch/runchecks.cpp": "writes the report",
    "services/registry/*": "answers services that register; what keeps it from starting comes from http and storage",
    "services/runner/rollbackrequest.cpp": "refuses requests that the window does not send",
    "services/runner/runintake.cpp": "refuses requests that the window does not send",
    "services/runner/runlist.cpp": "refuses requests that the window does not send",
    "services/runner/runmetrics.cpp": "metrics",
    "services/runner/runnerroutes.cpp": "describes the HTTP interface",
    "services/runner/runnerschemas.cpp": "describes the HTTP interface",
    "services/runner/runnerservice.cpp": "speaks in the log",
    "services/runner/runrequest.*": "refuses requests that the window does not send",
    "services/storage/keyedrun.cpp": "SQL",
    "services/storage/recordedruns.cpp": "SQL, and the parameters of the HTTP interface",
    "services/storage/redisservices.cpp": "speaks in the log",
}

DIALECT = "a word of the report for the kind of a task"
DIFF = "the syntax of diffs"
LOG = "the log"
REPORT = "the report"
STRANGER = "an HTTP answer to a request that the window does not send"
OTHER_TEXTS = {
    '"%1" is no name of a queue': "the command line",
    "%1 must be a whole number from 0 to %2": STRANGER,
    "%1 workspaces wait for a process that may read them": LOG,
    "GET /runs lists the known ones": STRANGER,
    "GIT binary patch": DIFF,
    "HTTP %1 in %2 ms": REPORT,
    "PatchPanel runner": "the title of the HTTP interface",
    "Roll back run": "the title of a run, which is data",
    "The history was damaged: %1 more reports were read into the new one": LOG,
    "The history was damaged: it was set aside as %1 and made anew from %2 reports": LOG,
    "\\ No newline at end of file": DIFF,
    "allow the origin in the settings of the server": STRANGER,
    "cancel it where it was started, by %1": STRANGER,
    "copy from": DIFF,
    "copy to": DIFF,
    "deleted file mode": DIFF,
    "letters, digits, '.', '_' and '-', at most 64, the first a letter or digit": "the command line",
    "gates only": DIALECT,
    "new file mode": DIFF,
    "new mode": DIFF,
    "old mode": DIFF,
    "patchpanel job": "what is signed of a job",
    "patchpanel: switch to": "the reflog of git",
    "rename from": DIFF,
    "rename to": DIFF,
    "requests from web pages are not served": STRANGER,
    "send the header \"Content-Type: application/json\"": STRANGER,
    "settling run %1": LOG,
    "the Host header names no host that is served here": STRANGER,
    "the body must be JSON": STRANGER,
    "text patch": DIALECT,
    "tidying up the history": LOG,
    "unnamed task": "a title, which is data",
    "use localhost or the address of the server, or allow the name in its settings": STRANGER,
    "with exit code %1": LOG,
}

# Texts with words in their places: each is written out, so that it can be translated as a whole.
PHASES = ("Pre-checks", "Mutations", "Build", "Validate", "Test", "Commit")
PEM = ("certificate", "private key", "certificate of the authority")
DATABASES = ("history", "queue")
VARIANTS = {
    "%1 applied %2 %3 %4 the stated place": {3: ("line", "lines"), 4: ("above", "below")},
    "%1 failed: `%2` %3.": {1: PHASES},
    "Cancelled %1.": {1: ("before anything was written", "after the files were written", "before the commit")},
    "Cancelled during %1.": {1: PHASES},
    "The %1 %2 cannot be used: %3.": {1: DATABASES},
    "The %1 %2 was written by a newer version of PatchPanel (%3; this one knows %4).": {1: DATABASES},
    "cannot read the %1: %2": {1: PEM},
    "larger than 1 MiB: that is no %1": {1: PEM},
}

# Texts that are put together from a word and a number or a path.
COMPOSED = (
    "%1 command", "%1 commands", "%1 created", "%1 modified", "%1 deleted", "%1 moved", "%1 mode changed",
    "created %1", "modified %1", "deleted %1", "cancelled",
)

# What the system says of a file or a connection.
SYSTEM = (
    "Address already in use", "Broken pipe", "Connection refused", "Connection reset by peer", "Connection timed out",
    "Cross-device link", "Device or resource busy", "Directory not empty", "Disk quota exceeded", "File exists",
    "File name too long", "File too large", "Input/output error", "Invalid argument", "Is a directory",
    "No such file or directory", "No space left on device", "Not a directory", "Operation not permitted",
    "Permission denied", "Read-only file system", "Text file busy", "Too many levels of symbolic links",
    "Too many open files",
)

# The name of a function or an object around a literal that no window shows.
NOT_SHOWN = re.compile(
    r"(?:^|\W|_)(?:(?:log|writer)(?:\.|->)\w+|qC?(?:Debug|Info|Warning|Critical|Fatal)|(?:starts|ends)With|contains"
    r"|indexOf|exec|execute|prepare|query|QRegularExpression)$"
)
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|ALTER|BEGIN IMMEDIATE|ORDER BY|WHERE)\b|= (?:\?|')|_ms,")

TOKEN = re.compile(
    r'(?P<skip>//[^\n]*|/\*.*?\*/|^[ \t]*\#[^\n]*|R"(?P<mark>\w*)\(.*?\)(?P=mark)"|\'(?:[^\'\\\n]|\\.)+\')'
    r'|(?P<text>(?:"(?:[^"\\\n]|\\.)*"\s*)+)'
    r"|(?P<name>[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)*)"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<other>\S)",
    re.DOTALL | re.MULTILINE,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def unescaped(literals):
    text = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', literals))
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES.get(m[2], m[2]), text)


def literals_of(source):
    """(text, the names of the calls around it) of every string literal; adjacent ones are one."""
    calls, last = [], ""
    for token in TOKEN.finditer(source):
        if token["open"]:
            calls.append(last)
        elif token["close"] and calls:
            calls.pop()
        elif token["text"]:
            yield unescaped(token["text"]), tuple(calls)
        if not token["skip"]:
            last = token["name"] or ""


def bare(text):
    """Without what only joins it to its neighbours."""
    text = text.strip().lstrip(";,").rstrip(":,;").strip()
    return text[1:-1] if text.startswith("(") and text.endswith(")") and "(" not in text[1:] else text


def is_message(text):
    words = [word for word in text.split(" ") if re.fullmatch(r"[\"'(`„]*[A-Za-z][a-z-]*[a-z][.,;:)\"'`?!]*", word)]
    return len(text.split(" ")) > 1 and bool(words) and not SQL.search(text)


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in (".h", ".cpp") and not any(fnmatch.fnmatch(name, other) for other in OTHER_FILES):
                yield path
    yield from (ROOT / name for name in FILES)



def literals():
    """Every text that the rule finds, and every literal whatever it is."""
    found, everything = set(), set()
    for path in sources():
        for text, calls in literals_of(path.read_text("utf-8")):
            text = bare(text)
            everything.add(text)
            if is_message(text) and not any(NOT_SHOWN.search(call) for call in calls):
                found.add(text)
    return found, everything


def written_out(text, words):
    """The text with each choice of words in its places; the places that remain are numbered anew."""
    for choice in itertools.product(*words.values()):
        filled = text
        for place, word in zip(words, choice):
            filled = filled.replace(f"%{place}", word)
        numbers = {}
        yield re.sub(r"%(\d)", lambda m: f"%{numbers.setdefault(m[1], len(numbers) + 1)}", filled)


def templates():
    """All texts, sorted. A list above that names what the sources no longer say is an error."""
    found, everything = literals()
    parts = {word for words in VARIANTS.values() for choice in words.values() for word in choice}
    composed = {re.sub(r" ?%1 ?", "", text) for text in COMPOSED}
    stale = (set(OTHER_TEXTS) | set(VARIANTS)) - found | (parts | composed) - everything
    if stale:
        sys.exit(f"{__file__}: no source says {sorted(stale)}")
    texts = found - set(OTHER_TEXTS) - set(VARIANTS) - parts | set(COMPOSED) | set(SYSTEM)
    for text, words in VARIANTS.items():
        texts.update(written_out(text, words))
    return sorted(texts)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def table():
    lines = "".join(f"    QT_TRANSLATE_NOOP(\"PatchPanel::Services\", {quoted(text)}),\n" for text in templates())
    return f"""// Written by resources/translations/servicetexts.py, which ./dev translate runs: not to be changed by hand.
// clang-format off
#include "ui/models/servicetemplates.h"

#include <QtGlobal>

namespace PatchPanel::Ui {{

const std::initializer_list<const char *> serviceTemplates{{
{lines}}};

}} // namespace PatchPanel::Ui
"""


def main():
    text = table()
    if sys.argv[1:] == ["--check"]:
        if not OUTPUT.exists() or OUTPUT.read_text("utf-8") != text:
            sys.exit(f"{OUTPUT.relative_to(ROOT)} is not what the sources say now: run ./dev translate")
    elif not OUTPUT.exists() or OUTPUT.read_text("utf-8") != text:
        OUTPUT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
