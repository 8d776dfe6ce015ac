"""Facts that set the market and funnel side of a scenario, computed from a CRM export by method of moments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from sim.calibrate.arrivals import arrivals_of
from sim.calibrate.findings import Finding, Findings
from sim.calibrate.importers import Export
from sim.calibrate.sources import SourceFact, source_facts
from sim.calibrate.traps import find_dormant, find_quarters, find_weekends
from sim.calibrate.windows import DAY, MIN_WINS, Floats, Window, trusted_window


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
        Everything dropped, assumed, defaulted or clipped, and the traps found, one sentence each: what was noted on
        reading, then the findings.
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
    findings : tuple of Finding
        The traps and assumptions, with what they do and what to do.
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
    findings: tuple[Finding, ...] = ()


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
    found: Findings = []
    return facts_in(export, trusted_window(export, found), found)


def facts_in(export: Export, window: Window, found: Findings) -> FunnelFacts:
    """The facts of an export inside a window, with all findings so far; see `funnel_facts`."""
    rows = window.rows
    find_weekends(window.leads, found)
    find_dormant(window.leads, found)
    find_quarters(export, rows, found)
    arrivals = arrivals_of(export, window, found)
    cycle_median, cycle_log_sd = _cycles(rows, found)
    value_mean, value_log_sd = _values(rows, export.currency, found)
    sources = source_facts(rows, found)
    inside = rows[rows["closed"].between(window.start, window.end + DAY, inclusive="left")]
    n_reps = _active_people(inside, "owner", "Reps", found)
    n_marketers = _active_people(inside, "marketer", "Marketers", found)
    return FunnelFacts(
        source_name=export.source_name,
        layout=export.layout,
        unit=export.unit,
        currency=export.currency,
        notes=(*export.notes, *(finding.what for finding in found)),
        n_rows=len(export.leads),
        n_used=len(rows),
        first_day=window.start.date(),
        last_day=window.end.date(),
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
        findings=tuple(found),
    )


def _cycles(rows: pd.DataFrame, found: Findings) -> tuple[float, float]:
    """Median days to win, and standard deviation of their logarithm without same-day wins that are a track apart."""
    days = rows["days"][rows["won"]].dropna().to_numpy(np.float64)
    same = int((days <= 0).sum())
    if int((days >= 1).sum()) < MIN_WINS:
        text = "Almost all wins close on the day they are created; the spread of cycle times is assumed to be 1."
        found.append(Finding("entered_afterwards", text, same, len(days)))
        return float(np.median(days)), 1.0
    logs = np.log(days[in_spread(days)])
    dropped = len(days) - len(logs)
    if dropped:
        text = f"Same-day wins, {dropped} of {len(days)}, are a track apart: in the median, not in the log spread."
        found.append(Finding("same_day_wins", text, dropped, len(days)))
    if dropped > 0.25 * len(days):
        text = "Many wins are created on the day they close, as if entered afterwards: cycle times are doubtful."
        found.append(Finding("entered_afterwards", text, dropped, len(days)))
    _find_lognormal(logs, found)
    return float(np.median(days)), float(logs.std(ddof=1))


def in_spread(days: Floats) -> npt.NDArray[np.bool_]:
    """Which days to win count in their spread: those above 0, without same-day wins where these are a track apart."""
    some = days > 0
    slow = days >= 1
    full, without = (float(np.log(days[part]).std(ddof=1)) for part in (some, slow))
    apart = slow.sum() < some.sum() and float(np.median(days[some])) >= 5 and full > 1.25 * without
    return slow if apart else some


def _find_lognormal(logs: Floats, found: Findings) -> None:
    """Say so if a lognormal misses the cycle times by more than 0.10 (Kolmogorov-Smirnov distance)."""
    if len(logs) < 100 or not logs.std() > 0:
        return
    ordered = np.sort(logs)
    fitted = ndtr((ordered - logs.mean()) / logs.std())
    steps = np.arange(len(logs) + 1) / len(logs)
    distance = float(np.max(np.maximum(steps[1:] - fitted, fitted - steps[:-1])))
    if distance > 0.10:
        text = f"Times to win are not lognormal (distance {distance:.2f}), perhaps a mixture of fast and slow deals."
        found.append(Finding("not_lognormal", text))


def _values(rows: pd.DataFrame, currency: str | None, found: Findings) -> tuple[float | None, float | None]:
    amounts = rows["amount"][rows["won"]]
    known = amounts[amounts > 0].to_numpy(np.float64)
    if len(known) < MIN_WINS:
        text = f"Values are unknown: only {len(known)} of {len(amounts)} wins have an amount above zero."
        found.append(Finding("unknown_values", text, len(amounts) - len(known), len(amounts)))
        return None, None
    if len(known) < len(amounts):
        text = f"Values rest on the {len(known)} of {len(amounts)} wins that have an amount above zero."
        found.append(Finding("zero_amounts", text, len(amounts) - len(known), len(amounts)))
    if currency is None:
        found.append(Finding("no_currency", "The export does not name the currency of its amounts."))
    return float(known.mean()), float(np.log(known).std(ddof=1))


def _active_people(inside: pd.DataFrame, role: str, word: str, found: Findings) -> int | None:
    """Median over months of the window of how many people appear on rows closed in the month."""
    done = inside[inside[role].notna()]
    if done.empty:
        found.append(Finding("no_people", f"{word}: their number is unknown, as the export names none."))
        return None
    people = done[role].groupby(done["closed"].dt.to_period("M")).nunique()
    typical = round(float(people.median()))
    every = int(done[role].nunique())
    text = f"{word}: {typical} are active in a typical month; {every} different ones appear."
    found.append(Finding("people", text))
    return typical
