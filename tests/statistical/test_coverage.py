"""Whether intervals cover the truth as often as they say, and how often nothing is taken for something.

Studies are simulated with a known truth. False-alarm rate of every bound: 1 in 10,000 (binomial); seeds are fixed, so a
failure means that the code has changed. `experiments/measure_coverage.py` is the large version.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.analysis.efficiency import effect_per_cost
from sim.analysis.intervals import skewed_ends, t_ends
from sim.analysis.multiplicity import adjusted
from sim.analysis.paired import compare_pairs
from sim.analysis.selection import select_best
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


@pytest.mark.slow
def test_the_bootstrap_interval_of_skewed_values_covers_nearly_as_often_as_it_says() -> None:
    # 94 % is its true coverage here (experiments/measure_coverage.py); the bound is on 93 %.
    luck, samples, n = np.random.default_rng(31), 600, 100
    truth = np.exp(0.5**2 / 2)
    covered = 0
    for values in luck.lognormal(0.0, 0.5, (samples, n)):
        found = compare_pairs(values, np.zeros(n), "higher", "bootstrap")
        assert found.ci_low is not None and found.ci_high is not None
        covered += found.ci_low <= truth <= found.ci_high
    least, most = stats.binom.ppf([RARE / 2, 1 - RARE / 2], samples, [0.93, 0.95])
    assert least <= covered <= most


def test_widening_for_skewness_mends_what_students_interval_misses() -> None:
    luck, n, truth = np.random.default_rng(35), 50, np.exp(0.5)
    rows = luck.lognormal(0.0, 1.0, (SAMPLES, n))
    plain, widened = (sum(_covers(ends(row), truth) for row in rows) for ends in (t_ends, skewed_ends))
    assert plain < stats.binom.ppf(RARE, SAMPLES, 0.94)
    least, most = stats.binom.ppf([RARE / 2, 1 - RARE / 2], SAMPLES, [0.94, 0.96])
    assert least <= widened <= most


def _covers(ends: Any, truth: float) -> bool:
    return bool(ends.low <= truth <= ends.high)


@pytest.mark.slow
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


@pytest.mark.parametrize(("how", "most_false", "least_found"), [("holm", 0.05, 0.7), ("fdr", 0.05, 0.8)])
def test_of_many_comparisons_few_are_false_and_most_of_what_is_there_is_found(
    how: str, most_false: float, least_found: float
) -> None:
    """Holm: families with any false finding. False discovery: mean share of findings that are false."""
    luck, families, n_null = np.random.default_rng(36), 400, 14
    effects = np.array([0.0] * n_null + [0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    false, found = np.zeros(families), np.zeros(families)
    for family in range(families):
        worlds = luck.lognormal(0.0, 0.5, (21, 100))
        p_values = adjusted([t_ends(row).p for row in worlds[1:] - worlds[0] + effects[:, None]], how)
        is_found = np.array(p_values, dtype=float) <= 0.05
        wrong = is_found[:n_null].sum()
        false[family] = wrong > 0 if how == "holm" else wrong / max(1, is_found.sum())
        found[family] = is_found[n_null:].mean()
    error = false.std() / np.sqrt(families)
    assert false.mean() <= most_false + stats.norm.isf(RARE) * max(error, np.sqrt(0.05 * 0.95 / families))
    assert found.mean() > least_found


@pytest.mark.slow
@pytest.mark.parametrize("k", [2, 6])
def test_the_best_is_selected_as_often_as_guaranteed_in_the_hardest_case(k: int) -> None:
    luck, studies = np.random.default_rng(37), 400
    spread, lead = np.linspace(0.5, 2.0, k)[:, None], 0.6 * np.eye(k)[-1][:, None]
    right, hold = 0, 0
    truth = np.array([-0.6] * (k - 1) + [0.6])
    for _ in range(studies):
        values = luck.normal(size=1500) + spread * luck.normal(size=(k, 1500)) + lead
        found = select_best(values, "higher", 0.6)
        assert found.is_guaranteed
        right += found.best == k - 1
        early = select_best(values[:, :60], "higher", 0.6)
        hold += ((early.low <= truth) & (truth <= early.high)).all()
    least = stats.binom.ppf(RARE, studies, 0.95)
    assert right >= least
    assert hold >= least
    assert right < studies  # the case is hard, so that the bound can fail


def test_effect_per_cost_covers_the_true_ratio() -> None:
    luck, covered = np.random.default_rng(38), 0
    for _ in range(SAMPLES):
        cost = luck.normal(10, 8, 60)
        found = effect_per_cost(2 * cost + luck.normal(10, 20, 60), cost)
        covered += found.low is not None and found.high is not None and found.low <= 3.0 <= found.high
    least, most = stats.binom.ppf([RARE / 2, 1 - RARE / 2], SAMPLES, 0.95)
    assert least <= covered <= most


@pytest.mark.parametrize(("parameters", "least", "most"), [(0.0, 0.95, 1.0), (0.5, 0.91, 0.97), (20.0, 0.94, 0.96)])
def test_the_effect_in_this_firm_is_covered_whether_luck_or_parameters_dominate(
    parameters: float, least: float, most: float
) -> None:
    """The truth is the effect in one more draw: a firm that fits the data as well as the draws do."""
    luck, studies, n = np.random.default_rng(39), 800, 50
    draws = np.repeat(np.arange(n), 2)
    effects = 1.0 + parameters * luck.normal(size=(studies, n + 1))
    covered = 0
    for own in effects:
        found = compare_pairs(own[:n][draws] + luck.normal(size=2 * n), np.zeros(2 * n), "higher", draws=draws)
        covered += found.ci_low is not None and found.ci_high is not None and found.ci_low <= own[n] <= found.ci_high
    low, high = stats.binom.ppf([RARE / 2, 1 - RARE / 2], studies, [least, most])
    assert low <= covered <= high


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
