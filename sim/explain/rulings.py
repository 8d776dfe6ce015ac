"""Partings by a rule of the firm instead of a decision: where the hand-off lies when marketing takes up a lead."""

from __future__ import annotations

from collections.abc import Iterator

from sim.domain.vocabulary import HANDOFF_AT, READY
from sim.explain.divergences import Divergence
from sim.explain.path import Path
from sim.explain.recording import Branch, Held, Recording

POINTS = (
    "marketing hands off at the inquiry",
    "marketing hands off when a lead is ready",
    "marketing hands off when a lead is qualified",
    "marketing opens the deal itself",
)


def by_rule(first: Recording, second: Recording, key: int, ours: Path, theirs: Path) -> Iterator[Divergence]:
    """The parting of a lead's paths by the point of hand-off, where that differs on a day on which it is judged.

    Parameters
    ----------
    first, second : Recording
        Both worlds.
    key : int
        Of the lead.
    ours, theirs : Path
        Its paths.
    """
    if first.handoff_points == second.handoff_points:
        return
    last = len(first.handoff_points) - 1
    rules = {
        occurrence: (day, first.handoff_points[min(day, last)], second.handoff_points[day])
        for occurrence, day in {**_rounds(ours, last), **_rounds(theirs, len(second.handoff_points) - 1)}.items()
    }
    differ = {occurrence: rule for occurrence, rule in rules.items() if rule[1] != rule[2]}
    if differ:
        held = tuple(Held(key, HANDOFF_AT, occurrence, float(point)) for occurrence, (_, point, _) in differ.items())
        day, here, there = min(differ.values())
        yield Divergence(day, "rule", (HANDOFF_AT, 0), Branch(day, held), (POINTS[here], POINTS[there]))


def _rounds(path: Path, last: int) -> dict[int, int]:
    """The day of each round in which marketing took up a lead."""
    rounds = {address[1]: asks[0].day for address, asks in path.asked.items() if address[0] == READY}
    handed = int(path.lead["handed_day"])
    if handed >= 0:
        rounds.setdefault(int(path.lead["recycles"]), handed)
    return {occurrence: day for occurrence, day in rounds.items() if day <= last}
