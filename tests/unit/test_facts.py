"""A made-up export gives its parameters back, and each trap becomes a note."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.facts import FunnelFacts, funnel_facts
from sim.calibrate.importers import read_export
from sim.domain.errors import InputError
from tests.exports import PROFILE, RATES, START, as_deals, as_leads, made_up


def noted(facts: FunnelFacts, words: str) -> bool:
    return any(words in note for note in facts.notes)


@pytest.fixture(scope="module")
def facts() -> FunnelFacts:
    return funnel_facts(as_leads(made_up()))


def test_rates_times_and_values_are_recovered(facts: FunnelFacts) -> None:
    assert facts.win_rate == pytest.approx(0.22, abs=0.01)
    assert facts.win_rate_of == "lead"
    assert facts.cycle_median_days == pytest.approx(20, rel=0.05)
    assert facts.cycle_log_sd == pytest.approx(0.8, rel=0.05)
    assert facts.value_mean == pytest.approx(np.exp(8 + 1.2**2 / 2), rel=0.1)
    assert facts.value_log_sd == pytest.approx(1.2, rel=0.05)
    assert (facts.n_reps, facts.n_marketers, facts.currency) == (6, None, "EUR")


def test_arrivals_are_recovered(facts: FunnelFacts) -> None:
    assert facts.arrivals_per_working_day == pytest.approx(40, rel=0.12)
    assert facts.weekday_profile == pytest.approx(tuple(PROFILE), abs=0.06)
    assert facts.day_noise_shape == pytest.approx(8, rel=0.2)
    assert facts.level_sd == pytest.approx(0.25, abs=0.06)
    assert facts.level_memory == pytest.approx(0.6, abs=0.2)
    assert facts.arrivals_dispersion == pytest.approx(1 + 40 / 8, rel=0.15)


def test_sources_are_recovered_with_shares_and_shifts(facts: FunnelFacts) -> None:
    by_name = {source.name: source for source in facts.sources}
    assert [source.name for source in facts.sources] == ["web", "event", "partner"]
    assert sum(source.share for source in facts.sources) == pytest.approx(1)
    assert sum(source.share * source.logit_shift for source in facts.sources) == pytest.approx(0, abs=1e-12)
    for name, rate in RATES.items():
        assert by_name[name].rate == pytest.approx(rate, abs=0.02)
    expected = np.log(0.3 / 0.7) - np.log(0.1 / 0.9)
    assert by_name["web"].logit_shift - by_name["event"].logit_shift == pytest.approx(expected, abs=0.15)


def test_the_last_cohorts_are_left_out_of_rates_but_not_of_arrivals(facts: FunnelFacts) -> None:
    assert facts.n_used < facts.n_rows
    assert facts.last_day == made_up()["created"].max().date()
    assert noted(facts, "The last cohorts are censored")


@pytest.mark.parametrize("shape", [3.0, 40.0])
def test_the_shape_of_day_noise_is_recovered(shape: float) -> None:
    assert funnel_facts(as_leads(made_up(shape=shape))).day_noise_shape == pytest.approx(shape, rel=0.25)


def test_poisson_arrivals_at_a_steady_level_have_no_noise_but_chance() -> None:
    facts = funnel_facts(as_leads(made_up(shape=1e9, level_sd=0.0)))
    assert facts.arrivals_dispersion == pytest.approx(1, abs=0.15)
    assert facts.day_noise_shape > 200
    assert facts.level_sd < 0.05


def test_closed_deals_are_the_base_of_the_win_rate_of_opportunities() -> None:
    facts = funnel_facts(as_deals(made_up()))
    assert facts.win_rate_of == "closed deal"
    assert facts.win_rate == pytest.approx(0.22, abs=0.01)
    assert facts.cycle_median_days == pytest.approx(20, rel=0.05)
    assert not noted(facts, "left truncation")


def test_sources_that_do_not_differ_are_not_told_apart() -> None:
    frame = made_up().assign(source=lambda f: np.random.default_rng(3).choice(list("ab"), len(f)))
    assert all(abs(source.logit_shift) < 0.02 for source in funnel_facts(as_leads(frame)).sources)


def test_small_and_surplus_sources_are_pooled() -> None:
    frame = made_up(weeks=40)
    names = np.array([f"s{i:02d}" for i in range(12)])
    facts = funnel_facts(as_leads(frame.assign(source=names[np.arange(len(frame)) % 12])))
    assert len(facts.sources) == 8
    assert facts.sources[-1].name == "other"
    assert sum(source.n for source in facts.sources) == facts.n_used
    assert noted(facts, "5 of 12")


def test_weekend_arrivals_count_on_monday() -> None:
    frame = made_up(weeks=30)
    weekend = frame["created"].mask(frame["created"].dt.day_of_week == 0, frame["created"] - pd.Timedelta(days=1))
    plain, moved = (funnel_facts(as_leads(f)) for f in (frame, frame.assign(created=weekend)))
    assert moved.weekday_profile == pytest.approx(plain.weekday_profile, abs=0.03)
    assert noted(moved, "created on weekends")


# Traps


def test_a_break_in_conversion_moves_the_window_to_the_present_regime() -> None:
    frame = made_up(weeks=100)
    early = frame["created"] < "2022-01-01"
    dead = early & (np.random.default_rng(1).random(len(frame)) < 0.85)
    facts = funnel_facts(as_leads(frame.assign(status=frame["status"].mask(dead, "lost"))))
    assert str(facts.first_day) == "2022-01-03"
    assert facts.win_rate == pytest.approx(0.22, abs=0.015)
    assert noted(facts, "Conversion breaks in January 2022")


def test_a_steady_firm_has_no_break() -> None:
    for seed in range(5):
        assert not noted(funnel_facts(as_leads(made_up(weeks=60, seed=seed))), "Conversion breaks")


def test_an_export_by_close_date_is_found_left_truncated() -> None:
    frame = made_up(weeks=100)
    first = START + pd.Timedelta(days=200)
    facts = funnel_facts(as_deals(frame[frame["closed"] >= first]))
    assert facts.first_day == first.date()
    assert facts.cycle_median_days == pytest.approx(20, rel=0.06)
    assert noted(facts, "left truncation")


def test_dormant_open_deals_are_counted() -> None:
    frame = made_up(weeks=100)
    export = as_deals(frame[frame["closed"] - frame["created"] < pd.Timedelta(days=120)])
    sleeping = export.leads.index % 20 == 0
    leads = export.leads.assign(status=export.leads["status"].mask(sleeping, "open"))
    leads["closed"] = leads["closed"].mask(sleeping)
    facts = funnel_facts(dataclasses.replace(export, leads=leads))
    assert noted(facts, "Dormant:")
    assert facts.win_rate == pytest.approx(0.22, abs=0.015)


def test_swings_at_the_quarters_end_are_noted() -> None:
    frame = made_up(weeks=100)
    push = (frame["closed"].dt.month % 3 == 0) & (np.random.default_rng(1).random(len(frame)) < 0.4)
    assert noted(funnel_facts(as_deals(frame.assign(status=frame["status"].mask(push, "won")))), "with the quarter")
    assert not noted(funnel_facts(as_deals(frame)), "with the quarter")


def test_arrivals_without_open_deals_end_early() -> None:
    frame = made_up(weeks=100)
    seen = frame["created"].max()
    facts = funnel_facts(as_deals(frame[frame["closed"] <= seen], seen))
    assert facts.last_day < frame["created"].max().date()
    assert noted(facts, "No open deals are in the export")


def test_same_day_wins_do_not_widen_the_cycle_times() -> None:
    frame = made_up(cycle_log_sd=0.5)
    quick = np.random.default_rng(1).random(len(frame)) < 0.02
    closed = frame["closed"].mask(quick, frame["created"] + pd.Timedelta(minutes=5))
    facts = funnel_facts(as_leads(frame.assign(closed=closed)))
    assert facts.cycle_log_sd == pytest.approx(0.5, rel=0.06)
    assert noted(facts, "a track apart")


def test_cycle_times_that_are_not_lognormal_are_noted() -> None:
    frame = made_up(cycle_log_sd=0.2)
    slow = np.random.default_rng(1).random(len(frame)) < 0.5
    closed = frame["closed"].mask(slow, frame["closed"] + pd.Timedelta(days=80))
    assert noted(funnel_facts(as_leads(frame.assign(closed=closed))), "not lognormal")


def test_values_without_amounts_are_unknown_not_zero() -> None:
    facts = funnel_facts(as_leads(made_up(weeks=60).assign(amount=np.nan, source=None, owner=None)))
    assert (facts.value_mean, facts.value_log_sd, facts.sources, facts.n_reps) == (None, None, (), None)
    assert noted(facts, "Values are unknown")
    assert noted(facts, "no source")


def test_a_short_export_falls_back_and_says_so() -> None:
    facts = funnel_facts(as_leads(made_up(weeks=10), seen=START + pd.Timedelta(weeks=40)))
    assert (facts.level_sd, facts.level_memory) == (0.10, 0.50)
    assert noted(facts, "too few for the weekly level")


def test_noise_beyond_the_range_is_clipped_and_noted() -> None:
    facts = funnel_facts(as_leads(made_up(shape=0.15, weeks=200)))
    assert facts.day_noise_shape == 0.5
    assert noted(facts, "wilder than shape 0.5")


# Refusals


def test_too_few_rows_are_refused_with_the_number_needed() -> None:
    with pytest.raises(InputError, match="made-up: must hold at least 50 usable rows and 20 dated wins, got '30 rows"):
        funnel_facts(as_leads(made_up(weeks=10).head(30)))


def test_too_few_weeks_are_refused() -> None:
    with pytest.raises(InputError, match="must span at least 4 whole weeks of arrivals, got 3"):
        funnel_facts(as_leads(made_up(weeks=3), seen=START + pd.Timedelta(weeks=60)))


def test_an_export_of_wins_only_is_refused() -> None:
    frame = made_up(weeks=60)
    with pytest.raises(InputError, match="must hold rows that were not won"):
        funnel_facts(as_deals(frame[frame["status"] == "won"]))


# From file to facts


def test_a_file_gives_the_facts_and_no_name_id_or_address_survives(tmp_path: Path) -> None:
    frame = made_up(weeks=60)
    people = np.array(["Ann Smith", "bob@example.org", "005bm00000NCJmQAAX"])
    owner = people[np.arange(len(frame)) % 3]
    source = np.where(np.arange(len(frame)) % 4 == 0, owner, frame["source"])
    shown = pd.DataFrame({"Id": "SECRET" + frame["lead_id"], "CreatedDate": frame["created"]})
    shown = shown.assign(CloseDate=frame["closed"].dt.floor("s"), StageName="Closed " + frame["status"])
    shown = shown.assign(Amount=frame["amount"], OwnerId=owner, LeadSource=source)
    shown.to_csv(tmp_path / "deals.csv", index=False)
    facts = funnel_facts(read_export(tmp_path / "deals.csv"))
    assert facts.win_rate == pytest.approx(0.22, abs=0.02)
    assert facts.n_reps == 3
    assert "(hidden)" in {fact.name for fact in facts.sources}
    assert not any(word in repr(facts) for word in (*people, "SECRET", "@"))


def test_the_same_export_gives_the_same_facts_and_is_left_unchanged() -> None:
    export = as_leads(made_up(weeks=60))
    before = export.leads.copy()
    assert funnel_facts(export) == funnel_facts(export)
    pd.testing.assert_frame_equal(export.leads, before)
