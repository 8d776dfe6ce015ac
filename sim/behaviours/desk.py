"""A rep's day: the inbox, the work on the desk, best first, service, prospecting (docs/odd.md, "A rep's day")."""

from __future__ import annotations

from sim.behaviours.accounts import serve_customers
from sim.behaviours.budget import selling_capacity
from sim.behaviours.calendar import quarter_pressure
from sim.behaviours.handoff import HOURS_PER_DAY, contact_hours, first_contact, read_inbox
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import number_of, person_key
from sim.behaviours.luck import happens
from sim.behaviours.people import begin_day, end_day
from sim.behaviours.readings import effective, is_active, level, trust_between
from sim.behaviours.selling import (
    is_due_today,
    leave_for_tomorrow,
    lose,
    prospect,
    stage_hours,
    touch_deal,
    value_per_hour,
)
from sim.domain.records import World
from sim.domain.vocabulary import (
    DISCOVERY,
    DRAW_OPEN_INBOX,
    HANDED,
    NEGLECTED,
    NEGOTIATION,
    REP,
    SHARED_METRIC_SALES,
    SLA,
    UNUSED,
)

NOT_TODAY = -1.0


@kernel
def rep_day(world: World, rep: int, day: int) -> None:
    """Let a rep work a day. Changes the world in place.

    Parameters
    ----------
    rep : int
        Row of ``world.people``; at a vacant desk nothing happens.
    """
    firm, rules, person = world.organization, world.rules, world.people[rep]
    if not is_active(world, rep):
        return
    hours = firm.rep_hours * (0.5 if person.is_generalist != 0 else 1.0)
    begin_day(world, rep, hours, firm.coordination_rep, rules.rep_dispute_share)
    person.hours_left += person.carried_hours
    key = person_key(REP, number_of(person.unit, person.slot))
    is_open = happens(world, key, DRAW_OPEN_INBOX, day, open_inbox_chance(world, rep))
    person.is_inbox_open = 1 if is_open else 0
    if is_open:
        read_inbox(world, rep, day)
    waiting = lay_out_desk(world, rep, day)
    waiting = work_desk(world, rep, waiting, hours, day)
    clear_desk(world, rep, waiting)
    serve_customers(world, rep, 1.0 - firm.service_share)
    prospect(world, rep, day)
    end_day(world, rep, rules.prospect_block_hours, UNUSED)


@kernel
def open_reps_day(world: World) -> None:
    """What is the same for all reps today: hours and the pull of the inbox. Changes the organization in place.

    Hours for customers go by capacity, and there is less effort where pay is shared (moral hazard); an inbox is opened
    more often where answers are tracked (E71).
    """
    firm, rules = world.organization, world.rules
    effort = 1.0 - rules.moral_hazard * level(world, SHARED_METRIC_SALES) * (1.0 - 1.0 / firm.reps_today)
    effort *= selling_capacity(world)
    firm.rep_hours = rules.rep_hours * effort
    firm.quarter_pressure = quarter_pressure(world.organization.day)
    firm.untracked = 1.0 - rules.inbox_tracked * effective(world, SLA)


@kernel
def open_inbox_chance(world: World, rep: int) -> float:
    """Chance that a rep opens the inbox today: by habit, or because answers are tracked."""
    return 1.0 - (1.0 - world.people[rep].inbox_habit) * world.organization.untracked


@kernel
def lay_out_desk(world: World, rep: int, day: int) -> int:
    """Lay out what waits for a rep with its value per hour; returns how much it is. Changes desk and leads in place.

    What lapsed is taken away, and a deal left untouched for too long is lost here; a new rep gets as long for what he
    finds on the desk.
    """
    rules, person = world.rules, world.people[rep]
    is_settled = day - person.first_day >= rules.neglect_days
    n, lead = 0, person.desk_head
    while lead >= 0:
        row = world.leads[lead]
        following = world.links[lead].next_due
        if DISCOVERY <= row.state <= NEGOTIATION and is_settled and day - row.due_day >= rules.neglect_days:
            lose(world, lead, NEGLECTED, day)
        elif HANDED <= row.state <= NEGOTIATION:
            world.desk[n].lead = lead
            world.desk[n].value = value_of_work(world, lead, day)
            n += 1
        lead = following
    return n


