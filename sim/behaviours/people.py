"""A person's day: hours, strain, experience; and the first day of everything (docs/odd.md, "People")."""

from __future__ import annotations

from sim.behaviours.added import found_added
from sim.behaviours.arithmetic import exp, log
from sim.behaviours.calendar import DAYS_PER_MONTH, DAYS_PER_WEEK
from sim.behaviours.contracts import found_customers
from sim.behaviours.demand import draw_demand_level, draw_inquiries, set_brand, set_pool_use
from sim.behaviours.headcount import found_headcount
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import number_of, person_key
from sim.behaviours.luck import fraction, normal
from sim.behaviours.practices import base_of
from sim.behaviours.readings import waits_for_hearing
from sim.domain.records import World
from sim.domain.rules import MOST_SEGMENTS, N_PRACTICES
from sim.domain.vocabulary import (
    AVAILABLE,
    CARRIED_CHANGE,
    COORDINATION,
    DISPUTING,
    DRAW_HABIT,
    DRAW_INBOX_HABIT,
    DRAW_PACE,
    DRAW_SKILL,
    DRAW_TENURE,
    LIAISON,
    MANAGER,
    MARKETER,
    MOST_UNITS,
    N_STAGES,
    N_USES,
    REP,
)

#: Personal disputes of a rep in a month that the tenure at the start reckons with.
USUAL_DISPUTES = 0.1


@kernel
def spend(world: World, person: int, use: int, hours: float) -> None:
    """Spend some of today's hours. Changes the person in place."""
    world.people[person].hours_left -= hours
    world.people[person].hours[use] += hours


@kernel
def begin_day(world: World, person: int, hours: float, weekly_coordination: float, dispute_share: float) -> None:
    """Open a person's day: coordination comes first, then disputes, up to a share of the rest. Changes him in place.

    Parameters
    ----------
    hours : float
        Of today, without what was carried over.
    weekly_coordination : float
        Hours per week that the practices ask for; what does not fit into the day lapses.
    dispute_share : float
        Of the hours after coordination that disputes may take; the rest of what is owed waits.
    """
    rules, row = world.rules, world.people[person]
    row.hours_left = hours
    world.people[person].hours[AVAILABLE] += hours
    if rules.use_coordination_hours != 0:
        spend(world, person, COORDINATION, min(row.hours_left, weekly_coordination / DAYS_PER_WEEK))
        visit = min(row.hours_left, row.visit_hours_owed)
        row.visit_hours_owed -= visit
        spend(world, person, COORDINATION, visit)
    if rules.use_dispute_hours != 0:
        dispute = min(dispute_share * row.hours_left, row.dispute_hours_owed)
        row.dispute_hours_owed -= dispute
        spend(world, person, DISPUTING, dispute)


@kernel
def end_day(world: World, person: int, most_carried: float, use: int) -> None:
    """Close a person's day: some hours are carried over, the others are booked as a use. Changes him in place."""
    row = world.people[person]
    carried = min(row.hours_left, most_carried)
    world.people[person].hours[CARRIED_CHANGE] += carried - row.carried_hours
    row.carried_hours = carried
    world.people[person].hours[use] += row.hours_left - carried
    row.hours_left = 0.0


@kernel
def fade_strain(world: World) -> None:
    """Strain fades over a month once what went up to a manager has been heard. Changes people in place."""
    keep = 1.0 - world.rules.strain_fade
    for row in range(world.people.shape[0]):
        if not waits_for_hearing(world, row):
            world.people[row].strain *= keep


@kernel
def gain_experience(world: World, day: int) -> None:
    """Tenure makes reps productive, then gives them a book of their own. Changes reps in place.

    Notes
    -----
    own yield = skill · productivity · (0.55 + 0.64 experience), experience = 1 − e^(−tenure / 520 days): veterans
    need marketing's leads less than novices do (E51).
    """
    firm = world.organization
    for row in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        ripen(world, row, max(0, day - world.people[row].first_day))


