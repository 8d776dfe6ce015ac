"""How many more replications it takes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.planning import more_for_half_width, more_to_distinguish, rounded_up
from sim.analysis.sequential import BLOCK, boundary
from sim.domain.errors import InputError

LUCK = np.random.default_rng(12)
MANY = LUCK.normal(100, 10, 400)


def test_the_effect_seen_is_told_from_none_with_the_power_asked_for() -> None:
    differences = LUCK.normal(0.1, 1.0, 100)
    more = more_to_distinguish(differences)
    assert more is not None
    effect = differences.mean() / differences.std(ddof=1)
    n = 100 + more
    power = stats.nct.sf(stats.t.isf(0.025, n - 1), n - 1, abs(effect) * math.sqrt(n))
    assert 0.795 < power < 0.83
    assert more_to_distinguish(-differences) == more
    stricter = more_to_distinguish(differences, 0.005)
    assert stricter is not None and stricter > 1.5 * more


def test_few_replications_are_planned_for_students_t_and_not_for_the_normal() -> None:
    pairs = np.array([0.0, 2.0] * 2)
    effect = float(pairs.mean() / pairs.std(ddof=1))  # 0.87 standard deviations: 10.4 pairs by the normal, 12.4 by t
    n = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 / effect**2 + stats.norm.ppf(0.975) ** 2 / 2
    gaps = np.full(40, math.nan)
    gaps[::10] = pairs
    assert more_to_distinguish(gaps) == rounded_up((n - 4) * 10) == 84
    assert stats.nct.sf(stats.t.isf(0.025, 12), 12, effect * math.sqrt(13)) > 0.8


def test_a_large_effect_needs_no_more_and_none_at_all_no_number() -> None:
    assert more_to_distinguish(LUCK.normal(5, 1, 50)) == 0
    assert more_to_distinguish(np.zeros(50)) is None
    assert more_to_distinguish(np.ones(1)) is None


def test_where_an_outcome_exists_in_every_other_replication_twice_as_many_are_needed() -> None:
    differences = LUCK.normal(0.05, 1.0, 100)
    gaps = np.full(200, math.nan)
    gaps[::2] = differences
    one, two = more_to_distinguish(differences), more_to_distinguish(gaps)
    assert one is not None and two == pytest.approx(2 * one, rel=0.05)


def test_so_many_more_make_the_interval_as_narrow_as_asked_and_a_block_less_does_not() -> None:
    spread = MANY.std(ddof=1)
    more = more_for_half_width(MANY, 0.8)
    assert more is not None and more % BLOCK == 0
    blocks = (400 + more) // BLOCK
    halves = [boundary(k) * spread / math.sqrt(BLOCK * k) for k in (blocks - 1, blocks)]
    assert halves[0] > 0.8 >= halves[1]
    assert more_for_half_width(MANY, 50.0) == 0
    assert more_for_half_width(MANY[:1], 50.0) is None
    with pytest.raises(InputError, match="half_width: must be above 0"):
        more_for_half_width(MANY, 0.0)


@pytest.mark.parametrize(
    ("count", "said"), [(0.2, 10), (10, 10), (10.4, 11), (99.5, 100), (101, 110), (98_700, 99_000)]
)
def test_numbers_of_replications_are_rounded_up_to_two_digits(count: float, said: int) -> None:
    assert rounded_up(count) == said
