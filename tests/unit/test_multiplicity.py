"""Many comparisons at once: Holm, Benjamini and Hochberg."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.analysis.multiplicity import ADJUSTMENTS, adjusted, false_discovery, holm
from sim.domain.errors import InputError

#: The 15 p values of Benjamini and Hochberg (1995), section 4.1, from the trial of rt-PA and APSAC.
TRIAL = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0
]  # fmt: skip


def test_holm_is_what_one_computes_by_hand() -> None:
    # sorted: .005·4 = .02, .01·3 = .03, .03·2 = .06, .04·1 = .04 but not below .06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_is_at_most_one_never_below_p_and_keeps_the_order() -> None:
    p_values = np.random.default_rng(1).uniform(size=200) ** 3
    adjusted = np.array(holm(list(p_values)), dtype=float)
    assert (adjusted >= p_values).all()
    assert adjusted.max() <= 1.0
    assert all(one <= other for one, other in pairwise(adjusted[np.argsort(p_values)]))


def test_what_has_no_p_does_not_count_for_holm() -> None:
    assert holm([None, 0.02, None]) == [None, 0.02, None]
    assert holm([]) == []


def test_the_published_example_of_false_discovery_control_finds_four() -> None:
    assert sum(p is not None and p <= 0.05 for p in false_discovery(TRIAL)) == 4
    assert sum(p is not None and p <= 0.05 for p in holm(TRIAL)) == 3  # Bonferroni and Hochberg find 3 there


def test_false_discovery_is_what_one_computes_by_hand() -> None:
    # sorted: .005·4/1 = .02, .01·4/2 = .02, .03·4/3 = .04, .04·4/4 = .04
    assert false_discovery([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert false_discovery([]) == []
    assert false_discovery([None]) == [None]


@pytest.mark.parametrize("how", list(ADJUSTMENTS))
def test_an_adjustment_follows_its_p_values_wherever_they_stand(how: str) -> None:
    luck = np.random.default_rng(5)
    p_values = list(luck.uniform(size=30) ** 2)
    order = luck.permutation(30)
    moved = adjusted([p_values[place] for place in order], how)
    assert moved == pytest.approx([adjusted(p_values, how)[place] for place in order])
    assert all(after is not None and after >= p for p, after in zip(p_values, adjusted(p_values, how), strict=True))


def test_holm_is_stricter_than_false_discovery_and_that_than_nothing() -> None:
    strict, mild, none = (np.array(adjusted(TRIAL, how), dtype=float) for how in ADJUSTMENTS)
    assert (strict >= mild).all()
    assert (mild >= none).all()
    assert list(none) == TRIAL


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(InputError, match="adjust: must be a way to adjust p values, got 'hulm'\nDid you mean 'holm'?"):
        adjusted([0.1], "hulm")
