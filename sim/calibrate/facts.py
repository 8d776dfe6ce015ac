"""Facts that set the market and funnel side of a scenario, computed from a CRM export by method of moments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from sim.calibrate.importers import Export
from sim.domain.errors import InputError

Floats = npt.NDArray[np.float64]

MIN_ROWS, MIN_WINS, MIN_WEEKS = 50, 20, 4
_DAY = pd.Timedelta(days=1)
# Assumption: a regime is another one if conversion at least doubles or halves; likelihood ratio 12 keeps the chance of
# a false alarm under 1 % over a dozen splits.
_BREAK_RATIO, _BREAK_SCORE = 2.0, 12.0
_MAX_SOURCES, _MIN_SHARE, _MIN_SOURCE_ROWS = 8, 0.02, 30


@dataclass(frozen=True)
class SourceFact:
    """How much one source brings and how well it converts.

    Parameters
    ----------
    name : str
        Name of the source in the export; small ones are pooled as "other", rows without one as "(none)".
    share : float
        Part of the rows behind the win rate, 0 to 1.
    n, n_won : int
        Rows and wins.
    rate : float
        n_won / n as observed, 0 to 1.
    logit_shift : float
        Log-odds of the shrunken rate minus the mean over sources weighted by share.
    """

    name: str
    share: float
    n: int
    n_won: int
    rate: float
    logit_shift: float


@dataclass(frozen=True)
class FunnelFacts:
    """What an export says about demand, conversion, time and value; it names no person.

    Parameters
    ----------
    source_name, layout, unit : str
        File or folder, its layout, and "lead" or "opportunity".
    currency : str or None
        Of the values; None if the export does not say.
    notes : tuple of str
        Everything dropped, assumed, defaulted or clipped, and the traps found, one sentence each.
    n_rows, n_used : int
        Rows of the export, and rows behind the win rate.
    first_day, last_day : datetime.date
        Window of created dates behind the arrivals, both included.
    arrivals_per_working_day : float
        New rows per working day; weekend arrivals count on Monday.
    weekday_profile : tuple of 5 floats
        Monday to Friday relative to their mean 1.
    arrivals_dispersion : float
        Variance / mean of working-day counts without a 28-day trend and the weekday pattern; 1 is Poisson.
    day_noise_shape : float
        Shape of the negative-binomial day noise, 0.5 to 1000 (practically Poisson).
    level_sd, level_memory : float
        Standard deviation of the log weekly level and its correlation from week to week, sampling noise removed.
    sources : tuple of SourceFact
        At most 8, largest first, "other" last; empty if the export names no source.
    win_rate : float
        Won / all leads followed long enough, or won / closed deals, as ``win_rate_of`` says.
    win_rate_of : str
        "lead" or "closed deal".
    cycle_median_days, cycle_log_sd : float
        Calendar days from created to won: median, and standard deviation of their logarithm.
    value_mean, value_log_sd : float or None
        Mean (in ``currency``) of won amounts above zero and standard deviation of their logarithm; None if unknown.
    n_reps, n_marketers : int or None
        People who close, or hand over, wins in a typical month; None if unknown.
    """

    source_name: str
    layout: str
    unit: str
    currency: str | None
    notes: tuple[str, ...]
    n_rows: int
    n_used: int
    first_day: dt.date
    last_day: dt.date
    arrivals_per_working_day: float
    weekday_profile: tuple[float, float, float, float, float]
    arrivals_dispersion: float
    day_noise_shape: float
    level_sd: float
    level_memory: float
    sources: tuple[SourceFact, ...]
    win_rate: float
    win_rate_of: str
    cycle_median_days: float
    cycle_log_sd: float
    value_mean: float | None
    value_log_sd: float | None
    n_reps: int | None
    n_marketers: int | None


def funnel_facts(export: Export) -> FunnelFacts:
    """Compute the facts of an export, inside the window in which they can be trusted.

    Parameters
    ----------
    export : Export
        What ``read_export`` returned.

    Returns
    -------
    FunnelFacts
        Point estimates; their notes begin with those of the export.

    Raises
    ------
    InputError
        With fewer than 50 rows, 20 wins or 4 weeks to work on, or if nothing but wins is there.

    Notes
    -----
    The window starts at the last change of regime: the month that best splits conversion at equal follow-up (scan of
    two-binomial likelihood ratios), if it at least doubles or halves there. Leads count as followed after the time in
    which 95 % of wins come. Where closes start much later than creations (left truncation), all closes are used
    instead: with steady arrivals they are a fair sample of cycles, which cohorts are not. Holidays are not told apart
    from quiet days. Day noise is measured inside weeks, so the weekly level does not inflate it.
    """
    notes = list(export.notes)
    leads = export.leads.assign(won=export.leads["status"] == "won")
    leads["days"] = (leads["closed"] - leads["created"]).dt.total_seconds() / 86400
    _refuse_few(export, leads)
    leads = _current_regime(export, leads, notes)
    _note_weekends(leads, notes)
    rows, start, end = _rated_rows(export, leads, notes)
    _refuse_few(export, rows)
    if bool(rows["won"].all()):
        rule = "must hold rows that were not won"
        raise InputError(export.source_name, rule, "wins only", "Export lost and open rows too.")
    _note_dormant(leads, notes)
    _note_quarters(export, rows, notes)
    arrivals = _arrivals(export, leads, start, end, notes)
    cycle_median, cycle_log_sd = _cycles(rows, notes)
    value_mean, value_log_sd = _values(rows, export.currency, notes)
    sources = _sources(rows, notes)
    inside = rows[rows["closed"].between(start, end + _DAY, inclusive="left")]
    n_reps = _active_people(inside, "owner", "Reps", notes)
    n_marketers = _active_people(inside, "marketer", "Marketers", notes)
    return FunnelFacts(
        source_name=export.source_name,
        layout=export.layout,
        unit=export.unit,
        currency=export.currency,
        notes=tuple(notes),
        n_rows=len(export.leads),
        n_used=len(rows),
        first_day=start.date(),
        last_day=end.date(),
        arrivals_per_working_day=arrivals.per_day,
        weekday_profile=arrivals.profile,
        arrivals_dispersion=arrivals.dispersion,
        day_noise_shape=arrivals.shape,
        level_sd=arrivals.level_sd,
        level_memory=arrivals.level_memory,
        sources=sources,
        win_rate=float(rows["won"].mean()),
        win_rate_of="lead" if export.unit == "lead" else "closed deal",
        cycle_median_days=cycle_median,
        cycle_log_sd=cycle_log_sd,
        value_mean=value_mean,
        value_log_sd=value_log_sd,
        n_reps=n_reps,
        n_marketers=n_marketers,
    )


# Window --------------------------------------------------------------------------------------------------------------


def _refuse_few(export: Export, rows: pd.DataFrame) -> None:
    n, wins = len(rows), int(rows["days"][rows["won"]].notna().sum())
    if n < MIN_ROWS or wins < MIN_WINS:
        rule = f"must hold at least {MIN_ROWS} usable rows and {MIN_WINS} dated wins"
        mend = "Export a longer period, or set the scenario by hand."
        raise InputError(export.source_name, rule, f"{n} rows, {wins} wins", mend)


def _current_regime(export: Export, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep the cohorts since the last break in conversion, found by comparing monthly cohorts."""
    if export.unit == "lead":
        horizon = float(np.ceil(leads["days"][leads["won"]].quantile(0.75)))
        fair = leads[leads["created"] <= _seen(leads) - horizon * _DAY]
        success, of = fair["won"] & (fair["days"] <= horizon), f"won within {horizon:.0f} days"
    else:
        fair = leads[leads["status"] != "open"]
        success, of = fair["won"], "closed deals won"
    cohorts = success.groupby(fair["created"].dt.to_period("M")).agg(["sum", "size"])
    won, n = cohorts["sum"].to_numpy(np.float64), cohorts["size"].to_numpy(np.float64)
    split = _last_break(won, n)
    if split is None:
        return leads
    month = pd.PeriodIndex(cohorts.index).to_timestamp()[split]
    before, after = (float(part["sum"].sum() / part["size"].sum()) for part in (cohorts[:split], cohorts[split:]))
    kept: pd.DataFrame = leads.loc[leads["created"] >= month]
    text = f"Conversion breaks in {month:%B %Y}: {of} {before:.3f} before, {after:.3f} after"
    if len(kept) < MIN_ROWS or int(kept["days"][kept["won"]].notna().sum()) < MIN_WINS:
        notes.append(f"{text}; too few rows follow, so all cohorts are pooled and the rates mix two regimes.")
        return leads
    notes.append(f"{text}; the {len(leads) - len(kept)} rows created before are left out.")
    return kept


