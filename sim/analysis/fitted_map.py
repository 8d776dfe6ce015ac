"""A map over many continuous numbers, learnt from firms that were run: which level is best where, and how sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Draws from which a probability of being the best is counted, and their seed: the same for every firm.
DRAWS, DRAW_SEED = 4096, 1
#: Least size of a probability that is called clear.
CLEAR = 0.95
#: Bounds of the logarithms of: size of the surface, its six lengths, its slope, and what is a firm's own.
BOUNDS = {"size": (-3.0, 2.0), "length": (-1.6, 2.5), "slope": (-4.0, 2.0), "own": (-6.0, 0.0)}


@dataclass(frozen=True, eq=False)
class Surface:
    """One smooth surface over the unit cube, seen with noise: a Gaussian process.

    Parameters
    ----------
    at : numpy.ndarray
        float64 of shape (firms, axes), 0 to 1.
    seen, noise : numpy.ndarray
        float64 of shape (firms,): value, and the variance with which it was seen.
    logs : numpy.ndarray
        float64 of shape (axes + 3,): logarithms of size, lengths, slope and of what is a firm's own, the values being
        in units of their spread.
    """

    at: Any
    seen: Any
    noise: Any
    logs: Any

    def guess(self, at: Any) -> tuple[Any, Any]:
        """Mean and variance of the value of firms, what is a firm's own included, at places of shape (k, axes)."""
        from scipy.linalg import cho_solve, solve_triangular

        middle, spread = _scale(self.seen)
        factor = _factor(self.at, self.noise / spread**2, self.logs)
        cross = _kernel(at, self.at, self.logs)
        means = cross @ cho_solve((factor, True), (self.seen - middle) / spread)
        known = solve_triangular(factor, cross.T, lower=True)
        own = np.exp(2.0 * self.logs[-1])
        variances = _prior(at, self.logs) - (known**2).sum(axis=0) + own
        return middle + spread * means, spread**2 * np.maximum(variances, own)

    def left_out(self) -> Any:
        """For each firm, how far it lies from what the others say of it, in standard errors: shape (firms,)."""
        from scipy.linalg import cho_solve

        middle, spread = _scale(self.seen)
        factor = _factor(self.at, self.noise / spread**2, self.logs)
        inverse = cho_solve((factor, True), np.eye(len(self.at)))
        return (inverse @ ((self.seen - middle) / spread)) / np.sqrt(np.diag(inverse))


def _scale(seen: Any) -> tuple[float, float]:
    return float(seen.mean()), float(seen.std()) or 1.0


def _kernel(one: Any, other: Any, logs: Any) -> Any:
    size, lengths, slope = np.exp(2.0 * logs[0]), np.exp(logs[1:-2]), np.exp(2.0 * logs[-2])
    apart = (((one[:, None] - other[None]) / lengths) ** 2).sum(axis=2)
    return 1.0 + size * np.exp(-0.5 * apart) + slope * ((one - 0.5) @ (other - 0.5).T)


def _changes(at: Any, logs: Any) -> Iterator[Any]:
    """How the covariances of firms change with each of the logarithms: shape (firms, firms) each, in their order."""
    lengths, middle = np.exp(logs[1:-2]), at - 0.5
    apart = ((at[:, None] - at[None]) / lengths) ** 2
    near = np.exp(2.0 * logs[0] - 0.5 * apart.sum(axis=2))
    yield 2.0 * near
    for axis in range(at.shape[1]):
        yield near * apart[:, :, axis]
    yield 2.0 * np.exp(2.0 * logs[-2]) * (middle @ middle.T)
    yield 2.0 * np.exp(2.0 * logs[-1]) * np.eye(len(at))


def _prior(at: Any, logs: Any) -> Any:
    return 1.0 + np.exp(2.0 * logs[0]) + np.exp(2.0 * logs[-2]) * ((at - 0.5) ** 2).sum(axis=1)


def _factor(at: Any, noise: Any, logs: Any) -> Any:
    own = np.exp(2.0 * logs[-1]) + noise + 1e-9
    return np.linalg.cholesky(_kernel(at, at, logs) + np.diag(own))


