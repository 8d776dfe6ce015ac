"""A manager's day: hear what went up, look for successors, plan the quarter (docs/odd.md, "Managers")."""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_QUARTER, QUARTER_END_DAYS
from sim.behaviours.kernel import kernel
from sim.behaviours.people import begin_day, end_day, spend
from sim.behaviours.readings import is_active, is_vacant, rep_row
from sim.behaviours.staff import search
from sim.domain.records import World
from sim.domain.vocabulary import HEARING, HIRING, MANAGING, PLANNING


@kernel
def manager_day(world: World, manager: int, day: int) -> None:
    """Let a manager work a day: hearings, hiring, planning, then everyday management. Changes the world in place.

    Parameters
    ----------
    manager : int
        Row of ``world.people``.
    """
    rules, person = world.rules, world.people[manager]
    if not is_active(world, manager):
        return
    begin_day(world, manager, rules.manager_day_hours, 0.0, 0.0)
    if day % DAYS_PER_QUARTER == DAYS_PER_QUARTER - QUARTER_END_DAYS:
        person.planning_hours_owed += rules.planning_hours
    _hear(world, manager, day)
    _fill_desks(world, manager, day)
    planned = min(rules.planning_share * person.hours_left, person.planning_hours_owed)
    person.planning_hours_owed -= planned
    spend(world, manager, PLANNING, planned)
    end_day(world, manager, 0.0, MANAGING)


@kernel
def _hear(world: World, manager: int, day: int) -> None:
    """Hear escalated disputes in the order they came up, for a share of the day at most. Changes in place."""
    rules, person, book = world.rules, world.people[manager], world.journal[day]
    left = rules.hearing_share * person.hours_left
    while person.hearing_head >= 0:
        incident = world.incidents[person.hearing_head]
        hours = max(0.0, min(left, rules.manager_hours - incident.manager_hours))
        spend(world, manager, HEARING, hours)
        left -= hours
        incident.manager_hours += hours
        book.manager_hours += hours
        if incident.manager_hours < rules.manager_hours:
            break
        _close_case(world, person.hearing_head, day)
        person.hearing_head = incident.next_hearing


@kernel
def _close_case(world: World, row: int, day: int) -> None:
    """A dispute has been heard to the end: strain of those two who are still there may fade. Changes in place."""
    incident, book = world.incidents[row], world.journal[day]
    incident.heard_day = day
    book.hearings += 1.0
    book.hearing_days += day - incident.day
    if world.people[incident.marketer].first_day <= incident.day:
        world.people[incident.marketer].open_hearings -= 1
    if world.people[incident.rep].first_day <= incident.day:
        world.people[incident.rep].open_hearings -= 1


@kernel
def _fill_desks(world: World, manager: int, day: int) -> None:
    """Look for successors at the vacant desks of one's own reps, a day's worth for each. Changes in place."""
    firm, rules, person = world.organization, world.rules, world.people[manager]
    a_day = rules.hiring_hours / rules.vacancy_days
    for slot in range(person.slot, firm.reps_today, firm.managers_today):
        rep = rep_row(world, person.unit, slot)
        if is_vacant(world, rep):
            hours = min(a_day, person.hours_left)
            spend(world, manager, HIRING, hours)
            search(world, rep, hours / a_day if a_day > 0.0 else 1.0, day)
