"""Selecting the best: procedure KN, comparison with the best, probability of being the best."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.screening import against_best, probability_best
from sim.analysis.selection import Selection, select_best, select_points
from sim.domain.errors import InputError

LUCK = np.random.default_rng(41)
MEANS = np.array([100.0, 103.0, 101.0, 90.0])


def worlds(n: int, luck: Any = LUCK) -> Any:
    """Four points on common luck, of unequal spread."""
    spread = np.array([[2.0], [3.0], [4.0], [9.0]])
    return MEANS[:, None] + 20 * luck.normal(size=n) + spread * luck.normal(size=(4, n))


def kim_and_nelson(values: Any, delta: float, alpha: float, n0: int) -> tuple[int | None, int]:
    """The procedure as its authors write it (2001, section 3.1, c = 1), a pair at a time; selected point and when."""
    k, n = values.shape
    eta = 0.5 * ((2 * alpha / (k - 1)) ** (-2 / (n0 - 1)) - 1)
    h2 = 2 * eta * (n0 - 1)
    left = set(range(k))
    for r in range(n0, n + 1):
        means = values[:, :r].mean(axis=1)
        kept = set()
        for i in left:
            gaps = {}
            for j in left - {i}:
                s2 = np.var(values[i, :n0] - values[j, :n0], ddof=1)
                gaps[j] = max(0.0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
            if all(means[i] >= means[j] - gap for j, gap in gaps.items()):
                kept.add(i)
        left = kept
        if len(left) == 1:
            return left.pop(), r
    return None, n


@pytest.mark.parametrize("seed", range(5))
def test_the_selection_is_that_of_kim_and_nelson(seed: int) -> None:
    values = worlds(400, np.random.default_rng(seed))
    expected, when = kim_and_nelson(values, 1.0, 0.05, 50)
    assert expected is not None
    found = select_best(values, "higher", 1.0)
    assert (found.best, found.is_guaranteed, found.more_replications) == (expected, True, 0)
    assert select_best(values[:, :when], "higher", 1.0).is_guaranteed
    if when > 50:
        early = select_best(values[:, : when - 1], "higher", 1.0)
        assert not early.is_guaranteed
        assert early.more_replications >= 1
        assert early.is_left.sum() > 1


@pytest.mark.parametrize("when", [50, 51, 99, 100, 101])
def test_no_replication_is_passed_over(when: int) -> None:
    values = LUCK.normal(0, 10, (2, 120))
    values[1, when - 1 :] += 1e4 if when > 50 else 0.0
    values[1, :50] += 1e4 if when == 50 else 0.0
    if when > 50:
        assert not select_best(values[:, : when - 1], "higher", 0.2).is_guaranteed
    assert select_best(values[:, :when], "higher", 0.2).is_guaranteed


def test_the_most_that_is_needed_is_where_the_triangle_ends() -> None:
    # Kim and Nelson (2001): at the latest after floor(h² S²/δ²) + 1 replications
    one, other = LUCK.normal(0, 10, (2, 50))
    h2 = 2 * 49 * 0.5 * (0.1 ** (-2 / 49) - 1)
    most = math.floor(h2 * np.var(one - other, ddof=1) / 0.2**2) + 1
    assert select_best(np.array([one, other]), "higher", 0.2).more_replications == most - 50


def test_a_point_that_cannot_be_best_does_not_widen_the_interval_of_the_best() -> None:
    luck = np.random.default_rng(43)
    best, close, far = luck.normal(10, 1, 60), luck.normal(9.9, 1, 60), luck.normal(-500, 900, 60)
    low, _, may_be_best = against_best(np.array([best, close, far]))
    half = stats.t.ppf(0.975, 59) * (best - close).std(ddof=1) / math.sqrt(60)
    assert may_be_best.tolist() == [True, True, False]
    assert low[0] == pytest.approx((best - close).mean() - half)


def test_more_replications_are_never_needed_than_it_says() -> None:
    for seed in range(20):
        values = np.random.default_rng(seed).normal(0, 10, (3, 3000))
        early = select_best(values[:, :60], "higher", 2.0)
        if not early.is_guaranteed:
            assert select_best(values[:, : 60 + early.more_replications], "higher", 2.0).is_guaranteed


def test_the_order_of_the_points_and_the_better_side_do_not_matter() -> None:
    values = worlds(300)
    found = select_best(values, "higher", 1.0)
    order = [2, 0, 3, 1]
    moved = select_best(values[order], "higher", 1.0)
    assert order[moved.best] == found.best == 1
    assert moved.low == pytest.approx(found.low[order])
    turned = select_best(-values, "lower", 1.0)
    assert turned.best == found.best
    assert turned.low == pytest.approx(-found.high)
    assert turned.high == pytest.approx(-found.low)
    assert (turned.may_be_best == found.may_be_best).all()


def test_a_common_shock_moves_nothing() -> None:
    values = worlds(100)
    shocked = values + 1000 * LUCK.normal(size=100)
    one, other = (select_best(table, "higher", 1.0) for table in (values, shocked))
    assert other.high == pytest.approx(one.high, abs=1e-6)
    assert (other.best, other.more_replications) == (one.best, one.more_replications)


def test_of_equal_worlds_the_first_is_selected() -> None:
    values = worlds(200)
    found = select_best(np.array([values[1], values[0], values[1]]), "higher", 1.0)
    assert (found.best, found.is_guaranteed) == (0, True)
    assert found.may_be_best.tolist() == [True, False, True]


def test_between_two_points_the_interval_against_the_best_is_the_one_sided_t_interval() -> None:
    one, other = worlds(80)[:2]
    low, high, _ = against_best(np.array([one, other]))
    half = stats.t.ppf(0.95, 79) * (one - other).std(ddof=1) / math.sqrt(80)
    difference = (other - one).mean()
    assert difference > half
    assert (low[0], high[0]) == pytest.approx((-difference - half, 0.0))
    assert (low[1], high[1]) == pytest.approx((0.0, difference + half))


def test_a_point_that_may_be_best_by_its_interval_is_in_the_subset() -> None:
    found = select_best(worlds(60), "higher", 1.0)
    assert (found.may_be_best == (found.high > 0)).all()  # but for worlds that are exactly equal
    assert found.may_be_best[found.best]
    assert not found.may_be_best[3]


def test_the_probability_of_being_best_is_the_normal_one_for_two() -> None:
    values = worlds(100)[[0, 2]]
    gap = values[0] - values[1]
    expected = stats.norm.cdf(gap.mean() / gap.std(ddof=1) * 10)
    assert probability_best(values)[0] == pytest.approx(expected, abs=0.02)
    assert probability_best(values).sum() == pytest.approx(1.0)


def test_replications_in_which_a_point_has_no_value_are_left_out() -> None:
    values = worlds(120)
    gaps = values.copy()
    gaps[2, ::2] = math.nan
    assert select_best(gaps, "higher", 1.0).means == pytest.approx(values[:, 1::2].mean(axis=1))


def test_what_is_not_guaranteed_says_who_is_left_and_how_many_more_are_needed() -> None:
    close = LUCK.normal(0, 10, (3, 60))
    found = select_best(close, "higher", 0.5, labels=["a", "b", "c"])
    assert not found.is_guaranteed
    assert f"at most {found.more_replications:,} more replications are needed" in found.text
    few = select_best(close[:, :20], "higher", 0.5, labels=["a", "b", "c"])
    assert (few.is_guaranteed, few.more_replications) == (False, 30)
    assert "needs the first 50 replications, and there are 20" in few.text
    none = select_best(close[:, :0], "higher", 0.5)
    assert not none.is_guaranteed
    assert np.isnan(none.means).all()


def test_the_table_has_a_row_per_point_and_one_best() -> None:
    found = select_best(worlds(100), "higher", 1.0, labels=["a", "b", "c", "d"])
    table = found.table()
    assert list(table["label"]) == ["a", "b", "c", "d"]
    assert table.loc[table["is_best"], "label"].tolist() == ["b"]
    assert "b is selected: with at least 95 % probability" in found.text


@pytest.mark.parametrize(
    ("k", "better", "indifference", "level", "message"),
    [
        (1, "higher", 1.0, 0.95, "points: must be at least two to select from, got 1"),
        (3, "", 1.0, 0.95, "better: must be 'higher' or 'lower', got ''"),
        (3, "higher", 0.0, 0.95, "indifference: must be above 0, got 0.0"),
        (3, "higher", 1.0, 0.3, "level: must be above 1/3 and below 1, got 0.3"),
    ],
)
def test_what_cannot_be_selected_by_is_refused(
    k: int, better: str, indifference: float, level: float, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        select_best(np.zeros((k, 60)), better, indifference, level)


def test_any_level_above_that_of_a_guess_is_allowed() -> None:
    assert select_best(worlds(100)[:3], "higher", 1.0, 0.4).level == 0.4


def selected() -> tuple[pd.DataFrame, list[Selection]]:
    """Two groups of points, one of which has failed."""
    rows = [
        ("a", "A", "undefined"),
        ("b", "B", "undefined"),
        ("x", "X", "undefined"),
        ("c", "C", "aligned"),
        ("d", "D", "aligned"),
    ]
    points = pd.DataFrame(rows, columns=["point_id", "label", "relationship"])
    values = dict(zip("abcd", worlds(100), strict=True))
    runs = [
        pd.DataFrame(
            {"point_id": name, "draw": 0, "replication": range(100), "status": "done", "error": None, "wins": row}
        )
        for name, row in values.items()
    ]
    failed = pd.DataFrame({"point_id": ["x"], "draw": 0, "replication": 0, "status": "failed", "error": "raised"})
    return points, select_points(points, pd.concat([*runs, failed]), "wins", 1.0, by="relationship")


def test_each_group_of_points_has_a_selection_and_failed_points_are_left_out() -> None:
    _, (undefined, aligned) = selected()
    assert (undefined.labels, aligned.labels) == (("A", "B"), ("C", "D"))
    assert undefined.labels[undefined.best] == "B"
    assert aligned.labels[aligned.best] == "C"


def test_the_lower_end_is_against_those_who_may_be_best_only() -> None:
    luck = np.random.default_rng(9)
    for many in (2, 3, 5):
        values = luck.normal(size=(many, 20)) + 3.0 * luck.normal(size=20) + 0.4 * np.arange(many)[:, None]
        low, high, may_be_best = against_best(values)
        half = np.zeros((many, many))
        for one in range(many):
            for other in set(range(many)) - {one}:
                off = values[one] - values[other]
                half[one, other] = stats.t.ppf(1 - 0.05 / (many - 1), 19) * off.std(ddof=1) / np.sqrt(20)
        means = values.mean(axis=1)
        reach = [min(means[i] - means[j] + half[i, j] for j in range(many) if j != i) for i in range(many)]
        assert may_be_best.tolist() == [end >= 0 for end in reach]
        assert high == pytest.approx([max(0.0, end) for end in reach])
        for i in range(many):
            ends = [means[i] - means[j] - half[i, j] for j in range(many) if j != i and reach[j] >= 0]
            assert low[i] == pytest.approx(min([0.0, *ends]))
