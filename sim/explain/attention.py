"""Giving one lead the attention of its rep, or taking it away, on the morning of a day; nothing else is touched.

This is not luck of the lead's own: whether a rep gets round to it depends on all that waits with him. So it cannot be
held to a chance, and is changed where it stands: in the lead's row and its place on the desk.
"""

from __future__ import annotations

from typing import Any

from sim.domain.records import World
from sim.domain.vocabulary import DISCOVERY, HANDED, NEGOTIATION, TAKEN, UNREAD
from sim.explain.path import row_of
from sim.explain.recording import Change

#: Priority of a lead that comes before all others on a desk, and of one that is not for today.
BEFORE_ALL, NOT_TODAY = 1e9, -1.0
#: Factor on the hours of a deal by which an hour on it is worth more than on any other, or less than nothing.
NO_TIME, NEVER_WORTH_IT = 1e-9, -1.0


def _seat(world: World, rep: int, day: int) -> None:
    """Let somebody sit at a desk that is vacant on a day. Changes the person in place."""
    world.people[rep].first_day = min(int(world.people[rep].first_day), day)


def take_on(key: int) -> Change:
    """Let the rep take a lead that waits, read or not; at a vacant desk somebody sits then."""

    def change(world: World, day: int) -> None:
        place = row_of(world, key)
        lead = world.leads[place] if place >= 0 else None
        if lead is not None and lead.state == HANDED and lead.is_willing != TAKEN:
            _seat(world, lead.rep, day)
            _put_on_desk(world, lead, place)

    return change


def _put_on_desk(world: World, lead: Any, place: int) -> None:
    """Put a lead among the work of its rep, as a second look does. Changes the lists in place."""
    rep = world.people[lead.rep]
    rep.unread -= 1 if lead.is_willing == UNREAD else 0
    lead.is_willing = TAKEN
    world.links[place].next_due, rep.desk_head = rep.desk_head, place


def call_first(key: int) -> Change:
    """Let the rep call a lead that he has taken before all other work, on a day on which he opens his inbox."""
    habits: dict[int, float] = {}

    def change(world: World, _day: int) -> None:
        for rep, habit in habits.items():
            world.people[rep].inbox_habit = habit
        habits.clear()
        lead = world.leads[row_of(world, key)]
        if lead.state == HANDED and lead.is_willing == TAKEN:
            lead.priority = BEFORE_ALL
            habits[int(lead.rep)] = float(world.people[lead.rep].inbox_habit)
            world.people[lead.rep].inbox_habit = 1.0

    return change


def keep_up(key: int) -> Change:
    """Let the rep keep up with a deal before all other work; its touches take none of his hours then."""
    return _worth(key, NO_TIME)


def leave_alone(key: int) -> Change:
    """Let the rep leave a deal alone."""
    return _worth(key, NEVER_WORTH_IT)


def _worth(key: int, factor: float) -> Change:
    """Make an hour on a deal worth all or nothing while it is open."""
    usual: list[float] = []

    def change(world: World, _day: int) -> None:
        place = row_of(world, key)
        if place < 0:
            return
        lead = world.leads[place]
        if DISCOVERY <= lead.state <= NEGOTIATION:
            usual[:] = usual or [float(lead.hours_factor)]
            lead.hours_factor = factor
        elif usual:
            lead.hours_factor = usual.pop()

    return change
