"""What only people see: the firm's currency, its fiscal year, calendar days. None of it changes a result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.analysis.figures import draw_courses
from sim.analysis.study import Study
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.provenance import digest_of
from sim.report.demo import Demo
from sim.report.page import render
from sim.report.prose import amount, wording
from sim.report.sections import SECTIONS
from sim.report.terminal import comparison_table, figure, measured_text, plain, run_table
from sim.spec.edit import with_values
from sim.spec.scenario import Scenario


def firm(**shown: object) -> Scenario:
    """A micro firm for a year, as it is shown."""
    changes = [("run.days", 260), *shown.items()]
    return with_values(sim.load_scenario("micro"), changes)


def test_every_outcome_stands_in_one_section() -> None:
    shown = [name for names in SECTIONS.values() for name in names]
    assert sorted(shown) == sorted(outcome.name for outcome in OUTCOMES)


def test_what_is_shown_changes_neither_results_nor_identity() -> None:
    ours, theirs = firm(), firm(currency="EUR", fiscal_year_start=4)
    assert sim.run(ours).outcomes == sim.run(theirs).outcomes
    assert digest_of(ours, 1) == digest_of(theirs, 1)


def test_a_run_is_told_in_the_firms_currency_and_fiscal_year() -> None:
    told = plain(run_table(sim.run(firm(currency="EUR", fiscal_year_start=4))))
    assert "c.u." not in told
    assert "EUR/year" in told
    assert "Measured: Q3 of year 1 (Oct–Dec) to Q2 of year 2 (Jul–Sep), 260 working days." in told
    assert "c.u./year" in plain(run_table(sim.run(firm())))


def test_a_comparison_is_told_in_the_firms_currency() -> None:
    scenario = with_values(firm(currency="EUR"), [("run.days", 30)])
    told = plain(comparison_table(sim.compare(scenario, interventions=["liaison"], replications=2)))
    assert "New bookings (EUR/year)" in told
    assert "c.u." not in told


def test_a_short_run_names_one_quarter() -> None:
    scenario = {"run": {"warmup_days": 0, "days": 65}, "fiscal_year_start": 10}
    assert measured_text(scenario) == "Measured: Q1 of year 1 (Oct–Dec), 65 working days."


@pytest.mark.parametrize(("value", "unit", "text"), [(5.0, "d", "7.00"), (5.0, "days", "5.00"), (5.0, "h", "5.00")])
def test_working_days_are_shown_as_calendar_days(value: float, unit: str, text: str) -> None:
    assert figure(value, unit) == text


def test_working_days_are_told_as_calendar_days() -> None:
    assert amount(10.0, wording("response_days", "d").kind) == "14.0 days"
    assert amount(10.0, wording("cycle_days_mean", "days").kind) == "10.0 days"


def test_the_unit_of_working_days_is_shown_as_days() -> None:
    told = plain(run_table(sim.run(firm())))
    assert re.search(r"Response +[\d.]+ +days *\n", told)
    assert not re.search(r" d *\n", told)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small study of a firm that counts in EUR from April on."""
    folder = tmp_path_factory.mktemp("study")
    path = Path(folder) / "firm.toml"
    path.write_text(
        'currency = "EUR & co"\nfiscal_year_start = 4\n[presets]\norganization = "micro"\n[run]\ndays = 260\n',
        encoding="utf-8",
    )
    job = Demo.prepare(str(path), None, folder / "out", 1, lambda _: None)
    comparison = job.run(2, None, lambda _: None)
    assert comparison is not None
    return job.study(comparison)


@pytest.mark.slow
def test_a_page_is_told_in_the_firms_currency(study: Study) -> None:
    page = render(study)
    assert "EUR &amp; co" in page
    assert "c.u." not in page


def test_time_axes_name_the_quarters_of_the_fiscal_year(study: Study) -> None:
    for narrow in (False, True):
        axes = draw_courses(study, narrow).axes
        assert all("Q1 is Apr–Jun" in panel.get_xlabel() for panel in axes)
        names = [label.get_text() for label in axes[0].get_xticklabels()]
        assert "Q3\nyear 1" in names
        places = dict(zip(names, axes[0].get_xticks(), strict=True))
        assert places["Q3\nyear 1"] == 0
