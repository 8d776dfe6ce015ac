"""The moments of simulated runs, measured as ``funnel_facts`` measures those of an export."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calibrate.arrivals import day_pattern
from sim.domain.blueprint import Blueprint
from sim.domain.records import World
from sim.domain.vocabulary import RAW, SELF_FOUND, WON
from sim.engine.run import simulate
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

Floats = npt.NDArray[np.float64]

CALENDAR_DAYS_PER_WORKING_DAY = 1.4
QUARTER_DAYS = 65
# Assumption: half a year is enough follow-up for cohorts; 95 % of wins of a funnel of median 13 days and log spread
# 1.45 come within 100 working days.
FOLLOW_UP_DAYS = 130


@dataclass(frozen=True)
class Moments:
    """What several runs show over their windows, pooled.

    Parameters
    ----------
    arrivals : float
        Inquiries, or opened deals, per working day.
    dispersion : float
        Variance / mean of working-day counts without weekday profile and trend, mean over runs.
    win_rate : float
        Wins from inquiries / inquiries followed for half a year, or won / closed deals.
    cycle_median, cycle_log_sd : float
        From inquiry, or from opening the deal, to the win: calendar days, and spread of their logarithm.
    value_mean, value_log_sd : float
        Of booked wins, c.u. and ln.
    source_rates : numpy.ndarray
        Inquiry to win by source, shape (sources,); NaN without inquiries.
    quota : float
        Bookings that half the rep-quarters reach, c.u.
    open_deals, deals_per_rep_day, handed_per_rep_day : float
        Open at a time per rep; opened, and handed over by marketing, per rep and working day.
    neglected, unread_lapsed, unjudged : float
        Shares: of lost deals lost by neglect, of hand-offs that lapse unread, of ripe inquiries not judged at the end.
    campaign_effort : float
        Mean index.
    """

    arrivals: float
    dispersion: float
    win_rate: float
    cycle_median: float
    cycle_log_sd: float
    value_mean: float
    value_log_sd: float
    source_rates: Floats
    quota: float
    open_deals: float
    deals_per_rep_day: float
    handed_per_rep_day: float
    neglected: float
    unread_lapsed: float
    unjudged: float
    campaign_effort: float


@dataclass(frozen=True)
class _Run:
    """Raw material of the moments of one run."""

    counts: Floats
    n_rated: int
    n_won: int
    cycles: Floats
    values: Floats
    by_source: Floats
    quarters: Floats
    sums: dict[str, float]
    unjudged: float


def moments_of(scenario: Scenario, unit: str, seeds: range) -> Moments:
    """Simulate a scenario and measure it as an export of that unit would be.

    Parameters
    ----------
    scenario : Scenario
        What to run; at least one measured quarter.
    unit : {"lead", "opportunity"}
        Whether rows are inquiries or deals.
    seeds : range
        One run each; results do not depend on the number of threads.
    """
    plan = blueprint_of(scenario)
    n_threads = min(2, os.cpu_count() or 1, len(seeds))
    parts = [seeds[first::n_threads] for first in range(n_threads)]
    with ThreadPoolExecutor(n_threads) as pool:
        done = [run for part in pool.map(lambda part: list(_runs(plan, unit, part)), parts) for run in part]
    return _pooled(done, plan)


def _runs(plan: Blueprint, unit: str, seeds: range) -> Iterator[_Run]:
    world: World | None = None
    for seed in seeds:
        world = simulate(plan, seed, world)
        yield _measured(world, unit)


def _measured(world: World, unit: str) -> _Run:
    first, end = int(world.rules.warmup_days), int(world.rules.n_days)
    leads = world.leads[: world.organization.n_leads]
    book = world.journal[first:end]
    won = np.isin(leads.state, WON) & (leads.closed_day >= first)
    inquiries = leads[leads.source != SELF_FOUND]
    last = end - min(FOLLOW_UP_DAYS, (end - first) // 2)
    rated = inquiries[(inquiries.born_day >= first) & (inquiries.born_day < last)]
    is_lead = unit == "lead"
    of_rated = np.isin(rated.state, WON)
    cycles = (
        rated[of_rated].closed_day - rated[of_rated].born_day if is_lead else (leads.closed_day - leads.first_day)[won]
    )
    lost = float(sum(book[f"lost_{why}"].sum() for why in ("no_decision", "competitor", "said_no", "neglected")))
    names = ("neglected", "handed_off", "expired_unread", "open_deals", "deals_opened", "campaign_effort")
    columns = ("lost_neglected", *names[1:])
    sums = {name: float(book[column].sum()) for name, column in zip(names, columns, strict=True)} | {"lost": lost}
    n_sources = int(world.rules.n_sources)
    known = rated.source >= 0
    seen, wins = (
        np.bincount(rated.source[rows], minlength=n_sources)[:n_sources] for rows in (known, known & of_rated)
    )
    return _Run(
        counts=np.asarray(book["leads_in" if is_lead else "deals_opened"], dtype=np.float64),
        n_rated=len(rated) if is_lead else int(won.sum() + lost),
        n_won=int(of_rated.sum()) if is_lead else int(won.sum()),
        cycles=np.maximum(0.5, np.asarray(cycles, dtype=np.float64)) * CALENDAR_DAYS_PER_WORKING_DAY,
        values=np.asarray(leads.booked[won], dtype=np.float64),
        by_source=np.array([seen, wins], dtype=np.float64),
        quarters=_bookings_by_rep_and_quarter(world, leads[won], first, end),
        sums=sums,
        unjudged=_share_unjudged(inquiries, first, end),
    )


def _bookings_by_rep_and_quarter(world: World, wins: Any, first: int, end: int) -> Floats:
    """Bookings of each rep in each whole quarter of the calendar inside the window, shape (reps x quarters,)."""
    start, stop = -(-first // QUARTER_DAYS), end // QUARTER_DAYS
    if stop <= start:
        start, stop = first // QUARTER_DAYS, end // QUARTER_DAYS + 1
    quarter = wins.closed_day // QUARTER_DAYS
    inside = (quarter >= start) & (quarter < stop)
    n_reps = int(world.organization.n_reps)
    cell = (wins.rep - world.organization.n_marketers) * (stop - start) + quarter - start
    return np.bincount(cell[inside], weights=wins.booked[inside], minlength=n_reps * (stop - start)).astype(np.float64)


def _share_unjudged(inquiries: Any, first: int, end: int) -> float:
    """Share of the last quarter's inquiries, two weeks of grace given, that marketing has not judged even once."""
    late = inquiries[(inquiries.born_day >= max(first, end - QUARTER_DAYS)) & (inquiries.born_day < end - 20)]
    return float(((late.state == RAW) & (late.recycles == 0)).mean()) if len(late) else 0.0


