"""How much of a variance between points is luck, and Sobol' indices with luck taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.analysis.saltelli import Blocks
from sim.analysis.sequential import LEVEL

#: Share of luck from which a reader is warned: indices are off by about as much.
WARN_SHARE = 0.05


@dataclass(frozen=True)
class LuckShare:
    """Variance of an outcome over points and over luck; None where a single replication cannot tell.

    Parameters
    ----------
    between_points : float
        Variance over points of the mean over replications (unit of the outcome, squared): what is decomposed.
    within_point : float or None
        Mean variance over the replications of a point.
    by_point : float or None
        Part of ``within_point`` that differs from point to point; the rest moves all points alike.
    share : float or None
        Share of ``between_points`` that is luck: ``by_point`` over replications over ``between_points``.
    n_replications : int
        Replications of each point.
    """

    between_points: float
    within_point: float | None
    by_point: float | None
    share: float | None
    n_replications: int

    def notes(self) -> list[str]:
        """What a reader must know of luck."""
        if self.share is None or self.by_point is None or self.within_point is None:
            return ["How much of the variance is luck cannot be told from one replication: run two or more."]
        share = f"{100 * self.share:.1f} % of the decomposed variance is luck that falls differently on the points"
        if self.share <= WARN_SHARE:
            return [f"{share}: little."]
        return [
            f"{share}: first-order indices are too low and totals too high by up to as much. `expected` has it taken"
            " out; more replications make it smaller."
        ]


def luck_share(values: Any) -> LuckShare:
    """Split the variance of points by replications into points, luck common to all, and luck that differs.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (points, replications), replication r the same luck everywhere; NaN where there is none.

    Notes
    -----
    Two-way analysis of variance without repeats: the residual mean square estimates the part that differs.

    Examples
    --------
    >>> luck_share(np.array([[1.0, 2.0], [3.0, 4.0]])).share
    0.0
    """
    n_points, n_replications = values.shape
    means = np.nanmean(values, axis=1)
    between = float(means.var(ddof=1)) if n_points > 1 else 0.0
    if n_replications < 2 or np.isnan(values).any() or between == 0.0:
        return LuckShare(between, None, None, None, n_replications)
    within = float(values.var(axis=1, ddof=1).mean())
    residual = values - means[:, None] - values.mean(axis=0) + values.mean()
    by_point = float((residual**2).sum()) / ((n_points - 1) * (n_replications - 1))
    return LuckShare(between, within, by_point, by_point / n_replications / between, n_replications)


def expected_indices(values: Any, blocks: Blocks, resamples: int, seed: int) -> pd.DataFrame:
    """First-order and total indices of the expected outcome, over luck as well as over other factors.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (points, replications ≥ 2), without NaN.
    blocks : Blocks
        The order of the points.
    resamples, seed : int
        Of the bootstrap of the blocks.

    Returns
    -------
    pandas.DataFrame
        ``factor``, ``first``, ``first_low``, ``first_high``, ``total``, ``total_low``, ``total_high``.

    Notes
    -----
    The estimators of Saltelli et al. (2010), each product taken between two different replications. As luck is
    independent between these, what luck adds has the mean 0: an unbiased numerator and denominator for any number of
    replications ≥ 2 (repetitions in stochastic models: Hart et al. 2017, Mazo 2021).
    """
    a, b = np.split(values[blocks.base_rows], 2)
    centre = values[blocks.base_rows].mean(axis=0)
    spread = 0.5 * (_across(a - centre, a - centre) + _across(b - centre, b - centre))
    pick = np.random.default_rng(seed).integers(len(a), size=(len(a), resamples))
    below = spread[pick].mean(axis=0)
    rows = []
    for factor, name in enumerate(blocks.names):
        mixed = values[blocks.rows_with(factor)]
        parts = (_across(b - centre, mixed - a), 0.5 * _across(a - mixed, a - mixed))
        row: list[Any] = [name]
        for part in parts:
            value = float(part.mean() / spread.mean())
            half = float(special.ndtri(0.5 + LEVEL / 2) * (part[pick].mean(axis=0) / below).std(ddof=1))
            row += [value, value - half, value + half]
        rows.append(row)
    return pd.DataFrame(rows, columns="factor first first_low first_high total total_low total_high".split())


def _across(one: Any, other: Any) -> Any:
    """Mean over ordered pairs of different replications of the product, shape (rows,)."""
    n = one.shape[1]
    return (one.sum(axis=1) * other.sum(axis=1) - (one * other).sum(axis=1)) / (n * (n - 1))
