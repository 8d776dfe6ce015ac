"""Intervals of a mean difference: Student's, widened for skewness, the bootstrap's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.intervals import LEVEL, METHODS, RESAMPLES, bootstrap_ends, skewed_ends, t_ends

SKEWED = np.random.default_rng(8).lognormal(size=60)


def test_students_interval_of_the_sleep_data_is_the_textbooks() -> None:
    # Student (1908): extra hours of sleep, drug 2 less drug 1; mean 1.58, 95 % interval 0.70 to 2.46, p 0.0028
    sleep = np.array([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    low, high, p = t_ends(sleep)
    assert (low, high, p) == pytest.approx((0.7001142, 2.4598858, 0.002832890), rel=1e-6)


def test_an_interval_widened_for_skewness_ends_where_halls_statistic_does() -> None:
    low, high, p = skewed_ends(SKEWED)
    plain = t_ends(SKEWED)
    assert low == plain.low  # the short side is Student's
    n, skewness = len(SKEWED), stats.skew(SKEWED)
    t = (SKEWED.mean() - high) / (SKEWED.std(ddof=1) / np.sqrt(n))
    hall = t + skewness * t**2 / (3 * np.sqrt(n)) + skewness**2 * t**3 / (27 * n) + skewness / (6 * np.sqrt(n))
    assert hall == pytest.approx(-stats.t.ppf(0.975, n - 1), rel=1e-9)
    assert skewed_ends(SKEWED - high).p == pytest.approx(0.05, rel=1e-6)
    assert skewed_ends(SKEWED - low).p == pytest.approx(0.05, rel=1e-6)
    assert p is not None and plain.p is not None and p >= plain.p


def test_without_skewness_it_is_students_interval() -> None:
    even = np.concatenate([SKEWED, -SKEWED])
    assert skewed_ends(even)[:2] == pytest.approx(t_ends(even)[:2], rel=1e-9)


def test_the_bootstrap_leans_to_the_long_side() -> None:
    low, high, _ = bootstrap_ends(SKEWED)
    assert low is not None and high is not None
    assert high - SKEWED.mean() > 1.15 * (SKEWED.mean() - low)


def test_the_bootstraps_ends_are_those_of_its_definition() -> None:
    # Efron (1987), equations 2.3 and 6.6, on the same resamples of the sorted values
    values = np.sort(SKEWED)
    means = np.random.default_rng([len(values), RESAMPLES]).choice(values, (RESAMPLES, len(values))).mean(axis=1)
    centred = values - values.mean()
    lean = (centred**3).sum() / (6 * (centred**2).sum() ** 1.5)
    bias = stats.norm.ppf((means < values.mean()).mean())
    z = bias + stats.norm.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    expected = np.quantile(means, stats.norm.cdf(bias + z / (1 - lean * z)))
    assert bootstrap_ends(SKEWED)[:2] == pytest.approx(tuple(expected), rel=0.01)


def test_an_end_of_the_bootstrap_interval_at_zero_means_p_of_one_in_twenty() -> None:
    low, high, _ = bootstrap_ends(SKEWED)
    for end in (low, high):
        assert bootstrap_ends(SKEWED - end).p == pytest.approx(1 - LEVEL, abs=0.002)


def test_the_bootstraps_p_claims_no_more_than_its_resamples_can_show() -> None:
    assert bootstrap_ends(np.array([0.1, 0.2, 0.2, 0.4, 3.0])).p == 2 / (RESAMPLES + 1)


@pytest.mark.parametrize("method", ["t", "skewed", "bootstrap"])
def test_the_order_of_the_replications_does_not_matter(method: str) -> None:
    shuffled = np.random.default_rng(1).permutation(SKEWED)
    assert METHODS[method].ends(shuffled) == pytest.approx(METHODS[method].ends(SKEWED), rel=1e-12)


@pytest.mark.parametrize("method", list(METHODS))
def test_turning_the_sign_turns_the_interval(method: str) -> None:
    low, high, p = METHODS[method].ends(SKEWED)
    turned = METHODS[method].ends(-SKEWED)
    assert low is not None and high is not None
    assert turned[:2] == pytest.approx((-high, -low), rel=0.02)
    assert turned.p == pytest.approx(p, abs=1e-3)


@pytest.mark.parametrize("method", ["t", "skewed", "bootstrap"])
def test_what_does_not_vary_has_an_interval_without_width_and_a_single_pair_none(method: str) -> None:
    ends = METHODS[method].ends
    assert ends(np.array([2.0, 2.0, math.nan])) == (2.0, 2.0, 0.0)
    assert ends(np.zeros(5)) == (0.0, 0.0, 1.0)
    assert ends(np.array([2.0, math.nan])) == (None, None, None)


def test_no_p_value_exceeds_one_however_skewed_what_hardly_differs():
    middle = SKEWED - SKEWED.mean()
    p_values = [skewed_ends(middle + off).p for off in (-1e-9, 1e-9)]
    assert max(p_values) == 1.0 and min(p_values) > 0.5
