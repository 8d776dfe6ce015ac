"""From the journal to outcomes: what was seen, per year, per hand-off, per person (docs/odd.md, "Observation").

What does not exist (no win, so no cycle) is NOTHING, a NaN; tables and files show it as empty.
"""

from __future__ import annotations

import math
from typing import Any

from sim.behaviours.arithmetic import NOTHING, log
from sim.behaviours.calendar import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR
from sim.behaviours.kernel import kernel
from sim.behaviours.readings import (
    brand_share,
    funnel_seen,
    is_active,
    is_desk,
    level,
    n_marketers_today,
    n_reps_today,
    orientation_gap,
    programme_cut,
)
from sim.domain.records import World
from sim.domain.vocabulary import (
    AVAILABLE,
    CHURNED,
    CONTACTING,
    COORDINATION,
    CUSTOMER,
    DATA_SHARING,
    DISPUTING,
    FUNNEL_UNITY,
    HANDOFF_CLARITY,
    JOINT_PLANNING,
    MEETINGS,
    PROSPECTING,
    READING,
    REJECTED,
    SELF_FOUND,
    SELLING,
    SERVING,
    SHARED_METRIC_MARKETING,
    SHARED_METRIC_SALES,
    SLA,
    TRAINING,
)

CALENDAR_DAYS_PER_WORKING_DAY = 1.4


@kernel
def write_state(world: World, day: int) -> None:
    """Write the day's levels into the journal, in place."""
    firm, book = world.organization, world.journal[day]
    _write_people(world, day)
    book.persons, book.desks = n_workers(world), n_reps_today(world)
    book.trust, book.familiarity = firm.mean_trust, firm.mean_familiarity
    book.contact, book.contact_quality = firm.contact, firm.contact_quality
    book.brand, book.campaign_effort = firm.brand, firm.campaign_effort
    book.programme_cut, book.brand_share = programme_cut(world), brand_share(world)
    book.orientation_gap, book.funnel_seen = orientation_gap(world), funnel_seen(world)
    accepted, liaisons = 0.0, firm.n_marketers + firm.n_reps
    for row in range(liaisons, liaisons + firm.n_liaisons):
        accepted += 0.5 * (world.people[row].trust_of_marketing + world.people[row].trust_of_sales)
    book.liaison_trust = accepted / max(1, firm.n_liaisons)


@kernel
def _write_people(world: World, day: int) -> None:
    """Write what the day's marketers and reps know, bear and look after into the journal, in place."""
    firm, book = world.organization, world.journal[day]
    words = knowledge = deals = served = 0.0
    n_there = 0
    for row in range(firm.n_marketers):
        person = world.people[row]
        deals += person.open_deals
        if is_active(world, row):
            n_there += 1
            words += person.vocabulary
            knowledge += person.market_knowledge
            served += person.service_level
    book.market_knowledge = knowledge / n_marketers_today(world)
    book.service_level = firm.service_share * (served / n_marketers_today(world))
    _write_reps(world, day, words, deals, n_there)


@kernel
def _write_reps(world: World, day: int, words: float, deals: float, n_there: int) -> None:
    """Write what the day's reps know, bear and look after into the journal, in place.

    Parameters
    ----------
    words, deals, n_there
        Vocabulary, open deals and number of the marketers who are there: the sums go on here.
    """
    firm, book = world.organization, world.journal[day]
    strain = unread = served = known = 0.0
    for row in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        person = world.people[row]
        strain += person.strain
        unread += person.unread
        deals += person.open_deals
        if is_active(world, row):
            n_there += 1
            words += person.vocabulary
        if is_desk(world, row):
            served += person.service_level
            known += person.product_knowledge
            book.customers += person.customers
            book.vacant += 0.0 if is_active(world, row) else 1.0
    n_reps = n_reps_today(world)
    book.vocabulary, book.open_deals = words / n_there, deals
    book.strain, book.unread, book.product_knowledge = strain / n_reps, unread / n_reps, known / n_reps
    book.service_level += (1.0 - firm.service_share) * (served / n_reps)


@kernel
def n_workers(world: World) -> int:
    """Marketers and reps of today's plan; a generalist, who is both, counts once."""
    firm = world.organization
    return firm.n_units * (firm.marketers_today + firm.reps_today - firm.generalists_today)


@kernel
def ratio(above: float, below: float) -> float:
    """A ratio, or NOTHING where there is nothing to divide by."""
    return above / below if below > 0.0 else NOTHING


