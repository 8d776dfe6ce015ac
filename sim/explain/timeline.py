"""What happened to a lead in each world, side by side: a step a row, a world a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.domain.vocabulary import STATES

#: Moves of the event log begin with this; it ends with the stage.
MOVED = "moved to "
TOUCHED = "touched"
BECAME_A_DEAL = ("became a deal", "found by the rep")


@dataclass(frozen=True)
class Moment:
    """When a step was done in a world.

    Parameters
    ----------
    day, until : int
        First and last day, counted from the first of the window.
    times : int
        How often: touches of a stage are one step.
    person : str
        Who did it, empty where nobody did.
    """

    day: int
    until: int
    times: int
    person: str


@dataclass(frozen=True)
class Step:
    """One step of a lead, in all worlds.

    Parameters
    ----------
    activity : str
        Such as ``handed off`` or ``touched in proposal``.
    moments : tuple of Moment or None
        When, by world; None where it did not happen.
    """

    activity: str
    moments: tuple[Moment | None, ...]


def timeline(logs: Sequence[pd.DataFrame]) -> tuple[Step, ...]:
    """The steps of one lead side by side, in the order of the first world that took them.

    Parameters
    ----------
    logs : sequence of pandas.DataFrame
        Rows of the event log of each world that are about the lead, in order.
    """
    worlds = [dict(_steps(log)) for log in logs]
    names = dict.fromkeys(name for world in worlds for name in world)  # in an order that no hash decides
    ordered = sorted(names, key=lambda name: _place(name, worlds))
    return tuple(Step(_shown(name), tuple(world.get(name) for world in worlds)) for name in ordered)


#: Activity and which time it happens.
Name = tuple[str, int]


def _place(name: Name, worlds: Sequence[dict[Name, Moment]]) -> tuple[int, int]:
    """Day and place within a world, of the first world that knows a step."""
    return min((world[name].day, list(world).index(name)) for world in worlds if name in world)


def _shown(name: Name) -> str:
    activity, time = name
    return activity if time == 1 else f"{activity} ({time})"


def _steps(log: pd.DataFrame) -> Iterator[tuple[Name, Moment]]:
    """Steps of one world; touches of a stage in a row are one."""
    times: dict[str, int] = {}
    moments: dict[str, Moment] = {}
    stage = STATES[2]
    for row in log.itertuples():
        activity, day, person = str(row.activity), int(str(row.day)), str(row.resource)
        if activity.startswith(MOVED):
            stage = activity.removeprefix(MOVED)
        activity = f"{TOUCHED} in {stage}" if activity == TOUCHED else activity
        if activity.startswith(TOUCHED) and activity in moments:
            before = moments[activity]
            moments[activity] = Moment(before.day, day, before.times + 1, person)
            continue
        if activity in moments:
            yield (activity, times[activity]), moments[activity]
        times[activity] = times.get(activity, 0) + 1
        moments[activity] = Moment(day, day, 1, person)
    for activity, moment in moments.items():
        yield (activity, times[activity]), moment
