"""Thousands of hunks that nobody here wrote: the patch series of Debian source packages, against GNU patch.

The packages come through apt with a configuration of its own, which leaves the machine's alone, and are kept in the
build folder: a second run needs no network. Without apt, network or dpkg-dev the tests say so and are skipped.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from collections import Counter
from pathlib import Path

APPLYDIFF = os.environ["APPLYDIFF"]
CACHE = Path(os.environ["DEBIAN_SOURCES"])
PACKAGES = ("unzip", "bash", "tiff", "patch")
TOOLS = ("apt-get", "dpkg-source", "patch")
ENVIRONMENT = {**{key: value for key, value in os.environ.items() if key != "POSIXLY_CORRECT"}, "LC_ALL": "C.UTF-8"}


def machine_source():
    """(mirror, suite, signed-by) of the first binary archive that the machine uses."""
    folder = Path("/etc/apt/sources.list.d")
    for path in sorted(folder.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text("utf-8")):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.+)$", stanza, re.MULTILINE))
            if "deb" in fields.get("Types", "").split() and "/debian" in fields.get("URIs", ""):
                return fields["URIs"].split()[0], fields["Suites"].split()[0], fields.get("Signed-By")
    for path in [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.list"))]:
        for line in path.read_text("utf-8").splitlines() if path.exists() else []:
            found = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+/debian/?)\s+(\S+)\s", line)
            if found:
                return found[1], found[2], None
    raise unittest.SkipTest("the machine has no Debian archive among its apt sources")


def apt(*arguments):
    """apt-get with lists, cache and sources of its own, beneath CACHE."""
    apart = {
        "Dir::Etc::SourceList": CACHE / "apt" / "deb-src.sources",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": CACHE / "apt" / "lists",
        "Dir::Cache": CACHE / "apt" / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": 1,
        "Acquire::http::Timeout": 20,
        "APT::Sandbox::User": "",
        "Debug::NoLocking": 1,
    }
    options = [word for key, value in apart.items() for word in ("-o", f"{key}={value}")]
    done = subprocess.run(
        ["apt-get", "-q", *options, *arguments], cwd=CACHE, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=240,
    )
    if done.returncode != 0:
        raise unittest.SkipTest(f"apt-get {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")


def cached(package):
    """The package's .dsc, when all that it names is there with it."""
    for dsc in sorted(CACHE.glob(f"{package}_*.dsc")):
        sums = re.search(r"^Checksums-Sha256:\n((?: .+\n)+)", dsc.read_text("utf-8"), re.MULTILINE)[1]
        files = [line.split() for line in sums.splitlines()]
        if all(sha256_of(CACHE / name) == digest for digest, _, name in files):
            return dsc
    return None


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def fetch():
    """Downloads what is not there yet."""
    missing = [package for package in PACKAGES if not cached(package)]
    if not missing:
        return
    mirror, suite, key = machine_source()
    for folder in ("lists/partial", "cache/archives/partial"):
        (CACHE / "apt" / folder).mkdir(parents=True, exist_ok=True)
    signed = f"Signed-By: {key}\n" if key else ""
    (CACHE / "apt" / "deb-src.sources").write_text(
        f"Types: deb-src\nURIs: {mirror}\nSuites: {suite}\nComponents: main\n{signed}", "utf-8"
    )
    apt("update")
    apt("source", "--download-only", "--only-source", *missing)
    shutil.rmtree(CACHE / "apt")


def series_of(source):
    """(patch, strip level) in order."""
    patches = source / "debian" / "patches"
    for line in (patches / "series").read_text("utf-8").splitlines():
        words = line.split("#")[0].split()
        if words:
            strip = next((word[2:] for word in words[1:] if word.startswith("-p")), "1")
            yield patches / words[0], strip


def count_hunks(path):
    return len(re.findall(rb"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", path.read_bytes(), re.MULTILINE))


class Tree:
    """A folder that is compared again and again: a file is read anew only when its inode or time says so."""

    def __init__(self, path):
        self.path = path
        self._known = {}

    def files(self):
        found = {}
        for folder, folders, names in os.walk(self.path):
            if Path(folder) == self.path and ".patchpanel" in folders:
                folders.remove(".patchpanel")
            for name in names:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, self.path)] = self._state(path)
        return found

    def _state(self, path):
        info = os.lstat(path)
        if os.path.islink(path):
            return os.readlink(path)
        signature = (info.st_ino, info.st_mtime_ns, info.st_ctime_ns, info.st_size)
        known = self._known.get(path)
        if not known or known[0] != signature:
            known = (signature, sha256_of(Path(path)))
            self._known[path] = known
        return (bool(info.st_mode & 0o100), known[1])


def gnu_patch(folder, diff, strip, *options):
    with open(diff, "rb") as text:
        done = subprocess.run(
            ["patch", "-f", "-s", f"-p{strip}", "--no-backup-if-mismatch", *options], cwd=folder, stdin=text,
            env=ENVIRONMENT, capture_output=True, text=True, errors="replace",
        )
    return done.returncode == 0


