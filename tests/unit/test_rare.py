"""Where most pairs are exactly equal: when there is no interval, and which one there is otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from sim.analysis.intervals import METHODS, skewed_ends
from sim.analysis.paired import compare_pairs, verdict_of
from sim.analysis.rare import (
    LIKELIHOOD,
    ends_of,
    ends_where_enough,
    equal_words,
    is_rare,
    likelihood_ends,
    most_that_differ,
    without_interval,
)


def rare(unequal: list[float], n: int = 100) -> Any:
    """So many differences, of which all but some are none."""
    return np.array([*unequal, *[0.0] * (n - len(unequal))])


@pytest.mark.parametrize("method", METHODS)
def test_equal_pairs_make_no_interval_with_any_method(method: str) -> None:
    values = np.arange(100.0)
    found = compare_pairs(values, values.copy(), "higher", method)
    assert (found.ci_low, found.ci_high, found.p, found.difference) == (None, None, 1.0, 0.0)
    assert without_interval(found.method) == "all 100 pairs are equal"
    assert verdict_of(found, found.p, "higher") == "equal"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_unequal", [1, 4])
def test_too_few_unequal_pairs_make_no_interval_and_no_finding(method: str, n_unequal: int) -> None:
    found = compare_pairs(rare([0.5] * n_unequal), np.zeros(100), "higher", method)
    assert (found.ci_low, found.ci_high) == (None, None)
    assert found.p == pytest.approx(stats.binomtest(n_unequal, n_unequal).pvalue)
    assert verdict_of(found, found.p, "higher") == "not distinguishable"


def test_few_pairs_that_all_differ_keep_their_interval() -> None:
    ends, said = ends_of(np.array([1.0, 2.0, 4.0]))
    assert said == METHODS["skewed"].label
    assert ends == skewed_ends(np.array([1.0, 2.0, 4.0]))


def test_a_constant_difference_is_no_rarity() -> None:
    assert ends_of(np.full(50, 72_000.0))[0] == (72_000.0, 72_000.0, 0.0)


def test_what_does_not_exist_counts_as_no_pair() -> None:
    few = rare([0.5] * 4)
    few[50:] = np.nan
    assert without_interval(ends_of(few)[1]) == "4 of 50 pairs differ"


@pytest.mark.parametrize("method", ["t", "skewed", "bootstrap"])
def test_mostly_equal_pairs_make_an_interval_from_a_hundred_on(method: str) -> None:
    unequal = [-0.5] * 8 + [0.5]
    few, said = ends_of(rare(unequal, 99), method)
    assert few[:2] == (None, None)
    assert without_interval(said) == "9 of 99 pairs differ, and 100 pairs are needed"
    assert ends_of(rare(unequal, 100), method) == ends_where_enough(rare(unequal, 100), method)
    assert ends_of(rare(unequal, 100), method)[0].low is not None


def test_two_equal_pairs_are_rare_events_already_and_one_is_not() -> None:
    assert is_rare(np.zeros(2))
    assert not is_rare(np.zeros(1))


def test_a_direction_that_is_no_luck_is_a_finding_without_an_interval() -> None:
    found = compare_pairs(rare([-0.5] * 12, 50), np.zeros(50), "lower")
    assert (found.ci_low, found.ci_high) == (None, None)
    assert found.p == pytest.approx(stats.binomtest(12, 12).pvalue)
    assert verdict_of(found, found.p, "lower") == "better"


def test_half_a_hundred_pairs_that_mostly_differ_keep_their_interval() -> None:
    seen = np.array([*np.linspace(-1.0, 2.0, 26), *[0.0] * 24])
    assert ends_of(seen) == (skewed_ends(seen), METHODS["skewed"].label)
    assert ends_of(np.append(seen, [0.0, 0.0]))[0].low is None


def test_a_watched_study_has_an_interval_from_its_first_block_on() -> None:
    assert ends_of(rare([-0.5] * 12, 50), "sequential")[0].low is not None


def test_rare_events_of_one_size_have_the_likelihood_interval_of_a_share() -> None:
    n, k, size = 100, 12, 0.5
    allowed = stats.f.ppf(0.95, 1, n - 1)

    def beyond(share: float) -> float:
        best = k * np.log(k / n) + (n - k) * np.log(1 - k / n)
        return float(2.0 * (best - k * np.log(share) - (n - k) * np.log(1 - share)) - allowed)

    expected = [size * optimize.brentq(beyond, *ends) for ends in ((1e-9, k / n), (k / n, 1 - 1e-9))]
    assert likelihood_ends(rare([size] * k))[:2] == pytest.approx(expected, rel=1e-9)


def test_the_interval_of_rare_events_is_that_of_their_mean_whatever_their_sizes() -> None:
    """The definition: an end is the mean at which the likelihood is just so much less, by Lagrange's condition."""
    seen = rare([0.5, 0.5, 1.0, 0.75, 0.6, 0.5], 40)
    for end in likelihood_ends(seen)[:2]:
        gaps = seen - end
        root = optimize.brentq(
            lambda x, gaps=gaps: (gaps / (1 + x * gaps)).sum(),
            -1 / gaps.max() + 1e-9,
            -1 / gaps.min() - 1e-9,
        )
        assert 2 * np.log1p(root * gaps).sum() == pytest.approx(stats.f.ppf(0.95, 1, 39), rel=1e-6)


