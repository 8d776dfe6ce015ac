"""What extensions bring into a run: the doors to their agents' days, and what they measure of it."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from sim.behaviours.calls import door_to
from sim.behaviours.kernel import Entry
from sim.domain.blueprint import record
from sim.domain.declarations import AddedAgent, AddedOutcome
from sim.domain.errors import InputError, Told
from sim.domain.extensions import added_agents, added_outcomes, function_of
from sim.domain.outcomes import MEASURED_DTYPE, OWN_OUTCOMES
from sim.domain.records import World


@functools.cache
def agent_of(kind: int) -> AddedAgent:
    """The agent class of a number.

    Raises
    ------
    InputError
        If no extension that is installed here has it.
    """
    for agent in added_agents().values():
        if agent.kind == kind:
            return agent
    mend = "Install the extension that adds it, here and on every worker."
    raise InputError("agents", "must be of a class that an extension adds", kind, mend)


def behaviour_of(agent: AddedAgent) -> Entry[Any, Any]:
    """The person-day of an agent class.

    Raises
    ------
    InputError
        If it is no entry of a world, a row and a day.
    """
    behaviour = function_of(agent.behaviour, agent.package)
    hints = list(getattr(behaviour, "__annotations__", {}).values()) if isinstance(behaviour, Entry) else []
    if hints != ["World", "int", "int", "None"]:
        rule = "must be an @entry of (world: World, agent: int, day: int) -> None, annotations kept as text"
        raise InputError(f"extension {agent.package}: {agent.behaviour}", rule, None, "See docs/how-to/extend.md.")
    return behaviour


def door_of(agent: AddedAgent) -> int:
    """Where the day loop finds the person-day of an agent class; good in this process only."""
    return door_to(behaviour_of(agent))


def with_added_outcomes(world: World) -> Any:
    """Our outcomes of a finished run and those of extensions, a ``numpy.record`` of MEASURED_DTYPE."""
    measured = record(MEASURED_DTYPE)
    for outcome in OWN_OUTCOMES:
        measured[outcome.name] = world.outcomes[outcome.name]
    for added in added_outcomes():
        measured[added.name] = measured_by(added, world)
    return measured


def measured_by(outcome: AddedOutcome, world: World) -> float:
    """Value of an outcome of an extension; NaN where there is none.

    Raises
    ------
    InputError
        If it cannot be measured, is no number, or lies outside its range.
    """
    where = f"extension {outcome.package}: {outcome.name}"
    try:
        value = function_of(outcome.function, outcome.package)(world)
    except InputError:
        raise
    except Exception as error:  # whatever a function of somebody else raises
        raise InputError(
            where,
            f"cannot be measured ({type(error).__name__}: {error})",
            Told("no number"),
            "Mend the measure, or uninstall the extension.",
        ) from None
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputError(where, "must be a number", type(value).__name__, "Let it return a number.")
    if not (math.isnan(value) or outcome.low <= value <= outcome.high):
        raise InputError(
            where,
            f"must be between {outcome.low:g} and {outcome.high:g} {outcome.unit}",
            float(value),
            "Let it return a number within that, or declare another range.",
        )
    return float(value)
