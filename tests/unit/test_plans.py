"""Plans: what a file may say, and what it is told when it says something else."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.domain.errors import InputError
from sim.ensemble.sampling import design_of
from sim.spec.catalogue import bundled, interventions, load_scenario, relationships
from sim.spec.designs import KINDS, Range
from sim.spec.edit import with_value
from sim.spec.plan import MOST_POINTS, Plan, base_of, load_plan, plan_names, plan_with, read_plan

SAMPLED = {"design": {"kind": "saltelli", "samples": 8}, "factors": {"market.gap_days": {"low": 4, "high": 20}}}
GRID = {"design": {"kind": "grid"}, "factors": {"relationship": ["undefined", "aligned"], "people.reps": [8, 9]}}
LIST = {"design": {"kind": "list"}, "points": [{"relationship": "aligned"}, {"interventions": "liaison"}]}


def refused(content: dict[str, Any], where: str = "p.toml") -> str:
    with pytest.raises(InputError, match=r"\S") as told:
        read_plan(content, where=where)
    return str(told.value)


def factor(name: str, given: Any, design: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"design": design or {"kind": "sobol", "samples": 8}, "factors": {name: given}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sead": 3}, "p.toml: sead: is not known, got 3\nDid you mean 'seed'?"),
        ({"seed": -1}, "p.toml: seed: must be between 0 and 2.14748e+09, got -1"),
        ({"seed": True}, "p.toml: seed: must not be true or false; only switches may"),
        ({"on_error": "ignore"}, "p.toml: on_error: must be 'record' or 'stop', got 'ignore'"),
        ({"outcomes": ["winz"]}, "p.toml: outcomes: unknown outcome, got 'winz'\nDid you mean 'wins'?"),
        ({"outcomes": ["wins", "wins"]}, "p.toml: outcomes: must name each once, got 'wins'"),
        ({"series": ["trst"]}, "p.toml: series: unknown column of the journal, got 'trst'\nDid you mean 'trust'?"),
        ({"tables": ["deal"]}, "p.toml: tables[0]: must be 'deals', 'incidents' or 'events', got 'deal'"),
        ({"tables": ["deals", "deals"]}, "p.toml: tables: must name each once, got 'deals'"),
        ({"scenario": "mdi"}, "scenario: there is no scenario of that name, got 'mdi'\nDid you mean 'mid'?"),
        ({"replications": 0}, "p.toml: replications: must be at least 1, got 0"),
        ({"replications": "many"}, "p.toml: replications: must be a whole number, got 'many'"),
        ({"replications": {"precision": {"profit": 0.1}}}, "p.toml: replications.maximum: is missing"),
        (
            {"replications": {"minimum": 60, "maximum": 100, "precision": {"profit": 0.1}}},
            "p.toml: replications.minimum: must be a multiple of 50, got 60",
        ),
        (
            {"replications": {"minimum": 150, "maximum": 100, "precision": {"profit": 0.1}}},
            "p.toml: replications.maximum: must be at least the minimum (150), got 100",
        ),
        (
            {"replications": {"maximum": 100, "precision": {"profit": 2}}},
            "p.toml: replications.precision.profit: must be at most 1, got 2",
        ),
        (
            {"replications": {"maximum": 100, "precision": {"profi": 0.1}}},
            "p.toml: replications.precision.profi: is no outcome, got 'profi'\nDid you mean 'profit'?",
        ),
        (
            {"replications": {"maximum": 100, "precision": {"profit": 0.1}}, "outcomes": ["wins"]},
            "p.toml: replications.precision.profit: must be among the outcomes that are kept, got 'profit'\nAdd",
        ),
        ({"replications": {"maximum": 100, "precision": {}}}, "p.toml: replications.precision: must"),
        (
            {"baseline": {"market.gap_days": 4}},
            "p.toml: baseline: has no meaning in the design saltelli, got",
        ),
        ({"points": [{"relationship": "aligned"}]}, "p.toml: points: have no meaning in the design saltelli"),
        ({"factors": {}}, "p.toml: factors: must name at least one factor"),
    ],
)
def test_a_wrong_field_says_what_is_right(changes: dict[str, Any], message: str) -> None:
    assert refused(SAMPLED | changes).startswith(message)


@pytest.mark.parametrize(
    ("design", "message"),
    [
        (
            {},
            "p.toml: design.kind: is missing, got nothing\nOne of: list, grid",
        ),
        ({"kind": "sobl"}, "p.toml: design.kind: is not known, got 'sobl'\nDid you mean 'sobol'?"),
        ({"kind": "sobol"}, "p.toml: design.samples: is missing"),
        ({"kind": "sobol", "samples": 6}, "p.toml: design.samples: must be a power of two, got 6\nFor example 8."),
        ({"kind": "saltelli", "samples": 500}, "p.toml: design.samples: must be a power of two, got 500"),
        ({"kind": "sobol", "samples": 8, "sample": 8}, "p.toml: design.sample: is not known, got 8\nDid you mean"),
        ({"kind": "latin-hypercube", "samples": 8, "levels": 4}, "p.toml: design.levels: is not known, got 4"),
        ({"kind": "morris", "trajectories": 9, "levels": 5}, "p.toml: design.levels: must be a multiple of 2, got 5"),
        ({"kind": "morris", "trajectories": 1}, "p.toml: design.trajectories: must be between 2 and 10000, got 1"),
        ({"kind": "saltelli", "samples": 8, "second_order": 3}, "p.toml: design.second_order: must be true or false"),
        ({"kind": "grid"}, "p.toml: factors.market.gap_days: needs steps in a grid, got 4 to 20\nGive steps = 5"),
        (
            {"kind": "list"},
            "p.toml: factors: have no meaning in a list, got 'market.gap_days'\nGive",
        ),
        (
            {"kind": "saltelli", "samples": 131072},
            f"p.toml: design: must make at most {MOST_POINTS} points, got 393216",
        ),
    ],
)
def test_a_wrong_design_says_what_is_right(design: dict[str, Any], message: str) -> None:
    assert refused(SAMPLED | {"design": design}).startswith(message)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "market.gap_day",
            [4, 9],
            "factors.market.gap_day: there is no such value, got 'market.gap_day'\nDid you mean 'market.gap_days'?",
        ),
        (
            "gap_days",
            [4, 9],
            "factors.gap_days: there is no such value, got 'gap_days'\nDid you mean 'market.gap_days'?",
        ),
        (
            "xyz",
            [4, 9],
            "factors.xyz: there is no such value, got 'xyz'\n`smarketing scenario show NAME` lists all paths.",
        ),
        ("name", ["a", "b"], "factors.name: is nothing that a study can vary"),
        ("market.weekday_profile", [1, 2], "factors.market.weekday_profile: is nothing that a study can vary"),
        (
            "market",
            {"gap_days": [4, 9]},
            'factors.market: a path must stand in quotes, got a table\nSuch as "market.gap_days"',
        ),
        ("market.gap_days", 9, "factors.market.gap_days: must be a list of values or a range, got 9\nSuch as [4, 9]"),
        ("market.gap_days", [], "factors.market.gap_days: must"),
        ("market.gap_days", [9], "factors.market.gap_days: must hold at least two values to be varied, got [9]"),
        ("market.gap_days", [9, 9], "factors.market.gap_days: must not hold a value twice, got [9, 9]"),
        (
            "market.gap_days",
            [True, 9],
            "factors.market.gap_days[0]: must be a number or text, got True\nWrite 1 for true",
        ),
        ("market.gap_days", [[4], 9], "factors.market.gap_days[0]: must be a number or text"),
        ("market.gap_days", [4, float("nan")], "factors.market.gap_days[1]: must be a finite number"),
        ("market.gap_days", [4, 90], "factors.market.gap_days: must be between 0.05 and 60, got 90"),
        ("market.gap_days", ["long", 4], "factors.market.gap_days: must be a number, got 'long'"),
        ("market.gap_days", {"low": 4, "high": 90}, "factors.market.gap_days: must be between 0.05 and 60, got 90.0"),
        ("market.gap_days", {"lo": 4, "high": 9}, "factors.market.gap_days.low: is missing"),
        ("market.gap_days", {"low": 9, "high": 4}, "factors.market.gap_days.high: must be more than low (9), got 4.0"),
        ("market.fit_mean", {"low": -1, "high": 4, "scale": "log"}, "factors.market.fit_mean.low: must be more than 0"),
        ("market.gap_days", {"low": 4, "high": 9, "steps": 3}, "factors.market.gap_days.steps: has no meaning in the"),
        ("people.reps", {"low": 1.5, "high": 8}, "factors.people.reps.low: must be a whole number here, got 1.5"),
        ("people.reps", {"low": 1, "high": 8, "whole": False}, "factors.people.reps.whole: must be true here"),
        ("people.reps", [8.5, 9], "factors.people.reps: must be a whole number, got 8.5"),
        ("practices.meetings", [1, 99], "factors.practices.meetings: must be between 0 and 65, got 99"),
        (
            "practices.meeting",
            [1, 9],
            "factors.practices.meeting: there is no such value, got 'practices.meeting'\nDid",
        ),
        ("relationship", {"low": 1, "high": 2}, "factors.relationship: takes names, not numbers"),
        (
            "relationship",
            ["aligned", "algned"],
            "factors.relationship: unknown relationship, got 'algned'\nDid you mean",
        ),
        (
            "presets.market",
            ["simple", "complx"],
            "factors.presets.market: unknown market preset, got 'complx'\nDid you",
        ),
        (
            "interventions",
            ["", "liaisn"],
            "factors.interventions: unknown intervention, got 'liaisn'\nDid you mean 'lia",
        ),
        ("interventions", ["", "liaison=99"], "factors.interventions: must be between 0 and 10 (persons), got 99.0"),
        ("interventions.liaisn.dose", [1, 2], "factors.interventions.liaisn.dose: unknown intervention, got 'liaisn'"),
        (
            "interventions.liaison.dos",
            [1, 2],
            "factors.interventions.liaison.dos: there is no such value, got 'interventions.liaison.dos'\nDid you mean",
        ),
        (
            "interventions.liaison.dose",
            [1, 20],
            "factors.interventions.liaison.dose: must be between 0 and 10 (persons)",
        ),
        ("interventions.liaison.start_day", [-1, 20], "factors.interventions.liaison.start_day: must be between 0 and"),
        ("timeline[0].dose", [1, 2], "factors.timeline[0].dose: there is no such value"),
    ],
)
def test_a_wrong_factor_says_what_is_right(name: str, given: Any, message: str) -> None:
    assert refused(factor(name, given)).startswith(f"p.toml: {message}")


def test_whole_numbers_of_a_grid_must_differ() -> None:
    steps = factor("people.reps", {"low": 1, "high": 3, "steps": 9}, {"kind": "grid"})
    assert refused(steps).startswith("p.toml: factors.people.reps.steps: must be fewer")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": []}, "points: must be given for a list, got nothing\nOne [[points]] table each."),
        ({"points": [{}]}, "points[0]: must set at least one factor"),
        (
            {"points": 2 * [{"relationship": "aligned"}]},
            "points[1]: is the same as points[0], got \"{'relationship': 'aligned'}\"\nLeave one out.",
        ),
        ({"points": [{"relationship": "algned"}]}, "points[0].relationship: unknown relationship, got 'algned'"),
        (
            {"points": [{"market.gapdays": 3}]},
            "points: market.gapdays: there is no such value, got 'market.gapdays'\nDid",
        ),
        ({"points": [{"market": {"gap_days": 3}}]}, "points[0].market: must be a number or text"),
        ({"baseline": {"market.gap_days": 3}}, "baseline.market.gap_days: must be a factor of the plan"),
    ],
)
def test_a_wrong_list_says_what_is_right(changes: dict[str, Any], message: str) -> None:
    assert refused(LIST | changes).startswith(f"p.toml: {message}")


def test_a_baseline_must_be_among_the_values_of_a_grid() -> None:
    message = (
        "p.toml: baseline.relationship: must be one of the factor's values, got 'integrated'\nThey are: 'undefined'"
    )
    assert refused(GRID | {"baseline": {"relationship": "integrated"}}).startswith(message)


def test_a_study_of_too_many_runs_is_refused() -> None:
    many = {"design": {"kind": "sobol", "samples": 1024}, "replications": 100_000}
    assert refused(SAMPLED | many).startswith(
        "p.toml: replications: must make at most 20000000 runs in all, got 102400000"
    )


def test_values_that_only_go_together_are_left_to_the_points() -> None:
    content = {"design": {"kind": "grid"}, "factors": {"people.generalists": [0, 9], "people.reps": [4, 40]}}
    assert read_plan(content).n_points == 4


@pytest.mark.parametrize(
    ("design", "n"),
    [
        ({"kind": "latin-hypercube", "samples": 7}, 7),
        ({"kind": "sobol", "samples": 16}, 16),
        ({"kind": "morris", "trajectories": 5}, 15),
        ({"kind": "saltelli", "samples": 8}, 32),
        ({"kind": "saltelli", "samples": 8, "second_order": True}, 48),
    ],
)
def test_a_plan_knows_its_points_before_they_are_made(design: dict[str, Any], n: int) -> None:
    factors = {"market.gap_days": {"low": 4, "high": 20}, "relationship": ["undefined", "aligned"]}
    assert read_plan({"design": design, "factors": factors}).n_points == n


def test_replications_until_precise_enough_are_read() -> None:
    plan = read_plan(GRID | {"replications": {"maximum": 200, "precision": {"bookings_new": 0.02}}})
    assert plan.replications.model_dump() == {"minimum": 50, "maximum": 200, "precision": {"bookings_new": 0.02}}
    assert plan.most_replications == 200
    assert read_plan(GRID).most_replications == 100


def test_a_plan_reads_back_from_what_it_writes() -> None:
    for content in (SAMPLED, GRID, LIST, GRID | {"replications": {"maximum": 100, "precision": {"wins": 0.1}}}):
        plan = read_plan(content)
        assert read_plan(plan.model_dump(mode="json")) == plan


def test_a_scenario_file_is_looked_for_beside_the_plan(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\n[people]\nreps = 9\n', encoding="utf-8")
    text = 'scenario = "mine.toml"\n[design]\nkind = "grid"\n[factors]\nrelationship = ["defined"]\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    plan = load_plan(tmp_path / "study.toml")
    assert (plan.name, base_of(plan).people.reps) == ("study", 9)
    assert base_of(plan_with(plan, seed=3)).people.reps == 9
    (tmp_path / "mine.toml").unlink()
    with pytest.raises(InputError, match="mine.toml: there is no such file"):
        base_of(plan)


def test_a_plan_is_changed_by_keyword_and_checked_again() -> None:
    plan = read_plan(GRID)
    changed = plan_with(plan, replications=7, scenario="small", seed=None)
    assert (changed.replications, changed.seed, base_of(changed).name) == (7, 1, "small")
    with pytest.raises(InputError, match="plan: replications: must be at least 1, got 0"):
        plan_with(plan, replications=0)
    with pytest.raises(InputError, match="plan: replication: is not known, got 7\nDid you mean 'replications'?"):
        plan_with(plan, replication=7)
    assert plan_with(plan) == plan


def test_a_plan_may_be_put_on_a_scenario_of_ones_own() -> None:
    mine = with_value(load_scenario("mid"), "market.gap_days", 5)
    assert base_of(plan_with(read_plan(GRID), scenario=mine)) is mine
    with pytest.raises(InputError, match="interventions.mine.dose: unknown intervention"):
        read_plan(factor("interventions.mine.dose", [0, 1], {"kind": "grid"}))


def test_a_misspelt_plan_is_guessed_and_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="plan: there is no plan of that name, got 'grdi'\nDid you mean 'grid'?"):
        load_plan("grdi")
    with pytest.raises(InputError, match="none.toml: there is no such file"):
        load_plan(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[design\n", encoding="utf-8")
    with pytest.raises(InputError, match="bad.toml: is no valid TOML"):
        load_plan(tmp_path / "bad.toml")


def test_a_plan_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_plan(GRID).seed = 3


def test_a_range_meets_both_ends_and_goes_by_ratios_on_a_log_scale() -> None:
    log = Range(low=0.1, high=1000, scale="log")
    assert [log.at(0), log.at(0.25), log.at(1)] == pytest.approx([0.1, 1, 1000], rel=1e-12)
    assert Range(low=-0.5, high=-0.17).at(1.0) == -0.17, "its difference added to low falls short"
    last = math.nextafter(1.0, 0.0)
    assert Range(low=0.07, high=0.11, scale="log").at(last) <= 0.11, "its ratio times low goes beyond"


# --- Shipped plans ----------------------------------------------------------------------------------------------------


def test_every_shipped_plan_is_found_by_name() -> None:
    assert plan_names() == sorted(path.stem for path in bundled("experiments").glob("*.toml"))
    assert "grid" in plan_names()
    for name in plan_names():
        plan = load_plan(name)
        assert plan.name == name
        assert plan.description


def test_the_grid_holds_every_type_and_every_intervention() -> None:
    plan: Plan = load_plan("grid")
    assert plan.factors == {
        "relationship": tuple(relationships()),
        "interventions": ("", *interventions()),
    }
    assert plan.replications == 200


# --- Documentation ----------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
SHOWN = [block for block in re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL) if "[design]" in block]


@pytest.mark.parametrize("text", SHOWN, ids=range(len(SHOWN)))
def test_a_plan_of_the_documentation_is_good(text: str) -> None:
    plan = read_plan(tomllib.loads(text))
    assert len(design_of(plan, base_of(plan)).rows) == plan.n_points > 1


def test_the_documentation_tells_of_every_field_and_every_design() -> None:
    assert len(SHOWN) >= 5
    for name in Plan.model_fields:
        assert re.search(rf"^\| `\[?{name}\]?` \|", PAGE, flags=re.MULTILINE), name
    for kind in KINDS:
        assert re.search(rf"^\| `{kind}` \|", PAGE, flags=re.MULTILINE), kind


def test_values_of_a_range_are_those_that_the_documentation_names() -> None:
    (text,) = (block for block in SHOWN if "# 4, 8, 12" in block)
    plan = read_plan(tomllib.loads(text))
    points = design_of(plan, base_of(plan))
    columns = [sorted(set(column)) for column in zip(*points.rows, strict=True)][1:]
    assert columns == [[4, 8, 12, 16, 20], [10e3, 20e3, 40e3, 80e3, 160e3], [20, 40, 60]]


def test_the_python_of_the_documentation_works(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL) if "load_plan" in block)
    exec(code, {})
    assert capsys.readouterr().out == "Undefined · Liaison undefined\n"


def test_the_list_of_studies_gives_their_true_size() -> None:
    text = (bundled("experiments") / "README.md").read_text(encoding="utf-8")
    for name in plan_names():
        plan = load_plan(name)
        size = f"| {plan.n_points:,} × {plan.most_replications} = {plan.n_points * plan.most_replications:,} |"
        (row,) = re.findall(rf"^\| \[{name}\]\({name}.toml\) \|.*$", text, flags=re.MULTILINE)
        assert size in row
        shipped = (bundled("experiments") / f"{name}.toml").read_text(encoding="utf-8")
        assert f"{plan.n_points * plan.most_replications:,} runs" in shipped


def test_pairs_are_all_pairs_of_the_single_interventions() -> None:
    texts = load_plan("pairs").factors["interventions"]
    singles = [text for text in texts if text and "+" not in text]
    assert texts == ("", *singles, *("+".join(pair) for pair in itertools.combinations(singles, 2)))
    assert len(singles) == 6


def test_doses_of_a_curve_start_at_nothing_and_rise_alone() -> None:
    plan = load_plan("dose_response")
    points = design_of(plan, base_of(plan))
    assert set(points.rows[points.baseline]) == {0.0}
    for column in zip(*points.rows, strict=True):
        given = [dose for dose in column if dose]
        assert given == sorted(set(given))
        assert len(given) >= 6
    assert all(sum(1 for dose in row if dose) == 1 for row in points.rows[1:])