def _last_break(won: Floats, n: Floats) -> int | None:
    """Index of the first cohort after the last break: what follows a break is searched again."""
    split = _break(won, n)
    if split is None:
        return None
    return split + (_last_break(won[split:], n[split:]) or 0)


def _break(won: Floats, n: Floats) -> int | None:
    """Index of the first cohort after the break; None if no split separates conversion clearly and twofold."""
    if len(n) < 4:
        return None
    left, left_n = np.cumsum(won)[:-1], np.cumsum(n)[:-1]
    right, right_n = won.sum() - left, n.sum() - left_n
    score = 2 * (_fit(left, left_n) + _fit(right, right_n) - _fit(won.sum(), n.sum()))
    ratio = (right + 0.5) / (right_n + 1) * (left_n + 1) / (left + 0.5)
    score[np.abs(np.log(ratio)) < np.log(_BREAK_RATIO)] = 0.0
    best = int(np.argmax(score))
    return best + 1 if score[best] > _BREAK_SCORE else None


def _fit(won: Floats | np.float64, n: Floats | np.float64) -> Floats:
    """Binomial log likelihood at its maximum."""
    p = np.clip(won / n, 1e-12, 1 - 1e-12)
    return np.asarray(won * np.log(p) + (n - won) * np.log1p(-p), dtype=np.float64)


