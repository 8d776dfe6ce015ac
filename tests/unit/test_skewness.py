"""How skewed values are, and what that does to a t statistic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.skewness import hall, is_skewed, reach, skewness

TABLE = np.random.default_rng(81).lognormal(size=(60, 3))


def test_skewness_is_the_moments_ratio_of_what_exists_column_by_column() -> None:
    assert skewness(TABLE) == pytest.approx(stats.skew(TABLE, axis=0))
    gaps = TABLE.copy()
    gaps[::3, 1] = math.nan
    assert skewness(gaps)[1] == pytest.approx(stats.skew(gaps[:, 1], nan_policy="omit"))
    assert skewness(np.full(9, 2.5)) == 0.0


@pytest.mark.parametrize("lean", [-0.8, -0.05, 1e-6, 0.2, 0.8])
def test_within_its_reach_halls_statistic_is_within_t_and_so_is_t(lean: float) -> None:
    for t in (1.96, 3.4):
        below, above = reach(t, lean)
        assert below >= t
        assert above >= t
        assert max(hall(below, lean), -hall(-above, lean)) >= t - 1e-9
        longer = above if lean > 0 else below
        assert abs(hall(-above if lean > 0 else below, lean)) == pytest.approx(t, abs=1e-6)
        assert longer > t


def test_without_skewness_the_reach_is_t_and_turning_it_turns_the_sides() -> None:
    assert reach(2.5, 0.0) == (2.5, 2.5)
    assert reach(2.5, -0.3) == reach(2.5, 0.3)[::-1]


def test_a_row_of_equal_values_is_skewed_until_something_rare_would_have_shown() -> None:
    assert is_skewed(np.ones(299))
    assert not is_skewed(np.ones(300))
    assert is_skewed(np.array([1.0]))
