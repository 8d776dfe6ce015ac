"""Waiting lines of the model against queueing theory (the formulas and why they hold: docs/verification-theory.md)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.domain.vocabulary import (
    CUSTOMER,
    HANDED,
    SELLING,
)
from verification import theory
from verification.checks import QUEUES, Effort, Finding, Picture, check, fits, near, none_of, ratio_near
from verification.firms import POISSON, SURE, course, runs, shipped, still

#: Days of a run that are left out, while the queue fills.
FILLING = 500
#: A rep's queue: as many touches a day, each decides with a chance, so many deals a day.
SERVERS, DECIDES, DEALS = 5, 0.02, 0.06


def logit(chance: float) -> float:
    """Log-odds of a chance."""
    return float(np.log(chance / (1.0 - chance)))


# --- the marketer's queue: one lead takes a day, or a third of one ----------------------------------------------


def marketers_queue(rate: float, per_day: int = 1, shape: float = POISSON, n_days: int = 3000) -> Any:
    """One marketer who judges so many leads a day, first come, first served; sales takes no time."""
    hours = {"marketer_hours": 1.0, "score_hours": 1.0 / per_day - 1e-9, "rep_hours": 12.0}
    gone = {"decide_discovery": SURE, "yes_discovery": -SURE, "discovery_hours": 1e-9}
    return still(n_days, raw_leads_per_rep_day=rate, day_noise_shape=shape, **hours, **gone)


def waits(world: Any, n_days: int = 3000) -> Any:
    """Days that leads of the middle of a run waited in the marketer's queue; 0: judged as they joined it."""
    leads = leads_of(world)
    middle = leads[(leads["born_day"] >= FILLING) & (leads["born_day"] < n_days - FILLING)]
    return middle["handed_day"] - middle["born_day"] - 1


@cache
def _queue(rate: float, per_day: int, shape: float, n: int) -> tuple[Any, Any, Any]:
    """By run: days waited, leads, and days on whose evening nobody waited."""
    waited, n_leads, empty = [], [], []
    for world in runs(marketers_queue(rate, per_day, shape), n):
        days = waits(world)
        leads = leads_of(world)
        joined, left = leads["born_day"] + 1, np.where(leads["handed_day"] < 0, 3000, leads["handed_day"])
        change = np.bincount(joined, minlength=3001)[:3001] - np.bincount(left, minlength=3001)[:3001]
        waited.append(days.sum())
        n_leads.append(len(days))
        empty.append((np.cumsum(change)[FILLING:-FILLING] == 0).mean())
    return np.array(waited), np.array(n_leads), np.array(empty)


@check(
    QUEUES,
    "marketers-queue-mean-wait",
    "Mean wait for a marketer who judges one lead a day, Poisson arrivals, load 0.7: Pollaczek–Khinchine for M/D/1",
    "a lead in the queue were passed over, judged twice, or the day's capacity were lost or carried over",
)
def marketers_wait(effort: Effort) -> Finding:
    """M/D/1."""
    rate, n = 0.7, effort.n(1000, 200)
    waited, leads, _ = _queue(rate, 1, POISSON, n)
    expected = (theory.in_slots(rate, rate + rate * rate / POISSON) - rate) / rate
    return ratio_near(waited, leads, expected)


@check(
    QUEUES,
    "marketers-queue-empty",
    "Share of evenings on which nobody waits: (1 − a) / P(no arrival), from the generating function of M/D/1",
    "the queue emptied too early or too late, though its mean were right",
)
def marketers_empty(effort: Effort) -> Finding:
    """P(Q = 0) = P(N ≤ 1)."""
    rate, n = 0.7, effort.n(1000, 200)
    none = float(theory.batches(rate, POISSON, 0)[0])
    return near(_queue(rate, 1, POISSON, n)[2], (1.0 - rate) / none)


@check(
    QUEUES,
    "marketers-queue-batches",
    "Mean wait when inquiries come in heaps (variance of a day three times its mean): batch Pollaczek–Khinchine",
    "the over-dispersion of a day's inquiries did not reach the queue",
)
def batch_wait(effort: Effort) -> Finding:
    """Negative-binomial batches, one server."""
    rate, shape, n = 0.6, 0.3, effort.n(1000, 250)
    waited, leads, _ = _queue(rate, 1, shape, n)
    return ratio_near(waited, leads, (theory.in_slots(rate, rate + rate * rate / shape) - rate) / rate)


