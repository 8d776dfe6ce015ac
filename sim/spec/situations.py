"""Situations of a firm: six numbers that say which firm it is, and the scenario that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.spec.catalogue import load_scenario, markets
from sim.spec.edit import value_at, with_values
from sim.spec.factors import is_whole
from sim.spec.scenario import Scenario

#: The firm whose numbers are moved, and what is usual there for each rep.
BASE = "mid"
MARKETERS_PER_REP = 0.35
#: Numbers of a market preset that are axes of their own, or that follow from another one.
OWN_AXES = ("market.gap_days", "market.raw_leads_per_rep_day")
#: Reps at which people share a room, and from which on they are on different floors (evidence E43).
ROOM, FLOORS, NEAREST = 4.0, 32.0, 0.9
#: People for each manager, the mid-size firm's.
SPAN = 9.0


@dataclass(frozen=True)
class Axis:
    """One number that says which firm it is.

    Parameters
    ----------
    name, label, unit : str
        For tables, for people, and what it is counted in.
    low, high : float
        Ends of the map.
    is_log : bool
        Whether equal ratios lie equally far apart.
    meaning : str
        What it is, in words.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    is_log: bool
    meaning: str

    def at(self, share: float) -> float:
        """The value at a share of the way.

        Examples
        --------
        >>> Axis("reps", "Size", "reps", 4, 64, True, "").at(0.5)
        16.0
        """
        if self.is_log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share

    def share_of(self, value: float) -> float:
        """How far along a value lies: 0 to 1 on the map, beyond where the firm is off it."""
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


AXES: tuple[Axis, ...] = (
    Axis("reps", "Size", "reps", 4.0, 64.0, True, "people in sales; marketers and managers come with them"),
    Axis("complexity", "Deal complexity", "", -1.0, 1.0, False, "−1 simple, 0 usual, 1 complex: value, hours, people"),
    Axis("gap_days", "Cycle", "working days between touches", 2.0, 16.0, True, "how long a deal rests"),
    Axis("leads", "Lead volume", "of the usual", 0.4, 2.5, True, "inquiries for each rep of such deals"),
    Axis("marketing", "Budget split", "of the usual", 0.5, 2.0, True, "marketing for each rep: people and money"),
    Axis("leave", "Turnover", "of reps a month", 0.008, 0.04, True, "reps who leave, quarrels apart"),
)  # fmt: skip


def between(complexity: float) -> dict[str, Any]:
    """Numbers of a market between the simple, the usual and the complex one, by path, axes of their own left out."""
    usual = load_scenario(BASE)
    simple, involved = (markets()[name].givens for name in ("simple", "complex"))
    side = involved if complexity > 0 else simple
    paths = [path for path in {**simple, **involved} if path not in OWN_AXES]
    found = {path: _mixed(value_at(usual, path), _end(side, path, usual), abs(complexity)) for path in paths}
    return {path: round(value) if is_whole(usual, path) else value for path, value in found.items()}


def _end(side: Mapping[str, Any], path: str, usual: Scenario) -> float:
    return float(side[path].value if path in side else value_at(usual, path))


def _mixed(start: float, end: float, share: float) -> float:
    if start > 0 and end > 0:
        return float(start ** (1.0 - share) * end**share)
    return (1.0 - share) * start + share * end


@cache
def usual_leads(complexity: float) -> float:
    """Inquiries for each rep and day that are usual at a complexity of deals."""
    usual, path = load_scenario(BASE), "market.raw_leads_per_rep_day"
    side = markets()["complex" if complexity > 0 else "simple"].givens
    return _mixed(value_at(usual, path), side[path].value, abs(complexity))


def firm_at(situation: Mapping[str, float]) -> Scenario:
    """The scenario of a situation.

    Parameters
    ----------
    situation : mapping
        Value by the name of each of `AXES`.

    Raises
    ------
    InputError
        If a value is none that a scenario may have.

    Examples
    --------
    >>> made = firm_at(situation_of(load_scenario("mid")))
    >>> made.people.reps, made.people.marketers, made.market.gap_days
    (40, 14, 9.0)
    """
    usual, reps = load_scenario(BASE), max(1, round(situation["reps"]))
    more, complexity = situation["marketing"], situation["complexity"]
    marketers = max(1, round(MARKETERS_PER_REP * more * reps))
    changes = {
        **between(complexity),
        "people.reps": reps,
        "people.marketers": marketers,
        "people.managers": max(1, round((reps + marketers) / SPAN)),
        "people.proximity_floor": _nearness(reps),
        "people.programme_per_rep": value_at(usual, "people.programme_per_rep") * more,
        "people.leave_base": situation["leave"],
        "market.gap_days": situation["gap_days"],
        "market.raw_leads_per_rep_day": usual_leads(complexity) * situation["leads"],
    }
    return with_values(usual, changes)


def _nearness(reps: float) -> float:
    share = math.log(FLOORS / reps) / math.log(FLOORS / ROOM)
    return NEAREST * min(max(share, 0.0), 1.0)


def situation_of(scenario: Scenario) -> dict[str, float]:
    """Where a firm stands on the map.

    Parameters
    ----------
    scenario : Scenario
        Any; values beyond the ends of an axis stay beyond.

    Notes
    -----
    Complexity is read from the mean value of an account against the pay of a rep, so that it does not depend on the
    currency; the budget split is the geometric mean of marketers and programme money for each rep.
    """
    usual: Any = load_scenario(BASE)
    people: Any = scenario.people
    market: Any = scenario.market
    scale = usual.people.pay_rep / people.pay_rep if people.pay_rep else 1.0
    complexity = _complexity(market.value_mean * scale, usual)
    people_share = max(people.marketers, 0.5) / people.reps / MARKETERS_PER_REP
    money_share = max(people.programme_per_rep * scale, 1.0) / usual.people.programme_per_rep
    return {
        "reps": float(people.reps),
        "complexity": complexity,
        "gap_days": float(market.gap_days),
        "leads": max(market.raw_leads_per_rep_day, 1e-6) / usual_leads(max(-1.0, min(1.0, complexity))),
        "marketing": math.sqrt(people_share * money_share),
        "leave": max(float(people.leave_base), 1e-6),
    }


def _complexity(value: float, usual: Scenario) -> float:
    middle = value_at(usual, "market.value_mean")
    name, sign = ("complex", 1.0) if value > middle else ("simple", -1.0)
    end = markets()[name].givens["market.value_mean"].value
    return sign * math.log(value / middle) / math.log(end / middle)
