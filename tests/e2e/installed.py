"""Runs one of the scripts here on the program as `cmake --install` puts it: installed.py SCRIPT [ARGUMENTS]."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main():
    script = Path(__file__).with_name(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="patchpanel-installed-") as prefix:
        subprocess.run(["cmake", "--install", os.environ["BUILD"], "--prefix", prefix], check=True, capture_output=True)
        programs = Path(prefix) / "bin"
        env = os.environ | {"PATCHPANEL": str(programs / "patchpanel"), "PATH": f"{programs}:{os.environ['PATH']}"}
        return subprocess.run([sys.executable, "-B", str(script), *sys.argv[2:]], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
