"""What it is worth to know more: how a value that is not known could turn a choice, by regression over many draws.

The expected value of partial perfect information by regression (Strong, Oakley and Brennan 2014, Med. Decis. Making
34): what each option brings is regressed on a value; where the fitted curves of two options cross, knowing the value
would change the choice. Draws that tell nothing make curves cross too, so the same is done with draws in another order,
many times, and what comes of that is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: Orders that draws are put into, for each value.
ORDERS = 200
#: Values in the regression on several at once.
MOST_TOGETHER = 12


@dataclass(frozen=True, eq=False)
class Information:
    """What knowing single values is worth.

    Parameters
    ----------
    worth : numpy.ndarray
        float64 of shape (values,): expected gain of knowing each before choosing, less what chance alone makes of it;
        never negative.
    p : numpy.ndarray
        float64 of shape (values,): share of other orders in which it comes out as high, over all values together.
    low, high : numpy.ndarray
        int of shape (values,): option that is best where the value is near its low and its high end.
    """

    worth: Any
    p: Any
    low: Any
    high: Any


def information(values: Any, gains: Any, seed: int = 1) -> Information:
    """What knowing each of several values before choosing is worth.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (draws, values).
    gains : numpy.ndarray
        float64 of shape (draws, options): what each option brings in each draw, on the same luck.
    seed : int
        Of the orders.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> values = luck.uniform(-1.0, 1.0, (400, 3))
    >>> gains = np.column_stack([np.zeros(400), values[:, 1] + 0.1 * luck.normal(size=400)])
    >>> found = information(values, gains)
    >>> found.worth.round(1).tolist(), (found.p < 0.01).tolist(), int(found.low[1]), int(found.high[1])
    ([0.0, 0.2, 0.0], [False, True, False], 0, 1)
    """
    bases = [_basis(column) for column in values.T]
    seen = np.array([_worth(base, gains[:, None, :])[0] for base in bases])
    others = _in_other_orders(gains, np.random.default_rng([seed, len(gains)]))
    chance = np.array([_worth(base, others) for base in bases])
    p = 1.0 - np.searchsorted(np.sort(chance, axis=None), seen) / (1.0 + chance.size)
    ends = [_ends(column, base, gains) for column, base in zip(values.T, bases, strict=True)]
    worth = np.maximum(0.0, seen - chance.mean(axis=1))
    low, high = np.array(ends, dtype=int).reshape(len(ends), 2).T
    return Information(worth, p, low, high)


def _basis(values: Any) -> Any:
    """Orthonormal columns of constant, line and parabola, float64 of shape (draws, 3 at most)."""
    columns = np.vander(_standard(values), 3, increasing=True)
    base, weights = np.linalg.qr(columns)
    return base[:, np.abs(np.diag(weights)) > 1e-9]


def _standard(values: Any) -> Any:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0.0 else np.zeros_like(values)


def _in_other_orders(gains: Any, luck: np.random.Generator) -> Any:
    """Gains with their draws in other orders, float64 of shape (draws, ORDERS, options)."""
    return np.stack([gains[luck.permutation(len(gains))] for _ in range(ORDERS)], axis=1)


def _worth(base: Any, gains: Any) -> Any:
    """Worth of a value in gains of shape (draws, orders, options), float64 of shape (orders,); rounding is nothing."""
    flat = gains.reshape(len(gains), -1)
    fitted = (base @ (base.T @ flat)).reshape(gains.shape)
    worth = fitted.max(axis=2).mean(axis=0) - gains.mean(axis=0).max(axis=1)
    return np.where(worth > 1e-9 * np.abs(gains).max(), worth, 0.0)


def _ends(values: Any, base: Any, gains: Any) -> tuple[int, int]:
    """Option that is best at the tenth and at the ninetieth percentile of a value."""
    fitted, order = base @ (base.T @ gains), np.argsort(values)
    tenth = max(1, len(order) // 10)
    return int(fitted[order[tenth - 1]].argmax()), int(fitted[order[-tenth]].argmax())


def influence(values: Any, gain: Any) -> tuple[Any, Any]:
    """How much a gain changes from the low to the high end of each value, all else as it comes.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (draws, values).
    gain : numpy.ndarray
        float64 of shape (draws,).

    Returns
    -------
    change, p : numpy.ndarray
        float64 of shape (values,): of a straight line, over the range drawn; and p of none (Student's t).

    Examples
    --------
    >>> values = np.random.default_rng(1).uniform(0.0, 2.0, (200, 2))
    >>> change, p = influence(values, 3.0 * values[:, 0])
    >>> round(change[0]), bool(p[0] < 1e-6), bool(p[1] > 0.01)
    (6, True, True)
    """
    from scipy import special

    many = len(gain)
    standard = np.column_stack([_standard(column) for column in values.T])
    own = _standard(gain)
    r = np.clip(standard.T @ own / many, -1.0 + 1e-12, 1.0 - 1e-12)
    t = r * np.sqrt((many - 2) / (1.0 - r**2))
    slope = r * gain.std() / np.where(values.std(axis=0) > 0.0, values.std(axis=0), np.inf)
    return slope * np.ptp(values, axis=0), 2.0 * special.stdtr(many - 2, -np.abs(t))


def expected(values: Any, gains: Any, seed: int = 1) -> Any:
    """What each option brings as far as the values tell it, luck taken out; float64 of shape (draws, options).

    A regression on those values on which a gain, or how far the options lie apart, depends more than on values in
    another order (1 % for all values together; 12 of each at most): lines, parabolas; means where there is none.

    Parameters
    ----------
    values, gains : numpy.ndarray
        As `information` takes them.
    seed : int
        Of the orders.
    """
    bases = [_basis(column)[:, 1:] for column in values.T]
    apart = gains - gains.mean(axis=1, keepdims=True)
    chosen = sorted({*_telling(bases, gains, seed), *_telling(bases, apart, seed)})
    if not chosen:
        return np.tile(gains.mean(axis=0), (len(gains), 1))
    together, _ = np.linalg.qr(np.hstack([np.ones((len(gains), 1)), *(bases[place] for place in chosen)]))
    return together @ (together.T @ gains)


def _telling(bases: list[Any], gains: Any, seed: int) -> list[int]:
    """Values on which a gain depends more than on any value in another order, the most telling ones."""
    centred = gains - gains.mean(axis=0)
    whole = np.maximum((centred**2).sum(axis=0), 1e-300)
    told = np.array([((base.T @ centred) ** 2).sum(axis=0) / whole for base in bases]).max(axis=1)
    others = _in_other_orders(centred, np.random.default_rng([seed, len(gains), 2]))
    flat = others.reshape(len(gains), -1)
    shares = [((base.T @ flat) ** 2).sum(axis=0).reshape(others.shape[1:]) / whole for base in bases]
    chance = np.quantile(np.array(shares).max(axis=(0, 2)), 0.99)
    return [int(place) for place in np.argsort(-told)[:MOST_TOGETHER] if told[place] > chance]


def regrets(fitted: Any) -> Any:
    """What each option brings less than the best of its draw, float64 of shape (draws, options), 0 or more."""
    return fitted.max(axis=1, keepdims=True) - fitted
