"""Disputes: a cause opens one unless a rule, an acquaintance or a superior has settled who is right.

A dispute costs both sides hours. It stays about the matter (functional), and something is learnt; or it turns
personal, and burns trust and care (E27, E31–E33). See docs/odd.md, "Disputes".
"""

from __future__ import annotations

from sim.behaviours.kernel import kernel
from sim.behaviours.keys import quarter_key
from sim.behaviours.luck import happens, pick
from sim.behaviours.readings import (
    clarity,
    familiarity_between,
    is_active,
    is_same_person,
    level,
    manager_of,
    n_reps_today,
    orientation_gap,
    pair_row,
    rep_row,
    trust_between,
)
from sim.domain.records import World
from sim.domain.vocabulary import (
    BLAME,
    BUDGET,
    CREDIT,
    DRAW_DISPUTE,
    DRAW_ESCALATED,
    DRAW_FUNCTIONAL,
    DRAW_PAIR_MARKETER,
    DRAW_PAIR_REP,
    EXECUTIVE_SUPPORT,
    FOLLOW_UP,
    FUNNEL_UNITY,
    JOINT_PLANNING,
    LEAD_QUALITY,
    PRICE,
    PRICE_AUTHORITY,
    SHARED_METRIC_MARKETING,
    SHARED_METRIC_SALES,
    TERRITORY,
)

NORMAL_ORIENTATION_GAP = 0.6
RULED_BY_CLARITY = 2


@kernel
def gamma_of(world: World, kind: int) -> float:
    """Chance that a cause of this kind starts a dispute among strangers without rule or backing."""
    rules = world.rules
    if kind == LEAD_QUALITY:
        return rules.gamma_lead_quality
    if kind == FOLLOW_UP:
        return rules.gamma_follow_up
    if kind == CREDIT:
        return rules.gamma_credit
    if kind == PRICE:
        return rules.gamma_price
    if kind == BUDGET:
        return rules.gamma_budget
    if kind == TERRITORY:
        return rules.gamma_territory
    return rules.gamma_blame


@kernel
def rule_for(world: World, kind: int) -> float:
    """How far a formal rule answers the question behind a kind of dispute, 0–1."""
    if kind <= RULED_BY_CLARITY:
        return clarity(world)
    if kind == PRICE:
        return level(world, PRICE_AUTHORITY)
    if kind == BUDGET:
        return level(world, JOINT_PLANNING)
    if kind == TERRITORY:
        return 1.0 - (1.0 - clarity(world)) * (1.0 - 0.5 * level(world, JOINT_PLANNING))
    return level(world, FUNNEL_UNITY)


@kernel
def dispute_chance(world: World, kind: int, marketer: int, rep: int, exposure: float) -> float:
    """Chance that a cause turns into a dispute.

    Notes
    -----
    γ · exposure · (1 − 0.85 rule) · (1 − ω familiarity) · (1 − ζ backing) · (0.5 + 0.5 δ / 0.6), and, where shared
    rewards are held to calm, · (1 − g (WM + WR) / 2). Assumption: nobody has settled it by rule, by acquaintance, by
    authority (E24) or by a common horizon. No public data record conflict: the γ are assumptions.
    """
    rules = world.rules
    strangers = 1.0 - rules.informal_substitution * familiarity_between(world, marketer, rep)
    left_open = (1.0 - rules.rule_settles * rule_for(world, kind)) * strangers
    left_open *= 1.0 - rules.authority_settles * level(world, EXECUTIVE_SUPPORT)
    shared = 0.5 * (level(world, SHARED_METRIC_MARKETING) + level(world, SHARED_METRIC_SALES))
    left_open *= 1.0 - rules.reward_calms * shared
    horizons = 1.0 + rules.orientation_disputes * (orientation_gap(world) / NORMAL_ORIENTATION_GAP - 1.0)
    return gamma_of(world, kind) * exposure * left_open * horizons


@kernel
def provoke(world: World, day: int, kind: int, marketer: int, rep: int, lead: int, key: int, exposure: float) -> None:
    """Put a cause before a pair: it may open a dispute, settled at once, paid for later in hours.

    Parameters
    ----------
    kind : int
        See DISPUTES.
    marketer, rep : int
        Rows of ``world.people``; a generalist does not quarrel with himself, nor anybody with an empty desk.
    lead : int
        Row that caused it, −1 = none.
    key : int
        Whose luck decides.
    exposure : float
        How much is at stake, usually 1 − trust.
    """
    if is_same_person(world, marketer, rep) or not is_active(world, rep):
        return
    if happens(world, key, DRAW_DISPUTE, kind, dispute_chance(world, kind, marketer, rep, exposure)):
        _dispute(world, day, kind, marketer, rep, lead, key)


