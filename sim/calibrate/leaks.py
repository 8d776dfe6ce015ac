"""Columns of an export that tell how a deal ended: filled, or filled otherwise, once the end is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

#: Rows that are looked at, least number of won and of other rows, and distinct values told apart.
_MOST_ROWS, _LEAST, _MOST_VALUES = 20_000, 20, 50
#: Assumption: nothing known before the end parts won from lost so well (0.5 is chance, 1 is perfect).
LEAK_SCORE = 0.95


@dataclass(frozen=True)
class Leak:
    """A column that tells the outcome.

    Parameters
    ----------
    column : str
        Its header.
    score : float
        Probability that a won row scores above one that was not, 0.5 to 1 (area under the curve, out of sample).
    n : int
        Rows behind it.
    filled_won, filled_other, filled_open : float
        Share of rows with anything in it: won; lost (or not won, where nothing is marked lost); still open (NaN if
        there are none, or they are the ones that were not won).
    """

    column: str
    score: float
    n: int
    filled_won: float
    filled_other: float
    filled_open: float


def leaking_columns(cells: pd.DataFrame, status: pd.Series[str], skip: Collection[str] = ()) -> tuple[Leak, ...]:
    """Find the columns that part won rows from others nearly perfectly.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells, one row per deal.
    status : pandas.Series
        "won", "lost" or "open", same index.
    skip : collection of str
        Headers that say the outcome by intention, such as the stage.

    Returns
    -------
    tuple of Leak
        The clearest first; empty with fewer than 20 won or 20 other rows.

    Notes
    -----
    Each value of a column (numbers in tenths, rare texts together, blank apart) is given the share won in one half of
    the rows, and ranks the other half; the score is the area under the curve by ranks (Hanley & McNeil 1982, Radiology
    143), the mean of both halves.

    Examples
    --------
    >>> status = pd.Series(["won", "lost"] * 40)
    >>> reason = status.map({"won": "", "lost": "price"})
    >>> leaking_columns(pd.DataFrame({"Loss Reason": reason, "Region": "EU"}), status)[0].column
    'Loss Reason'
    """
    is_open = status == "open"
    ended = ~is_open if (status == "lost").any() else pd.Series(True, status.index)
    rows = _thinned(status.index[ended])
    won = (status[rows] == "won").to_numpy()
    if min(won.sum(), (~won).sum()) < _LEAST:
        return ()
    opened = _thinned(status.index[is_open & ~ended])
    found = []
    for name in (column for column in cells.columns if column not in skip):
        score = _score(_values(cells.loc[rows, name].str.strip()), won)
        if score >= LEAK_SCORE:
            filled = (cells.loc[rows, name].str.strip() != "").to_numpy()
            still = float((cells.loc[opened, name].str.strip() != "").mean()) if len(opened) else float("nan")
            shares = float(filled[won].mean()), float(filled[~won].mean()), still
            found.append(Leak(str(name), score, len(rows), *shares))
    return tuple(sorted(found, key=lambda leak: -leak.score))


def _thinned(rows: pd.Index[int]) -> pd.Index[int]:
    """At most so many rows, evenly spread."""
    return rows[:: -(-len(rows) // _MOST_ROWS) or 1]


def _values(text: pd.Series[str]) -> npt.NDArray[np.int64]:
    """Cells as codes: numbers by tenths of their ranks, other text by value, what is rare together, blank apart."""
    told = text[text != ""]
    numbers = pd.to_numeric(told, errors="coerce")
    kinds = pd.Series("", text.index, dtype=object)
    if len(told) and numbers.notna().mean() > 0.9 and told.nunique() > _MOST_VALUES:
        kinds[told.index] = (10 * numbers.rank(pct=True)).round().astype(str)
    else:
        usual = told.value_counts().index[: _MOST_VALUES - 1]
        kinds[told.index] = told.where(told.isin(usual), "other values")
    return np.asarray(pd.factorize(kinds)[0], dtype=np.int64)


def _score(values: npt.NDArray[np.int64], won: npt.NDArray[np.bool_]) -> float:
    """Area under the curve of the share won by value, each half of the rows scored by the other."""
    halves = np.arange(len(values)) // 2 % 2 == 0
    scores = []
    for half in (halves, ~halves):
        n = np.bincount(values[half], minlength=values.max() + 1)
        wins = np.bincount(values[half], weights=won[half], minlength=values.max() + 1)
        rate = (wins + won.mean()) / (n + 1)
        scores.append(_area(rate[values[~half]], won[~half]))
    return float(np.mean(scores))


def _area(score: npt.NDArray[np.float64], won: npt.NDArray[np.bool_]) -> float:
    """Probability that a won row scores above another, ties one half; 0.5 where one kind is missing."""
    n_won, n_other = int(won.sum()), int((~won).sum())
    if not n_won or not n_other:
        return 0.5
    ranks = pd.Series(score).rank().to_numpy()
    return float((ranks[won].sum() - n_won * (n_won + 1) / 2) / (n_won * n_other))
