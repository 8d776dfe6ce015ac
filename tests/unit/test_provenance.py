"""Where a result comes from: what its identity is made of, and that it can be run again."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

import sim
from sim.domain.outcomes import RESULTS_VERSION
from sim.domain.rules import RULES, is_whole
from sim.ensemble import provenance
from sim.ensemble.provenance import digest_of, provenance_of, study_digest, version
from sim.spec.catalogue import read_scenario
from sim.spec.edit import with_interventions, with_relationship, with_value
from sim.spec.scenario import Scenario
from sim.spec.write import scenario_toml


def short() -> Scenario:
    return with_value(with_value(sim.load_scenario("micro"), "run.days", 30), "run.warmup_days", 5)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "another"),
        ("description", "other words"),
        ("currency", "EUR"),
        ("fiscal_year_start", 4),
        ("sources", {"market.gap_days": "our CRM"}),
        ("market.sources[0].name", "the web"),
        ("market.segments[0].name", "tiny"),
    ],
)
def test_names_and_descriptions_do_not_count(path: str, value: str) -> None:
    assert digest_of(with_value(short(), path, value), 1) == digest_of(short(), 1)


def test_comments_and_defaults_written_out_do_not_count() -> None:
    again = read_scenario(tomllib.loads("# a comment\n" + scenario_toml(short())))
    assert digest_of(again, 1) == digest_of(short(), 1)


def test_an_alias_does_not_count() -> None:
    assert digest_of(with_relationship(short(), "undisciplined"), 1) == digest_of(short(), 1)


def test_the_usual_dose_written_out_does_not_count() -> None:
    one, other = with_interventions(short(), "liaison"), with_interventions(short(), "liaison=2")
    assert digest_of(one, 1) == digest_of(other, 1)


def test_every_value_counts() -> None:
    base = sim.load_scenario("mid")
    seen = {digest_of(base, 1)}
    for rule in RULES:
        if rule.section == "people" or rule.name == "raw_leads_per_rep_day":
            continue
        default = getattr(getattr(base, rule.section), rule.name)
        other = rule.high if default == rule.low else rule.low if is_whole(rule) else (default + rule.low) / 2
        seen.add(digest_of(with_value(base, f"{rule.section}.{rule.name}", other), 1))
    varied = sum(rule.section != "people" and rule.name != "raw_leads_per_rep_day" for rule in RULES)
    assert len(seen) == 1 + varied


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("people.reps", 5),
        ("market.raw_leads_per_rep_day", 1.23),
        ("market.sources[0].fit_shift", 0.5),
        ("market.segments[0].pace_factor", 0.5),
        ("market.weekday_profile", [1, 1, 1, 1, 1]),
        ("practices.meetings", 2),
        ("relationship", "defined"),
        ("run.days", 31),
        ("run.warmup_days", 6),
        ("interventions", [{"name": "liaison"}]),
    ],
)
def test_other_values_count_too(path: str, value: Any) -> None:
    assert digest_of(with_value(short(), path, value), 1) != digest_of(short(), 1)


@pytest.mark.parametrize("text", ["liaison=1", "liaison@5", "collocation"])
def test_dose_start_and_kind_of_an_intervention_count(text: str) -> None:
    assert digest_of(with_interventions(short(), text), 1) != digest_of(with_interventions(short(), "liaison"), 1)


def test_seed_and_version_of_the_results_count(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = digest_of(short(), 1)
    assert digest_of(short(), 2) != digest
    monkeypatch.setattr(provenance, "RESULTS_VERSION", RESULTS_VERSION + 1)
    assert digest_of(short(), 1) != digest


def test_a_record_says_all_that_is_needed_and_is_plain_json() -> None:
    record = provenance_of(short(), 3, timings={"seconds": 1.0})
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["software"], record["version"], record["seed"]) == ("smarketing", version(), 3)
    assert set(record["libraries"]) == {"llvmlite", "numba", "numpy", "pydantic", "scipy"}


def test_a_run_can_be_done_again_from_its_record() -> None:
    scenario = with_interventions(with_relationship(short(), "aligned"), "liaison=1@5")
    first = sim.run(scenario, seed=3)
    record = json.loads(json.dumps(first.document()))["provenance"]
    again = sim.run(read_scenario(record["scenario"]), seed=record["seed"])
    assert again.outcomes == first.outcomes
    assert again.provenance["digest"] == record["digest"]


def test_the_identity_of_a_comparison_covers_its_points() -> None:
    def digest(**what: Any) -> str:
        return str(sim.compare(short(), replications=1, **what).provenance["digest"])

    one = digest(relationships=["undefined", "defined"])
    assert digest(relationships=["undefined", "defined"]) == one
    others = {digest(relationships=types) for types in (["undefined"], ["undefined", "aligned"])}
    others |= {digest(interventions=["liaison"]), digest(interventions=["liaison=1"])}
    assert len({one, *others}) == 5


def test_more_replications_are_the_same_study() -> None:
    points = [short(), with_interventions(short(), "liaison")]
    digest = sim.compare(short(), interventions=["liaison"], replications=2).provenance["digest"]
    assert digest == study_digest(points, 1) != study_digest(points[:1], 1)
