"""Estimates of the way: first response, hand-over to sales, and each stage to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.analysis.blocks import share_ends
from sim.calibrate.quantities import BLOCKS, SHARE, Basis, Estimate
from sim.calibrate.waits import Passage, passage_of, week_blocks
from sim.calibrate.windows import DAY, MIN_SOURCE_ROWS

WAY, STAGES = "Response and hand-over", "Stages"
#: Stages that are told apart, at most; share of rows that must enter one; share of entries at the very end of a row
#: from which a stage is the end itself.
_MOST_STAGES, _LEAST_SHARE, _AT_END = 8, 0.02, 0.9
_MOMENTS = (
    ("mql", "became an MQL", "until it became an MQL"),
    ("responded", "got a first response", "until the first response"),
    ("handed", "were handed to sales", "until the hand-over"),
)


def way_estimates(basis: Basis) -> Iterator[Estimate]:
    """Share of rows that became an MQL, were answered and handed over, and how long that took."""
    rows = _in_window(basis)
    for column, done, until in _MOMENTS:
        if column not in rows or not rows[column].notna().any():
            continue
        table = pd.DataFrame({"entered": rows["created"], "reached": rows[column], "ended": rows["closed"]})
        found = passage_of(_own_blocks(basis, table), basis.window.seen, (0.5, 0.9))
        if found is None:
            continue
        yield _share(basis, f"share that {done}", found, WAY)
        for part, word in ((0.5, "median time"), (0.9, "time for 90 %")):
            yield _time(basis, f"{word} {until}", found, part, (*_unit_of(found.days[part]), WAY))


def _in_window(basis: Basis) -> pd.DataFrame:
    leads = basis.window.leads
    return leads[(leads["created"] >= basis.window.start) & (leads["created"] < basis.window.end + DAY)]


def _own_blocks(basis: Basis, table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(block=week_blocks(table["entered"], basis.window.start))


def _share(basis: Basis, name: str, found: Passage, part: str) -> Estimate:
    ends = share_ends(found.share, found.n, found.share_without, basis.level)
    return Estimate(name, None, "share", found.share, *ends, basis.level, SHARE, found.n, "", part)


def _time(basis: Basis, name: str, found: Passage, part: float, how: tuple[float, str, str]) -> Estimate:
    """A quantile of the time, in another unit."""
    scale, unit, heading = how
    value, without = scale * found.days[part], scale * found.days_without[part]
    link = "log" if min(value, float(without.min())) > 0 else "as it is"
    low, high = basis.ends(value, without, link)
    n = round(found.n * found.share)
    return Estimate(name, None, unit, value, max(0.0, low), high, basis.level, BLOCKS, n, "", heading)


def stage_estimates(basis: Basis) -> Iterator[Estimate]:
    """Share of rows that go on from each stage, to any later one or to the win, and the median days until then.

    Notes
    -----
    Stages are ordered by when rows that enter them do so, on average; only first entries count. What is entered when a
    row ends is an end, not a stage. Rows that share an id with another cannot be followed and are left out.
    """
    if basis.export.stages is None or basis.export.stages.empty:
        return
    rows = _in_window(basis)
    rows = rows[~rows["lead_id"].duplicated(keep=False)].set_index("lead_id")
    if not basis.export.stages["lead_id"].isin(rows.index).any():
        return
    entries = ordered_stages(basis.export.stages, rows)
    names = list(entries.columns)
    for place, name in enumerate(names):
        here = entries[name].dropna()
        if len(here) < MIN_SOURCE_ROWS:
            continue
        ends = rows.loc[here.index]
        later = entries.loc[here.index, names[place + 1 :]].assign(won=ends["closed"].where(ends["won"]))
        reached = later.where(later.ge(here, axis=0)).min(axis=1)
        table = pd.DataFrame({"entered": here, "reached": reached, "ended": ends["closed"]})
        found = passage_of(_own_blocks(basis, table), basis.window.seen, (0.5,))
        if found is not None:
            following = f"{names[place + 1]} or later" if place + 1 < len(names) else "won"
            yield _share(basis, f"{name} → {following}", found, STAGES)
            yield _time(basis, f"median time in {name}", found, 0.5, (*_unit_of(found.days[0.5]), STAGES))


def _unit_of(days: float) -> tuple[float, str]:
    """The unit in which a time is easily read, and how many of it a day has.

    Examples
    --------
    >>> _unit_of(2.0), _unit_of(0.2), _unit_of(0.002)
    ((1.0, 'days'), (24.0, 'hours'), (1440.0, 'minutes'))
    """
    return (1.0, "days") if days >= 1 else (24.0, "hours") if 24 * days >= 1 else (1440.0, "minutes")


def ordered_stages(stages: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """First entry of each row into each stage.

    Parameters
    ----------
    stages : pandas.DataFrame
        ``lead_id``, ``stage``, ``entered``.
    rows : pandas.DataFrame
        Rows by lead id, with ``closed``.

    Returns
    -------
    pandas.DataFrame
        A row per lead that entered any, a column per stage in their order, datetime64.
    """
    known = stages[stages["lead_id"].isin(rows.index)]
    first = known.sort_values("entered", kind="stable").drop_duplicates(["lead_id", "stage"])
    end = first["lead_id"].map(rows["closed"])
    at_end = (first["entered"] >= end).groupby(first["stage"]).mean()
    many = first["stage"].value_counts()
    kept = many[(many >= _LEAST_SHARE * len(rows)) & (at_end.reindex(many.index) < _AT_END)].index[:_MOST_STAGES]
    first = first[first["stage"].isin(kept)]
    place = first.groupby("lead_id").cumcount()
    order = place.groupby(first["stage"]).mean().sort_values(kind="stable").index
    return first.pivot(index="lead_id", columns="stage", values="entered")[order]
