"""Effect of each dose, the curve, the best dose: right where the truth is known, and said where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.dose_response import DoseResponse, along, dose_response
from sim.analysis.simultaneous import joint_draws, share_above, t_values
from sim.domain.errors import InputError
from tests.studies import tables

DOSES = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0])


def outcomes(truth: Any, n: int = 60, noise: float = 0.3, seed: int = 1) -> Any:
    """Values by dose and replication: much common luck, a little of a dose's own."""
    luck = np.random.default_rng(seed)
    return truth[:, None] + 20.0 * luck.normal(size=(1, n)) + noise * luck.normal(size=(len(truth), n))


def studied(truth: Any, better: str = "higher", **how: Any) -> DoseResponse:
    return dose_response(*tables({"dose": DOSES}, outcomes(truth, **how)), "dose", "y", better)


def test_differences_are_those_of_the_paired_t_test() -> None:
    values = outcomes(DOSES * 0.1)
    found = dose_response(*tables({"dose": DOSES}, values), "dose", "y", "higher").effects
    expected = stats.ttest_rel(values[3], values[0])
    assert found["difference"][3] == pytest.approx((values[3] - values[0]).mean())
    assert (found["low"][3], found["high"][3]) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert found["difference"][0] == 0.0
    assert np.isnan(found["low"][0])


@pytest.mark.parametrize("n", [4, 21, 2001])
def test_the_joint_distribution_is_that_of_real_samples(n: int) -> None:
    """Six comparisons with one baseline; with many replications Dunnett's (1955) 2.567 for a known spread."""
    correlation = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    draws = joint_draws(correlation, n)
    if n == 2001:
        assert np.quantile(draws, 0.95) == pytest.approx(2.567, abs=0.02)
        return
    luck = np.random.default_rng(1)
    samples = luck.normal(size=(20_000, 6, n)) + luck.normal(size=(20_000, 1, n))
    t = np.abs(samples.mean(axis=2) / samples.std(axis=2, ddof=1) * np.sqrt(n)).max(axis=1)
    assert (t > np.quantile(draws, 0.95)).mean() == pytest.approx(0.05, abs=0.006)  # 3 standard errors of both


def test_intervals_for_all_doses_are_wider_than_for_each_alone() -> None:
    found = studied(DOSES * 0.1).effects.iloc[1:]
    assert (found["joint_low"] < found["low"]).all() and (found["joint_high"] > found["high"]).all()


def test_a_difference_without_spread_is_certain_and_none_is_nothing() -> None:
    t, correlation = t_values(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-2.0, -2.0, -2.0]]))
    assert t.tolist() == [np.inf, 0.0, -np.inf]
    assert (correlation == np.eye(3)).all()


def test_a_joint_p_value_is_never_zero_and_never_above_one() -> None:
    assert share_above(np.arange(99.0), np.array([1000.0, 98.0, 0.0])).tolist() == [0.01, 0.02, 1.0]


def test_the_best_dose_of_a_parabola_is_found() -> None:
    found = studied(-((DOSES - 1.8) ** 2))
    assert found.shape == "parabola"
    assert found.optimum is not None
    assert found.optimum.low <= 1.8 <= found.optimum.high
    assert found.optimum.high - found.optimum.low < 0.3
    assert found.optimum.bracket_low <= found.optimum.low and found.optimum.high <= found.optimum.bracket_high
    possible = found.effects.loc[found.effects["may_be_best"], "dose"]
    assert found.optimum.bracket_low == max(dose for dose in DOSES if dose < possible.min())
    assert found.optimum.bracket_high == min(dose for dose in DOSES if dose > possible.max())
    assert found.optimum.edge == ""
    assert found.optimum.effect == pytest.approx(1.8**2, abs=0.3)
    assert not found.is_flat


def test_a_benefit_that_levels_off_against_a_cost_is_found_between_the_doses() -> None:
    truth = DOSES / (DOSES + 0.3) - 0.2 * DOSES
    best = np.sqrt(0.3 / 0.2) - 0.3
    found = studied(truth, n=400, noise=0.2).optimum
    assert found is not None
    assert found.low <= best <= found.high


def test_lower_is_better_where_the_outcome_says_so() -> None:
    found = studied((DOSES - 1.0) ** 2, better="lower").optimum
    assert found is not None
    assert found.dose == pytest.approx(1.0, abs=0.1)
    assert found.effect < 0
    effects = studied((DOSES - 1.0) ** 2, better="lower").effects
    assert effects.loc[effects["may_be_best"], "dose"].tolist() == [1.0]


def test_what_does_nothing_is_flat_and_has_no_best_dose_to_speak_of() -> None:
    found = studied(np.zeros(6))
    assert found.is_flat
    assert any(note.startswith("Flat: no dose is distinguishable") for note in found.notes)
    assert "Every tested dose may be the best." in found.notes