def _seen(leads: pd.DataFrame) -> pd.Timestamp:
    """Last moment the export knows of."""
    return pd.Timestamp(max(leads["created"].max(), leads["closed"].max()))


def _rated_rows(
    export: Export, leads: pd.DataFrame, notes: list[str]
) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """Rows behind the win rate, and the first and last day of the arrivals window."""
    start, end = leads["created"].min().normalize(), leads["created"].max().normalize()
    closed = leads[leads["status"] != "open"]
    cycles = closed["days"].dropna()
    first_close = closed["closed"].quantile(0.001)
    if export.unit == "opportunity" and not (leads["status"] == "open").any():
        end = _without_tail(leads, start, end, float(cycles.quantile(0.95)), notes)
    if export.unit == "opportunity" and first_close - start > float(cycles.quantile(0.75)) * _DAY:
        start = closed["closed"].min().normalize()
        fair = _followed(closed[closed["created"] >= start], leads, notes=None)
        notes.append(
            f"No deal closes before {start:%d %B %Y}, long after the first were created (left truncation): the win "
            "rate and cycle times use all closes since then, which is fair if arrivals were steady, and arrivals are "
            "counted from that day. Deals created since and followed long enough alone: win rate "
            f"{fair['won'].mean():.3f}, median {fair['days'][fair['won']].median():.1f} days."
        )
        return closed, start, end
    rows = _followed(leads, leads, notes)
    return (rows if export.unit == "lead" else rows[rows["status"] != "open"]), start, end


