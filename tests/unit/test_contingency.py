"""Which level is best where, and where that cannot be told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.contingency import contingency_map
from sim.domain.errors import InputError
from tests.studies import tables

SIZES, MARKETS, TYPES = ["small", "large"], ["simple", "complex"], ["undefined", "aligned", "integrated"]
Study = tuple[pd.DataFrame, pd.DataFrame]


def study(truth: Callable[..., float], n: int = 40, noise: float = 1.0, outcome: str = "profit") -> Study:
    """A grid of size × market × relationship with the given means, much common luck and a little of each point."""
    luck = np.random.default_rng(4)
    grid = list(itertools.product(SIZES, MARKETS, TYPES))
    means = np.array([truth(*cell) for cell in grid])
    values = means[:, None] + 30.0 * luck.normal(size=(1, n)) + noise * luck.normal(size=(len(grid), n))
    names = ("size", "market", "relationship")
    return tables(
        {name: list(column) for name, column in zip(names, zip(*grid, strict=True), strict=True)}, values, outcome
    )


def fits(size: str, market: str, kind: str) -> float:
    """Small firms are best left alone, large ones best integrated; in a complex market aligned and integrated tie."""
    if market == "complex":
        return 0.0 if kind == "undefined" else 5.0
    return 5.0 if kind == ("undefined" if size == "small" else "integrated") else 0.0


def cells(study: Study, **how: Any) -> pd.DataFrame:
    found = contingency_map(*study, how.get("outcome", "profit"), "relationship", ["size", "market"])
    return found.cells.set_index(["size", "market"])


def test_the_best_level_of_each_situation_is_found() -> None:
    found = cells(study(fits))
    assert found.loc[("small", "simple"), ["best", "is_clear"]].tolist() == ["undefined", True]
    assert found.loc[("large", "simple"), ["best", "is_clear"]].tolist() == ["integrated", True]
    assert found.loc[("large", "simple"), "probability_best"] > 0.999
    assert found.loc[("large", "simple"), "ahead"] == pytest.approx(5.0, abs=0.6)


def test_a_tie_is_shown_as_not_distinguishable_and_names_who_may_be_best() -> None:
    found = cells(study(fits)).loc[("large", "complex")]
    assert not found["is_clear"]
    assert found["may_be_best"] == ("aligned", "integrated")
    assert found["ahead_low"] < 0 < found["ahead_high"]
    assert 0.3 < found["probability_best"] < 0.999


def test_probabilities_of_the_levels_of_a_situation_sum_to_one() -> None:
    found = contingency_map(*study(fits), "profit", "relationship", ["size", "market"])
    sums = found.by_level.groupby(["size", "market"])["probability_best"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert found.levels == tuple(TYPES)
    assert found.notes[0] == "In 2 of 4 situations one level of relationship is clearly the best."


def test_lower_is_better_where_the_outcome_says_so() -> None:
    made = study(lambda size, market, kind: -fits(size, market, kind), outcome="cycle_days")
    found = cells(made, outcome="cycle_days")
    assert found.loc[("small", "simple"), ["best", "is_clear"]].tolist() == ["undefined", True]
    assert found.loc[("small", "simple"), "ahead"] > 0


def test_equal_worlds_are_a_tie_and_one_of_them_may_still_be_best() -> None:
    found = cells(study(lambda *_: 1.0, noise=0.0))
    assert not found["is_clear"].any()
    assert found["may_be_best"].tolist() == [tuple(TYPES)] * 4


def test_a_situation_without_the_outcome_or_runs_says_so() -> None:
    points, runs = study(fits)
    gone = points.loc[(points["size"] == "small") & (points["market"] == "simple"), "point_id"].iloc[0]
    rare = points.loc[(points["size"] == "large") & (points["market"] == "simple"), "point_id"].iloc[1]
    runs.loc[runs["point_id"] == gone, "status"] = "failed"
    runs.loc[runs["point_id"] == rare, "profit"] = np.nan
    found = cells((points, runs))
    assert found["best"].isna().tolist() == [True, False, True, False]
    assert "must hold a finished run of each of the 3 points" in found["note"].iloc[0]
    assert found["note"].iloc[2] == "profit exists in 0 replications of all 3 levels"
    assert found["replications"].iloc[[0, 2]].tolist() == [0, 0]


def test_one_factor_or_three_make_situations_too() -> None:
    points, runs = study(fits)
    one = contingency_map(points[points["market"] == "simple"], runs, "profit", "relationship", "size")
    assert one.cells["best"].tolist() == ["undefined", "integrated"]
    three = contingency_map(points.assign(region="north"), runs, "profit", "relationship", ["size", "market", "region"])
    assert len(three.cells) == 4


def test_two_levels_have_a_best_and_one_alone_has_none() -> None:
    points, runs = study(fits)
    two = cells((points[points["relationship"] != "aligned"], runs))
    assert two.loc[("large", "simple"), "best"] == "integrated"
    alone = cells((points[points["relationship"] == "aligned"], runs))
    assert alone["best"].isna().all()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (("profit", "relationship", ["sizes", "market"]), "Did you mean 'size'"),
        (("profit", "relationship", ["size"]), "got 'also market'"),
        (("leads_in", "relationship", ["size", "market"]), "must have a better side, got 'leads_in'"),
        (("proft", "relationship", ["size", "market"]), "Did you mean 'profit'"),
    ],
)
def test_what_cannot_be_mapped_is_refused(ask: tuple[str, str, list[str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        contingency_map(*study(fits), *ask)


def test_a_level_may_come_once_in_a_situation() -> None:
    points, runs = study(fits)
    with pytest.raises(InputError, match="must hold each level of relationship once"):
        contingency_map(pd.concat([points, points]), runs, "profit", "relationship", ["size", "market"])