@check(
    QUEUES,
    "marketers-queue-three-a-day",
    "Mean wait for a marketer who judges three leads a day, load 0.8: Crommelin's M/D/3, its chain solved",
    "a marketer judged one lead more or fewer a day than his hours allow",
)
def three_a_day(effort: Effort) -> Finding:
    """M/D/c."""
    rate, n = 2.4, effort.n(400, 80)
    law = theory.law_of_slots(theory.batches(rate, POISSON, 40), 3)
    waited, leads, _ = _queue(rate, 3, POISSON, n)
    return ratio_near(waited, leads, float(law @ np.arange(len(law))) / rate)


@check(
    QUEUES,
    "overloaded-queue-grows",
    "Leads waiting in the end where half as many more come than are judged: 0.5 a day, times the days",
    "an overloaded queue lost leads or judged more than the hours allow",
)
def overloaded(effort: Effort) -> Finding:
    """Q grows by a − 1 a day."""
    rate, n_days, grown = 1.5, 1000, []
    for world in runs(marketers_queue(rate, n_days=n_days), effort.n(400, 100)):
        leads = leads_of(world)
        grown.append(((leads["handed_day"] < 0) & (leads["born_day"] < n_days - 1)).sum() / (n_days - 1))
    # The first lead can be judged on the first day after it came, and the first days may pass without one.
    return near(grown, rate - 1.0, allowed=2.0 / n_days)


@check(
    QUEUES,
    "first-come-first-served",
    "Order in which a marketer judges leads against the order in which they joined his queue",
    "a lead overtook another one in a marketer's queue",
    error_rate=0.0,
)
def in_order(effort: Effort) -> Finding:
    """Exact, in a queue that is seldom empty."""
    wrong = n = 0
    for world in runs(marketers_queue(0.95, shape=1.0), effort.n(100, 30)):
        leads = leads_of(world)
        leads = leads[leads["handed_day"] >= 0]
        latest_before = np.maximum.accumulate(leads["handed_day"])  # rows stand in the order of their arrival
        last_of_day = np.searchsorted(leads["born_day"], leads["born_day"]) - 1
        wrong += int(((leads["handed_day"] < latest_before[last_of_day]) & (last_of_day >= 0)).sum())
        n += len(leads)
    return none_of(wrong, n, "leads were judged before one that had come earlier")


# --- the rep's desk ---------------------------------------------------------------------------------------------


def desk(rate: float, touches: int, decides: float, n_days: int) -> Any:
    """One rep whose hours suffice for so many touches a day; each deal is due every day until one decides it."""
    hours = {"rep_hours": touches + 0.5, "discovery_hours": 1.0}
    ends = {"decide_discovery": logit(decides), "yes_discovery": -SURE}
    return still(n_days, raw_leads_per_rep_day=rate, **hours, **ends)


@cache
def _desk(rate: float, touches: int, decides: float, n: int, n_days: int) -> Any:
    """By run: mean open deals, share of evenings with at least as many as touches, hours of selling a day."""
    found = []
    for world in runs(desk(rate, touches, decides, n_days), n):
        deals = course(world, "open_deals")[2 * FILLING :]
        found.append((deals.mean(), (deals >= touches).mean(), world.people["hours"][1, SELLING] / n_days))
    return np.array(found).T


@check(
    QUEUES,
    "desk-of-one-mean",
    "Mean open deals of a rep who makes one touch a day, each deciding with chance 0.25: M/M/1 by days",
    "a touch were lost, made twice, or made on a deal that is not due",
)
def desk_of_one(effort: Effort) -> Finding:
    """(E A² − 2 a² + a) / (2 (p − a))."""
    rate, chance = 0.15, 0.25
    expected = theory.in_geometric(rate, rate + rate * rate / POISSON, chance)
    return near(_desk(rate, 1, chance, effort.n(200, 50), 6000)[0], expected)


