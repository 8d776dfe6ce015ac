"""Points of an experiment compared with their baselines."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.multiplicity import holm
from sim.analysis.paired import compare_pairs
from sim.analysis.point_values import baselines_of, runs_of
from sim.analysis.points import compare_points
from sim.domain.errors import InputError

N = 100
LUCK = np.random.default_rng(21)
COMMON = LUCK.normal(1000, 100, N)
#: Effect of a point on bookings: relationship, interventions, effect.
GRID = [
    ("undefined", "", 0.0),
    ("undefined", "liaison", 40.0),
    ("undefined", "collocation=0.5", 1.0),
    ("aligned", "", 200.0),
    ("aligned", "liaison", 190.0),
    ("aligned", "collocation=0.5", 200.0),
]


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Six points in two groups: bookings with an effect each, cycle_days without any."""
    rows = [(f"{i:02x}", i, f"{r} {v or 'alone'}", r, v) for i, (r, v, _) in enumerate(GRID)]
    points = pd.DataFrame(rows, columns=["point_id", "point", "label", "relationship", "interventions"])
    noise = np.random.default_rng(22)
    runs = [
        pd.DataFrame(
            {
                "point_id": f"{i:02x}",
                "draw": 0,
                "replication": range(N),
                "seed": range(N),
                "status": "done",
                "error": None,
                "bookings_new": COMMON + effect + (noise.normal(0, 20, N) if effect else 0.0),
                "cycle_days": noise.normal(80 - (i == 1), 5, N),
            }
        )
        for i, (_, _, effect) in enumerate(GRID)
    ]
    return points, pd.concat(runs, ignore_index=True)


def of(table: pd.DataFrame, point: int, outcome: str = "bookings_new") -> pd.Series:
    row: pd.Series = table[(table["outcome"] == outcome) & (table["point_id"] == f"{point:02x}")].iloc[0]
    return row


def test_every_point_is_paired_with_the_baseline_of_its_own_group() -> None:
    points, runs = tables()
    table = compare_points(points, runs, by="relationship", baseline={"interventions": ""})
    assert len(table) == 12
    assert list(table.columns[:5]) == ["point_id", "label", "relationship", "interventions", "outcome"]
    values = runs_of(points, runs).values("bookings_new")
    for point, other in ((1, 0), (2, 0), (4, 3), (5, 3)):
        expected = compare_pairs(values[:, point], values[:, other], "higher")
        row = of(table, point)
        assert (row.difference, row.ci_low, row.ci_high) == (expected.difference, expected.ci_low, expected.ci_high)
        assert row.baseline_mean == values[:, other].mean()
    assert of(table, 1).verdict == "better"


def test_p_values_are_adjusted_over_all_groups_of_an_outcome_and_not_over_outcomes() -> None:
    points, runs = tables()
    table = compare_points(points, runs, by="relationship")
    values = runs_of(points, runs).values("cycle_days")
    p_values = [compare_pairs(values[:, i], values[:, j], "lower").p for i, j in ((1, 0), (2, 0), (4, 3), (5, 3))]
    assert [of(table, i, "cycle_days").adjusted_p for i in (1, 2, 4, 5)] == holm(p_values)
    plain = compare_points(points, runs, by="relationship", adjust="none")
    assert [of(plain, i, "cycle_days").adjusted_p for i in (1, 2, 4, 5)] == p_values


def test_a_baseline_has_a_mean_and_nothing_to_be_compared_with() -> None:
    points, runs = tables()
    row = of(compare_points(points, runs), 0)
    assert row.verdict == "baseline"
    assert row["mean"] == row.baseline_mean == pytest.approx(COMMON.mean())
    assert row[["difference", "ci_low", "adjusted_p", "share_better", "more_replications"]].isna().all()


def test_points_with_unequal_replications_pair_on_the_common_ones() -> None:
    points, runs = tables()
    short = runs[(runs["point_id"] != "01") | runs["replication"].between(10, 59)]
    row = of(compare_points(points, short.sample(frac=1, random_state=1)), 1)
    assert row.replications == 50
    assert row.baseline_mean == pytest.approx(COMMON[10:60].mean())
    full = of(compare_points(points, runs), 1)
    assert full.replications == 100


@pytest.mark.parametrize("poisoned", [1, 0])
def test_a_failed_point_or_baseline_costs_its_own_rows_only_and_says_why(poisoned: int) -> None:
    points, runs = tables()
    bad = runs["point_id"] == f"{poisoned:02x}"
    poison = runs[bad].head(1).assign(status="failed", error="people.reps: must be at least 1", bookings_new=math.nan)
    table = compare_points(points, pd.concat([runs[~bad], poison]), by="relationship")
    row = of(table, 1)
    assert (row.verdict, row.replications) == ("failed", 0)
    assert row.error == "1 of 1 runs failed: people.reps: must be at least 1"
    assert math.isnan(row.difference)
    assert of(table, 4).verdict in {"worse", "not distinguishable"}


