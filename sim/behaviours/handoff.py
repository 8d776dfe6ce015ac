"""From marketing to sales: assignment, the inbox as a queue, the will to work a lead, second look, expiry, contact.

A lead costs attention: it waits in an inbox, is read in a person's hours, or lapses (docs/odd.md, "Hand-off").
"""

from __future__ import annotations

from sim.behaviours.arithmetic import exp, log, logistic
from sim.behaviours.assignment import assign_lead, tell
from sim.behaviours.calendar import DAYS_PER_YEAR, put_review
from sim.behaviours.conflict import provoke
from sim.behaviours.contact import gain_trust, lose_trust
from sim.behaviours.feedback import report_back
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens, normal, pick
from sim.behaviours.people import spend
from sim.behaviours.readings import (
    familiarity_between,
    is_active,
    is_same_person,
    level,
    orientation_gap,
    overlap,
    picture_of,
    rep_row,
    strain_of,
    trust_between,
    with_acquaintance,
)
from sim.behaviours.selling import open_deal
from sim.domain.records import World
from sim.domain.vocabulary import (
    BOUNDARY_FLEXIBILITY,
    CONTACTING,
    DRAW_ACCEPT,
    DRAW_READ,
    DRAW_REROUTE,
    DRAW_REROUTE_PICK,
    DRAW_SECOND_LOOK,
    DRAW_WORK_IT,
    DRAW_WORK_IT_REROUTED,
    EXECUTIVE_SUPPORT,
    EXPIRED,
    FOLLOW_UP,
    HANDED,
    LEAD_QUALITY,
    LEFT,
    READING,
    REJECTED,
    SHARED_METRIC_SALES,
    SLA,
    TAKEN,
    TERRITORY,
    UNREAD,
)

HOURS_PER_DAY = 8.0
PER_LN_2 = 1.4426950408889634


@kernel
def hand_off(world: World, lead: int, score: float, score_noise: float, hour: float, day: int) -> None:
    """Hand a lead that marketing calls ready (MQL) to a rep. Changes the world in place.

    Parameters
    ----------
    lead : int
        Row of ``world.leads``.
    score, score_noise : float
        Marketing's score and its error, logit; the score is shrunk towards what leads are like.
    hour : float
        Of the marketer's day, 0–8.
    """
    row, rules, firm, book = world.leads[lead], world.rules, world.organization, world.journal[day]
    row.state = HANDED
    row.handed_day = day
    row.hand_hour = hour
    row.rep = assign_lead(world, lead)
    row.estimate = rules.prior_fit + (score - rules.prior_fit) / (1.0 + score_noise * score_noise)
    firm.handed_this_quarter += 1.0
    book.handed_off += 1.0
    row.handed_tenure = max(0, day - world.people[row.rep].first_day)
    tell(world, lead)
    if is_same_person(world, row.marketer, row.rep):
        _decide_own(world, lead)
    else:
        _into_inbox(world, lead)
    put_review(world, lead, day + int(rules.second_look_days))


@kernel
def _into_inbox(world: World, lead: int) -> None:
    """Put a lead at the end of its rep's inbox. Changes the lists in place."""
    row = world.leads[lead]
    rep = world.people[row.rep]
    rep.unread += 1
    if rep.inbox_head < 0:
        rep.inbox_head = lead
    else:
        world.handed[rep.inbox_tail].next_inbox = lead
    rep.inbox_tail = lead


@kernel
def put_on_desk(world: World, lead: int) -> None:
    """Put a lead or deal among the work of its rep. Changes the lists in place."""
    rep = world.people[world.leads[lead].rep]
    world.links[lead].next_due = rep.desk_head
    rep.desk_head = lead


@kernel
def take(world: World, lead: int) -> None:
    """A rep takes a lead: it goes onto the desk. Changes the lists in place."""
    world.leads[lead].is_willing = TAKEN
    put_on_desk(world, lead)


