"""A marketer's day: the queue of raw leads, customers if he serves them, campaigns (docs/odd.md, "Marketing")."""

from __future__ import annotations

from sim.behaviours.accounts import serve_customers
from sim.behaviours.assignment import message_to
from sim.behaviours.calendar import put_raw
from sim.behaviours.demand import draw_inquiry
from sim.behaviours.desk import clear_desk, lay_out_desk, work_desk
from sim.behaviours.feedback import learn_oneself
from sim.behaviours.handoff import HOURS_PER_DAY, acceptance_chance, hand_off
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import exceeds, happens, normal, ruled
from sim.behaviours.people import begin_day, end_day, spend
from sim.behaviours.readings import (
    clarity,
    is_active,
    knowledge_of,
    level,
    mean_familiarity,
    n_marketers_today,
    strain_of,
    vocabulary_of,
    with_acquaintance,
)
from sim.behaviours.selling import leave_for_tomorrow, open_deal
from sim.domain.records import World
from sim.domain.vocabulary import (
    ARCHIVED,
    AT_INQUIRY,
    AT_OPPORTUNITY,
    CAMPAIGNING,
    CONTACTING,
    DRAW_ACCEPT,
    DRAW_RECYCLE,
    DRAW_SCORE,
    HANDOFF_AT,
    READY,
    SCORING,
    SHARED_METRIC_MARKETING,
    WHEN_QUALIFIED,
)


@kernel
def join_queue(world: World, lead: int) -> None:
    """Put a raw lead at the end of its marketer's queue. Changes the lists in place."""
    marketer = world.people[world.leads[lead].marketer]
    world.links[lead].next_due = -1
    if marketer.queue_head < 0:
        marketer.queue_head = lead
    else:
        world.links[marketer.queue_tail].next_due = lead
    marketer.queue_tail = lead


@kernel
def marketer_day(world: World, marketer: int, day: int) -> None:
    """Let a marketer work a day: raw leads first in, first out, up to a share of his hours; then service and campaigns.

    Parameters
    ----------
    marketer : int
        Row of ``world.people``. Changes the world in place.
    """
    firm, rules, person = world.organization, world.rules, world.people[marketer]
    if not is_active(world, marketer):
        return
    hours = rules.marketer_hours * (0.5 if person.is_generalist != 0 else 1.0)
    begin_day(world, marketer, hours, firm.coordination_marketer, rules.marketer_dispute_share)
    kept = (1.0 - rules.queue_share) * person.hours_left
    need = hours_before_hand_off(world)
    while person.queue_head >= 0 and person.hours_left - need >= kept:
        lead = person.queue_head
        person.queue_head = world.links[lead].next_due
        world.links[lead].next_due = -1
        spend(world, marketer, SCORING, need if need < rules.score_hours else rules.score_hours)
        score_lead(world, lead, HOURS_PER_DAY * (1.0 - person.hours_left / hours), day)
    if person.desk_head >= 0:
        work_own_deals(world, marketer, kept, day)
    serve_customers(world, marketer, firm.service_share)
    firm.spare_hours_today += person.hours_left
    end_day(world, marketer, 0.0, CAMPAIGNING)


@kernel
def hours_before_hand_off(world: World) -> float:
    """Hours of a marketer that must be free before he takes up a lead: none, a score, or a score and a talk."""
    firm, rules = world.organization, world.rules
    if firm.handoff_point == AT_INQUIRY:
        return 0.0
    return rules.score_hours + (rules.contact_hours if firm.handoff_point >= WHEN_QUALIFIED else 0.0)


@kernel
def work_own_deals(world: World, marketer: int, kept: float, day: int) -> None:
    """Let a marketer work the deals that he has opened himself, with what leads have left of his hours. In place."""
    person = world.people[marketer]
    aside = min(kept, person.hours_left)
    person.hours_left -= aside
    waiting = lay_out_desk(world, marketer, day)
    waiting = work_desk(world, marketer, waiting, person.hours_left, day)
    clear_desk(world, marketer, waiting)
    person.hours_left += aside


