"""The doors from Python into compiled code: each has one signature and is compiled once per machine."""

from __future__ import annotations

from sim.behaviours.desk import rep_day
from sim.behaviours.kernel import entry
from sim.behaviours.liaison import liaison_day
from sim.behaviours.managing import manager_day
from sim.behaviours.marketing import marketer_day
from sim.behaviours.outcomes import measure
from sim.behaviours.people import found
from sim.domain.records import World
from sim.engine import day as schedule


@entry
def found_world(world: World, seed: int) -> None:
    """Put a world into the state of the first morning (see `sim.behaviours.people.found`)."""
    found(world, seed)


@entry
def run_days(world: World, first: int, last: int) -> int:
    """Run days from `first` until before `last`, or before the first that might not fit (see `sim.engine.day`)."""
    return schedule.run_days(world, first, last)


@entry
def measure_outcomes(world: World) -> None:
    """Fill the outcomes of a finished run (see `sim.behaviours.outcomes.measure`)."""
    measure(world)


@entry
def has_room(world: World, day: int) -> bool:
    """Whether all that a day can add is sure to fit."""
    return schedule.has_room(world, day)


@entry
def open_day(world: World, day: int) -> None:
    """Open a day (Mesa driver)."""
    schedule.open_day(world, day)


@entry
def noon(world: World, day: int) -> None:
    """Between marketers and reps (Mesa driver)."""
    schedule.noon(world, day)


@entry
def close_day(world: World, day: int) -> None:
    """Close a day (Mesa driver)."""
    schedule.close_day(world, day)


@entry
def liaison_works(world: World, liaison: int, day: int) -> None:
    """One person-day of a liaison (Mesa driver)."""
    liaison_day(world, liaison, day)


@entry
def manager_works(world: World, manager: int, day: int) -> None:
    """One person-day of a manager (Mesa driver)."""
    manager_day(world, manager, day)


@entry
def marketer_works(world: World, marketer: int, day: int) -> None:
    """One person-day of a marketer (Mesa driver)."""
    marketer_day(world, marketer, day)


@entry
def rep_works(world: World, rep: int, day: int) -> None:
    """One person-day of a rep (Mesa driver)."""
    rep_day(world, rep, day)


ENTRIES = (
    found_world,
    run_days,
    measure_outcomes,
    has_room,
    open_day,
    noon,
    close_day,
    liaison_works,
    manager_works,
    marketer_works,
    rep_works,
)
