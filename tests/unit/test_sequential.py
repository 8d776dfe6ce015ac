"""Stopping when it is precise enough: the boundary, the interval, the decision."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.sequential import (
    CROSSED,
    boundary,
    is_precise,
    sequential_interval,
    sequential_p,
)
from sim.analysis.skewness import CONSTANT, is_skewed
from sim.domain.errors import InputError

LUCK = np.random.default_rng(11)
MANY = LUCK.normal(100, 10, 400)
#: Without any skewness.
EVEN = np.concatenate([MANY[:200], 200 - MANY[:200]])


def test_the_boundary_is_where_the_mixture_of_likelihoods_reaches_its_limit() -> None:
    # Robbins (1970): the mean of exp(θs − kθ²/2) over θ ~ N(0, 1), with s = z √k, reaches CROSSED/error at the boundary
    theta = np.linspace(-12, 12, 200_001)
    for blocks in (1, 5, 40):
        s = float(boundary(blocks)) * math.sqrt(blocks)
        mixture = np.trapezoid(np.exp(theta * s - blocks * theta**2 / 2) * stats.norm.pdf(theta), theta)
        assert mixture == pytest.approx(CROSSED / 0.05, rel=1e-9)


def test_a_watched_interval_is_wider_than_one_of_a_fixed_size_and_not_twice_as_wide_after_a_block() -> None:
    ratio = boundary(np.arange(1, 201)) / stats.norm.ppf(0.975)
    assert ratio.min() > 1.45
    assert ratio.max() < 1.8


def test_the_interval_is_the_boundary_in_standard_errors_as_students_t() -> None:
    mean, low, high = sequential_interval(EVEN)
    error = EVEN.std(ddof=1) / 20
    z = stats.t.isf(stats.norm.sf(boundary(8)), 399)
    assert (mean, low, high) == pytest.approx((100, 100 - z * error, 100 + z * error))


def test_skewed_values_lengthen_the_interval_on_their_side_only() -> None:
    values = LUCK.exponential(1.0, 400)
    mean, low, high = sequential_interval(values)
    z = stats.t.isf(stats.norm.sf(boundary(8)), 399) * values.std(ddof=1) / 20
    assert mean - low == pytest.approx(z)
    t, skewness = (mean - high) / (values.std(ddof=1) / 20), stats.skew(values)
    hall = t + skewness * t**2 / 60 + skewness**2 * t**3 / 10800 + skewness / 120  # Hall (1992), n = 400
    assert hall == pytest.approx(-z / values.std(ddof=1) * 20)
    assert sequential_interval(-values) == pytest.approx((-mean, -high, -low))


def test_many_outcomes_at_once_are_each_as_alone() -> None:
    table = LUCK.lognormal(size=(173, 4))
    table[LUCK.uniform(size=table.shape) < 0.3] = math.nan
    table[:, 3] = math.nan
    found = sequential_interval(table)
    for column in range(3):
        assert tuple(part[column] for part in found) == pytest.approx(sequential_interval(table[:, column]))
    assert math.isnan(found.mean[3])


def test_only_complete_blocks_count_and_before_the_first_there_is_no_end() -> None:
    assert sequential_interval(MANY[:149]) == sequential_interval(MANY[:100])
    _, low, high = sequential_interval(MANY[:49])
    assert (low, high) == (-math.inf, math.inf) or (math.isnan(low) and math.isnan(high))
    assert not is_precise(MANY[:49], 100.0, 10.0)


def test_replications_without_the_outcome_still_count_as_looked_at() -> None:
    half = np.full(400, math.nan)
    half[1::2] = EVEN[np.r_[100:200, 300:400]]
    z = stats.t.isf(stats.norm.sf(boundary(8)), 199)
    _, low, high = sequential_interval(half)
    assert (high - low) / 2 == pytest.approx(z * half[1::2].std(ddof=1) / math.sqrt(200))


@pytest.mark.parametrize("level", [0.5, 1.0, 95.0])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(InputError, match="level: must be above 0.5 and below 1"):
        sequential_interval(MANY, level)


def test_p_is_the_error_at_which_the_interval_leaves_out_zero() -> None:
    for shift in (0.5, 2.0, 5.0):
        values = LUCK.exponential(10, 200) - 10 + shift
        p = sequential_p(values)
        assert sequential_p(-values) == pytest.approx(p, rel=1e-9)
        assert p is not None
        assert p < 0.001 or shift < 5.0
        if p < 0.4:
            _, low, high = sequential_interval(values, 1 - p)
            assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-6)
    assert sequential_p(np.zeros(50)) == 1.0
    assert sequential_p(np.ones(50)) == 0.0
    assert sequential_p(MANY[:49]) is None


def test_precision_is_relative_to_the_baselines_mean() -> None:
    _, low, high = sequential_interval(MANY)
    width = (high - low) / 2
    assert is_precise(MANY, 100.0, width / 100 * 1.001)
    assert not is_precise(MANY, 100.0, width / 100 * 0.999)
    assert is_precise(MANY, -1000.0, width / 1000 * 1.001)
    assert not is_precise(MANY, math.nan, 0.5)
    assert not is_precise(MANY, 0.0, 0.5)
    with pytest.raises(InputError, match="precision: must be above 0, got 0"):
        is_precise(MANY, 100.0, 0)


def test_what_is_rare_is_not_taken_for_precise_before_it_can_have_been_seen() -> None:
    rare = np.zeros(250)
    assert not is_precise(rare, 1.0, 0.5)
    rare[17] = 1.0
    assert is_skewed(rare)
    assert not is_precise(rare, 1.0, 0.5)
    assert is_precise(np.zeros(CONSTANT), 1.0, 0.5)


def test_sparse_values_are_enough_at_cochrans_rule() -> None:
    share = 0.1  # of a coin, skewness² = (1 − 2p)²/(p (1 − p)) = 7.1, so 178 tosses
    for n, expected in ((170, True), (190, False)):
        coin = np.zeros(n)
        coin[: round(share * n)] = 1.0
        assert is_skewed(coin) is expected