@kernel
def _decide_own(world: World, lead: int) -> None:
    """A generalist decides on a lead of his own at once, without reading. Changes the lead in place."""
    row, rules = world.leads[lead], world.rules
    row.priority = exp(0.4 * row.estimate)
    will = rules.follow_up_own + willingness(world, row.rep, row.estimate) + rules.follow_up_trust * 0.6
    if happens(world, row.key, DRAW_WORK_IT, 0, logistic(will)):
        take(world, lead)
    else:
        row.is_willing = LEFT


@kernel
def willingness(world: World, rep: int, worth: float) -> float:
    """Log-odds that a rep takes a lead which seems worth so much, before trust, pay, haste and strain.

    Notes
    -----
    base + 1.5 (worth − reference) − ln own yield − 0.8 (open deals / 25 − 1); signs E51, base to E50. The own yield is
    opportunity cost: what the rep's own prospects would bring.
    """
    rules, person = world.rules, world.people[rep]
    own = rules.follow_up_own_yield * log(person.own_yield)
    load = rules.follow_up_load * (person.open_deals / rules.load_reference - 1.0)
    return rules.follow_up_base + rules.follow_up_quality * (worth - rules.follow_up_reference) - own - load


@kernel
def attention(world: World, unread: int) -> float:
    """Attention that a waiting lead gets, 1 for a single one, half when ``attention_scale`` more are waiting."""
    if world.rules.use_attention == 0:
        return 1.0
    return 1.0 / (1.0 + max(0, unread - 1) / world.rules.attention_scale)


@kernel
def read_inbox(world: World, rep: int, day: int) -> None:
    """Read waiting leads, oldest first, for an hour at most, and decide on each. Changes people and leads in place."""
    rules, person = world.rules, world.people[rep]
    spent = 0.0
    while person.inbox_head >= 0:
        lead = person.inbox_head
        row = world.leads[lead]
        if row.state != HANDED or row.rep != rep or row.is_willing != UNREAD:
            person.inbox_head = world.handed[lead].next_inbox
            continue
        care = attention(world, person.unread)
        hours = rules.reading_hours * (0.4 + 0.6 * care)
        if spent + hours > rules.reading_cap or hours > person.hours_left:
            break
        spent += hours
        spend(world, rep, READING, hours)
        person.inbox_head = world.handed[lead].next_inbox
        person.unread -= 1
        _decide_to_work(world, lead, care, day)


@kernel
def _decide_to_work(world: World, lead: int, care: float, day: int) -> None:
    """Read a lead through trust, words and haste, and take it or leave it. Changes the lead in place.

    Notes
    -----
    Distrust puts the rep's picture of marketing leads in place of the score; a language gap and haste add noise.
    """
    row, rules = world.leads[lead], world.rules
    rep = row.rep
    trust = trust_between(world, row.marketer, rep)
    noise = rules.reading_noise * (1.0 - overlap(world, row.marketer, rep)) + rules.haste_reading * (1.0 - care)
    noise *= rules.qualified_error if row.is_qualified != 0 else 1.0
    read = row.estimate + noise * normal(world, row.key, DRAW_READ, 0)
    worth = trust * read + (1.0 - trust) * picture_of(world, rep)
    row.priority = exp(0.4 * worth)
    shared = level(world, SHARED_METRIC_SALES)
    will = willingness(world, rep, worth) + _common_will(world, rep, trust, shared)
    will -= rules.follow_up_quarter_end * world.organization.quarter_pressure * (1.0 - shared)
    will -= rules.haste_willingness * (1.0 - care) + rules.follow_up_strain * strain_of(world, rep)
    will -= rules.follow_up_horizon * (orientation_gap(world) - 0.6)
    if happens(world, row.key, DRAW_WORK_IT, 0, logistic(will)):
        take(world, lead)
    else:
        row.is_willing = LEFT


@kernel
def _common_will(world: World, rep: int, trust: float, shared: float) -> float:
    """Log-odds of taking a lead that come from shared pay and trust."""
    return world.rules.follow_up_shared_pay * shared + world.rules.follow_up_trust * (trust - 0.4)


