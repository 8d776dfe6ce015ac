"""Inquiries of a day, buyers and reps against the laws that they are drawn from."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from verification.checks import FLOWS, Effort, Finding, Picture, check, fits, likely, near
from verification.firms import PLENTY, SURE, course, runs, still

# --- arrivals ------------------------------------------------------------------------------------------------------


def arrivals(n_days: int, **rules: float) -> Any:
    """Inquiries alone."""
    return still(n_days, reps=40, rep_hours=PLENTY, yes_discovery=-SURE, **rules)


@check(
    FLOWS,
    "arrivals-mean",
    "Inquiries a day against reps times the rate that is set",
    "the rate were taken per firm, per marketer or per year",
)
def arrivals_mean(effort: Effort) -> Finding:
    """The mean of independent days."""
    values = np.concatenate(
        [course(world, "leads_in")[1:] for world in runs(arrivals(520, raw_leads_per_rep_day=0.3), effort.n(20, 6))]
    )
    return near(values, 12.0)


@check(
    FLOWS,
    "arrivals-law",
    "Inquiries a day, over-dispersed: the negative-binomial law with variance Λ + Λ²/9",
    "a day's inquiries spread like those of Poisson, or more widely than they should",
)
def arrivals_law(effort: Effort) -> Finding:
    """Chi-square of independent days."""
    from scipy.stats import nbinom

    mean, shape, most = 12.0, 9.0, 40
    plan = arrivals(520, raw_leads_per_rep_day=mean / 40, day_noise_shape=shape)
    values = np.concatenate([course(world, "leads_in") for world in runs(plan, effort.n(20, 6))]).astype(int)
    law = nbinom(shape, shape / (shape + mean))
    shares = np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    counts = np.bincount(np.minimum(values, most), minlength=most + 1)
    picture = Picture(range(most + 1), counts / counts.sum(), shares, "inquiries a day", "share of days")
    return fits(
        counts, shares, f"variance over mean {values.var() / values.mean():.3f} against {1 + mean / shape:.3f}", picture
    )


@check(
    FLOWS,
    "weekday-profile",
    "Inquiries by weekday against the profile of the scenario",
    "Monday's share fell on another day",
)
def weekdays(effort: Effort) -> Finding:
    """Poisson days: multinomial by weekday."""
    plan = arrivals(520, raw_leads_per_rep_day=0.3, day_noise_shape=1e6)
    profile = (1.6, 0.9, 0.9, 0.85, 0.75)
    plan.rules["weekday"] = profile
    counts = np.zeros(5)
    for world in runs(plan, effort.n(20, 6)):
        counts += course(world, "leads_in").reshape(-1, 5).sum(axis=0)
    shares = np.array(profile) / 5.0
    return fits(
        counts, shares, picture=Picture(range(5), counts / counts.sum(), shares, "weekday", "share of inquiries")
    )


@cache
def _levels(n: int) -> Any:
    """The slow level of demand in a week and in the next one, of n firms: float64 of shape (2, n)."""
    plans = [arrivals(5 * weeks, raw_leads_per_rep_day=0.0, demand_level_sd=0.25) for weeks in (9, 10)]
    return np.array([[float(world.organization.demand_state) for world in runs(plan, n)] for plan in plans])


@check(
    FLOWS,
    "demand-level",
    "The slow level of demand in a week against that of the next one: correlation 0.9 (Fisher)",
    "the level began anew each week, or moved by days",
)
def demand_memory(effort: Effort) -> Finding:
    """Z = artanh r is normal with variance 1/(n − 3)."""
    from scipy.stats import norm

    levels = _levels(effort.n(8000, 2000))
    found = float(np.corrcoef(levels)[0, 1])
    score = (np.arctanh(found) - np.arctanh(0.9)) * np.sqrt(levels.shape[1] - 3)
    return likely(2.0 * norm.sf(abs(score)), f"correlation {found:.4f} of {levels.shape[1]:,} firms")


@check(
    FLOWS,
    "demand-spread",
    "The slow level of demand against its stationary law, the standard normal (Kolmogorov–Smirnov)",
    "news of the level were not scaled to keep its spread",
)
def demand_spread(effort: Effort) -> Finding:
    """Variance 1 whatever the memory."""
    from scipy.stats import kstest

    level = _levels(effort.n(8000, 2000))[1]
    test = kstest(level, "norm")
    return likely(test.pvalue, f"variance {level.var():.3f}, greatest distance {test.statistic:.4f} of {len(level):,}")


@check(
    FLOWS,
    "season",
    "Swing of inquiries over a year (first harmonic) against the one that is set",
    "the season had another length or size",
)
def season(effort: Effort) -> Finding:
    """2/n Σ a_t sin(2πt/260)."""
    swing, n_years = 0.12, 2
    plan = arrivals(260 * n_years, raw_leads_per_rep_day=2.5, seasonal_swing=swing, day_noise_shape=1e6)
    wave = np.sin(2.0 * np.pi * np.arange(260 * n_years) / 260.0)
    return near(
        [2.0 * (course(world, "leads_in") / 100.0 * wave).mean() for world in runs(plan, effort.n(60, 20))], swing
    )


@check(
    FLOWS,
    "units-independent",
    "Covariance of the inquiries of two units on a day against none",
    "two units of a firm drew their inquiries at one address",
)
def units(effort: Effort) -> Finding:
    """Each unit has its own luck; var of the sum is the sum of variances."""
    from dataclasses import replace

    from sim.domain.blueprint import Blueprint

    plan = arrivals(520, raw_leads_per_rep_day=0.3, day_noise_shape=9.0)
    two = replace(plan, n_marketers=2, n_reps=80, n_units=2)
    assert isinstance(two, Blueprint)
    values = [course(world, "leads_in").var(ddof=1) for world in runs(two, effort.n(60, 20))]
    return near(values, 2.0 * (12.0 + 144.0 / 9.0))
