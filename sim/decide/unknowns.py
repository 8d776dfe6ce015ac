"""What a decision rests on that no data tell: assumed values of how people work together, and how far to doubt them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.domain.rules import RULES, Rule, is_whole
from sim.spec.basis import ASSUMPTION, basis_of
from sim.spec.factors import setting_of
from sim.spec.scenario import Scenario

#: Sections whose assumptions no export of a firm tells.
SECTIONS = ("brand", "marketing", "handoff", "contact", "learning", "conflict")
#: Each value is doubted by so much to either side (assumption; within its own range).
SPREAD = 0.3
#: Draws of all of them together.
DRAWS = 400


@dataclass(frozen=True)
class Unknown:
    """A value that is assumed.

    Parameters
    ----------
    path, meaning, unit : str
        As a scenario calls it, what it is, and its unit.
    value, low, high : float
        As the scenario has it, and between which ends it is drawn.
    """

    path: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float


def unknowns_of(scenario: Scenario, told: Mapping[str, Any]) -> tuple[Unknown, ...]:
    """Assumed values of a scenario, without those that a posterior tells.

    Parameters
    ----------
    scenario : Scenario
        The firm.
    told : mapping
        By path: what is drawn from data.
    """
    made = (_unknown(scenario, rule) for rule in RULES if _is_assumed(rule))
    return tuple(one for one in made if one.path not in told and one.low < one.high)


def _is_assumed(rule: Rule) -> bool:
    return rule.section in SECTIONS and basis_of(rule.source) == ASSUMPTION and not is_whole(rule)


def _unknown(scenario: Scenario, rule: Rule) -> Unknown:
    path = f"{rule.section}.{rule.name}"
    value = float(setting_of(scenario, path))
    ends = sorted((value * (1.0 - SPREAD), value * (1.0 + SPREAD)))
    low, high = max(rule.low, ends[0]), min(rule.high, ends[1])
    return Unknown(path, rule.meaning, rule.unit, value, low, high)


def draws_between(unknowns: tuple[Unknown, ...], seed: int) -> Any:
    """Draws of assumed values, float64 of shape (DRAWS, unknowns): a Latin hypercube, even between the ends."""
    from scipy.stats.qmc import LatinHypercube

    if not unknowns:
        return np.zeros((DRAWS, 0))
    even = LatinHypercube(len(unknowns), rng=seed).random(DRAWS)
    low, high = ([getattr(one, end) for one in unknowns] for end in ("low", "high"))
    return np.array(low) + even * (np.array(high) - np.array(low))
