"""Stopping when it is precise enough: intervals that are valid however often one looks.

A study is looked at after each complete block of 50 replications. An ordinary 95 % interval that is looked at 40 times
misses the truth at some look in far more than 5 % of studies; the interval here does so in at most 5 %, at all looks
together, and without a maximum having been fixed. So any rule may stop a study, and a study may be extended later.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.skewness import hall, is_skewed, reach, skewness
from sim.domain.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 50
LEVEL = 0.95
#: Chance that Robbins' boundary for error x is ever crossed at a look, divided by x: at most that for every x from 10⁻⁸
#: to 0.9 and looks without end, by importance sampling (tests/statistical/test_coverage.py repeats it).
CROSSED = 0.672


class Interval(NamedTuple):
    """Mean and interval: floats for one outcome, float64 of shape (outcomes,) for several."""

    mean: Any
    low: Any
    high: Any


def boundary(blocks: Any, level: float = LEVEL) -> Any:
    """How many standard errors a mean may lie from the truth after so many complete blocks.

    Parameters
    ----------
    blocks : float or numpy.ndarray
        Complete blocks looked at, 1 or more.
    level : float
        Confidence over all looks together, between 0 and 1.

    Notes
    -----
    z² = (1 + 1/k) (ln(1 + k) + 2 ln(CROSSED/(1 − level))): Robbins' normal-mixture boundary (1970, Ann. Math. Statist.
    41), which Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, Ann. Statist. 52) prove to hold asymptotically for
    means of anything with a variance. It is tightest relative to a fixed-size interval near 8 blocks. As nobody looks
    within a block, CROSSED takes back what looks at every single replication would cost.

    Examples
    --------
    >>> boundary(np.array([1, 8, 40])).round(2)
    array([3.43, 2.88, 3.02])
    """
    return np.sqrt((1.0 + 1.0 / blocks) * (np.log1p(blocks) + 2.0 * math.log(CROSSED / (1.0 - level))))


def sequential_interval(values: Any, level: float = LEVEL) -> Interval:
    """Mean and its interval, valid at all looks together.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications,) or (replications, outcomes): values, or differences of pairs, in the order of
        the replications; NaN where there is none. What lies beyond the last complete block is left out.
    level : float
        Confidence over all looks together, above 0.5 and below 1.

    Returns
    -------
    Interval
        Without end where less than a block is complete or an outcome has fewer than two values; without width where all
        values are the same.

    Raises
    ------
    InputError
        If the level is none.

    Notes
    -----
    The boundary in standard errors is turned into Student's t of the same tail probability, for small numbers, and is
    farther on the side to which the values are skewed (`sim.analysis.skewness.reach`).

    Examples
    --------
    >>> mean, low, high = sequential_interval(np.arange(100.0))
    >>> float(mean), round(float(high - mean), 2)
    (49.5, 9.16)
    """
    from scipy import special

    if not 0.5 < level < 1.0:
        raise InputError("level", "must be above 0.5 and below 1", level, "Give 0.95, for example.")
    values = np.asarray(values, dtype=float)
    blocks = len(values) // BLOCK
    kept = values[: BLOCK * blocks]
    n, mean, error = moments(kept)
    if blocks == 0:
        return _plain(mean, mean - np.inf, mean + np.inf)
    tail = special.ndtr(-boundary(blocks, level))
    lean = skewness(kept) / np.sqrt(np.maximum(n, 1))
    below, above = reach(-special.stdtrit(np.maximum(n - 1, 1), tail), lean)
    below, above = (np.where(n > 1, side * error, np.inf) for side in (below, above))
    return _plain(mean, mean - below, mean + above)


def moments(values: Any) -> tuple[Any, Any, Any]:
    """Number, mean and standard error of what exists along the first axis; NaN where there is nothing."""
    exists = ~np.isnan(values)
    n = exists.sum(axis=0)
    some = np.maximum(n, 1)
    mean = np.where(n > 0, np.where(exists, values, 0.0).sum(axis=0) / some, np.nan)
    squares = np.where(exists, (values - mean) ** 2, 0.0).sum(axis=0)
    return n, mean, np.sqrt(squares / np.maximum(n - 1, 1) / some)


def _plain(mean: Any, low: Any, high: Any) -> Interval:
    """Floats instead of arrays without a dimension."""
    return Interval(*(float(part) if np.ndim(part) == 0 else part for part in (mean, low, high)))


def sequential_p(values: Any) -> float | None:
    """Smallest error at which the sequential interval still leaves out zero; None without an interval.

    A p value that may be looked at after every block: below 0.05 at any look in at most 5 % of studies without a
    difference (always-valid p: Johari, Koomen, Pekelis and Walsh 2022, Oper. Res. 70).
    """
    from scipy import special

    blocks = len(values) // BLOCK
    kept = np.asarray(values, dtype=float)[: BLOCK * blocks]
    n, mean, error = moments(kept)
    if blocks == 0 or n < 2:
        return None
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    straight = float(mean / error)
    t = min(abs(straight), math.copysign(1.0, straight) * hall(straight, float(skewness(kept)) / math.sqrt(n)))
    z = min(0.0, float(special.ndtri(special.stdtr(n - 1, -t))))
    return min(1.0, CROSSED * math.sqrt(1.0 + blocks) * math.exp(-0.5 * z * z * blocks / (blocks + 1.0)))


def is_precise(values: Any, baseline_mean: float, relative_half_width: float, level: float = LEVEL) -> bool:
    """Whether a mean is known closely enough, at a look after a complete block.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications,): values of one outcome, or differences of pairs; NaN where there is none.
    baseline_mean : float
        What the half-width is a fraction of, in the unit of the outcome.
    relative_half_width : float
        Largest half-width of the sequential interval, as a fraction of ``baseline_mean``; above 0.
    level : float
        Confidence over all looks together.

    Returns
    -------
    bool
        Never while the interval itself cannot be trusted: with fewer than 25 replications per squared skewness of the
        values (Cochran 1977), or, where all are the same, before 300 replications: what is rare may not have happened
        yet.

    Raises
    ------
    InputError
        If the half-width is not above 0, or the level is none.

    Examples
    --------
    >>> luck = np.random.default_rng(1).normal(100, 10, 200)
    >>> is_precise(luck, 100.0, 0.05), is_precise(luck, 100.0, 0.001)
    (True, False)
    """
    if not relative_half_width > 0:
        raise InputError("precision", "must be above 0", relative_half_width, "0.02 stands for 2 % of the mean.")
    _, low, high = sequential_interval(values, level)
    if is_skewed(values):
        return False
    return bool(0.5 * (high - low) <= relative_half_width * abs(baseline_mean) or low == high)


def convergence(values: Any, level: float = LEVEL) -> pd.DataFrame:
    """How mean and interval narrowed down, look by look.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications,): values or differences of pairs, in order; NaN where there is none.
    level : float
        Confidence over all looks together.

    Returns
    -------
    pandas.DataFrame
        A row per complete block: ``replications``, ``mean``, ``low``, ``high``; the true mean lies between low and high
        in all rows at once with the level's probability.

    Examples
    --------
    >>> convergence(np.arange(120.0))["replications"].tolist()
    [50, 100]
    """
    import pandas as pd

    looks = range(BLOCK, len(values) + 1, BLOCK)
    rows = [(seen, *sequential_interval(values[:seen], level)) for seen in looks]
    return pd.DataFrame(rows, columns=["replications", "mean", "low", "high"])
