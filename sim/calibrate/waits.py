"""How long the rows of an export take to be won or lost, open ones counted as long as they are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.blocks import blocks_of_weeks
from sim.analysis.deals import count_deals
from sim.analysis.survival import WON, TimeToWin, crossing, incidence, of_wins, time_to_win
from sim.calibrate.windows import DAY, Window

#: Moments told apart, at most.
_MOST_MOMENTS = 1500


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
        ``replication`` (int, block of consecutive weeks of creation), ``days``, ``how``. Closed rows without a date are
        left out.
    """
    leads = window.leads
    rows = leads[(leads["created"] >= window.start) & (leads["created"] < window.end + DAY)]
    rows = rows[(rows["status"] == "open") | rows["days"].notna()]
    age = rows["days"].where(rows["status"] != "open", days_between(rows["created"], window.seen))
    return pd.DataFrame(
        {
            "replication": week_blocks(rows["created"], window.start),
            "days": rounded(age.to_numpy(np.float64)),
            "how": rows["status"].astype(str),
        }
    )


def week_blocks(moments: pd.Series[pd.Timestamp], start: pd.Timestamp) -> Any:
    """Block of weeks (`sim.analysis.blocks`) of each moment, int of shape (rows,); what is earlier is in the first."""
    first = start.normalize() - pd.Timedelta(days=start.day_of_week)
    week = ((moments - first) // (7 * DAY)).clip(lower=0).to_numpy(np.int64)
    return blocks_of_weeks(int(week.max()) + 1, is_slow=False)[week]


def days_between(start: pd.Series[pd.Timestamp], end: pd.Series[pd.Timestamp] | pd.Timestamp) -> pd.Series[float]:
    """Calendar days from one moment to another."""
    return (end - start).dt.total_seconds() / 86400


def rounded(ages: Any) -> Any:
    """Ages rounded up to at most 1,500 of their own quantiles, so that every day counts where there are many."""
    known = np.unique(ages)
    if len(known) > _MOST_MOMENTS:
        known = np.unique(np.quantile(ages, np.linspace(0, 1, _MOST_MOMENTS), method="higher"))
    return known[np.searchsorted(known, ages)]


@dataclass(frozen=True, eq=False)
class Passage:
    """How many rows reach something, and how long it takes, others ended and open ones allowed for.

    Parameters
    ----------
    n : int
        Rows that could reach it.
    share : float
        That reach it in the end.
    days : dict of float to float
        Days until so large a part of these have reached it.
    share_without, days_without : numpy.ndarray, dict of float to numpy.ndarray
        The same without each block, shape (blocks,).
    """

    n: int
    share: float
    days: dict[float, float]
    share_without: Any
    days_without: dict[float, Any]


def passage_of(table: pd.DataFrame, seen: pd.Timestamp, parts: tuple[float, ...]) -> Passage | None:
    """How many rows reach something and how long that takes.

    Parameters
    ----------
    table : pandas.DataFrame
        ``entered``, ``reached`` and ``ended`` (datetime64, NaT for never; a row that ended first does not reach it),
        ``block`` (int).
    seen : pandas.Timestamp
        Last moment the export knows of.
    parts : tuple of float
        Which quantiles of the time are wanted.

    Returns
    -------
    Passage or None
        None if nobody reaches it, or all rows are in one block.

    Notes
    -----
    Aalen & Johansen (1978): rows that ended otherwise compete, rows still open are seen until the last moment.
    """
    reached, ended = table["reached"].notna(), table["ended"].notna()
    if not reached.any() or table["block"].nunique() < 2:
        return None
    last = table["reached"].where(reached, table["ended"].where(ended, seen))
    age = days_between(table["entered"], last).clip(lower=0).to_numpy(np.float64)
    how = np.where(reached, "won", np.where(ended, "lost", "open"))
    counted = count_deals(pd.DataFrame({"replication": table["block"], "days": rounded(age), "how": how}))
    total = counted.counts.sum(axis=1)
    whole, without = incidence(total), incidence(total[:, None] - counted.counts)
    quantiles = {part: crossing(counted.days, of_wins(whole), part) for part in parts}
    others = {part: crossing(counted.days, of_wins(without), part) for part in parts}
    shares = min(1.0, float(whole[WON, -1])), np.minimum(1.0, without[WON, :, -1])
    return Passage(len(table), shares[0], {p: float(v) for p, v in quantiles.items()}, shares[1], others)
