"""Git repositories to measure in."""

import subprocess


def git(folder, *arguments):
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@patchpanel.invalid"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def make_repository(folder):
    """Commits what is in `folder`; an identity for further commits goes into its settings."""
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "bench")
    git(folder, "config", "user.email", "bench@patchpanel.invalid")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "start")
