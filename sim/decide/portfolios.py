"""Portfolios: interventions with doses in an order, and the days on which an organization can begin them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.domain.errors import InputError, did_you_mean
from sim.spec.catalogue import check_dose, interventions_of
from sim.spec.edit import with_interventions
from sim.spec.kinds import Intervention
from sim.spec.resolve import asks_for_more
from sim.spec.scenario import Scenario

#: Doses that are tried where none is named, as shares of the usual one; the usual one first.
SHARES = (1.0, 0.5, 1.5)
MOST_CAPACITY = 40


class Step(NamedTuple):
    """An intervention in an order.

    Parameters
    ----------
    name : str
        Of the intervention.
    dose : float
        In the unit of its leading practice.
    """

    name: str
    dose: float


class Start(NamedTuple):
    """An intervention in a portfolio, with its first working day after the warm-up."""

    name: str
    dose: float
    day: int


@dataclass(frozen=True)
class Candidate:
    """An intervention that may be chosen.

    Parameters
    ----------
    name, label, unit : str
        As files and people call it, and the unit of its dose.
    doses : tuple of float
        Doses that may be chosen; the first is tried first.
    takes : int
        Working days for which it takes a place among the changes under way: its ramp.
    """

    name: str
    label: str
    unit: str
    doses: tuple[float, ...]
    takes: int


Order = tuple[Step, ...]
Portfolio = tuple[Start, ...]


def candidates_from(
    scenario: Scenario, names: Sequence[str] | None
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """What may be chosen: of the names given, or of the whole catalogue, all that asks for something new; and the rest.

    Parameters
    ----------
    scenario : Scenario
        What it is chosen for.
    names : sequence of str or None
        Such as ``liaison`` (half, usual, and half as much again), or ``liaison=1`` for one dose; a name may be given
        with several doses. None for the whole catalogue.

    Raises
    ------
    InputError
        If a name is not known, or a dose is out of range.
    """
    known = interventions_of(scenario)
    doses: dict[str, tuple[float, ...]] = {}
    for text in [name for name, action in known.items() if not action.is_event] if names is None else names:
        name, own = _named(scenario, text)
        doses[name] = (*doses.get(name, ()), *own)
    found = [
        Candidate(name, known[name].label, known[name].unit, tuple(dict.fromkeys(own)), _takes(known[name]))
        for name, own in doses.items()
    ]
    is_new = [any(_is_new(scenario, Step(one.name, dose)) for dose in one.doses) for one in found]
    new, rest = ([one for one, own in zip(found, is_new, strict=True) if own is wanted] for wanted in (True, False))
    return tuple(new), tuple(rest)


def _named(scenario: Scenario, text: str) -> tuple[str, tuple[float, ...]]:
    """Name and doses of an entry such as ``liaison`` or ``liaison=1``."""
    name, equals, amount = (part.strip() for part in text.partition("="))
    known = interventions_of(scenario)
    if name not in known or "@" in amount:
        mend = "Start days and orders are what is looked for." if {"@", "+"} & set(text) else did_you_mean(name, known)
        raise InputError("interventions", "must be an intervention such as liaison or liaison=1", text, mend)
    action = known[name]
    if not equals:
        shares = [min(action.most, max(action.least, share * action.default_dose)) for share in SHARES]
        return name, tuple(dict.fromkeys(float(f"{dose:.6g}") for dose in shares))
    try:
        dose = float(amount)
    except ValueError:
        raise InputError(
            f"interventions: dose of {name}", "must be a number", amount, "Write it as liaison=1, for example."
        ) from None
    check_dose(name, action, dose, f"interventions: dose of {name}")
    if dose == 0.0 or not math.isfinite(dose):
        raise InputError(f"interventions: dose of {name}", "must not be 0", amount, "Doing nothing is a candidate too.")
    return name, (dose,)


def _takes(action: Intervention) -> int:
    return max(1, math.ceil(action.ramp_days))


def _is_new(scenario: Scenario, step: Step) -> bool:
    """Whether a step asks for anything that is not there already."""
    made = with_interventions(scenario, text_of((Start(*step, 0),)))
    place = len(scenario.interventions)
    return asks_for_more(made, place)


def scheduled(order: Order, takes: dict[str, int], capacity: int) -> Portfolio:
    """Begin each intervention as soon as one of the places for changes is free, in the order given.

    Parameters
    ----------
    order : tuple of Step
        In the order of their beginning.
    takes : dict
        Working days for which each keeps its place, by name.
    capacity : int
        How many changes may be under way at once.

    Returns
    -------
    tuple of Start
        By day, then by name: orders that come to the same days are the same portfolio.

    Examples
    --------
    >>> order = (Step("liaison", 2.0), Step("collocation", 0.8), Step("joint_events", 2.0))
    >>> takes = {"liaison": 60, "collocation": 60, "joint_events": 20}
    >>> [(start.name, start.day) for start in scheduled(order, takes, 2)]
    [('collocation', 0), ('liaison', 0), ('joint_events', 60)]
    """
    free = [0] * capacity
    starts = []
    for step in order:
        place = free.index(min(free))
        starts.append(Start(step.name, step.dose, free[place]))
        free[place] += takes[step.name]
    return tuple(sorted(starts, key=lambda start: (start.day, start.name)))


def text_of(portfolio: Portfolio) -> str:
    """A portfolio as ``--interventions`` takes it; nothing for none.

    Examples
    --------
    >>> text_of((Start("liaison", 2.0, 0), Start("collocation", 0.8, 60)))
    'liaison=2@0+collocation=0.8@60'
    """
    return "+".join(f"{start.name}={start.dose:g}@{start.day}" for start in portfolio)


def applied(scenario: Scenario, portfolio: Portfolio) -> Scenario:
    """The scenario with a portfolio."""
    return with_interventions(scenario, text_of(portfolio)) if portfolio else scenario


def order_of(portfolio: Portfolio) -> Order:
    """An order that comes to a portfolio's days."""
    return tuple(Step(start.name, start.dose) for start in portfolio)


def orders(candidates: Sequence[Candidate]) -> Iterator[Order]:
    """Every order of every choice of candidates and doses, the empty one first."""
    for many in range(len(candidates) + 1):
        for chosen in itertools.permutations(candidates, many):
            for doses in itertools.product(*(one.doses for one in chosen)):
                yield tuple(Step(one.name, dose) for one, dose in zip(chosen, doses, strict=True))


def n_orders(candidates: Sequence[Candidate]) -> int:
    """How many orders `orders` gives."""
    ways = [1]  # by how many are chosen: sums of products of numbers of doses
    for one in candidates:
        ways = [a + b * len(one.doses) for a, b in zip([*ways, 0], [0, *ways], strict=True)]
    return sum(math.factorial(many) * way for many, way in enumerate(ways))
