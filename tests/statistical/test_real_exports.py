"""Public exports give the numbers that an independent analysis of the same files gave (skipped without the files)."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.facts import FunnelFacts, funnel_facts
from sim.calibrate.fit import Fit, fit_scenario
from sim.calibrate.importers import read_export
from sim.calibrate.moments import moments_of
from sim.domain.errors import InputError
from sim.spec.catalogue import load_scenario

DATA = Path(os.environ.get("SMARKETING_DATA") or Path(__file__).parents[3] / "shared" / "data")
OLIST, MAVEN = DATA / "olist_marketing_funnel", DATA / "maven_crm_opportunities"
LOANS = DATA / "bpi2012_loan_applications"
SALESFORCE = DATA / "crm_export_samples" / "salesforce_Opportunity.csv"


def needs(path: Path) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not path.exists(), reason="the public data are not here; set SMARKETING_DATA")


def facts_of(path: Path) -> FunnelFacts:
    return funnel_facts(read_export(path))


def noted(facts: FunnelFacts, words: str) -> bool:
    return any(words in note for note in facts.notes)


@needs(OLIST)
def test_olist_is_read_in_its_2018_regime() -> None:
    facts = facts_of(OLIST)
    assert (facts.layout, facts.unit, facts.win_rate_of) == ("two-file funnel", "lead", "lead")
    assert (facts.n_rows, facts.n_used) == (7999, 5997)  # 8,000 and 5,998 less the one won before its first contact
    assert (str(facts.first_day), str(facts.last_day)) == ("2018-01-01", "2018-05-31")
    assert facts.win_rate == pytest.approx(0.1302, abs=0.0005)
    assert facts.cycle_median_days == pytest.approx(12.9, abs=0.1)
    assert facts.cycle_log_sd == pytest.approx(1.45, abs=0.01)
    assert facts.value_log_sd == pytest.approx(1.47, abs=0.03)
    assert noted(facts, "Conversion breaks in January 2018")
    assert noted(facts, "equal follow-up of 167 days")


@needs(OLIST)
def test_olist_arrivals_people_and_sources_agree() -> None:
    facts = facts_of(OLIST)
    weekly = 5 * facts.arrivals_per_working_day
    assert weekly == pytest.approx(282, rel=0.03)
    assert sum(facts.weekday_profile) == pytest.approx(5)
    assert facts.arrivals_dispersion > 2
    assert 7 <= (facts.n_marketers or 0) <= 14
    assert 8 <= (facts.n_reps or 0) <= 13
    rates = {source.name: source.rate for source in facts.sources}
    assert rates["social"] == pytest.approx(0.0628, abs=0.001)
    assert rates["unknown"] == pytest.approx(0.207, abs=0.001)
    assert rates["email"] == pytest.approx(0.0403, abs=0.001)


@needs(MAVEN)
def test_maven_is_read_over_its_closes() -> None:
    facts = facts_of(MAVEN)
    assert (facts.layout, facts.unit, facts.win_rate_of) == ("pipeline", "opportunity", "closed deal")
    assert (facts.n_rows, facts.n_used) == (8300, 6711)
    assert facts.win_rate == pytest.approx(0.632, abs=0.001)
    assert facts.cycle_median_days == 57
    assert facts.cycle_log_sd == pytest.approx(1.36, abs=0.01)
    assert facts.value_mean == pytest.approx(2361, abs=1)
    assert facts.value_log_sd == pytest.approx(1.64, abs=0.01)
    assert (facts.n_reps, facts.n_marketers) == (30, None)


@needs(MAVEN)
@pytest.mark.parametrize(
    "trap",
    [
        "left truncation",
        "older than the longest closed cycle (138 days)",
        "with the quarter",
        "not lognormal",
        "weekends",
    ],
)
def test_maven_traps_are_noted(trap: str) -> None:
    assert noted(facts_of(MAVEN), trap)


@needs(MAVEN)
def test_no_agent_of_maven_is_named() -> None:
    export = read_export(MAVEN)
    assert set(export.leads["owner"]) == {f"rep {i}" for i in range(1, 31)}
    told = repr(funnel_facts(export))
    agents = pd.read_csv(MAVEN / "sales_pipeline.csv", usecols=["sales_agent"])["sales_agent"].unique()
    assert not any(part in told for agent in agents for part in agent.split() if len(part) > 3)


@needs(SALESFORCE)
def test_the_salesforce_sample_is_read_but_too_small_for_facts() -> None:
    export = read_export(SALESFORCE)
    assert export.layout == "Salesforce Opportunity"
    assert any("closed before they were created: 19 of 36" in note for note in export.notes)
    with pytest.raises(InputError, match="must hold at least 50 usable rows"):
        funnel_facts(export)


# Fits: tolerances are about three standard errors of 24 runs of a firm with so few reps.


@pytest.fixture(scope="module")
def olist() -> Fit:
    return fit_scenario(facts_of(OLIST), load_scenario("mid"))


@pytest.fixture(scope="module")
def maven() -> Fit:
    return fit_scenario(facts_of(MAVEN), load_scenario("mid"))


def misses(fit: Fit) -> dict[str, float]:
    told = fit.table.dropna().set_index("quantity")
    return dict((told["simulated"] / told["data"] - 1).abs())


@needs(OLIST)
@pytest.mark.slow
@pytest.mark.parametrize(
    ("quantity", "most"),
    [
        ("inquiries per working day", 0.05),
        ("day-to-day dispersion", 0.25),
        ("win rate per lead", 0.20),
        ("median time from inquiry to win", 0.20),
        ("spread of the time to win", 0.10),
        ("mean value of a win", 0.06),
        ("reps", 0.0),
        ("marketers", 0.0),
        ("win rate of source organic_search", 0.25),
        ("win rate of source social", 0.30),
    ],
)
def test_olist_is_met(olist: Fit, quantity: str, most: float) -> None:
    assert misses(olist)[quantity] <= most


@needs(OLIST)
@pytest.mark.slow
def test_the_fit_of_olist_says_what_it_assumes(olist: Fit) -> None:
    assert any("the export implies that judging" in note for note in olist.notes)
    assert any("opens the inbox every other day at least" in note for note in olist.notes)
    assert not any("market.gap_days (" in note and "end of the allowed range" in note for note in olist.notes)


@needs(MAVEN)
@pytest.mark.slow
@pytest.mark.parametrize(
    ("quantity", "most"),
    [
        ("deals opened per working day", 0.06),
        ("win rate per closed deal", 0.04),
        ("median time from opening the deal to win", 0.15),
        ("spread of the time to win", 0.10),
        ("mean value of a win", 0.08),
        ("spread of the value of a win", 0.05),
    ],
)
def test_maven_is_met(maven: Fit, quantity: str, most: float) -> None:
    assert misses(maven)[quantity] <= most


@needs(OLIST)
@pytest.mark.slow
def test_the_shipped_scenario_shows_the_facts_of_olist() -> None:
    facts = facts_of(OLIST)
    moments = moments_of(load_scenario("olist"), "lead", range(7000, 7024))
    assert moments.arrivals == pytest.approx(facts.arrivals_per_working_day, rel=0.05)
    assert moments.win_rate == pytest.approx(facts.win_rate, rel=0.2)
    assert moments.cycle_median == pytest.approx(facts.cycle_median_days, rel=0.2)
    assert moments.cycle_log_sd == pytest.approx(facts.cycle_log_sd, rel=0.1)
    assert moments.value_mean == pytest.approx(facts.value_mean, rel=0.08)


@needs(LOANS)
def test_the_loan_log_gives_its_outcomes_times_and_stages() -> None:
    export = read_export(LOANS)
    leads, stages = export.leads, export.stages
    assert (export.layout, export.unit, len(leads)) == ("event log", "lead", 13_087)
    assert leads["status"].value_counts().to_dict() == {"lost": 7_635 + 2_807, "won": 2_246, "open": 399}
    days = (leads["closed"] - leads["created"]).dt.total_seconds()[leads["status"] == "won"] / 86400
    assert days.quantile([0.1, 0.5, 0.9]).tolist() == pytest.approx([7.99, 14.4, 28.7], abs=0.05)
    assert stages is not None
    assert stages["stage"].value_counts().tolist() == [13_087, 7_367, 5_113, 5_015, 3_254]
    assert leads["handed"].notna().sum() == 7_367
    assert leads["responded"].notna().sum() == 9_657
    assert leads["owner"].dropna().str.fullmatch(r"rep \d+").all()


@needs(SALESFORCE)
@pytest.mark.parametrize(
    ("file", "layout", "n"),
    [
        ("", "Salesforce Opportunity", 17),
        ("salesforce_Opportunity.csv", "Salesforce Opportunity", 17),
        ("salesforce_Lead.csv", "Salesforce Lead", 22),
        ("salesforce_OpportunityHistory.csv", "stage history", 36),
    ],
)
def test_each_salesforce_sample_is_read_with_one_call(file: str, layout: str, n: int) -> None:
    export = read_export(SALESFORCE.parent / file)
    assert (export.layout, len(export.leads)) == (layout, n)
    assert not export.leads.astype(str).apply(lambda column: column.str.contains("Boxer|@")).any().any()