@kernel
def measure(world: World) -> None:
    """Fill the outcomes of a finished run: totals are per year, states are those of the last day.

    Changes ``world.outcomes`` and the last row of the journal in place.
    """
    n_days, outcomes = world.rules.n_days, world.outcomes
    days = n_days - world.rules.warmup_days
    _sum_up(world)
    total, last = world.journal[n_days], world.journal[n_days - 1]
    _measure_sales(world, outcomes, total, DAYS_PER_YEAR / days)
    _measure_accounts(outcomes, total, last, days)
    _measure_money(outcomes, total, DAYS_PER_YEAR / days)
    _measure_conflict(outcomes, total, days)
    _measure_handoff(outcomes, total, days)
    _measure_state(outcomes, total, last, days)
    _measure_hours(world, outcomes, total, days)
    outcomes.turnover = DAYS_PER_YEAR * ratio(total.leavers, total.desks)
    outcomes.vacancy_share = ratio(total.vacant, total.desks)
    outcomes.hearing_hours = total.manager_hours * DAYS_PER_YEAR / days
    outcomes.hearing_wait = ratio(total.hearing_days, total.hearings)
    outcomes.type_index = type_index(world)
    _measure_cycle(world, outcomes)
    _measure_leads(world, outcomes)
    outcomes.concentration = concentration(world)


@kernel
def _sum_up(world: World) -> None:
    """Sum the days of the window into the last row of the journal, in place."""
    n_days, ledger = world.rules.n_days, world.ledger
    for column in range(ledger.shape[1]):
        ledger[n_days, column] = 0.0
    for day in range(world.rules.warmup_days, n_days):
        for column in range(ledger.shape[1]):
            ledger[n_days, column] += ledger[day, column]


@kernel
def _measure_sales(world: World, outcomes: Any, total: Any, per_year: float) -> None:
    """Outcomes of deals, bookings and cost, in place."""
    lost = total.lost_no_decision + total.lost_competitor + total.lost_said_no + total.lost_neglected
    outcomes.bookings_new = total.bookings * per_year
    outcomes.wins = total.wins * per_year
    outcomes.wins_marketing = total.wins_marketing * per_year
    outcomes.win_rate = ratio(total.wins, total.wins + lost)
    outcomes.no_decision_share = ratio(total.lost_no_decision, lost)
    outcomes.competitor_share = ratio(total.lost_competitor, lost)
    outcomes.said_no_share = ratio(total.lost_said_no, lost)
    outcomes.neglected_share = ratio(total.lost_neglected, lost)
    outcomes.mkt_sourced_share = ratio(total.bookings_marketing, total.bookings)
    outcomes.discount_mean = ratio(total.discounts, total.wins)
    outcomes.quarter_end_share = ratio(total.bookings_quarter_end, total.bookings)
    outcomes.quota_share = ratio(total.quotas_met, total.quotas)
    cost = total.pay + total.programme + total.practice_cost + total.intervention_cost
    outcomes.cost = cost * per_year
    outcomes.intervention_cost = total.intervention_cost
    outcomes.cac = ratio(cost, total.wins)
    outcomes.liaison_visits = total.liaison_visits * per_year
    outcomes.liaison_disputes = total.liaison_disputes * per_year


@kernel
def _measure_accounts(outcomes: Any, total: Any, last: Any, days: int) -> None:
    """Outcomes of customers, service and the second product, in place."""
    per_year = DAYS_PER_YEAR / days
    outcomes.bookings_renewal = total.bookings_renewal * per_year
    outcomes.retention = ratio(total.renewals_won, total.renewals_due)
    outcomes.net_retention = ratio(total.bookings_renewal, total.value_due)
    outcomes.churned = (total.renewals_due - total.renewals_won) * per_year
    outcomes.customers = last.customers
    outcomes.service_level = total.service_level / days
    outcomes.product_knowledge = last.product_knowledge
    outcomes.market_entry_hours = ratio(total.entry_hours, total.entry_wins)


@kernel
def _measure_money(outcomes: Any, total: Any, per_year: float) -> None:
    """Outcomes of money, in place."""
    outcomes.revenue_recognised = total.revenue * per_year
    outcomes.profit = total.profit * per_year
    outcomes.marketing_roi = ratio(total.margin_marketing, total.programme + total.pay_marketing) - 1.0


