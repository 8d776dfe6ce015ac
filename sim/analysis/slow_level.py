"""The slow level behind weekly totals: how much it varies and how long it stays, with what the totals allow."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from sim.analysis.sequential import LEVEL

#: Grids of the level's standard deviation (relative) and of its memory from week to week.
_SDS, _MEMORIES = np.linspace(0.0, 1.2, 61), np.linspace(0.0, 0.99, 34)


def level_ends(totals: Any, noise: float, level: float = LEVEL) -> tuple[tuple[float, float], tuple[float, float]]:
    """Intervals of the spread of a weekly level and of its correlation from week to week.

    Parameters
    ----------
    totals : numpy.ndarray
        Counts per week, shape (weeks,), mean above 0.
    noise : float
        Variance / mean of counts around their week's level.
    level : float
        0 to 1.

    Returns
    -------
    tuple of tuple of float
        Ends of the standard deviation of the log level, and of its memory, 0 to 0.99.

    Notes
    -----
    Logs of totals are taken as a first-order autoregression seen with noise of variance ``noise`` / total, all normal;
    ends where the profile of the restricted likelihood falls by half a chi-square quantile (Venzon & Moolgavkar 1988,
    Appl. Stat. 37), on a grid. Where the level does not vary, nothing is known of its memory. Weeks without any count
    are taken as half a count.

    Examples
    --------
    >>> steady = np.random.default_rng(1).poisson(400, 60)
    >>> (low, high), memory = level_ends(steady, 1.0)
    >>> low, high < 0.1, memory
    (0.0, True, (0.0, 0.99))
    """
    counts = np.maximum(np.asarray(totals, dtype=np.float64), 0.5)
    sd, memory = np.meshgrid(_SDS, _MEMORIES, indexing="ij")
    fit = _log_likelihood(np.log(counts), sd, memory, noise / counts)
    kept = fit >= fit.max() - float(special.chdtri(1, 1 - level)) / 2
    return _span(_SDS, kept.any(axis=1)), _span(_MEMORIES, kept.any(axis=0))


def _span(grid: Any, kept: Any) -> tuple[float, float]:
    return float(grid[kept].min()), float(grid[kept].max())


def _log_likelihood(y: Any, sd: Any, memory: Any, noise: Any) -> Any:
    """Restricted likelihood at each cell: two Kalman filters, one for the values and one for their unknown mean."""
    variance = sd**2
    state, trend, spread = np.zeros_like(sd), np.zeros_like(sd), variance.copy()
    log_f, yy, yo, oo = (np.zeros_like(sd) for _ in range(4))
    for value, error in zip(y, noise, strict=True):
        f = np.maximum(spread + error, 1e-12)
        gain = spread / f
        miss, miss_one = value - state, 1.0 - trend
        log_f += np.log(f)
        yy += miss * miss / f
        yo += miss * miss_one / f
        oo += miss_one * miss_one / f
        state, trend = memory * (state + gain * miss), memory * (trend + gain * miss_one)
        spread = memory**2 * spread * (1 - gain) + variance * (1 - memory**2)
    return -0.5 * (log_f + np.log(oo) + yy - yo**2 / oo)
