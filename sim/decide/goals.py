"""What a decision is for: an outcome, a weighted mix of outcomes, and limits that must hold."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME, OUTCOMES, Outcome

#: Short names of the outcomes that decisions are mostly about.
SHORT = {
    "bookings": "bookings_new",
    "conflict": "conflict_per_100",
    "cycle": "cycle_days",
    "revenue": "revenue_recognised",
}
#: What is brought about where only limits are given.
USUAL = "profit"
MIX_UNIT = "% of doing nothing, weighted"
_PLACE = {outcome.name: place for place, outcome in enumerate(OUTCOMES)}
_TERM = re.compile(r"(?:(?P<weight>\d*\.?\d+)\s*\*\s*)?(?P<name>\w+)", re.ASCII)
_LIMIT = re.compile(r"(?P<name>\w+)\s*(?P<side><=|>=)\s*(?P<bound>-?\d*\.?\d+)\s*(?P<percent>%?)", re.ASCII)
_EXAMPLES = "For example profit, 0.7*profit+0.3*conflict, or profit,conflict<=50%,cycle<=100%."


@dataclass(frozen=True)
class Limit:
    """A limit that the mean of an outcome must keep.

    Parameters
    ----------
    text : str
        As it was given.
    outcome : str
        Name of the outcome.
    side : {"<=", ">="}
        Whether the bound is the most or the least.
    bound : float
        In the unit of the outcome; or, of a share, the fraction of what it is when nothing is done.
    is_share : bool
        Whether the bound is such a fraction.
    """

    text: str
    outcome: str
    side: str
    bound: float
    is_share: bool


@dataclass(frozen=True)
class Goal:
    """What a decision is for.

    Parameters
    ----------
    text : str
        As it was given.
    terms : tuple of (str, float)
        Outcomes and their weights; a single one counts in its own unit.
    limits : tuple of Limit
        What must hold too.
    """

    text: str
    terms: tuple[tuple[str, float], ...]
    limits: tuple[Limit, ...] = ()

    @property
    def is_mix(self) -> bool:
        """Whether outcomes of different units are weighed against each other."""
        return len(self.terms) > 1

    @property
    def unit(self) -> str:
        """Unit of a gain."""
        return MIX_UNIT if self.is_mix else BY_NAME[self.terms[0][0]].unit

    @property
    def label(self) -> str:
        """The goal as people call it."""
        if not self.is_mix:
            return BY_NAME[self.terms[0][0]].label
        return " + ".join(f"{weight:g} × {BY_NAME[name].label}" for name, weight in self.terms)


def goal_from(text: str) -> Goal:
    """Read a goal.

    Parameters
    ----------
    text : str
        Parts with commas between them: an outcome, or a mix such as ``0.7*profit+0.3*conflict``; and any number of
        limits such as ``conflict<=50%`` (of what it is when nothing is done) or ``cycle_days<=60``.

    Raises
    ------
    InputError
        If it is misspelt, or names an outcome that has no better side.

    Examples
    --------
    >>> goal_from("conflict").terms
    (('conflict_per_100', 1.0),)
    >>> [(limit.outcome, limit.side, limit.bound) for limit in goal_from("profit,conflict<=50%").limits]
    [('conflict_per_100', '<=', 0.5)]
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    limits = tuple(_limit(part) for part in parts if "<" in part or ">" in part)
    aims = [part for part in parts if "<" not in part and ">" not in part] or [USUAL]
    if len(aims) > 1:
        raise InputError("goal", "must be one outcome or one mix, and limits", text, _EXAMPLES)
    terms = tuple(_term(part.strip(), text) for part in aims[0].split("+"))
    return Goal(text, terms, limits)


def _term(part: str, whole: str) -> tuple[str, float]:
    match = _TERM.fullmatch(part)
    if match is None:
        raise InputError("goal", "must look like NAME, or WEIGHT*NAME+WEIGHT*NAME", whole, _EXAMPLES)
    name = _named(match["name"]).name
    if not BY_NAME[name].better:
        raise InputError("goal", "must be an outcome that has a better side", name, "Name it in a limit instead.")
    weight = float(match["weight"] or 1.0)
    if weight <= 0.0:
        raise InputError("goal", "must have weights above 0", weight, _EXAMPLES)
    return name, weight


