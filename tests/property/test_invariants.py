"""What holds on every evening of every organization (docs/odd.md, "Invariants").

The whole file runs again with the compiler's bounds checks on (`test_bounds_checks.py`), with fewer examples.
"""

from __future__ import annotations

import os

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.contract.invariants import check_all_evenings, leads_of, sums_until
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.vocabulary import DISPUTES, INSTALLED_CUSTOMER, SELF_FOUND, STATES
from sim.engine.run import simulate
from tests.blueprints import blueprints, build, deterministic

EXAMPLES = int(os.environ.get("SMARKETING_EXAMPLES", "60"))
SEEDS = st.integers(0, 2**63 - 1)


@deterministic(EXAMPLES)
@given(plan=blueprints(most_days=80), seed=SEEDS)
def test_every_evening_everything_is_accounted_for(plan, seed):
    check_all_evenings(plan, seed)


@deterministic(max(10, EXAMPLES // 3))
@given(plan=blueprints(most_days=80), seed=SEEDS, gap=st.floats(0.05, 2.0), tempo_sd=st.floats(0.0, 2.5))
def test_with_buyers_in_a_hurry_too(plan, seed, gap, tempo_sd):
    plan.rules["gap_days"], plan.rules["tempo_sd"] = gap, tempo_sd
    check_all_evenings(plan, seed)


GAMMAS = [f"gamma_{name}" for name in DISPUTES]


@deterministic(max(5, EXAMPLES // 3))
@given(plan=blueprints(), seed=SEEDS)
def test_without_a_chance_of_disputes_there_are_none_and_no_strain(plan, seed):
    for name in GAMMAS:
        plan.rules[name] = 0.0
    world = simulate(plan, seed)
    assert world.organization.n_incidents == 0
    assert (world.people["strain"] == 0).all()
    assert (world.people["hours"][: plan.n_marketers + plan.n_reps, 2] == 0).all()


@deterministic(max(5, EXAMPLES // 3))
@given(plan=blueprints(), seed=SEEDS)
def test_without_inquiries_and_events_nothing_is_handed_off(plan, seed):
    plan.rules["raw_leads_per_rep_day"] = plan.rules["event_leads_per_rep"] = 0.0
    world = simulate(plan, seed)
    total = sums_until(world, plan.n_days - 1)
    names = ("leads_in", "handed_off", "lead_quality_disputes", "follow_up_disputes", "credit_disputes")
    assert [total[name] for name in names] == [0.0] * len(names)
    assert np.isin(leads_of(world)["source"], (SELF_FOUND, INSTALLED_CUSTOMER)).all()


@deterministic(max(5, EXAMPLES // 3))
@given(plan=blueprints(), seed=SEEDS)
def test_without_luck_in_prospecting_every_win_comes_from_marketing(plan, seed):
    plan.rules["prospect_success"] = 0.0
    total = sums_until(simulate(plan, seed), plan.n_days - 1)
    assert total["self_found"] == 0.0
    assert total["wins_marketing"] == total["wins"]


@deterministic(max(5, EXAMPLES // 3))
@given(plan=blueprints(), seed=SEEDS)
def test_without_feedback_and_contact_in_the_field_nothing_is_reported(plan, seed):
    feedback = list(PRACTICES).index("feedback")
    plan.rules["practice_base"][feedback] = 0.0
    plan.rules["n_steps"] = 0
    plan.rules["use_familiarity"] = 0
    assert sums_until(simulate(plan, seed), plan.n_days - 1)["reports"] == 0.0


def test_a_typical_firm_meets_every_state_and_every_kind_of_dispute():
    """So that the invariants above are not true of nothing."""
    world = simulate(build((14, 40, 1, 6, 0), 400, 65, practices={"liaisons": 1.0}), 1)
    assert set(leads_of(world)["state"].tolist()) == set(range(len(STATES)))
    assert set(world.incidents["kind"][: world.organization.n_incidents].tolist()) == set(range(1, len(DISPUTES) + 1))
