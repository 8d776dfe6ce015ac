"""Leads and deals against the laws of chance and of waiting."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.domain.vocabulary import ARCHIVED
from verification.checks import FLOWS, Effort, Finding, Picture, check, fits, near, none_of, share_near
from verification.firms import PLENTY, SURE, course, pipeline, runs, shipped, still
from verification.queues import logit

# --- the funnel ----------------------------------------------------------------------------------------------------

DECIDE = {"decide_discovery": -0.30, "decide_proposal": -0.35, "decide_negotiation": -0.25}
ANSWER = {"yes_discovery": 0.64, "yes_proposal": 0.74, "yes_negotiation": 0.89}


def sigmoid(x: Any) -> Any:
    """Chance of log-odds."""
    return 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float)))


@cache
def cohort(n: int) -> Any:
    """Deals opened in the first 100 of 400 days, of n firms, all closed."""
    plan = pipeline(**DECIDE, **ANSWER)
    rows = [leads_of(world)[leads_of(world)["born_day"] < 100].copy() for world in runs(plan, n)]
    return np.concatenate(rows)


@check(
    FLOWS,
    "funnel-win-share",
    "Deals won against the product of the three chances of yes (binomial)",
    "a stage were skipped, asked twice, or a yes were taken for a no",
)
def win_share(effort: Effort) -> Finding:
    """Π σ(w)."""
    rows = cohort(effort.n(20, 6))
    return share_near(int((rows["booked"] > 0.0).sum()), len(rows), float(np.prod(sigmoid(list(ANSWER.values())))))


@check(
    FLOWS,
    "funnel-stage-of-loss",
    "Where deals end, in one of three stages or won, against a chain of binomials",
    "the chance of one stage were used in another one",
)
def stage_of_loss(effort: Effort) -> Finding:
    """Shares 1 − y₁, y₁(1 − y₂), y₁y₂(1 − y₃), y₁y₂y₃, read from the chance that a row keeps of its last stage."""
    rows, yes = cohort(effort.n(20, 6)), sigmoid(list(ANSWER.values()))
    last = np.argmin(np.abs(rows["p_yes"][:, None] - yes[None, :]), axis=1)
    place = np.where(rows["booked"] > 0.0, 3, last)
    shares = np.array([1 - yes[0], yes[0] * (1 - yes[1]), yes[0] * yes[1] * (1 - yes[2]), yes.prod()])
    counts = np.bincount(place, minlength=4)
    return fits(
        counts, shares, picture=Picture(range(4), counts / len(rows), shares, "stage of the end; 3 = won", "share")
    )


@check(
    FLOWS,
    "touches-geometric",
    "Touches in the stage in which a deal ended against the geometric law",
    "a touch remembered how many there had been before",
)
def touches(effort: Effort) -> Finding:
    """P(k) = p (1 − p)^(k − 1), discovery alone."""
    chance, most = 0.3, 25
    plan = pipeline(decide_discovery=logit(chance), yes_discovery=-SURE)
    rows = np.concatenate(
        [leads_of(world)[leads_of(world)["born_day"] < 100].copy() for world in runs(plan, effort.n(20, 6))]
    )
    k = np.arange(1, most)
    shares = np.append(chance * (1 - chance) ** (k - 1), (1 - chance) ** (most - 1))
    counts = np.bincount(np.minimum(rows["touches"], most), minlength=most + 1)[1:]
    return fits(counts, shares, picture=Picture(range(1, most + 1), counts / counts.sum(), shares, "touches", "share"))


@check(
    FLOWS,
    "touches-per-deal",
    "Days from contact to win, one touch a day, against the sum of three geometric means",
    "an advance to the next stage took a touch more or fewer",
)
def cycle(effort: Effort) -> Finding:
    """Σ 1/p, independent of the answers."""
    rows = cohort(effort.n(20, 6))
    won = rows[rows["booked"] > 0.0]
    expected = float((1.0 / sigmoid(list(DECIDE.values()))).sum())
    return near(won["closed_day"] - won["first_day"], expected)


@check(
    FLOWS,
    "competing-risks",
    "Silent, said no, won, at one touch with three risks: shares of competing risks",
    "one risk were asked before another so that their chances did not add up",
)
def risks(effort: Effort) -> Finding:
    """q, then (1 − q) p decided, geometric in touches: shares q/(q + (1 − q) p) and so on."""
    quiet, decide = 0.08, 0.25
    plan = pipeline(quiet_loss=quiet, decide_discovery=logit(decide), yes_discovery=-SURE)
    rows = np.concatenate(
        [leads_of(world)[leads_of(world)["born_day"] < 100].copy() for world in runs(plan, effort.n(20, 6))]
    )
    decided = (1.0 - quiet) * decide
    counts = np.bincount(rows["reason"], minlength=5)[[1, 2, 3]]
    return fits(counts[[0, 2]], np.array([quiet, decided]), f"{counts[1]} lost to a competitor, 0 expected")


@check(
    FLOWS,
    "ready-share",
    "Inquiries called ready against the normal tail beyond the threshold (thinning)",
    "the score's error or the threshold were applied twice or not at all",
)
def ready(effort: Effort) -> Finding:
    """P(fit + error > threshold), fit ~ N(m, 1), error ~ N(0, s²)."""
    from scipy.stats import norm

    mean, spread, threshold = -0.4, 1.25, 0.3
    plan = still(
        200,
        raw_leads_per_rep_day=20.0,
        fit_mean=mean,
        score_noise=spread,
        score_noise_knowledge=0.0,
        ready_threshold=threshold,
        rep_hours=PLENTY,
    )
    found = np.array(
        [[course(world, "handed_off").sum(), course(world, "archived").sum()] for world in runs(plan, effort.n(20, 6))]
    )
    handed, archived = found.sum(axis=0)
    return share_near(int(handed), int(handed + archived), float(norm.sf((threshold - mean) / np.hypot(1.0, spread))))


@check(
    FLOWS,
    "rounds-of-recycling",
    "Times that leads which are never ready go round before they are put away: 0, 1, 2",
    "a lead went round more than twice, or the chance of going round were not the same each time",
)
def recycling(effort: Effort) -> Finding:
    """Truncated geometric: 1 − r, r(1 − r), r²."""
    chance = 0.6
    plan = still(200, raw_leads_per_rep_day=20.0, ready_threshold=SURE, recycle_chance=chance, recycle_wait_days=5)
    counts = np.zeros(3)
    for world in runs(plan, effort.n(20, 6)):
        rows = leads_of(world)
        rows = rows[rows["born_day"] < 150]
        counts += np.bincount(rows["recycles"][rows["state"] == ARCHIVED], minlength=3)
    shares = np.array([1 - chance, chance * (1 - chance), chance * chance])
    return fits(counts, shares, picture=Picture(range(3), counts / counts.sum(), shares, "times round", "share"))


@check(
    FLOWS,
    "acceptance-share",
    "Contacts that become a deal, fit normal: the integral of the logistic over the normal",
    "acceptance read another fit than the lead's own, or forgot one of its slopes",
)
def acceptance(effort: Effort) -> Finding:
    """E σ(a + b x), x ~ N(m, 1), by quadrature."""
    from numpy.polynomial.hermite_e import hermegauss

    mean, base, slope = -0.85, 0.35, 0.9
    points, weights = hermegauss(80)
    expected = float((weights * sigmoid(base + slope * (mean + points))).sum() / weights.sum())
    rules = {"fit_mean": mean, "acceptance_base": base, "acceptance_fit": slope, "rep_hours": PLENTY}
    plan = still(200, raw_leads_per_rep_day=20.0, **rules)
    found = [
        (course(world, "accepted").sum(), course(world, "contacted").sum()) for world in runs(plan, effort.n(20, 6))
    ]
    hits, n = np.array(found).sum(axis=0)
    return share_near(int(hits), int(n), expected)


@check(
    FLOWS,
    "response-geometric",
    "Days from hand-off to contact where the inbox is opened with chance 0.25 a day",
    "the inbox were opened by a clock and not by chance, or stayed closed after a day off",
)
def response(effort: Effort) -> Finding:
    """First lead of each of 200 reps: geometric from 0."""
    opens, most, n_days = 0.25, 16, 400
    rules = {"inbox_min": opens, "inbox_max": opens, "rep_hours": PLENTY, "yes_discovery": -SURE}
    counts = np.zeros(most + 1)
    for world in runs(still(n_days, reps=200, raw_leads_per_rep_day=0.05, **rules), effort.n(40, 10)):
        rows = leads_of(world)
        rows = rows[rows["handed_day"] >= 0]
        _, first = np.unique(rows["rep"], return_index=True)
        chosen = rows[first]
        chosen = chosen[chosen["handed_day"] < 250]
        counts += np.bincount(np.minimum(chosen["first_day"] - chosen["handed_day"], most), minlength=most + 1)
    shares = np.append(opens * (1 - opens) ** np.arange(most), (1 - opens) ** most)
    return fits(
        counts, shares, picture=Picture(range(most + 1), counts / counts.sum(), shares, "days", "share of leads")
    )


@check(
    FLOWS,
    "lapse-on-the-day",
    "Days from hand-off until a lead that nobody takes lapses: always the number that is set",
    "a lead lapsed a day early or late, or never",
    error_rate=0.0,
)
def lapse(effort: Effort) -> Finding:
    """Exact."""
    days = 22
    plan = still(
        300, raw_leads_per_rep_day=5.0, follow_up_base=-SURE, expiry_days=days, second_look_days=5, rep_hours=PLENTY
    )
    wrong = n = 0
    for world in runs(plan, effort.n(10, 3)):
        rows = leads_of(world)
        rows = rows[(rows["handed_day"] >= 0) & (rows["handed_day"] < 300 - days)]
        wrong += int((rows["closed_day"] - rows["handed_day"] != days).sum())
        n += len(rows)
    return none_of(wrong, n, "leads lapsed on another day")


@check(
    FLOWS,
    "tracking-share",
    "Leads left lying that tracking makes a rep take: strength × SLA × backing (binomial)",
    "the second look were held twice, or on leads that were taken already",
)
def tracking(effort: Effort) -> Finding:
    """C · SL · (0.4 + 0.6 XS); nobody is acquainted."""
    strength, sla, backing = 0.42, 0.7, 0.5
    rules = {
        "tracking_strength": strength,
        "second_look_days": 5,
        "expiry_days": 22,
        "use_familiarity": 0,
        "use_experience": 0,
    }
    plan = still(
        300,
        raw_leads_per_rep_day=10.0,
        follow_up_base=-SURE,
        rep_hours=PLENTY,
        sla=sla,
        executive_support=backing,
        **rules,
    )
    found = np.zeros(2)
    for world in runs(plan, effort.n(20, 6)):
        rows = leads_of(world)
        rows = rows[(rows["handed_day"] >= 0) & (rows["handed_day"] < 270)]
        found += [(rows["first_day"] >= 0).sum(), len(rows)]
    yields = float(next(runs(plan, 1)).people["own_yield"][1])
    return share_near(int(found[0]), int(found[1]), strength * sla * (0.4 + 0.6 * backing) / yields)


@check(
    FLOWS,
    "territory-uniform",
    "Leads given to nine reps by territory: equally often",
    "assignment by territory preferred a desk",
)
def territory(effort: Effort) -> Finding:
    """Multinomial."""
    counts = np.zeros(9)
    for world in runs(still(200, reps=9, raw_leads_per_rep_day=3.0, rep_hours=PLENTY), effort.n(20, 6)):
        rows = leads_of(world)
        counts += np.bincount(rows["rep"][rows["handed_day"] >= 0] - 1, minlength=9)
    return fits(counts, np.ones(9))


@check(
    FLOWS,
    "round-robin-exact",
    "Leads given to nine reps in turn: numbers that differ by one at most",
    "the turn were lost overnight or began anew each day",
    error_rate=0.0,
)
def round_robin(effort: Effort) -> Finding:
    """Exact."""
    widest = 0
    for world in runs(still(200, reps=9, raw_leads_per_rep_day=3.0, rep_hours=PLENTY, assign_rule=1), effort.n(20, 6)):
        rows = leads_of(world)
        counts = np.bincount(rows["rep"][rows["handed_day"] >= 0] - 1, minlength=9)
        widest = max(widest, int(counts.max() - counts.min()))
    return Finding(widest, 1, f"greatest difference {widest}")


@check(
    FLOWS,
    "sources-and-segments",
    "Where inquiries come from and how large their accounts are, against the shares of the scenario",
    "a source or segment were read from the wrong row of its table",
)
def sources(effort: Effort) -> Finding:
    """Multinomial over six sources by three segments, independent."""
    plan = shipped("small", raw_leads_per_rep_day=5.0)
    rules = plan.rules
    source = np.diff(np.asarray(rules["source_up_to"])[: int(rules["n_sources"])], prepend=0.0)
    segment = np.diff(np.asarray(rules["segment_up_to"])[: int(rules["n_segments"])], prepend=0.0)
    counts = np.zeros((len(source), len(segment)))
    for world in runs(plan, effort.n(8, 3)):
        rows = leads_of(world)
        rows = rows[(rows["source"] >= 0) & (rows["source"] < len(source)) & (rows["segment"] >= 0)]
        np.add.at(counts, (rows["source"], rows["segment"]), 1)
    return fits(counts.ravel(), np.outer(source, segment).ravel())
