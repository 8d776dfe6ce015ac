"""Practices of a firm of which nothing is known: between the four types, and never one of them alone."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibrate.practice_prior import bundles, ladder_levels, nearest_types, practice_draws, type_shares
from sim.domain.errors import InputError
from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.catalogue import load_scenario
from sim.spec.factors import variant
from sim.spec.resolve import practice_levels


def test_places_on_the_way_are_the_types_and_half_way_lies_between() -> None:
    rungs = bundles().to_numpy()
    places = np.repeat(np.arange(4.0)[:, None], rungs.shape[1], axis=1)
    assert np.allclose(ladder_levels(places), rungs)
    assert np.allclose(ladder_levels(places[:1] + 0.5), (rungs[0] + rungs[1]) / 2)


def test_every_draw_is_a_scenario_and_its_practices_are_those_drawn() -> None:
    base = load_scenario("small")
    for _, draw in practice_draws(40, seed=2).iterrows():
        levels = practice_levels(variant(base, draw.to_dict()))
        assert all(levels[path.removeprefix("practices.")] == level for path, level in draw.items())


def test_levels_stay_in_their_ranges_and_reach_past_both_ends_of_the_types() -> None:
    draws, rungs = practice_draws(4000, seed=1), bundles()
    for name in rungs:
        levels = draws[f"practices.{name}"]
        assert PRACTICES[name].low <= levels.min() <= rungs[name].min()
        assert rungs[name].max() <= levels.max() <= PRACTICES[name].high


def test_no_type_is_ruled_out_or_taken_for_granted() -> None:
    shares = type_shares(practice_draws(4000, seed=1))
    assert list(shares.index) == ["undefined", "defined", "aligned", "integrated"]
    assert shares.between(0.15, 0.35).all() and abs(shares.sum() - 1.0) < 1e-12


def test_a_pure_type_is_nearest_to_itself() -> None:
    pure = bundles().add_prefix("practices.")
    assert nearest_types(pure).tolist() == list(bundles().index)


def test_practices_go_together_but_not_in_step() -> None:
    draws = practice_draws(4000, seed=1)
    together = draws["practices.joint_planning"].corr(draws["practices.funnel_unity"])
    assert 0.6 < together < 0.75


def test_draws_follow_the_seed() -> None:
    assert practice_draws(5, seed=3).equals(practice_draws(5, seed=3))
    assert not practice_draws(5, seed=3).equals(practice_draws(5, seed=4))


@pytest.mark.parametrize(("n", "seed", "field"), [(0, 1, "n"), (5, -1, "seed")])
def test_bad_numbers_are_refused(n: int, seed: int, field: str) -> None:
    with pytest.raises(InputError, match=f"{field}: must be at least"):
        practice_draws(n, seed)