def _without_tail(
    leads: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, days: float, notes: list[str]
) -> pd.Timestamp:
    """End the arrivals window early where deals not yet closed are missing from the export."""
    early = (_seen(leads) - days * _DAY).normalize()
    if early >= end or (early - start) < 7 * MIN_WEEKS * _DAY:
        return end
    notes.append(f"No open deals are in the export, so arrivals after {early:%d %B %Y} are incomplete and not counted.")
    return early


def _followed(rows: pd.DataFrame, leads: pd.DataFrame, notes: list[str] | None) -> pd.DataFrame:
    """Rows of the cohorts old enough that 95 % of wins would show (or fewer, if too little is left)."""
    seen = _seen(leads)
    days = rows["days"][rows["won"]].dropna()
    for part in (0.95, 0.9, 0.75, 0.5):
        follow_up = float(np.ceil(days.quantile(part)))
        kept = rows[rows["created"] <= seen - follow_up * _DAY]
        if len(kept) >= MIN_ROWS and kept["days"][kept["won"]].notna().sum() >= MIN_WINS:
            break
    else:
        kept, part, follow_up = rows, 0.0, 0.0
    if notes is not None:
        if len(kept) < len(rows):
            notes.append(
                f"The last cohorts are censored: {len(rows) - len(kept)} rows seen for less than {follow_up:.0f} days, "
                f"the time in which {part:.0%} of wins came, are left out of rates, times and values."
            )
        if part < 0.95:
            notes.append("The export is short for its cycle times; late wins are missed, so rates and times are low.")
        _note_equal_follow_up(kept, seen, notes)
    return kept


def _note_equal_follow_up(kept: pd.DataFrame, seen: pd.Timestamp, notes: list[str]) -> None:
    """Give rate and time as they are if each cohort is followed as short as the last one."""
    equal = float(np.floor((seen - kept["created"].max()) / _DAY))
    early = kept["won"] & (kept["days"] <= equal)
    if kept["won"].sum() > early.sum() > 0:
        notes.append(
            f"At an equal follow-up of {equal:.0f} days for every cohort the share won is {early.mean():.3f} instead "
            f"of {kept['won'].mean():.3f} of rows, and the median time {kept['days'][early].median():.1f} days."
        )


# Traps ---------------------------------------------------------------------------------------------------------------


def _note_dormant(leads: pd.DataFrame, notes: list[str]) -> None:
    """Say how many open rows are older than anything that ever closed, if it is many."""
    age = (_seen(leads) - leads["created"]).dt.total_seconds()[leads["status"] == "open"] / 86400
    longest = float(leads["days"].max())
    dormant = int((age > longest).sum())
    if dormant:
        notes.append(
            f"Dormant: {dormant} of {len(age)} open rows are older than the longest closed cycle ({longest:.0f} days); "
            f"the median open row is {age.median():.0f} days old."
        )


def _note_weekends(leads: pd.DataFrame, notes: list[str]) -> None:
    share = float((leads["created"].dt.day_of_week >= 5).mean())
    if share > 0:
        notes.append(f"{share:.0%} of rows are created on weekends; they count as arrivals of the Monday after.")


def _note_quarters(export: Export, rows: pd.DataFrame, notes: list[str]) -> None:
    """Say so if the win rate of closed deals swings with the quarter's end beyond chance (z > 4, over 5 points)."""
    done = rows[rows["closed"].notna() & (rows["status"] != "open")]
    last = done["closed"].dt.month % 3 == 0
    n, n_last = len(done), int(last.sum())
    if export.unit != "opportunity" or min(n_last, n - n_last) < MIN_ROWS:
        return
    rate, at_end, else_ = (float(part["won"].mean()) for part in (done, done[last], done[~last]))
    noise = np.sqrt(rate * (1 - rate) * (1 / n_last + 1 / (n - n_last)))
    if abs(at_end - else_) > max(4 * noise, 0.05):
        months = done["won"].groupby(done["closed"].dt.to_period("M")).agg(["mean", "size"])
        means = months["mean"][months["size"] >= _MIN_SOURCE_ROWS]
        notes.append(
            f"The win rate swings with the quarter: {at_end:.2f} in its last month, {else_:.2f} in the others "
            f"(months range from {means.min():.2f} to {means.max():.2f}). All closed deals count alike; "
            f"{n_last / n:.0%} of them fall in last months."
        )


