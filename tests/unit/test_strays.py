"""A slip in the year of one row does not stretch an export by years, and is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.data_report import data_report
from sim.calibrate.importers import read_export
from sim.calibrate.lead_rows import clock_of
from sim.calibrate.strays import without_strays
from tests.exports import as_deals, made_up


def deals(folder: Path, slips: dict[int, dict[str, str]]) -> Path:
    """A file of 400 deals over a year, with some cells written anew."""
    days = pd.date_range("2022-01-03", periods=400, freq="22h")
    table = pd.DataFrame({"Record ID": range(1, 401), "Deal Stage": ["Closed Won", "Closed Lost"] * 200})
    table["Amount"], table["Create Date"] = 100.0, days.strftime("%Y-%m-%d")
    table["Close Date"] = (days + pd.Timedelta(days=20)).strftime("%Y-%m-%d")
    table["Deal owner"] = "Ann Smith"
    for row, cells in slips.items():
        for column, text in cells.items():
            table.loc[row, column] = text
    table.to_csv(folder / "deals.csv", index=False)
    return folder / "deals.csv"


def test_a_close_date_in_another_century_is_unknown_and_said(tmp_path: Path) -> None:
    whole = read_export(deals(tmp_path, {}))
    export = read_export(deals(tmp_path, {100: {"Close Date": "2098-05-02"}}))
    report, usual = data_report(export), data_report(whole)
    (said,) = (finding for finding in report.findings if finding.kind == "stray_dates")
    assert "2098-05-02" in said.what
    assert said.n == 1
    assert report.last_seen == usual.last_seen
    assert report.statuses == usual.statuses
    assert report.facts is not None
    assert usual.facts is not None
    assert report.facts.win_rate == usual.facts.win_rate
    assert clock_of(export, report.facts).n_days == clock_of(whole, usual.facts).n_days
    assert not [finding for finding in usual.findings if finding.kind == "stray_dates"]


@pytest.mark.parametrize("slip", [{"Create Date": "2002-05-02"}, {"Create Date": "2082-05-02", "Close Date": ""}])
def test_a_row_created_years_away_is_left_out_and_said(tmp_path: Path, slip: dict[str, str]) -> None:
    report, usual = (data_report(read_export(deals(tmp_path, slips))) for slips in ({100: slip}, {}))
    (said,) = (finding for finding in report.findings if finding.kind == "stray_dates")
    assert "left out" in said.what
    assert report.n_kept == usual.n_kept - 1
    assert (report.first_day, report.last_day) == (usual.first_day, usual.last_day)
    assert report.facts is not None
    assert usual.facts is not None
    assert report.facts.arrivals_per_working_day == pytest.approx(usual.facts.arrivals_per_working_day, rel=0.01)


def test_a_moment_on_the_way_years_later_is_unknown() -> None:
    leads = as_deals(made_up(weeks=20)).leads.assign(responded=lambda rows: rows["created"])
    leads.loc[7, "responded"] = pd.Timestamp("2071-01-01")
    kept, found = without_strays(leads)
    assert kept["responded"].isna().sum() == 1
    assert "answered on 2071-01-01" in found[0].what


def test_old_deals_that_are_more_than_a_few_stay() -> None:
    leads = made_up(weeks=20)
    old = np.arange(len(leads)) < len(leads) * 0.02
    leads.loc[old, ["created", "closed"]] -= pd.Timedelta(days=2000)
    kept, found = without_strays(leads)
    assert len(kept) == len(leads)
    assert not found


def test_a_late_win_without_a_silent_year_before_it_stays() -> None:
    leads = as_deals(made_up(weeks=20)).leads
    row = int(leads["closed"].first_valid_index())
    leads.loc[row, "closed"] = max(leads["closed"].max(), leads["created"].max()) + pd.Timedelta(days=364)
    kept, found = without_strays(leads)
    assert not found
    assert kept["closed"].equals(leads["closed"])


def test_a_few_rows_have_no_period_that_one_could_stray_from() -> None:
    leads = made_up(weeks=20).head(40)
    leads.loc[3, "closed"] = pd.Timestamp("2099-01-01")
    assert not without_strays(leads)[1]
