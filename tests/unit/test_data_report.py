"""The data report says what was read, finds each trap, and names nobody."""

from __future__ import annotations

import dataclasses
import json
import re
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from sim.calibrate.data_json import data_json
from sim.calibrate.data_report import DataReport, data_report
from sim.calibrate.findings import KINDS, WEIGHTS
from sim.calibrate.importers import Export
from sim.calibrate.privacy import FAIR_USE
from sim.cli import main
from sim.domain.errors import InputError
from sim.ensemble.schema import schema_of
from sim.report.data_page import data_page
from sim.report.data_terminal import data_text
from tests.exports import START, as_deals, as_leads, made_up


def changed(export: Export, **columns: Any) -> Export:
    return dataclasses.replace(export, leads=export.leads.assign(**columns))


def kinds(export: Export) -> set[str]:
    return {finding.kind for finding in data_report(export).findings}


@pytest.fixture(scope="module")
def deals() -> Export:
    return as_deals(made_up(weeks=60))


@pytest.fixture(scope="module")
def report(deals: Export) -> DataReport:
    return data_report(deals)


def test_rows_days_and_statuses_add_up(report: DataReport, deals: Export) -> None:
    assert sum(report.statuses.values()) == report.n_kept == len(deals.leads)
    assert report.first_day == START.date()
    assert report.refusal == ""
    assert report.facts is not None


def test_the_most_serious_findings_come_first(report: DataReport) -> None:
    places = [WEIGHTS.index(finding.weight) for finding in report.findings]
    assert places == sorted(places)
    assert {finding.weight for finding in report.findings} <= set(WEIGHTS)


def test_every_kind_says_what_it_does_and_what_to_do() -> None:
    for kind in KINDS.values():
        assert kind.weight in WEIGHTS
        assert min(len(kind.effect), len(kind.mend)) > 5


def test_a_clean_export_has_none_of_the_traps(deals: Export) -> None:
    clean = {"expected_dates", "look_alikes", "missing", "leak", "leaking_source", "one_owner", "shifted_dates"}
    assert not kinds(deals) & clean


def test_expected_dates_that_have_passed_are_counted(deals: Export) -> None:
    is_open = deals.leads["status"] == "open"
    late = deals.leads["created"].where(is_open) + pd.Timedelta(days=1)
    (finding,) = (f for f in data_report(changed(deals, expected=late)).findings if f.kind == "expected_dates")
    assert finding.of == int(is_open.sum())
    today = max(deals.leads["created"].max(), deals.leads["closed"].max()).date()
    assert finding.n == int((late.dropna().dt.date < today).sum())
    assert (late.dropna().dt.date == today).any()
    assert "month of creation" not in finding.what
    usual = (deals.leads["created"] + pd.offsets.MonthEnd(0)).where(is_open)
    (finding,) = (f for f in data_report(changed(deals, expected=usual)).findings if f.kind == "expected_dates")
    assert "the last day of the month of creation" in finding.what


def test_deals_entered_twice_under_other_ids_are_found(deals: Export) -> None:
    won = deals.leads[deals.leads["status"] == "won"].head(40)
    twice = pd.concat([deals.leads, won.assign(lead_id="x" + won["lead_id"])], ignore_index=True)
    (finding,) = (f for f in data_report(dataclasses.replace(deals, leads=twice)).findings if f.kind == "look_alikes")
    assert finding.n == 40


def test_a_column_that_is_missing_in_part_is_told_and_one_never_there_is_not(deals: Export) -> None:
    half = deals.leads["owner"].where(np.arange(len(deals.leads)) % 2 == 0)
    assert "missing" in kinds(changed(deals, owner=half))
    assert "missing" not in kinds(changed(deals, owner=None))


def test_a_source_that_is_filled_in_when_won_is_serious(deals: Export) -> None:
    late = deals.leads["source"].where(deals.leads["status"] == "won")
    findings = data_report(changed(deals, source=late)).findings
    assert findings[0].kind == "leaking_source"
    assert findings[0].weight == "serious"


