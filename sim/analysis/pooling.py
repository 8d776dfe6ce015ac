"""How far units (people, sources) differ: shares drawn towards each other, and speeds within and between units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from sim.analysis.sequential import LEVEL

#: Grid of the spread, and of the mean at each spread; draws from the posterior.
_SPREADS, _MEANS, _DRAWS = 60, 61, 4000


@dataclass(frozen=True, eq=False)
class Pooled:
    """Shares of units that are alike, but not the same.

    Parameters
    ----------
    low, high : numpy.ndarray
        Ends of the interval of each unit's true share, shape (units,).
    spread : tuple of float
        Standard deviation of true shares between units: median, low end, high end.
    """

    low: Any
    high: Any
    spread: tuple[float, float, float]


def pooled_shares(won: Any, n: Any, level: float = LEVEL, seed: int = 1) -> Pooled:
    """Intervals of the shares of units, and of the spread between them, all units considered together.

    Parameters
    ----------
    won, n : numpy.ndarray
        Successes and trials of each unit, shape (units,); at least two units and some success and failure.
    level : float
        0 to 1.
    seed : int
        Same input and seed, same result.

    Notes
    -----
    Beta-binomial with intraclass correlation rho; prior uniform on the mean and on the square root of rho, as Gelman
    (2006, Bayesian Anal. 1) has it for spreads; the posterior on a grid, ends as quantiles of 4,000 draws. The spread
    is sqrt(rho * mean * (1 - mean)).

    Examples
    --------
    >>> found = pooled_shares(np.array([10, 12, 60]), np.array([100, 100, 300]))
    >>> bool((found.low < [0.10, 0.12, 0.20]).all() and (found.high > [0.10, 0.12, 0.20]).all())
    True
    """
    won, n = np.asarray(won, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rho = (np.linspace(0.01, 0.7, _SPREADS) ** 2)[:, None]
    mean, weight = _posterior(won, n, rho)
    luck = np.random.default_rng(seed)
    cells = luck.choice(weight.size, size=_DRAWS, p=weight.ravel())
    m, r = mean.ravel()[cells], np.broadcast_to(rho, mean.shape).ravel()[cells]
    strength = (1 / r - 1)[:, None]
    shares = luck.beta(won + m[:, None] * strength, n - won + (1 - m[:, None]) * strength)
    ends = (0.5 - level / 2, 0.5 + level / 2)
    low, high = np.quantile(shares, ends, axis=0)
    middle, least, most = np.quantile(np.sqrt(r * m * (1 - m)), (0.5, *ends))
    return Pooled(low, high, (float(middle), float(least), float(most)))


def _posterior(won: Any, n: Any, rho: Any) -> tuple[Any, Any]:
    """Means at each spread, shape (spreads, means), and the weight of each cell, sum 1."""
    inflation = 1 + (n - 1) * rho
    weights = n / inflation
    centre = (weights * won / n).sum(axis=1) / weights.sum(axis=1)
    centre = np.clip(centre, 1e-6, 1 - 1e-6)
    error = 1 / np.sqrt(weights.sum(axis=1) * centre * (1 - centre))
    steps = np.linspace(-5, 5, _MEANS)
    mean = special.expit(special.logit(centre)[:, None] + error[:, None] * steps)
    strength = 1 / rho - 1
    a, b = (mean * strength)[..., None], ((1 - mean) * strength)[..., None]
    fit = (special.betaln(won + a, n - won + b) - special.betaln(a, b)).sum(axis=-1)
    with np.errstate(divide="ignore"):
        fit += np.log(mean * (1 - mean) * error[:, None])
    weight = np.exp(fit - fit.max())
    return mean, weight / weight.sum()


def shared_speed(values: Any, unit: Any, level: float = LEVEL) -> tuple[float, float, float]:
    """Share of the variance of values that lies between units (intraclass correlation), with its interval.

    Parameters
    ----------
    values : numpy.ndarray
        Such as log days to win, shape (rows,).
    unit : numpy.ndarray
        Code of the unit of each row, int of shape (rows,), every one from 0 on.
    level : float
        0 to 1.

    Returns
    -------
    tuple of float
        Estimate (at least 0), low, high.

    Notes
    -----
    One-way analysis of variance with the mean group size of unequal groups (Searle 1971, Linear Models, ch. 9); ends
    from the F distribution (Shrout & Fleiss 1979, Psychol. Bull. 86), near for unequal groups.

    Examples
    --------
    >>> values = np.array([1.0, 1.1, 0.9, 2.0, 2.1, 1.9, 3.0, 3.1, 2.9])
    >>> round(shared_speed(values, np.repeat([0, 1, 2], 3))[0], 2)
    0.99
    """
    n = np.bincount(unit).astype(np.float64)
    means = np.bincount(unit, weights=values) / n
    n_units, n_rows = len(n), len(values)
    within = float(((values - means[unit]) ** 2).sum()) / (n_rows - n_units)
    between = float((n * (means - values.mean()) ** 2).sum()) / (n_units - 1)
    size = (n_rows - float((n**2).sum()) / n_rows) / (n_units - 1)
    ratio = between / within
    freedom = n_units - 1, n_rows - n_units
    upper = float(special.fdtri(*freedom, 0.5 + level / 2))
    lower = float(special.fdtri(*freedom, 0.5 - level / 2))
    value, low, high = ((f - 1) / (f + size - 1) for f in (ratio, ratio / upper, ratio / lower))
    return max(0.0, value), max(0.0, low), max(0.0, high)
