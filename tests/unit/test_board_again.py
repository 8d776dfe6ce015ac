"""What a page says of making a result again makes the same result, or it says that no command does."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.decide.decision import decide
from sim.ensemble.comparison import compare, run
from sim.explain.attribution import attribute
from sim.explain.explanation import explain
from sim.explain.explanation_json import explanation_json
from sim.report.board_again import (
    KEPT,
    attribute_command,
    compare_command,
    decide_command,
    explain_command,
    run_command,
)
from sim.report.results import result_page
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_interventions, with_values
from sim.spec.scenario import Scenario
from tests.unit.test_experiment_commands import smarketing


def short(**more: Any) -> Scenario:
    return with_values(load_scenario("micro"), {"run.days": 65, **more})


def made_by(line: str, folder: Path) -> Any:
    """What a shown command makes."""
    done = smarketing(folder, *shlex.split(line)[1:], "--format", "json")
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


def without_times(document: Any) -> Any:
    about = {name: value for name, value in document["provenance"].items() if name != "timings"}
    return {**document, "provenance": about}


def test_the_command_of_a_run_with_changes_makes_the_same_run(tmp_path: Path) -> None:
    firm = short(**{"presets.market": "complex", "market.sources[0].fit_shift": 0.3})
    found = run(with_interventions(firm, "liaison=1@20+adopt=integrated@40"), seed=3, relationship="aligned").document()
    line = run_command(found)
    assert "--relationship aligned" in line and "--set run.days=65" in line and "--interventions" in line
    assert without_times(made_by(line, tmp_path)) == without_times(found)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"interventions": ["liaison", "collocation=0.5"]},
        {"relationships": ["aligned"], "interventions": ["liaison"], "seed": 4},
        {"organizations": ["aligned+liaison=1@20", "undefined", "integrated"]},
        {"organizations": ["integrated", "undefined", "liaison"]},  # the liaison on the scenario's own type
    ],
)
def test_the_command_of_a_comparison_makes_the_same_comparison(asked: dict[str, Any], tmp_path: Path) -> None:
    found = compare(short(), replications=2, **asked).document()
    assert without_times(made_by(compare_command(found), tmp_path)) == without_times(found)


@pytest.mark.parametrize("types", [[], ["undefined"]])
def test_the_command_of_a_comparison_over_draws_names_them(types: list[str], tmp_path: Path) -> None:
    file = tmp_path / "draws.csv"
    pd.DataFrame({"market.gap_days": [10.0, 14.0], "relationship": ["aligned", "defined"]}).to_csv(file, index=False)
    asked: dict[str, Any] = {"relationships": types, "interventions": ["liaison"]}
    found = compare(short(), replications=4, posterior=file, **asked).document()
    line = compare_command(found)
    assert "--posterior draws.csv" in line
    assert without_times(made_by(line, tmp_path)) == without_times(found)


@pytest.mark.parametrize("first", ["", "undefined"])
def test_the_command_of_organizations_over_draws_keeps_what_is_as_drawn(first: str, tmp_path: Path) -> None:
    file = tmp_path / "draws.csv"
    pd.DataFrame({"market.gap_days": [10.0, 14.0], "relationship": ["aligned", "defined"]}).to_csv(file, index=False)
    found = compare(short(), replications=4, posterior=file, organizations=[first, "integrated+liaison"]).document()
    line = compare_command(found)
    assert f"--organizations {first},integrated+liaison" in line
    assert without_times(made_by(line, tmp_path)) == without_times(found)


def test_a_dose_that_an_id_rounds_gets_no_command() -> None:
    found = compare(short(), replications=2, interventions=["liaison=0.123456789"]).document()
    assert compare_command(found) == ""
    assert "smarketing replay RESULT" in result_page(found)


@pytest.mark.parametrize("name", ["my firm", "micro"])
def test_a_scenario_that_options_cannot_make_gets_no_command(name: str) -> None:
    own = short().model_copy(update={"name": name, "catalogue": short().catalogue, "description": 'two "lines"\n'})
    found = run(own).document()
    line = run_command(found)
    assert line == ""
    assert KEPT in result_page(found)


@pytest.mark.slow
def test_the_command_of_a_decision_makes_the_same_decision(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"interventions": ["liaison=1", "disciplined_meetings"], "goal": "profit,conflict<=90%"}
    found = decide(short(), budget=2e5, hours=400, horizon=70, replications=20, capacity=1, **asked).document()
    line = decide_command(found)
    assert "--hours 400.0" in line and "--horizon 70" in line and "--indifference" in line
    again = made_by(line, tmp_path)
    assert again["provenance"]["digest"] == found["provenance"]["digest"]
    for name in ("question", "budget", "hours", "choice", "options", "frontier"):
        assert again[name] == found[name], name


@pytest.mark.slow
def test_the_command_of_an_attribution_makes_the_same_attribution(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"interventions": ["liaison", "collocation=0.5"], "outcomes": ["profit"]}
    found = attribute(short(), replications=4, store=tmp_path / "store", **asked).document()
    again = made_by(attribute_command(found), tmp_path)
    assert again["provenance"]["digest"] == found["provenance"]["digest"]
    assert again["rows"] == found["rows"]


def test_the_command_of_an_explanation_makes_the_same_explanation(tmp_path: Path) -> None:
    told = explain(short(), seed=2, relationships=["undefined", "integrated"], leads=3)
    found = json.loads(explanation_json(told))
    again = made_by(explain_command(found), tmp_path)
    for name in ("world", "counts", "verdicts", "reasons", "settings"):
        assert again["pairs"][0][name] == found["pairs"][0][name], name
    assert again["provenance"]["digest"] == found["provenance"]["digest"]
