"""Readings of a finished run that facts ask for and that are no outcomes: a function of the world each, a number out.

NaN is what does not exist in a run. All look at the window after the warm-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from sim.analysis.assessment import THEMES, sides
from sim.analysis.rows import is_deal, is_installed, leads_of, window_sums
from sim.behaviours.calendar import DAYS_PER_QUARTER
from sim.behaviours.outcomes import CALENDAR_DAYS_PER_WORKING_DAY
from sim.domain.records import World
from sim.domain.vocabulary import EXPIRED, HANDED, LOST, RAW, WON

Measure = Callable[[World], float]
FEW = 8
DAYS_TO_END = 130


class Reading(NamedTuple):
    """What is read off a finished run, and its unit."""

    measure: Measure
    unit: str


def _share(is_it: Any) -> float:
    return float(is_it.mean()) if len(is_it) else math.nan


def _mean(values: Any) -> float:
    return float(values.mean()) if len(values) else math.nan


def is_won(leads: Any) -> Any:
    """Whether a lead was won during the run, whatever came of the account."""
    return np.isin(leads["state"], WON) & ~is_installed(leads)


def _handed(world: World) -> Any:
    """Leads handed off in the window whose fate is known."""
    leads = leads_of(world)
    return leads[(leads["handed_day"] >= world.rules.warmup_days) & (leads["state"] != HANDED)]


def _followed_up(leads: Any) -> float:
    return _share(leads["state"] != EXPIRED)


def followup_of_good_leads(world: World) -> float:
    """Follow-up of the half of handed-off leads with the better score."""
    leads = _handed(world)
    return _followed_up(leads[leads["estimate"] > np.median(leads["estimate"])]) if len(leads) else math.nan


def followup_of_poor_leads(world: World) -> float:
    """Follow-up of the half with the worse score."""
    leads = _handed(world)
    return _followed_up(leads[leads["estimate"] <= np.median(leads["estimate"])]) if len(leads) else math.nan


def _of_reps(world: World, is_skilled: bool) -> Any:
    leads, firm = _handed(world), world.organization
    skill = np.asarray(world.people["skill"])
    middle = np.median(skill[firm.n_marketers : firm.n_marketers + firm.n_reps])
    return leads[(skill[leads["rep"]] > middle) == is_skilled]


def followup_by_skilled(world: World) -> float:
    """Follow-up by the half of reps who are better at closing."""
    return _followed_up(_of_reps(world, True))


def followup_by_unskilled(world: World) -> float:
    """Follow-up by the other half."""
    return _followed_up(_of_reps(world, False))


def never_answered(world: World) -> float:
    """Share of handed-off leads that nobody ever contacted."""
    return 1.0 - _followed_up(_handed(world))


def _opened(world: World) -> Any:
    """Deals opened in the window."""
    leads = leads_of(world)
    return leads[(leads["first_day"] >= world.rules.warmup_days) & is_deal(leads)]


def fit_of_handed(world: World) -> float:
    """Hidden fit of the leads handed off, logit: how well marketing aims."""
    return _mean(_handed(world)["fit"])


def churn_rate(world: World) -> float:
    """Contracts that came up and were not renewed, over all that came up."""
    total = window_sums(world)
    return 1.0 - total["renewals_won"] / total["renewals_due"] if total["renewals_due"] else math.nan


def _won_of_source(source: int) -> Measure:
    def won(world: World) -> float:
        leads = leads_of(world)
        return _share(is_won(leads[(leads["source"] == source) & (leads["state"] != RAW)]))

    won.__doc__ = "Leads of a source that have been won, over all of them."
    return won


def _cycle_of_segment(segment: int) -> Measure:
    def cycle(world: World) -> float:
        leads = leads_of(world)
        won = is_won(leads) & (leads["closed_day"] >= world.rules.warmup_days) & (leads["segment"] == segment)
        days = leads["closed_day"][won] - leads["first_day"][won]
        return CALENDAR_DAYS_PER_WORKING_DAY * float(np.median(days)) if len(days) else math.nan

    cycle.__doc__ = "Median cycle of a size class, calendar days."
    return cycle


def _win_rate_of_segment(segment: int) -> Measure:
    def rate(world: World) -> float:
        leads = leads_of(world)
        of_segment = leads[(leads["segment"] == segment) & (leads["closed_day"] >= world.rules.warmup_days)]
        return _share(is_won(of_segment[is_won(of_segment) | (of_segment["state"] == LOST)]))

    rate.__doc__ = "Win rate of a size class."
    return rate


def _cycles(world: World) -> Any:
    """Cycles of the window's wins in working days, sorted, jittered within the day so that whole days do not tie."""
    leads = leads_of(world)
    won = leads[is_won(leads) & (leads["first_day"] >= world.rules.warmup_days)]
    days = won["closed_day"] - won["first_day"]
    within_day = (np.arange(len(days)) * 0.6180339887) % 1.0 - 0.5
    return np.sort(np.maximum(0.5, days + within_day))


