"""Effect per unit of cost with Fieller's interval."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.efficiency import CHEAPER, NO_INTERVAL, SAME_COST, compare_efficiency, effect_per_cost
from sim.domain.errors import InputError

LUCK = np.random.default_rng(61)
COSTS = LUCK.normal(50, 10, 80)
EFFECTS = 3 * COSTS + LUCK.normal(10, 40, 80)


def test_at_both_ends_the_ratio_is_just_distinguishable() -> None:
    found = effect_per_cost(EFFECTS, COSTS)
    assert found.ratio == pytest.approx(EFFECTS.mean() / COSTS.mean())
    assert found.low is not None and found.high is not None
    for end in (found.low, found.high):
        assert stats.ttest_1samp(EFFECTS - end * COSTS, 0.0).pvalue == pytest.approx(0.05, rel=1e-6)
    assert found.low < found.ratio < found.high  # type: ignore[operator]


def test_a_cost_that_never_varies_gives_students_interval_over_the_cost() -> None:
    found = effect_per_cost(EFFECTS, np.full(80, 20.0))
    low, high = stats.ttest_1samp(EFFECTS, 0.0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low / 20, high / 20))


def test_the_ratio_turns_with_its_sign_and_scales_with_the_unit() -> None:
    one, turned, cents = (
        effect_per_cost(*pair) for pair in ((EFFECTS, COSTS), (-EFFECTS, COSTS), (EFFECTS, 100 * COSTS))
    )
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low))  # type: ignore[operator]
    assert (cents.low, cents.high) == pytest.approx((one.low / 100, one.high / 100))  # type: ignore[operator]


def test_there_is_no_finite_interval_where_the_cost_may_be_nothing() -> None:
    found = effect_per_cost(EFFECTS, LUCK.normal(0.1, 10, 80))
    assert (found.ratio, found.low, found.high, found.note) == (None, None, None, NO_INTERVAL)
    assert found.difference == pytest.approx(EFFECTS.mean())


def test_the_interval_ends_exactly_where_the_cost_becomes_distinguishable() -> None:
    spread = LUCK.normal(0, 10, 80)
    spread -= spread.mean()
    edge = stats.t.ppf(0.975, 79) * spread.std(ddof=1) / math.sqrt(80)
    assert effect_per_cost(EFFECTS, spread + 0.99 * edge).low is None
    assert effect_per_cost(EFFECTS, spread + 1.01 * edge).low is not None


def test_what_costs_the_same_or_less_says_so() -> None:
    assert effect_per_cost(EFFECTS, np.zeros(80)).note == SAME_COST
    assert effect_per_cost(EFFECTS, -COSTS).note == CHEAPER
    assert effect_per_cost(EFFECTS, COSTS).note == ""
    assert effect_per_cost(EFFECTS[:1], COSTS[:1]).note == "too few replications"


def test_an_effect_that_is_nothing_has_zero_within_its_interval() -> None:
    found = effect_per_cost(np.zeros(80), COSTS)
    assert (found.ratio, found.low, found.high) == (0.0, 0.0, 0.0)


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    points = pd.DataFrame(
        {"point_id": ["a", "b"], "point": [0, 1], "label": ["A", "B"], "interventions": ["", "liaison"]}
    )
    base = {"draw": 0, "replication": range(80), "status": "done", "error": None}
    runs = [
        pd.DataFrame({"point_id": "a", **base, "wins": 100.0, "cost": 1000.0, "intervention_cost": 0.0}),
        pd.DataFrame(
            {"point_id": "b", **base, "wins": 100.0 + EFFECTS, "cost": 1000.0 + COSTS, "intervention_cost": 500.0}
        ),
    ]
    return points, pd.concat(runs)


@pytest.mark.parametrize(("cost", "extra"), [("cost", COSTS.mean()), ("intervention_cost", 500.0)])
def test_the_table_has_a_row_per_point_with_the_cost_it_is_measured_by(cost: str, extra: float) -> None:
    table = compare_efficiency(*tables(), outcomes="wins", cost=cost)
    assert table["point_id"].tolist() == ["b"]
    row = table.iloc[0]
    assert (row["cost"], row.replications, row.ci_method) == (cost, 80, "Fieller")
    assert row.extra_cost == pytest.approx(extra)
    assert row.per_cost == pytest.approx(EFFECTS.mean() / extra)


def test_a_cost_that_the_runs_do_not_have_is_named() -> None:
    with pytest.raises(InputError, match="cost: must be an outcome of these runs, got 'costs'\nDid you mean 'cost'?"):
        compare_efficiency(*tables(), cost="costs")
