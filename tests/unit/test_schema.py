"""The JSON Schemas: valid themselves, kept on disk, met by what is shipped and by what commands write."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sim
from sim.domain.rules import RULES
from sim.ensemble.schema import RESULTS, schema_of
from sim.spec import catalogue
from sim.spec.edit import with_interventions, with_value
from sim.spec.plan import load_plan, plan_names
from sim.spec.schema import ENTRIES, KINDS
from sim.spec.write import scenario_toml

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
FILES = {kind: catalogue.shipped() / "catalogue" / f"{kind}s.toml" for kind in ENTRIES}


def check(kind: str, document: Any) -> None:
    jsonschema.Draft202012Validator(schema_of(kind)).validate(document)


@pytest.mark.parametrize("kind", [*KINDS, *RESULTS])
def test_a_schema_is_valid_and_the_file_in_the_docs_is_the_same(kind: str) -> None:
    schema = schema_of(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    kept = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert kept == schema, "run `make docs`"


@pytest.mark.parametrize("name", catalogue.scenario_names())
def test_a_shipped_scenario_meets_the_schema(name: str) -> None:
    check("scenario", catalogue.scenario_content(name)[0])
    check("scenario", tomllib.loads(scenario_toml(catalogue.load_scenario(name))))
    check("scenario", catalogue.load_scenario(name).model_dump(mode="json"))


@pytest.mark.parametrize("kind", ENTRIES)
def test_the_shipped_catalogue_meets_the_schema(kind: str) -> None:
    check(kind, tomllib.loads(FILES[kind].read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", plan_names())
def test_a_shipped_plan_meets_the_schema(name: str) -> None:
    check("plan", tomllib.loads((catalogue.bundled("experiments") / f"{name}.toml").read_text(encoding="utf-8")))
    check("plan", load_plan(name).model_dump(mode="json"))


@pytest.mark.parametrize("kind", ["list", "grid", "latin-hypercube", "sobol", "morris", "saltelli"])
def test_every_design_meets_the_schema(kind: str) -> None:
    more = {"morris": {"trajectories": 9}, "list": {}, "grid": {}}.get(kind, {"samples": 8})
    check("plan", {"design": {"kind": kind, **more}})


@pytest.mark.parametrize(
    "content",
    [
        {"design": {}},
        {"design": {"kind": "sobl", "samples": 8}},
        {"design": {"kind": "sobol", "samples": 9}},
        {"design": {"trajectories": 9}},
        {"design": {"kind": "grid"}, "replications": 0},
        {"design": {"kind": "grid"}, "replications": {"maximum": 75, "precision": {"wins": 0.1}}},
        {"design": {"kind": "grid"}, "outcomes": ["winz"]},
        {"design": {"kind": "grid"}, "factors": {"market.gap_day": [4, 9]}},
        {"design": {"kind": "grid"}, "factors": {"market.gap_days": 4}},
        {"design": {"kind": "grid"}, "factors": {"market.gap_days": {"low": 4}}},
        {"design": {"kind": "list"}, "points": [{"relationshp": "aligned"}]},
    ],
)
def test_what_reading_a_plan_refuses_the_schema_refuses(content: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check("plan", content)


@pytest.mark.parametrize(
    "content",
    [
        {"people": {"reps": 0}},
        {"peeple": {}},
        {"relationship": "definid"},
        {"presets": {"market": "complx"}},
        {"practices": {"meetings": 66}},
        {"interventions": [{"name": "liaisson"}]},
        {"fiscal_year_start": 0},
    ],
)
def test_what_reading_refuses_the_schema_refuses(content: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check("scenario", content)


def test_a_number_of_a_preset_without_a_source_is_refused() -> None:
    entry = {"label": "L", "description": "D", "market": {"gap_days": {"value": 3, "source": "a friend"}}}
    with pytest.raises(jsonschema.ValidationError, match="does not match"):
        check("market", {"mine": entry})


def test_every_rule_has_unit_range_and_source_in_the_schema() -> None:
    parts = schema_of("scenario")["$defs"]
    for rule in RULES:
        field = parts[rule.section.capitalize()]["properties"][rule.name]
        assert (field["minimum"], field["maximum"], field["unit"], field["source"]) == (
            rule.low,
            rule.high,
            rule.unit,
            rule.source,
        )


def test_a_run_meets_its_schema() -> None:
    scenario = with_value(sim.load_scenario("micro"), "run.days", 30)
    document = json.loads(json.dumps(sim.run(scenario).document(), allow_nan=False))
    check("run", document)
    document["outcomes"].pop("bookings_new")
    with pytest.raises(jsonschema.ValidationError, match="bookings_new"):
        check("run", document)


def test_a_comparison_meets_its_schema() -> None:
    scenario = with_interventions(with_value(sim.load_scenario("micro"), "run.days", 30), "liaison=1@5")
    comparison = sim.compare(scenario, interventions=["collocation"], replications=2)
    document = json.loads(comparison.json())
    check("comparison", document)
    document["rows"][0]["verdict"] = "good"
    with pytest.raises(jsonschema.ValidationError, match="good"):
        check("comparison", document)


def test_the_record_of_a_study_meets_its_schema(tmp_path: Path) -> None:
    scenario = with_value(sim.load_scenario("micro"), "run.days", 30)
    study = sim.experiment("contingency", scenario=scenario, replications=1, store=tmp_path, quiet=True)
    check("study", json.loads((tmp_path / "store.json").read_text(encoding="utf-8")))
    assert study.status.state == "complete"
