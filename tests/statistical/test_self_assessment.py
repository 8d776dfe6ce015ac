"""The loop closes: simulate a firm, let its people answer, infer, and come back to about what it practises.

Measured over 45 firms drawn from the prior, with 6, 18 and 34 people in turn, their noise drawn from what is assumed:
see docs/how-to/assess.md. Seeds are fixed; the bounds lie about three standard errors from what was measured, firms
being what repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.assessment import THEMES, readout
from sim.calibrate.assessment import Bank, inferred, type_shares
from sim.calibrate.organizations import bank_of
from sim.calibrate.practice_prior import held, nearest_types
from sim.engine.run import simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_interventions, with_relationship
from sim.spec.resolve import blueprint_of
from tests.surveys import answered, people

pytestmark = pytest.mark.slow
FIRMS, OTHER_SEED = 45, 2
PANELS = (people(3, 3), people(9, 9, 1), people(17, 17, 1))


class Recovered(NamedTuple):
    """Whether practices lie inside their 90 % intervals, by firm; and what the true type was given."""

    inside: pd.DataFrame
    given: list[float]
    claimed: list[float]
    hit: list[bool]


@pytest.fixture(scope="module")
def bank() -> Bank:
    return bank_of(load_scenario("small"))


@pytest.fixture(scope="module")
def recovered(bank: Bank) -> Recovered:
    firms = bank_of(load_scenario("small"), FIRMS, OTHER_SEED)
    true = held(firms.levels)
    types = nearest_types(true)
    inside, given, claimed, hit = [], [], [], []
    for firm in range(FIRMS):
        draws = inferred(answered(firms.readouts[firm], PANELS[firm % 3], firm), bank).draws
        inside.append(true.iloc[firm].between(draws.quantile(0.05), draws.quantile(0.95)))
        shares = type_shares(draws)
        given.append(float(shares[types[firm]]))
        claimed.append(float(shares.max()))
        hit.append(shares.idxmax() == types[firm])
    return Recovered(pd.DataFrame(inside), given, claimed, hit)


def test_intervals_hold_the_practices_about_as_often_as_they_say(recovered: Recovered) -> None:
    assert 0.87 <= recovered.inside.to_numpy().mean() <= 0.96
    assert recovered.inside.mean().min() >= 0.75


def test_the_type_that_is_called_likeliest_is_the_right_one_as_often_as_is_claimed(recovered: Recovered) -> None:
    assert abs(np.mean(recovered.hit) - np.mean(recovered.claimed)) < 0.15
    assert np.mean(recovered.given) > 0.6


@pytest.mark.parametrize("relationship", ["undefined", "defined", "aligned", "integrated"])
def test_a_pure_type_with_many_people_is_found(bank: Bank, relationship: str) -> None:
    firm = with_relationship(load_scenario("small"), relationship)
    shares = [
        type_shares(
            inferred(answered(readout(simulate(blueprint_of(firm), seed)), people(15, 15, 1), seed), bank).draws
        )
        for seed in range(1, 3)
    ]
    assert float(np.mean([share[relationship] for share in shares])) > 0.7


@pytest.mark.parametrize(
    ("intervention", "moved", "kept"),
    [
        ("joint_planning", [4, 11, 20], [12, 17, 19]),
        ("learn_together", [19], [12, 13, 17]),
        ("shared_metrics_rewards", [12, 16], [3, 13, 19]),
        ("joint_account_plans", [3, 13], [12, 17, 19]),
        ("disciplined_meetings", [8], [12, 13, 17]),
    ],
)
def test_what_management_does_moves_the_answers_that_it_should_and_no_others(
    intervention: str, moved: Sequence[int], kept: Sequence[int]
) -> None:
    base = with_relationship(sim.load_scenario("small"), "defined")
    plans = [blueprint_of(firm) for firm in (base, with_interventions(base, intervention))]
    before, after = (np.mean([readout(simulate(plan, seed)) for seed in range(1, 9)], axis=0) for plan in plans)
    change = pd.DataFrame((after - before).T, index=range(1, len(THEMES) + 1))
    assert (change.loc[list(moved)] > 0.2).all(axis=None), change.loc[list(moved)]
    assert (change.loc[list(kept)].abs() < 0.05).all(axis=None), change.loc[list(kept)]
