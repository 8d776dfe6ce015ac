"""What changes nothing must change nothing at all: equal leads, outcomes and journal, to the byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.contract.left_behind import differing
from sim.domain.blueprint import Blueprint
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.vocabulary import ADOPT, RAISE
from sim.engine.run import simulate
from sim.spec.catalogue import interventions, load_scenario
from sim.spec.edit import with_interventions, with_relationship
from sim.spec.resolve import blueprint_of
from tests.blueprints import NAMES, blueprints, deterministic

SEEDS = st.integers(0, 2**63 - 1)
PRACTICE = st.integers(0, len(NAMES) - 1)
NEVER = 1_000_000


def with_step(plan: Blueprint, practice: int, target: float, start: int, one_off: float = 0.0) -> Blueprint:
    """The blueprint with a step more; its rules are copied."""
    rules = plan.rules.copy()
    step = int(rules["n_steps"])
    rules["n_steps"] += 1
    rules["step_what"][step], rules["step_target"][step] = practice, target
    rules["step_start"][step], rules["step_end"][step] = start, NEVER
    rules["step_time_constant"][step] = rules["step_decay"][step] = 40.0
    rules["step_one_off"][step] = one_off
    return replace(plan, rules=rules)


def of_one_type(plan: Blueprint) -> Blueprint:
    """The blueprint without turning to other types: what is there then is the level of the first day."""
    rules = plan.rules.copy()
    rules["step_kind"][rules["step_kind"] == ADOPT] = RAISE
    return replace(plan, rules=rules)


def level(plan: Blueprint, practice: int) -> float:
    return float(plan.rules["practice_base"][practice])


@deterministic(40)
@given(plan=blueprints(), seed=SEEDS, practice=PRACTICE, start=st.integers(0, 60))
def test_a_step_to_the_level_that_is_there_already_changes_nothing(plan, seed, practice, start):
    plan = of_one_type(plan)
    stepped = with_step(plan, practice, level(plan, practice), start)
    assert differing(simulate(stepped, seed), simulate(plan, seed)) == []


@deterministic(40)
@given(plan=blueprints(), seed=SEEDS, practice=PRACTICE, share=st.floats(0.0, 1.0))
def test_a_step_below_the_level_that_is_there_already_changes_nothing(plan, seed, practice, share):
    plan = of_one_type(plan)
    low = max(0.0, PRACTICES[NAMES[practice]].low)
    lower = min(level(plan, practice), low + share * (level(plan, practice) - low))
    assert differing(simulate(with_step(plan, practice, lower, 3), seed), simulate(plan, seed)) == []


@deterministic(40)
@given(plan=blueprints(), seed=SEEDS, practice=PRACTICE, late=st.integers(0, 50))
def test_a_step_that_starts_after_the_end_changes_and_books_nothing(plan, seed, practice, late):
    highest = PRACTICES[NAMES[practice]].high
    stepped = with_step(plan, practice, highest, plan.n_days + late, one_off=9e9)
    assert differing(simulate(stepped, seed), simulate(plan, seed)) == []


@deterministic(20)
@given(plan=blueprints(most_days=40), seed=SEEDS)
def test_the_same_step_a_second_time_changes_nothing(plan, seed):
    once = with_step(plan, NAMES.index("sla"), 1.0, 0)
    assert differing(simulate(with_step(once, NAMES.index("sla"), 1.0, 0), seed), simulate(once, seed)) == []


def test_a_step_that_does_something_is_told_from_one_that_does_not():
    plan = blueprint_of(load_scenario("micro"))
    stepped = with_step(plan, NAMES.index("sla"), 1.0, 0)
    assert "journal" in differing(simulate(stepped, 1), simulate(plan, 1))


@pytest.mark.parametrize("name", sorted(interventions()))
def test_no_dose_of_an_intervention_is_no_intervention(name):
    scenario = load_scenario("micro")
    without = simulate(blueprint_of(scenario), 5)
    assert differing(simulate(blueprint_of(with_interventions(scenario, f"{name}=0")), 5), without) == []


def test_the_relationship_that_a_scenario_has_already_changes_nothing():
    scenario = load_scenario("micro")
    same = with_relationship(scenario, scenario.relationship)
    assert differing(simulate(blueprint_of(same), 5), simulate(blueprint_of(scenario), 5)) == []