# Arrivals ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Arrivals:
    per_day: float
    profile: tuple[float, float, float, float, float]
    dispersion: float
    shape: float
    level_sd: float
    level_memory: float


def _arrivals(
    export: Export, leads: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, notes: list[str]
) -> _Arrivals:
    counts = _working_day_counts(leads["created"], start, end)
    weekday = pd.DatetimeIndex(counts.index).day_of_week.to_numpy()
    y: Floats = counts.to_numpy(dtype=np.float64).astype(np.float64)
    whole = _whole_weeks(y, weekday)
    if len(whole) < MIN_WEEKS:
        rule = f"must span at least {MIN_WEEKS} whole weeks of arrivals"
        raise InputError(export.source_name, rule, len(whole), "Export a longer period.")
    trend = counts.rolling(20, center=True, min_periods=10).mean().to_numpy(np.float64)
    relative = np.divide(y, trend, out=np.ones_like(y), where=trend > 0)
    profile = np.array([relative[weekday == day].mean() for day in range(5)])
    profile /= profile.mean()
    expected = trend * profile[weekday]
    used = expected > 0
    dispersion = float(np.sum((y - expected)[used] ** 2 / expected[used]) / (used.sum() * (1 - 1 / 20) - 4))
    inside = _inside_dispersion(whole, profile)
    level_sd, level_memory = _level(whole.sum(axis=1), inside, notes)
    _note_drift(whole.sum(axis=1), notes)
    monday, tuesday, wednesday, thursday, friday = profile.tolist()
    return _Arrivals(
        per_day=float(y.mean()),
        profile=(monday, tuesday, wednesday, thursday, friday),
        dispersion=dispersion,
        shape=_noise_shape(float(whole.mean()), inside, notes),
        level_sd=level_sd,
        level_memory=level_memory,
    )


def _working_day_counts(created: pd.Series[pd.Timestamp], start: pd.Timestamp, end: pd.Timestamp) -> pd.Series[float]:
    """Arrivals per working day, those of a weekend on the Monday after; a weekend at the very end falls out."""
    day = created.dt.normalize()
    day = day[(day >= start) & (day <= end)]
    weekday = day.dt.day_of_week
    day = day + pd.to_timedelta(np.where(weekday >= 5, 7 - weekday, 0), unit="D")
    counts = day.value_counts()
    return counts.reindex(pd.bdate_range(start, end), fill_value=0).astype(float)


def _whole_weeks(y: Floats, weekday: npt.NDArray[np.int32]) -> Floats:
    """Counts as weeks x 5, without a partial first or last week."""
    first = int(np.argmax(weekday == 0)) if (weekday == 0).any() else len(y)
    weeks = (len(y) - first) // 5
    return y[first : first + 5 * weeks].reshape(weeks, 5)


def _inside_dispersion(weeks: Floats, profile: Floats) -> float:
    """Variance / mean of days around their own week's level; unlike the 28-day figure it has no level in it."""
    weeks = weeks[weeks.sum(axis=1) > 0]
    expected = weeks.mean(axis=1, keepdims=True) * profile
    return float(np.sum((weeks - expected) ** 2 / expected) / (4 * len(weeks) - 4))


def _noise_shape(mean: float, inside: float, notes: list[str]) -> float:
    """Shape k of negative-binomial counts from variance / mean = 1 + mean / k."""
    shape = mean / (inside - 1) if inside > 1 else np.inf
    clipped = float(np.clip(shape, 0.5, 1000.0))
    if clipped != shape:
        text = (
            "steadier than shape 1000 allows, practically Poisson" if shape > 1000 else "wilder than shape 0.5 allows"
        )
        notes.append(f"Arrivals within weeks are {text}; the day-noise shape is set to {clipped:g}.")
    return clipped


