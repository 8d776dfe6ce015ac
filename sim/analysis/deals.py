"""What became of the deals of a run, and how many by run, day and end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.rows import is_deal, leads_of, warmup_of
from sim.analysis.study import require_columns, require_words
from sim.behaviours.outcomes import CALENDAR_DAYS_PER_WORKING_DAY
from sim.domain.errors import InputError
from sim.domain.records import World
from sim.domain.vocabulary import LOST

if TYPE_CHECKING:
    import pandas as pd

#: How a deal stands when it was last seen; the place is its code.
ENDS = ("open", "won", "lost")
DEAL_COLUMNS = ("replication", "days", "how")


def deals_of(world: World) -> dict[str, Any]:
    """What became of each deal first contacted within the window of a run.

    Returns
    -------
    dict of str to numpy.ndarray
        ``days``: calendar days (float64) from the first contact to the end of the deal, or to the end of the run if it
        is open. ``how``: ``won``, ``lost`` or ``open`` (str). Both of shape (deals,), in the order of the leads.
    """
    leads = leads_of(world)
    leads = leads[is_deal(leads) & (leads["first_day"] >= warmup_of(world))]
    is_open = leads["closed_day"] < 0
    last = np.where(is_open, int(world.rules.n_days) - 1, leads["closed_day"])
    codes = np.where(is_open, 0, np.where(leads["state"] == LOST, 2, 1))
    days = CALENDAR_DAYS_PER_WORKING_DAY * (last - leads["first_day"])
    return {"days": days.astype(np.float64), "how": np.array(ENDS)[codes]}


@dataclass(frozen=True, eq=False)
class DealCounts:
    """Deals of each run by the day on which they were last seen.

    Parameters
    ----------
    days : numpy.ndarray
        float64 of shape (moments,): 0 and the calendar days on which any deal was last seen, ascending.
    counts : numpy.ndarray
        float64 of shape (3, runs, moments): deals that were open, won, lost then (`ENDS`).
    runs : tuple
        Key of each run: (draw, replication). Runs of a draw of a posterior are alike: they count as one, replication 0.
    """

    days: Any
    counts: Any
    runs: tuple[tuple[int, int], ...]


def count_deals(deals: pd.DataFrame) -> DealCounts:
    """Count deals by run, end and day.

    Parameters
    ----------
    deals : pandas.DataFrame
        One row per deal: ``replication`` (and ``draw`` if there are several), ``days`` (calendar days, 0 or more),
        ``how`` (``won``, ``lost`` or ``open``).

    Raises
    ------
    InputError
        If a column is missing, there is no deal, a time is negative or missing, or an end is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"replication": [0, 0, 1], "days": [7.0, 14.0, 7.0], "how": ["won", "open", "lost"]})
    >>> count_deals(table).counts[1].tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    import pandas as pd

    require_columns(deals, DEAL_COLUMNS, "deals")
    if len(deals) == 0:
        raise InputError("deals", "must hold at least one deal", 0, "Run longer, or more replications.")
    how, ages = deals["how"].astype(str), deals["days"].to_numpy(dtype=np.float64)
    require_words(how, ENDS, "deals.how")
    if not (ages >= 0).all():
        raise InputError(
            "deals.days",
            "must be 0 or more in every row",
            float(ages[~(ages >= 0)][0]),
            "Give days since the deal was opened.",
        )
    days = np.union1d(0.0, ages)
    draws = deals["draw"] if "draw" in deals.columns else pd.Series(0, deals.index)
    replications = deals["replication"].where(draws == 0, 0)
    run, labels = pd.MultiIndex.from_arrays([draws, replications]).factorize(sort=True)
    end = pd.Categorical(how, categories=list(ENDS)).codes.astype(np.int64)
    shape = (len(ENDS), len(labels), len(days))
    flat = np.ravel_multi_index((end, run, np.searchsorted(days, ages)), shape)
    counts = np.bincount(flat, minlength=math.prod(shape)).reshape(shape).astype(np.float64)
    return DealCounts(days, counts, tuple((int(draw), int(replication)) for draw, replication in labels))


def runs_in(deals: pd.DataFrame) -> int:
    """Runs that some deals are of."""
    return len(deals[[name for name in ("draw", "replication") if name in deals.columns]].drop_duplicates())


def on_common(one: DealCounts, other: DealCounts) -> tuple[DealCounts, DealCounts]:
    """Two scenarios on the same days and on the runs that both have, so that runs pair up.

    Raises
    ------
    InputError
        If fewer than two runs are common.
    """
    runs = tuple(run for run in one.runs if run in set(other.runs))
    if len(runs) < 2:
        raise InputError(
            "deals",
            "must share two or more replications to be compared",
            len(runs),
            "Keep deals of two replications or more.",
        )
    days = np.union1d(one.days, other.days)
    return _spread_over(one, days, runs), _spread_over(other, days, runs)


def _spread_over(own: DealCounts, days: Any, runs: tuple[tuple[int, int], ...]) -> DealCounts:
    counts = np.zeros((len(ENDS), len(runs), len(days)))
    rows = [own.runs.index(run) for run in runs]
    counts[:, :, np.searchsorted(days, own.days)] = own.counts[:, rows]
    return DealCounts(days, counts, runs)