def _pooled(runs: list[_Run], plan: Blueprint) -> Moments:
    cycles, values = (np.concatenate([getattr(run, name) for run in runs]) for name in ("cycles", "values"))
    total = {name: sum(run.sums[name] for run in runs) for name in runs[0].sums}
    days = sum(len(run.counts) for run in runs)
    weekday = (np.arange(len(runs[0].counts)) + int(plan.rules.warmup_days)) % 5
    seen, wins = np.sum([run.by_source for run in runs], axis=0)
    return Moments(
        arrivals=float(sum(run.counts.sum() for run in runs)) / days,
        dispersion=float(np.mean([day_pattern(run.counts, weekday.astype(np.int32))[1] for run in runs])),
        win_rate=_share(sum(run.n_won for run in runs), sum(run.n_rated for run in runs)),
        cycle_median=float(np.median(cycles)) if len(cycles) else np.nan,
        cycle_log_sd=float(np.log(cycles).std()) if len(cycles) else np.nan,
        value_mean=float(values.mean()) if len(values) else np.nan,
        value_log_sd=float(np.log(values).std()) if len(values) else np.nan,
        source_rates=np.divide(wins, seen, out=np.full_like(wins, np.nan), where=seen > 0),
        quota=float(np.median(np.concatenate([run.quarters for run in runs]))),
        open_deals=total["open_deals"] / days / plan.n_reps,
        deals_per_rep_day=total["deals_opened"] / days / plan.n_reps,
        handed_per_rep_day=total["handed_off"] / days / plan.n_reps,
        neglected=_share(total["neglected"], total["lost"]),
        unread_lapsed=_share(total["expired_unread"], total["handed_off"]),
        unjudged=float(np.mean([run.unjudged for run in runs])),
        campaign_effort=total["campaign_effort"] / days,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
