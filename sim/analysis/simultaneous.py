"""Several paired differences from one baseline looked at together: their joint distribution (Dunnett 1955)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Draws of the joint distribution (its 95 % point is known to about 0.01), and the seed that makes them repeatable.
DRAWS, SEED = 20_000, 1


def t_values(differences: Any) -> tuple[Any, Any]:
    """Student's t of each row's mean and the correlation of the rows.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (comparisons, replications ≥ 2).

    Returns
    -------
    tuple of numpy.ndarray
        Shapes (comparisons,) and (comparisons, comparisons). A row without spread has t = 0 if it is zero throughout,
        else infinity with the sign of its mean.
    """
    n = differences.shape[1]
    means, errors = differences.mean(axis=1), differences.std(axis=1, ddof=1) / math.sqrt(n)
    spread = errors > 1e-12 * np.maximum(1.0, np.abs(means))
    sure = np.where(np.abs(means) > 0, np.copysign(np.inf, means), 0.0)
    t = np.divide(means, errors, out=sure, where=spread)
    centred = differences - means[:, None]
    unit = np.divide(centred, (errors * math.sqrt(n * (n - 1)))[:, None], out=np.zeros_like(centred),
                     where=spread[:, None])  # fmt: skip
    correlation = unit @ unit.T
    np.fill_diagonal(correlation, 1.0)
    return t, correlation


def joint_draws(correlation: Any, n_replications: int) -> Any:
    """Largest size of several t values that hang together, where nothing differs: draws, ascending.

    Parameters
    ----------
    correlation : numpy.ndarray
        float64 of shape (comparisons, comparisons).
    n_replications : int
        Pairs, at least 2.

    Notes
    -----
    As Dunnett's (1955), and in general Hothorn, Bretz and Westfall (2008, doi 10.1002/bimj.200810425), but for a spread
    of each comparison's own: differences on common luck are more even for neighbours than for others. So spreads hang
    together as sample variances do, by Bartlett's (1933) decomposition of a Wishart matrix.
    """
    luck = np.random.default_rng(SEED)
    k, free = len(correlation), n_replications - 1
    sizes, ways = np.linalg.eigh(correlation)
    root = ways * np.sqrt(np.maximum(sizes, 0.0))
    normal = luck.normal(size=(DRAWS, k)) @ root.T
    triangle = np.tril(luck.normal(size=(DRAWS, k, k)), -1)
    diagonal = np.sqrt(luck.chisquare(np.maximum(free - np.arange(k), 1), size=(DRAWS, k)))
    triangle[:, np.arange(k), np.arange(k)] = diagonal
    triangle[:, :, free:] = 0.0  # fewer replications than comparisons: the matrix is singular
    variances = ((root @ triangle) ** 2).sum(axis=2) / free
    return np.sort(np.abs(normal / np.sqrt(variances)).max(axis=1))


def share_above(draws: Any, t: Any) -> Any:
    """Share of draws (ascending) at or above each t, never quite zero: joint p values."""
    above = len(draws) - np.searchsorted(draws, t, side="left")
    return (above + 1.0) / (len(draws) + 1.0)
