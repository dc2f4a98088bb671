"""One module for each area that is measured. Its CASES name functions that yield rows of the table."""

from cases import engine, run

AREAS = {"engine": engine.CASES, "run": run.CASES}
