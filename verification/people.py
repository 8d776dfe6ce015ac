"""Buyers, reps, leaving, hiring and prospecting against the laws of chance and of renewal."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.domain.vocabulary import DISCOVERY
from verification.checks import FLOWS, Effort, Finding, Picture, check, fits, likely, near, share_near
from verification.firms import SURE, course, pipeline, runs, still

DAYS_PER_MONTH = 22


# --- buyers and people ---------------------------------------------------------------------------------------------


@check(
    FLOWS,
    "values-lognormal",
    "Values of accounts against the lognormal law with the mean that is set (Kolmogorov–Smirnov)",
    "the spread of values changed their mean, or their law were cut off",
)
def values(effort: Effort) -> Finding:
    """Ln v ~ N(ln m − s²/2, s²)."""
    return _lognormal("value", {"value_sd": 0.8}, np.log(35242.0) - 0.32, 0.8, effort)


@check(
    FLOWS,
    "tempo-lognormal",
    "Tempo of buyers against the lognormal law (Kolmogorov–Smirnov)",
    "the tempo of buyers had another spread or centre",
)
def tempo(effort: Effort) -> Finding:
    """Ln t ~ N(0, s²)."""
    return _lognormal("tempo", {"tempo_sd": 0.7}, 0.0, 0.7, effort)


def _lognormal(field: str, rules: dict[str, float], mean: float, sd: float, effort: Effort) -> Finding:
    from scipy.stats import kstest

    plan = pipeline(150, **rules)
    rows = np.concatenate([leads_of(world).copy() for world in runs(plan, effort.n(10, 4))])
    drawn = np.log(rows[field][rows["state"] >= DISCOVERY])
    test = kstest((drawn - mean) / sd, "norm")
    return likely(
        test.pvalue,
        f"greatest distance {test.statistic:.4f} of {len(drawn):,}, mean {drawn.mean():.4f} against {mean:.4f}",
    )


@check(
    FLOWS,
    "people-lognormal",
    "Skill and pace of reps against their lognormal laws, and against each other",
    "two traits of a rep shared their luck, or one had another spread",
)
def people(effort: Effort) -> Finding:
    """Two Kolmogorov–Smirnov tests and a correlation."""
    from scipy.stats import kstest, pearsonr

    from verification.checks import all_of

    plan = still(1, reps=2000, skill_sd=0.25, pace_sd=0.3, raw_leads_per_rep_day=0.0)
    reps = np.concatenate([np.asarray(world.people[1:]).copy() for world in runs(plan, effort.n(20, 5))])
    skill, pace = reps["log_skill"] / 0.25, np.log(reps["pace"]) / 0.3
    tests = {
        "skill": kstest(skill, "norm").pvalue,
        "pace": kstest(pace, "norm").pvalue,
        "both": pearsonr(skill, pace).pvalue,
    }
    return all_of([likely(p, name) for name, p in tests.items()], f"{len(reps):,} reps")


@check(
    FLOWS,
    "tenure-exponential",
    "Tenure of reps on the first morning against the exponential law that leaving implies",
    "the firm began with nobody but novices, or nobody but veterans",
)
def tenure(effort: Effort) -> Finding:
    """−22 ln u / −ln(1 − p), in whole days."""
    from scipy.stats import kstest

    base, more = 0.016, 0.004
    plan = still(1, reps=2000, leave_base=base, leave_per_dispute=more, raw_leads_per_rep_day=0.0)
    days = np.concatenate([-np.asarray(world.people["first_day"])[1:] for world in runs(plan, effort.n(20, 5))])
    rate = -np.log(1.0 - base - 0.1 * more) / DAYS_PER_MONTH
    smooth = np.random.default_rng(1).random(len(days))  # whole days, spread over each day by its own law
    inside = -np.log(1.0 - smooth * (1.0 - np.exp(-rate))) / rate
    test = kstest(days + inside, "expon", args=(0.0, 1.0 / rate))
    return likely(test.pvalue, f"mean {days.mean():.0f} days against {1 / rate:.0f}, {len(days):,} reps")


def leavers(reps: int, n_days: int, **rules: float) -> Any:
    """Reps who do nothing but stay or leave."""
    return still(n_days, reps=reps, raw_leads_per_rep_day=0.0, **rules)


@check(
    FLOWS,
    "leaving-binomial",
    "Reps who leave in the first month against the monthly chance (binomial)",
    "the chance of leaving were taken per day, or asked twice a month",
)
def leaving(effort: Effort) -> Finding:
    """One month, so that nobody can leave twice."""
    chance, n = 0.05, effort.n(20, 6)
    left = sum(int(course(world, "leavers").sum()) for world in runs(leavers(2000, 22, leave_base=chance), n))
    return share_near(left, 2000 * n, chance)


@check(
    FLOWS,
    "staying-geometric",
    "Months until a rep leaves against the geometric law",
    "the chance of leaving depended on how long somebody is there",
)
def staying(effort: Effort) -> Finding:
    """Desks that stay vacant for ever: leavers by month."""
    chance, months = 0.08, 24
    plan = leavers(2000, 22 * months, leave_base=chance, vacancy_days=NEVER_FILLED)
    counts = np.zeros(months + 1)
    for world in runs(plan, effort.n(8, 3)):
        counts[:months] += course(world, "leavers").reshape(months, 22).sum(axis=1)
        counts[months] += 2000 - course(world, "leavers").sum()
    k = np.arange(months)
    shares = np.append(chance * (1 - chance) ** k, (1 - chance) ** months)
    return fits(
        counts, shares, picture=Picture(range(1, months + 2), counts / counts.sum(), shares, "months", "share of reps")
    )


NEVER_FILLED = 1_000_000


@check(
    FLOWS,
    "vacancies-renewal",
    "Share of desks that are empty against the alternating renewal of staying and searching",
    "a desk stayed empty for longer or shorter than the search takes",
)
def vacancies(effort: Effort) -> Finding:
    """Search of 44 days, that is two payroll months to the day: empty share 44 / (44 + 22/p)."""
    chance, search, years = 0.1, 44, 20
    plan = leavers(200, 260 * years, leave_base=chance, vacancy_days=search)
    vacant = [course(world, "vacant")[260 * 4 :].mean() / 200 for world in runs(plan, effort.n(30, 10))]
    return near(vacant, _empty_share(chance, search))


def _empty_share(chance: float, search: int) -> float:
    """Leaves on the last day of a month, the desk is empty from that day, filled the day after the search ends.

    From then to the next last day of a month, and on by months until he leaves: the days at work are those to the first
    such day and 22 for each month that he stays.
    """
    left = 21
    first = left + search
    to_month_end = (21 - first) % DAYS_PER_MONTH
    at_work = to_month_end + DAYS_PER_MONTH * (1.0 - chance) / chance
    return search / (search + at_work)


@check(
    FLOWS,
    "shock-hypergeometric",
    "Of ten reps four leave by a shock: how many of the first five (hypergeometric)",
    "a shock took reps in the order of their desks, or one of them twice",
)
def shock(effort: Effort) -> Finding:
    """Drawn without replacement."""
    from scipy.stats import hypergeom

    from sim.domain.practices import EVENTS
    from sim.domain.vocabulary import LEAVE

    plan = leavers(10, 30, vacancy_days=NEVER_FILLED)
    rules = plan.rules
    rules["n_steps"], rules["step_kind"][0], rules["step_start"][0], rules["step_target"][0] = 1, LEAVE, 10, 4.0
    rules["step_what"][0], rules["step_end"][0] = list(EVENTS).index("leavers"), 1_000_000
    rules["step_time_constant"][0] = rules["step_decay"][0] = 1.0
    gone = [
        int((np.asarray(world.people["first_day"])[1:6] > 1000).sum()) for world in runs(plan, effort.n(4000, 1500))
    ]
    counts = np.bincount(gone, minlength=5)
    shares = hypergeom(10, 5, 4).pmf(np.arange(5))
    return fits(
        counts, shares, picture=Picture(range(5), counts / len(gone), shares, "of the first five", "share of runs")
    )


@check(
    FLOWS,
    "prospecting-binomial",
    "Blocks of prospecting that open a deal against their chance (binomial)",
    "a block were counted that was not worked, or its chance read another day's pool",
)
def prospecting(effort: Effort) -> Finding:
    """Skill, book, brand and pool at one."""
    chance = 0.07
    rules = {"prospect_success": chance, "prospect_blocks": 2, "prospect_block_hours": 2.0, "rep_hours": 4.5}
    off = {"use_pool": 0, "use_experience": 0, "use_brand": 0, "book_base": 1.0, "book_gain": 0.0, "ramp_start": 1.0}
    plan = still(200, reps=50, raw_leads_per_rep_day=0.0, decide_discovery=-SURE, discovery_hours=1e-9, **rules, **off)
    found = np.zeros(2)
    for world in runs(plan, effort.n(20, 6)):
        found += [course(world, "self_found").sum(), np.asarray(world.people["blocks"]).sum()]
    return share_near(int(found[0]), int(found[1]), chance)
