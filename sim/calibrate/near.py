"""What all approximate Bayesian computation here shares: weights by nearness, and weighted regression.

`alike` compares an export with simulated firms, `similar` people's answers with those of simulated organizations. Both
measure distance between predictions of what is wanted, weight what is near, and move it by regression. They differ in
what they regress on, and on purpose: of an export some summaries may be out of every firm's reach, and a spread that
changes with the summaries extrapolates to false certainty there (docs/decisions/0030); of answers none is, and how far
people are apart does tell how sure their means are (docs/decisions/0031).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def nearness(distances: Floats, reach: float) -> Floats:
    """Weights of cases by how near they are (Epanechnikov): 1 at the case at hand, 0 from `reach` on.

    Parameters
    ----------
    distances : numpy.ndarray
        From 0, shape (cases,).
    reach : float
        Above 0.

    Examples
    --------
    >>> nearness(np.array([0.0, 1.0, 2.0, 3.0]), 2.0).tolist()
    [1.0, 0.75, 0.0, 0.0]
    """
    return np.asarray(np.maximum(1.0 - (distances / reach) ** 2, 0.0), dtype=np.float64)


def ridge(design: Floats, targets: Floats, weights: Floats, penalty: Floats) -> Floats:
    """Coefficients of a weighted ridge regression.

    Parameters
    ----------
    design : numpy.ndarray
        Shape (cases, features).
    targets : numpy.ndarray
        Shape (cases, quantities).
    weights : numpy.ndarray
        Of the cases, shape (cases,).
    penalty : numpy.ndarray
        Of the squared coefficients, shape (features,); 0 leaves one alone.

    Returns
    -------
    numpy.ndarray
        Shape (features, quantities).

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> ridge(x, x @ [[2.0], [3.0]], np.ones(3), np.zeros(2)).round(6).ravel().tolist()
    [2.0, 3.0]
    """
    weighted = design * weights[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ design + np.diag(penalty), weighted.T @ targets), dtype=np.float64)
