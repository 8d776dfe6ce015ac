"""What a value is worth to know, against plain regressions with numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.information import MOST_TOGETHER, ORDERS, expected, influence, information, regrets

LUCK = np.random.default_rng(21)
MANY = 90
VALUES = LUCK.uniform(-1.0, 3.0, (MANY, 3))
GAINS = np.column_stack(
    [np.full(MANY, 0.8), VALUES[:, 1] ** 2 - 0.5 * VALUES[:, 1], VALUES[:, 0] + LUCK.normal(size=MANY)]
)


def curve(value: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """The parabola of a gain over a value, at every draw."""
    return np.polyval(np.polyfit(value, gain, 2), value)


def worth(value: np.ndarray, gains: np.ndarray) -> float:
    fitted = np.column_stack([curve(value, gain) for gain in gains.T])
    return float(fitted.max(axis=1).mean() - gains.mean(axis=0).max())


def test_worth_and_p_are_those_of_curves_against_draws_in_other_orders():
    found = information(VALUES, GAINS, seed=5)
    luck = np.random.default_rng([5, MANY])
    orders = [luck.permutation(MANY) for _ in range(ORDERS)]
    chance = np.array([[max(0.0, worth(value, GAINS[order])) for order in orders] for value in VALUES.T])
    seen = np.array([worth(value, GAINS) for value in VALUES.T])
    assert found.worth == pytest.approx(np.maximum(0.0, seen - chance.mean(axis=1)), abs=1e-9)
    lower = (chance[None] < seen[:, None, None] - 1e-9).sum(axis=(1, 2))
    assert found.p == pytest.approx(1.0 - lower / (1.0 + chance.size))
    assert found.worth[1] > 0.1 and found.p[1] < 0.01


def test_the_best_options_at_both_ends_are_those_of_the_curves_there():
    found = information(VALUES, GAINS)
    for place, value in enumerate(VALUES.T):
        fitted, order = np.column_stack([curve(value, gain) for gain in GAINS.T]), np.argsort(value)
        assert found.low[place] == fitted[order[MANY // 10 - 1]].argmax()
        assert found.high[place] == fitted[order[-(MANY // 10)]].argmax()
    assert len({*found.low.tolist(), *found.high.tolist()}) > 1


def test_ends_with_few_draws_are_the_least_and_the_greatest():
    value = np.arange(8.0)
    found = information(value[:, None], np.column_stack([np.full(8, 6.5), value]))
    assert (found.low.tolist(), found.high.tolist()) == ([0], [1])
    found = information(value[:, None], np.column_stack([np.full(8, 0.5), value]))
    assert (found.low.tolist(), found.high.tolist()) == ([0], [1])


def test_a_value_that_never_differs_is_worth_nothing():
    found = information(np.full((MANY, 1), 3.0), GAINS)
    assert found.worth.tolist() == [0.0] and found.p.tolist() == [1.0]


def test_of_a_yes_or_no_only_a_line_is_learnt():
    is_so = (VALUES[:, 0] > 1.0).astype(float)
    gains = np.column_stack([np.zeros(MANY), 2.0 * is_so - 1.0])
    seen = np.maximum(0.0, 2.0 * is_so - 1.0).mean() - max(0.0, gains[:, 1].mean())
    assert 0.7 * seen < information(is_so[:, None], gains).worth[0] <= seen


def test_influence_is_the_line_over_the_range_and_students_p():
    gain = 0.4 * VALUES[:, 1] + LUCK.normal(size=MANY)
    values = np.column_stack([VALUES, np.full(MANY, 2.0)])
    change, p = influence(values, gain)
    for place, value in enumerate(VALUES.T):
        line = stats.linregress(value, gain)
        assert change[place] == pytest.approx(line.slope * np.ptp(value))
        assert p[place] == pytest.approx(line.pvalue)
    assert (change[3], p[3]) == (0.0, 1.0), "what never differs changes nothing"
    for slope in (-2.0, 2.0):
        exact, sure = influence(VALUES[:, :1], slope * VALUES[:, 0])
        assert exact[0] == pytest.approx(slope * np.ptp(VALUES[:, 0])) and sure[0] < 1e-12


def regression(values: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Gains fitted by lines and parabolas of several values at once."""
    columns = np.column_stack([np.ones(len(values)), values, values**2])
    return columns @ np.linalg.lstsq(columns, gains, rcond=None)[0]


def test_what_options_bring_is_regressed_on_the_values_that_tell_something():
    values = LUCK.uniform(-1.0, 1.0, (200, 4))
    gains = np.column_stack([np.zeros(200), 2.0 * values[:, 2] + 0.3 * LUCK.normal(size=200)])
    assert expected(values, gains) == pytest.approx(regression(values[:, [2]], gains), abs=1e-9)


def test_a_value_that_parts_options_counts_though_luck_moves_them_together():
    values, luck = LUCK.uniform(-1.0, 1.0, (200, 3)), 20.0 * LUCK.normal(size=200)
    gains = np.column_stack([luck + values[:, 1], luck - values[:, 1]])
    assert expected(values, gains) == pytest.approx(regression(values[:, [1]], gains), abs=1e-9)


def test_where_nothing_tells_anything_there_are_means_only():
    gains = LUCK.normal(size=(200, 2))
    assert expected(LUCK.uniform(size=(200, 2)), gains) == pytest.approx(np.tile(gains.mean(axis=0), (200, 1)))


def test_of_many_telling_values_the_most_telling_are_used():
    values = LUCK.uniform(-1.0, 1.0, (400, MOST_TOGETHER + 3))
    sizes = np.linspace(1.0, 2.0, MOST_TOGETHER + 3)
    gain = values @ sizes
    told = [1.0 - (gain - curve(value, gain)).var() / gain.var() for value in values.T]
    most = np.argsort(told)[-MOST_TOGETHER:]
    gains = gain[:, None]  # a single option does not lie apart from itself
    assert expected(values, gains) == pytest.approx(regression(values[:, most], gains), abs=1e-9)


def test_regret_is_what_the_best_of_a_draw_brings_more():
    assert regrets(np.array([[1.0, 4.0, 2.0], [0.0, -1.0, 0.0]])).tolist() == [[3.0, 0.0, 2.0], [0.0, 1.0, 0.0]]