def test_a_best_dose_at_the_edge_is_told() -> None:
    rising = studied(DOSES)
    assert rising.optimum is not None
    assert (rising.optimum.edge, rising.optimum.dose) == ("highest", 3.0)
    assert any("may lie beyond the range" in note for note in rising.notes)
    harmful = studied(-DOSES)
    assert "The best dose is none at all." in harmful.notes


def test_an_interval_that_reaches_the_edge_is_told() -> None:
    found = studied(-((DOSES - 2.6) ** 2), noise=2.0)
    assert found.optimum is not None
    assert found.optimum.high == 3.0
    assert any("beyond" in note for note in found.notes)
    lowest = studied(-((DOSES - 0.4) ** 2), noise=2.0)
    assert lowest.optimum is not None
    assert (lowest.optimum.edge, lowest.optimum.low) == ("", 0.0) and lowest.optimum.high < 3.0
    assert any("reaches an end of the range" in note for note in lowest.notes)


def test_the_truth_need_not_be_any_of_the_smooth_shapes() -> None:
    steps = np.array([0.0, 0.0, 5.0, 5.1, 0.2, 0.0])
    found = studied(steps)
    assert found.shape == "spline through all means"
    np.testing.assert_allclose(np.interp(DOSES, found.curve["dose"], found.curve["effect"]), steps, atol=0.3)


def test_an_outcome_without_a_better_side_has_a_curve_but_no_best_dose() -> None:
    found = studied(DOSES, better="")
    assert found.optimum is None
    assert found.curve["effect"].iloc[-1] == pytest.approx(3.0, abs=0.2)


def test_the_better_side_is_that_of_the_outcome() -> None:
    points, runs = tables({"dose": DOSES}, outcomes(-((DOSES - 1.0) ** 2)), outcome="conflict_per_100")
    assert dose_response(points, runs, "dose", "conflict_per_100").better == "lower"


def test_replications_without_the_outcome_at_some_dose_are_left_out_at_all_and_told() -> None:
    values = outcomes(DOSES)
    values[2, :7] = np.nan
    found = dose_response(*tables({"dose": DOSES}, values), "dose", "y", "higher")
    assert found.n_replications == 53
    assert any(note.startswith("7 replications lack the outcome") for note in found.notes)


def test_points_may_come_in_any_order() -> None:
    points, runs = tables({"dose": DOSES}, outcomes(DOSES))
    shuffled = dose_response(points.sample(frac=1.0, random_state=3), runs, "dose", "y", "higher")
    pd.testing.assert_frame_equal(shuffled.effects, dose_response(points, runs, "dose", "y", "higher").effects)


def test_one_curve_of_a_star_is_chosen() -> None:
    star = {"a": [0, 1, 2, 3, 0, 0, 0], "b": [0, 0, 0, 0, 1, 2, 3]}
    points, runs = tables(star, outcomes(np.array([0.0, 1.0, 2.0, 3.0, -1.0, -2.0, -3.0])))
    with pytest.raises(InputError, match="must differ in b alone, got 'also a'"):
        dose_response(points, runs, "b", "y", "higher")
    found = dose_response(along(points, "b"), runs, "b", "y", "higher")
    assert found.effects["dose"].tolist() == [0, 1, 2, 3]
    assert found.optimum is not None and found.optimum.dose == 0.0
    with pytest.raises(InputError, match="must be a factor of these points"):
        along(points, "c")


@pytest.mark.parametrize(
    ("doses", "n", "message"),
    [
        ([0.0, 1.0], 50, "must be 3 or more different doses"),
        ([0.0, 1.0, 1.0], 50, "must be 3 or more different doses"),
        (["none", "some", "much"], 50, "must be numbers, got 'none'"),
        ([0.0, 1.0, 2.0], 4, "must exist at every dose in at least 5 replications, got 4"),
    ],
)
def test_what_has_no_curve_is_refused(doses: list[Any], n: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        dose_response(*tables({"dose": doses}, outcomes(np.arange(float(len(doses))), n)), "dose", "y", "higher")


def test_points_without_the_factor_are_refused_by_name() -> None:
    points, runs = tables({"dose": DOSES}, outcomes(DOSES))
    with pytest.raises(InputError, match="dose"):
        dose_response(points.drop(columns="dose"), runs, "dose", "y", "higher")


def test_a_point_that_lies_on_a_curve_twice_is_one_dose() -> None:
    star = pd.DataFrame({"point_id": ["p", "q", "p"], "a": [0, 1, 0], "b": [0, 0, 0]})
    assert along(star, "a")["point_id"].tolist() == ["p", "q"]
