"""Customers and disputes against the laws of chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from verification.checks import FLOWS, Effort, Finding, Picture, check, fits, share_near
from verification.firms import PLENTY, SURE, course, runs, still
from verification.queues import logit

# --- customers -----------------------------------------------------------------------------------------------------


def customers(n_years: int, chance: float, per_rep: int = 200) -> Any:
    """Installed customers who renew with a chance and nothing else."""
    off = {
        "renewal_fit": 0.0,
        "renewal_message": 0.0,
        "renewal_service": 0.0,
        "renewal_discount": 0.0,
        "renewal_brand": 0.0,
    }
    rules = {"renewal_base": logit(chance), "use_ties": 0, "customers_per_rep": per_rep, "raw_leads_per_rep_day": 0.0}
    return still(260 * n_years, reps=20, use_service_hours=0, **off, **rules)


@check(
    FLOWS,
    "renewals-geometric",
    "Renewals of a customer until he leaves against the geometric law",
    "a contract came up twice a year, or its chance depended on how often it had",
)
def renewals(effort: Effort) -> Finding:
    """P(k) = (1 − p) p^k, those who are still there pooled."""
    chance, n_years = 0.7, 8
    counts = np.zeros(n_years)
    for world in runs(customers(n_years, chance), effort.n(4, 2)):
        rows = leads_of(world)
        gone = rows["churned_day"] >= 0
        counts += np.bincount(np.where(gone, rows["renewals"] - 1, n_years - 1), minlength=n_years)[:n_years]
    # Contracts end on day 1–259, and then every 260 days: each comes up n_years times within the run.
    shares = np.append((1 - chance) * chance ** np.arange(n_years - 1), 0.0)
    shares[-1] = 1.0 - shares.sum()
    return fits(counts, shares, picture=Picture(range(n_years), counts / counts.sum(), shares, "renewals", "share"))


@check(
    FLOWS,
    "customers-decay",
    "Customers left after five years against pⁿ (binomial)",
    "customers left who were not asked, or stayed who said no",
)
def decay(effort: Effort) -> Finding:
    """Survival."""
    chance, n = 0.85, effort.n(4, 2)
    left = sum(int(course(world, "customers")[-1]) for world in runs(customers(5, chance), n))
    return share_near(left, n * 4000, chance**5)


@check(
    FLOWS,
    "renewal-days-uniform",
    "Days of the first renewal of installed customers against 1 … 259, all alike",
    "contracts of a firm ended in heaps",
)
def renewal_days(effort: Effort) -> Finding:
    """Uniform."""
    due = np.zeros(259)
    for world in runs(customers(1, 0.5), effort.n(8, 3)):
        due += course(world, "renewals_due")[1:260]
    return fits(due, np.ones(259))


# --- disputes ------------------------------------------------------------------------------------------------------


def quarrels(**rules: float) -> Any:
    """Every accepted lead may make a dispute over territory."""
    calm = {"trust_accepted": 0.0, "trust_functional": 0.0, "trust_personal": 0.0, "trust_fade": 0.0}
    return still(
        300,
        managers=1,
        reps=10,
        marketers=4,
        raw_leads_per_rep_day=2.0,
        rep_hours=PLENTY,
        yes_discovery=-SURE,
        **(calm | rules),
    )


@check(
    FLOWS,
    "disputes-binomial",
    "Disputes over territory per accepted lead: γ (1 − trust)(1 − 0.85 rule)(1 − ζ backing)",
    "one of the things that settle a question were left out or counted twice",
)
def disputes(effort: Effort) -> Finding:
    """No acquaintance, horizons as at the start."""
    gamma, trust, clarity, planning, backing = 0.6, 0.32, 0.5, 0.4, 0.3
    rule = 1.0 - (1.0 - clarity) * (1.0 - 0.5 * planning)
    levels = {"handoff_clarity": clarity, "joint_planning": planning, "executive_support": backing}
    plan = quarrels(gamma_territory=gamma, trust_start=trust, use_familiarity=0, **levels)
    found = np.zeros(2)
    for world in runs(plan, effort.n(12, 4)):
        found += [course(world, "territory_disputes").sum(), course(world, "accepted").sum()]
    expected = gamma * (1 - trust) * (1 - 0.85 * rule) * (1 - 0.6 * backing)
    return share_near(int(found[0]), int(found[1]), expected)


@check(
    FLOWS,
    "disputes-turn",
    "Of disputes those that turn personal, and of these those that go up (two binomials)",
    "a dispute could be about the matter and personal, or go up without being personal",
)
def turns(effort: Effort) -> Finding:
    """(1 − f)(1 − trust) and the chance of escalation."""
    from verification.checks import all_of

    trust, base, up = 0.4, 0.3, 0.4
    plan = quarrels(
        gamma_territory=1.0, trust_start=trust, functional_base=base, escalation_chance=up, use_familiarity=0
    )
    found = np.zeros(3)
    for world in runs(plan, effort.n(12, 4)):
        found += [course(world, f"{name}_disputes").sum() for name in ("territory", "personal", "escalated")]
    all_disputes, personal, escalated = found.astype(int).tolist()
    both = [
        share_near(personal, all_disputes, (1 - base) * (1 - trust), "personal"),
        share_near(escalated, personal, up, "went up"),
    ]
    return all_of(both, f"{all_disputes:,} disputes")


@check(
    FLOWS,
    "mistakes-binomial",
    "Common decisions gone wrong where nobody talks against 0.2 each (binomial)",
    "the three decisions of a month shared their luck or were taken more than once",
)
def mistakes(effort: Effort) -> Finding:
    """No talk, no catch; the number of a month is binomial with three trials."""
    chance, months, n = 0.2, 48, effort.n(60, 25)
    counts = np.zeros(4)
    for world in runs(still(22 * months, raw_leads_per_rep_day=0.0, mistake_chance=chance), n):
        counts += np.bincount(course(world, "mistakes")[::22].astype(int), minlength=4)
    shares = np.array([(1 - chance) ** 3, 3 * chance * (1 - chance) ** 2, 3 * chance**2 * (1 - chance), chance**3])
    return fits(
        counts, shares, picture=Picture(range(4), counts / counts.sum(), shares, "mistakes in a month", "share")
    )