def _level(totals: Floats, inside: float, notes: list[str]) -> tuple[float, float]:
    """Spread and memory of the weekly level: variance and lag-1 covariance of totals, less the day noise."""
    if len(totals) < 12:
        notes.append(
            f"{len(totals)} whole weeks are too few for the weekly level; sd 0.10 and memory 0.50 are assumed."
        )
        return 0.10, 0.50
    relative = totals / totals.mean() - 1
    variance = float(relative.var(ddof=1)) - inside / float(totals.mean())
    if variance <= 0:
        notes.append("The weekly level varies no more than chance does; its sd and memory are set to 0.")
        return 0.0, 0.0
    memory = float(np.mean(relative[1:] * relative[:-1])) / variance
    clipped = float(np.clip(memory, 0.0, 0.99))
    if clipped != memory:
        notes.append(f"The memory of the weekly level came out as {memory:.2f} and is set to {clipped:.2f}.")
    if len(totals) < 26:
        notes.append(f"The weekly level rests on {len(totals)} weeks only; its sd and memory are rough.")
    return float(np.sqrt(np.log1p(variance))), clipped


def _note_drift(totals: Floats, notes: list[str]) -> None:
    third = max(len(totals) // 3, 1)
    early, late, usual, last = totals[:third].mean(), totals[-third:].mean(), np.median(totals), totals[-4:].mean()
    if max(early, late) > 1.5 * min(early, late):
        notes.append(
            f"Arrivals drift from {early:.0f} a week in the first third to {late:.0f} in the last; the level's sd and "
            "memory include that."
        )
    if last < 0.5 * usual:
        notes.append(
            f"The last four weeks bring {last:.0f} rows a week against a median of {usual:.0f}: the export may be "
            "incomplete at its end, and arrivals per day too low."
        )


# Sources -------------------------------------------------------------------------------------------------------------


def _sources(rows: pd.DataFrame, notes: list[str]) -> tuple[SourceFact, ...]:
    if not rows["source"].notna().any():
        notes.append("The export names no source, so there is no source mix.")
        return ()
    name = rows["source"].astype(object).where(rows["source"].notna(), "(none)")
    table = rows["won"].groupby(name).agg(["size", "sum"]).sort_values("size", ascending=False)
    small = (table["size"] < max(_MIN_SHARE * len(rows), _MIN_SOURCE_ROWS)) | (table.index == "other")
    small |= np.arange(len(table)) >= (
        _MAX_SOURCES if not small.any() and len(table) <= _MAX_SOURCES else _MAX_SOURCES - 1
    )
    if small.sum() > (table.index == "other").sum():
        notes.append(f"Sources pooled into 'other', as they are small or many: {int(small.sum())} of {len(table)}.")
    names = [str(word) for word in table.index[~small]] + ["other"] * bool(small.any())
    n, won = (
        np.append(table[key][~small], table[key][small].sum())[: len(names)].astype(np.float64)
        for key in ("size", "sum")
    )
    shrunk = _shrunken_rates(n, won)
    logit = np.log(shrunk / (1 - shrunk))
    shift = logit - np.sum(logit * n) / n.sum()
    return tuple(
        SourceFact(word, float(n[i] / n.sum()), int(n[i]), int(won[i]), float(won[i] / n[i]), float(shift[i]))
        for i, word in enumerate(names)
    )


def _shrunken_rates(n: Floats, won: Floats) -> Floats:
    """Rates drawn towards the pooled one by a beta prior, its weight from the moment estimate of overdispersion.

    Notes
    -----
    Kleinman (1973), doi 10.1080/01621459.1973.10481332, weights n: with S = sum n (p - pooled)^2, E S =
    pooled (1 - pooled) [(k - 1) + rho (N - sum n^2 / N - (k - 1))]; prior weight = 1 / rho - 1.
    """
    pooled = won.sum() / n.sum()
    spread = np.sum(n * (won / n - pooled) ** 2) / (pooled * (1 - pooled))
    room = n.sum() - np.sum(n**2) / n.sum() - (len(n) - 1)
    rho = float((spread - (len(n) - 1)) / room) if len(n) > 1 and room > 0 else 0.0
    if rho <= 0:
        return np.full_like(n, pooled)
    weight = 1 / min(rho, 0.5) - 1
    return np.asarray((won + weight * pooled) / (n + weight), dtype=np.float64)


# Times, values, people -----------------------------------------------------------------------------------------------


def _cycles(rows: pd.DataFrame, notes: list[str]) -> tuple[float, float]:
    """Median days to win, and standard deviation of their logarithm without same-day wins that are a track apart."""
    days = rows["days"][rows["won"]].dropna().to_numpy(np.float64)
    same = int((days <= 0).sum())
    some = days[days > 0]
    slow = some[some >= 1]
    if len(slow) < MIN_WINS:
        notes.append("Almost all wins close on the day they are created; the spread of cycle times is assumed to be 1.")
        return float(np.median(days)), 1.0
    full, without = float(np.log(some).std(ddof=1)), float(np.log(slow).std(ddof=1))
    apart = len(slow) < len(some) and float(np.median(some)) >= 5 and full > 1.25 * without
    dropped = len(days) - len(slow) if apart else same
    if dropped:
        notes.append(
            f"Same-day wins, {dropped} of {len(days)}, are a track apart: in the median, not in the log spread."
        )
    if dropped > 0.25 * len(days):
        notes.append("Many wins are created on the day they close, as if entered afterwards: cycle times are doubtful.")
    kept = slow if apart else some
    _note_lognormal(np.log(kept), notes)
    return float(np.median(days)), without if apart else full


def _note_lognormal(logs: Floats, notes: list[str]) -> None:
    """Say so if a lognormal misses the cycle times by more than 0.10 (Kolmogorov-Smirnov distance)."""
    ordered = np.sort(logs)
    fitted = ndtr((ordered - logs.mean()) / logs.std())
    steps = np.arange(len(logs) + 1) / len(logs)
    distance = float(np.max(np.maximum(steps[1:] - fitted, fitted - steps[:-1])))
    if distance > 0.10 and len(logs) >= 100:
        notes.append(
            f"Times to win are not lognormal (distance {distance:.2f}), perhaps a mixture of fast and slow deals."
        )


def _values(rows: pd.DataFrame, currency: str | None, notes: list[str]) -> tuple[float | None, float | None]:
    amounts = rows["amount"][rows["won"]]
    known = amounts[amounts > 0].to_numpy(np.float64)
    if len(known) < MIN_WINS:
        notes.append(f"Values are unknown: only {len(known)} of {len(amounts)} wins have an amount above zero.")
        return None, None
    if len(known) < len(amounts):
        notes.append(f"Values rest on the {len(known)} of {len(amounts)} wins that have an amount above zero.")
    if currency is None:
        notes.append("The export does not name the currency of its amounts.")
    return float(known.mean()), float(np.log(known).std(ddof=1))


def _active_people(inside: pd.DataFrame, role: str, word: str, notes: list[str]) -> int | None:
    """Median over months of the window of how many people appear on rows closed in the month."""
    done = inside[inside[role].notna()]
    if done.empty:
        notes.append(f"{word}: their number is unknown, as the export names none.")
        return None
    people = done[role].groupby(done["closed"].dt.to_period("M")).nunique()
    typical = round(float(people.median()))
    every = int(done[role].nunique())
    notes.append(f"{word}: {typical} are active in a typical month; {every} different ones appear.")
    return typical
