"""Estimates of demand: arrivals, their days of the week, noise and slow level, and the mix of sources."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.analysis.blocks import blocks_of_weeks, share_ends
from sim.analysis.slow_level import level_ends
from sim.calibrate.arrivals import inside_dispersion, whole_weeks, working_day_counts
from sim.calibrate.quantities import BLOCKS, SHARE, WEEKS, Basis, Estimate, without_each
from sim.calibrate.windows import Floats

PART = "Demand"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
#: Range that a scenario gives the shape of the noise of days.
_LEAST_SHAPE, _MOST_SHAPE = 0.5, 1000.0
_WEEKLY = "weeks"


def demand_estimates(basis: Basis) -> Iterator[Estimate]:
    """Arrivals per working day, weekday profile, dispersion, shape of the noise, spread and memory of the level.

    Notes
    -----
    The mean allows for weeks that resemble each other (`sim.analysis.blocks`). Profile, dispersion and shape rest on
    days within weeks, so that single weeks are left out. Level: `sim.analysis.slow_level`.
    """
    counts = working_day_counts(basis.window)
    y: Floats = counts.to_numpy(dtype=np.float64).astype(np.float64)
    weeks = whole_weeks(y, pd.DatetimeIndex(counts.index).day_of_week.to_numpy())
    facts, level = basis.facts, basis.level
    block = blocks_of_weeks(len(weeks))
    value = facts.arrivals_per_working_day
    ends = basis.ends(value, without_each(block, lambda kept: float(weeks[kept].mean())))
    yield Estimate("new rows per working day", None, "rows", value, *ends, level, BLOCKS, len(weeks), _WEEKLY, PART)
    yield from _profile(basis, weeks)
    profile = np.array(facts.weekday_profile)
    inside = inside_dispersion(weeks, profile)
    without = np.array([inside_dispersion(np.delete(weeks, week, axis=0), profile) for week in range(len(weeks))])
    value = facts.arrivals_dispersion
    ends = basis.ends(value, without * value / inside)
    text = "variance / mean; 1 is pure chance"
    yield Estimate("dispersion of days", None, "", value, *ends, level, WEEKS, len(weeks), text, PART)
    low, high = basis.ends(inside, without)
    shape = _shape(float(weeks.mean()), high), _shape(float(weeks.mean()), low)
    value = facts.day_noise_shape
    path = "market.day_noise_shape"
    yield Estimate("shape of the noise of days", path, "", value, *shape, level, WEEKS, len(weeks), _WEEKLY, PART)
    yield from _level(basis, weeks.sum(axis=1), inside)


def _profile(basis: Basis, weeks: Floats) -> Iterator[Estimate]:
    """Each weekday relative to the mean of all five."""
    sums = weeks.sum(axis=0) - weeks
    relative = 5 * sums / sums.sum(axis=1, keepdims=True)
    for day, name in enumerate(_DAYS):
        value = basis.facts.weekday_profile[day]
        ends = basis.ends(value, relative[:, day])
        path = f"market.weekday_profile[{day}]"
        said = "of a mean day"
        yield Estimate(f"{name}s", path, said, value, *ends, basis.level, WEEKS, len(weeks), _WEEKLY, PART)


def _shape(mean: float, inside: float) -> float:
    """Shape of negative-binomial counts at a variance / mean, within the range of a scenario."""
    return float(np.clip(mean / (inside - 1) if inside > 1 else np.inf, _LEAST_SHAPE, _MOST_SHAPE))


def _level(basis: Basis, totals: Floats, inside: float) -> Iterator[Estimate]:
    """Spread and memory of the weekly level."""
    facts, level = basis.facts, basis.level
    n, method = len(totals), "profile likelihood"
    note = f"weeks; the value is assumed, as {n} are too few" if n < 12 else _WEEKLY
    sd, memory = level_ends(totals, inside, level)
    for name, path, unit, value, ends in (
        ("spread of the weekly level", "market.demand_level_sd", "ln", facts.level_sd, sd),
        ("memory of the weekly level", "market.demand_level_memory", "per week", facts.level_memory, memory),
    ):
        low, high = min(ends[0], value), max(ends[1], value)
        yield Estimate(name, path, unit, value, low, high, level, method, n, note, PART)


def source_names(rows: pd.DataFrame, known: tuple[str, ...]) -> pd.Series[str]:
    """Source of each row as the facts call it: small ones are "other", none is "(none)"."""
    names = rows["source"].astype(object).where(rows["source"].notna(), "(none)").astype(str)
    return names.where(names.isin(known), "other")


def mix_estimates(basis: Basis) -> Iterator[Estimate]:
    """Share of each source among the rows that are rated."""
    rows = basis.window.rows
    names = source_names(rows, tuple(fact.name for fact in basis.facts.sources)).to_numpy()
    block = basis.block(rows) if basis.facts.sources else np.zeros(0)
    for index, fact in enumerate(basis.facts.sources):
        one = names == fact.name
        without = without_each(block, lambda kept, one=one: float(one[kept].mean()))  # type: ignore[misc]
        ends = share_ends(fact.share, len(rows), without, basis.level)
        path = f"market.sources[{index}].share"
        yield Estimate(fact.name, path, "share", fact.share, *ends, basis.level, SHARE, fact.n, "", "Mix of sources")
