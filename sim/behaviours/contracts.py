"""Who is a customer, from when, for how much, and until when (docs/odd.md, "Accounts").

A contract runs for 260 days. It pays its yearly value / 260 on each of them, from the day of the win or renewal to the
day before it ends. So the value of all customers in the evening is all that money needs to know.
"""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_YEAR, put_renewal
from sim.behaviours.demand import draw_size, new_lead
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import installed_key, number_of
from sim.behaviours.luck import normal, pick
from sim.behaviours.readings import marketing_service_share, rep_row
from sim.domain.records import World
from sim.domain.vocabulary import (
    CHURNED,
    CUSTOMER,
    DRAW_CUSTOMER_AGE,
    DRAW_FIT,
    DRAW_RENEWAL_DAY,
    INSTALLED_CUSTOMER,
)

LONG_AGO = -1000000


@kernel
def begin_contract(world: World, lead: int, end_day: int) -> None:
    """Let the contract of a customer run until before a day. Changes organization and calendar in place."""
    row, firm = world.leads[lead], world.organization
    firm.contract_value += row.value
    firm.contract_list_value += row.list_value
    put_renewal(world, lead, end_day)


@kernel
def end_contract(world: World, lead: int) -> None:
    """End the contract of a customer. Changes the organization in place."""
    row, firm = world.leads[lead], world.organization
    firm.contract_value = max(0.0, firm.contract_value - row.value)
    firm.contract_list_value = max(0.0, firm.contract_list_value - row.list_value)


@kernel
def become_customer(world: World, lead: int, since: int, end_day: int) -> None:
    """Make an account a customer with a contract until before a day. Changes the world in place."""
    row = world.leads[lead]
    row.state = CUSTOMER
    row.customer_since = since
    _look_after(world, row.rep, 1, row.hours_factor)
    _look_after(world, row.marketer, 1, row.hours_factor)
    begin_contract(world, lead, end_day)


@kernel
def leave_firm(world: World, lead: int, day: int) -> None:
    """Let a customer go whose contract has ended. Changes leads and people in place."""
    row = world.leads[lead]
    row.state = CHURNED
    world.organization.n_current -= 1
    row.churned_day = day
    _look_after(world, row.rep, -1, row.hours_factor)
    _look_after(world, row.marketer, -1, row.hours_factor)


@kernel
def _look_after(world: World, person: int, change: int, weight: float) -> None:
    """Count a customer more or less of a person, weighed by the hours that he takes. Changes the person in place."""
    row = world.people[person]
    row.customers += change
    row.service_weight = max(0.0, row.service_weight + change * weight) if row.customers > 0 else 0.0


@kernel
def found_customers(world: World) -> None:
    """Give every rep his customers of the first morning and set who serves them. Changes the world in place."""
    firm = world.organization
    firm.contract_value = firm.contract_list_value = 0.0
    firm.service_share = marketing_service_share(world)
    firm.marketing_serves_since = firm.sales_serves_since = LONG_AGO
    for unit in range(firm.n_units):
        for slot in range(firm.reps_today):
            for index in range(world.rules.customers_per_rep):
                _found_customer(world, unit, slot, index)


@kernel
def _found_customer(world: World, unit: int, slot: int, index: int) -> None:
    """One customer of the first morning: value, fit, age and the day his contract ends. Changes the world in place."""
    rules, firm = world.rules, world.organization
    key = installed_key(number_of(unit, slot), index)
    lead = new_lead(world, key, INSTALLED_CUSTOMER, 0)
    row = world.leads[lead]
    row.rep = rep_row(world, unit, slot)
    row.marketer = unit * firm.unit_marketers + slot % firm.marketers_today
    row.fit = rules.customer_fit + rules.customer_fit_sd * normal(world, key, DRAW_FIT, 0)
    row.message = rules.customer_message
    row.discount = rules.discount_norm
    draw_size(world, lead, firm.mean_log_size)
    row.booked = row.value
    row.list_value = row.value / max(0.01, 1.0 - row.discount)
    since = -1 - pick(world, key, DRAW_CUSTOMER_AGE, 0, rules.customer_age_days)
    row.born_day = since
    become_customer(world, lead, since, 1 + pick(world, key, DRAW_RENEWAL_DAY, 0, DAYS_PER_YEAR - 1))
