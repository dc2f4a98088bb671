"""How tests and benches wait: for conditions, never for a fixed time."""

import time

PATIENCE = 30.0  # seconds until a condition counts as never coming true


def wait_until(condition, what, patience=PATIENCE, failure=AssertionError):
    """Returns the first true value of `condition()`; raises `failure` when there is none."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise failure(f"waited {patience:.0f} s in vain: {what}")
        time.sleep(0.01)
