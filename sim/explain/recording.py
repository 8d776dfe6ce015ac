"""A run that can be gone back to: what was decided in it, and the organization on some of its mornings.

A branch starts on such a morning and lives the days that follow again, with some decisions held to the chances of
another world. Nothing else differs, so what becomes different is due to what was held.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.rows import decisions_of, leads_of
from sim.behaviours.calendar import DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.domain.blueprint import Blueprint, empty_world, rows
from sim.domain.records import EVENTS, RECORDS, TABLES, World, world_of
from sim.engine.entries import found_world
from sim.engine.run import run_on

#: Days for which a run is lived on where its end came before a lead was settled: a year.
LONGER = DAYS_PER_YEAR
#: Days between two mornings that are kept: a branch lives half as many days on average before its first difference.
MORNINGS = 65


class Held(NamedTuple):
    """A decision that is held to a chance: whose, which, and the chance in place of its own."""

    key: int
    purpose: int
    occurrence: int
    chance: float


#: What is changed of a world on a morning before its day is lived: world and day.
Change = Callable[[World, int], None]


@dataclass(frozen=True)
class Recording:
    """A run with every decision written down.

    Parameters
    ----------
    plan : Blueprint
        What was run.
    seed : int
        Of the run.
    world : World
        After the last day, with its decisions.
    mornings : list of World
        Every `MORNINGS` days, from the first on, without decisions.
    """

    plan: Blueprint
    seed: int
    world: World
    mornings: list[World] = field(repr=False)

    @cached_property
    def decisions(self) -> Any:
        """All decisions, sorted by whom they are about, in order of time."""
        rows_ = decisions_of(self.world)
        return rows_[np.argsort(rows_["key"], kind="stable")]

    @cached_property
    def place(self) -> dict[int, int]:
        """Row of each lead by its key."""
        return {int(key): row for row, key in enumerate(leads_of(self.world)["key"])}

    @cached_property
    def handoff_points(self) -> tuple[int, ...]:
        """Point of hand-off that was in force on each day."""
        world, points = copy_of(self.mornings[0]), []
        for day in range(int(self.plan.rules.n_days)):
            world = live(world, day, day + 1)
            points.append(int(world.organization.handoff_point))
        return tuple(points)

    @cached_property
    def longer(self) -> Recording:
        """The same run, lived on for `LONGER` days after its end: up to there it is the same."""
        rules = self.plan.rules.copy()
        rules.n_days += LONGER
        return record(replace(self.plan, rules=rules), self.seed)

    def decisions_on(self, key: int) -> Any:
        """The decisions on one lead or person, in order of time."""
        first, last = np.searchsorted(self.decisions["key"], [key, key + 1])
        return self.decisions[first:last]


def record(plan: Blueprint, seed: int) -> Recording:
    """Run a scenario and write down every decision.

    Parameters
    ----------
    plan : Blueprint
        The resolved scenario.
    seed : int
        Of the run, as `sim.ensemble.seeds.run_seed` gives it.
    """
    n_days = int(plan.rules.n_days)
    world = empty_world(plan)
    found_world(world, seed)
    mornings = []
    for day in range(0, n_days, MORNINGS):
        mornings.append(copy_of(world))
        world = live(world, day, min(n_days, day + MORNINGS))
    n_events = _count_decisions(mornings[0], n_days)
    recorded = live(copy_of(mornings[0], n_events), 0, n_days)
    return Recording(plan, seed, recorded, mornings)


def _count_decisions(morning: World, n_days: int) -> int:
    return int(live(copy_of(morning, 1), 0, n_days).organization.n_events)


def copy_of(world: World, n_events: int = 0, held: Sequence[Held] = ()) -> World:
    """A world of its own in the same state, with room for decisions and those that are held."""
    parts = {name: copy.deepcopy(getattr(world, name)) for name in RECORDS}
    parts |= {name: _copied(getattr(world, name)) for name in TABLES if name != "events"}
    parts["events"] = rows(EVENTS, n_events + len(held))
    parts["organization"].n_events = 0
    parts["organization"].n_held = len(held)
    for place, decision in enumerate(held, n_events):
        event = parts["events"][place]
        event.key, event.purpose, event.occurrence, event.chance = decision
        event.day = -1
    return world_of(**parts)


def _copied(table: Any) -> Any:
    """A table copied as it lies in memory: ten times as fast as field by field."""
    return table.view(np.ndarray).view(np.uint8).copy().view(table.dtype).view(np.recarray)


def live(world: World, first: int, last: int) -> World:
    """Live days, with more room where it is needed."""
    return run_on(world, first, last)


@dataclass(frozen=True)
class Branch:
    """A way to live a run again from a day on.

    Parameters
    ----------
    day : int
        First day on which anything may differ.
    held : tuple of Held
        Decisions in the order in which they are asked.
    changes : tuple
        Called on every morning from `day` on.
    """

    day: int
    held: tuple[Held, ...] = ()
    changes: tuple[Change, ...] = ()

    def joined(self, other: Branch) -> Branch:
        """Both at once."""
        return Branch(min(self.day, other.day), self.held + other.held, self.changes + other.changes)


def branch_off(recording: Recording, branch: Branch, is_over: Callable[[World], bool], n_events: int = 0) -> World:
    """Live a run again with a difference, until it is over for whom it is about.

    Parameters
    ----------
    recording : Recording
        The run; it stays as it is.
    branch : Branch
        What is different.
    is_over : callable
        Whether nothing more needs to be seen; asked once a week after the branch's first day.
    n_events : int
        Room for decisions; 0 for as many as the days can bring.
    """
    n_days, day = int(recording.plan.rules.n_days), morning_before(recording, branch.day)
    world = copy_of(recording.mornings[day // MORNINGS], n_events or 2 * len(recording.decisions), branch.held)
    if day < branch.day < n_days:
        world, day = live(world, day, branch.day), branch.day
    while day < n_days and not is_over(world):
        for change in branch.changes:
            change(world, day)
        until = min(n_days, day + (1 if branch.changes else DAYS_PER_WEEK))
        world, day = live(world, day, until), until
    return world


def morning_of(recording: Recording, day: int) -> World:
    """A world of its own on the morning of a day, without decisions."""
    first = morning_before(recording, day)
    return live(copy_of(recording.mornings[first // MORNINGS]), first, day)


def morning_before(recording: Recording, day: int) -> int:
    """The last kept morning up to a day."""
    return min(day // MORNINGS, len(recording.mornings) - 1) * MORNINGS