def test_the_interval_of_rare_events_turns_with_their_sign_and_grows_with_their_size() -> None:
    low, high, p = likelihood_ends(rare([0.5] * 12))
    assert likelihood_ends(rare([-0.5] * 12)) == (-high, -low, p)
    assert likelihood_ends(rare([5.0] * 12))[:2] == pytest.approx((10 * low, 10 * high))
    assert p == pytest.approx(stats.binomtest(12, 12).pvalue)


@pytest.mark.parametrize(
    ("unequal", "is_likelihood"),
    [
        ([-0.5] * 9 + [-1.0], True),
        ([-0.5] * 6, True),
        ([-0.5] * 5, False),
        ([-0.5] * 9 + [0.5], False),
        ([0.1] * 9 + [10.0], False),
        ([0.5] * 50, True),
        ([0.5] * 51, False),
    ],
)
def test_likelihood_is_for_events_of_one_direction_and_about_one_size(
    unequal: list[float], is_likelihood: bool
) -> None:
    assert (ends_of(rare(unequal))[1] == LIKELIHOOD) is is_likelihood
    assert ends_of(rare(unequal), "t")[1] == METHODS["t"].label


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_equal_pairs_leave_room_for_what_would_have_been_missed_with_5_percent(n: int) -> None:
    assert (1.0 - most_that_differ(n)) ** n == pytest.approx(0.05)
    assert 0.85 * 3 / n < most_that_differ(n) < 3 / n


def test_intervals_of_rare_events_cover_as_often_as_they_say() -> None:
    """Share of studies with an interval that misses, for 12 events in 100: the false-alarm rate is 1 in 10,000."""
    luck, studies = np.random.default_rng(41), 2000
    events = luck.random((studies, 100)) < 0.12
    table = np.where(events, np.where(luck.random((studies, 100)) < 0.1, -1.0, -0.5), 0.0)
    found = [ends_of(row)[0] for row in table]
    truth = -0.12 * 0.55
    covered = sum(low is not None and high is not None and low <= truth <= high for low, high, _ in found)
    n_told = sum(low is not None for low, _, _ in found)
    least, most = stats.binom.ppf([5e-5, 1 - 5e-5], n_told, [0.94, 0.965])
    assert n_told > 0.99 * studies
    assert least <= covered <= most


def test_one_replication_is_told_as_one():
    assert equal_words(1) == "in the one replication"
    assert equal_words(2) == "in all 2 replications"
