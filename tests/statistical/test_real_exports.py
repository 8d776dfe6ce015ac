"""Public exports give the numbers that an independent analysis of the same files gave (skipped without the files)."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.facts import FunnelFacts, funnel_facts
from sim.calibrate.importers import read_export
from sim.domain.errors import InputError

DATA = Path(os.environ.get("SMARKETING_DATA") or Path(__file__).parents[3] / "shared" / "data")
OLIST, MAVEN = DATA / "olist_marketing_funnel", DATA / "maven_crm_opportunities"
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
