"""One run of the compiled loop: allocate, found, run, grow where needed, measure."""

from __future__ import annotations

from typing import Any

from sim.domain.blueprint import Blueprint, empty_world, grow
from sim.domain.records import World
from sim.engine.entries import found_world, measure_outcomes, run_days


def simulate(plan: Blueprint, seed: int, world: World | None = None, n_events: int = 0) -> World:
    """Run a scenario with a seed to its end.

    Parameters
    ----------
    plan : Blueprint
        The resolved scenario.
    seed : int
        Non-negative; same blueprint and seed, same bytes.
    world : World, optional
        An older world of the same blueprint whose memory may be used again.
    n_events : int
        Decision rows to record.

    Returns
    -------
    World
        After the last day.
    """
    world = world if world is not None else empty_world(plan, n_events=n_events)
    found_world(world, seed)
    return run_on(world, 0)


def run_on(world: World, day: int) -> World:
    """Run a world from a day to its end, growing its arrays before a day that might not fit."""
    n_days = int(world.rules.n_days)
    while (day := run_days(world, day, n_days)) < n_days:
        world = grow(world)
    return world


def outcomes_of(world: World) -> Any:
    """The outcomes of a finished run, a ``numpy.record`` of OUTCOMES_DTYPE; NaN where there is none.

    It lies in the world's memory, so copy it before the world runs again.
    """
    measure_outcomes(world)
    return world.outcomes
