"""How often reps open the inbox, and what becomes of a firm that lives on inquiries."""

from __future__ import annotations

import numpy as np
import pytest

from sim.domain.blueprint import empty_world
from sim.engine.entries import found_world
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_value
from sim.spec.resolve import blueprint_of
from tests.blueprints import build


def habits(**rules: float) -> np.ndarray:
    world = empty_world(build((3, 60, 0, 1, 0), rules=rules))
    found_world(world, 1)
    return np.asarray(world.people["inbox_habit"][3:63])


@pytest.mark.parametrize("least", [0.0, 0.3, 0.9])
def test_no_rep_is_less_keen_than_the_least_keen_nor_keener_than_the_keenest(least):
    drawn = habits(inbox_min=least)
    assert ((drawn >= least) & (drawn <= 0.9)).all()
    assert (np.argsort(drawn, kind="stable") == np.argsort(habits(), kind="stable")).all() or least == 0.9
    np.testing.assert_allclose(drawn, least + (0.9 - least) * habits() / 0.9)


def test_where_nobody_is_keen_the_least_keen_is_as_keen_as_all():
    assert (habits(inbox_min=0.5, inbox_max=0.2) == 0.2).all()


def test_an_inbound_funnel_does_not_hang_on_a_few_reps_who_never_look():
    """With the habits of reps who find buyers themselves, some firms of eleven would lose a third of all inquiries."""
    scenario = load_scenario("olist")
    plan, careless = (blueprint_of(with_value(scenario, "handoff.inbox_min", least)) for least in (0.5, 0.0))
    assert bytes(plan.rules) == bytes(blueprint_of(scenario).rules)
    lost = [float(outcomes_of(simulate(plan, seed)).unread_expired) for seed in range(1, 7)]
    assert max(lost) < 0.05
    assert max(float(outcomes_of(simulate(careless, seed)).unread_expired) for seed in range(1, 4)) > 0.2
