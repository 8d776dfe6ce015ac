"""The second product: who learns it, who sells it, what entering its market takes (docs/odd.md, "Second product")."""

from __future__ import annotations

from sim.behaviours.arithmetic import logistic
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens
from sim.behaviours.readings import is_active, level, vocabulary_of
from sim.domain.records import World
from sim.domain.vocabulary import DRAW_PRODUCT, JOINT_PLANNING, PRODUCT_A, PRODUCT_B, SHARED_METRIC_SALES


@kernel
def launch_day(world: World) -> int:
    """Day of the run from which product B is there."""
    return world.rules.warmup_days + world.rules.launch_day


@kernel
def is_entering(world: World, lead: int, day: int) -> bool:
    """Whether a deal is part of the market entry: for product B, in its first year."""
    return day < launch_day(world) + DAYS_PER_YEAR and world.leads[lead].product == PRODUCT_B


@kernel
def learn_product(world: World, day: int) -> None:
    """Reps learn product B from people who speak their language. Changes reps in place.

    Notes
    -----
    K += 0.04 V² (1 − K) a week, from the launch: a difference of words only costs.
    """
    firm, gain = world.organization, world.rules.product_knowledge_gain
    if day >= launch_day(world):
        for row in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
            rep, words = world.people[row], vocabulary_of(world, row)
            if is_active(world, row):
                rep.product_knowledge += gain * words * words * (1.0 - rep.product_knowledge)


@kernel
def choose_product(world: World, lead: int, day: int) -> None:
    """Choose the product that a new deal is for. Changes the lead in place.

    Pay that is tied to closing favours product A, which sells fast; B is dearer and lasts longer.
    """
    row, rules = world.leads[lead], world.rules
    row.product = PRODUCT_A
    if day >= launch_day(world):
        odds = rules.product_base + rules.product_shared_pay * level(world, SHARED_METRIC_SALES)
        odds += rules.product_planning * level(world, JOINT_PLANNING)
        if happens(world, row.key, DRAW_PRODUCT, 0, logistic(odds)):
            row.product = PRODUCT_B


@kernel
def premium_of(world: World, lead: int) -> float:
    """Factor on the list value of a deal: product B is dearer."""
    return 1.0 + world.rules.product_premium if world.leads[lead].product == PRODUCT_B else 1.0