def test_one_owner_with_much_is_told_only_among_five_or_more(deals: Export) -> None:
    luck = np.random.default_rng(2).random(len(deals.leads))
    assert "one_owner" in kinds(changed(deals, owner=deals.leads["owner"].where(luck < 0.5, "rep 1")))
    few = np.where(luck < 0.7, "rep 1", np.where(luck < 0.9, "rep 2", "rep 3"))
    assert "one_owner" not in kinds(changed(deals, owner=few))
    assert "one_owner" not in kinds(deals)


def test_dates_without_a_time_and_dates_of_another_zone_are_told_apart(deals: Export) -> None:
    day = deals.leads["created"].dt.normalize()
    closed = deals.leads["closed"] + pd.Timedelta(days=2)
    assert "dates_only" in kinds(changed(deals, created=day, closed=closed))
    shifted = kinds(changed(deals, created=day + pd.Timedelta(hours=23), closed=closed))
    assert "shifted_dates" in shifted
    assert "dates_only" not in shifted
    hours = pd.to_timedelta(np.random.default_rng(1).integers(8, 18, len(day)), unit="h")
    assert not {"dates_only", "shifted_dates"} & kinds(changed(deals, created=day + hours, closed=closed))


def test_a_response_before_the_row_was_created_is_told(deals: Export) -> None:
    early = deals.leads["created"] - pd.Timedelta(hours=1)
    some = early.where(np.arange(len(early)) < 7, deals.leads["created"] + pd.Timedelta(hours=1))
    (finding,) = (f for f in data_report(changed(deals, responded=some)).findings if f.kind == "odd_moments")
    assert (finding.n, finding.of) == (7, len(deals.leads))


ODD: dict[str, dict[str, Any]] = {
    "all on Mondays": {"created": lambda f: f["created"] - pd.to_timedelta(f["created"].dt.day_of_week, unit="D")},
    "all on weekends": {
        "created": lambda f: f["created"] + pd.to_timedelta(5 - f["created"].dt.day_of_week, unit="D"),
        "closed": lambda f: f["closed"] + pd.Timedelta(days=6),
    },
    "all on the first of a month": {"created": lambda f: f["created"].dt.to_period("M").dt.to_timestamp()},
    "all closed at once": {"closed": lambda f: f["created"].where(f["status"] != "open")},
    "all closed after ten days": {
        "closed": lambda f: (f["created"] + pd.Timedelta(days=10)).where(f["status"] != "open")
    },
    "one owner": {"owner": "rep 1"},
    "an owner for each": {"owner": lambda f: "rep " + f["lead_id"]},
    "no amounts, sources and people": {"amount": np.nan, "source": None, "owner": None},
    "one amount": {"amount": 5.0},
    "rows without ids": {"lead_id": ""},
}


@pytest.mark.parametrize("case", ODD)
def test_odd_exports_are_reported_without_a_number_that_cannot_be(deals: Export, case: str) -> None:
    stages = pd.DataFrame({"lead_id": deals.leads["lead_id"], "stage": "New", "entered": deals.leads["created"]})
    export = dataclasses.replace(changed(deals, **ODD[case]), stages=stages)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = data_report(export)
        assert data_page(report)
        assert data_text(report)
    jsonschema.validate(json.loads(data_json(report)), schema_of("data_report"))
    for one in report.estimates:
        assert np.isfinite(one.value), one.quantity
        assert one.unit != "share" or 0 <= one.value <= 1


def test_cohorts_compare_months_over_the_same_time(report: DataReport, deals: Export) -> None:
    table = report.cohorts
    assert table["arrivals"].sum() == len(deals.leads)
    assert (table["followed"] <= table["arrivals"]).all()
    told = table.dropna(subset=["share"])
    assert ((told["low"] <= told["share"]) & (told["share"] <= told["high"])).all()
    assert told["share"].mean() == pytest.approx(0.22 * 0.75, abs=0.02)
    assert table.iloc[-1]["followed"] < table.iloc[-1]["arrivals"]


