"""Where something happens: a box of values in which it is frequent, found by peeling (PRIM).

The patient rule induction method (Friedman and Fisher 1999, Stat. Comput. 9), as scenario discovery uses it (Bryant and
Lempert 2010, Technol. Forecast. Soc. Change 77): a tenth of the draws is peeled off, from the end of a value where that
helps most, again and again. The box is found on one half of the draws and judged on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

#: Share of what is left that a step peels off, and the least share of all draws that a box must hold.
PEEL, LEAST = 0.1, 0.1
#: Most values that bound a box.
MOST_BOUNDS = 3


@dataclass(frozen=True)
class Box:
    """A box of values in which something is frequent.

    Parameters
    ----------
    bounds : tuple of (int, float, float)
        Column, lowest and highest value; infinite where it is open.
    share : float
        Of the draws of the other half that lie in it.
    inside, outside : float
        How often it happens there, and in the other draws of that half.
    p : float
        Of so many in the box by chance, on that half (hypergeometric, one-sided).
    """

    bounds: tuple[tuple[int, float, float], ...]
    share: float
    inside: float
    outside: float
    p: float


def find_box(values: Any, happens: Any) -> Box | None:
    """Find a box of values in which something happens more often; None where there is none.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (draws, values).
    happens : numpy.ndarray
        bool of shape (draws,).

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> values = luck.uniform(size=(600, 4))
    >>> box = find_box(values, (values[:, 2] > 0.7) & (luck.uniform(size=600) < 0.9))
    >>> [(place, round(low, 1), high) for place, low, high in box.bounds], round(box.inside, 1), box.outside < 0.1
    ([(2, 0.7, inf)], 0.9, True)
    >>> find_box(values, luck.uniform(size=600) < 0.3) is None
    True
    """
    first, second = np.arange(len(values)) % 2 == 0, np.arange(len(values)) % 2 == 1
    if not 0 < happens[first].sum() < first.sum():
        return None
    bounds = _peeled(values[first], happens[first])
    inside = _inside(values[second], bounds)
    seen = happens[second]
    if not bounds or not inside.any() or inside.all():
        return None
    p = _by_chance(len(seen), int(seen.sum()), int(inside.sum()), int(seen[inside].sum()))
    box = Box(bounds, float(inside.mean()), float(seen[inside].mean()), float(seen[~inside].mean()), p)
    return box if p <= 0.05 else None


def _peeled(values: Any, happens: Any) -> tuple[tuple[int, float, float], ...]:
    """Bounds of the box on the path of peeling that stands out most, the ones that matter only."""
    low, high = np.full(values.shape[1], -np.inf), np.full(values.shape[1], np.inf)
    left, best, best_bounds = np.ones(len(values), dtype=bool), 0.0, (low.copy(), high.copy())
    while left.sum() * (1.0 - PEEL) >= LEAST * len(values):
        bounded = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
        columns = bounded if len(bounded) >= MOST_BOUNDS else np.arange(values.shape[1])
        cut = max(_cuts(values, happens, left, columns), default=None)
        if cut is None:
            break
        _, column, is_high, bound = cut
        (high if is_high else low)[column] = bound
        left &= values[:, column] <= bound if is_high else values[:, column] >= bound
        if (standing := _standing(happens, left)) > best:
            best, best_bounds = standing, (low.copy(), high.copy())
    low, high = best_bounds
    kept = np.flatnonzero(np.isfinite(low) | np.isfinite(high))
    bounds = [(int(column), float(low[column]), float(high[column])) for column in kept]
    return _needed(values, happens, bounds)


def _needed(values: Any, happens: Any, bounds: list[tuple[int, float, float]]) -> tuple[tuple[int, float, float], ...]:
    """Bounds without those that make the box stand out by less than a standard error."""
    whole = _standing(happens, _inside(values, tuple(bounds)))
    for bound in list(bounds):
        rest = tuple(one for one in bounds if one is not bound)
        if rest and _standing(happens, _inside(values, rest)) > whole - 1.0:
            bounds.remove(bound)
            whole = _standing(happens, _inside(values, tuple(bounds)))
    return tuple(bounds)


def _cuts(values: Any, happens: Any, left: Any, columns: Any) -> list[tuple[float, int, bool, float]]:
    """How frequent it is after each cut that may come next, with the cut."""
    found = []
    for column in columns:
        own = values[left, column]
        for is_high, bound in ((False, np.quantile(own, PEEL)), (True, np.quantile(own, 1.0 - PEEL))):
            stays = own <= bound if is_high else own >= bound
            if 0 < stays.sum() < len(own):
                found.append((float(happens[left][stays].mean()), int(column), is_high, float(bound)))
    return found


def _standing(happens: Any, left: Any) -> float:
    """How far the frequency within stands out from that of all, in standard errors."""
    usual = happens.mean()
    spread = np.sqrt(usual * (1.0 - usual) / left.sum())
    return float((happens[left].mean() - usual) / spread)


def _inside(values: Any, bounds: tuple[tuple[int, float, float], ...]) -> Any:
    inside = np.ones(len(values), dtype=bool)
    for column, low, high in bounds:
        inside &= (values[:, column] >= low) & (values[:, column] <= high)
    return inside


def _by_chance(many: int, happened: int, inside: int, seen: int) -> float:
    """Probability of so many or more inside, if they were spread by chance."""

    def ways(n: int, k: Any) -> Any:
        return special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)

    more = np.arange(seen, min(inside, happened) + 1)
    more = more[inside - more <= many - happened]
    logs = ways(happened, more) + ways(many - happened, inside - more) - ways(many, inside)
    return min(1.0, float(np.exp(logs).sum()))