def test_a_point_of_which_some_runs_failed_is_compared_and_the_failure_named() -> None:
    points, runs = tables()
    runs.loc[(runs["point_id"] == "01") & (runs["replication"] >= 97), ["status", "error"]] = ["failed", "disk"]
    row = of(compare_points(points, runs), 1)
    assert (row.verdict, row.replications, row.error) == ("better", 97, "3 of 100 runs failed: disk")


def test_what_is_not_distinguishable_says_how_many_more_would_probably_tell() -> None:
    points, runs = tables()
    table = compare_points(points, runs, "bookings_new")
    row = of(table, 2)
    assert row.verdict == "not distinguishable"
    alone = compare_points(points.head(3), runs, "bookings_new", adjust="none")
    assert of(alone, 2).more_replications < row.more_replications  # among many, more proof is needed
    assert math.isnan(of(table, 1).more_replications)


def test_identical_worlds_are_equal_and_need_no_more() -> None:
    points, runs = tables()
    twin = runs[runs["point_id"] == "00"].assign(point_id="02")
    row = of(compare_points(points, pd.concat([runs[runs["point_id"] != "02"], twin])), 2)
    assert (row.verdict, row.difference) == ("equal", 0.0)
    assert math.isnan(row.more_replications)


@pytest.mark.parametrize("most", [2.0, 1.0])
def test_an_interval_that_may_be_too_short_is_marked(most: float) -> None:
    points, runs = tables()
    is_other = (runs["point_id"] == "01") & (runs["replication"] < 8)
    runs["turnover"] = np.where(is_other, np.where(runs["replication"] < 7, 0.2, most), 0.0)
    table = compare_points(points, runs)
    assert of(table, 1, "turnover").caution == "skewed: 8 of 100 pairs differ, so the interval may be too short"
    assert (table.loc[table["outcome"] != "turnover", "caution"] == "").all()
    assert of(table, 2, "turnover").caution == ""


def test_where_few_pairs_differ_there_is_no_interval_and_it_is_said_why() -> None:
    points, runs = tables()
    runs["turnover"] = np.where((runs["point_id"] == "01") & (runs["replication"] < 3), 0.2, 0.0)
    table = compare_points(points, runs)
    few, none = of(table, 1, "turnover"), of(table, 2, "turnover")
    assert (few.ci_method, few.caution) == (
        "none: 3 of 100 pairs differ",
        "3 of 100 pairs differ: too few for an interval",
    )
    assert (few.verdict, few.adjusted_p, few.difference) == ("not distinguishable", 1.0, pytest.approx(0.006))
    assert (none.ci_method, none.caution, none.verdict) == ("none: all 100 pairs are equal", "", "equal")
    assert all(math.isnan(row[end]) for row in (few, none) for end in ("ci_low", "ci_high"))


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("bootstrap", "paired bootstrap BCa"),
        ("skewed", "paired t, widened for skewness"),
        ("sequential", "paired sequential"),
    ],
)
def test_the_method_is_named_in_every_row(method: str, said: str) -> None:
    points, runs = tables()
    assert set(compare_points(points, runs, "bookings_new", method=method)["ci_method"]) == {said}


def test_a_watched_comparison_takes_replications_in_their_order_however_the_table_lies() -> None:
    points, runs = tables()
    runs = runs[runs["replication"] < 70]
    one, other = (compare_points(points, table, method="sequential") for table in (runs, runs.iloc[::-1]))
    pd.testing.assert_frame_equal(one, other)
    assert of(one, 1).replications == 50


def test_a_baseline_may_be_named_by_label_id_or_settings() -> None:
    points, _ = tables()
    assert baselines_of(points) == [0] * 6
    assert baselines_of(points, (), "aligned alone") == baselines_of(points, (), "03") == [3] * 6
    assert baselines_of(points, (), {"relationship": "aligned", "interventions": ""}) == [3] * 6
    assert baselines_of(points, ["interventions"], {"relationship": "aligned"}) == [3, 4, 5, 3, 4, 5]


def test_levels_that_are_missing_form_a_group_of_their_own() -> None:
    points, _ = tables()
    points["relationship"] = points["relationship"].where(points["relationship"] == "aligned", None)
    assert baselines_of(points, "relationship") == [0, 0, 0, 3, 3, 3]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "relation"}, "by: must be a factor of these points, got 'relation'\nDid you mean 'relationship'?"),
        ({"outcomes": "bookings"}, "outcomes: must be an outcome of these runs, .*\nDid you mean 'bookings_new'?"),
        ({"baseline": {"intervention": ""}}, "baseline: must be a factor .*\nDid you mean 'interventions'?"),
        ({"baseline": {"interventions": ""}}, "baseline: must name one of the 6 points, not 2"),
        ({"by": "relationship", "baseline": "03"}, "must name one of the 3 points like 'undefined alone', not 0"),
        ({"method": "z"}, "method: must be a way to an interval"),
        ({"adjust": "bonferroni"}, "adjust: must be a way to adjust p values"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_named_with_its_mend(asked: dict[str, object], message: str) -> None:
    points, runs = tables()
    with pytest.raises(InputError, match=message):
        compare_points(points, runs, **asked)  # type: ignore[arg-type]
