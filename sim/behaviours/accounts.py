"""After the sale: service, and whether a contract is renewed, grows or ends (docs/odd.md, "Accounts").

What was promised inconsistently or sold by discount comes back here; service holds customers, and so do people who have
served them for long.
"""

from __future__ import annotations

from sim.behaviours.arithmetic import exp, logistic
from sim.behaviours.calendar import DAYS_PER_QUARTER, DAYS_PER_YEAR
from sim.behaviours.contracts import begin_contract, end_contract, leave_firm
from sim.behaviours.feedback import tell_of_service
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens
from sim.behaviours.people import spend
from sim.behaviours.readings import (
    level,
    marketing_service_share,
    service_level_of,
    told_between,
)
from sim.domain.records import World
from sim.domain.vocabulary import ACCOUNT_PLANS, DRAW_RENEWS, PRODUCT_B, SERVING


@kernel
def set_service_owner(world: World, day: int) -> None:
    """Let service pass to marketing or back; new ties begin on that day. Changes the organization in place."""
    firm = world.organization
    share = marketing_service_share(world)
    if share > 0.0 and firm.service_share == 0.0:
        firm.marketing_serves_since = day
    if share < 1.0 and firm.service_share == 1.0:
        firm.sales_serves_since = day
    firm.service_share = share


@kernel
def serve_customers(world: World, person: int, share: float) -> None:
    """Let a person serve his customers with the hours that are left. Changes him in place.

    Parameters
    ----------
    person : int
        Row of ``world.people``.
    share : float
        Of the service of these customers that falls to him, 0–1.

    Notes
    -----
    Due a day: 0.6 h · Σ hours factors / 65. What is older than a quarter lapses. The service level follows the share
    given of the day's due, S += 0.02 (given / due − S), at most 1.
    """
    rules, row = world.rules, world.people[person]
    due = rules.service_hours * row.service_weight * share / DAYS_PER_QUARTER
    if due <= 0.0:
        row.service_hours_owed = 0.0
        return
    given = due
    if rules.use_service_hours != 0:
        row.service_hours_owed = min(row.service_hours_owed + due, DAYS_PER_QUARTER * due)
        given = min(row.service_hours_owed, row.hours_left)
        row.service_hours_owed -= given
        spend(world, person, SERVING, given)
    served = given / due if given < due else 1.0
    row.service_level += rules.service_memory * (served - row.service_level)


@kernel
def service_received(world: World, lead: int) -> float:
    """Service that a customer has had of late, 0–1.

    A marketer who does not know what sales has promised serves less well: part of service is keeping promises.
    """
    row, share = world.leads[lead], world.organization.service_share
    unknown = 1.0 - told_between(world, row.marketer, row.rep)
    of_marketer = service_level_of(world, row.marketer) * (1.0 - world.rules.service_promise * unknown)
    return (1.0 - share) * service_level_of(world, row.rep) + share * of_marketer


@kernel
def newness(world: World, lead: int, day: int) -> float:
    """How new a customer's tie is to who serves him, 1 on the first day, 0 after years.

    Notes
    -----
    e^(−t/260), t the days for which the rep has served him: since he became a customer, the rep came, or service came
    to sales, whichever is latest; likewise of the marketer, if he came during the run; weighed by who serves how much.
    A common account plan carries half of a tie across.
    """
    row, rules, firm = world.leads[lead], world.rules, world.organization
    by_rep = day - max(row.customer_since, world.people[row.rep].first_day, firm.sales_serves_since)
    by_marketer = day - max(row.customer_since, firm.marketing_serves_since)
    if world.people[row.marketer].first_day > 0:
        by_marketer = min(by_marketer, day - world.people[row.marketer].first_day)
    new = (1.0 - firm.service_share) * exp(-max(0, by_rep) / rules.tie_days)
    new += firm.service_share * exp(-max(0, by_marketer) / rules.tie_days)
    return new * (1.0 - rules.tie_account_plan * level(world, ACCOUNT_PLANS))


@kernel
def renewal_chance(world: World, lead: int, day: int) -> float:
    """Chance that a customer renews: fit, a promise kept, service, price, brand, and the tie to who serves him.

    Ties weigh more in large accounts, both ways (E114 for the level; signs assumed).
    """
    row, rules = world.leads[lead], world.rules
    odds = rules.renewal_base + rules.renewal_fit * row.fit - rules.renewal_message * (1.0 - row.message)
    odds += rules.renewal_service * (service_received(world, lead) - 0.5)
    odds -= rules.renewal_discount * max(0.0, row.discount - rules.renewal_discount_from)
    odds += rules.renewal_brand * world.organization.log_brand
    if row.product == PRODUCT_B:
        odds += rules.renewal_new_product
    if rules.use_ties != 0:
        odds += rules.tie_strength * row.hours_factor * (rules.tie_neutral - newness(world, lead, day))
    return logistic(odds)


@kernel
def renew(world: World, lead: int, day: int) -> None:
    """A contract has ended: it is renewed and grows, or the customer leaves. Changes the world in place."""
    row, rules, book = world.leads[lead], world.rules, world.journal[day]
    end_contract(world, lead)
    book.renewals_due += 1.0
    book.value_due += row.value
    if happens(world, row.key, DRAW_RENEWS, row.renewals, renewal_chance(world, lead, day)):
        growth = 1.0 + rules.expansion_base
        growth += rules.expansion_service * service_received(world, lead) * row.message
        row.value *= growth
        row.list_value *= growth
        book.renewals_won += 1.0
        book.bookings_renewal += row.value
        begin_contract(world, lead, day + DAYS_PER_YEAR)
    else:
        leave_firm(world, lead, day)
    tell_of_service(world, lead, day)
    row.renewals += 1
