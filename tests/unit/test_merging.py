"""Merging: stores of one study are joined, whatever each holds; what disagrees or does not belong is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble import store
from sim.ensemble.experiment import load
from sim.ensemble.merging import merge
from sim.ensemble.store import open_store
from tests.unit.small_studies import exported, firm, plan_of, run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study that one machine ran."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    run(plan_of(replications=60), folder)
    return folder


def parts(folder: Path, of: int) -> list[Path]:
    """The same study on several machines."""
    found = [folder / f"part{number}" for number in range(1, of + 1)]
    for number, path in enumerate(found, 1):
        run(plan_of(replications=60), path, part=f"{number}/{of}")
    return found


@pytest.mark.parametrize("of", [2, 3])
def test_parts_of_several_machines_make_the_whole(of: int, whole: Path, tmp_path: Path) -> None:
    shares = parts(tmp_path, of)
    assert sum(load(share).status.done for share in shares) == 240
    merged = merge(tmp_path / "all", shares[::-1])
    assert (merged.taken, merged.known, merged.faults) == (240, 0, ())
    assert load(tmp_path / "all").status.state == "complete"
    assert exported(tmp_path / "all", ("csv", "parquet", "json")) == exported(whole, ("csv", "parquet", "json"))


def test_merging_again_changes_nothing(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "copy")
    merged = merge(tmp_path / "copy", [whole, whole, tmp_path / "copy"])
    assert (merged.taken, merged.known) == (0, 720)
    assert exported(tmp_path / "copy") == exported(whole)


def test_stores_that_share_some_runs_are_joined(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one, _) = parts(tmp_path, 2)
    monkeypatch.setattr("sim.ensemble.chunks.RUNS", 17)
    (other, *_) = parts(tmp_path / "otherwise", 3)
    merged = merge(tmp_path / "all", [one, other])
    assert merged.known > 0
    assert merged.taken + merged.known == load(one).status.done + load(other).status.done
    assert not load(tmp_path / "all").contents.has_twins
    run(plan_of(replications=60), tmp_path / "all")
    assert exported(tmp_path / "all") == exported(whole)


def disagreeing(source: Path, copy: Path, table: str, column: str) -> None:
    """A copy of a store in which one number of a chunk is another, as from a broken computer."""
    shutil.copytree(source, copy)
    found = open_store(copy)
    digest = load(copy).contents.digests[0]
    tables = {name: found.read(name, digest) for name in ("series", "deals", "runs")}
    values: list[Any] = tables[table].column(column).to_pylist()
    place = next(i for i, value in enumerate(values) if value is not None)
    values[place] += 1.0
    index = tables[table].schema.get_field_index(column)
    tables[table] = tables[table].set_column(index, column, pa.array(values))
    found.add(digest, tables, ("trust",))


@pytest.mark.parametrize(("table", "column"), [("runs", "profit"), ("series", "value"), ("deals", "days")])
def test_stores_that_disagree_are_refused_naming_the_run(table: str, column: str, whole: Path, tmp_path: Path) -> None:
    disagreeing(whole, tmp_path / "copy", table, column)
    with pytest.raises(InputError, match="merge: stores must agree about every run that both hold") as refused:
        merge(tmp_path / "all", [whole, tmp_path / "copy"])
    assert f"Different: {column} of point p" in str(refused.value)
    assert exported(tmp_path / "all") == exported(whole)


def test_another_study_is_refused(whole: Path, tmp_path: Path) -> None:
    run(plan_of(replications=60, base=firm(**{"people.reps": 3})), tmp_path / "other")
    with pytest.raises(InputError, match="merge: must be of the same study"):
        merge(tmp_path / "all", [whole, tmp_path / "other"])
    assert not (tmp_path / "all").exists()
    with pytest.raises(InputError, match="--store: must hold this plan; it holds another"):
        merge(tmp_path / "other", [whole])


def test_other_results_are_refused_naming_the_version(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "old")
    record = open_store(whole).record
    record = record | {"provenance": record["provenance"] | {"results_version": RESULTS_VERSION - 1, "version": "0.7"}}
    store.Store(tmp_path / "old", record).found(load(whole).sweep.points.table())
    with pytest.raises(InputError, match=r"must be of results version .*\n.*smarketing==0.7"):
        merge(tmp_path / "all", [tmp_path / "old"])


def test_damaged_files_of_a_source_are_named_and_left_there(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path / "copy")
    path = sorted((tmp_path / "copy/runs").iterdir())[0]
    path.write_text("broken")
    merged = merge(tmp_path / "all", [tmp_path / "copy"])
    assert len(merged.faults) == 1
    assert str(path) in merged.faults[0]
    assert path.read_text() == "broken"
    assert load(tmp_path / "all").status.missing > 0


def test_nothing_to_merge_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="merge: needs a store to merge"):
        merge(tmp_path / "all", [])
