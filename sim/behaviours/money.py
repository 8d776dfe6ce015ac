"""Money: what a day earns and costs (docs/odd.md, "Money"). Each line of the account is a function of its own.

profit = revenue − delivery − pay − programme − practices − interventions, in the journal every evening.
"""

from __future__ import annotations

from sim.behaviours.budget import capacity_pay, programme_factor, taken, usual_programme
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.behaviours.kernel import kernel
from sim.behaviours.practices import n_persons
from sim.behaviours.readings import level, n_marketers_today, n_reps_today
from sim.domain.records import World
from sim.domain.vocabulary import (
    COLLOCATION,
    DATA_SHARING,
    JOINT_EVENTS,
    LIAISONS,
    RIDE_ALONGS,
    SALES_CAPACITY,
    TRAINING,
)


@kernel
def yearly_pay_of_sales(world: World) -> float:
    """Pay of reps, by their capacity, and managers, c.u. per year; a generalist is paid half by each side."""
    firm, rules = world.organization, world.rules
    reps = n_reps_today(world) - 0.5 * firm.n_units * firm.generalists_today
    reps *= 1.0 + level(world, SALES_CAPACITY)
    return reps * rules.pay_rep + firm.n_units * firm.managers_today * rules.pay_manager


@kernel
def yearly_pay_of_marketing(world: World) -> float:
    """Pay of marketers and liaisons, c.u. per year."""
    firm = world.organization
    heads = n_marketers_today(world) - 0.5 * firm.n_units * firm.generalists_today + level(world, LIAISONS)
    return heads * world.rules.pay_marketer


@kernel
def yearly_cost_of_practices(world: World) -> float:
    """Running cost of the practices in force, whoever ordered them, c.u. per year."""
    rules, persons = world.rules, world.organization.n_units * n_persons(world)
    cost = 12.0 * rules.ride_along_cost * level(world, RIDE_ALONGS) * n_marketers_today(world)
    cost += 4.0 * rules.event_cost * level(world, JOINT_EVENTS)
    cost += 4.0 * rules.training_cost * level(world, TRAINING) * persons
    cost += rules.data_cost * level(world, DATA_SHARING) * persons
    return cost + rules.collocation_cost * level(world, COLLOCATION) * persons


@kernel
def cost_of_interventions(world: World, day: int) -> float:
    """One-off cost of the interventions that begin today, c.u."""
    rules, cost = world.rules, 0.0
    for step in range(rules.n_steps):
        if rules.step_start[step] == day:
            cost += rules.step_one_off[step]
    return cost


@kernel
def pay_costs(world: World, day: int) -> None:
    """Book the day's pay, programme, practices and interventions. Changes the journal in place."""
    book = world.journal[day]
    book.pay_marketing = yearly_pay_of_marketing(world) / DAYS_PER_YEAR
    book.capacity_pay = capacity_pay(world)
    book.pay = yearly_pay_of_sales(world) / DAYS_PER_YEAR + book.capacity_pay + book.pay_marketing
    book.programme = usual_programme(world) * programme_factor(world)
    book.programme_saved = taken(world) - book.capacity_pay
    book.practice_cost = yearly_cost_of_practices(world) / DAYS_PER_YEAR
    book.intervention_cost = cost_of_interventions(world, day)


@kernel
def recognise_revenue(world: World, day: int) -> None:
    """Book a day of all contracts and what their delivery costs. Changes the journal in place.

    Delivery costs a share of the list value: a discount does not make it cheaper.
    """
    firm, book = world.organization, world.journal[day]
    book.revenue = firm.contract_value / DAYS_PER_YEAR
    book.delivery = world.rules.delivery_share * firm.contract_list_value / DAYS_PER_YEAR


@kernel
def close_books(world: World, day: int) -> None:
    """Recognise revenue and strike the day's balance. Changes the journal in place."""
    recognise_revenue(world, day)
    book = world.journal[day]
    cost = book.delivery + book.pay + book.programme + book.practice_cost + book.intervention_cost
    book.profit = book.revenue - cost
