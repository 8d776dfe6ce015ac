"""What selection is made of: dropping points that lie too far behind, and comparison with the best."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from sim.analysis.sequential import BLOCK, LEVEL

DRAWS = 10_000
#: Replications that are looked at in one go.
WINDOW = 50


def screened(values: Any, indifference: float, error: float) -> tuple[Any, int]:
    """Drop points that lie too far behind, replication by replication (procedure KN; higher being better).

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (k, replications) without gaps.
    indifference : float
        Smallest difference that matters, in the unit of the values.
    error : float
        Probability of dropping the best, if it is better than all others by the indifference.

    Returns
    -------
    is_left : numpy.ndarray
        bool of shape (k,): not dropped.
    most : int
        Replications after which a single point is left at the latest.

    Notes
    -----
    Kim and Nelson (2001), section 3.1 with c = 1: after r replications a point is dropped if another's sum is ahead by
    more than η (n₀ − 1) S²/δ − r δ/2, with η = ((2 error/(k − 1))^(−2/(n₀ − 1)) − 1)/2, δ the indifference and S² the
    variance of the pair's difference in the first n₀ = 50 replications.
    """
    k, n = values.shape
    is_left = np.ones(k, dtype=bool)
    reach, sums, seen = _reach(values[:, :BLOCK], indifference, error), np.cumsum(values, axis=1), BLOCK
    while seen <= n and is_left.sum() > 1:
        left, after = np.flatnonzero(is_left), np.arange(seen, min(seen + WINDOW, n + 1))
        allowed = np.maximum(0.0, reach[np.ix_(left, left)] - 0.5 * indifference * after[:, None, None])
        is_beaten = _beaten(sums[left][:, after - 1].T, allowed)
        happens = is_beaten.any(axis=1)
        first = int(happens.argmax()) if happens.any() else len(after) - 1
        is_left[left[is_beaten[first]]] = False
        seen += first + 1
    most = reach[np.ix_(is_left, is_left)].max() / (0.5 * indifference)
    return is_left, max(BLOCK, math.floor(most) + 1)


def _reach(first: Any, indifference: float, error: float) -> Any:
    """How far sums may lie apart at the start, float64 of shape (k, k); nothing before the first stage is complete."""
    k, n = first.shape
    if n < BLOCK:
        return np.zeros((k, k))
    squares = np.array(
        [((first - row) - (first - row).mean(axis=1, keepdims=True)).var(axis=1, ddof=1) for row in first]
    )
    eta = 0.5 * ((2.0 * error / (k - 1)) ** (-2.0 / (n - 1)) - 1.0)
    return eta * (n - 1) * squares / indifference


def _beaten(sums: Any, allowed: Any) -> Any:
    """Who is left too far behind by another, bool of shape (times, k); of two that are equal for good, the second.

    ``sums`` are float64 of shape (times, k), what they may lie behind ``allowed`` of shape (times, k, k).
    """
    behind = sums[:, None, :] - sums[:, :, None]
    order = np.arange(sums.shape[1])
    is_twin = (behind == 0.0) & (allowed == 0.0) & (order[None, :] < order[:, None])
    return ((behind > allowed) | is_twin).any(axis=2)


def against_best(values: Any, level: float = LEVEL) -> tuple[Any, Any, Any]:
    """Intervals of each mean less the best of the other means, all together at the level (higher being better).

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (k, replications) without gaps.
    level : float
        Of all intervals together.

    Returns
    -------
    low, high : numpy.ndarray
        float64 of shape (k,); NaN with fewer than two replications.
    may_be_best : numpy.ndarray
        bool of shape (k,): the points that none of the others is distinguishably better than.

    Notes
    -----
    Hsu (1984, Ann. Statist. 12), with the one-sided comparisons of Edwards and Hsu (1983, J. Amer. Statist. Assoc. 78)
    at Bonferroni's level and a spread for each pair, so that points may share their luck (Nelson and Matejcik 1995,
    Manag. Sci. 41).
    """
    k, n = values.shape
    if n < 2:
        return np.full(k, np.nan), np.full(k, np.nan), np.ones(k, dtype=bool)
    means = values.mean(axis=1)
    ahead = means[:, None] - means[None, :]
    covariance = np.cov(values)
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2.0 * covariance, 0.0) / n)
    half = special.stdtrit(n - 1, 1.0 - (1.0 - level) / (k - 1)) * spread
    others = ~np.eye(k, dtype=bool)
    reach = np.where(others, ahead + half, np.inf).min(axis=1)
    contends = others & (reach >= 0.0)[None, :]
    low = np.minimum(0.0, np.where(contends, ahead - half, 0.0).min(axis=1))
    return low, np.maximum(0.0, reach), reach >= 0.0


def probability_best(values: Any) -> Any:
    """Probability that each point is the best by what has been seen, float64 of shape (k,); higher being better.

    Share of 10,000 draws of all means from the normal distribution around the observed ones, with their covariance (the
    posterior under a flat prior, asymptotically). It has no guarantee: of many points, the one that looks best is so
    partly by luck.
    """
    k, n = values.shape
    if n < 2:
        return np.full(k, np.nan)
    luck = np.random.default_rng([k, n])
    draws = luck.multivariate_normal(values.mean(axis=1), np.cov(values) / n, DRAWS, check_valid="ignore")
    return np.bincount(draws.argmax(axis=1), minlength=k) / DRAWS