@kernel
def ripen(world: World, row: int, tenure: int) -> None:
    """Set what a rep's tenure (days) brings: experience, productivity and own yield. Changes him in place."""
    rules, rep = world.rules, world.people[row]
    rep.experience = 1.0 - exp(-tenure / rules.experience_days)
    rep.productivity = min(1.0, rules.ramp_start + (1.0 - rules.ramp_start) * tenure / rules.ramp_days)
    book = rules.book_base + rules.book_gain * (rep.experience if rules.use_experience != 0 else 0.5)
    rep.own_yield = max(0.01, rep.skill * rep.productivity * book)


@kernel
def found(world: World, seed: int) -> None:
    """Put everything into its state of the first morning, whatever was there before. Changes the world in place.

    Parameters
    ----------
    seed : int
        Non-negative.
    """
    _found_organization(world, seed)
    for row in range(world.people.shape[0]):
        _place(world, row)
        _found_person(world, row)
    found_headcount(world)
    for row in range(world.pairs.shape[0]):
        world.pairs[row].trust = world.rules.trust_start
        world.pairs[row].familiarity = 0.0
    for practice in range(N_PRACTICES):
        world.organization.level[practice] = base_of(world, practice)
        world.organization.time_constant[practice] = world.organization.decay[practice] = 60.0
    for day in range(world.calendar.shape[0]):
        world.calendar[day].raw = world.calendar[day].due = -1
        world.calendar[day].review = world.calendar[day].renewal = -1
        world.calendar[day].reviews = world.calendar[day].counted = 0
    for day in range(world.ledger.shape[0]):
        for column in range(world.ledger.shape[1]):
            world.ledger[day, column] = 0.0
    clear_hours(world)
    found_added(world)
    found_customers(world)
    set_brand(world, 1.0)
    set_pool_use(world, 1.0)
    draw_inquiries(world, 0)


@kernel
def clear_hours(world: World) -> None:
    """Start counting everybody's hours anew. Changes people in place."""
    for row in range(world.people.shape[0]):
        for use in range(N_USES):
            world.people[row].hours[use] = 0.0


@kernel
def _found_organization(world: World, seed: int) -> None:
    """The organization on its first morning, in place."""
    firm, rules = world.organization, world.rules
    firm.seed = seed
    firm.day = firm.n_leads = firm.n_current = firm.n_incidents = firm.n_events = firm.liaison_pointer = 0
    firm.marketers_today, firm.reps_today = firm.unit_marketers, firm.unit_reps
    firm.managers_today, firm.generalists_today = firm.unit_managers, firm.n_generalists
    firm.proximity_floor = 0.0
    hours = (rules.discovery_hours, rules.proposal_hours, rules.negotiation_hours)
    for stage in range(N_STAGES):
        firm.touch_hours[stage] = hours[stage]
    firm.mean_log_size = log(rules.value_mean / rules.account_reference)
    for segment in range(MOST_SEGMENTS):
        firm.segment_log_size[segment] = firm.mean_log_size + log(rules.segment_value[segment])
    for unit in range(MOST_UNITS):
        firm.round_robin[unit] = firm.unit_reps - 1
    firm.assign_rule, firm.service_owner = rules.assign_rule, rules.service_owner
    firm.handoff_point = rules.handoff_point
    firm.campaign_effort = 1.0
    firm.event_progress = firm.deals_opened_today = firm.spare_hours_today = 0.0
    firm.orientation_sales = rules.orientation_sales
    firm.orientation_marketing = rules.orientation_marketing
    firm.targeting_mistake = firm.price_mistake = firm.product_mistake = 0.0
    firm.handed_this_quarter = firm.leads_this_quarter = firm.bookings_this_quarter = 0.0
    firm.bookings_marketing_this_quarter = firm.programme_cut = 0.0
    firm.brand_share = rules.programme_brand_share
    firm.mean_trust = rules.trust_start
    firm.mean_familiarity = firm.contact = firm.contact_quality = firm.clarified = 0.0
    firm.coordination_rep = firm.coordination_marketer = 0.0
    draw_demand_level(world, 0)


