"""The effect in this firm: luck told from parameters, and an interval that covers both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.analysis.firm_effect import METHOD, SAMPLES, effect_in_firm, layers_of, wider
from sim.analysis.intervals import Ends, skewed_ends
from sim.analysis.paired import compare_pairs, figures_of
from sim.domain.outcomes import BY_NAME, OUTCOMES

DRAWS = np.repeat(np.arange(1, 51), 2)


def differences(seed: int, parameters: float, luck: float, draws: Any = DRAWS) -> Any:
    """Effects of 2.0 on average, spread between draws and within them."""
    noise = np.random.default_rng(seed)
    _, places = np.unique(draws, return_inverse=True)
    effects = noise.normal(2.0, parameters, places.max() + 1) if parameters else np.full(places.max() + 1, 2.0)
    return effects[places] + noise.normal(0.0, luck, len(draws))


def test_luck_and_parameters_are_those_of_the_analysis_of_variance() -> None:
    seen = differences(1, 2.0, 2.0)
    found = layers_of(seen, DRAWS)
    assert found is not None
    f, _ = stats.f_oneway(*(seen[draw == DRAWS] for draw in range(1, 51)))
    assert (found.between / found.n_between) / found.luck == pytest.approx(f)
    assert (found.n_between, found.n_within, found.usual) == (49, 50, 2.0)
    assert found.parameters == pytest.approx((f - 1.0) * found.luck / 2.0)


def test_draws_that_lack_a_pair_count_for_less_and_those_without_any_not_at_all() -> None:
    seen = differences(2, 1.0, 1.0)
    seen[[1, 3, 4, 5]] = np.nan
    found = layers_of(seen, DRAWS)
    assert found is not None
    assert (len(found.means), found.n_within) == (49, 47)
    assert found.usual == pytest.approx(49 / (47 / 2 + 2 / 1))


def test_where_parameters_dominate_the_interval_is_students_prediction_of_one_more_draw() -> None:
    seen = differences(3, 1.0, 1e-6)
    means = seen.reshape(-1, 2).mean(axis=1)
    half = stats.t.ppf(0.975, 49) * means.std(ddof=1) * np.sqrt(1 + 1 / 50)
    found = effect_in_firm(seen, DRAWS)
    assert found is not None
    assert found.ends.low == pytest.approx(means.mean() - half, abs=0.25)
    assert found.ends.high == pytest.approx(means.mean() + half, abs=0.25)
    assert found.parameter_share > 0.97


def test_where_draws_do_not_differ_at_all_the_interval_is_that_of_luck() -> None:
    """Every draw has the same two differences, so the spread between draws is far below what luck would make."""
    seen = np.tile([1.0, 3.0], 50) + np.repeat(np.random.default_rng(4).normal(0.0, 0.05, 50), 2)
    found = effect_in_firm(seen, DRAWS)
    assert found is not None
    assert found.parameter_share == 0.0
    means = seen.reshape(-1, 2).mean(axis=1)
    expected = stats.t.interval(0.95, 49, means.mean(), means.std(ddof=1) / np.sqrt(50))
    assert found.ends[:2] == pytest.approx(expected, abs=0.003)


def test_a_skewed_posterior_makes_a_skewed_interval() -> None:
    luck = np.random.default_rng(5)
    effects = np.repeat(luck.lognormal(0.0, 1.0, 400), 2)
    found = effect_in_firm(effects + luck.normal(0.0, 0.05, 800), np.repeat(np.arange(400), 2))
    assert found is not None
    assert found.ends.low is not None and found.ends.high is not None
    middle = effects.mean()
    assert found.ends.high - middle > 2.0 * (middle - found.ends.low)


def test_p_and_the_share_above_zero_go_with_the_interval() -> None:
    for shift in np.linspace(-3.0, 3.0, 13):
        found = effect_in_firm(differences(6, 1.0, 0.5) - 2.0 + shift, DRAWS)
        assert found is not None
        low, high, p = found.ends
        assert low is not None and high is not None and p is not None
        assert (p <= 0.05) == (low > 0.0 or high < 0.0)
        assert 0.0 < p <= 1.0
        assert p == pytest.approx(2 * min(found.share_above, 1 - found.share_above), abs=0.01)


def test_the_effect_turns_with_its_sign_and_grows_with_its_unit() -> None:
    seen = differences(7, 1.0, 1.0)
    one, ten, turned = (effect_in_firm(values, DRAWS) for values in (seen, 10.0 * seen, -seen))
    assert one is not None and ten is not None and turned is not None
    assert ten.ends[:2] == pytest.approx([10.0 * end for end in one.ends[:2]])  # type: ignore[operator]
    assert turned.ends.low == pytest.approx(-one.ends.high, abs=0.1)  # type: ignore[operator]
    assert turned.share_above == pytest.approx(1 - one.share_above, abs=5 / np.sqrt(SAMPLES))


def test_one_draw_tells_nothing_of_parameters() -> None:
    assert effect_in_firm(np.array([1.0, 2.0]), np.array([1, 1])) is None
    assert effect_in_firm(np.array([np.nan, 2.0]), np.array([1, 2])) is None


def test_a_comparison_over_draws_is_never_surer_than_luck_alone() -> None:
    for seed in range(20):
        seen = differences(seed, 0.0, 1.0)
        found = compare_pairs(seen, np.zeros(100), "higher", draws=DRAWS)
        luck = skewed_ends(seen)
        assert found.ci_low is not None and luck.low is not None and found.ci_low <= luck.low
        assert found.ci_high is not None and luck.high is not None and found.ci_high >= luck.high
        assert found.method == METHOD


@pytest.mark.parametrize(("better", "probability"), [("higher", "above"), ("lower", "below"), ("", None)])
def test_a_row_says_how_probable_better_is_and_what_more_data_would_narrow(
    better: str, probability: str | None
) -> None:
    name = next(outcome.name for outcome in OUTCOMES if outcome.better == better)
    found = compare_pairs(differences(8, 1.0, 1.0), np.zeros(100), better, draws=DRAWS)
    row = figures_of(found, found.p, BY_NAME[name], has_draws=True)
    assert found.firm is not None
    expected = {"above": found.firm.share_above, "below": 1 - found.firm.share_above, None: None}[probability]
    assert row["probability_better"] == expected
    assert (row["uncertainty"], row["parameter_share"]) == ("luck+parameters", found.firm.parameter_share)


def test_equal_worlds_and_rare_differences_have_no_interval_with_draws_either() -> None:
    same = compare_pairs(np.ones(100), np.ones(100), "higher", draws=DRAWS)
    assert (same.ci_low, same.method, same.firm, same.is_equal) == (None, "none: all 100 pairs are equal", None, True)
    few = np.zeros(100)
    few[[3, 60]] = 1.0
    found = compare_pairs(few, np.zeros(100), "higher", draws=DRAWS)
    assert (found.ci_low, found.method) == (None, "none: 2 of 100 pairs differ")


def test_a_difference_that_is_the_same_in_every_run_has_no_width() -> None:
    found = compare_pairs(np.full(100, 5.0), np.zeros(100), "", draws=DRAWS)
    assert (found.ci_low, found.ci_high, found.p) == (5.0, 5.0, 0.0)
    assert Ends(found.ci_low, found.ci_high, found.p) == Ends(5.0, 5.0, 0.0)


def test_where_one_has_no_interval_neither_have_both_and_the_larger_p_stays():
    none, some = Ends(None, None, 0.3), Ends(1.0, 2.0, 0.1)
    assert wider(none, some) == wider(some, none) == Ends(None, None, 0.3)
    assert wider(Ends(None, None, None), some) == Ends(None, None, 0.1)


def test_far_from_nothing_p_is_that_of_students_t_over_draws() -> None:
    seen = differences(3, 0.4, 0.2)
    means = seen.reshape(-1, 2).mean(axis=1)
    within = ((seen.reshape(-1, 2) - means[:, None]) ** 2).sum() / 50
    parameters = means.var(ddof=1) - within / 2
    spread = np.sqrt(parameters + means.var(ddof=1) / 50)
    found = effect_in_firm(seen, DRAWS)
    assert found is not None and found.ends.p is not None
    assert found.ends.p == pytest.approx(2.0 * stats.t.sf(means.mean() / spread, 49), rel=1e-9)
    assert 0.0 < found.ends.p < 1.0 / SAMPLES
