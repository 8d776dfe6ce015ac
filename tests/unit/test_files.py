"""Results on disk: whole or not at all, and with their provenance."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.ensemble import files, result_tables
from sim.ensemble.comparison import Comparison
from sim.ensemble.runner import SERIES
from sim.ensemble.seeds import run_seed
from sim.spec.edit import with_values

TABLES = {
    "points": ["point_id", "point", "label", "family", "relationship", "n_interventions"],
    "runs": ["point_id", "draw", "replication", "seed", "status", "error", *(outcome.name for outcome in OUTCOMES)],
    "series": ["point_id", "draw", "replication", "day", "name", "value"],
}


def study(days: int = 20, warmup: int = 5) -> Comparison:
    scenario = with_values(sim.load_scenario("micro"), [("run.days", days), ("run.warmup_days", warmup)])
    return sim.compare(scenario, relationships=["undefined", "defined"], interventions=["liaison"], replications=3)


def write(folder: Path) -> Comparison:
    comparison = study()
    result_tables.write_results(folder, comparison.results, comparison.provenance)
    return comparison


def test_the_tables_have_their_columns_and_carry_their_provenance(tmp_path: Path) -> None:
    comparison = write(tmp_path / "new" / "folder")
    for name, columns in TABLES.items():
        table = pq.read_table(tmp_path / "new" / "folder" / f"{name}.parquet")
        assert table.column_names == columns
        about = json.loads(table.schema.metadata[b"smarketing"])
        assert about["digest"] == comparison.provenance["digest"]
        assert "timings" not in about
    about = json.loads((tmp_path / "new" / "folder" / "provenance.json").read_text(encoding="utf-8"))
    assert about == comparison.provenance


def test_the_runs_hold_every_run_with_its_seed(tmp_path: Path) -> None:
    comparison = write(tmp_path)
    runs = pd.read_parquet(tmp_path / "runs.parquet")
    assert list(runs["point_id"]) == [point for point in ("undefined", "defined", "liaison") for _ in range(3)]
    assert list(runs["seed"]) == 3 * [run_seed(1, replication) for replication in range(3)]
    assert set(runs["status"]) == {"done"}
    names = [outcome.name for outcome in OUTCOMES]
    np.testing.assert_array_equal(runs[names].to_numpy().reshape(3, 3, -1), comparison.results.outcomes)


def test_the_series_are_weekly_and_day_0_is_the_first_after_the_warm_up(tmp_path: Path) -> None:
    write(tmp_path)
    series = pd.read_parquet(tmp_path / "series.parquet")
    assert sorted(series["day"].unique()) == [-1, 4, 9, 14, 19]
    assert set(series["name"]) == set(SERIES)
    assert not series["value"].isna().any()


def test_equal_studies_give_equal_files(tmp_path: Path) -> None:
    write(tmp_path / "one")
    write(tmp_path / "two")
    for name in TABLES:
        assert (tmp_path / "one" / f"{name}.parquet").read_bytes() == (
            tmp_path / "two" / f"{name}.parquet"
        ).read_bytes()


def test_a_study_too_short_for_a_week_can_be_written(tmp_path: Path) -> None:
    comparison = study(days=1, warmup=0)
    result_tables.write_results(tmp_path, comparison.results, comparison.provenance)
    assert list(pd.read_parquet(tmp_path / "series.parquet").columns) == TABLES["series"]


def test_a_file_in_place_of_the_folder_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"--out: must be a folder that can be written \(.*\), got '.*taken'\nChoose"):
        write(tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"
    assert os.listdir(tmp_path) == ["taken"]


def test_a_table_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_table: object, path: Path, **_how: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        write(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_text_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    files.write_text(path, "old")

    def full(_old: object, _new: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="--out: cannot be written"):
        files.write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["page.html"]


def test_a_text_is_not_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--out: must be a file, not a folder, got"):
        files.write_text(tmp_path, "text")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices here")
def test_a_device_is_written_to_and_not_replaced() -> None:
    files.write_text(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no such file system here")
def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(InputError, match="--out: must be a folder that can be written .*, got '/proc/none'"):
        files.writable_folder(Path("/proc/none"))
