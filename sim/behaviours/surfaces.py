"""What an agent of an extension may do to the world: each keeps accounts, hours and shares in order.

A behaviour of an extension may read everything and write nothing but its own row of ``world.agents`` and what these
functions write for it (the contract in `sim.contract` holds that). Each function names what it changes.
"""

from __future__ import annotations

from sim.behaviours.arithmetic import exp
from sim.behaviours.contact import gain_trust
from sim.behaviours.handoff import acceptance_chance, leave_inbox, take
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens
from sim.behaviours.readings import is_active
from sim.domain.records import World
from sim.domain.vocabulary import DRAW_ACCEPT, HANDED, RAW, TAKEN

#: Most by which the priority of a lead is raised or lowered at once, ln.
MOST_PRIORITY = 1.0


@kernel
def bounded(value: float) -> float:
    """A share: below 0 it is 0, above 1 it is 1."""
    return min(1.0, max(0.0, value))


@kernel
def take_hours(world: World, agent: int, hours: float) -> bool:
    """Spend some of the agent's hours of today, if there are so many; returns whether. Changes the agent in place."""
    row = world.agents[agent]
    if hours < 0.0 or hours > row.hours_left:
        return False
    row.hours_left -= hours
    row.hours_used += hours
    return True


@kernel
def is_waiting(world: World, lead: int) -> bool:
    """Whether a lead has been handed off and its rep, who is there, has not taken it up."""
    row = world.leads[lead]
    return row.state == HANDED and row.is_willing != TAKEN and is_active(world, row.rep)


@kernel
def is_interested(world: World, lead: int) -> bool:
    """What a buyer says when asked on the day of the hand-off: by the luck and the chance with which a rep would ask.

    So an agent who calls first meets the same buyer as the rep who would have called; a later call by the rep is
    answered by the same draw.
    """
    return happens(world, world.leads[lead].key, DRAW_ACCEPT, 0, acceptance_chance(world, lead, 0.0))


@kernel
def book_meeting(world: World, lead: int, day: int) -> bool:
    """Book a meeting of a buyer who is interested with the rep who owns the lead; returns whether it was possible.

    The lead leaves the inbox and lies on the rep's desk, and the buyer need not be won over again: the rep's first
    contact is an introduction. Changes lead, rep and lists in place.
    """
    if not is_waiting(world, lead):
        return False
    row = world.leads[lead]
    leave_inbox(world, lead)
    take(world, lead)
    row.is_qualified = 1
    row.first_day = row.last_day = day
    return True


@kernel
def remind(world: World, lead: int) -> bool:
    """Make the rep take a lead that waits, without any talk with the buyer; returns whether it was possible.

    Changes lead, rep and lists in place.
    """
    if not is_waiting(world, lead):
        return False
    leave_inbox(world, lead)
    take(world, lead)
    return True


@kernel
def add_context(world: World, lead: int, share: float) -> None:
    """Tell the rep a share of what is still unknown of a lead. Changes the lead in place."""
    row = world.leads[lead]
    row.context = bounded(row.context + bounded(share) * (1.0 - row.context))


@kernel
def warm(world: World, lead: int, share: float) -> None:
    """Warm a lead that is raw or waits: a share of what once round with marketing would gain. Changes it in place."""
    row = world.leads[lead]
    if row.state == RAW or row.state == HANDED:
        row.fit += bounded(share) * world.rules.recycle_gain


@kernel
def raise_priority(world: World, lead: int, by: float) -> None:
    """Raise (or lower) a rep's wish to work a lead that waits, by at most MOST_PRIORITY (ln). Changes it in place."""
    if world.leads[lead].state == HANDED:
        world.leads[lead].priority *= exp(min(MOST_PRIORITY, max(-MOST_PRIORITY, by)))


@kernel
def bring_together(world: World, marketer: int, rep: int, share: float) -> None:
    """Let a marketer and a rep of a unit trust each other more: a share of the gap is closed.

    Changes the pair in place.
    """
    if world.people[marketer].unit == world.people[rep].unit and is_active(world, marketer) and is_active(world, rep):
        gain_trust(world, marketer, rep, bounded(share))


@kernel
def improve_habit(world: World, rep: int, share: float) -> None:
    """Make a rep open the inbox more often, for good: a share of the gap to every day. Changes the rep in place."""
    row = world.people[rep]
    if is_active(world, rep):
        row.inbox_habit = bounded(row.inbox_habit + bounded(share) * (1.0 - row.inbox_habit))
