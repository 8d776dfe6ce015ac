"""Scores of a self-assessment: per side, never per person, nothing of fewer than five people."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.answers import ITEMS
from sim.calibrate.scores import BOTH, scores, told_privacy
from tests.surveys import people, told


def test_means_sums_and_bands_are_those_of_the_answers() -> None:
    who = people(5, 6)
    who.loc[who["side"] == "marketing", list(ITEMS)] = 4.0
    who.loc[0, 1] = 2.0
    found = scores(told(who))
    first = found.themes.iloc[0]
    assert (first["group"], first["mean"], first["people"]) == ("marketing", 3.6, 5)
    assert first["spread"] == pytest.approx(np.std([2, 4, 4, 4, 4], ddof=1))
    assert found.sums["sum"].tolist() == [80, 60] and found.sums["band"].tolist() == ["integrated", "aligned"]
    assert found.people == {"marketing": 5, "sales": 6}
    assert told_privacy(found) == ""


def test_a_gap_is_clear_only_where_people_of_a_side_agree_enough() -> None:
    who = people(6, 6)
    who.loc[who["side"] == "marketing", 1] = 5.0
    who.loc[who["side"] == "marketing", 2] = [1.0, 5.0, 5.0, 5.0, 5.0, 1.0]
    gaps = scores(told(who)).gaps.set_index("item")
    assert gaps.loc[1, ["gap", "low", "high", "is_clear"]].tolist() == [2.0, 2.0, 2.0, True]
    assert gaps.loc[2, "gap"] == pytest.approx(2 / 3) and gaps.loc[2, "low"] < 0 < gaps.loc[2, "high"]
    assert not gaps.loc[2:, "is_clear"].any()


def test_intervals_of_gaps_are_those_of_welch() -> None:
    from scipy.stats import ttest_ind

    who = people(7, 9)
    who[list(ITEMS)] = np.random.default_rng(1).integers(1, 6, (16, 20))
    gaps = scores(told(who)).gaps
    for item in (1, 7, 20):
        one, other = (who.loc[who["side"] == side, item] for side in ("marketing", "sales"))
        ends = ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        row = gaps.set_index("item").loc[item]
        assert row["low"] == pytest.approx(ends.low) and row["high"] == pytest.approx(ends.high)


@pytest.mark.parametrize(("marketing", "sales"), [(4, 9), (9, 4), (3, 2), (0, 5), (5, 0)])
def test_a_small_side_hides_both_so_that_the_total_does_not_give_it_away(marketing: int, sales: int) -> None:
    found = scores(told(people(marketing, sales)))
    assert found.sums["group"].tolist() == [BOTH]
    assert set(found.themes["group"]) == {BOTH} and found.gaps.empty
    assert found.people == {BOTH: marketing + sales}
    assert "only both sides together" in told_privacy(found)


def test_nothing_is_shown_of_fewer_than_five_people() -> None:
    found = scores(told(people(2, 2)))
    assert not found.is_shown and found.themes.empty and found.sums.empty and found.gaps.empty
    assert "no score and no practice" in told_privacy(found)


def test_a_theme_that_few_answered_is_not_shown_nor_part_of_the_sum() -> None:
    who = people(5, 5)
    who.loc[0, 3] = math.nan
    who.loc[1:4, 3] = 5.0
    found = scores(told(who))
    hidden = found.themes[(found.themes["group"] == "marketing") & (found.themes["item"] == 3)].iloc[0]
    assert math.isnan(hidden["mean"]) and math.isnan(hidden["people"])
    assert found.sums["themes"].tolist() == [19, 20] and found.sums["sum"].tolist() == [60, 60]
    assert math.isnan(found.gaps.set_index("item").loc[3, "gap"])
    assert "Themes that fewer than 5 people" in told_privacy(found)


def test_the_order_of_people_changes_nothing() -> None:
    who = people(6, 7)
    who[list(ITEMS)] = np.random.default_rng(2).integers(1, 6, (13, 20))
    one, other = scores(told(who)), scores(told(who.sample(frac=1, random_state=3)))
    for field in dataclasses.fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left == right if isinstance(left, dict) else pd.testing.assert_frame_equal(left, right) is None
