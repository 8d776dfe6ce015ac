"""A resolved scenario as plain records, and the empty world that a run starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.domain.outcomes import OUTCOMES_DTYPE
from sim.domain.records import (
    AGENTS,
    CALENDAR_DAYS,
    DESK,
    EVENTS,
    HANDED_LINKS,
    INCIDENTS,
    JOURNAL,
    LEADS,
    LINKS,
    ORGANIZATION,
    PAIRS,
    PEOPLE,
    RECORDS,
    TABLES,
    World,
    world_of,
)

#: Deals that a rep finds in a day, about, and rows for each rep that the worst day might take: as measured in the
#: shipped scenarios, so that tables seldom have to grow.
SELF_FOUND_A_DAY = 0.24
ROOM_FOR_LEADS, ROOM_ON_DESKS, ROOM_FOR_INCIDENTS = 14, 75, 100
#: What a processor fetches at a time: a line and, often, the other one of its pair.
LINE_BYTES = 128


@dataclass(frozen=True)
class Blueprint:
    """All that a run needs but its seed; never changed by a run.

    Parameters
    ----------
    rules : numpy.record of RULES_DTYPE
        Every parameter, with the length of the run.
    n_marketers, n_reps, n_liaisons, n_managers, n_generalists : int
        People of all units that the firm will ever have; generalists are those at the start, liaisons the posts that
        any intervention will ever fill.
    n_units : int
        Units, all alike, so a divisor of the numbers above (but of liaisons').
    agents : numpy.recarray of AGENTS
        Agents of extensions that the firm will ever have, as they are before the first day.
    """

    rules: Any
    n_marketers: int
    n_reps: int
    n_liaisons: int
    n_managers: int
    n_generalists: int
    n_units: int = 1
    agents: Any = field(default_factory=lambda: rows(AGENTS, 0))

    @property
    def n_days(self) -> int:
        """Days of a run, warm-up included."""
        return int(self.rules.n_days)


def rows(dtype: np.dtype[np.void], n: int) -> Any:
    """A zeroed record array of n rows that begins with a pair of lines of the processor's cache."""
    memory = np.zeros(n * dtype.itemsize + LINE_BYTES, np.uint8)
    first = -memory.ctypes.data % LINE_BYTES
    return memory[first : first + n * dtype.itemsize].view(dtype).view(np.recarray)


def record(dtype: np.dtype[np.void]) -> Any:
    """A zeroed single record whose fields are attributes."""
    return rows(dtype, 1)[0]


def installed_customers(plan: Blueprint) -> int:
    """Rows of leads that are taken on the first morning: customers from before the run."""
    return int(plan.rules.customers_per_rep) * plan.n_reps


def expected_leads(plan: Blueprint) -> int:
    """Rows of leads that a run will probably need; a guess only, since arrays grow."""
    a_day = float(plan.rules.raw_leads_per_rep_day) + SELF_FOUND_A_DAY
    return int((a_day * plan.n_days + ROOM_FOR_LEADS) * plan.n_reps) + installed_customers(plan)


def empty_world(plan: Blueprint, capacity: int | None = None, n_events: int = 0) -> World:
    """Allocate a world for a blueprint; `found_world` must fill it before the first day.

    Parameters
    ----------
    plan : Blueprint
        What to build.
    capacity : int, optional
        First rows of leads and incidents, at least those of the first morning; results do not depend on it.
    n_events : int
        Decision rows to record, 0 for none.
    """
    capacity = max(1, installed_customers(plan), capacity if capacity is not None else expected_leads(plan))
    n_people, n_pairs = _size(plan)
    return world_of(
        rules=plan.rules,
        organization=_organization(plan),
        outcomes=record(OUTCOMES_DTYPE),
        people=rows(PEOPLE, n_people),
        pairs=rows(PAIRS, n_pairs),
        leads=rows(LEADS, capacity),
        links=rows(LINKS, capacity),
        handed=rows(HANDED_LINKS, capacity),
        calendar=rows(CALENDAR_DAYS, plan.n_days),
        desk=rows(DESK, min(capacity, ROOM_ON_DESKS * plan.n_reps)),
        journal=rows(JOURNAL, plan.n_days + 1),
        incidents=rows(INCIDENTS, min(capacity, capacity // 16 + ROOM_FOR_INCIDENTS * plan.n_reps)),
        events=rows(EVENTS, n_events),
        agents=_agents(plan),
    )


def _agents(plan: Blueprint) -> Any:
    """Agents of extensions in memory of their own."""
    table = rows(AGENTS, len(plan.agents))
    table[:] = plan.agents
    return table


def _size(plan: Blueprint) -> tuple[int, int]:
    """Rows of people and of pairs."""
    n_people = plan.n_marketers + plan.n_reps + plan.n_liaisons + plan.n_managers
    return n_people, plan.n_marketers * plan.n_reps // plan.n_units


def _organization(plan: Blueprint) -> Any:
    """The record of a firm that knows how many people and units it has, and nothing else yet."""
    firm = record(ORGANIZATION)
    for name in ("n_marketers", "n_reps", "n_liaisons", "n_managers", "n_generalists"):
        setattr(firm, name, getattr(plan, name))
    firm.n_units = plan.n_units
    firm.n_generalists //= plan.n_units
    for name in ("marketers", "reps", "managers"):
        firm[f"unit_{name}"] = getattr(plan, f"n_{name}") // plan.n_units
    return firm


def refitted(world: World, plan: Blueprint) -> World | None:
    """A world for a blueprint in the memory of another world, or None where that has not the right size.

    `found_world` must fill it; the other world is then no more.
    """
    here = (len(world.people), len(world.pairs), len(world.calendar), len(world.events))
    if here != (*_size(plan), plan.n_days, 0) or len(world.leads) < installed_customers(plan):
        return None
    tables = {name: getattr(world, name) for name in TABLES} | {"agents": _agents(plan)}
    return world_of(rules=plan.rules, organization=_organization(plan), outcomes=world.outcomes, **tables)


def grow(world: World) -> World:
    """The same world with more room for leads, desk or incidents that today lacks; what is there stays there."""
    firm, parts = world.organization, {name: getattr(world, name) for name in (*RECORDS, *TABLES)}
    if firm.leads_needed > len(world.leads):
        n = _room(world, firm.n_leads, firm.leads_needed)
        parts |= {name: _longer(parts[name], n) for name in ("leads", "links", "handed")}
    if firm.desk_needed > len(world.desk):
        parts["desk"] = rows(DESK, firm.desk_needed + firm.desk_needed // 4)
    if firm.incidents_needed > len(world.incidents):
        parts["incidents"] = _longer(world.incidents, _room(world, firm.n_incidents, firm.incidents_needed))
    return world_of(**parts)


def _room(world: World, used: int, needed: int) -> int:
    """Rows of a table that today lacks room: what the run needs to its end if it goes on like that, within bounds."""
    day = world.organization.day
    in_the_end = needed + int(used * (world.rules.n_days - day) / (day + 1))
    return min(max(in_the_end, needed + needed // 32), needed + needed // 2)


def _longer(table: Any, n: int) -> Any:
    longer = rows(table.dtype, n)
    longer[: len(table)] = table
    return longer
