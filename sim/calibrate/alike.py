"""From a bank of simulated firms and the summaries of an export to a sample of firms that behave like it.

Approximate Bayesian computation: firms of the bank that look like the export are kept (rejection), and what is left of
the difference is taken out by regression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.near import nearness, ridge
from sim.domain.errors import InputError

Floats = npt.NDArray[np.float64]

#: Draws of a posterior sample.
N_DRAWS = 400
#: A summary counts as out of reach where fewer than this share of the firms of the bank lie beyond it.
REACH = 0.002
#: A summary that fewer than this share of the firms show at all is out of reach too, and fewest firms that show all.
SEEN, FEWEST = 0.5, 200
#: Part of the bank that is kept, and the fewest rows.
KEPT_PART, KEPT_FEWEST = 0.08, 800
#: Weight of ridge regression, beside summaries of variance 1 over so many rows.
RIDGE = 1.0


@dataclass(frozen=True)
class Kept:
    """Firms of a bank that look like an export.

    Parameters
    ----------
    rows : numpy.ndarray
        Places in the bank, shape (kept,).
    weights : numpy.ndarray
        Of each, summing to 1.
    values : pandas.DataFrame
        What was asked for, moved to where the export is, one row per kept firm.
    used, out_of_reach : tuple of str
        Summaries that were compared, and those that no firm of the bank comes near.
    """

    rows: npt.NDArray[np.int64]
    weights: Floats
    values: pd.DataFrame
    used: tuple[str, ...]
    out_of_reach: tuple[str, ...]


def keep_alike(seen: pd.DataFrame, wanted: pd.DataFrame, observed: Mapping[str, float]) -> Kept:
    """Find the firms that look like an export, and move what is wanted of them to where it is.

    Parameters
    ----------
    seen : pandas.DataFrame
        Summaries of the firms of the bank, one column each.
    wanted : pandas.DataFrame
        What is to be inferred of them, such as parameters or later cohorts, on unbounded scales; same rows.
    observed : mapping of str to float
        The summaries of the export; those that are NaN are not compared.

    Returns
    -------
    Kept
        With weights by distance (Epanechnikov).

    Raises
    ------
    InputError
        If too few firms show what the export shows.

    Notes
    -----
    The distance is taken between estimates of what is wanted rather than between summaries: a regression on all
    of the bank makes them (semi-automatic ABC, Fearnhead & Prangle 2012, doi 10.1111/j.1467-9868.2011.01010.x).
    What is left of the difference is taken out by a local regression on summaries and their squares (Beaumont, Zhang &
    Balding 2002, doi 10.1093/genetics/162.4.2025), each residual freed of what its own row has done to the curve.
    Summaries that no firm reaches are left out rather than extrapolated to.
    """
    told = [name for name in map(str, seen) if np.isfinite(observed.get(name, np.nan))]
    names = [name for name in told if np.isfinite(seen[name].to_numpy(np.float64)).mean() >= SEEN]
    compared = seen[names].to_numpy(np.float64)
    rows = np.flatnonzero(np.isfinite(compared).all(axis=1) & np.isfinite(wanted.to_numpy(np.float64)).all(axis=1))
    if len(rows) < FEWEST:
        rule = f"must have at least {FEWEST} firms that show what the export shows"
        raise InputError("--bank", rule, len(rows), "Simulate more firms, or give a base nearer to yours with --base.")
    table, at = compared[rows], np.array([observed[name] for name in names])
    beyond = np.minimum((table <= at).mean(axis=0), (table >= at).mean(axis=0)) < REACH
    beyond |= table.std(axis=0) < 1e-12
    out = [name for name in told if name not in names]
    out += [name for name, far in zip(names, beyond, strict=True) if far]
    used = [name for name, far in zip(names, beyond, strict=True) if not far]
    table, at = table[:, ~beyond], at[~beyond]
    x = (table - at) / table.std(axis=0)
    y = wanted.to_numpy(np.float64)[rows]
    estimates = _curved(x, y, np.ones(len(x)))
    scale = (y - estimates(x)).std(axis=0) + 1e-12
    distance = np.sqrt((((estimates(x) - estimates(np.zeros((1, x.shape[1])))) / scale) ** 2).sum(axis=1))
    last = np.argsort(distance, kind="stable")[: min(len(rows), max(KEPT_FEWEST, round(KEPT_PART * len(rows))))]
    weights = nearness(distance[last], distance[last].max() * (1 + 1e-9))
    weights /= weights.sum()
    values = _moved(x[last], y[last], weights)
    return Kept(rows[last], weights, pd.DataFrame(values, columns=wanted.columns), tuple(used), tuple(out))


def _features(x: Floats) -> Floats:
    """A constant, summaries, and their squares."""
    return np.column_stack([np.ones(len(x)), x, x**2])


def _curved(x: Floats, y: Floats, weights: Floats) -> Any:
    """A weighted regression of y on x and its squares, as a function."""
    coefficients = _ridge(_features(x), y, weights)
    return lambda at: _features(at) @ coefficients


def _ridge(features: Floats, y: Floats, weights: Floats) -> Floats:
    """Weighted ridge regression that leaves the constant alone."""
    return ridge(features, y, weights, np.array([0.0, *[RIDGE] * (features.shape[1] - 1)]))


def _moved(x: Floats, y: Floats, weights: Floats) -> Floats:
    """What is wanted, moved along a local regression to where the export is (x = 0)."""
    scaled = weights * len(weights)
    curve = _curved(x, y, scaled)
    rest = (y - curve(x)) / (1.0 - _leverage(_features(x), scaled))[:, None]
    return np.asarray(curve(np.zeros((1, x.shape[1]))) + rest, dtype=np.float64)


def _leverage(features: Floats, weights: Floats) -> Floats:
    """Part of each row's own residual that its regression has swallowed: a row must not explain itself."""
    weighted = features * weights[:, None]
    inverse = np.linalg.inv(weighted.T @ features + RIDGE * np.eye(features.shape[1]))
    return np.asarray(np.clip(weights * ((features @ inverse) * features).sum(axis=1), 0.0, 0.5), dtype=np.float64)


def sample(kept: Kept, n_draws: int, seed: int) -> npt.NDArray[np.int64]:
    """Places among the kept firms, drawn by their weights and in random order (systematic resampling)."""
    rng = np.random.default_rng([seed, n_draws])
    steps = (np.arange(n_draws) + rng.random()) / n_draws
    places = np.searchsorted(kept.weights.cumsum(), steps * kept.weights.sum())
    return np.asarray(rng.permutation(places), dtype=np.int64)


def contraction(prior: Sequence[float] | Floats, posterior: Sequence[float] | Floats) -> float:
    """Part of a parameter's prior variance that the export has taken away, 0 (nothing) to 1."""
    return float(np.clip(1.0 - np.var(posterior) / np.var(prior), 0.0, 1.0))
