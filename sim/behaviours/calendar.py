"""Days, weeks, quarters, and the four lists of what is due: a row sleeps until its day."""

from __future__ import annotations

from sim.behaviours.kernel import kernel
from sim.domain.records import World

DAYS_PER_WEEK = 5
DAYS_PER_MONTH = 22
DAYS_PER_QUARTER = 65
DAYS_PER_YEAR = 260
QUARTER_END_DAYS = 15
#: A day after any run.
NEVER = 1_000_000


@kernel
def is_monday(day: int) -> bool:
    """Whether a working day opens a week."""
    return day % DAYS_PER_WEEK == 0


@kernel
def quarter_pressure(day: int) -> float:
    """Pressure to close, 0 until 15 days before the quarter's end, then rising to 1."""
    return max(0.0, (day % DAYS_PER_QUARTER - (DAYS_PER_QUARTER - QUARTER_END_DAYS - 1)) / QUARTER_END_DAYS)


@kernel
def is_quarter_end(day: int) -> bool:
    """Whether a day is one of the last 15 of its quarter."""
    return day % DAYS_PER_QUARTER >= DAYS_PER_QUARTER - QUARTER_END_DAYS


@kernel
def put_raw(world: World, lead: int, day: int) -> None:
    """Let a raw lead sleep until a day; beyond the run it sleeps for good. Changes the lists in place."""
    if day < world.rules.n_days:
        world.links[lead].next_due = world.calendar[day].raw
        world.calendar[day].raw = lead


@kernel
def put_due(world: World, lead: int, day: int) -> None:
    """Let a deal sleep until a day; beyond the run it sleeps for good. Changes the lists in place."""
    if day < world.rules.n_days:
        world.links[lead].next_due = world.calendar[day].due
        world.calendar[day].due = lead


@kernel
def put_review(world: World, lead: int, day: int) -> None:
    """Let a handed-off lead be looked at on a day. Changes the lists in place."""
    if day < world.rules.n_days:
        world.handed[lead].next_review = world.calendar[day].review
        world.calendar[day].review = lead
        world.calendar[day].reviews += 1


@kernel
def put_renewal(world: World, lead: int, day: int) -> None:
    """Let a contract run until a day; beyond the run nobody asks. Changes the lists in place.

    A customer waits in no other list of raw leads and deals, so it may use their link.
    """
    if day < world.rules.n_days:
        world.links[lead].next_due = world.calendar[day].renewal
        world.calendar[day].renewal = lead