@kernel
def value_of_work(world: World, lead: int, day: int) -> float:
    """What a rep expects of an hour on a lead or deal, c.u. per hour; negative for what is not for today.

    Notes
    -----
    A due deal gains 3 % a day, a negotiation up to 2.5-fold at the quarter's end; an unworked lead counts as an
    average account at 4 %, more with trust and shared pay, less under pressure to close.
    """
    row, rules = world.leads[lead], world.rules
    if row.state != HANDED:
        value = value_per_hour(world, lead) * (1.0 + 0.03 * (day - row.due_day))
        return value * (1.0 + 1.5 * world.organization.quarter_pressure) if row.state == NEGOTIATION else value
    if world.people[row.rep].is_inbox_open == 0:
        return NOT_TODAY
    shared = level(world, SHARED_METRIC_SALES)
    liking = 0.4 + 0.6 * trust_between(world, row.marketer, row.rep) + 0.4 * shared
    worth = rules.lead_prospects * rules.lead_worth * rules.value_mean / rules.contact_hours
    return worth * row.priority * liking * (1.0 - 0.5 * world.organization.quarter_pressure * (1.0 - shared))


@kernel
def work_desk(world: World, rep: int, waiting: int, hours: float, day: int) -> int:
    """Work on what is worth most per hour until the hours do not suffice; returns how much is left waiting.

    A deal whose buyer is in a hurry comes back onto the desk, as work like any other. Changes the world in place.

    Parameters
    ----------
    waiting : int
        Rows of ``world.desk`` in use.
    hours : float
        Of this day, to tell the time of the first contact.
    """
    person = world.people[rep]
    while waiting > 0:
        best = most_valuable(world, waiting)
        if world.desk[best].value < 0.0:
            break
        lead = world.desk[best].lead
        is_new = world.leads[lead].state == HANDED
        need = contact_hours(world, lead) if is_new else stage_hours(world, lead)
        if person.hours_left < need:
            break
        waiting -= 1
        world.desk[best].lead = world.desk[waiting].lead
        world.desk[best].value = world.desk[waiting].value
        if is_new:
            gone = 1.0 - (person.hours_left - need) / max(hours, 1e-9)
            first_contact(world, lead, min(HOURS_PER_DAY, max(0.0, HOURS_PER_DAY * gone)), day)
        else:
            touch_deal(world, lead, day)
        waiting = take_up_again(world, rep, lead, waiting, day)
    return waiting


@kernel
def take_up_again(world: World, rep: int, lead: int, waiting: int, day: int) -> int:
    """Put a deal that is due again today back onto the desk; returns how much waits there now. Changes in place.

    A deal that another person has taken over sleeps a night.
    """
    if not is_due_today(world, lead, day):
        return waiting
    if world.leads[lead].rep != rep:
        leave_for_tomorrow(world, lead, day)
        return waiting
    world.desk[waiting].lead = lead
    world.desk[waiting].value = value_of_work(world, lead, day)
    return waiting + 1


@kernel
def most_valuable(world: World, waiting: int) -> int:
    """Row of the desk with the highest value per hour; the first of equals."""
    best, most = 0, world.desk[0].value
    for row in range(1, waiting):
        value = world.desk[row].value
        if value > most:
            best, most = row, value
    return best


@kernel
def clear_desk(world: World, rep: int, waiting: int) -> None:
    """Put what is left back for tomorrow. Changes people and leads in place."""
    world.people[rep].desk_head = -1
    for row in range(waiting - 1, -1, -1):
        lead = world.desk[row].lead
        world.links[lead].next_due = world.people[rep].desk_head
        world.people[rep].desk_head = lead