def _distance(heights: Any) -> float:
    """Kolmogorov–Smirnov distance of a distribution function at sorted values from the empirical one."""
    n = len(heights)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - heights).max(), (heights - steps[:-1]).max()))


def lognormal_distance(world: World) -> float:
    """Kolmogorov–Smirnov distance of the cycle from the lognormal of its own moments."""
    days = _cycles(world)
    if len(days) < FEW:
        return math.nan
    logs = np.log(days)
    return _distance(special.ndtr((logs - logs.mean()) / logs.std()))


def exponential_distance(world: World) -> float:
    """Kolmogorov–Smirnov distance of the cycle from the exponential of its own mean."""
    days = _cycles(world)
    return _distance(1.0 - np.exp(-days / days.mean())) if len(days) >= FEW else math.nan


def _answers(world: World) -> Any:
    """Sums of the self-assessment, 20–100: marketers, reps, heads."""
    marketing, sales = sides(world)
    shares = [(theme.staff(marketing), theme.staff(sales), theme.heads(sales)) for theme in THEMES]
    return (1.0 + 4.0 * np.array(shares)).sum(axis=0)


def alignment_seen_by_staff(world: World) -> float:
    """Self-assessment of the staff of both sides, 20–100."""
    return float(_answers(world)[:2].mean())


def alignment_seen_by_heads(world: World) -> float:
    """Self-assessment of the heads, 20–100."""
    return float(_answers(world)[2])


def selling_share_of_cost(world: World) -> float:
    """Pay of reps and managers and bought selling hours, over all pay and programme."""
    total = window_sums(world)
    return (total["pay"] - total["pay_marketing"]) / (total["pay"] + total["programme"])


def _early_deals(world: World) -> Any:
    """Deals opened in the window so early that they have surely ended."""
    deals = _opened(world)
    return deals[deals["first_day"] < world.rules.n_days - DAYS_TO_END]


def wins_of_early_deals(world: World) -> float:
    """Share of early deals that were won."""
    return _share(is_won(_early_deals(world)))


def touches_of_wins(world: World) -> float:
    """Touches of the last stage, mean over early deals that were won."""
    deals = _early_deals(world)
    return _mean(deals["touches"][is_won(deals)])


def days_in_queue(world: World) -> float:
    """Days that a raw lead waits in a marketer's queue, where leads are due the day after they come in."""
    leads, rules = leads_of(world), world.rules
    leads = leads[(leads["born_day"] >= rules.warmup_days) & (leads["born_day"] < rules.n_days - DAYS_TO_END)]
    leads = leads[leads["source"] >= 0]
    judged = np.where(leads["handed_day"] >= 0, leads["handed_day"], leads["closed_day"])
    return _mean(judged - leads["born_day"] - 1)


def _inquiries(world: World) -> tuple[Any, float]:
    """Inquiries of each day of the window, and their mean under constant demand."""
    rules = world.rules
    days = np.asarray(world.journal["leads_in"][int(rules.warmup_days) : int(rules.n_days)])
    return days, float(rules.raw_leads_per_rep_day * world.organization.n_reps)


