"""Packages of npm in a folder of their own, in the versions and with the checksums of a package-lock.json.

They come from npm's registry, once: what is there already needs no network.
"""

import fcntl
import os
import shutil
import subprocess

USER = dict(os.environ)  # as it was at the start: npm keeps its mirrors and proxies in the user's folders
PATIENCE = 150  # seconds


class NotInstalled(Exception):
    """The packages are not there; the text says why and what to do."""


def install(source, folder):
    """Installs what `source`/package-lock.json names into `folder`/node_modules, unless it is there. Two paths. Of
    several processes that want to, one does."""
    if is_installed(source, folder):
        return
    for tool in ("npm", "node"):
        if not shutil.which(tool):
            raise NotInstalled(f"{tool} is missing: apt-get install npm, or go through ./dev, which does")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(source, folder):
            download(source, folder)


def download(source, folder):
    """What is in `folder` already may be half of it."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    try:
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-timeout=20000", "--fetch-retries=1",
             f"--cache={folder / 'npm-cache'}"],
            cwd=folder, env={**USER, "npm_config_update_notifier": "false"}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"npm did not install {source}'s packages into {folder} within {PATIENCE} s") from error
    if done.returncode != 0:
        raise NotInstalled(
            f"npm could not install {source}'s packages into {folder}. It needs npm's registry, once:\n"
            f"{done.stdout}{done.stderr}"
        )
    shutil.copy(source / "package-lock.json", folder / "installed-package-lock.json")


def is_installed(source, folder):
    """Whether what is there came from the lock file as it is now; it is copied last."""
    lock = folder / "installed-package-lock.json"
    return lock.exists() and lock.read_bytes() == (source / "package-lock.json").read_bytes()
