"""How many more replications it takes: to tell an effect from none, or to know a mean as closely as asked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from sim.analysis.sequential import BLOCK, LEVEL, boundary, moments
from sim.domain.errors import InputError


def rounded_up(count: float) -> int:
    """A number of replications that claims no more than it knows: two digits, upwards, at least ten.

    Examples
    --------
    >>> rounded_up(3), rounded_up(51), rounded_up(1234)
    (10, 51, 1300)
    """
    step = 10.0 ** max(0, math.floor(math.log10(max(count, 1.0))) - 1)
    return max(10, int(math.ceil(count / step - 1e-9) * step))


def more_to_distinguish(differences: Any, p_level: float = 1.0 - LEVEL, power: float = 0.8) -> int | None:
    """About how many more replications would probably tell an effect of the size seen so far from none.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,): differences of pairs so far; NaN where there is none.
    p_level : float
        The p that would be believed; smaller where many comparisons are looked at together.
    power : float
        Chance that it is then believed, if the effect is as large as it seems.

    Returns
    -------
    int or None
        Rounded up to two digits; 0 where it is that many already; None where no difference is seen at all.

    Notes
    -----
    n = (z₁ + z₂)² (s/d)² + z₁²/2 pairs in all (Guenther 1981, Amer. Statist. 35). The effect seen may be luck itself:
    a planning figure, no promise.

    Examples
    --------
    >>> more_to_distinguish(np.array([1.0, -0.5, 0.6, -0.7, 0.4]))
    170
    """
    n, mean, error = moments(np.asarray(differences, dtype=float))
    if n < 2 or mean == 0.0:
        return None
    needed = _guenther(float(error * math.sqrt(n) / abs(mean)), p_level, power)
    return rounded_up((needed - n) * len(differences) / n) if needed > n else 0


def _guenther(spread: float, p_level: float, power: float) -> float:
    z = float(special.ndtri(1.0 - p_level / 2.0))
    return (z + float(special.ndtri(power))) ** 2 * spread**2 + z * z / 2.0


def more_for_half_width(values: Any, half_width: float, level: float = LEVEL) -> int | None:
    """About how many more replications make the sequential interval as narrow as that.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications,): values or differences of pairs so far; NaN where there is none.
    half_width : float
        In the unit of the outcome, above 0.
    level : float
        Confidence over all looks together.

    Returns
    -------
    int or None
        Whole blocks in all, so what is missing to them; 0 where it is narrow enough; None with fewer than two values.

    Raises
    ------
    InputError
        If the half-width is not above 0.

    Examples
    --------
    >>> more_for_half_width(np.random.default_rng(1).normal(100, 10, 200), 1.0)
    550
    """
    if not half_width > 0:
        raise InputError("half_width", "must be above 0", half_width, "Give the half width in the unit of the outcome.")
    n, _, error = moments(np.asarray(values, dtype=float))
    if n < 2:
        return None
    blocks = np.arange(1, 100_001)
    per_block = BLOCK * n / len(values)
    halves = boundary(blocks, level) * error * math.sqrt(n) / np.sqrt(per_block * blocks)
    enough = int(np.argmax(halves <= half_width)) if halves[-1] <= half_width else len(blocks) - 1
    return max(0, BLOCK * int(blocks[enough]) - len(values))
