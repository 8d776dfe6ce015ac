"""Curves through mean outcomes by dose: a few shapes, the one chosen that should predict best, and where it is highest.

Every shape is linear in the means, so a fit is a product of two matrices and refits by the thousand cost little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: Doses at which a curve is told.
N_GRID = 201
#: Doses of half the effect of a saturating curve, in shares of the range.
HALF_DOSES = (0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 2.0)
RESAMPLES, SEED = 2000, 1


@dataclass(frozen=True, eq=False)
class Shape:
    """A family of curves as what it makes of mean outcomes.

    Parameters
    ----------
    name : str
        As people call it.
    hat : numpy.ndarray
        float64 of shape (doses, doses): means to fitted means.
    on_grid : numpy.ndarray
        float64 of shape (grid, doses): means to the curve.
    n_chosen : int
        Parameters chosen beforehand by trying several.
    """

    name: str
    hat: Any
    on_grid: Any
    n_chosen: int = 0


@dataclass(frozen=True, eq=False)
class Fit:
    """The curve chosen for one set of means, or for each of many.

    Parameters
    ----------
    chosen : numpy.ndarray
        int of shape (sets,): place of the shape.
    curves : numpy.ndarray
        float64 of shape (sets, grid).
    risks : numpy.ndarray
        float64 of shape (sets, shapes): estimated squared error of each shape.
    """

    chosen: Any
    curves: Any
    risks: Any


def grid_of(doses: Any) -> Any:
    """Doses from the lowest to the highest in equal steps, float64 of shape (grid,)."""
    return np.linspace(doses[0], doses[-1], N_GRID)


def shapes_of(doses: Any) -> tuple[Shape, ...]:
    """Shapes that so many doses can carry: polynomials, saturating curves, and a spline through every mean.

    Parameters
    ----------
    doses : numpy.ndarray
        float64 of shape (doses ≥ 3,), ascending.

    Notes
    -----
    The saturating curve is E-max, b0 + b1 d / (d + h) with half dose h (Bretz, Pinheiro & Branson 2005 on shapes for
    dose finding). With a straight line added it is what a benefit that levels off leaves after a cost in proportion
    to the dose. The natural cubic spline has no error of form, so that no truth is ruled out.
    """
    from scipy.interpolate import CubicSpline

    where = (doses - doses[0]) / (doses[-1] - doses[0])
    fine = np.linspace(0.0, 1.0, N_GRID)
    shapes = [_polynomial("line", where, fine, 1)]
    if len(doses) > 3:
        shapes.append(_polynomial("parabola", where, fine, 2))
        shapes += [_saturating(where, fine, half) for half in HALF_DOSES]
    if len(doses) > 4:
        shapes.append(_polynomial("cubic", where, fine, 3))
        shapes += [_saturating(where, fine, half, 1) for half in HALF_DOSES]
    spline = CubicSpline(where, np.eye(len(doses)), bc_type="natural")
    return (*shapes, Shape("spline through all means", np.eye(len(doses)), spline(fine)))


def _polynomial(name: str, where: Any, fine: Any, degree: int) -> Shape:
    own, on_grid = (np.vander(at, degree + 1, increasing=True) for at in (where, fine))
    return _least_squares(name, own, on_grid)


def _saturating(where: Any, fine: Any, half: float, degree: int = 0) -> Shape:
    """A saturating curve, with a straight line added for degree 1."""
    name = "saturating curve and line" if degree else "saturating curve"
    sides = [np.column_stack([np.vander(at, degree + 1), at / (at + half)]) for at in (where, fine)]
    return _least_squares(name, sides[0], sides[1], 1)


def _least_squares(name: str, own: Any, on_grid: Any, n_chosen: int = 0) -> Shape:
    solve = np.linalg.pinv(own)
    return Shape(name, own @ solve, on_grid @ solve, n_chosen)


def covariance_of_means(values: Any) -> Any:
    """Covariance of the mean outcomes by dose without the luck that is common to all doses.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (doses, replications).

    Returns
    -------
    numpy.ndarray
        float64 of shape (doses, doses).
    """
    own = values - values.mean(axis=0)
    return np.cov(own) / values.shape[1]


def fit(means: Any, shapes: tuple[Shape, ...], covariance: Any) -> Fit:
    """Fit every shape by least squares and keep the one of the lowest estimated risk, for each set of means.

    Parameters
    ----------
    means : numpy.ndarray
        float64 of shape (sets, doses).
    shapes : tuple of Shape
        From `shapes_of`.
    covariance : numpy.ndarray
        float64 of shape (doses, doses), of a mean without common luck.

    Notes
    -----
    Risk after Mallows (1973), for errors that hang together: residual sum of squares + 2 tr(H C), an unbiased estimate
    of the squared error of prediction up to a constant. What cross-validation over replications estimates, in closed
    form. A half dose chosen from several counts as one more parameter.
    """
    risks = np.empty((len(means), len(shapes)))
    for place, shape in enumerate(shapes):
        residual = means - means @ shape.hat.T
        penalty = np.trace(shape.hat @ covariance) + shape.n_chosen * np.trace(covariance) / len(covariance)
        risks[:, place] = (residual**2).sum(axis=1) + 2.0 * penalty
    chosen = risks.argmin(axis=1)
    curves = np.empty((len(means), N_GRID))
    for place, shape in enumerate(shapes):
        own = chosen == place
        curves[own] = means[own] @ shape.on_grid.T
    return Fit(chosen, curves, risks)


def resampled_means(values: Any) -> Any:
    """Means by dose of resampled replications, the same ones for every dose: float64 of shape (resamples, doses)."""
    n = values.shape[1]
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES)
    return weights @ values.T / n
