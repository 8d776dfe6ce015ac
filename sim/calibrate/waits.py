"""How long the rows of an export take to be won or lost, open ones counted as long as they are seen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.survival import TimeToWin, time_to_win
from sim.calibrate.windows import DAY, Window

#: Blocks of weeks left out one by one, and moments told apart, at most.
_MOST_BLOCKS, _MOST_MOMENTS = 52, 1500


def waits_of(window: Window) -> TimeToWin | None:
    """Shares won and lost by age, with intervals; None if nothing was won in time or there is one week only.

    Notes
    -----
    Aalen & Johansen (1978) with the delete-one-block jackknife over weeks of creation, see
    `sim.analysis.survival.time_to_win`: rows of a week share their season, and rows followed for less time leave early.
    """
    deals = seen_deals(window)
    if deals["replication"].nunique() < 2 or not (deals["how"] == "won").any():
        return None
    last = deals["days"][deals["how"] != "open"].max()
    return time_to_win(deals, float(last) if last > 0 else None)


def seen_deals(window: Window) -> pd.DataFrame:
    """Rows created in the window by block of weeks, with age when last seen and how they stood then.

    Returns
    -------
    pandas.DataFrame
        ``replication`` (int, block of consecutive weeks of creation), ``days`` (rounded to what 1,500 moments allow),
        ``how``. Closed rows without a date are left out.
    """
    leads = window.leads
    rows = leads[(leads["created"] >= window.start) & (leads["created"] < window.end + DAY)]
    rows = rows[(rows["status"] == "open") | rows["days"].notna()]
    age = rows["days"].where(rows["status"] != "open", (window.seen - rows["created"]).dt.total_seconds() / 86400)
    week = (rows["created"] - window.start) // (7 * DAY)
    step = max(float(age.max()) / _MOST_MOMENTS, 0.01)
    return pd.DataFrame(
        {
            "replication": week // -(-(int(week.max()) + 1) // _MOST_BLOCKS),
            "days": np.round(age / step) * step,
            "how": rows["status"].astype(str),
        }
    )
