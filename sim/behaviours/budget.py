"""Power over money: what the programme is, who gets what a budget round takes from it (docs/odd.md, "Budget").

All money of the programme is accounted for every day: spend + selling hours bought + saved = usual · (1 + budget).
"""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.behaviours.kernel import kernel
from sim.behaviours.readings import (
    brand_share,
    effective,
    funnel_seen,
    level,
    marketing_horizon,
    n_reps_today,
    programme_cut,
)
from sim.domain.records import World
from sim.domain.vocabulary import JOINT_PLANNING, PROGRAMME_BUDGET, SALES_CAPACITY

#: A rep's hours against his own at most: doubled by decision, and as much again bought by budget rounds.
MOST_CAPACITY = 3.0


@kernel
def usual_programme(world: World) -> float:
    """Brand and demand spend of a usual day, c.u."""
    return world.rules.programme_per_rep * n_reps_today(world) / DAYS_PER_YEAR


@kernel
def programme_factor(world: World) -> float:
    """Brand and demand spend of today, as a share of the usual: what management grants less what rounds have taken."""
    return max(0.0, 1.0 + level(world, PROGRAMME_BUDGET) - programme_cut(world))


@kernel
def brand_spend(world: World) -> float:
    """Brand spend, 1 as usual."""
    return programme_factor(world) * brand_share(world) / world.rules.programme_brand_share


@kernel
def demand_spend(world: World) -> float:
    """Demand spend, 1 as usual."""
    return programme_factor(world) * (1.0 - brand_share(world)) / (1.0 - world.rules.programme_brand_share)


@kernel
def taken(world: World) -> float:
    """What budget rounds have taken from the programme of a day, c.u."""
    return usual_programme(world) * (1.0 + level(world, PROGRAMME_BUDGET) - programme_factor(world))


@kernel
def capacity_pay(world: World) -> float:
    """Selling hours of a day that are bought with what was taken from the programme, c.u."""
    return world.rules.programme_cut_sales * taken(world)


@kernel
def selling_capacity(world: World) -> float:
    """Hours of a rep against those of the people there are: more or fewer by decision, more by the budget round."""
    rules = world.rules
    bought = capacity_pay(world) * DAYS_PER_YEAR / max(1.0, rules.pay_rep)
    return min(MOST_CAPACITY, 1.0 + level(world, SALES_CAPACITY) + min(1.0, bought / n_reps_today(world)))


@kernel
def plan_budget(world: World) -> None:
    """Share out next quarter's money by what can be seen of this one's. Changes the organization in place.

    Notes
    -----
    seen = marketing's share of bookings · share of it that management sees; cut = 0.15 · max(0, 1 − seen / 0.40);
    brand share = 0.40 · (1 − 0.10 − 0.30 · miss − 0.83 · horizon lost); a common plan scales both moves down
    (1 − planning). Programmes that show late are cut first (E111; S34 by construction).
    """
    firm, rules = world.organization, world.rules
    apart = 1.0 - effective(world, JOINT_PLANNING)
    seen = firm.bookings_marketing_this_quarter / max(1.0, firm.bookings_this_quarter) * funnel_seen(world)
    firm.programme_cut = apart * rules.programme_cut * max(0.0, 1.0 - seen / rules.visible_share_norm)
    miss = max(0.0, 1.0 - firm.bookings_this_quarter / (n_reps_today(world) * rules.quota))
    raid = rules.raid_base + rules.raid_miss * miss
    raid += rules.raid_orientation * (rules.orientation_marketing - marketing_horizon(world))
    firm.brand_share = rules.programme_brand_share * max(0.0, 1.0 - apart * raid)
    firm.bookings_marketing_this_quarter = 0.0
