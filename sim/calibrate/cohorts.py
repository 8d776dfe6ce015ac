"""Cohorts by month of creation: how many came, and which share was won with the same time for all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.blocks import wilson_ends
from sim.calibrate.windows import DAY, last_seen

#: Rows of a cohort from which a share is told.
_FEWEST = 10


def cohorts_of(leads: pd.DataFrame, days: float) -> pd.DataFrame:
    """Rows by month of creation, and the share won within so many days of those followed that long.

    Parameters
    ----------
    leads : pandas.DataFrame
        Rows with ``won`` and ``days``, see `sim.calibrate.windows.timed`.
    days : float
        Follow-up in calendar days, the same for all.

    Returns
    -------
    pandas.DataFrame
        A row per month, none left out: ``month`` (period), ``arrivals``, ``followed``, ``won``, ``share``, ``low``,
        ``high`` (95 %, Wilson 1927); NaN with fewer than ten followed.

    Examples
    --------
    >>> rows = pd.DataFrame({"created": pd.to_datetime(["2024-01-03"] * 20 + ["2024-02-05"])})
    >>> rows = rows.assign(closed=pd.NaT, won=[True] * 5 + [False] * 16, days=3.0)
    >>> cohorts_of(rows, 7.0)[["arrivals", "followed", "won", "share"]].values.tolist()
    [[20.0, 20.0, 5.0, 0.25], [1.0, 0.0, 0.0, nan]]
    """
    followed = leads["created"] <= last_seen(leads) - days * DAY
    counts = pd.DataFrame({"arrivals": True, "followed": followed, "won": leads["won"] & followed})
    counts["won"] &= leads["days"] <= days
    table = counts.groupby(leads["created"].dt.to_period("M")).sum().astype(np.int64)
    table = table.reindex(pd.period_range(table.index.min(), table.index.max(), freq="M"), fill_value=0)
    told = table["followed"] >= _FEWEST
    table["share"] = (table["won"] / table["followed"]).where(told)
    low, high = wilson_ends(table["share"].to_numpy(), table["followed"].clip(lower=1).to_numpy())
    table["low"], table["high"] = low, high
    return table.rename_axis("month").reset_index()
