"""Shapley values: known games are recovered, parts add up, who does nothing gets nothing."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.analysis.attribution import pair_rows, part_rows, split
from sim.analysis.shapley import adding_up, order_errors, orders_of, pairs_together, prefixes, shapley, shares_by_order
from sim.domain.outcomes import BY_NAME
from sim.explain.attribution_plan import coalitions_of

PROFIT = BY_NAME["profit"]
ALONE, PAIRS = [5.0, -2.0, 0.0, 1.5], {(0, 1): 4.0, (0, 3): -1.0}
NAMES = [(name, name.capitalize()) for name in ("a", "b", "c", "d")]


def bits(code: int, n: int) -> list[int]:
    return [player for player in range(n) if code >> player & 1]


def built() -> Any:
    """A game of four: what each adds alone, and what two pairs add together; three replications, the third tenfold."""
    values = np.zeros((16, 3))
    for code in range(16):
        inside = bits(code, 4)
        worth = sum(ALONE[i] for i in inside) + sum(w for pair, w in PAIRS.items() if set(pair) <= set(inside))
        values[code] = 100.0 + np.array([1.0, 2.0, 10.0]) * worth
    return values


def random_game(n: int, replications: int = 20, seed: int = 1) -> Any:
    return np.random.default_rng(seed).normal(1e6, 1e5, (2**n, replications))


def by_definition(values: Any) -> list[Fraction]:
    """Mean over all orders, in exact fractions, of a game of one replication."""
    n = len(values).bit_length() - 1
    parts = [Fraction(0)] * n
    for order in itertools.permutations(range(n)):
        code = 0
        for player in order:
            parts[player] += Fraction(float(values[code | 1 << player, 0])) - Fraction(float(values[code, 0]))
            code |= 1 << player
    return [part / math.factorial(n) for part in parts]


def test_a_game_built_by_hand_gives_each_what_it_adds_alone_and_half_of_its_pairs() -> None:
    assert shapley(built())[:, 0] == pytest.approx([5.0 + 2.0 - 0.5, -2.0 + 2.0, 0.0, 1.5 - 0.5])
    assert shapley(built())[:, 2] == pytest.approx([65.0, 0.0, 0.0, 10.0])
    together = pairs_together(built())[:, :, 0]
    assert together[0, 1] == together[1, 0] == pytest.approx(4.0)
    assert together[0, 3] == pytest.approx(-1.0)
    assert together[1, 2] == together[2, 3] == 0.0


def test_the_formula_is_the_mean_over_all_orders() -> None:
    values = random_game(5, replications=1)
    assert shapley(values)[:, 0] == pytest.approx([float(part) for part in by_definition(values)], rel=1e-9)


def test_all_orders_give_what_all_coalitions_give() -> None:
    values = random_game(4)
    orders = np.array(list(itertools.permutations(range(4))))
    assert shares_by_order(values, np.arange(16), orders).mean(axis=0) == pytest.approx(shapley(values), rel=1e-9)


def test_what_each_adds_alone_and_the_pairs_add_up_to_the_whole() -> None:
    values = random_game(5)
    alone = np.array([values[1 << player] - values[0] for player in range(5)])
    pairs = pairs_together(values)
    assert alone.sum(axis=0) + pairs.sum(axis=(0, 1)) / 2 == pytest.approx(values[-1] - values[0])
    assert alone + pairs.sum(axis=1) / 2 == pytest.approx(shapley(values))


@given(arrays(np.float64, (8, 2), elements=st.floats(-1e12, 1e12)))
def test_parts_add_up_whatever_the_game(values: Any) -> None:
    found = split(values, np.arange(8))
    error = np.abs(found.parts.sum(axis=0) - found.whole)
    assert (error <= 1e-9 * np.abs(found.whole) + 1e-15 * np.abs(found.parts).sum(axis=0)).all()


def test_parts_of_a_whole_of_nothing_add_up_to_exactly_nothing_in_any_order() -> None:
    """Of whole numbers, where thirds and sixths do not: the relative error of a whole of 0 is 0 too."""
    game = np.random.default_rng(2).integers(0, 50, (8, 400)).astype(float)
    game[-1] = game[0]
    raw, found = shapley(game), split(game, np.arange(8))
    assert (raw.sum(axis=0) != 0.0).any()
    for order in itertools.permutations(range(3)):
        assert (sum(found.parts[player] for player in order) == 0.0).all()


def test_the_last_rounding_moves_no_part_by_more_than_rounding() -> None:
    parts = np.random.default_rng(3).normal(size=(6, 1000))
    assert adding_up(parts, parts.sum(axis=0)) == pytest.approx(parts, abs=1e-14)


@pytest.mark.parametrize("orders", [None, orders_of(5, 4, seed=1)])
def test_who_never_changes_anything_gets_exactly_nothing(orders: Any) -> None:
    values = random_game(5)
    values[np.arange(32) & 4 != 0] = values[np.arange(32) & 4 == 0]
    found = split(values, np.arange(32), orders)
    assert (found.parts[2] == 0.0).all()
    (own,) = [row for row in part_rows(found, [*NAMES, ("e", "E")], PROFIT) if row["part"] == "c"]
    assert (own["contribution"], own["alone"], own["verdict"]) == (0.0, 0.0, "equal")


def test_equals_get_equal_parts() -> None:
    values = np.bitwise_count(np.arange(16)).astype(float)[:, None] ** 2
    assert len(set(split(values, np.arange(16)).parts.ravel().tolist())) == 1


def test_a_replication_in_which_a_coalition_has_no_value_is_left_out() -> None:
    values = built()
    values[7, 1] = np.nan
    found = split(values, np.arange(16))
    assert np.isnan(found.parts[:, 1]).all()
    assert np.isnan(found.whole[1])
    assert found.parts[:, [0, 2]] == pytest.approx(split(built(), np.arange(16)).parts[:, [0, 2]])
    assert part_rows(found, NAMES, PROFIT)[0]["replications"] == 2


def test_what_nobody_accounts_for_is_a_part_of_its_own_where_it_belongs_to_the_effect() -> None:
    found = split(built(), np.arange(16), has_rest=True)
    assert found.rest.tolist() == pytest.approx([100.0, 100.0, 100.0])
    assert (found.rest + found.parts.sum(axis=0)).tolist() == found.whole.tolist() == built()[-1].tolist()
    rows = part_rows(found, NAMES, PROFIT)
    assert [row["kind"] for row in rows] == ["total", "other", "part", "part", "part", "part"]
    assert sum(row["contribution"] for row in rows[1:]) == pytest.approx(rows[0]["contribution"])
    assert sum(row["share"] for row in rows[1:]) == pytest.approx(1.0)


def test_sampled_orders_are_without_bias_and_add_up_too() -> None:
    """Over 400 samples the mean error is within four standard errors of none, for each player."""
    values = random_game(6, replications=2)
    estimates = []
    for seed in range(400):
        orders = orders_of(6, 2, seed)
        found = split(values, np.arange(64), orders)
        assert found.parts.sum(axis=0) == pytest.approx(found.whole, rel=1e-12)
        estimates.append(found.parts[:, 0])
    errors = np.array(estimates) - shapley(values)[:, 0]
    assert (np.abs(errors.mean(axis=0)) < 4.0 * errors.std(axis=0) / 20.0).all()


def test_the_error_of_sampled_orders_is_told_as_large_as_it_is() -> None:
    """Root mean square of what is told against what happens over 400 samples: within a tenth (here 3 % at most)."""
    values = random_game(6, replications=2)
    told, happened = [], []
    for seed in range(400):
        by_order = shares_by_order(values, np.arange(64), orders_of(6, 8, seed))
        told.append(order_errors(by_order) ** 2)
        happened.append((by_order.mean(axis=(0, 2)) - shapley(values).mean(axis=1)) ** 2)
    assert np.sqrt(np.mean(told) / np.mean(happened)) == pytest.approx(1.0, abs=0.1)


def test_an_order_and_its_reverse_leave_no_error_where_only_pairs_interact() -> None:
    """Which is why they go together: each pair has each of its players come last once."""
    found = split(built(), np.arange(16), orders_of(4, 2, seed=1))
    assert found.parts == pytest.approx(split(built(), np.arange(16)).parts)
    assert found.order_errors == pytest.approx(np.zeros(4), abs=1e-12)


def test_an_interval_over_sampled_orders_is_wider_at_both_ends() -> None:
    found = split(random_game(6), np.arange(64), orders_of(6, 4, seed=1))
    names = [(str(player), str(player)) for player in range(6)]
    wide, luck = (part_rows(one, names, PROFIT)[1:] for one in (found, replace(found, order_errors=None)))
    for row, narrow in zip(wide, luck, strict=True):
        reach = 3.182446 * row["order_error"]  # Student's t of four pairs
        for end in ("ci_low", "ci_high"):
            own, other = (abs(one[end] - one["contribution"]) for one in (row, narrow))
            assert own == pytest.approx(np.hypot(other, reach), rel=1e-6)
        assert row["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < row["ci_high"]
        assert "orders sampled" in row["ci_method"]
        assert narrow["order_error"] is None


@pytest.mark.parametrize("spread", [0.1, 3.0])
def test_intervals_over_sampled_orders_hold_the_true_share(spread: float) -> None:
    """Nine players, 40 games, luck in every value, 24 orders, 30 replications. Over 300 games 95 in 100 held."""
    luck, held = np.random.default_rng(7), []
    names = [(str(player), str(player)) for player in range(9)]
    for seed in range(40):
        game = luck.normal(size=(512, 1))
        values = game + spread * luck.normal(size=(512, 30))
        rows = part_rows(split(values, np.arange(512), orders_of(9, 12, seed)), names, PROFIT)[1:]
        truth = shapley(game)[:, 0]
        held += [row["ci_low"] <= true <= row["ci_high"] for row, true in zip(rows, truth, strict=True)]
    assert np.mean(held) >= 0.92


def test_pairs_are_told_by_size_and_only_where_all_coalitions_are_known() -> None:
    found = pair_rows(split(built(), np.arange(16)), NAMES, PROFIT)
    assert [(row["first"], row["second"]) for row in found[:2]] == [("a", "b"), ("a", "d")]
    assert found[-1]["verdict"] == "equal"
    assert pair_rows(split(built(), np.arange(16), orders_of(4, 2, 1)), NAMES, PROFIT) == []


def test_all_coalitions_of_few_players_and_orders_of_many() -> None:
    few, many = coalitions_of(3, None, 1), coalitions_of(9, 10, 1)
    assert few.codes.tolist() == list(range(8))
    assert few.orders is None
    assert set(prefixes(many.orders).ravel().tolist()) <= set(many.codes.tolist())
    for player in range(9):
        assert {1 << player, 511 - (1 << player)} <= set(many.codes.tolist())


def test_alone_and_last_are_what_a_player_adds_to_nobody_and_to_all_others() -> None:
    values = built()
    found = split(values, np.arange(16))
    for player in range(4):
        assert found.alone[player].tolist() == (values[1 << player] - values[0]).tolist()
        assert found.last[player].tolist() == (values[15] - values[15 - (1 << player)]).tolist()


def clear_game(luck: float) -> Any:
    """Six players of whom one brings much more than the orders are uncertain by; of 30 replications."""
    has_first = np.arange(64) & 1
    return random_game(6, 1) + 2e5 * has_first[:, None] + luck * np.random.default_rng(2).normal(size=(64, 30))


@pytest.mark.parametrize("unit", [1e-8, 1e3])
def test_another_unit_of_money_changes_no_p_over_sampled_orders(unit: float) -> None:
    names = [(str(player), str(player)) for player in range(6)]
    own, other = (
        [row["adjusted_p"] for row in part_rows(split(each, np.arange(64), orders_of(6, 4, seed=1)), names, PROFIT)[1:]]
        for each in (clear_game(1e3), unit * clear_game(1e3))
    )
    assert other == pytest.approx(own, rel=1e-9, abs=0.0)
    assert 0.0 < min(own) < 0.05 < max(own)


def test_next_to_no_luck_leaves_the_p_of_the_orders() -> None:
    game = clear_game(1e-9)
    names = [(str(player), str(player)) for player in range(6)]
    first = next(
        row for row in part_rows(split(game, np.arange(64), orders_of(6, 4, 1)), names, PROFIT) if row["part"] == "0"
    )
    error = 3.182446 * first["order_error"] / 1.959964  # Student's t of four pairs
    assert first["adjusted_p"] == pytest.approx(6 * 2.0 * stats.norm.sf(first["contribution"] / error), rel=1e-4)
