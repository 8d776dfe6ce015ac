"""Intervals of a mean difference: Student's t, as it is and widened for skewness; bootstrap; of a watched study."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.analysis.sequential import BLOCK, LEVEL, sequential_interval, sequential_p
from sim.analysis.skewness import hall, reach, skewness
from sim.domain.errors import InputError, did_you_mean

RESAMPLES = 9999


class Ends(NamedTuple):
    """Both ends of an interval, and the two-sided p of no difference; None where there is none."""

    low: float | None
    high: float | None
    p: float | None


NOTHING = Ends(None, None, None)


def t_ends(differences: Any) -> Ends:
    """Student's interval of a mean (Student 1908, Biometrika 6).

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.

    Returns
    -------
    Ends
        Both at the mean where all differences are the same, none for a single pair.

    Examples
    --------
    >>> low, high, p = t_ends(np.array([1.0, 2.0, 3.0]))
    >>> round(low, 3), round(high, 3), round(p, 3)
    (-0.484, 4.484, 0.074)
    """
    from scipy import special

    differences = differences[~np.isnan(differences)]
    n = len(differences)
    if n < 2:
        return NOTHING
    mean, error = float(differences.mean()), float(differences.std(ddof=1)) / math.sqrt(n)
    if error == 0.0:
        return _constant(mean)
    half = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2)) * error
    return Ends(mean - half, mean + half, float(2.0 * special.stdtr(n - 1, -abs(mean) / error)))


def _constant(mean: float) -> Ends:
    return Ends(mean, mean, 1.0 if mean == 0.0 else 0.0)


def skewed_ends(differences: Any) -> Ends:
    """Student's interval, widened on the side to which the differences are skewed.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.

    Returns
    -------
    Ends
        At neither end shorter than Student's.

    Notes
    -----
    `sim.analysis.skewness.reach`.

    Examples
    --------
    >>> values = np.array([0.1, 0.2, 0.2, 0.4, 3.0])
    >>> skewed_ends(values).low == t_ends(values).low, skewed_ends(values).high > 2 * t_ends(values).high
    (True, True)
    """
    from scipy import special

    plain = t_ends(differences)
    differences = differences[~np.isnan(differences)]
    n, mean = len(differences), float(differences.mean()) if len(differences) else 0.0
    if plain.low is None or plain.high is None or plain.low == plain.high:
        return plain
    error, lean = float(differences.std(ddof=1)) / math.sqrt(n), float(skewness(differences)) / math.sqrt(n)
    below, above = reach(float(special.stdtrit(n - 1, 0.5 + LEVEL / 2)), lean)
    tail = float(special.stdtr(n - 1, -math.copysign(1.0, mean) * hall(mean / error, lean)))
    return Ends(mean - float(below) * error, mean + float(above) * error, min(1.0, max(2.0 * tail, plain.p or 0.0)))


def bootstrap_ends(differences: Any) -> Ends:
    """Bootstrap interval of a mean, corrected for bias and skewness (BCa: Efron 1987, J. Amer. Statist. Assoc. 82).

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.

    Returns
    -------
    Ends
        Of 9,999 resamples; the same for the same differences, in whatever order. p is the smallest error at which the
        interval leaves out zero, and at least 2 in 10,000.

    Examples
    --------
    >>> low, high, p = bootstrap_ends(np.array([0.1, 0.2, 0.2, 0.4, 3.0]))
    >>> low > 0.1, high > 1.5, p
    (True, True, 0.0002)
    """
    from scipy.stats import bootstrap

    differences = np.sort(differences[~np.isnan(differences)])
    if len(differences) < 2:
        return NOTHING
    if differences[0] == differences[-1]:
        return _constant(float(differences[0]))
    luck = np.random.default_rng([len(differences), RESAMPLES])
    found = bootstrap((differences,), np.mean, confidence_level=LEVEL, n_resamples=RESAMPLES, rng=luck, batch=1000)
    low, high = found.confidence_interval
    return Ends(float(low), float(high), _bootstrap_p(differences, found.bootstrap_distribution))


def _bootstrap_p(differences: Any, means: Any) -> float:
    """The error at which an end of the BCa interval is zero: its formula for the ends, solved for the error."""
    from scipy import special

    centred = differences - differences.mean()
    acceleration = float((centred**3).sum() / (6.0 * (centred**2).sum() ** 1.5))
    bias = float(special.ndtri(_share_below(means, differences.mean())))
    at_zero = float(special.ndtri(_share_below(means, 0.0))) - bias
    p = 2.0 * special.ndtr(-abs(at_zero / (1.0 + acceleration * at_zero) - bias))
    return float(max(p, 2.0 / (len(means) + 1.0)))


def _share_below(means: Any, point: float) -> float:
    """Share of resampled means below a point, half of those at it; never 0 or 1."""
    below = float((means < point).sum() + 0.5 * (means == point).sum())
    return min(max(below, 1.0), len(means)) / (len(means) + 1.0)


def sequential_ends(differences: Any) -> Ends:
    """The interval of `sim.analysis.sequential`: none before the first complete block of 50."""
    mean, low, high = sequential_interval(differences)
    if math.isnan(mean) or math.isinf(low):
        return NOTHING
    return Ends(low, high, sequential_p(differences))


class Method(NamedTuple):
    """A way to an interval: what people call it, the function, and how many replications it takes at a time."""

    label: str
    ends: Callable[[Any], Ends]
    block: int = 1

    def whole(self, values: Any) -> Any:
        """Values of complete blocks only."""
        return values[: len(values) - len(values) % self.block]


METHODS = {
    "t": Method("paired t", t_ends),
    "skewed": Method("paired t, widened for skewness", skewed_ends),
    "bootstrap": Method("paired bootstrap BCa", bootstrap_ends),
    "sequential": Method("paired sequential", sequential_ends, BLOCK),
}


#: The method where nobody names one: as short as Student's on even differences, and right on skewed ones, where
#: Student's is too short (docs/statistics.md).
USUAL = "skewed"


def method_named(name: str) -> Method:
    """The method of that name.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> method_named("t").label
    'paired t'
    """
    if name not in METHODS:
        raise InputError("method", "must be a way to an interval", name, did_you_mean(name, METHODS))
    return METHODS[name]
