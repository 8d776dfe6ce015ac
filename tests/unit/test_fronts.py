"""Fronts of options: what no cheaper one beats, and who is kept where there are not seats for all."""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.fronts import front_ranks, keep_best


def ranks_by_definition(price: list[float], score: list[float]) -> list[int]:
    """One more than the latest front among those that beat an option: no dearer, no worse, and before it if equal."""
    ranks: dict[int, int] = {}

    def beats(one: int, other: int) -> bool:
        as_good = price[one] <= price[other] and score[one] >= score[other]
        is_same = price[one] == price[other] and score[one] == score[other]
        return as_good and (one < other if is_same else True)

    def rank(place: int) -> int:
        if place not in ranks:
            ranks[place] = max((rank(each) + 1 for each in range(len(price)) if beats(each, place)), default=0)
        return ranks[place]

    return [rank(place) for place in range(len(price))]


def test_each_front_is_beaten_by_the_one_before_only():
    luck = np.random.default_rng(4)
    for many in (1, 2, 7, 30):
        price, score = luck.integers(0, 6, many).astype(float), luck.integers(-3, 4, many).astype(float)
        assert front_ranks(price, score).tolist() == ranks_by_definition(price.tolist(), score.tolist())


def test_an_unknown_score_is_the_worst():
    assert front_ranks(np.zeros(3), np.array([math.nan, -5.0, 1.0])).tolist() == [2, 1, 0]
    assert keep_best(np.array([0.0, 1.0]), np.zeros(2), np.array([math.nan, 1.0]), 1) == [1]


def test_a_long_front_is_thinned_evenly_and_a_third_of_the_seats_goes_by_hours():
    steps, none = np.arange(10.0), np.zeros(10)
    assert keep_best(steps, none, steps, 6) == [0, 3, 6, 7, 8, 9]  # four of one front by money; by hours 9, 8, 7 …
    assert keep_best(steps, steps, steps, 6) == [0, 1, 3, 6, 8, 9]  # by hours the same front, of what is left
    assert keep_best(steps, none, steps, 1) == [9]


def test_all_are_kept_where_there_are_seats_for_all_and_none_of_none():
    luck = np.random.default_rng(5)
    price, hours, score = luck.random((3, 8))
    assert keep_best(price, hours, score, 8) == keep_best(price, hours, score, 50) == list(range(8))
    assert keep_best(np.array([]), np.array([]), np.array([]), 3) == []


def test_as_many_are_kept_as_there_are_seats():
    luck = np.random.default_rng(6)
    price, hours, score = luck.random((3, 40))
    for seats in range(1, 40):
        kept = keep_best(price, hours, score, seats)
        assert len(kept) == len(set(kept)) == seats and kept == sorted(kept)
        assert int(score.argmax()) in kept


def test_what_saves_hours_is_kept_though_money_speaks_against_it():
    price, hours, score = np.array([1.0, 2.0, 3.0, 9.0]), np.array([9.0, 9.0, 9.0, 0.0]), np.array([1.0, 2.0, 3.0, 0.5])
    assert keep_best(price, hours, score, 4 - 1) == [0, 2, 3]
