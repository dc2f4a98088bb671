"""One module for each area that is measured. Its CASES name functions that yield rows of the table."""

from cases import apply, engine, queue, run, services, ui

AREAS = {
    "apply": apply.CASES,
    "engine": engine.CASES,
    "queue": queue.CASES,
    "run": run.CASES,
    "services": services.CASES,
    "ui": ui.CASES,
}
