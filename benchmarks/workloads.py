"""What is run: firms of any size, through the door that everybody uses, and single runs of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint, grow
from sim.domain.records import World
from sim.domain.vocabulary import DRAW_TOUCH, MOST_UNITS
from sim.engine.entries import run_days
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.resolve import blueprint_of

#: People of a unit of the mid-size firm, and of the largest in which everybody may deal with everybody.
UNIT, LARGE_UNIT = 60, 120


def firm(scenario: str = "mid", **values: Any) -> Blueprint:
    """A shipped scenario with other values, given as ``people__units=2``, resolved."""
    changes = [(path.replace("__", "."), value) for path, value in values.items()]
    return blueprint_of(with_values(load_scenario(scenario), changes))


def firm_of(people: int, **values: Any) -> Blueprint | None:
    """A firm of about so many people, in units of 60 or, where that makes too many units, of 120; None if still so.

    Examples
    --------
    >>> n_people(firm_of(600)), n_people(firm_of(6))
    (600, 6)
    """
    if people < UNIT:
        reps, marketers = (4, 1) if people == 6 else (8, 3)
        return firm(people__reps=reps, people__marketers=marketers, people__managers=1, **values)
    for scenario, size in (("mid", UNIT), ("large", LARGE_UNIT)):
        if people // size <= MOST_UNITS:
            return firm(scenario, people__units=people // size, **values)
    return None


def n_people(plan: Blueprint) -> int:
    """People of a firm; one who holds both roles counts once."""
    return plan.n_reps + plan.n_marketers + plan.n_managers + plan.n_liaisons - plan.n_generalists


def run(plan: Blueprint, seed: int, world: World | None = None) -> World:
    """One run to its outcomes, in the memory of an earlier one as in a study."""
    world = simulate(plan, seed, world)
    outcomes_of(world)
    return world


def run_until(world: World, day: int, end: int) -> World:
    """Run a world from a day until before another; where its tables had to grow, the world returned is another one."""
    while (day := run_days(world, day, end)) < end:
        world = grow(world)
    return world


def n_touches(plan: Blueprint, seed: int) -> int:
    """Times that somebody works on an open deal in a run; each asks luck once, under one address."""
    asked = int(simulate(plan, seed, n_events=1).organization.n_events)
    events = simulate(plan, seed, n_events=asked).events
    touches = events[events["purpose"] == DRAW_TOUCH]
    return len(np.unique(np.stack([touches["key"], touches["occurrence"]]), axis=1).T)
