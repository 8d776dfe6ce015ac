"""What can be asked of a study, and that the answers are those of its tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis import sequential
from sim.domain.errors import InputError
from sim.ensemble.experiment import Experiment
from sim.ensemble.pictures import courses
from sim.spec import designs
from sim.spec.edit import with_values
from sim.spec.plan import read_plan

TYPES = ["undefined", "aligned"]


def short() -> sim.Scenario:
    return with_values(sim.load_scenario("micro"), [("run.days", 60), ("run.warmup_days", 20)])


def study(folder: Path, **content: Any) -> Experiment:
    plan = {"name": "short", "replications": 12, "outcomes": ["leads_in", "handed_off", "trust"], **content}
    return sim.experiment(read_plan(plan, base=short()), store=folder, quiet=True)


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    factors = {"relationship": TYPES, "interventions": ["", "liaison", "collocation", "liaison+collocation"]}
    return study(tmp_path_factory.mktemp("grid"), design={"kind": "grid"}, factors=factors)


def values(of: Experiment, label: str, outcome: str) -> Any:
    (point,) = of.points.loc[of.points["label"] == label, "point_id"]
    return of.runs.loc[of.runs["point_id"] == point, outcome].to_numpy()


def test_a_comparison_pairs_each_point_with_the_baseline_of_its_group(grid: Experiment) -> None:
    table = grid.compare("trust", by="relationship").set_index("label")
    aligned = values(grid, "Aligned · Liaison", "trust") - values(grid, "Aligned", "trust")
    assert table.loc["Aligned · Liaison", "difference"] == pytest.approx(aligned.mean())
    assert list(table.index[table["verdict"] == "baseline"]) == ["Undefined", "Aligned"]


def test_without_groups_all_are_compared_with_the_first_point(grid: Experiment) -> None:
    table = grid.compare("trust").set_index("label")
    difference = values(grid, "Aligned", "trust") - values(grid, "Undefined", "trust")
    assert table.loc["Aligned", "difference"] == pytest.approx(difference.mean())
    assert list(table.index[table["verdict"] == "baseline"]) == ["Undefined"]


def test_the_plan_says_what_others_are_compared_with(tmp_path: Path) -> None:
    factors = {"relationship": TYPES}
    other = study(tmp_path, design={"kind": "grid"}, factors=factors, baseline={"relationship": "aligned"})
    assert other.baseline == {"relationship": "aligned"}
    verdicts = other.compare("trust").set_index("label")["verdict"]
    assert verdicts["Aligned"] == "baseline" != verdicts["Undefined"]


def test_a_comparison_says_the_same_as_the_command_compare(grid: Experiment) -> None:
    compared = sim.compare(short(), relationships=TYPES, replications=12).table().set_index(["scenario", "outcome"])
    asked = grid.compare("trust").set_index("label").loc["Aligned"]
    for column in ("mean", "difference", "ci_low", "ci_high"):
        assert asked[column] == compared.loc[("aligned", "trust"), column]


def test_the_best_of_each_group_is_named_with_its_guarantee(grid: Experiment) -> None:
    found = grid.best("trust", 0.01, by="relationship")
    assert [len(selection.labels) for selection in found] == [4, 4]
    assert found[0].labels[found[0].best] == grid.points["label"][int(np.argmax(found[0].means))]


def test_pairs_of_interventions_are_found_in_a_grid(grid: Experiment) -> None:
    table = grid.interactions("trust", by="relationship")
    assert len(table) == 2
    assert set(table["first"]) | set(table["second"]) == {"liaison", "collocation"}


def test_what_another_design_is_needed_for_is_said(grid: Experiment) -> None:
    with pytest.raises(InputError, match="sensitivity: needs a study of the design saltelli, got 'grid'"):
        grid.sensitivity("trust")
    with pytest.raises(InputError, match="screening: needs a study of the design morris, got 'grid'"):
        grid.screening("trust")


def test_indices_of_sensitivity_name_the_factor_that_matters(tmp_path: Path) -> None:
    factors = {"market.gap_days": {"low": 2, "high": 30}, "people.pay_marketer": {"low": 50_000, "high": 60_000}}
    content = {"design": {"kind": "saltelli", "samples": 16}, "factors": factors, "replications": 2}
    table = (
        study(tmp_path, **content, outcomes=["bookings_new"]).sensitivity("bookings_new").indices.set_index("factor")
    )
    assert table.loc["market.gap_days", "total"] > 0.5
    assert table.loc["people.pay_marketer", "total"] == 0.0


def test_a_screening_names_the_factor_that_matters(tmp_path: Path) -> None:
    factors = {"market.gap_days": {"low": 2, "high": 30}, "people.pay_marketer": {"low": 50_000, "high": 60_000}}
    content = {"design": {"kind": "morris", "trajectories": 6}, "factors": factors, "replications": 2}
    table = study(tmp_path, **content, outcomes=["bookings_new"]).screening("bookings_new").effects.set_index("factor")
    assert table.loc["market.gap_days", "mu_star"] > table.loc["people.pay_marketer", "mu_star"] == 0.0


def test_a_dose_is_looked_at_with_all_else_held(tmp_path: Path) -> None:
    factors = {"relationship": TYPES, "interventions.liaison.dose": [0, 1, 2]}
    doses = study(tmp_path, design={"kind": "grid"}, factors=factors)
    found = doses.dose_response("trust", "interventions.liaison.dose", relationship="aligned")
    assert found.effects["dose"].tolist() == [0.0, 1.0, 2.0]
    effect = values(doses, "Aligned · Liaison 2 persons", "trust") - values(doses, "Aligned", "trust")
    assert found.effects["difference"].iloc[2] == pytest.approx(effect.mean())
    with pytest.raises(InputError, match="factor: must be a factor of these points, got 'dose'"):
        doses.dose_response("trust", "dose")


def test_a_map_has_a_cell_for_each_situation(grid: Experiment) -> None:
    found = grid.contingency("trust")
    assert found.factors == ("interventions",)
    assert len(found.cells) == 4


def test_time_to_win_counts_the_deals_of_a_point(tmp_path: Path) -> None:
    content = {"design": {"kind": "grid"}, "factors": {"relationship": TYPES}, "tables": ["deals"]}
    deals = study(tmp_path, **content)
    table = deals.table("deals")
    (point,) = deals.points.loc[deals.points["label"] == "Aligned", "point_id"]
    assert deals.time_to_win("Aligned").n_deals == (table["point_id"] == point).sum() > 0
    longer = deals.time_to_win_difference("Aligned", "Undefined").quantities.set_index("quantity")["difference"]
    alone = [deals.time_to_win(label).quantities.set_index("quantity")["value"] for label in ("Aligned", "Undefined")]
    assert longer["share_open"] == pytest.approx(alone[0]["share_open"] - alone[1]["share_open"], abs=0.05)
    with pytest.raises(InputError, match="label: must be the label or id of a point, got 'aligned'"):
        deals.time_to_win("aligned")


def test_differences_are_those_of_equal_replications(grid: Experiment) -> None:
    table = grid.differences("trust")
    expected = values(grid, "Aligned · Liaison", "trust") - values(grid, "Undefined", "trust")
    np.testing.assert_array_equal(table["Aligned · Liaison"], expected)
    assert "Undefined" not in table
    with pytest.raises(InputError, match="outcome: must be one that the plan keeps, got 'profit'"):
        grid.differences("profit")


def test_a_watched_study_shows_how_it_became_precise(tmp_path: Path) -> None:
    rule = {"minimum": 50, "maximum": 150, "precision": {"handed_off": 0.004}}
    found = study(tmp_path, design={"kind": "grid"}, factors={"relationship": TYPES}, replications=rule)
    course = courses(found, "handed_off")["Aligned"]
    assert course["replications"].tolist() == list(range(50, len(found.differences("handed_off")) + 1, 50))
    assert course["mean"].iloc[-1] == found.compare("handed_off").set_index("label").loc["Aligned", "difference"]
    assert found.figure("convergence").axes


def test_a_table_that_is_not_kept_is_said_to_be_missing(grid: Experiment) -> None:
    with pytest.raises(InputError, match=r"table: must be one that the plan keeps \(points, runs\), got 'deals'"):
        grid.table("deals")


def test_a_study_can_be_asked_in_sql(grid: Experiment) -> None:
    asked = grid.sql("SELECT label, avg(trust) AS trust FROM runs JOIN points USING (point_id) GROUP BY label")
    assert asked.set_index("label")["trust"]["Aligned"] == pytest.approx(values(grid, "Aligned", "trust").mean())
    with pytest.raises(InputError, match="query: must be SQL that DuckDB understands"):
        grid.sql("SELECT everything")


def test_blocks_of_a_plan_are_those_of_the_interval() -> None:
    assert designs.BLOCK == sequential.BLOCK


def test_an_exported_table_says_what_it_comes_from(grid: Experiment, tmp_path: Path) -> None:
    grid.export(tmp_path, "parquet")
    about = json.loads(pq.ParquetFile(tmp_path / "runs.parquet").schema_arrow.metadata[b"smarketing"])
    assert (about["digest"], about["seed"], about["plan"]["name"]) == (grid.provenance["digest"], 1, "short")
    assert "commit" not in about
