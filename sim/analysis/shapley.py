"""Shapley values: an effect of several causes together, split into fair shares that add up.

A game of n players has a value for every coalition, that is for every set of players who take part. A coalition is
written as a whole number, player i being bit i: 0 is nobody, 2ⁿ − 1 is everybody.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Players of whom all coalitions are looked at.
MOST_PLAYERS = 12


def shapley(values: Any) -> Any:
    """Shapley value of every player: what it adds, averaged over all orders in which players may come.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (2**n, replications): value of each coalition; NaN where there is none.

    Returns
    -------
    numpy.ndarray
        float64 of shape (n, replications); they add up to the value of all less that of nobody, but for rounding
        (see `adding_up`). NaN where any coalition has no value.

    Notes
    -----
    φᵢ = Σ_S |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)) over all coalitions S without i (Shapley 1953, Contributions
    to the Theory of Games 2). A player who never changes anything gets exactly 0.

    Examples
    --------
    >>> shapley(np.array([[0.0], [1.0], [2.0], [7.0]])).ravel().tolist()  # 1 and 2 alone, 4 more together
    [3.0, 4.0]
    """
    n, codes = n_players(values), np.arange(len(values))
    sizes = np.bitwise_count(codes)
    weights = np.array([1.0 / (n * math.comb(n - 1, size)) for size in range(n)])
    parts = []
    for player in range(n):
        without = codes[codes >> player & 1 == 0]
        parts.append(weights[sizes[without]] @ (values[without | 1 << player] - values[without]))
    return np.array(parts).reshape(n, -1)


def n_players(values: Any) -> int:
    """Players of a game, by the values of all its coalitions."""
    return len(values).bit_length() - 1


def pairs_together(values: Any) -> Any:
    """What each pair of players adds by being together, beyond what each adds alone.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (2**n, replications).

    Returns
    -------
    numpy.ndarray
        float64 of shape (n, n, replications), symmetric, 0 on the diagonal.

    Notes
    -----
    The Shapley–Taylor index of order 2 (Sundararajan, Dhamdhere and Agarwal 2020, ICML). What players add alone, and
    each pair once, add up to the whole; and a player's Shapley value is what it adds alone and half of each of its
    pairs.

    Examples
    --------
    >>> float(pairs_together(np.array([[0.0], [1.0], [2.0], [7.0]]))[0, 1, 0])
    4.0
    """
    n = n_players(values)
    found = np.zeros((n, n, values.shape[1]))
    for one in range(n):
        for other in range(one):
            found[one, other] = found[other, one] = _together(values, 1 << one, 1 << other)
    return found


def _together(values: Any, one: int, other: int) -> Any:
    """Shapley–Taylor index of the pair of players with these bits, of shape (replications,)."""
    n, codes = n_players(values), np.arange(len(values))
    without = codes[codes & (one | other) == 0]
    weights = np.array([2.0 / (n * math.comb(n - 1, int(size))) for size in np.bitwise_count(without)])
    surplus = values[without | one | other] - values[without | one] - values[without | other] + values[without]
    return weights @ surplus


def orders_of(n: int, n_pairs: int, seed: int) -> Any:
    """Orders in which players come, drawn at random, each followed by its reverse.

    An order and its reverse are antithetic: who comes early in one comes late in the other, so that their mean varies
    much less (Mitchell, Cooper, Frank and Holmes 2022, J. Mach. Learn. Res. 23).

    Returns
    -------
    numpy.ndarray
        int of shape (2 * n_pairs, n).

    Examples
    --------
    >>> orders = orders_of(4, 1, seed=1)
    >>> orders[0].tolist() == orders[1].tolist()[::-1]
    True
    """
    luck = np.random.default_rng(seed)
    drawn = [luck.permutation(n) for _ in range(n_pairs)]
    return np.array([order for one in drawn for order in (one, one[::-1])])


def prefixes(orders: Any) -> Any:
    """Coalitions that orders pass through, from nobody to everybody; int of shape (orders, n + 1).

    Examples
    --------
    >>> prefixes(np.array([[1, 0], [0, 1]])).tolist()
    [[0, 2, 3], [0, 1, 3]]
    """
    steps = np.cumsum(1 << np.asarray(orders, dtype=np.int64), axis=1)
    return np.hstack([np.zeros((len(steps), 1), dtype=np.int64), steps])


def shares_by_order(values: Any, codes: Any, orders: Any) -> Any:
    """What each player adds where it comes in each order.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (coalitions, replications).
    codes : numpy.ndarray
        int of shape (coalitions,), sorted: the coalition of each row; all that the orders pass through.
    orders : numpy.ndarray
        int of shape (orders, n).

    Returns
    -------
    numpy.ndarray
        float64 of shape (orders, n, replications). The mean over the orders estimates the Shapley values without bias
        (Castro, Gómez and Tejada 2009, Comput. Oper. Res. 36), and adds up to the whole like them.
    """
    rows = np.searchsorted(codes, prefixes(orders))
    steps = np.diff(values[rows], axis=1)
    found = np.empty_like(steps)
    np.put_along_axis(found, np.asarray(orders)[:, :, None], steps, axis=1)
    return found


def order_errors(by_order: Any) -> Any:
    """Standard error of each player's mean share, of having looked at some orders only.

    Parameters
    ----------
    by_order : numpy.ndarray
        float64 of shape (orders, n, replications), each order followed by its reverse.

    Returns
    -------
    numpy.ndarray
        float64 of shape (n,); NaN with fewer than two pairs. Of means over the replications without NaN.
    """
    exists = ~np.isnan(by_order).any(axis=(0, 1))
    means = by_order[:, :, exists].mean(axis=2) if exists.any() else np.full(by_order.shape[:2], np.nan)
    pairs = 0.5 * (means[0::2] + means[1::2])
    if len(pairs) < 2:
        return np.full(by_order.shape[1], np.nan)
    return pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))


def adding_up(parts: Any, whole: Any) -> Any:
    """Free parts of their last rounding, so that they add up to the whole exactly, in whatever order.

    Parameters
    ----------
    parts : numpy.ndarray
        float64 of shape (n, replications), which add up but for rounding.
    whole : numpy.ndarray
        float64 of shape (replications,).

    Returns
    -------
    numpy.ndarray
        Of the shape of the parts: multiples of a power of two so fine that no part moves by more than some 10⁻¹⁶ of
        them all, and so coarse that no sum of them is rounded. The largest takes what is left. What is 0 stays 0.

    Examples
    --------
    >>> third = np.array([[0.1], [0.2], [-0.3]])
    >>> float(third.sum()), float(adding_up(third, np.array([0.0])).sum())
    (5.551115123125783e-17, 0.0)
    """
    reach = np.abs(parts).sum(axis=0) + np.abs(whole)
    step = np.maximum(np.ldexp(1.0, np.frexp(reach)[1] - 53), np.finfo(np.float64).smallest_subnormal)
    found = np.round(parts / step) * step
    places = np.arange(found.shape[1])
    found[np.abs(found).argmax(axis=0), places] += whole - found.sum(axis=0)
    return found
