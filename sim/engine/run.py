"""One run of the compiled loop: allocate, found, run, grow where needed, measure."""

from __future__ import annotations

import threading
from typing import Any

from sim.domain.blueprint import Blueprint, empty_world, grow, refitted
from sim.domain.outcomes import OUTCOMES, OWN_OUTCOMES
from sim.domain.records import RECORDS, TABLES, World, world_of
from sim.engine.added import agent_of, door_of, with_added_outcomes
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
    if world is None:
        world = empty_world(plan, n_events=n_events)
    else:
        world.agents[:] = plan.agents
    found_world(world, seed)
    return run_on(world, 0)


class _Memory(threading.local):
    """What a thread has run last, and in which memory."""

    plan: Blueprint | None = None
    world: World | None = None


_memory = _Memory()


def simulate_here(plan: Blueprint, seed: int) -> World:
    """Run like `simulate`, in this thread's last world if it was of this very blueprint, or in its memory if that fits.

    New memory costs about a tenth of a run. The world is good until the thread's next run, so copy what is to stay.
    """
    last, _memory.world = _memory.world, None
    if last is not None and plan is not _memory.plan:
        last = refitted(last, plan)
    world = simulate(plan, seed, last)
    _memory.plan, _memory.world = plan, world
    return world


def run_on(world: World, day: int, last: int | None = None) -> World:
    """Run a world from a day until before another, or to its end; it grows before a day that might not fit."""
    last = int(world.rules.n_days) if last is None else last
    while (day := live(world, day, last)) < last:
        world = grow(world)
    return world


def live(world: World, first: int, last: int) -> int:
    """Run days until before `last`, or until before the first that might not fit; returns the day it stopped before.

    Like `run_days`, with the doors to what agents of extensions do, which lie elsewhere in every process.
    """
    if len(world.agents):
        world.doors[:] = [door_of(agent_of(int(kind))) for kind in world.agents["kind"]]
    return run_days(world, first, last)


def outcomes_of(world: World) -> Any:
    """The outcomes of a finished run, a ``numpy.record`` of MEASURED_DTYPE; NaN where there is none.

    It lies in the world's memory, so copy it before the world runs again.

    Raises
    ------
    InputError
        If an outcome of an extension is none, naming the package.
    """
    measure_outcomes(world)
    return with_added_outcomes(world) if len(OUTCOMES) > len(OWN_OUTCOMES) else world.outcomes


def outcomes_by(world: World, day: int) -> Any:
    """The outcomes of a run as if it had ended before a day that it has just reached; the run may go on.

    Parameters
    ----------
    day : int
        The next day to be lived, after the warm-up.

    Returns
    -------
    numpy.record
        Of MEASURED_DTYPE: to the byte those of a run that is so long and no longer (but for the trust in liaisons who
        are still to come, which the shorter run knows nothing of).
    """
    parts = {name: getattr(world, name) for name in (*RECORDS, *TABLES)}
    parts["rules"] = world.rules.copy()
    parts["rules"].n_days = day
    parts["journal"] = world.journal[: day + 1].copy()
    return outcomes_of(world_of(**parts))