@kernel
def _dispute(world: World, day: int, kind: int, marketer: int, rep: int, lead: int, key: int) -> None:
    """A pair fall into a dispute: a liaison may hear it, it stays about the matter or turns personal. In place."""
    _count_dispute(world, day, kind)
    liaison = find_liaison(world)
    is_heard = liaison >= 0
    if is_heard:
        _hear(world, liaison, day)
    stays = functional_chance(world, marketer, rep, liaison)
    row = _write_incident(world, day, kind, marketer, rep, lead, is_heard)
    if happens(world, key, DRAW_FUNCTIONAL, kind, stays):
        world.incidents[row].hours = _argue_out(world, marketer, rep)
    else:
        is_escalated = happens(world, key, DRAW_ESCALATED, kind, escalation_chance(world))
        world.incidents[row].hours = _fall_out(world, day, marketer, rep, is_escalated)
        world.incidents[row].is_personal = 1
        if is_escalated:
            _escalate(world, row)


@kernel
def find_liaison(world: World) -> int:
    """Row of a liaison who has hours for a dispute and whom both sides accept, or −1."""
    firm, rules = world.organization, world.rules
    first = firm.n_marketers + firm.n_reps
    for row in range(first, first + firm.n_liaisons):
        liaison = world.people[row]
        if liaison.post > 0.0 and liaison.hearing_hours >= rules.liaison_hearing_hours:
            if min(liaison.trust_of_marketing, liaison.trust_of_sales) >= rules.liaison_bypass:
                return row
    return -1


@kernel
def _hear(world: World, liaison: int, day: int) -> None:
    """A liaison takes hours for a dispute. Changes people and journal in place."""
    person, rules = world.people[liaison], world.rules
    person.hearing_hours -= rules.liaison_hearing_hours
    person.dispute_hours_owed += rules.liaison_hearing_hours
    world.journal[day].liaison_disputes += 1.0


@kernel
def functional_chance(world: World, marketer: int, rep: int, liaison: int) -> float:
    """Chance that a dispute stays about the matter: trust, acquaintance and backing help, so does a liaison."""
    rules = world.rules
    personal = (1.0 - rules.functional_base) * (1.0 - trust_between(world, marketer, rep))
    personal *= 1.0 - rules.informal_substitution * familiarity_between(world, marketer, rep)
    personal *= 1.0 - rules.authority_settles * level(world, EXECUTIVE_SUPPORT)
    if liaison >= 0:
        person = world.people[liaison]
        personal *= 1.0 - rules.liaison_settles * min(person.trust_of_marketing, person.trust_of_sales)
    return 1.0 - personal


@kernel
def _argue_out(world: World, marketer: int, rep: int) -> float:
    """A dispute about the matter: trust gains, both learn words, marketing learns the market; returns its hours."""
    rules, one, other = world.rules, world.people[marketer], world.people[rep]
    pair = world.pairs[pair_row(world, marketer, rep)]
    pair.trust += rules.trust_functional * (1.0 - pair.trust)
    one.vocabulary += rules.argued_out * (1.0 - one.vocabulary)
    other.vocabulary += rules.argued_out * (1.0 - other.vocabulary)
    one.market_knowledge += rules.argued_out * (1.0 - one.market_knowledge)
    one.dispute_hours_owed += rules.functional_hours
    other.dispute_hours_owed += rules.functional_hours
    return rules.functional_hours


@kernel
def _fall_out(world: World, day: int, marketer: int, rep: int, is_escalated: bool) -> float:
    """A personal dispute: trust and care are burnt, managers may be called; returns its hours."""
    rules, one, other = world.rules, world.people[marketer], world.people[rep]
    pair, book = world.pairs[pair_row(world, marketer, rep)], world.journal[day]
    pair.trust *= 1.0 - rules.trust_personal
    one.strain += rules.strain_added * (1.0 - one.strain)
    other.strain += rules.strain_added * (1.0 - other.strain)
    other.personal_disputes += 1
    book.personal_disputes += 1.0
    hours = rules.personal_hours
    if is_escalated:
        hours += rules.escalated_hours
        book.escalated_disputes += 1.0
    one.dispute_hours_owed += hours
    other.dispute_hours_owed += hours
    return hours