def test_slow_wins_that_are_not_seen_yet_are_allowed_for() -> None:
    waits = data_report(as_leads(made_up(weeks=60))).waits
    assert waits is not None
    found = waits.quantities.set_index("quantity")
    assert found.loc["share_won", "low"] < 0.22 < found.loc["share_won", "high"]
    assert found.loc["median_days_to_win", "low"] <= 20 <= found.loc["median_days_to_win", "high"]


def test_an_export_too_small_for_facts_is_reported_with_the_reason() -> None:
    small = data_report(as_leads(made_up(weeks=10).head(30)))
    assert "must hold at least 50 usable rows" in small.refusal
    assert (small.facts, small.waits) == (None, None)
    assert "Nothing can be calibrated" in data_text(small)
    assert "Nothing can be calibrated" in data_page(small)


def test_an_export_without_a_usable_row_is_refused() -> None:
    empty = dataclasses.replace(as_leads(made_up(weeks=5)), leads=made_up(weeks=5).head(0), notes=("All dropped.",))
    with pytest.raises(InputError, match="must hold at least one usable row, got none"):
        data_report(empty)


def test_every_form_of_the_report_says_what_it_is_not_for(report: DataReport) -> None:
    assert FAIR_USE in " ".join(data_text(report).split())
    assert FAIR_USE in data_page(report)
    assert json.loads(data_json(report))["fair_use"] == FAIR_USE


def test_the_page_loads_nothing_and_is_the_same_each_time(report: DataReport) -> None:
    page = data_page(report)
    assert page == data_page(report)
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)|src=|https?://(?!www\.w3\.org)", page)
    assert page.count("<svg") == 4
    assert "What to mind" in page


def test_the_json_follows_its_schema(report: DataReport) -> None:
    for found in (report, data_report(as_leads(made_up(weeks=10).head(30)))):
        jsonschema.validate(json.loads(data_json(found)), schema_of("data_report"))


# From file to report


def exported(folder: Path, **other: Any) -> Path:
    frame = made_up(weeks=60).assign(**other)
    people = np.array(["Ann Smith", "Bob Jones", "Cy Young", "Di Prince", "Ed Wood", "Flo Day"])
    shown = pd.DataFrame({"Id": "006" + frame["lead_id"], "CreatedDate": frame["created"]})
    shown = shown.assign(CloseDate=frame["closed"].dt.floor("s"), StageName="Closed " + frame["status"])
    shown = shown.assign(Amount=frame["amount"], LeadSource=frame["source"])
    shown["OwnerId"] = people[np.arange(len(frame)) % 6]
    shown["Loss_Reason__c"] = np.where(frame["status"] == "lost", "price", "")
    shown.to_csv(folder / "deals.csv", index=False)
    return folder / "deals.csv"


def calibrate(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["smarketing", "calibrate", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_the_command_shows_the_report_and_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    assert calibrate(monkeypatch, str(exported(tmp_path)), "--check", "--report", str(page)) == 0
    text = capsys.readouterr().out + page.read_text(encoding="utf-8")
    assert "Loss_Reason__c" in text
    assert "What to mind" in text
    assert not any(word in text for word in ("Smith", "Jones", "Young", "Prince", "Wood", "rep 1"))


def test_a_hopeless_export_ends_with_code_2_and_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = exported(tmp_path)
    pd.read_csv(file).head(20).to_csv(file, index=False)
    assert calibrate(monkeypatch, str(file), "--check", "--format", "json") == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["refusal"]
    assert "must hold at least 50 usable rows" in told.err
    assert calibrate(monkeypatch, str(tmp_path / "none.csv"), "--check") == 2
    assert "must be an existing file" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(monkeypatch, "none.csv", "--check", "--report", str(tmp_path)) == 2
    assert str(tmp_path.name) in capsys.readouterr().err
    assert calibrate(monkeypatch, "none.csv", "--check", "--format", "csv") == 2
    assert "--format" in capsys.readouterr().err
