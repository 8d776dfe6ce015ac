"""The doors from Python into compiled code: each has one signature and is compiled once per machine.

Both drivers use the same ones: Mesa calls them one by one, `run_days` in a loop, by address. The costly ones to
compile stand first, `run_days`, which needs them all, last.
"""

from __future__ import annotations

from sim.behaviours.calls import let_added_work
from sim.behaviours.desk import rep_day
from sim.behaviours.kernel import entry
from sim.behaviours.liaison import liaison_day
from sim.behaviours.managing import manager_day
from sim.behaviours.marketing import marketer_day
from sim.behaviours.outcomes import measure
from sim.behaviours.people import found
from sim.domain.records import World
from sim.domain.vocabulary import EVENING, MORNING, NOON
from sim.engine import day as schedule


@entry
def reps_work(world: World, first: int, behind: int, day: int) -> None:
    """A day of the reps from one row of people until before another, one after the other."""
    for rep in range(first, behind):
        rep_day(world, rep, day)


@entry
def open_day(world: World, day: int) -> None:
    """Open a day, before anybody works."""
    schedule.open_day(world, day)


@entry
def marketers_work(world: World, first: int, behind: int, day: int) -> None:
    """A day of the marketers from one row of people until before another, one after the other."""
    for marketer in range(first, behind):
        marketer_day(world, marketer, day)


@entry
def noon(world: World, day: int) -> None:
    """Between marketers and reps."""
    schedule.noon(world, day)


@entry
def close_day(world: World, day: int) -> None:
    """Close a day, after everybody has worked."""
    schedule.close_day(world, day)


@entry
def manager_works(world: World, manager: int, day: int) -> None:
    """One person-day of a manager."""
    manager_day(world, manager, day)


@entry
def liaison_works(world: World, liaison: int, day: int) -> None:
    """One person-day of a liaison."""
    liaison_day(world, liaison, day)


@entry
def has_room(world: World, day: int) -> bool:
    """Whether all that a day can add is sure to fit."""
    return schedule.has_room(world, day)


@entry
def found_world(world: World, seed: int) -> None:
    """Put a world into the state of the first morning (see `sim.behaviours.people.found`)."""
    found(world, seed)


@entry
def measure_outcomes(world: World) -> None:
    """Fill the outcomes of a finished run (see `sim.behaviours.outcomes.measure`)."""
    measure(world)


@entry
def run_days(world: World, first: int, last: int) -> int:
    """Run days until before `last`, or until before the first that might not fit; returns the day it stopped before.

    Where there are agents of extensions, `sim.engine.run.live` has opened their doors, and calls this.
    """
    firm = world.organization
    day = first
    while day < last and schedule.has_room(world, day):
        open_day(world, day)
        n_workers = firm.n_marketers + firm.n_reps
        managers = n_workers + firm.n_liaisons
        let_added_work(world, MORNING, day)
        for liaison in range(n_workers, managers):
            liaison_works(world, liaison, day)
        for manager in range(managers, managers + firm.n_managers):
            manager_works(world, manager, day)
        marketers_work(world, 0, firm.n_marketers, day)
        noon(world, day)
        let_added_work(world, NOON, day)
        reps_work(world, firm.n_marketers, n_workers, day)
        let_added_work(world, EVENING, day)
        close_day(world, day)
        day += 1
    return day


ENTRIES = (
    reps_work,
    open_day,
    marketers_work,
    noon,
    close_day,
    manager_works,
    liaison_works,
    has_room,
    found_world,
    measure_outcomes,
    run_days,
)