@kernel
def _measure_conflict(outcomes: Any, total: Any, days: int) -> None:
    """Outcomes of disputes, in place."""
    per_year = DAYS_PER_YEAR / days
    disputes = total.lead_quality_disputes + total.follow_up_disputes + total.credit_disputes + total.price_disputes
    disputes += total.budget_disputes + total.territory_disputes + total.blame_disputes
    months = total.persons / DAYS_PER_MONTH
    outcomes.conflict_per_100 = ratio(100.0 * disputes, total.handed_off)
    outcomes.conflict_per_pm = disputes / months
    outcomes.personal_per_pm = total.personal_disputes / months
    outcomes.functional_share = ratio(disputes - total.personal_disputes, disputes)
    outcomes.lead_quality_disputes = total.lead_quality_disputes * per_year
    outcomes.follow_up_disputes = total.follow_up_disputes * per_year
    outcomes.credit_disputes = total.credit_disputes * per_year
    outcomes.price_disputes = total.price_disputes * per_year
    outcomes.budget_disputes = total.budget_disputes * per_year
    outcomes.territory_disputes = total.territory_disputes * per_year
    outcomes.blame_disputes = total.blame_disputes * per_year


@kernel
def _measure_handoff(outcomes: Any, total: Any, days: int) -> None:
    """Outcomes of leads, follow-up and response, in place; shares are of leads whose time is over."""
    outcomes.leads_in = total.leads_in * DAYS_PER_YEAR / days
    outcomes.handed_off = total.handed_off * DAYS_PER_YEAR / days
    done, novices = total.contacted + total.expired, total.contacted_novices + total.expired_novices
    outcomes.followup_rate = ratio(total.contacted, done)
    outcomes.acceptance_rate = ratio(total.accepted, done)
    outcomes.followup_novice = ratio(total.contacted_novices, novices)
    outcomes.followup_veteran = ratio(total.contacted_veterans, total.contacted_veterans + total.expired_veterans)
    outcomes.response_days = ratio(total.response_days, total.contacted)
    outcomes.response_hours = ratio(total.response_hours, total.contacted)
    outcomes.within_hour = ratio(total.within_hour, total.contacted)
    outcomes.unread_expired = ratio(total.expired_unread, done)
    outcomes.reporting = ratio(total.reports, total.reportable)
    outcomes.collaboration = 0.5 * (outcomes.followup_rate + outcomes.reporting)
    outcomes.mistakes = ratio(total.mistakes, total.decisions)


@kernel
def _measure_state(outcomes: Any, total: Any, last: Any, days: int) -> None:
    """Outcomes that are levels, at the end or as means over days, in place."""
    outcomes.trust = last.trust
    outcomes.familiarity = last.familiarity
    outcomes.vocabulary = last.vocabulary
    outcomes.market_knowledge = last.market_knowledge
    outcomes.brand = last.brand
    outcomes.liaison_trust = last.liaison_trust if last.liaison_trust > 0.0 else NOTHING
    outcomes.strain = total.strain / days
    outcomes.unread = total.unread / days
    outcomes.orientation_gap = total.orientation_gap / days
    outcomes.contact_raw = total.contact / days
    outcomes.contact_quality = total.contact_quality / days
    outcomes.contribution_gap = 1.0 - total.funnel_seen / days


@kernel
def hours_of(world: World, first: int, last: int, use: int) -> float:
    """Hours that people of rows first … last − 1 spent on a use in the window."""
    hours = 0.0
    for row in range(first, last):
        hours += world.people[row].hours[use]
    return hours


@kernel
def _measure_hours(world: World, outcomes: Any, total: Any, days: int) -> None:
    """Outcomes of people's time, in place."""
    reps, everybody = world.organization.n_marketers, world.organization.n_marketers + world.organization.n_reps
    weeks = days / DAYS_PER_WEEK
    coordination, disputes = hours_of(world, 0, everybody, COORDINATION), hours_of(world, 0, everybody, DISPUTING)
    available = hours_of(world, reps, everybody, AVAILABLE)
    prospecting = hours_of(world, reps, everybody, PROSPECTING)
    with_customers = hours_of(world, reps, everybody, CONTACTING) + hours_of(world, reps, everybody, SELLING)
    with_customers += hours_of(world, reps, everybody, SERVING)
    outcomes.service_hours = hours_of(world, 0, everybody, SERVING) / (total.persons / days * weeks)
    outcomes.coordination_hours = coordination / (total.persons / days * weeks)
    outcomes.dispute_hours = disputes / (total.persons / days * weeks)
    outcomes.dispute_contact_share = ratio(disputes, disputes + coordination)
    outcomes.reading_hours = hours_of(world, reps, everybody, READING) / (total.desks / days * weeks)
    outcomes.utilisation = ratio(with_customers + prospecting, available)
    outcomes.prospecting_share = ratio(prospecting, available)


