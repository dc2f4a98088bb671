"""The patch engine's rows: `./dev bench engine`, or one of them as `./dev bench engine/A`."""

from cases.engine.applying import large_files, small_files
from cases.engine.growth import big_file, many_hunks

CASES = {"A": small_files, "B": large_files, "size": big_file, "hunks": many_hunks}
