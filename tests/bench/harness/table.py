"""The rows of the one table that a bench prints: case, ours, peer, ratio, goal, met."""

from harness.contest import pairwise_ratio

HEAD = "| case | ours | peer | ratio | goal | met |\n|---|---|---|---|---|---|"


def compared(case, ours, peer, quantity, goal=None, scale=1.0):
    """Two sides of a contest; `goal` bounds ours / peer, and without one the row is for information.

    `scale` turns the quantity (milliseconds, megabytes) into the unit that `case` names.
    """
    ratio = pairwise_ratio(ours, peer, quantity)
    met = None if goal is None or (peer.over and not ours.over) else ratio is not None and ratio <= goal
    return cells(case, told(ours, quantity, scale), told(peer, quantity, scale), ratio, at_most(goal, " ×"), met)


def outdone(case, ours, peer, quantity, goal):
    """Two sides of a contest in a quantity of which more is better: ours / peer is to be at least `goal`."""
    ratio = pairwise_ratio(ours, peer, quantity)
    return cells(case, told(ours, quantity), told(peer, quantity), ratio, f"≥ {goal:,.10g} ×", ratio >= goal)


def limited(case, ours, peer, quantity, bound):
    """Two sides of a contest of which ours has an absolute bound; the peer is for information."""
    ratio = pairwise_ratio(ours, peer, quantity)
    met = ours.median(quantity) <= bound
    return cells(case, told(ours, quantity), told(peer, quantity), ratio, at_most(bound), met)


def bounded(case, value, bound=None, peer=None):
    """A figure of ours with an absolute bound, or for information; so is the peer's, where there is one."""
    ratio = None if peer is None else value / peer
    told_peer = "-" if peer is None else number(peer)
    return cells(case, number(value), told_peer, ratio, at_most(bound), None if bound is None else value <= bound)


def reached(case, value, least, peer=None):
    """A figure of ours that must not be below `least`; the peer's, where there is one, is for information."""
    ratio = None if peer is None else value / peer
    told_peer = "-" if peer is None else number(peer)
    return cells(case, number(value), told_peer, ratio, f"≥ {least:,.10g}", value >= least)


def against(case, value, base, goal):
    """Two figures of ours: how one grew over the other."""
    return cells(case, number(value), number(base), value / base, at_most(goal, " ×"), value / base <= goal)


def remark(case, text):
    """A row for what was not measured."""
    return [case, text, "-", "-", "-", "-"]


def told(side, quantity, scale=1.0):
    return str(side.over) if side.over else number(side.median(quantity) * scale)


def at_most(bound, unit=""):
    return "-" if bound is None else f"≤ {bound:,.10g}{unit}"


def cells(case, ours, peer, ratio, goal, met):
    verdict = {None: "-", True: "met", False: "not met"}[met]
    return [case, ours, peer, "-" if ratio is None else f"{ratio:.2f}", goal, verdict]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def print_row(row):
    print("| " + " | ".join(row) + " |", flush=True)