def fit_surface(at: Any, seen: Any, noise: Any) -> Surface:
    """Fit a surface by maximum likelihood (Rasmussen and Williams 2006, chapters 2 and 5).

    Parameters
    ----------
    at, seen, noise : numpy.ndarray
        As `Surface` has them.
    """
    from scipy.linalg import cho_solve
    from scipy.optimize import minimize

    middle, spread = _scale(seen)
    values, errors = (seen - middle) / spread, noise / spread**2

    def unlikely(logs: Any) -> tuple[float, Any]:
        factor = _factor(at, errors, logs)
        weights = cho_solve((factor, True), values)
        steep = cho_solve((factor, True), np.eye(len(values))) - np.outer(weights, weights)
        loss = float(0.5 * values @ weights + np.log(np.diag(factor)).sum())
        return loss, np.array([0.5 * (steep * change).sum() for change in _changes(at, logs)])

    axes = at.shape[1]
    bounds = [BOUNDS["size"], *[BOUNDS["length"]] * axes, BOUNDS["slope"], BOUNDS["own"]]
    start = np.array([-0.5, *[0.3] * axes, -0.5, -2.0])
    found = minimize(unlikely, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": 60})
    return Surface(at, seen, noise, found.x)


@dataclass(frozen=True, eq=False)
class FittedMap:
    """Which level is best where, for one outcome.

    Parameters
    ----------
    levels : tuple of str
        The first is what the others are measured against.
    turn : numpy.ndarray
        float64 of shape (levels − 1, levels − 1): rows are the directions in which differences vary apart.
    surfaces : tuple of Surface
        One for each direction.
    widen : float
        Factor on variances, so that firms left out lie as far off as they are said to; at least 1.
    shared : numpy.ndarray
        float64 of shape (levels − 1, levels − 1): covariance of what the luck that all firms shared has done to all of
        them alike, which no number of firms averages out.
    """

    levels: tuple[str, ...]
    turn: Any
    surfaces: tuple[Surface, ...]
    widen: float
    shared: Any

    def differences(self, at: Any) -> tuple[Any, Any]:
        """Differences from the first level: means (k, levels − 1) and covariances (k, levels − 1, levels − 1)."""
        found = [surface.guess(at) for surface in self.surfaces]
        means = np.column_stack([mean for mean, _ in found]) @ self.turn
        variances = self.widen * np.column_stack([variance for _, variance in found])
        return means, self.shared + np.einsum("ai,ka,aj->kij", self.turn, variances, self.turn)

    def chances(self, at: Any, noise: Any = None) -> Any:
        """How probably each level is the best: float64 of shape (k, levels).

        Parameters
        ----------
        at : numpy.ndarray
            float64 of shape (k, axes) in the unit cube.
        noise : numpy.ndarray, optional
            float64 of shape (k, levels − 1, levels − 1): covariance of a run's own mean differences; then it is how
            probably each level comes out best in that run.
        """
        means, spread = self.differences(at)
        spread = spread if noise is None else spread + noise
        return np.array([_shares(mean, own) for mean, own in zip(means, spread, strict=True)])


def _shares(mean: Any, spread: Any) -> Any:
    values, vectors = np.linalg.eigh(spread)
    drawn = mean + (_normal(len(mean)) * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    whole = np.column_stack([np.zeros(len(drawn)), drawn])
    return np.bincount(whole.argmax(axis=1), minlength=whole.shape[1]) / len(whole)


def _normal(many: int) -> Any:
    from scipy.stats import norm, qmc

    return norm.ppf(np.clip(qmc.Sobol(many, rng=DRAW_SEED).random(DRAWS), 1e-9, 1.0 - 1e-9))


def seen_differences(values: Any) -> tuple[Any, Any, Any]:
    """Mean paired differences of firms, the covariances of these means, and the part that all firms share.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (firms, levels − 1, replications): differences from the first level, replication r of every
        firm on the same luck.

    Returns
    -------
    tuple of numpy.ndarray
        Shapes (firms, levels − 1), (firms, levels − 1, levels − 1) and (levels − 1, levels − 1).
    """
    firms, _, many = values.shape
    off = values - values.mean(axis=2, keepdims=True)
    own = np.einsum("kir,kjr->kij", off, off) / (many - 1) / many
    whole = off.sum(axis=0)
    together = whole @ whole.T / (many - 1) / many - own.sum(axis=0)
    return values.mean(axis=2), own, _positive(together / (firms * (firms - 1)))


def _positive(matrix: Any) -> Any:
    """The nearest covariance matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


def fit_map(levels: Sequence[str], at: Any, values: Any) -> FittedMap:
    """Learn a map from firms that were run.

    Parameters
    ----------
    levels : sequence of str
        The first is what the others are measured against.
    at : numpy.ndarray
        float64 of shape (firms, axes) in the unit cube.
    values : numpy.ndarray
        As `seen_differences` takes them.

    Notes
    -----
    Differences are turned into directions that vary apart from each other (principal components), each with a surface
    of its own.
    """
    differences, noise, shared = seen_differences(values)
    _, _, turn = np.linalg.svd(differences - differences.mean(axis=0), full_matrices=False)
    turned = differences @ turn.T
    errors = np.einsum("ai,kij,aj->ka", turn, noise, turn)
    surfaces = tuple(fit_surface(at, turned[:, i], errors[:, i]) for i in range(len(turn)))
    off = np.array([surface.left_out() for surface in surfaces])
    return FittedMap(tuple(levels), turn, surfaces, max(1.0, float((off**2).mean())), shared)
