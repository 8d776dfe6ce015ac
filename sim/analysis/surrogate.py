"""A quick guess at what a portfolio will bring, learnt from those that were run: a Bayesian quadratic surface."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Prior spread against that of main effects: bend of a dose, a late start, two together (assumptions; they only steer
#: what is run next, and no result rests on them).
BEND, LATE, PAIR = 0.5, 0.5, 0.3


@dataclass(frozen=True)
class Surface:
    """Expected scores as a quadratic function of doses.

    Parameters
    ----------
    weights : numpy.ndarray
        float64 of shape (features, scores).
    """

    weights: Any

    def guess(self, doses: Any, starts: Any) -> Any:
        """Expected scores of portfolios, float64 of shape (k, scores)."""
        return features(doses, starts) @ self.weights


def features(doses: Any, starts: Any) -> Any:
    """What the surface is linear in.

    Parameters
    ----------
    doses : numpy.ndarray
        float64 of shape (k, candidates): doses as shares of the usual one, 0 where it is not chosen.
    starts : numpy.ndarray
        float64 of shape (k, candidates): start days as shares of the horizon.

    Returns
    -------
    numpy.ndarray
        float64 of shape (k, features): doses, their bends, late starts, and doses two by two.
    """
    pairs = [doses[:, i] * doses[:, j] for i, j in itertools.combinations(range(doses.shape[1]), 2)]
    together = np.array(pairs).reshape(len(pairs), len(doses)).T
    return np.hstack([doses, doses * (np.abs(doses) - 1.0), doses * starts, together])


def fit_surface(doses: Any, starts: Any, scores: Any, noise: Any) -> Surface:
    """Fit a surface to portfolios that were run.

    Parameters
    ----------
    doses, starts : numpy.ndarray
        As `features` takes them, of shape (k, candidates).
    scores : numpy.ndarray
        float64 of shape (k, scores): means against doing nothing.
    noise : numpy.ndarray
        float64 of shape (k,): variance of the first score's mean, by which portfolios are weighed.

    Returns
    -------
    Surface
        Posterior mean under independent normal priors (ridge regression), through 0 where nothing is done.

    Examples
    --------
    >>> doses = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> found = fit_surface(doses, 0.0 * doses, doses @ [[3.0], [1.0]], np.full(3, 1e-6))
    >>> found.guess(doses, 0.0 * doses).round(2).ravel().tolist()
    [3.0, 1.0, 4.0]
    """
    made = features(doses, starts)
    many = doses.shape[1]
    spread = float(np.nanmax(np.abs(scores[:, 0]))) or 1.0
    pairs = made.shape[1] - 3 * many
    prior = spread * np.repeat([1.0, BEND, LATE, PAIR], [many, many, many, pairs])
    weigh = 1.0 / np.maximum(noise, 1e-12 * spread**2)
    seen = np.isfinite(scores).all(axis=1) & np.isfinite(weigh)
    made, weigh, scores = made[seen], weigh[seen], scores[seen]
    matrix = made.T @ (weigh[:, None] * made) + np.diag(1.0 / prior**2)
    return Surface(np.linalg.solve(matrix, made.T @ (weigh[:, None] * scores)))
