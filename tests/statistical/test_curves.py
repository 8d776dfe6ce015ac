"""Whether intervals of doses, maps and waiting times hold the truth as often as they say.

experiments/measure_curves.py measures the same at length.

False-alarm rate of each bound: 1 in 10,000 (binomial); seeds are fixed, so a failure means that the code has changed.
"""

from __future__ import annotations

import pytest
from scipy import stats

from experiments import measure_curves

ALARM = 1e-4


def true_of(setting: str, n: int) -> dict[str, float]:
    """Studies in which each answer is true."""
    table = measure_curves.measure(setting, n, 1)
    return dict(zip(table["what"], (table["share"] * n).round(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting",
    ["dose: parabola, own noise 1, 50 replications", "dose: sharp bend between doses, own noise 0.3, 200 replications"],
)
def test_the_bracket_and_all_effects_at_once_hold_whatever_the_shape(setting: str) -> None:
    n, found = 60, true_of(setting, 60)
    least = stats.binom.ppf(ALARM, n, 0.95)
    assert found["bracket of tested doses"] >= least
    assert found["effects of all doses at once"] >= least


@pytest.mark.slow
def test_the_interval_of_the_best_dose_holds_where_the_shape_is_one_of_the_known() -> None:
    n = 60
    for curve in ("parabola", "benefit that levels off less cost"):
        found = true_of(f"dose: {curve}, own noise 0.3, 200 replications", n)
        assert found["interval of the best dose"] >= stats.binom.ppf(ALARM, n, 0.95)


@pytest.mark.slow
def test_effects_and_best_levels_are_not_claimed_where_there_are_none() -> None:
    n = 60
    most = stats.binom.ppf(1.0 - ALARM, n, 0.05)
    assert true_of("dose: nothing happens, 20 replications", n)["an effect is claimed"] <= most
    assert true_of("map: all levels tie, 20 replications", n)["any situation is called clear"] <= most


@pytest.mark.slow
def test_a_map_does_not_call_the_wrong_level_clear() -> None:
    n = 60
    found = true_of("map: one level ahead by half a noise, 50 replications", n)
    assert found["any clear situation is wrong"] <= stats.binom.ppf(1.0 - ALARM, n, 0.05)
    assert found["the best may be best in every situation"] >= stats.binom.ppf(ALARM, n, 0.95)


@pytest.mark.slow
def test_waiting_times_hold_the_truth_though_runs_differ() -> None:
    n, found = 100, true_of("waiting: 50 runs", 100)
    naive = found.pop("mean_days_open, deals taken as independent")
    assert min(found.values()) >= stats.binom.ppf(ALARM, n, 0.95)
    assert naive < found["mean_days_open"]  # deals of a run hang together: taken alone they promise too much


@pytest.mark.slow
def test_indices_of_a_noisy_outcome_hold_the_truth_once_luck_is_taken_out() -> None:
    n, found = 25, true_of("indices: N = 256, a fifth is luck", 25)
    mended = [count for what, count in found.items() if what.endswith("luck taken out")]
    assert min(mended) >= stats.binom.ppf(ALARM, n, 0.95)
    assert found["total of x3, as decomposed"] < stats.binom.ppf(ALARM, n, 0.95)
