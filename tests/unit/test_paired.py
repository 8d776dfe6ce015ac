"""Paired differences, their intervals and verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.intervals import METHODS
from sim.analysis.paired import METHOD, Paired, compare_pairs, figures_of, verdict_of
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME

NAN = math.nan


def pair(difference: float | None, is_equal: bool = False) -> Paired:
    return Paired(1.0, 1.0, difference, None, None, None, None, 9, is_equal)


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_the_interval_and_p_are_those_of_the_paired_t_test(n: int) -> None:
    luck = np.random.default_rng(n)
    baseline = luck.normal(100, 20, n)
    values = baseline + luck.normal(1, 3, n)
    found = compare_pairs(values, baseline, "higher", "t")
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
    assert found == Paired(None, None, None, None, None, None, None, 0, False, METHOD)
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


def test_every_method_says_its_name_and_finds_the_same_difference() -> None:
    luck = np.random.default_rng(3)
    baseline = luck.normal(100, 20, 100)
    values = baseline + luck.normal(1, 3, 100)
    found = {method: compare_pairs(values, baseline, "higher", method) for method in METHODS}
    assert [pair.method for pair in found.values()] == [how.label for how in METHODS.values()]
    assert len({pair.difference for pair in found.values()}) == 1
    widths = {method: pair.ci_high - pair.ci_low for method, pair in found.items() if pair.ci_high and pair.ci_low}
    assert widths["t"] <= widths["skewed"] < 1.05 * widths["t"]
    assert widths["bootstrap"] == pytest.approx(widths["t"], rel=0.05)
    assert widths["sequential"] > 1.3 * widths["t"]


def test_an_unknown_method_is_named_with_the_one_that_may_be_meant() -> None:
    with pytest.raises(InputError, match="method: must be a way to an interval, got 'bootstrp'\nDid you mean 'boots"):
        compare_pairs(np.ones(3), np.ones(3), "higher", "bootstrp")


def test_a_watched_comparison_takes_complete_blocks_only() -> None:
    luck = np.random.default_rng(4)
    values, baseline = luck.normal(1, 1, 149), luck.normal(0, 1, 149)
    found = compare_pairs(values, baseline, "higher", "sequential")
    assert found == compare_pairs(values[:100], baseline[:100], "higher", "sequential")
    assert found.replications == 100
    early = compare_pairs(values[:49], baseline[:49], "higher", "sequential")
    assert (early.difference, early.ci_low, early.p) == (None, None, None)


def test_figures_have_the_names_of_the_comparison_and_no_fraction_of_a_loss() -> None:
    values, baseline = np.array([2.0, 3.0]), np.array([1.0, 1.0])
    rows = [
        figures_of(compare_pairs(v, b, "higher"), 0.01, BY_NAME["profit"])
        for v, b in ((values, baseline), (values, -baseline))
    ]
    assert list(rows[0]) == (
        "outcome unit better mean baseline_mean difference ci_low ci_high ci_level ci_method adjusted_p"
        " relative_difference share_better replications uncertainty verdict".split()
    )
    assert [row["relative_difference"] for row in rows] == [1.5, None]


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


def test_where_nobody_names_a_method_skewness_is_allowed_for() -> None:
    values = np.random.default_rng(5).lognormal(0.0, 1.0, 100)
    usual, student = (compare_pairs(values, np.zeros(100), "higher", *how) for how in ((), ("t",)))
    assert usual.method == "paired t, widened for skewness"
    assert usual.ci_low == student.ci_low
    assert usual.ci_high is not None and student.ci_high is not None
    assert usual.ci_high > student.ci_high
