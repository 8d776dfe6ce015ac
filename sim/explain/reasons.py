"""The typical reasons over many leads: how often, what was won and lost by it, and what lay behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.explain.stories import Story

JOINT, UNKNOWN = "several together", "not found"


@dataclass(frozen=True)
class Reason:
    """One reason.

    Parameters
    ----------
    label : str
        Question on which the paths part; ``several together`` for joint causes.
    fates : tuple of str
        What became of the leads in both worlds.
    leads : int
        How many.
    bookings : float
        First-year value won in the second world less in the first, c.u.
    because : str
        Quantity that it hung on most often; empty where none was found.
    example : int
        Row of such a lead in the first world.
    """

    label: str
    fates: tuple[str, str]
    leads: int
    bookings: float
    because: str
    example: int


def reasons(told: Sequence[Story]) -> list[Reason]:
    """The typical reasons, the most frequent first.

    Parameters
    ----------
    told : sequence of Story
        Leads; those that fare the same have none.
    """
    groups: dict[tuple[str, tuple[str, str]], list[Story]] = {}
    for one in [one for one in told if one.fates[0] != one.fates[1]]:
        groups.setdefault((_label(one), one.fates), []).append(one)
    found = [_reason(label, fates, group) for (label, fates), group in groups.items()]
    return sorted(found, key=lambda reason: (-reason.leads, reason.label, reason.fates))


def _label(one: Story) -> str:
    if one.verdict == "not found":
        return UNKNOWN
    return one.causes[0].label if len(one.causes) == 1 else JOINT


def _reason(label: str, fates: tuple[str, str], group: list[Story]) -> Reason:
    bookings = sum(one.bookings[1] - one.bookings[0] for one in group)
    return Reason(label, fates, len(group), bookings, _most_often(group), group[0].rows[0])


def _most_often(group: list[Story]) -> str:
    """The quantity that most of a group hang on; the first in the alphabet of equals."""
    names = [cause.because for one in group for cause in one.causes if cause.because]
    return min(set(names), key=lambda name: (-names.count(name), name), default="")