def apply_ours(folder, diff, strip):
    done = subprocess.run([APPLYDIFF, folder, diff, strip], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"applydiff {diff.name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class DebianSeries(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in TOOLS if not shutil.which(tool)]
        if missing:
            raise unittest.SkipTest(f"not installed: {', '.join(missing)}")
        CACHE.mkdir(parents=True, exist_ok=True)
        try:
            fetch()
        except subprocess.TimeoutExpired as late:
            raise unittest.SkipTest(f"the archive does not answer in time: {late}") from late

    def setUp(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 30 else None
        folder = tempfile.TemporaryDirectory(prefix="debian-series-", dir=memory)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.counts = Counter()
        self.wrong = []

    def unpacked(self, package):
        source = self.folder / "source"
        subprocess.run(
            ["dpkg-source", "--skip-patches", "--no-check", "-x", cached(package), source],
            check=True, capture_output=True, env=ENVIRONMENT,
        )
        return source

    def copy_of(self, source, name):
        shutil.copytree(source, self.folder / name, symlinks=True)
        return Tree(self.folder / name)

    def fits_exactly(self, gnu, diff, strip):
        """Whether GNU patch at fuzz 0 takes all of it; its dry run errs when a file comes twice in a diff."""
        if gnu_patch(gnu.path, diff, strip, "-F0", "--dry-run"):
            return True
        trial = self.copy_of(gnu.path, "trial")
        fits = gnu_patch(trial.path, diff, strip, "-F0")
        shutil.rmtree(trial.path)
        return fits

    def step(self, ours, gnu, diff, strip):
        hunks = count_hunks(diff)
        before = ours.files()
        fits = self.fits_exactly(gnu, diff, strip)
        outcome = apply_ours(ours.path, diff, strip)
        if not fits:
            self.counts["hunks in patches that need fuzz"] += hunks
            if outcome["result"] in ("applied", "noop"):
                self.wrong.append(f"{diff.name}: {outcome['result']}, GNU patch -F0 refuses")
            elif ours.files() != before:
                self.wrong.append(f"{diff.name}: refused, yet the tree changed")
            self.carry_on(ours, gnu, diff, strip)
            return
        self.assertTrue(gnu_patch(gnu.path, diff, strip, "-F0"))
        self.counts["hunks applied"] += hunks
        self.counts["offsets"] += len(outcome.get("notes", []))
        if outcome["result"] != "applied":
            self.wrong.append(f"{diff.name}: {outcome['result']}, GNU patch -F0 applies: {outcome.get('message')}")
        elif ours.files() == gnu.files():
            return
        else:
            self.wrong.append(f"{diff.name}: another tree than GNU patch's: {self.differing(ours, gnu)}")
        self.replace(ours, gnu)

    def carry_on(self, ours, gnu, diff, strip):
        """As Debian builds the package: with the default fuzz, in both trees alike."""
        self.assertTrue(gnu_patch(gnu.path, diff, strip), f"{diff.name} does not apply at all")
        self.replace(ours, gnu)

    def replace(self, ours, gnu):
        shutil.rmtree(ours.path)
        shutil.copytree(gnu.path, ours.path, symlinks=True)

    @staticmethod
    def differing(ours, gnu):
        one, other = ours.files(), gnu.files()
        return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))[:5]

    def check_again(self, ours, series):
        """On the final tree no patch may go in a second time."""
        final = ours.files()
        for diff, strip in series:
            outcome = apply_ours(ours.path, diff, strip)
            again = {"applied": "applied twice", "noop": "again: noop"}.get(outcome["result"], "again: refused")
            self.counts[again] += 1
            if outcome["result"] == "applied":
                self.wrong.append(f"{diff.name}: applied a second time")
                return  # what follows would be judged on a spoilt tree
            self.assertEqual(final, ours.files(), f"{diff.name}: {outcome['result']}, yet the tree changed")

    def run_series(self, package):
        source = self.unpacked(package)
        series = list(series_of(source))
        self.assertGreater(len(series), 0)
        ours, gnu = self.copy_of(source, "ours"), self.copy_of(source, "gnu")
        for diff, strip in series:
            self.step(ours, gnu, diff, strip)
        self.check_again(ours, series)
        left = [name for name in ours.files() if name.endswith((".rej", ".orig")) and name not in gnu.files()]
        self.assertEqual([], left)
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        print(f"{cached(package).stem}: {len(series)} patches, {counts}", flush=True)
        self.assertEqual([], self.wrong)
        self.assertGreater(self.counts["hunks applied"], 0)

    def test_unzip(self):
        self.run_series("unzip")

    def test_bash(self):
        self.run_series("bash")

    def test_tiff(self):
        self.run_series("tiff")

    def test_patch(self):
        self.run_series("patch")


if __name__ == "__main__":
    unittest.main()
