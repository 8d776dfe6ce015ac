"""Estimates about people, as a group only: how many, how much they have to do, how far they differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.analysis.blocks import blocks_of_weeks
from sim.analysis.pooling import pooled_shares, shared_speed
from sim.calibrate.facts import in_spread
from sim.calibrate.privacy import at_least_five
from sim.calibrate.quantities import BLOCKS, Basis, Estimate, without_each
from sim.calibrate.windows import DAY, Floats

PART = "People"
#: Rows that a person must have to count in the spread between people, and share of rows that must name their owner.
_FEWEST_ROWS, _MOSTLY = 10, 0.9
#: Months and Mondays without which no workload is told.
_FEWEST_MONTHS, _FEWEST_MONDAYS = 3, 6
MONTHS = "order of the months"


def people_estimates(basis: Basis) -> Iterator[Estimate]:
    """Reps and marketers active in a typical month; workload and spread between reps where there are five or more."""
    window = basis.window
    rows = window.rows
    inside = rows[rows["closed"].between(window.start, window.end + DAY, inclusive="left")]
    for role, path, value in (
        ("owner", "people.reps", basis.facts.n_reps),
        ("marketer", "people.marketers", basis.facts.n_marketers),
    ):
        done = inside[inside[role].notna()]
        if value is not None and len(done):
            many = done[role].groupby(done["closed"].dt.to_period("M")).nunique().to_numpy()
            low, high = median_ends(many, basis.level)
            name = "reps at work in a month" if role == "owner" else "marketers at work in a month"
            low, high = min(low, value), max(high, value)
            yield Estimate(name, path, "people", value, low, high, basis.level, MONTHS, len(many), "months", PART)
    yield from _closes(basis)
    yield from _open_deals(basis)
    yield from _spread(basis)


def median_ends(values: object, level: float) -> tuple[float, float]:
    """Interval of a median from the order of the values; all of them where they are too few for the level.

    Notes
    -----
    Binomial order statistics (Thompson 1936, Ann. Math. Stat. 7).

    Examples
    --------
    >>> median_ends([5, 1, 4, 2, 3, 9, 7, 8, 6], 0.95)
    (2.0, 8.0)
    """
    from scipy.special import bdtr

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n, cut = len(ordered), 0
    while 2 * (cut + 1) <= n and bdtr(cut, n, 0.5) <= (1 - level) / 2:
        cut += 1
    least = max(cut - 1, 0)
    return float(ordered[least]), float(ordered[n - 1 - least])


def _closes(basis: Basis) -> Iterator[Estimate]:
    """Closes per rep at work and whole month."""
    leads, window = basis.export.leads, basis.window
    first = (_settled(basis, 0.5) + pd.offsets.MonthBegin(0)).to_period("M")
    last = (window.end + DAY).to_period("M") - 1
    month = leads["closed"].dt.to_period("M")
    done = leads[leads["owner"].notna() & (month >= first) & (month <= last) & (leads["status"] != "open")]
    if done["closed"].dt.to_period("M").nunique() < _FEWEST_MONTHS or not at_least_five(done["owner"].nunique()):
        return
    table = done["owner"].groupby(month[done.index]).agg(["size", "nunique"])
    is_deals = basis.export.unit == "opportunity" or bool((leads["status"] == "lost").any())
    name = "closes per rep and month" if is_deals else "wins per rep and month"
    how = "blocks of months left out (jackknife)", "months"
    yield _per_head(basis, name, table.to_numpy(np.float64), how)


def _per_head(basis: Basis, name: str, table: Floats, how: tuple[str, str]) -> Estimate:
    """Rows per person, from rows and people at each time, shape (times, 2)."""
    many, people = table.T
    value = float(many.sum() / people.sum())
    without = without_each(blocks_of_weeks(len(table)), lambda kept: float(many[kept].sum() / people[kept].sum()))
    ends = basis.ends(value, without)
    return Estimate(name, None, "rows", value, *ends, basis.level, how[0], len(table), how[1], PART)


def _settled(basis: Basis, part: float) -> pd.Timestamp:
    """When work on hand is no longer new: so many days after the first row as this part of rows took to be closed."""
    leads = basis.export.leads
    days = float(basis.window.leads["days"].quantile(part))
    return pd.Timestamp(max(basis.window.start, leads["created"].min() + days * DAY)).normalize()


def _open_deals(basis: Basis) -> Iterator[Estimate]:
    """Deals open at a time per rep who has one, on Mondays."""
    leads = basis.export.leads
    is_open = leads["status"] == "open"
    if basis.export.unit != "opportunity" or leads.loc[is_open, "owner"].notna().mean() < _MOSTLY:
        return
    rows = leads[leads["owner"].notna()]
    loads = []
    for monday in pd.date_range(_settled(basis, 0.9), basis.window.end, freq="W-MON"):
        there = rows[(rows["created"] <= monday) & ~(rows["closed"] <= monday)]
        loads.append((len(there), there["owner"].nunique()))
    table = np.array(loads, dtype=np.float64).reshape(-1, 2)
    if len(table) >= _FEWEST_MONDAYS and at_least_five(float(np.median(table[:, 1]))):
        yield _per_head(basis, "open deals per rep", table, (BLOCKS, "Mondays"))


def _spread(basis: Basis) -> Iterator[Estimate]:
    """How far reps differ in win rate and in speed, chance taken out; nothing for fewer than five."""
    rows = basis.window.rows
    named = rows[rows["owner"].notna()]
    lost_named = rows.loc[~rows["won"], "owner"].notna()
    if len(lost_named) and float(lost_named.mean()) >= _MOSTLY:
        table = named.groupby("owner")["won"].agg(["size", "sum"])
        table = table[table["size"] >= _FEWEST_ROWS]
        if at_least_five(len(table)):
            found = pooled_shares(table["sum"].to_numpy(), table["size"].to_numpy(), basis.level, basis.seed)
            middle, low, high = found.spread
            name, method = "spread of win rates between reps", "beta-binomial"
            yield Estimate(name, None, "share", middle, low, high, basis.level, method, len(table), "reps", PART)
    for role, word in (("owner", "reps"), ("marketer", "marketers")):
        yield from _speed(basis, role, word)


def _speed(basis: Basis, role: str, word: str) -> Iterator[Estimate]:
    """Share of the variance of log days to win that lies between people; nothing for fewer than five."""
    rows = basis.window.rows
    wins = rows[rows["won"] & (rows["days"] > 0) & rows[role].notna()]
    days = wins["days"].to_numpy(np.float64)
    if len(days) < 2 * _FEWEST_ROWS or int((days >= 1).sum()) < _FEWEST_ROWS:
        return
    wins = wins[in_spread(days)]
    wins = wins[wins.groupby(role)[role].transform("size") >= _FEWEST_ROWS]
    codes, people = pd.factorize(wins[role])
    if not at_least_five(len(people)):
        return
    value, low, high = shared_speed(np.log(wins["days"].to_numpy(np.float64)), codes, basis.level)
    name = f"share of the variance of times between {word}"
    method = "analysis of variance"
    yield Estimate(name, None, "share", value, low, high, basis.level, method, len(people), word, PART)
