"""Whether intervals cover the truth as often as they say, and how often nothing is taken for something.

Studies are simulated with a known truth. False-alarm rate of every bound: 1 in 10,000 (binomial); seeds are fixed, so a
failure means that the code has changed. `experiments/coverage.py` is the large version.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.analysis.paired import compare_pairs
from sim.analysis.sequential import BLOCK, CROSSED, boundary, sequential_interval, sequential_p

SAMPLES = 2000
RARE = 1e-4


@pytest.mark.parametrize("n", [5, 20, 100])
def test_the_interval_covers_the_truth_as_often_as_it_says(n: int) -> None:
    luck = np.random.default_rng(20 + n)
    common, truth = luck.normal(0, 50, (SAMPLES, n)), 1.5
    values = common + truth + luck.normal(0, 4, (SAMPLES, n))
    covered = 0
    for row, baseline in zip(values, common, strict=True):
        found = compare_pairs(row, baseline, "higher")
        covered += found.ci_low is not None and found.ci_high is not None and found.ci_low <= truth <= found.ci_high
    least, most = stats.binom.ppf([RARE / 2, 1 - RARE / 2], SAMPLES, 0.95)
    assert least <= covered <= most


def test_the_bootstrap_interval_of_skewed_values_covers_nearly_as_often_as_it_says() -> None:
    # 94 % is its true coverage here (experiments/coverage.py); the bound is on 93 %.
    luck, samples, n = np.random.default_rng(31), 600, 100
    truth = np.exp(0.5**2 / 2)
    covered = 0
    for values in luck.lognormal(0.0, 0.5, (samples, n)):
        found = compare_pairs(values, np.zeros(n), "higher", "bootstrap")
        assert found.ci_low is not None and found.ci_high is not None
        covered += found.ci_low <= truth <= found.ci_high
    least, most = stats.binom.ppf([RARE / 2, 1 - RARE / 2], samples, [0.93, 0.95])
    assert least <= covered <= most


def test_a_watched_interval_covers_at_all_looks_together_and_a_fixed_one_does_not() -> None:
    looks = 40
    values = np.random.default_rng(32).normal(0, 1, (looks * BLOCK, SAMPLES))
    missed = {"watched": np.zeros(SAMPLES, dtype=bool), "fixed": np.zeros(SAMPLES, dtype=bool)}
    for look in range(1, looks + 1):
        seen = values[: look * BLOCK]
        _, low, high = sequential_interval(seen)
        missed["watched"] |= (low > 0) | (high < 0)
        missed["fixed"] |= abs(seen.mean(axis=0)) > 1.96 * seen.std(axis=0) / np.sqrt(len(seen))
    assert missed["watched"].sum() <= stats.binom.isf(RARE, SAMPLES, 0.05)
    assert missed["watched"].mean() > 0.02  # not wider than it need be
    assert missed["fixed"].mean() > 0.25


def test_watching_p_finds_nothing_where_there_is_nothing() -> None:
    luck, looks = np.random.default_rng(33), 20
    false = sum(_is_ever_found(luck.exponential(1.0, looks * BLOCK) - 1.0) for _ in range(SAMPLES // 2))
    assert false <= stats.binom.isf(RARE, SAMPLES // 2, 0.05)


def _is_ever_found(differences: Any) -> bool:
    p_values = (sequential_p(differences[:n]) for n in range(BLOCK, len(differences) + 1, BLOCK))
    return any(p is not None and p <= 0.05 for p in p_values)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_boundary_is_crossed_as_rarely_as_it_says_however_long_one_looks(level: float) -> None:
    """By importance sampling (Siegmund 1976): P(cross) = E[1/M] at the crossing, on paths with a drift from N(0, 1)."""
    luck, paths, looks = np.random.default_rng(34), 20_000, 1000
    drift, position = luck.normal(size=paths), np.zeros(paths)
    weight, is_open = np.zeros(paths), np.ones(paths, dtype=bool)
    for look in range(1, looks + 1):
        position += drift + luck.normal(size=paths)
        crossed = is_open & (abs(position) >= boundary(look, level) * np.sqrt(look))
        weight[crossed] = np.sqrt(1 + look) * np.exp(-(position[crossed] ** 2) / (2 * (1 + look)))
        is_open &= ~crossed
    within, later = weight.mean(), is_open.mean() * (1 - level) / CROSSED  # at most that much is crossed after that
    error = weight.std() / np.sqrt(paths)
    assert within < 1 - level
    assert within + later <= (1 - level) + 4 * error
    assert within + later > 0.97 * (1 - level)  # nor is it wider than it need be
