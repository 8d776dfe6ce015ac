"""Firms in which the model is a queue, a funnel or a clock that theory knows: the product's own code, other numbers.

`still` is a firm in which nothing moves but what a check sets going: no practice, no dispute, no customer, level
demand, every slope of every chance at zero. Each check says what it sets; the rest stays still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint, empty_world
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.records import World
from sim.domain.rules import RULES
from sim.engine.entries import found_world
from sim.engine.run import run_on
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of

#: Log-odds of what is as good as certain: 1 to the last bit.
SURE = 60.0
#: A number of days that no run reaches.
NEVER = 1_000_000
#: Hours that a rep spends on reading and calling where only his deals are to count.
NO_TIME = 1e-9
#: Closest to a Poisson distribution that scenarios may ask for; formulas take the true variance.
POISSON = 1000.0
NAMES = list(PRACTICES)
#: Hours that never run short.
PLENTY = 1e6

#: Slopes, costs of time and chances that are set to nothing; the names are those of scenario files.
NOTHING = """
demand_level_sd seasonal_swing effort_elasticity brand_elasticity spend_elasticity value_sd tempo_sd
fit_mean fit_per_knowledge score_noise habit_spread lead_count_pull recycle_chance
follow_up_quality follow_up_load follow_up_quarter_end follow_up_strain follow_up_horizon follow_up_own_yield
haste_reading haste_willingness reading_noise tracking_strength reroute_strength response_per_doubling
acceptance_fit acceptance_message account_hours_power
decide_message decide_context decide_tools decide_skill decide_ramp decide_strain decide_size decide_discount
decide_new_product yes_fit yes_message yes_brand yes_skill yes_discount yes_price
quiet_loss overdue_loss loss_fit loss_brand discount_quarter_end prospect_blocks prospect_block_hours skill_sd pace_sd
gamma_lead_quality gamma_follow_up gamma_credit gamma_price gamma_budget gamma_territory gamma_blame
mistake_chance leave_base leave_per_dispute customers_per_rep free_contacts
""".split()
#: Set to what makes each step certain, instant and for ever, until a check takes one of them back.
CERTAIN = {
    "day_noise_shape": POISSON,
    "due_days_low": 1,
    "due_days_spread": 1,
    "ready_threshold": -SURE,
    "inbox_min": 1.0,
    "inbox_max": 1.0,
    "reading_hours": NO_TIME,
    "contact_hours": NO_TIME,
    "follow_up_base": SURE,
    "acceptance_base": SURE,
    "expiry_days": NEVER,
    "second_look_days": NEVER,
    "neglect_days": NEVER,
    "launch_day": NEVER,
    "score_hours": NO_TIME,
    "queue_share": 1.0,
    "gap_days": 1.0,
    "handover_keep": 1.0,
    "use_coordination_hours": 0,
    "use_dispute_hours": 0,
    "use_budget_power": 0,
}
DEFAULTS = {rule.name: rule.default for rule in RULES}


@cache
def _mid() -> Any:
    return blueprint_of(load_scenario("mid")).rules


def still(n_days: int, marketers: int = 1, reps: int = 1, managers: int = 0, **rules: float) -> Blueprint:
    """A firm that stands still but for what is set.

    Parameters
    ----------
    n_days : int
        Length of a run; nothing is left out as warm-up.
    marketers, reps, managers : int
        People.
    **rules : float
        Parameters by the name of scenario files, and practices by theirs.
    """
    written = _mid().copy()
    chosen = DEFAULTS | dict.fromkeys(NOTHING, 0.0) | CERTAIN | rules
    for name, value in chosen.items():
        if name in PRACTICES:
            continue
        written[name] = value
    written["weekday"] = 1.0
    written["n_sources"] = written["n_segments"] = 1
    written["source_up_to"][0] = written["segment_up_to"][0] = 1.0
    written["source_fit_shift"][0] = 0.0
    written["segment_value"][0] = written["segment_pace"][0] = 1.0
    written["practice_base"] = [rules.get(name, 0.0) for name in NAMES]
    written["n_days"], written["warmup_days"], written["n_steps"], written["n_growth"] = n_days, 0, 0, 0
    return Blueprint(written, marketers, reps, 0, managers, 0)


def pipeline(n_days: int = 400, **rules: float) -> Blueprint:
    """A firm whose deals wait for nobody: three stages with known chances."""
    return still(n_days, raw_leads_per_rep_day=20.0, rep_hours=PLENTY, **rules)


def shipped(name: str, **rules: float) -> Blueprint:
    """A shipped scenario, with some parameters of its record set otherwise."""
    plan = blueprint_of(load_scenario(name))
    written = plan.rules.copy()
    for rule, value in rules.items():
        written[rule] = value
    return replace(plan, rules=written)


def runs(plan: Blueprint, n: int, first_seed: int = 1) -> Iterator[World]:
    """The worlds of n seeds after their last day, each good until the next one is asked for."""
    world = empty_world(plan)
    for seed in range(first_seed, first_seed + n):
        found_world(world, seed)
        world = run_on(world, 0)
        yield world


def course(world: World, column: str) -> Any:
    """A column of the journal by day, float64 of shape (days,): a copy, as the world's memory is used again."""
    return np.array(world.journal[column][: int(world.rules.n_days)])
