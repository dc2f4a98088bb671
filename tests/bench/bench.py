"""Measures the built program and prints one table: case, ours, peer, ratio, goal, met or not.

Usage: bench.py [NAME]     NAME is the beginning of an area or of area/case; without it everything is measured.
Both sides of a comparison run in turn on fresh copies, the order changing with every round; the medians count. Ends
with 1 when something that is measured fails or gives another result than its peer; a goal that is not met is no error.
"""

import signal
import sys

from cases import AREAS
from harness.process import BenchFailure, forget_user
from harness.scratch import Skipped, remove_leftovers, scratch
from harness.table import HEAD, print_row, remark


def all_cases():
    return {f"{area}/{name}": case for area, cases in AREAS.items() for name, case in cases.items()}


def run_case(name, case):
    """Prints the case's rows. Returns whether it could be measured, or had to be left out for a good reason."""
    try:
        for row in case():
            print_row(row)
    except Skipped as reason:
        print_row(remark(name, f"skipped: {reason}"))
    except BenchFailure as failure:
        print_row(remark(name, "failed"))
        print(f"bench: {name}: {failure}", file=sys.stderr)
        return False
    return True


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    cases = {name: case for name, case in all_cases().items() if name.startswith(wanted)}
    if not cases:
        sys.exit(f"bench: there is no case {wanted!r}; there are: {', '.join(all_cases())}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the folders go
    remove_leftovers()
    with scratch() as home:
        forget_user(home)
        print(HEAD)
        measured = [run_case(name, case) for name, case in cases.items()]
    return 0 if all(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
