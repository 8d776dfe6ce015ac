"""An outcome lined up by point and replication; what is missing is told, never dropped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.point_outcomes import means_of, missing_notes, point_outcomes
from sim.domain.errors import InputError
from tests.studies import tables

NAN = np.nan


def test_rows_follow_the_design_and_columns_the_luck_whatever_the_order_of_the_runs() -> None:
    values = np.arange(6.0).reshape(3, 2)
    points, runs = tables({}, values)
    found = point_outcomes(points.iloc[::-1], runs.sample(frac=1.0, random_state=1), "y")
    np.testing.assert_array_equal(found.values, values[::-1])


def test_a_point_that_stands_twice_in_the_design_is_read_twice() -> None:
    points, runs = tables({}, np.array([[1.0], [2.0]]))
    found = point_outcomes(points.iloc[[0, 1, 0]], runs, "y")
    assert found.values[:, 0].tolist() == [1.0, 2.0, 1.0]


def test_only_replications_that_every_point_has_are_used() -> None:
    points, runs = tables({}, np.arange(6.0).reshape(2, 3))
    found = point_outcomes(points, runs.drop(index=2), "y")
    assert found.values.tolist() == [[0.0, 1.0], [3.0, 4.0]]


def test_a_failed_run_counts_as_none_and_is_told() -> None:
    points, runs = tables({}, np.arange(6.0).reshape(2, 3))
    runs.loc[2, ["status", "y"]] = ["failed", NAN]
    found = point_outcomes(points, runs, "y")
    assert found.values.shape == (2, 2)
    assert missing_notes(found) == ["1 runs failed; only replications that every point has are used."]


def test_a_value_that_does_not_exist_is_told_and_left_out_of_the_mean_of_its_point() -> None:
    points, runs = tables({}, np.array([[1.0, NAN, 3.0], [4.0, 5.0, 6.0]]))
    found = point_outcomes(points, runs, "y")
    assert means_of(found).tolist() == [2.0, 5.0]
    assert missing_notes(found) == ["y does not exist in 16.7 % of the runs; means are over those in which it does."]


def test_an_outcome_that_a_point_never_has_is_an_error_that_says_for_how_many() -> None:
    points, runs = tables({}, np.array([[1.0, 2.0], [NAN, NAN], [3.0, NAN], [NAN, NAN]]))
    with pytest.raises(InputError, match="does not for 50.0 % of the points"):
        means_of(point_outcomes(points, runs, "y"))


def test_what_cannot_be_used_is_named() -> None:
    points, runs = tables({}, np.ones((2, 2)), outcome="profit")
    with pytest.raises(InputError, match="Did you mean 'profit'"):
        point_outcomes(points, runs, "proft")
    with pytest.raises(InputError, match="must hold a finished run of each of the 2 points, got 'none of 1'"):
        point_outcomes(points, runs[runs["point_id"] == points["point_id"][0]], "profit")
    with pytest.raises(InputError, match="must hold each run once"):
        point_outcomes(points, pd.concat([runs, runs]), "profit")
    with pytest.raises(InputError, match="must share a replication"):
        point_outcomes(points, runs.iloc[[0, 3]], "profit")
    with pytest.raises(InputError, match="must have the columns status"):
        point_outcomes(points, runs.drop(columns="status"), "profit")