@kernel
def _escalate(world: World, row: int) -> None:
    """A dispute goes up: the rep's manager is to hear it after those before. Changes incidents and people in place."""
    incident = world.incidents[row]
    incident.is_escalated = 1
    incident.manager = manager_of(world, incident.rep)
    if incident.manager >= 0:
        manager = world.people[incident.manager]
        if manager.hearing_head < 0:
            manager.hearing_head = row
        else:
            world.incidents[manager.hearing_tail].next_hearing = row
        manager.hearing_tail = row
    world.people[incident.marketer].open_hearings += 1
    world.people[incident.rep].open_hearings += 1


@kernel
def _count_dispute(world: World, day: int, kind: int) -> None:
    """Count a dispute by its kind in the journal, in place."""
    book = world.journal[day]
    if kind == LEAD_QUALITY:
        book.lead_quality_disputes += 1.0
    elif kind == FOLLOW_UP:
        book.follow_up_disputes += 1.0
    elif kind == CREDIT:
        book.credit_disputes += 1.0
    elif kind == PRICE:
        book.price_disputes += 1.0
    elif kind == BUDGET:
        book.budget_disputes += 1.0
    elif kind == TERRITORY:
        book.territory_disputes += 1.0
    else:
        book.blame_disputes += 1.0


@kernel
def escalation_chance(world: World) -> float:
    """Chance that a personal dispute goes up to a manager, if there is one; clear hand-off rules keep it down."""
    rules = world.rules
    if world.organization.managers_today == 0:
        return 0.0
    return rules.escalation_chance * (1.0 - rules.escalation_clarity * clarity(world))


@kernel
def _write_incident(world: World, day: int, kind: int, marketer: int, rep: int, lead: int, is_heard: bool) -> int:
    """Write a row of incidents and return it; hours and turn are filled in later."""
    firm = world.organization
    row = firm.n_incidents
    incident = world.incidents[row]
    firm.n_incidents += 1
    incident.day = day
    incident.kind = kind
    incident.marketer = marketer
    incident.rep = rep
    incident.lead = lead
    incident.hours = 0.0
    incident.is_heard = 1 if is_heard else 0
    incident.is_personal = incident.is_escalated = 0
    incident.manager = incident.next_hearing = incident.heard_day = -1
    incident.manager_hours = 0.0
    return row


@kernel
def quarter_pairs(world: World, kind: int) -> int:
    """Pairs of a unit that a quarter's end tests: an eighth of all people over budget, half the reps over blame."""
    firm = world.organization
    if kind == BUDGET:
        return max(1, (firm.marketers_today + firm.reps_today + firm.managers_today - firm.generalists_today) // 8)
    return max(1, firm.reps_today // 2)


@kernel
def close_quarter(world: World, day: int) -> None:
    """Judge quotas, then let budget and missed targets be argued over. Changes people, incidents, journal in place."""
    firm, rules, book = world.organization, world.rules, world.journal[day]
    miss = max(0.0, 1.0 - firm.bookings_this_quarter / (n_reps_today(world) * rules.quota))
    for kind in (BUDGET, BLAME):
        for unit in range(firm.n_units):
            for index in range(quarter_pairs(world, kind)):
                _test_pair(world, day, kind, unit, index, miss)
    for row in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        if is_active(world, row):
            book.quotas += 1.0
            book.quotas_met += 1.0 if world.people[row].bookings_this_quarter >= rules.quota else 0.0
        world.people[row].bookings_this_quarter = 0.0
    firm.handed_this_quarter = firm.leads_this_quarter = firm.bookings_this_quarter = 0.0


@kernel
def _test_pair(world: World, day: int, kind: int, unit: int, index: int, miss: float) -> None:
    """Put a random pair of a unit to the test at a quarter's end; a rep near his quota is not blamed. Changes in place.

    Parameters
    ----------
    miss : float
        Share of the quota of all that was missed.
    """
    firm = world.organization
    key = quarter_key(day, kind, unit, index)
    marketer = unit * firm.unit_marketers + pick(world, key, DRAW_PAIR_MARKETER, 0, firm.marketers_today)
    rep = rep_row(world, unit, pick(world, key, DRAW_PAIR_REP, 0, firm.reps_today))
    stake = 1.0 - trust_between(world, marketer, rep)
    if kind == BUDGET:
        provoke(world, day, BUDGET, marketer, rep, -1, key, (0.4 + min(1.0, 2.0 * miss)) * stake)
    elif world.people[rep].bookings_this_quarter < 0.9 * world.rules.quota:
        provoke(world, day, BLAME, marketer, rep, -1, key, stake)
