"""An export made by the simulation itself gives its moments back, and what an export cannot tell is owned up to."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import fit as fitting
from sim.calibrate.facts import FunnelFacts, funnel_facts
from sim.calibrate.fit import Fit, fit_scenario
from sim.calibrate.importers import Export
from sim.calibrate.knobs import changed, neutral_knobs, turned
from sim.calibrate.starting import starting_point
from sim.domain.vocabulary import HANDED, LOST, SELF_FOUND, WON
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario, read_scenario
from sim.spec.edit import with_values
from sim.spec.origins import values_of
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

MONDAY = "2018-01-01"
INBOUND = {
    "people.reps": 20,
    "people.marketers": 7,
    "market.raw_leads_per_rep_day": 0.6,
    "market.tempo_sd": 0.9,
    "market.gap_days": 5.0,
    "selling.prospect_success": 0.0,
    "selling.yes_discovery": 1.2,
    "selling.yes_proposal": 1.3,
    "selling.yes_negotiation": 1.5,
    "handoff.follow_up_base": 0.8,
    "handoff.acceptance_base": 1.0,
    "market.value_mean": 9000.0,
    "selling.account_reference": 6500.0,
}


def base() -> Scenario:
    return load_scenario("mid")


def export_of(scenario: Scenario, unit: str, seed: int = 5) -> Export:
    """What the firm of a scenario would export after a run: one row per inquiry, or per deal."""
    world = simulate(blueprint_of(scenario), seed)
    leads: Any = world.leads[: world.organization.n_leads]
    first, end = scenario.run.warmup_days, int(world.rules.n_days)
    born = leads.born_day if unit == "lead" else leads.first_day
    leads, born = (rows[(born >= first) & (leads.state > (-1 if unit == "lead" else HANDED))] for rows in (leads, born))
    if unit == "lead":
        born = born[leads.source != SELF_FOUND]
        leads = leads[leads.source != SELF_FOUND]
    else:
        is_deal = (leads.state <= LOST) | np.isin(leads.state, WON)
        born, leads = (rows[is_deal] for rows in (born, leads))
    is_won = np.isin(leads.state, WON)
    is_done = is_won | (leads.state == LOST)
    days = pd.bdate_range(MONDAY, periods=end)
    frame = pd.DataFrame({"lead_id": np.arange(len(leads)).astype(str), "created": days[born]})
    frame["closed"] = pd.Series(days[np.maximum(0, leads.closed_day)]).where(is_done)
    frame["status"] = np.where(is_won, "won", np.where(is_done, "lost", "open"))
    frame["amount"] = np.where(is_won, leads.booked, np.nan)
    names = np.array([source.name for source in scenario.market.sources])  # type: ignore[attr-defined]
    frame["source"] = names[np.maximum(0, leads.source)] if unit == "lead" else None
    frame["owner"] = [f"rep {rep}" if rep >= 0 else None for rep in leads.rep]
    frame["marketer"] = [f"marketer {row}" if won else None for row, won in zip(leads.marketer, is_won, strict=True)]
    return Export(frame, "made by the simulation", unit, "EUR", (), "made-up")


@pytest.fixture(scope="module")
def facts() -> FunnelFacts:
    return funnel_facts(export_of(with_values(base(), INBOUND), "lead"))


@pytest.fixture(scope="module")
def fit(facts: FunnelFacts) -> Fit:
    return fit_scenario(facts, base())


@pytest.fixture
def two_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_COARSE", "_FINE", "_FRESH"):
        short = dataclasses.replace(getattr(fitting, name), n_rounds=2, n_runs=2)
        monkeypatch.setattr(fitting, name, short)


def miss(fit: Fit, words: str) -> float:
    """Relative miss of the one quantity whose name holds some words."""
    (row,) = fit.table[fit.table["quantity"].str.contains(words, regex=False)].to_dict("records")
    return abs(row["simulated"] / row["data"] - 1)


def noted(fit: Fit, words: str) -> bool:
    return any(words in note for note in fit.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quantity", "most"),
    [
        ("inquiries per working day", 0.05),
        ("win rate per lead", 0.10),
        ("median time", 0.10),
        ("spread of the time", 0.10),
        ("mean value", 0.08),
        ("spread of the value", 0.05),
        ("dispersion", 0.25),
    ],
)
def test_the_fit_shows_the_moments_of_the_firm_that_made_the_export(fit: Fit, quantity: str, most: float) -> None:
    assert miss(fit, quantity) < most


@pytest.mark.slow
def test_the_fit_finds_known_parameters_near_their_true_values(fit: Fit) -> None:
    market: Any = fit.scenario.market
    people: Any = fit.scenario.people
    assert 15 <= people.reps <= 20
    assert 5 <= people.marketers <= 7
    assert market.value_mean == pytest.approx(9000, rel=0.15)
    assert market.raw_leads_per_rep_day * people.reps == pytest.approx(12, rel=0.15)
    assert market.tempo_sd == pytest.approx(0.9, abs=0.25)


@pytest.mark.slow
def test_the_order_of_sources_is_that_of_the_export(fit: Fit) -> None:
    rows = fit.table[fit.table["quantity"].str.startswith("win rate of source")]
    assert len(rows) == 6
    assert rows["data"].corr(rows["simulated"], method="spearman") > 0.7


@pytest.mark.slow
def test_every_fitted_value_says_that_it_is_calibrated(fit: Fit) -> None:
    origins = {value.path: value.origin for value in values_of(fit.scenario)}
    assert {path for path, origin in origins.items() if origin == "calibration"} == set(fit.scenario.sources)
    assert {"market.value_mean", "market.sources", "selling.quota"} <= set(fit.scenario.sources)
    assert origins["conflict.gamma_credit"] == "default"
    assert "file" not in {origins[path] for path in fit.scenario.sources}


def test_a_fitted_scenario_is_valid_and_about_half_the_reps_reach_its_quota(fit: Fit) -> None:
    assert read_scenario(fit.scenario.model_dump()) == fit.scenario
    assert (fit.scenario.relationship, fit.scenario.currency) == ("undefined", "EUR")
    plan = blueprint_of(fit.scenario)
    at_quota = [float(outcomes_of(simulate(plan, seed)).quota_share) for seed in range(70, 80)]
    assert np.mean(at_quota) == pytest.approx(0.5, abs=0.12)
    assert noted(fit, "assumed to be 'undefined'")
    assert noted(fit, "selling.prospect_success = 0")


@pytest.mark.slow
def test_deals_of_the_usual_firm_give_back_its_win_rate_and_cycle() -> None:
    fit = fit_scenario(funnel_facts(export_of(base(), "opportunity", seed=6)), base())
    assert miss(fit, "deals opened per working day") < 0.06
    assert miss(fit, "win rate per closed deal") < 0.08
    assert miss(fit, "median time") < 0.10
    assert miss(fit, "spread of the time") < 0.10
    assert not fit.table["quantity"].str.contains("source").any()


def test_the_same_facts_and_seed_give_the_same_fit(facts: FunnelFacts, two_rounds: None) -> None:
    first, second = fit_scenario(facts, base()), fit_scenario(facts, base())
    assert first.scenario == second.scenario
    assert first.notes == second.notes
    pd.testing.assert_frame_equal(first.table, second.table)
    assert fit_scenario(facts, base(), seed=2).scenario != first.scenario


def test_what_is_missing_is_kept_from_the_base_and_said(facts: FunnelFacts, two_rounds: None) -> None:
    bare = dataclasses.replace(
        facts, n_reps=None, n_marketers=None, sources=(), value_mean=None, value_log_sd=None, currency=None
    )
    fit = fit_scenario(bare, base())
    given, kept = fit.scenario.model_dump(), base().model_dump()
    assert given["people"]["reps"] == 40
    assert given["people"]["marketers"] == 14
    assert given["market"]["sources"] == kept["market"]["sources"]
    assert given["market"]["value_mean"] == kept["market"]["value_mean"]
    for words in (
        "number of reps is unknown",
        "number of marketers is unknown",
        "names no source",
        "Values are unknown",
    ):
        assert noted(fit, words)
    assert fit.table.set_index("quantity")["data"][["reps", "marketers", "mean value of a win"]].isna().all()


def test_a_target_that_is_missed_is_named_with_both_values(facts: FunnelFacts, two_rounds: None) -> None:
    fit = fit_scenario(dataclasses.replace(facts, cycle_log_sd=6.0), base())
    assert any("spread of the time to win, 6 in the data" in note for note in fit.notes)


def test_interventions_of_the_base_are_left_out_and_said(facts: FunnelFacts, two_rounds: None) -> None:
    busy = with_values(base(), {"interventions": ({"name": "liaison"},)})
    fit = fit_scenario(facts, busy)
    assert fit.scenario.interventions == ()
    assert noted(fit, "Interventions")


def test_people_are_scaled_and_kept_within_what_can_be_simulated(facts: FunnelFacts) -> None:
    few = starting_point(dataclasses.replace(facts, n_reps=1, n_marketers=None), base()).model_dump()["people"]
    many = starting_point(dataclasses.replace(facts, n_reps=500, n_marketers=90), base()).model_dump()["people"]
    assert (few["reps"], few["marketers"], few["managers"]) == (1, 1, 0)
    assert (many["reps"], many["marketers"], many["managers"]) == (120, 60, 18)


@pytest.mark.parametrize("n_reps", [1, 7, 11, 120])
def test_more_inquiries_than_can_be_simulated_are_cut_to_what_can(facts: FunnelFacts, n_reps: int) -> None:
    flood = dataclasses.replace(facts, arrivals_per_working_day=9000.0, n_reps=n_reps)
    start = starting_point(flood, base())
    knobs = dataclasses.replace(neutral_knobs(start), demand=5.0)
    market: Any = turned(start, knobs, "lead").market
    assert market.raw_leads_per_rep_day == pytest.approx(min(25, 250 / n_reps))


@pytest.mark.parametrize("unit", ["lead", "opportunity"])
def test_neutral_knobs_change_nothing(unit: str) -> None:
    assert turned(base(), neutral_knobs(base()), unit) == base()


@pytest.mark.parametrize("unit", ["lead", "opportunity"])
@pytest.mark.parametrize("turn", [-9.0, 9.0])
def test_no_knob_leaves_the_range_of_a_rule(unit: str, turn: float) -> None:
    knobs = dataclasses.replace(neutral_knobs(base()), yes=turn, pace=turn, fewer_touches=9.0, demand=99.0)
    knobs = dataclasses.replace(knobs, selling_hours=1e-9, scoring_hours=1e-9, reading_hours=1e-9, attention_scale=99)
    extreme = turned(base(), knobs, unit)
    assert read_scenario(extreme.model_dump()) == extreme
    assert "market.gap_days" in changed(extreme, base())
