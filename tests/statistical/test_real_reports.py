"""The data reports of public exports find their known traps and name nobody (skipped without the files)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.data_json import data_json
from sim.calibrate.data_report import DataReport, data_report
from sim.calibrate.importers import read_export
from sim.report.data_page import data_page
from sim.report.data_terminal import data_text

DATA = Path(os.environ.get("SMARKETING_DATA") or Path(__file__).parents[3] / "shared" / "data")
EXPORTS = {
    "olist": DATA / "olist_marketing_funnel",
    "maven": DATA / "maven_crm_opportunities",
    "bpi": DATA / "bpi2012_loan_applications" / "bpi2012_events.csv.gz",
    "salesforce": DATA / "crm_export_samples" / "salesforce_Opportunity.csv",
}


@cache
def report_of(name: str) -> DataReport:
    if not EXPORTS[name].exists():
        pytest.skip("the public data are not here; set SMARKETING_DATA")
    return data_report(read_export(EXPORTS[name]))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("olist", {"regime_break", "dormant", "missing", "dates_only", "one_owner", "equal_follow_up"}),
        ("maven", {"left_truncation", "dormant", "quarter_end", "leak", "incomplete_end", "not_lognormal", "weekends"}),
        ("bpi", {"censored_cohorts", "same_day_wins", "equal_follow_up", "weekends"}),
        ("salesforce", {"expected_dates", "missing"}),
    ],
)
def test_known_traps_are_found(name: str, kinds: set[str]) -> None:
    assert kinds <= {finding.kind for finding in report_of(name).findings}


def test_the_value_of_maven_tells_the_outcome_as_lost_deals_are_worth_nothing() -> None:
    (leak,) = (finding for finding in report_of("maven").findings if finding.kind == "leak")
    assert "'close_value'" in leak.what


def test_the_cohorts_of_olist_are_those_that_are_known() -> None:
    report = report_of("olist")
    arrivals = report.cohorts.set_index(report.cohorts["month"].astype(str))["arrivals"]
    assert dict(arrivals["2018-01":"2018-05"]) == {  # 1,174 in March, less the one won before its first contact
        "2018-01": 1141,
        "2018-02": 1028,
        "2018-03": 1173,
        "2018-04": 1352,
        "2018-05": 1303,
    }
    assert report.cohorts["share"].iloc[:6].max() < 0.01
    assert report.cohorts["share"].iloc[7:].min() > 0.07


def test_only_the_sample_of_salesforce_is_refused() -> None:
    assert "must hold at least 50 usable rows" in report_of("salesforce").refusal
    assert [report_of(name).refusal for name in ("olist", "maven", "bpi")] == ["", "", ""]


def test_no_agent_of_maven_is_in_any_form_of_the_report() -> None:
    report = report_of("maven")
    told = data_text(report) + data_page(report) + data_json(report)
    agents = pd.read_csv(EXPORTS["maven"] / "sales_pipeline.csv", usecols=["sales_agent"])["sales_agent"].unique()
    assert not any(agent in told or agent.split()[-1] in told.split() for agent in agents)