def dispersion_of_days(world: World) -> float:
    """Variance over mean of a day's inquiries, about the mean that constant demand has."""
    days, mean = _inquiries(world)
    return float(((days - mean) ** 2).mean() / mean)


def memory_of_weeks(world: World) -> float:
    """Product of the deviations of one week's inquiries and the next, over the variance that the rules imply."""
    days, mean = _inquiries(world)
    rules = world.rules
    weeks = days[: len(days) // 5 * 5].reshape(-1, 5).sum(axis=1) - 5.0 * mean
    swing = math.exp(rules.demand_level_sd**2)
    noise = 5.0 * mean + 5.0 * mean**2 * swing / rules.day_noise_shape
    return float((weeks[1:] * weeks[:-1]).mean() / (25.0 * mean**2 * (swing - 1.0) + noise))


def experience_now(world: World) -> float:
    """Experience of reps at the end, mean."""
    firm = world.organization
    return _mean(np.asarray(world.people["experience"])[firm.n_marketers : firm.n_marketers + firm.n_reps])


def _last(column: str) -> Measure:
    def last(world: World) -> float:
        return float(world.journal[column][int(world.rules.n_days) - 1])

    last.__doc__ = "A level on the last evening."
    return last


def _bookings(first: int, last: int) -> Measure:
    def bookings(world: World) -> float:
        start = int(world.rules.warmup_days)
        return float(world.journal["bookings"][start + first : start + last].sum())

    bookings.__doc__ = "New bookings between two days of the window, c.u."
    return bookings


SOURCES = ("website", "referral", "ads", "social", "trade_show", "webinar")
SEGMENTS = ("small", "mid", "key")

READINGS: dict[str, Reading] = {
    "followup_of_good_leads": Reading(followup_of_good_leads, "share"),
    "followup_of_poor_leads": Reading(followup_of_poor_leads, "share"),
    "followup_by_skilled": Reading(followup_by_skilled, "share"),
    "followup_by_unskilled": Reading(followup_by_unskilled, "share"),
    "never_answered": Reading(never_answered, "share"),
    "fit_of_handed": Reading(fit_of_handed, "logit"),
    "churn_rate": Reading(churn_rate, "share"),
    "selling_share_of_cost": Reading(selling_share_of_cost, "share"),
    "alignment_seen_by_staff": Reading(alignment_seen_by_staff, "-"),
    "alignment_seen_by_heads": Reading(alignment_seen_by_heads, "-"),
    "lognormal_distance": Reading(lognormal_distance, "-"),
    "exponential_distance": Reading(exponential_distance, "-"),
    "wins_of_early_deals": Reading(wins_of_early_deals, "share"),
    "touches_of_wins": Reading(touches_of_wins, "-"),
    "days_in_queue": Reading(days_in_queue, "d"),
    "dispersion_of_days": Reading(dispersion_of_days, "-"),
    "memory_of_weeks": Reading(memory_of_weeks, "-"),
    "experience_now": Reading(experience_now, "share"),
    "bookings_first_month": Reading(_bookings(0, 22), "c.u."),
    "bookings_first_quarter": Reading(_bookings(0, DAYS_PER_QUARTER), "c.u."),
    "bookings_second_year": Reading(_bookings(260, 520), "c.u."),
}
READINGS |= {f"won_{name}": Reading(_won_of_source(row), "share") for row, name in enumerate(SOURCES)}
READINGS |= {f"cycle_{name}": Reading(_cycle_of_segment(row), "days") for row, name in enumerate(SEGMENTS)}
READINGS |= {f"win_rate_{name}": Reading(_win_rate_of_segment(row), "share") for row, name in enumerate(SEGMENTS)}
LEVELS = {"trust": "share", "familiarity": "share", "vocabulary": "share", "market_knowledge": "share"} | {
    "brand": "index",
    "orientation_gap": "share",
}
READINGS |= {f"last_{name}": Reading(_last(name), unit) for name, unit in LEVELS.items()}