@kernel
def _found_person(world: World, row: int) -> None:
    """A person on the first morning, in place."""
    firm, rules, person = world.organization, world.rules, world.people[row]
    person.open_deals = person.blocks = person.unread = person.is_inbox_open = person.is_generalist = (
        person.first_day
    ) = person.personal_disputes = person.open_hearings = 0
    person.search_days = person.planning_hours_owed = 0.0
    person.inbox_head = person.inbox_tail = person.desk_head = person.queue_head = person.queue_tail = -1
    person.hearing_head = person.hearing_tail = -1
    person.vocabulary, person.market_knowledge = rules.vocabulary_start, rules.knowledge_start
    person.picture = rules.picture_start
    person.skill = person.pace = person.own_yield = person.productivity = 1.0
    person.log_skill = person.experience = person.strain = 0.0
    person.inbox_habit = person.threshold_habit = person.hours_left = person.carried_hours = 0.0
    person.dispute_hours_owed = person.visit_hours_owed = person.bookings_this_quarter = 0.0
    person.customers = 0
    person.service_weight = person.service_hours_owed = 0.0
    person.service_level, person.product_knowledge = rules.service_start, rules.product_knowledge_start
    person.hearing_hours = person.post = person.visit_carry = 0.0
    person.trust_of_marketing = 0.5 - 0.4 * rules.liaison_origin
    person.trust_of_sales = 0.1 + 0.4 * rules.liaison_origin
    key = person_key(person.role, number_of(person.unit, person.slot))
    if person.role <= REP and person.slot < firm.n_generalists:
        person.is_generalist = 1
    if person.role == MARKETER:
        person.skill, person.log_skill = rules.marketer_skill, log(rules.marketer_skill)
        person.threshold_habit = normal(world, key, DRAW_HABIT, 0)
    elif person.role == REP:
        _found_rep(world, row, key)


@kernel
def _place(world: World, row: int) -> None:
    """Role, unit and slot of a row: marketers, reps, liaisons, managers, each unit by unit. Changes it in place."""
    firm, person = world.organization, world.people[row]
    reps, liaisons = firm.n_marketers, firm.n_marketers + firm.n_reps
    managers = liaisons + firm.n_liaisons
    person.unit = 0
    if row < reps:
        person.role, person.unit, person.slot = MARKETER, row // firm.unit_marketers, row % firm.unit_marketers
    elif row < liaisons:
        person.role = REP
        person.unit, person.slot = (row - reps) // firm.unit_reps, (row - reps) % firm.unit_reps
    elif row < managers:
        person.role, person.slot = LIAISON, row - liaisons
    else:
        person.role = MANAGER
        person.unit, person.slot = (row - managers) // firm.unit_managers, (row - managers) % firm.unit_managers


@kernel
def _found_rep(world: World, row: int, key: int) -> None:
    """Draw a rep: skill, pace, inbox habit and tenure (its stationary distribution, so novices exist from day 0)."""
    rules, rep = world.rules, world.people[row]
    rep.log_skill = rules.skill_sd * normal(world, key, DRAW_SKILL, 0)
    rep.skill = exp(rep.log_skill)
    rep.pace = exp(rules.pace_sd * normal(world, key, DRAW_PACE, 0))
    keenness = fraction(world, key, DRAW_INBOX_HABIT, 0)
    least = min(rules.inbox_min, rules.inbox_max)
    rep.inbox_habit = least + (rules.inbox_max - least) * keenness * keenness * keenness
    stay = -log(max(1e-9, 1.0 - rules.leave_base - USUAL_DISPUTES * rules.leave_per_dispute))
    months = -log(fraction(world, key, DRAW_TENURE, 0)) / max(stay, 1e-4)
    rep.first_day = -int(min(10000.0, DAYS_PER_MONTH * months))
