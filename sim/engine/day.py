"""The schedule: what happens in a day, in which order. Both drivers follow it, the compiled loop and Mesa."""

from __future__ import annotations

from sim.behaviours.accounts import renew, set_service_owner
from sim.behaviours.added import clear_added, open_added
from sim.behaviours.budget import plan_budget
from sim.behaviours.calendar import (
    DAYS_PER_MONTH,
    DAYS_PER_QUARTER,
    DAYS_PER_WEEK,
    is_monday,
)
from sim.behaviours.conflict import close_quarter, quarter_pairs
from sim.behaviours.contact import (
    change_orientation,
    learn_language,
    learn_market,
    meet,
    set_contact,
)
from sim.behaviours.decisions import common_decisions
from sim.behaviours.demand import bring_leads, draw_demand_level, draw_inquiries, grow_brand, n_event_leads
from sim.behaviours.desk import open_reps_day
from sim.behaviours.handoff import put_on_desk, review
from sim.behaviours.headcount import grow_headcount
from sim.behaviours.kernel import kernel
from sim.behaviours.liaison import open_liaison_week
from sim.behaviours.marketing import follow_campaigns, join_queue
from sim.behaviours.money import close_books, pay_costs
from sim.behaviours.outcomes import write_state
from sim.behaviours.people import clear_hours, fade_strain, gain_experience
from sim.behaviours.practices import set_coordination_hours, set_levers, update_practices
from sim.behaviours.product import learn_product
from sim.behaviours.selling import follow_pool
from sim.behaviours.staff import leave_and_hire, lose_reps, search_without_managers
from sim.domain.records import World
from sim.domain.vocabulary import BLAME, BUDGET


@kernel
def open_day(world: World, day: int) -> None:
    """Open a day, before anybody works: inquiries of the night, the week's changes, costs, what is due."""
    world.organization.day = day
    if day == world.rules.warmup_days:
        clear_hours(world)
        clear_added(world)
    set_levers(world, day)
    bring_leads(world, day)
    if is_monday(day):
        open_week(world, day)
    pay_costs(world, day)
    if day % DAYS_PER_MONTH == 0:
        common_decisions(world, day)
    lose_reps(world, day)
    if day % DAYS_PER_MONTH == DAYS_PER_MONTH - 1:
        leave_and_hire(world, day)
    search_without_managers(world, day)
    grow_brand(world)
    open_reps_day(world)
    hand_out_due(world, day)
    open_added(world, day)


@kernel
def open_week(world: World, day: int) -> None:
    """What changes once a week: practices, horizons, strain, experience, contact and what grows from it."""
    update_practices(world, day)
    set_service_owner(world, day)
    change_orientation(world)
    fade_strain(world)
    gain_experience(world, day)
    set_coordination_hours(world)
    set_contact(world)
    meet(world)
    open_liaison_week(world)
    learn_language(world)
    learn_product(world, day)
    learn_market(world)


@kernel
def hand_out_due(world: World, day: int) -> None:
    """Give raw leads that are due to their marketers and due deals to their reps."""
    lead = world.calendar[day].raw
    world.calendar[day].raw = -1
    while lead >= 0:
        following = world.links[lead].next_due
        join_queue(world, lead)
        lead = following
    lead = world.calendar[day].due
    world.calendar[day].due = -1
    while lead >= 0:
        following = world.links[lead].next_due
        put_on_desk(world, lead)
        lead = following


@kernel
def noon(world: World, day: int) -> None:
    """Between marketers and reps: campaigns take effect, handed-off leads and contracts are looked at."""
    follow_campaigns(world)
    lead = world.calendar[day].review
    world.calendar[day].review = -1
    while lead >= 0:
        following = world.handed[lead].next_review
        world.handed[lead].next_review = -1
        review(world, lead, day)
        lead = following
    renew_due(world, day)


@kernel
def renew_due(world: World, day: int) -> None:
    """Let customers whose contract has ended renew it or leave."""
    lead = world.calendar[day].renewal
    world.calendar[day].renewal = -1
    while lead >= 0:
        following = world.links[lead].next_due
        world.links[lead].next_due = -1
        renew(world, lead, day)
        lead = following


@kernel
def close_day(world: World, day: int) -> None:
    """Close a day: pool of buyers, the quarter's reckoning, books, journal, next week's demand, newcomers."""
    follow_pool(world)
    if day % DAYS_PER_QUARTER == DAYS_PER_QUARTER - 1:
        plan_budget(world)
        close_quarter(world, day)
    close_books(world, day)
    write_state(world, day)
    if is_monday(day + 1):
        draw_demand_level(world, (day + 1) // DAYS_PER_WEEK)
    grow_headcount(world, day + 1)
    draw_inquiries(world, day + 1)


@kernel
def leads_to_come(world: World) -> int:
    """Most rows of leads that a day can add; the day's inquiries are known in advance."""
    blocks = world.organization.n_reps * world.rules.prospect_blocks
    most = int(blocks) + world.organization.n_units * n_event_leads(world)
    for unit in range(world.organization.n_units):
        most += world.organization.inquiries[unit]
    return most


@kernel
def incidents_to_come(world: World, to_come: int, day: int) -> int:
    """Most rows of incidents that a day can add, given the most leads that come.

    Three for each lead or deal: over its first contact, or the one that lapses, or its take-over; and, won on the same
    day, over credit and over price.
    """
    firm = world.organization
    involved = firm.n_current + to_come
    if day > 0:
        involved -= int(world.journal[day - 1].customers)
    return 3 * involved + firm.n_units * (quarter_pairs(world, BUDGET) + quarter_pairs(world, BLAME))


@kernel
def has_room(world: World, day: int) -> bool:
    """Whether all that a day can add is sure to fit into leads, desk and incidents; keeps what that takes, in place."""
    firm = world.organization
    to_come = leads_to_come(world)
    firm.leads_needed, firm.desk_needed = firm.n_leads + to_come, firm.n_current + to_come
    firm.incidents_needed = firm.n_incidents + incidents_to_come(world, to_come, day)
    fits = firm.leads_needed <= world.leads.shape[0] and firm.desk_needed <= world.desk.shape[0]
    return fits and firm.incidents_needed <= world.incidents.shape[0]