@kernel
def qualify(world: World, lead: int, point: int, noise: float, hour: float, day: int) -> bool:
    """Talk with a buyer before sales does; returns whether he is interested. Changes the world in place.

    Interested, he is handed off with a better estimate, or marketing opens the deal itself (`handoff_point`).
    """
    row, rules, book = world.leads[lead], world.rules, world.journal[day]
    spend(world, row.marketer, CONTACTING, rules.contact_hours)
    learn_oneself(world, row.marketer, rules.knowledge_report)
    row.message = message_to(world, vocabulary_of(world, row.marketer), row.segment)
    if not happens(world, row.key, DRAW_ACCEPT, 0, acceptance_chance(world, lead, 0.0)):
        book.not_qualified += 1.0
        return False
    book.qualified += 1.0
    row.is_qualified = 1
    row.first_day = row.last_day = day
    if point == AT_OPPORTUNITY:
        row.rep = row.marketer
        row.context = 1.0 - rules.context_strain * strain_of(world, row.marketer)
        book.opened_by_marketing += 1.0
        open_deal(world, lead, day)
        leave_for_tomorrow(world, lead, day)
    else:
        better = rules.qualified_error * noise
        hand_off(world, lead, row.fit + better * normal(world, row.key, DRAW_SCORE, row.recycles), better, hour, day)
    return True


@kernel
def threshold(world: World, marketer: int) -> float:
    """Score from which a marketer calls a lead ready, logit.

    Notes
    -----
    −0.15 − 0.55 (1 − shared metric) · pull · (1 − 0.5 familiarity) + 0.6 (1 − clarity) · private idea: a goal of lead
    counts pulls it down when the count is short (E41), and without rules everybody has a definition of his own.
    """
    firm, rules = world.organization, world.rules
    goal = 1.0 + rules.lead_count_goal * firm.leads_this_quarter
    short = max(0.0, 1.0 - firm.handed_this_quarter / goal)
    pull = rules.lead_count_pull * (1.0 - level(world, SHARED_METRIC_MARKETING))
    pull *= (rules.lead_count_ease + min(1.0, 2.0 * short)) * (1.0 - 0.5 * mean_familiarity(world))
    agreed = with_acquaintance(world, clarity(world), mean_familiarity(world))
    private = rules.habit_spread * (1.0 - agreed) * world.people[marketer].threshold_habit
    return rules.ready_threshold - pull + private


@kernel
def score_lead(world: World, lead: int, hour: float, day: int) -> None:
    """Judge a raw lead: hand it off, keep it warm, or put it away. Changes the world in place."""
    row, rules = world.leads[lead], world.rules
    if row.recycles == 0:
        draw_inquiry(world, lead)
    point = int(ruled(world, row.key, HANDOFF_AT, row.recycles, float(world.organization.handoff_point)))
    if point == AT_INQUIRY:
        hand_off(world, lead, rules.prior_fit, 0.0, hour, day)
        return
    noise = rules.score_noise * (1.0 - rules.score_noise_knowledge * knowledge_of(world, row.marketer))
    score = row.fit + noise * normal(world, row.key, DRAW_SCORE, row.recycles)
    if not exceeds(world, row.key, READY, row.recycles, score, threshold(world, row.marketer)):
        _put_away(world, lead, day)
    elif point < WHEN_QUALIFIED:
        hand_off(world, lead, score, noise, hour, day)
    elif not qualify(world, lead, point, noise, hour, day):
        _put_away(world, lead, day)


@kernel
def _put_away(world: World, lead: int, day: int) -> None:
    """Keep a lead that is not ready warm, or put it away for good. Changes the world in place."""
    row, rules = world.leads[lead], world.rules
    if row.recycles < rules.recycle_times and happens(world, row.key, DRAW_RECYCLE, row.recycles, rules.recycle_chance):
        row.recycles += 1
        row.fit += rules.recycle_gain
        put_raw(world, lead, day + int(rules.recycle_wait_days))
    else:
        row.state = ARCHIVED
        world.organization.n_current -= 1
        row.closed_day = day
        world.journal[day].archived += 1.0


@kernel
def follow_campaigns(world: World) -> None:
    """Campaign work shows with a lag: the index follows marketers' spare hours. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    spare = firm.spare_hours_today / (n_marketers_today(world) * rules.campaign_reference)
    firm.campaign_effort = max(0.05, firm.campaign_effort + rules.campaign_memory * (spare - firm.campaign_effort))
    firm.spare_hours_today = 0.0