@check(
    QUEUES,
    "desk-of-one-law",
    "Number of open deals on the last evening of independent runs: the stationary law of M/M/1 by days",
    "the number of deals had the right mean but another spread",
)
def desk_law(effort: Effort) -> Finding:
    """Chi-square on snapshots."""
    rate, chance, most = 0.15, 0.25, 12
    law = theory.law_of_servers(theory.batches(rate, POISSON, 8), 1, chance)
    seen = [int(course(world, "open_deals")[-1]) for world in runs(desk(rate, 1, chance, 400), effort.n(4000, 1500))]
    counts = np.bincount(np.minimum(seen, most), minlength=most + 1)
    shares = np.append(law[:most], law[most:].sum())
    picture = Picture(range(most + 1), counts / len(seen), shares, "open deals in the evening", "share of runs")
    return fits(counts, shares, picture=picture)


@check(
    QUEUES,
    "erlang-c-all-busy",
    "Share of evenings with all of five touches taken, mean service 50 days, load 0.6: Erlang C",
    "hours of a rep were shared otherwise than one touch for each deal while hours last",
)
def all_busy(effort: Effort) -> Finding:
    """Erlang C; what days instead of hours change is computed and allowed."""
    exact, limit = _exact_erlang(), theory.erlang_c(SERVERS, DEALS / DECIDES)
    busy = _desk(DEALS, SERVERS, DECIDES, effort.n(120, 30), 20_000)[1]
    return near(busy, limit, allowed=abs(float(exact[SERVERS:].sum()) - limit))


@check(
    QUEUES,
    "erlang-c-mean",
    "Mean open deals of the same rep: Erlang's formula for M/M/5",
    "waiting deals were served by others than the first free touch",
)
def erlang_mean(effort: Effort) -> Finding:
    """M/M/5."""
    exact, limit = _exact_erlang(), theory.erlang_mean(SERVERS, DEALS / DECIDES)
    number = _desk(DEALS, SERVERS, DECIDES, effort.n(120, 30), 20_000)[0]
    return near(number, limit, allowed=abs(float(exact @ np.arange(len(exact))) - limit))


@cache
def _exact_erlang() -> Any:
    return theory.law_of_servers(theory.batches(DEALS, POISSON, 6), SERVERS, DECIDES, 120)


@check(
    QUEUES,
    "utilisation",
    "Hours of selling a day of that rep: deals a day times touches per deal (utilisation law)",
    "hours were booked that were not worked, or worked that were not booked",
)
def utilisation(effort: Effort) -> Finding:
    """U = a / p, in hours of one touch each."""
    n_days = 20_000
    hours = _desk(DEALS, SERVERS, DECIDES, effort.n(120, 30), n_days)[2]
    return near(hours, DEALS / DECIDES, allowed=2.0 * DEALS / DECIDES / DECIDES / n_days)


@check(
    QUEUES,
    "three-stages-one-rep",
    "Mean open deals where each passes three stages, one rep, load 0.6: Pollaczek–Khinchine for M/E₃/1",
    "a deal between two stages lost its place, or its next touch came a day late",
)
def three_stages(effort: Effort) -> Finding:
    """Erlang service; a deal past its first stage comes first and its touches take hardly any hours."""
    rate, chance = 0.02, 0.1
    limit = theory.in_system(3.0 * rate / chance, 1.0 / 3.0)
    exact = theory.mean_of_stages(theory.batches(rate, POISSON, 4), 3, chance)
    hours = {"rep_hours": 1.04, "discovery_hours": 1.0, "proposal_hours": 0.05, "negotiation_hours": 0.05}
    decides = {f"decide_{stage}": logit(chance) for stage in ("discovery", "proposal", "negotiation")}
    answers = {"yes_discovery": SURE, "yes_proposal": SURE, "yes_negotiation": -SURE}
    plan = still(20_000, raw_leads_per_rep_day=rate, **hours, **decides, **answers)
    means = [course(world, "open_deals")[2 * FILLING :].mean() for world in runs(plan, effort.n(120, 40))]
    return near(means, limit, allowed=abs(exact - limit))


# --- no queue at all: time is plenty ----------------------------------------------------------------------------


def plenty(rate: float, tempo_sd: float, n_days: int) -> Any:
    """A rep with any number of hours: deals wait for their buyers only."""
    hours = {"rep_hours": 1e6, "gap_days": 9.0, "tempo_sd": tempo_sd}
    return still(n_days, raw_leads_per_rep_day=rate, decide_discovery=logit(0.3), yes_discovery=-SURE, **hours)