def _limit(part: str) -> Limit:
    match = _LIMIT.fullmatch(part)
    if match is None:
        raise InputError("goal", "must have limits such as conflict<=50% or cycle_days<=60", part, _EXAMPLES)
    bound = float(match["bound"])
    is_share = bool(match["percent"])
    return Limit(part, _named(match["name"]).name, match["side"], bound / 100.0 if is_share else bound, is_share)


def _named(name: str) -> Outcome:
    name = SHORT.get(name, name)
    if name not in BY_NAME:
        raise InputError("goal", "unknown outcome", name, did_you_mean(name, [*SHORT, *BY_NAME]))
    return BY_NAME[name]


def gains(goal: Goal, values: Any, nothing: Any) -> Any:
    """How much better each replication is than doing nothing; above 0 is better.

    Parameters
    ----------
    goal : Goal
        Read only here.
    values : numpy.ndarray
        float64 of shape (..., replications, outcomes).
    nothing : numpy.ndarray
        float64 of shape (replications, outcomes): the same luck with nothing done.

    Returns
    -------
    numpy.ndarray
        float64 of shape (..., replications), in the goal's unit; NaN where an outcome does not exist.

    Raises
    ------
    InputError
        If a mix has an outcome that is 0 when nothing is done, of which there is no per cent.
    """
    parts = [weight * _better(name, values, nothing) for name, weight in goal.terms]
    if not goal.is_mix:
        return parts[0] / goal.terms[0][1]
    whole = sum(weight for _, weight in goal.terms)
    scaled = [100.0 * part / _scale(name, nothing) for part, (name, _) in zip(parts, goal.terms, strict=True)]
    return sum(scaled) / whole


def _better(name: str, values: Any, nothing: Any) -> Any:
    sign = 1.0 if BY_NAME[name].better == "higher" else -1.0
    place = _PLACE[name]
    return sign * (values[..., place] - nothing[..., place])


def _scale(name: str, nothing: Any) -> float:
    """Mean of an outcome when nothing is done, as a size."""
    scale = abs(mean_of(nothing[..., _PLACE[name]]))
    if not scale > 0.0:
        raise InputError("goal", "must be of outcomes that are not 0 when nothing is done", name, _EXAMPLES)
    return scale


def excesses(goal: Goal, values: Any, nothing: Any) -> Any:
    """How far each limit is exceeded, as a fraction of what the outcome is when nothing is done; at most 0 is kept.

    Parameters
    ----------
    goal : Goal
        Read only here.
    values, nothing : numpy.ndarray
        As `gains` takes them.

    Returns
    -------
    numpy.ndarray
        float64 of shape (limits, ..., replications).
    """
    found = [_excess(limit, values[..., _PLACE[limit.outcome]], nothing) for limit in goal.limits]
    return np.array(found).reshape(len(found), *values.shape[:-1])


def _excess(limit: Limit, values: Any, nothing: Any) -> Any:
    own = nothing[..., _PLACE[limit.outcome]]
    bound = limit.bound * own if limit.is_share else limit.bound
    scale = abs(mean_of(own)) or abs(limit.bound) or 1.0
    return (values - bound) / scale if limit.side == "<=" else (bound - values) / scale


def mean_of(values: Any) -> float:
    """Mean of what exists; NaN where nothing does."""
    exists = values[~np.isnan(values)]
    return float(exists.mean()) if exists.size else math.nan


def means_of(values: Any) -> Any:
    """Means over the last axis of what exists; NaN where nothing does."""
    exists = ~np.isnan(values)
    many = exists.sum(axis=-1)
    return np.where(many > 0, np.where(exists, values, 0.0).sum(axis=-1) / np.maximum(many, 1), np.nan)
