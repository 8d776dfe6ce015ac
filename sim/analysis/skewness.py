"""How skewed values are, and what that does to a t statistic."""

from __future__ import annotations

from typing import Any

import numpy as np

#: A mean is near enough to normal with this many replications per squared skewness (Cochran 1977, Sampling Techniques,
#: 3rd ed., section 2.15).
PER_SQUARED_SKEWNESS = 25.0
#: Replications all alike after which a departure in more than 1 % of them would have shown with 95 % probability (3/n,
#: the rule of three: Hanley and Lippman-Hand 1983, JAMA 249).
CONSTANT = 300
#: A lean that changes nothing.
NONE = 1e-8


def skewness(values: Any) -> Any:
    """Skewness G₁ of what exists along the first axis; 0 where nothing varies.

    Examples
    --------
    >>> float(skewness(np.array([0.0, 0.0, 0.0, 4.0]))).__round__(3)
    1.155
    """
    exists = ~np.isnan(values)
    n = np.maximum(exists.sum(axis=0), 1)
    centred = np.where(exists, values - np.where(exists, values, 0.0).sum(axis=0) / n, 0.0)
    variance = (centred**2).sum(axis=0) / n
    return (centred**3).sum(axis=0) / n / np.where(variance > 0.0, variance, np.inf) ** 1.5


def is_skewed(values: Any) -> bool:
    """Whether there are too few values for their skewness, so that intervals of their mean are too short.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.

    Notes
    -----
    n < 25 G₁², G₁ being the sample's skewness (Cochran 1977); for values that are all the same, n < 300.

    Examples
    --------
    >>> few = np.array([0.0] * 99 + [1.0])
    >>> is_skewed(few), is_skewed(np.arange(100.0)), is_skewed(np.zeros(200)), is_skewed(np.zeros(300))
    (True, False, True, False)
    """
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if len(values) < 2 or np.ptp(values) == 0.0:
        return len(values) < CONSTANT
    return bool(len(values) < PER_SQUARED_SKEWNESS * float(skewness(values)) ** 2)


def hall(t: Any, lean: Any) -> Any:
    """Take the skewness out of a t statistic (Hall 1992, J. R. Statist. Soc. B 54).

    Parameters
    ----------
    t : float or numpy.ndarray
        (mean − truth)/standard error.
    lean : float or numpy.ndarray
        Skewness of the values by √n.

    Notes
    -----
    g(T) = T + γT²/(3√n) + γ²T³/(27n) + γ/(6√n).

    Examples
    --------
    >>> hall(2.0, 0.0), round(hall(2.0, 0.3), 3)
    (2.0, 2.477)
    """
    return t + lean * t**2 / 3.0 + lean**2 * t**3 / 27.0 + lean / 6.0


def reach(t: Any, lean: Any) -> tuple[Any, Any]:
    """Standard errors below and above a mean within which the truth lies, where t would be it without skewness.

    Hall's statistic solved for the truth; each side at least t, as Hall's alone is too short where differences are rare
    and lie on both sides (docs/statistics.md).

    Examples
    --------
    >>> [round(float(side), 2) for side in reach(2.0, 0.3)]
    [2.0, 2.73]
    """
    straight = np.abs(lean) < NONE
    lean = np.where(straight, 1.0, lean)
    below, above = (3.0 / lean * (np.cbrt(1.0 + lean * (x - lean / 6.0)) - 1.0) for x in (t, -t))
    return np.where(straight, t, np.maximum(t, below)), np.where(straight, t, np.maximum(t, -above))
