"""Estimates agree with the facts, hold the truth of a made-up firm, and tell nothing of fewer than five people."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.blocks import block_ends, blocks_of_weeks, share_ends, wilson_ends
from sim.analysis.pooling import _posterior, pooled_shares, shared_speed
from sim.analysis.slow_level import level_ends
from sim.calibrate.data_report import DataReport, data_report
from sim.calibrate.estimates import estimate_table
from sim.calibrate.importers import Export
from sim.calibrate.quantities import Estimate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import value_at
from tests.exports import RATES, as_deals, as_leads, made_up


@pytest.fixture(scope="module")
def deals() -> Export:
    return as_deals(made_up(weeks=80))


@pytest.fixture(scope="module")
def report(deals: Export) -> DataReport:
    return data_report(deals)


def told(report: DataReport, part: str = "") -> dict[str, Estimate]:
    return {one.quantity: one for one in report.estimates if part in one.part}


def changed(export: Export, **columns: Any) -> Export:
    return dataclasses.replace(export, leads=export.leads.assign(**columns))


def test_every_interval_holds_its_value_and_comes_again_with_the_seed(report: DataReport, deals: Export) -> None:
    for one in report.estimates:
        assert one.low <= one.value <= one.high, one.quantity
        assert (one.level, bool(one.method), bool(one.part)) == (0.95, True, True)
        assert one.n > 0
    assert data_report(deals).estimates == report.estimates


def test_values_are_those_of_the_facts(report: DataReport) -> None:
    facts = report.facts
    assert facts is not None
    demand, outcome, mix = told(report, "Demand"), told(report, "Outcome"), told(report, "Mix")
    assert demand["new rows per working day"].value == facts.arrivals_per_working_day
    assert tuple(demand[f"{day}day{'s'}"].value for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri")) == (
        facts.weekday_profile
    )
    assert demand["shape of the noise of days"].value == facts.day_noise_shape
    assert outcome["win rate per closed deal"].value == facts.win_rate
    assert outcome["median time to win of wins seen"].value == facts.cycle_median_days
    assert outcome["spread of the time to win of wins seen"].value == facts.cycle_log_sd
    assert {name: one.value for name, one in mix.items()} == {fact.name: fact.share for fact in facts.sources}
    assert told(report, "Value")["mean"].value == facts.value_mean


def test_every_path_is_a_value_of_a_scenario(report: DataReport) -> None:
    scenario = load_scenario("mid")
    paths = [one.path for one in report.estimates if one.path]
    assert len(paths) == len(set(paths)) >= 10
    for path in paths:
        assert isinstance(value_at(scenario, path), int | float)


def test_known_rates_and_times_lie_inside(report: DataReport) -> None:
    by_source = told(report, "Win rate by source")
    for name, rate in RATES.items():
        assert by_source[name].low < rate < by_source[name].high
    outcome = told(report, "Outcome")
    won = outcome["won in the end, open rows allowed for"]
    assert won.low < 0.22 < won.high
    lost = outcome["lost in the end, open rows allowed for"]
    assert lost.low < 0.78 < lost.high


def test_a_table_has_a_row_for_each_and_a_column_for_each_field(report: DataReport) -> None:
    table = estimate_table(report.estimates)
    assert len(table) == len(report.estimates)
    assert list(table.columns[:3]) == ["quantity", "path", "unit"]


def test_a_refused_export_has_no_estimates() -> None:
    assert data_report(as_leads(made_up(weeks=10).head(30))).estimates == ()


# People


def test_workload_is_told_per_rep(deals: Export) -> None:
    people = told(data_report(deals), "People")
    closed = deals.leads["closed"]
    inside = closed[(closed >= "2021-02-01") & (closed < "2022-07-01")]
    assert people["closes per rep and month"].value == pytest.approx(len(inside) / 6 / 17)
    assert people["closes per rep and month"].n == 17
    assert people["reps at work in a month"].value == 6
    at_a_time = 40 * 5 / 7 * 20 * np.exp(0.32)  # rows per calendar day times mean days (Little's law)
    found = people["open deals per rep"]
    assert found.value == pytest.approx(at_a_time / 6, rel=0.25)
    mondays = pd.date_range(end=deals.leads["created"].max(), freq="W-MON", periods=found.n)
    there = [(deals.leads["created"] <= day).sum() - (closed <= day).sum() for day in mondays]
    assert found.value == pytest.approx(sum(there) / 6 / found.n)


def test_four_people_are_counted_and_nothing_else_is_told_of_them(deals: Export) -> None:
    codes = np.arange(len(deals.leads))
    four, five = (
        changed(
            deals, owner=[f"rep {1 + code % n}" for code in codes], marketer=[f"marketer {code % n}" for code in codes]
        )
        for n in (4, 5)
    )
    few, enough = told(data_report(four), "People"), told(data_report(five), "People")
    assert set(few) == {"reps at work in a month", "marketers at work in a month"}
    assert {"closes per rep and month", "open deals per rep", "spread of win rates between reps"} < set(enough)
    assert "share of the variance of times between marketers" in enough


def test_reps_that_differ_are_told_from_reps_that_do_not(deals: Export) -> None:
    name = "spread of win rates between reps"
    same = told(data_report(deals), "People")[name]
    assert same.low < 0.02
    good = deals.leads["owner"].isin(["rep 1", "rep 2", "rep 3"]) & (deals.leads["status"] == "lost")
    luck = np.random.default_rng(4).random(len(good)) < 0.3
    apart = told(data_report(changed(deals, status=deals.leads["status"].mask(good & luck, "won"))), "People")[name]
    assert apart.low > same.value
    assert apart.low < 0.117 < apart.high  # two groups at 0.22 and 0.454


def test_win_rates_between_reps_are_not_told_where_only_wins_name_them(deals: Export) -> None:
    only = deals.leads["owner"].where(deals.leads["status"] == "won")
    assert "spread of win rates between reps" not in told(data_report(changed(deals, owner=only)), "People")


# The way


def staged(n: int = 3000, seed: int = 3) -> Export:
    """Leads of two stages: 0.6 reach the second after 5 days or so, half of these are won 10 days later."""
    luck = np.random.default_rng(seed)
    days = pd.bdate_range("2022-01-03", periods=300)
    created = pd.Series(np.sort(luck.choice(days, n)))
    goes, wins = luck.random(n) < 0.6, luck.random(n) < 0.5
    to_second, to_end = luck.exponential(5, n), luck.exponential(10, n)
    second = (created + pd.to_timedelta(to_second, unit="D")).where(goes)
    closed = created + pd.to_timedelta(to_second + np.where(goes, to_end, 0), unit="D")
    seen = created.max()
    late = closed > seen
    frame = pd.DataFrame({"lead_id": np.arange(n).astype(str), "created": created, "closed": closed.mask(late)})
    frame["status"] = pd.Series(np.where(goes & wins, "won", "lost")).mask(late, "open")
    frame = frame.assign(amount=100.0, source="web", owner=None, marketer=None)
    answered = created + pd.to_timedelta(luck.exponential(2, n) / 24, unit="D")
    frame["responded"] = answered.mask((answered > seen) | (answered > frame["closed"]))
    first = pd.DataFrame({"lead_id": frame["lead_id"], "stage": "New", "entered": created})
    then = pd.DataFrame({"lead_id": frame["lead_id"], "stage": "Proposal", "entered": second})
    end = pd.DataFrame({"lead_id": frame["lead_id"], "stage": "Closed", "entered": frame["closed"]})
    stages = pd.concat([first, then[second <= seen], end.dropna()], ignore_index=True)
    return Export(frame, "made-up", "lead", None, (), "made-up", stages=stages)


@pytest.fixture(scope="module")
def way() -> DataReport:
    return data_report(staged())


def test_stages_are_put_in_order_and_the_end_is_none(way: DataReport) -> None:
    names = [name for name in told(way, "Stages") if "→" in name]
    assert names == ["New → Proposal or later", "Proposal → won"]


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("New → Proposal or later", 0.6),
        ("Proposal → won", 0.5),
        ("median time in New", 5 * math.log(2)),
        ("median time in Proposal", 10 * math.log(2)),
    ],
)
def test_steps_and_their_times_are_recovered_though_some_are_still_under_way(
    way: DataReport, name: str, truth: float
) -> None:
    one = told(way, "Stages")[name]
    assert one.low < truth < one.high
    assert (one.high - one.low) / truth < 0.3


def test_responses_are_told_in_hours(way: DataReport) -> None:
    found = told(way, "Response")
    assert found["median time until the first response"].value == pytest.approx(2 * math.log(2), rel=0.08)
    assert found["time for 90 % until the first response"].value == pytest.approx(2 * math.log(10), rel=0.08)
    assert found["median time until the first response"].unit == "hours"
    assert "share that were handed to sales" not in found


# Statistics


def test_blocks_are_even_and_few_where_neighbours_are_alike() -> None:
    for n in (1, 4, 9, 60, 300):
        for is_slow in (True, False):
            sizes = np.bincount(blocks_of_weeks(n, is_slow))
            assert sizes.sum() == n
            assert sizes.max() - sizes.min() <= 1
    assert blocks_of_weeks(60).max() + 1 == 5
    assert blocks_of_weeks(60, is_slow=False).max() + 1 == 20


def test_shares_of_independent_rows_have_the_interval_of_another_library() -> None:
    from statsmodels.stats.proportion import proportion_confint

    won, n = np.array([0, 3, 50, 100]), np.array([10, 40, 99, 100])
    ours, theirs = wilson_ends(won / n, n), proportion_confint(won, n, method="wilson")
    assert np.allclose(ours, theirs, atol=1e-12)


def test_without_blocks_there_is_no_interval() -> None:
    assert all(math.isnan(end) for end in block_ends(1.0, np.array([1.0])))
    assert all(math.isnan(end) for end in share_ends(0.5, 10, np.array([0.5])))
    assert all(math.isnan(end) for end in share_ends(0.5, 0, np.full(10, 0.5)))


def test_rows_that_come_in_clumps_widen_a_share() -> None:
    even = share_ends(0.3, 1000, np.full(10, 0.3))
    clumped = share_ends(0.3, 1000, np.array([0.3, 0.28, 0.32, 0.27, 0.33, 0.3, 0.29, 0.31, 0.3, 0.3]))
    assert clumped[1] - clumped[0] > 1.8 * (even[1] - even[0])
    assert share_ends(0.0, 100, np.zeros(10))[0] == 0.0


def test_a_share_rests_on_as_many_rows_as_its_clumps_are_worth() -> None:
    """Korn and Graubard by hand: the variance between clumps instead of that of independent rows, t instead of z."""
    from statsmodels.stats.proportion import proportion_confint

    between = 0.5 * (0.05**2 + 0.05**2)
    two = 0.3 * 0.7 / between * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 1)) ** 2
    expected = proportion_confint(0.3 * two, two, method="wilson")
    assert share_ends(0.3, 200, np.array([0.25, 0.35])) == pytest.approx(expected)
    ten = 100 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 9)) ** 2
    assert share_ends(0.0, 100, np.zeros(10)) == pytest.approx(proportion_confint(0.0, ten, method="wilson"))


def test_wins_and_losses_are_told_alike() -> None:
    won, n = np.array([9, 10, 8, 10, 9]), np.full(5, 10)
    wins, losses = pooled_shares(won, n), pooled_shares(n - won, n)
    assert wins.low == pytest.approx(1 - losses.high, abs=0.02)
    assert wins.high == pytest.approx(1 - losses.low, abs=0.02)


def test_a_small_unit_is_drawn_further_than_a_large_one() -> None:
    found = pooled_shares(np.array([0, 120, 100, 110, 90]), np.array([5, 600, 500, 550, 450]))
    assert found.high[0] < 0.4  # by itself 0 of 5 would allow 0.52
    assert found.low[0] > 0.0
    assert found.high[1] - found.low[1] < 0.08


def test_before_any_row_every_mean_is_as_likely() -> None:
    """Units that hardly differ are one: Laplace's rule of succession."""
    mean, weight = _posterior(np.array([1.0, 2.0]), np.array([5.0, 5.0]), np.array([[1e-6]]))
    assert (mean * weight).sum() == pytest.approx((1 + 3) / (2 + 10), abs=0.005)


def test_speed_is_shared_within_people_who_differ() -> None:
    luck = np.random.default_rng(2)
    unit = np.repeat(np.arange(30), 40)
    own = luck.normal(0, 1, 30)[unit]
    speeds = own + luck.normal(0, 1, len(unit))
    value, low, high = shared_speed(speeds, unit)
    assert low < 0.5 < high
    ratio = stats.f_oneway(*speeds.reshape(30, 40)).statistic
    by_hand = [(f - 1) / (f + 39) for f in ratio / np.array([1.0, *stats.f.ppf([0.975, 0.025], 29, 1170)])]
    assert (value, low, high) == pytest.approx(by_hand)
    assert shared_speed(luck.normal(0, 1, len(unit)), unit)[1] == 0.0


def test_a_level_with_a_long_memory_is_told_from_chance() -> None:
    luck = np.random.default_rng(6)
    level = np.zeros(150)
    for week in range(1, 150):
        level[week] = 0.8 * level[week - 1] + 0.6 * luck.normal(0, 0.3)
    (low, high), (least, most) = level_ends(luck.poisson(300 * np.exp(level)), 1.0)
    assert low < 0.3 < high
    assert least < 0.8 < most
    assert least > 0.4