@kernel
def review(world: World, lead: int, day: int) -> None:
    """Look at a handed-off lead: after some days ask about it, in the end let it lapse. Changes the world in place."""
    row, rules = world.leads[lead], world.rules
    if row.state != HANDED:
        return
    if day - row.handed_day >= rules.expiry_days:
        _expire(world, lead, day)
        return
    if row.is_willing == TAKEN:
        row.priority *= exp(rules.sla_priority * level(world, SLA))
    else:
        _second_look(world, lead, day)
    put_review(world, lead, row.handed_day + int(rules.expiry_days))


@kernel
def _second_look(world: World, lead: int, day: int) -> None:
    """Tracking makes a rep who is there take it, or a flexible border offers it to another. Changes in place."""
    row, rules = world.leads[lead], world.rules
    familiarity = familiarity_between(world, row.marketer, row.rep)
    tracked = with_acquaintance(world, level(world, SLA), familiarity)
    backed = rules.tracking_base + (1.0 - rules.tracking_base) * level(world, EXECUTIVE_SUPPORT)
    must = min(1.0, rules.tracking_strength * tracked * backed / world.people[row.rep].own_yield)
    must *= 1.0 if is_active(world, row.rep) else 0.0
    flexible = with_acquaintance(world, level(world, BOUNDARY_FLEXIBILITY), familiarity)
    if happens(world, row.key, DRAW_SECOND_LOOK, 0, must):
        leave_inbox(world, lead)
        take(world, lead)
        world.journal[day].second_looks += 1.0
    elif happens(world, row.key, DRAW_REROUTE, 0, rules.reroute_strength * flexible):
        _offer_to_another(world, lead, day)


@kernel
def leave_inbox(world: World, lead: int) -> None:
    """An unread lead that is decided on otherwise counts as unread no more. Changes the rep in place."""
    row = world.leads[lead]
    if row.is_willing == UNREAD:
        world.people[row.rep].unread -= 1
        row.priority = exp(0.4 * row.estimate)


@kernel
def _offer_to_another(world: World, lead: int, day: int) -> None:
    """Offer a lead to the less loaded of two random reps, if he is there. Changes the world in place."""
    row = world.leads[lead]
    if world.organization.reps_today < 2:
        return
    rep, other = _another_rep(world, lead, 0), _another_rep(world, lead, 1)
    if world.people[other].open_deals < world.people[rep].open_deals:
        rep = other
    if not is_active(world, rep):
        return
    trust = trust_between(world, row.marketer, rep)
    worth = trust * row.estimate + (1.0 - trust) * picture_of(world, rep)
    will = willingness(world, rep, worth) + _common_will(world, rep, trust, level(world, SHARED_METRIC_SALES))
    if happens(world, row.key, DRAW_WORK_IT_REROUTED, 0, logistic(will)):
        leave_inbox(world, lead)
        row.rep = rep
        take(world, lead)
        world.journal[day].rerouted += 1.0


@kernel
def _another_rep(world: World, lead: int, occurrence: int) -> int:
    """Any rep of the unit but the one who has the lead, equally likely; a row of ``world.people``."""
    row = world.leads[lead]
    slot = pick(world, row.key, DRAW_REROUTE_PICK, occurrence, world.organization.reps_today - 1)
    rep = rep_row(world, world.people[row.rep].unit, slot)
    return rep + 1 if rep >= row.rep else rep


@kernel
def _expire(world: World, lead: int, day: int) -> None:
    """Let a lead lapse that nobody has worked: trust suffers, marketing may complain. Changes the world in place."""
    row, rules, book = world.leads[lead], world.rules, world.journal[day]
    row.state = EXPIRED
    world.organization.n_current -= 1
    row.closed_day = day
    book.expired += 1.0
    book.expired_novices += 1.0 if row.handed_tenure < DAYS_PER_YEAR else 0.0
    book.expired_veterans += 1.0 if row.handed_tenure >= 3 * DAYS_PER_YEAR else 0.0
    if row.is_willing == UNREAD:
        book.expired_unread += 1.0
        world.people[row.rep].unread -= 1
    if is_active(world, row.rep):
        lose_trust(world, row.marketer, row.rep, rules.trust_expired)
    stake = 1.0 - trust_between(world, row.marketer, row.rep)
    provoke(world, day, FOLLOW_UP, row.marketer, row.rep, lead, row.key, stake)


