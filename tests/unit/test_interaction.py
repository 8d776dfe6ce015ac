"""Whether two interventions add up."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.interaction import Interaction, compare_interactions, interaction, quartets, verdict_of
from sim.analysis.intervals import Ends
from sim.domain.errors import InputError

LUCK = np.random.default_rng(51)
N = 120
NEITHER = LUCK.normal(100, 20, N)


def world(effect: float) -> np.ndarray:
    return NEITHER + effect + LUCK.normal(0, 1, N)


def measured(low: float | None, high: float | None) -> Interaction:
    middle = None if low is None or high is None else (low + high) / 2
    return Interaction(1.0, 1.0, 1.0, middle, Ends(low, high, 0.0), 100.0, N)


def test_the_interval_is_students_of_both_less_each_plus_neither() -> None:
    worlds = np.array([NEITHER, world(5), world(3), world(12)])
    found = interaction(worlds, "t")
    expected = stats.ttest_1samp(worlds[3] - worlds[1] - worlds[2] + worlds[0], 0.0)
    low, high = expected.confidence_interval(0.95)
    assert found.ends == pytest.approx((low, high, expected.pvalue), rel=1e-9)
    assert found.difference == pytest.approx(found.both - found.first - found.second)  # type: ignore[operator]


def test_neither_order_of_the_two_nor_luck_that_all_share_changes_it() -> None:
    worlds = np.array([NEITHER, world(5), world(3), world(12)])
    one = interaction(worlds)
    other = interaction(worlds[[0, 2, 1, 3]] + 50 * LUCK.normal(size=N))
    assert other.ends == pytest.approx(one.ends)
    assert (other.first, other.second) == pytest.approx((one.second, one.first))


def test_a_replication_counts_where_all_four_worlds_have_the_outcome() -> None:
    worlds = np.array([NEITHER, world(5), world(3), world(12)])
    for row in range(4):
        worlds[row, row] = math.nan
    assert interaction(worlds).replications == N - 4
    worlds[2] = math.nan
    nothing = interaction(worlds)
    assert (nothing.difference, nothing.replications) == (None, 0)
    assert verdict_of(nothing, None, "higher", 1.0) == "not distinguishable"


def test_two_that_add_up_exactly_in_every_replication_add_up_without_an_interval() -> None:
    neither = np.arange(float(N))
    found = interaction(np.array([neither, neither + 4, neither + 3, neither + 7]))
    assert (found.ends.low, found.ends.high, found.ends.p) == (None, None, 1.0)
    assert found.method == f"none: all {N} pairs are equal"
    assert verdict_of(found, 1.0, "higher", None) == "add up"


@pytest.mark.parametrize(
    ("low", "high", "p", "better", "margin", "verdict"),
    [
        (1.0, 3.0, 0.01, "higher", None, "super-additive"),
        (1.0, 3.0, 0.01, "lower", None, "sub-additive"),
        (-3.0, -1.0, 0.01, "higher", None, "sub-additive"),
        (-3.0, -1.0, 0.01, "lower", None, "super-additive"),
        (1.0, 3.0, 0.01, "", None, "super-additive"),
        (1.0, 3.0, 0.06, "higher", None, "not distinguishable"),
        (-1.0, 3.0, 0.4, "higher", None, "not distinguishable"),
        (-1.0, 3.0, 0.4, "higher", 2.9, "not distinguishable"),
        (-1.0, 3.0, 0.4, "higher", 3.1, "add up"),
        (1.0, 3.0, 0.01, "higher", 3.1, "add up"),
        (0.0, 0.0, 1.0, "higher", None, "not distinguishable"),
        (None, None, None, "higher", 3.1, "not distinguishable"),
    ],
)
def test_the_verdict_follows_the_better_side_and_only_a_margin_allows_to_add_up(
    low: float | None, high: float | None, p: float | None, better: str, margin: float | None, verdict: str
) -> None:
    assert verdict_of(measured(low, high), p, better, margin) == verdict


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three interventions and two pairs of them under two relationships; the first pair gets in its own way."""
    effects = {"": 0.0, "a": 5.0, "b=0.5": 4.0, "c": 2.0, "a+b=0.5": 6.0, "c + a": 7.0, "b=0.5+d": 9.0}
    rows, runs = [], []
    for relationship in ("undefined", "aligned"):
        for text, effect in effects.items():
            rows.append((f"{relationship}{text}", f"{relationship} {text}", relationship, text))
            lifted = NEITHER + (100 if relationship == "aligned" else 0)
            values = lifted + effect + LUCK.normal(0, 1, N)
            runs.append(
                pd.DataFrame(
                    {
                        "point_id": rows[-1][0],
                        "draw": 0,
                        "replication": range(N),
                        "status": "done",
                        "error": None,
                        "wins": values,
                        "cycle_days": -values,
                    }
                )
            )
    return pd.DataFrame(rows, columns=["point_id", "label", "relationship", "interventions"]), pd.concat(runs)


def test_pairs_are_found_where_all_four_worlds_are_there() -> None:
    points, _ = tables()
    assert quartets(points, "relationship") == [(0, 1, 2, 4), (0, 1, 3, 5), (7, 8, 9, 11), (7, 8, 10, 12)]


def test_every_pair_and_outcome_has_a_verdict_by_its_own_direction() -> None:
    points, runs = tables()
    table = compare_interactions(points, runs, by="relationship", margin=0.01)
    assert len(table) == 8
    wins = table[table["outcome"] == "wins"].set_index(["relationship", "first", "second"])
    assert wins.loc[("undefined", "a", "b=0.5"), "verdict"] == "sub-additive"
    assert wins.loc[("undefined", "a", "c"), "verdict"] == "add up"
    assert wins.loc[("undefined", "a", "b=0.5"), "effect_both"] == pytest.approx(6.0, abs=0.5)
    assert wins.loc[("aligned", "a", "c"), "margin"] == pytest.approx(0.01 * 200, rel=0.05)
    days = table[table["outcome"] == "cycle_days"]
    assert days["verdict"].tolist() == wins["verdict"].tolist()


def test_p_values_are_adjusted_over_all_pairs() -> None:
    points, runs = tables()
    strict, plain = (compare_interactions(points, runs, "wins", "relationship", adjust=how) for how in ("holm", "none"))
    least = plain["adjusted_p"].idxmin()
    assert strict["adjusted_p"][least] == pytest.approx(4 * plain["adjusted_p"][least])


def test_what_has_no_pair_is_refused_with_what_to_add() -> None:
    points, runs = tables()
    with pytest.raises(InputError, match="interventions: must have a pair .*\nAdd the points without any, with each"):
        compare_interactions(points[points["interventions"] != ""], runs, by="relationship")
    with pytest.raises(InputError, match="factor: must be a column that names interventions"):
        quartets(points.drop(columns="interventions"))
    with pytest.raises(InputError, match="margin: must be above 0, got 0"):
        compare_interactions(points, runs, margin=0)
