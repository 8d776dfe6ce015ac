"""Time to win: estimators against scipy and statsmodels, intervals, medians, restricted means, comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

import sim
from sim.analysis.deals import count_deals, deals_of
from sim.analysis.survival import compare_time_to_win, jackknife, time_to_win
from sim.domain.errors import InputError

HOW = np.array(["open", "won", "lost"])


def deals(n_runs: int = 12, per_run: int = 40, win: float = 0.01, seed: int = 1, loss: float = 0.02) -> pd.DataFrame:
    """Deals won and lost at constant rates per day, seen for 0 to 200 days."""
    luck = np.random.default_rng(seed)
    n = n_runs * per_run
    ends = luck.exponential(1 / (win + loss), n)
    seen = luck.uniform(0, 200, n)
    code = np.where(ends <= seen, np.where(luck.uniform(size=n) < win / (win + loss), 1, 2), 0)
    days = np.ceil(np.minimum(ends, seen))  # whole days, so that there are ties
    return pd.DataFrame({"replication": np.repeat(np.arange(n_runs), per_run), "days": days, "how": HOW[code]})


def curves_at(table: pd.DataFrame, days: Any) -> pd.DataFrame:
    return table.iloc[np.searchsorted(table["calendar_days"], days, side="right") - 1]


def test_shares_won_and_lost_are_those_of_statsmodels() -> None:
    table = deals()
    code = table["how"].map({"open": 0, "won": 1, "lost": 2}).to_numpy()
    theirs = CumIncidenceRight(table["days"].to_numpy(), code)
    ours = curves_at(time_to_win(table).curves, theirs.times)
    np.testing.assert_allclose(ours["won"], theirs.cinc[0], atol=1e-12)
    np.testing.assert_allclose(ours["lost"], theirs.cinc[1], atol=1e-12)


def test_the_share_open_is_the_kaplan_meier_curve_of_scipy() -> None:
    table = deals()
    days, is_open = table["days"].to_numpy(), (table["how"] == "open").to_numpy()
    theirs = stats.ecdf(stats.CensoredData.right_censored(days, is_open)).sf
    ours = curves_at(time_to_win(table).curves, theirs.quantiles)
    np.testing.assert_allclose(ours["open"], theirs.probabilities, atol=1e-12)


def test_won_if_none_were_lost_is_kaplan_meier_with_losses_no_longer_seen() -> None:
    table = deals()
    theirs = SurvfuncRight(table["days"].to_numpy(), (table["how"] == "won").to_numpy().astype(int))
    ours = curves_at(time_to_win(table).curves, theirs.surv_times)
    np.testing.assert_allclose(1.0 - ours["won_if_none_lost"], theirs.surv_prob, atol=1e-12)


def test_without_clusters_the_intervals_are_as_wide_as_those_of_statsmodels() -> None:
    """Deals that are independent: each a run of its own, and standard errors as in the textbooks."""
    table = deals(n_runs=1, per_run=600)
    found = time_to_win(table)
    assert found.method == "jackknife over deals, taken as independent"
    code = table["how"].map({"open": 0, "won": 1, "lost": 2}).to_numpy()
    theirs = CumIncidenceRight(table["days"].to_numpy(), code)
    middle = (theirs.times > 10) & (theirs.times < 80)
    ours = curves_at(found.curves, theirs.times[middle])
    half = (ours["won_high"] - ours["won_low"]) / 2
    np.testing.assert_allclose(half, 1.964 * theirs.cinc_se[0][middle], rtol=0.05)


def test_deals_of_a_run_that_share_their_fate_widen_the_interval() -> None:
    apart = deals(n_runs=20, per_run=30)
    together = pd.concat([apart.assign(replication=copy + 4 * apart["replication"]) for copy in range(4)])
    copied = pd.concat([apart] * 4)
    wide, narrow = (time_to_win(table).quantities.set_index("quantity") for table in (copied, together))
    ratio = (wide["high"] - wide["low"])["share_won"] / (narrow["high"] - narrow["low"])["share_won"]
    assert ratio == pytest.approx(2.0, rel=0.1)


def test_restricted_means_are_areas_under_the_curves_by_hand() -> None:
    """Won at 10 and 20, lost at 30, all seen: open for 20 days on average; a deal not won by 30 counts 30."""
    table = pd.DataFrame({"replication": [0, 1, 2], "days": [10.0, 20.0, 30.0], "how": ["won", "won", "lost"]})
    found = time_to_win(table).quantities.set_index("quantity")["value"]
    assert found["mean_days_open"] == pytest.approx(20.0)
    assert found["mean_days_to_win"] == pytest.approx(20.0)
    assert found["share_won"] == pytest.approx(2 / 3)
    assert (found["median_days_to_win"], found["median_days_open"]) == (10.0, 20.0)
    early = time_to_win(table, horizon=15.0).quantities.set_index("quantity")["value"]
    assert early["mean_days_open"] == pytest.approx(10 + 5 * 2 / 3)
    assert early["mean_days_to_win"] == pytest.approx(10 + 5 * 2 / 3)
    assert early["share_open"] == pytest.approx(2 / 3)
    assert np.isnan(early["median_days_open"])


def test_a_median_over_wins_alone_is_too_fast_and_the_incidence_is_not() -> None:
    """Wins at a rate of 0.01 a day, half of the deals seen for less than 100 days; the true median is 69 days."""
    found = time_to_win(deals(n_runs=100, per_run=50, loss=1e-9), horizon=195.0).quantities.set_index("quantity")
    truth = np.log(2.0) / 0.01
    assert found["low"]["median_days_open"] <= truth + 1 <= found["high"]["median_days_open"] + 1
    assert found["value"]["median_days_of_wins"] < 0.75 * truth


def test_the_jackknife_of_a_mean_is_students_interval() -> None:
    values = np.random.default_rng(1).normal(size=15)
    without = (values.sum() - values) / 14
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert jackknife(values.mean(), without) == pytest.approx(tuple(expected))


def test_common_luck_cancels_in_a_comparison() -> None:
    """Whole runs are good or bad in both scenarios; one scenario wins one deal more in each run but two."""
    luck, rows = np.random.default_rng(2), []
    for run in range(30):
        won = luck.integers(3, 18)
        for scenario, more in (("new", int(run > 1)), ("old", 0)):
            how = ["won"] * (won + more) + ["lost"] * (20 - won - more)
            rows += [(scenario, run, float(day), end) for day, end in zip(range(5, 25), how, strict=True)]
    table = pd.DataFrame(rows, columns=["scenario", "replication", "days", "how"])
    new, old = (table[table["scenario"] == name] for name in ("new", "old"))
    found = compare_time_to_win(new, old).quantities.set_index("quantity").loc["share_won"]
    alone = time_to_win(new).quantities.set_index("quantity").loc["share_won"]
    assert found["difference"] == pytest.approx(28 / 600)
    assert found["low"] > 0
    assert found["high"] - found["low"] < 0.1 * (alone["high"] - alone["low"])


def test_equal_scenarios_differ_by_nothing() -> None:
    table = deals()
    found = compare_time_to_win(table, table)
    assert found.n_pairs == 12
    assert (found.quantities[["difference", "low", "high"]] == 0).all(axis=None)
    assert (found.curves["difference"] == 0).all()


def test_a_faster_scenario_is_seen_as_faster() -> None:
    found = compare_time_to_win(deals(40, win=0.03), deals(40, win=0.01)).quantities.set_index("quantity")
    assert found["high"]["mean_days_to_win"] < 0
    assert found["low"]["share_won"] > 0
    assert found["method"]["median_days_open"] == "bootstrap over runs"
    assert found["high"]["median_days_open"] < 0


def test_the_curve_of_a_comparison_is_the_distance_of_both_curves() -> None:
    fast, slow = deals(win=0.03), deals(win=0.01)
    curves = compare_time_to_win(fast, slow).curves
    won, base = (
        curves_at(time_to_win(table).curves, curves["calendar_days"])["won"].to_numpy() for table in (fast, slow)
    )
    np.testing.assert_allclose(curves["difference"], won - base, atol=1e-12)
    assert (curves["low"] <= curves["difference"]).all() and (curves["difference"] <= curves["high"]).all()


def test_only_common_replications_are_compared() -> None:
    table = deals()
    found = compare_time_to_win(table, table[table["replication"] < 5])
    assert found.n_pairs == 5
    with pytest.raises(InputError, match="must share two or more replications to be compared, got 1"):
        compare_time_to_win(table, table[table["replication"] == 5])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="how"), "must have the columns how"),
        (lambda t: t.iloc[:0], "must hold at least one deal"),
        (lambda t: t.assign(how="wonn"), "Did you mean 'won'"),
        (lambda t: t.assign(days=-1.0), "must be 0 or more in every row, got -1.0"),
        (lambda t: t.assign(how="open"), "must hold a deal that was won or lost"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(change: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        time_to_win(change(deals()))


@pytest.mark.parametrize("horizon", [500.0, 0.0])
def test_a_horizon_beyond_what_was_seen_is_refused(horizon: float) -> None:
    with pytest.raises(InputError, match="horizon: must be above 0 and at most"):
        time_to_win(deals(), horizon=horizon)


def test_without_a_win_there_is_no_median_to_win() -> None:
    found = time_to_win(deals(win=1e-12)).quantities.set_index("quantity")
    assert found.loc["share_won", ["value", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(found["value"]["median_days_to_win"])
    assert np.isnan(found["value"]["median_days_of_wins"])


def test_the_deals_of_a_run_are_those_of_its_table_of_time_to_win() -> None:
    single = sim.run("small", seed=1)
    own = deals_of(single.world)
    assert set(own["how"]) <= set(HOW)
    frame = pd.DataFrame(own).assign(replication=0)
    table = time_to_win(frame)
    pd.testing.assert_series_equal(table.curves["won"], single.time_to_win()["won"])
    value = table.quantities.set_index("quantity")["value"]
    assert value["median_days_to_win"] == single.median_time_to_win()
    assert table.n_deals == len(frame) == count_deals(frame).counts.sum()