@kernel
def first_contact(world: World, lead: int, hour: float, day: int) -> None:
    """Call a buyer for the first time: the lead becomes a deal or is rejected. Changes the world in place.

    Parameters
    ----------
    lead : int
        Row of ``world.leads``, taken by its rep.
    hour : float
        Of the rep's day at the end of the call, 0–8.
    """
    row, rules, book = world.leads[lead], world.rules, world.journal[day]
    rep = world.people[row.rep]
    spend(world, row.rep, CONTACTING, contact_hours(world, lead))
    row.first_day = row.first_day if row.is_qualified != 0 else day
    row.last_day = day
    hours = response_hours(world, lead, hour, day)
    _book_contact(world, lead, hours, day)
    rep.picture += rules.picture_rate * (row.fit - rep.picture)
    is_reported = report_back(world, lead, 0, day)
    if row.is_qualified != 0 or happens(world, row.key, DRAW_ACCEPT, 0, acceptance_chance(world, lead, hours)):
        book.accepted += 1.0
        gain_trust(world, row.marketer, row.rep, rules.trust_reported if is_reported else rules.trust_accepted)
        stake = 1.0 - trust_between(world, row.marketer, row.rep)
        provoke(world, day, TERRITORY, row.marketer, row.rep, lead, row.key, stake)
        open_deal(world, lead, day)
    else:
        row.state = REJECTED
        world.organization.n_current -= 1
        row.closed_day = day
        book.rejected += 1.0
        lose_trust(world, row.marketer, row.rep, rules.trust_rejected)
        stake = 1.0 - trust_between(world, row.marketer, row.rep)
        provoke(world, day, LEAD_QUALITY, row.marketer, row.rep, lead, row.key, stake)


@kernel
def contact_hours(world: World, lead: int) -> float:
    """Hours that a first contact takes a rep: less where marketing has talked with the buyer before."""
    rules = world.rules
    return rules.introduction_hours if world.leads[lead].is_qualified != 0 else rules.contact_hours


@kernel
def response_hours(world: World, lead: int, hour: float, day: int) -> float:
    """Working hours from hand-off to contact; on the same day a contact cannot come before the hand-off."""
    row = world.leads[lead]
    hours = HOURS_PER_DAY * (day - row.handed_day) + hour - row.hand_hour
    return hours if hours >= 0.1 else HOURS_PER_DAY + 0.1 - row.hand_hour


@kernel
def acceptance_chance(world: World, lead: int, hours: float) -> float:
    """Chance that a contact becomes a deal: fit, message, and a little for a quick answer (causal part small: E73)."""
    row, rules = world.leads[lead], world.rules
    doublings = PER_LN_2 * log(1.0 + hours / HOURS_PER_DAY)
    odds = rules.acceptance_base + rules.acceptance_fit * row.fit
    odds -= rules.acceptance_message * (0.5 - row.message) + rules.response_per_doubling * doublings
    return logistic(odds)


@kernel
def _book_contact(world: World, lead: int, hours: float, day: int) -> None:
    """Count a first contact and its response time in the journal, in place."""
    row, book = world.leads[lead], world.journal[day]
    book.contacted += 1.0
    book.response_days += day - row.handed_day
    book.response_hours += hours
    book.within_hour += 1.0 if hours <= 1.0 else 0.0
    book.contacted_novices += 1.0 if row.handed_tenure < DAYS_PER_YEAR else 0.0
    book.contacted_veterans += 1.0 if row.handed_tenure >= 3 * DAYS_PER_YEAR else 0.0