def mean_gap(tempo_sd: float) -> float:
    """Mean days between two touches: 9 · e^(sd N), rounded to whole days."""
    from scipy.stats import norm

    days = np.arange(1, 4000)
    return float(norm.sf(np.log((days - 0.5) / 9.0) / tempo_sd).sum())


@check(
    QUEUES,
    "pipeline-without-queue",
    "Open deals on the last evening, hours without limit, tempo of buyers lognormal: Poisson law of M/G/∞",
    "deals waited for anything but their buyer, or two deals of one firm were not independent",
)
def poisson_pipeline(effort: Effort) -> Finding:
    """Mean a · E S, and the law is that of Poisson whatever the law of S."""
    return fits(*_snapshots(0.4, effort))


@check(
    QUEUES,
    "pipeline-insensitive",
    "The same with buyers whose tempo spreads three times as widely at the same mean gap: the same Poisson law",
    "the number of open deals depended on more than the mean time that a deal takes",
)
def insensitive(effort: Effort) -> Finding:
    """The insensitivity of M/G/∞."""
    return fits(*_snapshots(1.2, effort, 4000))


def _snapshots(tempo_sd: float, effort: Effort, n_days: int = 900) -> tuple[Any, Any, str, Picture]:
    from scipy.stats import poisson

    gap = mean_gap(tempo_sd)
    mean, most = 8.0, 24
    plan = plenty(mean * 0.3 / gap, tempo_sd, n_days)
    seen = [int(course(world, "open_deals")[-1]) for world in runs(plan, effort.n(2000, 500))]
    counts = np.bincount(np.minimum(seen, most), minlength=most + 1)
    shares = np.append(poisson.pmf(np.arange(most), mean), poisson.sf(most - 1, mean))
    picture = Picture(range(most + 1), counts / len(seen), shares, "open deals in the evening", "share of runs")
    return counts, shares, f"mean {np.mean(seen):.2f} against {mean:.2f}", picture


# --- the inbox and the hearings ---------------------------------------------------------------------------------


@check(
    QUEUES,
    "inbox-unread",
    "Mean unread leads of a rep who opens the inbox with chance 0.2 a day and then reads all: a (1 − q) / q",
    "an unread lead were counted twice, lost, or read on a day when the inbox stays closed",
)
def unread(effort: Effort) -> Finding:
    """A queue that is emptied at random (geometric clearing)."""
    rate, opens = 0.8, 0.2
    plan = still(4000, raw_leads_per_rep_day=rate, inbox_min=opens, inbox_max=opens, rep_hours=1e6, yes_discovery=-SURE)
    means = [course(world, "unread")[FILLING:].mean() for world in runs(plan, effort.n(150, 40))]
    return near(means, rate * (1.0 - opens) / opens)


def hearings(rate: float, n_days: int) -> Any:
    """Every lead that is accepted makes a dispute that goes up, and a manager hears one a day."""
    quarrel = {"gamma_territory": 1.0, "trust_start": 0.0, "trust_accepted": 0.0, "functional_base": 0.0}
    always = {"rule_settles": 0.0, "authority_settles": 0.0, "orientation_disputes": 0.0, "escalation_chance": 1.0}
    hours = {"manager_hours": 1.0, "manager_day_hours": 1.0, "hearing_share": 1.0, "rep_hours": 1e6}
    gone = {"decide_discovery": SURE, "yes_discovery": -SURE}
    return still(n_days, managers=1, raw_leads_per_rep_day=rate, **quarrel, **always, **hours, **gone)


@check(
    QUEUES,
    "hearings-mean-wait",
    "Days from a dispute that went up to the end of its hearing, one a day, load 0.75: M/D/1 plus the night",
    "a manager's hearing lost hours between two days, or heard a dispute before it arose",
)
def hearing_wait(effort: Effort) -> Finding:
    """1 + a / (2 (1 − a)): heard from the next day on."""
    rate, days, n = 0.75, [], []
    for world in runs(hearings(rate, 3000), effort.n(600, 120)):
        rows = np.asarray(world.incidents[: world.organization.n_incidents])
        rows = rows[(rows["day"] >= FILLING) & (rows["day"] < 2500)]
        days.append((rows["heard_day"] - rows["day"]).sum())
        n.append(len(rows))
    return ratio_near(days, n, theory.in_slots(rate, rate + rate * rate / POISSON) / rate)


