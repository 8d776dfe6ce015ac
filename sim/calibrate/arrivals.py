"""Facts of demand: arrivals per working day, their weekday profile, noise and slow level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.findings import Finding, Findings
from sim.calibrate.importers import Export
from sim.calibrate.windows import MIN_WEEKS, Floats, Window
from sim.domain.errors import InputError


@dataclass(frozen=True)
class Arrivals:
    """Demand as a scenario needs it; the fields are those of ``FunnelFacts``."""

    per_day: float
    profile: tuple[float, float, float, float, float]
    dispersion: float
    shape: float
    level_sd: float
    level_memory: float


def arrivals_of(export: Export, window: Window, found: Findings) -> Arrivals:
    """Compute the facts of demand in a window; what is assumed or clipped becomes a finding."""
    counts = working_day_counts(window)
    weekday = pd.DatetimeIndex(counts.index).day_of_week.to_numpy()
    y: Floats = counts.to_numpy(dtype=np.float64).astype(np.float64)
    whole = whole_weeks(y, weekday)
    if len(whole) < MIN_WEEKS:
        rule = f"must span at least {MIN_WEEKS} whole weeks of arrivals"
        raise InputError(export.source_name, rule, len(whole), "Export a longer period.")
    profile, dispersion = day_pattern(y, weekday)
    inside = inside_dispersion(whole, profile)
    level_sd, level_memory = _level(whole.sum(axis=1), inside, found)
    _find_drift(whole.sum(axis=1), found)
    monday, tuesday, wednesday, thursday, friday = profile.tolist()
    return Arrivals(
        per_day=float(y.mean()),
        profile=(monday, tuesday, wednesday, thursday, friday),
        dispersion=dispersion,
        shape=_noise_shape(float(whole.mean()), inside, found),
        level_sd=level_sd,
        level_memory=level_memory,
    )


def day_pattern(y: Floats, weekday: npt.NDArray[np.int32]) -> tuple[Floats, float]:
    """Weekday profile, and variance / mean of days without that profile and a trend of 20 working days.

    Parameters
    ----------
    y : numpy.ndarray
        Counts per working day, shape (days,).
    weekday : numpy.ndarray
        0 Monday to 4 Friday, shape (days,).
    """
    trend = pd.Series(y).rolling(20, center=True, min_periods=10).mean().to_numpy(np.float64)
    relative = np.divide(y, trend, out=np.ones_like(y), where=trend > 0)
    profile: Floats = np.array([relative[weekday == day].mean() for day in range(5)])
    profile /= profile.mean()
    expected = trend * profile[weekday]
    used = expected > 0
    dispersion = float(np.sum((y - expected)[used] ** 2 / expected[used]) / (used.sum() * (1 - 1 / 20) - 4))
    return profile, dispersion


def working_day_counts(window: Window) -> pd.Series[float]:
    """Arrivals per working day, those of a weekend on the Monday after; a weekend at the very end falls out."""
    day = window.leads["created"].dt.normalize()
    day = day[(day >= window.start) & (day <= window.end)]
    weekday = day.dt.day_of_week
    day = day + pd.to_timedelta(np.where(weekday >= 5, 7 - weekday, 0), unit="D")
    counts: pd.Series[int] = day.value_counts()
    return counts.reindex(pd.bdate_range(window.start, window.end), fill_value=0).astype(float)


def whole_weeks(y: Floats, weekday: npt.NDArray[np.int32]) -> Floats:
    """Counts as weeks x 5, without a partial first or last week."""
    first = int(np.argmax(weekday == 0)) if (weekday == 0).any() else len(y)
    weeks = (len(y) - first) // 5
    return y[first : first + 5 * weeks].reshape(weeks, 5)


def inside_dispersion(weeks: Floats, profile: Floats) -> float:
    """Variance / mean of days around their own week's level; unlike the 28-day figure it has no level in it.

    It is 1, pure chance, where all arrivals are on one day of the week or in one week, as nothing can be told then.
    """
    weeks = weeks[weeks.sum(axis=1) > 0][:, profile > 0]
    freedom = (weeks.shape[1] - 1) * (len(weeks) - 1)
    if freedom < 1:
        return 1.0
    expected = weeks.sum(axis=1, keepdims=True) / 5 * profile[profile > 0]
    return float(np.sum((weeks - expected) ** 2 / expected) / freedom)


def _noise_shape(mean: float, inside: float, found: Findings) -> float:
    """Shape k of negative-binomial counts from variance / mean = 1 + mean / k."""
    shape = mean / (inside - 1) if inside > 1 else np.inf
    clipped = float(np.clip(shape, 0.5, 1000.0))
    if clipped != shape:
        how = "steadier than shape 1000 allows, practically Poisson" if shape > 1000 else "wilder than shape 0.5 allows"
        text = f"Arrivals within weeks are {how}; the day-noise shape is set to {clipped:g}."
        found.append(Finding("day_noise", text))
    return clipped


def _level(totals: Floats, inside: float, found: Findings) -> tuple[float, float]:
    """Spread and memory of the weekly level: variance and lag-1 covariance of totals, less the day noise."""
    if len(totals) < 12:
        text = f"{len(totals)} whole weeks are too few for the weekly level; sd 0.10 and memory 0.50 are assumed."
        found.append(Finding("weekly_level", text))
        return 0.10, 0.50
    relative = totals / totals.mean() - 1
    variance = float(relative.var(ddof=1)) - inside / float(totals.mean())
    if variance <= 0:
        text = "The weekly level varies no more than chance does; its sd and memory are set to 0."
        found.append(Finding("weekly_level", text))
        return 0.0, 0.0
    memory = float(np.mean(relative[1:] * relative[:-1])) / variance
    clipped = float(np.clip(memory, 0.0, 0.99))
    if clipped != memory:
        text = f"The memory of the weekly level came out as {memory:.2f} and is set to {clipped:.2f}."
        found.append(Finding("weekly_level", text))
    if len(totals) < 26:
        text = f"The weekly level rests on {len(totals)} weeks only; its sd and memory are rough."
        found.append(Finding("weekly_level", text))
    return float(np.sqrt(np.log1p(variance))), clipped


def _find_drift(totals: Floats, found: Findings) -> None:
    third = max(len(totals) // 3, 1)
    early, late, usual, last = totals[:third].mean(), totals[-third:].mean(), np.median(totals), totals[-4:].mean()
    if max(early, late) > 1.5 * min(early, late):
        text = (
            f"Arrivals drift from {early:.0f} a week in the first third to {late:.0f} in the last; the level's sd and "
            "memory include that."
        )
        found.append(Finding("drift", text))
    if last < 0.5 * usual:
        text = (
            f"The last four weeks bring {last:.0f} rows a week against a median of {usual:.0f}: the export may be "
            "incomplete at its end, and arrivals per day too low."
        )
        found.append(Finding("incomplete_end", text))
