"""Fresh folders to measure in. They are removed when the block ends, however it ends; those of a bench that was killed
go when the next one starts."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
DISK = Path("/var/tmp")
PREFIX = "patchpanel-bench-"
GB = 10**9


class Skipped(Exception):
    """This machine cannot measure the case; the text says why."""


@contextlib.contextmanager
def scratch(base=MEMORY, needed=GB):
    """A new folder on tmpfs, or beneath `base`, with `needed` bytes free."""
    require_space(base, needed)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    lock = lock_folder(folder)
    try:
        yield folder
    finally:
        remove(folder)
        os.close(lock)


@contextlib.contextmanager
def journaled_disk(size=4 * GB):
    """A folder on an ext4 with a journal, in an image file of its own; for root on a system that may mount one."""
    if os.geteuid() != 0:
        raise Skipped("only root may mount a disk image")
    with scratch(DISK, size) as room:
        image, mounted = room / "image", room / "disk"
        mounted.mkdir()
        with image.open("wb") as file:
            file.truncate(size)
        # Everything is written now: nothing of it is left for the time of the measurement.
        make = ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image)]
        for command in (make, ["mount", "-o", "loop", str(image), str(mounted)]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Skipped(f"{command[0]}: {done.stderr.strip()}")
        try:
            yield mounted
        finally:
            subprocess.run(["umount", str(mounted)], check=True)


def require_space(base, needed):
    kind = filesystem_of(base)
    expected = "tmpfs" if base == MEMORY else "ext4"
    if kind != expected:
        raise Skipped(f"{base} is {kind or 'not there'}, not {expected}")
    free = shutil.disk_usage(base).free
    if kind == "tmpfs":
        free = min(free, available_memory())
    if free < needed:
        raise Skipped(f"{base} has {free / GB:.1f} GB free; {needed / GB:.0f} GB are needed")


def filesystem_of(folder):
    """The type of the filesystem that holds `folder`; empty when there is no such folder."""
    if not folder.is_dir():
        return ""
    answer = subprocess.run(
        ["findmnt", "-n", "-o", "FSTYPE", "-T", str(folder)], stdout=subprocess.PIPE, text=True, check=False
    )
    return "".join(answer.stdout.split()[-1:])  # where mounts are stacked, the last is on top


def available_memory():
    with open("/proc/meminfo", encoding="ascii") as lines:
        fields = dict(line.split(":") for line in lines)
    return int(fields["MemAvailable"].split()[0]) * 1024


def lock_folder(folder):
    """The lock says that the folder's bench is alive; the kernel lets it go with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def remove_leftovers():
    for base in (MEMORY, DISK):
        for folder in base.glob(PREFIX + "*"):
            with contextlib.suppress(OSError):
                lock = lock_folder(folder)
                subprocess.run(["umount", "-q", folder / "disk"], stderr=subprocess.DEVNULL, check=False)
                remove(folder)
                os.close(lock)


def copy(source, target):
    """Copies a folder and waits until it is on its disk: otherwise the next program to sync would pay for it."""
    subprocess.run(["cp", "-a", "--", source, target], check=True)
    subprocess.run(["sync", "-f", "--", target], check=True)


def remove(folder):
    subprocess.run(["rm", "-rf", "--", folder], check=True)