# --- Little's law -----------------------------------------------------------------------------------------------


@check(
    QUEUES,
    "little-open-deals",
    "Open deals summed over all evenings of a shipped firm against the days that its deals were open (Little, exact)",
    "the counter of open deals and the rows of deals told different stories on any evening",
    error_rate=0.0,
)
def little_deals(effort: Effort) -> Finding:
    """Σ L(day) = Σ W(deal), edges cut alike."""
    wrong = total = 0.0
    for world in runs(shipped("mid"), effort.n(20, 5)):
        leads, end = leads_of(world), int(world.rules.n_days)
        opened = leads[(leads["first_day"] >= 0) & _was_deal(leads)]
        closed = np.where(opened["closed_day"] < 0, end, opened["closed_day"])
        days = float((closed - opened["first_day"]).sum())
        wrong += abs(course(world, "open_deals").sum() - days)
        total += days
    return Finding(wrong, 0.0, f"{wrong:g} of {total:,.0f} deal-days differ")


def _was_deal(leads: Any) -> Any:
    """Rows that ever were a deal: those that did not end before."""
    from sim.domain.vocabulary import ARCHIVED, EXPIRED, INSTALLED_CUSTOMER, RAW, REJECTED

    before = (RAW, HANDED, ARCHIVED, EXPIRED, REJECTED)
    return ~np.isin(leads["state"], before) & (leads["source"] != INSTALLED_CUSTOMER)


@check(
    QUEUES,
    "little-pipeline-law",
    "L = λ W on a firm that stands still: mean open deals against deals a day times mean days open",
    "time in the pipeline, the flow into it and what is in it did not belong together",
)
def little_law(effort: Effort) -> Finding:
    """Little's law on a long window; what lies over its edges is small and allowed."""
    plan = plenty(0.5, 0.7, 6000)
    ratios = []
    for world in runs(plan, effort.n(100, 30)):
        leads = leads_of(world)
        inside = leads[(leads["first_day"] >= 1000) & (leads["first_day"] < 5000) & (leads["closed_day"] >= 0)]
        flow, stay = len(inside) / 4000.0, (inside["closed_day"] - inside["first_day"]).mean()
        ratios.append(course(world, "open_deals")[1000:5000].mean() / (flow * stay))
    return near(ratios, 1.0, allowed=0.002)


@check(
    QUEUES,
    "little-hearings",
    "Days of waiting for hearings in the journal against those of the rows of disputes, in a shipped firm (exact)",
    "the journal counted a hearing that the disputes do not know",
    error_rate=0.0,
)
def little_hearings(effort: Effort) -> Finding:
    """Two ways to the same sum."""
    wrong = total = 0.0
    for world in runs(shipped("mid"), effort.n(20, 5)):
        rows = np.asarray(world.incidents[: world.organization.n_incidents])
        heard = rows[rows["heard_day"] >= 0]
        days = float((heard["heard_day"] - heard["day"]).sum())
        wrong += abs(course(world, "hearing_days").sum() - days)
        total += days
    return Finding(wrong, 0.0, f"{wrong:g} of {total:,.0f} days of waiting differ")


@check(
    QUEUES,
    "little-customers",
    "Customers summed over all evenings of a shipped firm against the days for which each was one (exact)",
    "a customer were counted before the win, after leaving, or twice",
    error_rate=0.0,
)
def little_customers(effort: Effort) -> Finding:
    """Σ L(day) = Σ W(customer)."""
    wrong = total = 0.0
    for world in runs(shipped("mid"), effort.n(20, 5)):
        leads, end = leads_of(world), int(world.rules.n_days)
        rows = leads[(leads["state"] == CUSTOMER) | (leads["churned_day"] >= 0)]
        last = np.where(rows["churned_day"] < 0, end, rows["churned_day"])
        days = float((last - np.maximum(0, rows["customer_since"])).sum())
        wrong += abs(course(world, "customers").sum() - days)
        total += days
    return Finding(wrong, 0.0, f"{wrong:g} of {total:,.0f} customer-days differ")
