"""What pays for its price: fronts of options that no cheaper one beats."""

from __future__ import annotations

from typing import Any

import numpy as np


def front_ranks(price: Any, score: Any) -> Any:
    """Front of each option: 0 where none that costs as much or less scores higher, 1 where only those of 0 do, and on.

    Parameters
    ----------
    price : numpy.ndarray
        float64 of shape (k,): lower is better.
    score : numpy.ndarray
        float64 of shape (k,): higher is better; NaN counts as worst.

    Returns
    -------
    numpy.ndarray
        int of shape (k,). Of options that are equal in both, the first is in the earlier front.

    Examples
    --------
    >>> front_ranks(np.array([0.0, 1.0, 2.0, 2.0]), np.array([0.0, 5.0, 4.0, 6.0])).tolist()
    [0, 0, 1, 0]
    """
    price, score = np.asarray(price, dtype=float), np.nan_to_num(np.asarray(score, dtype=float), nan=-np.inf)
    order = np.lexsort((np.arange(len(price)), -score, price))
    ranks = np.zeros(len(price), dtype=int)
    best: list[float] = []  # highest score of each front so far; falls from front to front
    for place in order:
        rank = next((front for front, top in enumerate(best) if score[place] > top), len(best))
        best[rank : rank + 1] = [float(score[place])]
        ranks[place] = rank
    return ranks


def keep_best(price: Any, hours: Any, score: Any, seats: int) -> list[int]:
    """Options worth keeping at any budget: the first fronts by money, and for a third of the seats by hours.

    A front that is longer than the seats left is thinned evenly, its ends kept: cheap options are as good an answer
    to a small budget as dear ones to a large one.

    Parameters
    ----------
    price, hours, score : numpy.ndarray
        float64 of shape (k,): what each costs in money and in hours, and how good it is.
    seats : int
        How many to keep.

    Returns
    -------
    list of int
        Their places, in order.

    Examples
    --------
    >>> keep_best(np.array([0.0, 1.0, 2.0, 3.0]), np.zeros(4), np.array([0.0, 5.0, 4.0, 6.0]), 3)
    [0, 1, 3]
    """
    score = np.nan_to_num(np.asarray(score, dtype=float), nan=-np.inf)
    kept: dict[int, None] = {}
    for one, until in ((price, max(1, seats - seats // 3)), (hours, seats)):  # by hours there is a front for all
        ranks = front_ranks(one, score)
        for front in range(int(ranks.max(initial=-1)) + 1):
            own = [int(place) for place in np.flatnonzero(ranks == front) if int(place) not in kept]
            kept |= dict.fromkeys(_thinned(sorted(own, key=lambda place: score[place]), until - len(kept)))
    return sorted(kept)


def _thinned(places: list[int], seats: int) -> list[int]:
    """So many of some places, spread evenly, the last one always among them."""
    if seats <= 0 or len(places) <= seats:
        return places if seats > 0 else []
    return [places[round(at)] for at in np.linspace(len(places) - 1, 0, seats)]
