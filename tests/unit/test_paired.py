"""Paired differences, their intervals, Holm's adjustment and verdicts."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from sim.analysis.paired import Paired, compare_pairs, holm, verdict_of

NAN = math.nan


def pair(difference: float | None, is_equal: bool = False) -> Paired:
    return Paired(1.0, 1.0, difference, None, None, None, None, 9, is_equal)


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_the_interval_and_p_are_those_of_the_paired_t_test(n: int) -> None:
    luck = np.random.default_rng(n)
    baseline = luck.normal(100, 20, n)
    values = baseline + luck.normal(1, 3, n)
    found = compare_pairs(values, baseline, "higher")
    expected = stats.ttest_rel(values, baseline)
    low, high = expected.confidence_interval(0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-9)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert found.difference == pytest.approx((values - baseline).mean())
    assert found.replications == n


def test_pairs_in_which_one_world_has_no_value_are_left_out() -> None:
    values, baseline = np.array([1.0, NAN, 3.0, 9.0]), np.array([0.0, 5.0, NAN, 6.0])
    found = compare_pairs(values, baseline, "higher")
    assert (found.mean, found.baseline_mean, found.difference, found.replications) == (5.0, 3.0, 2.0, 2)


def test_without_a_common_pair_nothing_is_said() -> None:
    found = compare_pairs(np.array([NAN, 1.0]), np.array([1.0, NAN]), "lower")
    assert found == Paired(None, None, None, None, None, None, None, 0, False)
    assert verdict_of(found, None, "lower") == "not distinguishable"


def test_a_single_pair_has_a_difference_but_no_interval() -> None:
    found = compare_pairs(np.array([3.0]), np.array([1.0]), "lower")
    assert (found.difference, found.ci_low, found.ci_high, found.p, found.share_better) == (2.0, None, None, None, 0.0)


def test_a_constant_difference_has_an_interval_without_width() -> None:
    found = compare_pairs(np.array([2.0, 3.0]), np.array([1.0, 2.0]), "higher")
    assert (found.ci_low, found.ci_high, found.p, found.is_equal) == (1.0, 1.0, 0.0, False)


def test_equal_worlds_are_equal_even_where_something_does_not_exist_in_both() -> None:
    values = np.array([1.0, NAN, 3.0])
    assert compare_pairs(values, values.copy(), "higher").is_equal


def test_worlds_of_which_one_lacks_a_value_are_not_equal() -> None:
    found = compare_pairs(np.array([1.0, NAN, 3.0]), np.array([1.0, 2.0, 3.0]), "higher")
    assert found.difference == 0.0
    assert not found.is_equal
    assert verdict_of(found, 1.0, "higher") == "not distinguishable"


@pytest.mark.parametrize(("better", "share"), [("higher", 0.5), ("lower", 0.25), ("", None)])
def test_the_share_better_follows_the_direction_and_leaves_out_ties(better: str, share: float | None) -> None:
    values, baseline = np.array([2.0, 2.0, 1.0, 0.0]), np.ones(4)
    assert compare_pairs(values, baseline, better).share_better == share


def test_holm_is_what_one_computes_by_hand() -> None:
    # sorted: .005·4 = .02, .01·3 = .03, .03·2 = .06, .04·1 = .04 but not below .06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_is_at_most_one_never_below_p_and_keeps_the_order() -> None:
    p_values = np.random.default_rng(1).uniform(size=200) ** 3
    adjusted = np.array(holm(list(p_values)), dtype=float)
    assert (adjusted >= p_values).all()
    assert adjusted.max() <= 1.0
    assert all(one <= other for one, other in pairwise(adjusted[np.argsort(p_values)]))


def test_what_has_no_p_does_not_count_for_holm() -> None:
    assert holm([None, 0.02, None]) == [None, 0.02, None]
    assert holm([]) == []


@pytest.mark.parametrize(
    ("difference", "is_equal", "p", "better", "verdict"),
    [
        (0.0, True, 1.0, "higher", "equal"),
        (0.0, True, None, "", "equal"),
        (1.0, False, 0.01, "higher", "better"),
        (-1.0, False, 0.01, "higher", "worse"),
        (1.0, False, 0.01, "lower", "worse"),
        (-1.0, False, 0.01, "lower", "better"),
        (-1.0, False, 0.01, "", "different"),
        (1.0, False, 0.05, "higher", "better"),
        (1.0, False, 0.0501, "higher", "not distinguishable"),
        (1.0, False, None, "higher", "not distinguishable"),
        (None, False, None, "higher", "not distinguishable"),
    ],
)
def test_the_verdict(difference: float | None, is_equal: bool, p: float | None, better: str, verdict: str) -> None:
    assert verdict_of(pair(difference, is_equal), p, better) == verdict
