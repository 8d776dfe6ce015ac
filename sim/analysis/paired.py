"""Paired comparison on common luck: difference, interval, share of replications that are better, verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

LEVEL = 0.95
METHOD = "paired t"


@dataclass(frozen=True)
class Paired:
    """Paired difference of one outcome; None for what does not exist.

    Parameters
    ----------
    mean, baseline_mean, difference : float or None
        Means over the pairs, in the unit of the outcome.
    ci_low, ci_high : float or None
        95 % interval of the difference (Student's t on the pairs' differences).
    p : float or None
        Two-sided p of no difference, not adjusted.
    share_better : float or None
        Share of pairs in which the scenario is better; None where no direction is.
    replications : int
        Pairs in which the outcome exists in both worlds.
    is_equal : bool
        Whether every pair is exactly equal, what does not exist included; False where nothing exists.
    """

    mean: float | None
    baseline_mean: float | None
    difference: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    share_better: float | None
    replications: int
    is_equal: bool


def compare_pairs(values: Any, baseline: Any, better: str) -> Paired:
    """Compare an outcome with the baseline's, replication by replication.

    Parameters
    ----------
    values, baseline : numpy.ndarray
        float64 of shape (replications,); NaN where the outcome does not exist.
    better : {"higher", "lower", ""}
        Which direction is better.

    Examples
    --------
    >>> compare_pairs(np.array([2.0, 3.0, 4.5]), np.array([1.0, 2.0, 3.0]), "higher").share_better
    1.0
    """
    exists = ~(np.isnan(values) | np.isnan(baseline))
    is_equal = np.array_equal(values, baseline, equal_nan=True)
    values, baseline = values[exists], baseline[exists]
    n = len(values)
    if n == 0:
        return Paired(None, None, None, None, None, None, None, 0, False)
    differences = values - baseline
    difference = float(differences.mean())
    low, high, p = _t_interval(differences)
    wins = differences > 0 if better == "higher" else differences < 0
    share = float(wins.mean()) if better else None
    return Paired(float(values.mean()), float(baseline.mean()), difference, low, high, p, share, n, is_equal)


def _t_interval(differences: Any) -> tuple[float | None, float | None, float | None]:
    """Interval and p of a mean; both ends at the mean where all differences are the same, none for a single pair."""
    n, mean = len(differences), float(differences.mean())
    if n < 2:
        return None, None, None
    error = float(differences.std(ddof=1)) / math.sqrt(n)
    if error == 0.0:
        return mean, mean, 1.0 if mean == 0.0 else 0.0
    half = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2)) * error
    return mean - half, mean + half, float(2.0 * special.stdtr(n - 1, -abs(mean) / error))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjustment of p values for being looked at together (Holm 1979, Scand. J. Statist. 6); None stays None.

    Examples
    --------
    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[index] = highest
    return adjusted


def verdict_of(pair: Paired, adjusted_p: float | None, better: str) -> str:
    """What may be said of a comparison: better, worse, different, equal, or not distinguishable."""
    if pair.is_equal:
        return "equal"
    if pair.difference is None or adjusted_p is None or adjusted_p > 1.0 - LEVEL:
        return "not distinguishable"
    if not better:
        return "different"
    return "better" if (pair.difference > 0) == (better == "higher") else "worse"