@kernel
def type_index(world: World) -> float:
    """Relationship type that the practices in force amount to: 0 undefined, 1 defined, 2 aligned, 3 integrated.

    Notes
    -----
    rules = (D + min(1, 2 SLA)) / 2; joint = (min(1, meetings / 3) + planning + min(1, training / 3)) / 3;
    shared = (min(1, 2 WM) + min(1, 4 WR) + data + funnel) / 4. Thresholds 0.5, 0.5 and 0.75: assumption after E118.
    """
    rules = 0.5 * (level(world, HANDOFF_CLARITY) + min(1.0, 2.0 * level(world, SLA)))
    joint = min(1.0, level(world, MEETINGS) / 3.0) + level(world, JOINT_PLANNING)
    joint = (joint + min(1.0, level(world, TRAINING) / 3.0)) / 3.0
    shared = min(1.0, 2.0 * level(world, SHARED_METRIC_MARKETING))
    shared += min(1.0, 4.0 * level(world, SHARED_METRIC_SALES))
    shared = 0.25 * (shared + level(world, DATA_SHARING) + level(world, FUNNEL_UNITY))
    if rules < 0.5 and joint < 0.5:
        return 0.0
    if shared >= 0.75:
        return 3.0
    return 2.0 if joint >= 0.5 else 1.0


@kernel
def _measure_cycle(world: World, outcomes: Any) -> None:
    """Median, mean and log spread of the cycle over the window's wins, counted by days."""
    n, total, logs, squares = 0, 0.0, 0.0, 0.0
    for row in range(world.organization.n_leads):
        lead = world.leads[row]
        is_won = lead.state == CUSTOMER or lead.state == CHURNED
        if is_won and lead.closed_day >= world.rules.warmup_days:
            days = float(lead.closed_day - lead.first_day)
            world.calendar[lead.closed_day - lead.first_day].counted += 1
            n += 1
            total += days
            of_log = log(max(0.5, days))
            logs += of_log
            squares += of_log * of_log
    outcomes.cycle_days = CALENDAR_DAYS_PER_WORKING_DAY * median_of_counted(world, n)
    outcomes.cycle_days_mean = outcomes.cycle_log_sd = NOTHING
    if n > 0:
        outcomes.cycle_days_mean = CALENDAR_DAYS_PER_WORKING_DAY * total / n
        outcomes.cycle_log_sd = math.sqrt(max(0.0, squares / n - (logs / n) * (logs / n)))


@kernel
def _measure_leads(world: World, outcomes: Any) -> None:
    """Median response over the window's first contacts, and mean message of the deals opened then, in place."""
    n, deals, told = 0, 0, 0.0
    for row in range(world.organization.n_leads):
        lead = world.leads[row]
        if lead.first_day >= world.rules.warmup_days:
            if lead.source != SELF_FOUND and lead.is_qualified == 0:
                world.calendar[lead.first_day - lead.handed_day].counted += 1
                n += 1
            if lead.state != REJECTED:
                deals += 1
                told += lead.message
    outcomes.response_median = median_of_counted(world, n)
    outcomes.message = ratio(told, deals)


@kernel
def median_of_counted(world: World, n: int) -> float:
    """Median of n numbers of days, counted in the calendar, which is cleared; NOTHING where there is none."""
    seen, low, high = 0, -1, -1
    for days in range(world.calendar.shape[0]):
        seen += world.calendar[days].counted
        world.calendar[days].counted = 0
        if low < 0 and seen > (n - 1) // 2:
            low = days
        if high < 0 and seen > n // 2:
            high = days
    return 0.5 * (low + high) if n > 0 else NOTHING


@kernel
def concentration(world: World) -> float:
    """Share of the customers' yearly value that lies with the largest tenth of them, rounded up; sorted on the desk."""
    n, total, largest = 0, 0.0, 0.0
    for row in range(world.organization.n_leads):
        if world.leads[row].state == CUSTOMER:
            world.desk[n].value = world.leads[row].value
            total += world.leads[row].value
            n += 1
    n_largest = (n + 9) // 10
    sort_largest(world, n, n_largest)
    for row in range(n - n_largest, n):
        largest += world.desk[row].value
    return ratio(largest, total)


@kernel
def sort_largest(world: World, n: int, n_largest: int) -> None:
    """Put the largest of the first n values of the desk behind the others, ascending, in place (heapsort)."""
    for start in range(n // 2 - 1, -1, -1):
        _sift(world, start, n)
    for end in range(n - 1, n - 1 - n_largest, -1):
        world.desk[0].value, world.desk[end].value = world.desk[end].value, world.desk[0].value
        _sift(world, 0, end)


@kernel
def _sift(world: World, start: int, end: int) -> None:
    """Let the value at the top of a heap sink to its place (desk, rows start … end − 1), in place."""
    root = start
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and world.desk[child].value < world.desk[child + 1].value:
            child += 1
        if world.desk[root].value >= world.desk[child].value:
            return
        world.desk[root].value, world.desk[child].value = world.desk[child].value, world.desk[root].value
        root = child
