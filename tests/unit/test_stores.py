"""Stores: what is damaged or strange is found, named and set aside, never read; and nothing that is done is lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble import checked, files, store, sweep
from sim.ensemble.experiment import experiment, load, plan_in
from sim.ensemble.store import DamagedRecord, open_store
from sim.ensemble.work import run_task
from sim.spec.plan import plan_with
from tests.unit.small_studies import exported, firm, plan_of, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete study in several chunks."""
    folder = tmp_path_factory.mktemp("made") / "store"
    run(plan_of(replications=30), folder)
    return folder


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(made, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture(scope="module")
def whole(made: Path) -> dict[str, str]:
    """Its export."""
    return exported(made)


def first(study: Path, table: str = "runs") -> Path:
    return sorted((study / table).iterdir())[0]


# --- Damaged and foreign files ----------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    """Turn one bit of the numbers."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def rewrite(path: Path) -> None:
    """A Parquet file with other numbers that says what the right one would."""
    table = pq.read_table(path)
    column = "profit" if "profit" in table.column_names else table.column_names[-1]
    frame = table.to_pandas()
    frame[column] = frame[column].iloc[0] if column == "how" else frame[column] + 1.0
    changed = type(table).from_pandas(frame, preserve_index=False, schema=table.schema)
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), path)


def rename(path: Path) -> None:
    other = sorted(path.parent.iterdir())[1]
    path.write_bytes(other.read_bytes())


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "a bit": flip,
    "cut short": cut_short,
    "empty": lambda path: path.write_bytes(b""),
    "foreign Parquet": lambda path: pd.DataFrame({"a": [1]}).to_parquet(path),
    "text": lambda path: path.write_text("point_id,profit\n1,2\n"),
    "other numbers": rewrite,
    "another chunk's content": rename,
}


@pytest.mark.parametrize("table", ["runs", "series", "deals"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_named_set_aside_and_made_anew(
    damage: Callable[[Path], Any], table: str, study: Path, whole: dict[str, str]
) -> None:
    path = first(study, table)
    damage(path)
    before = load(study)
    (fault,) = before.contents.faults
    assert fault.file == f"{table}/{path.name}"
    assert before.status.missing > 0
    assert before.status.set_aside == 1
    assert len(before.runs) == 120 - before.status.missing
    after = run(plan_in(open_store(study)), study)
    assert after.status.missing == 0
    assert after.contents.faults == ()
    assert (study / "set-aside" / f"{table}-{path.name}").exists()
    assert fault.reason in (study / "set-aside/reasons.txt").read_text()
    assert exported(study) == whole


def test_a_chunk_of_another_study_is_not_read(study: Path, tmp_path: Path, whole: dict[str, str]) -> None:
    run(plan_of(base=firm(**{"people.reps": 3}), replications=30), tmp_path / "other")
    for table in ("runs", "series", "deals"):
        shutil.copy(first(tmp_path / "other", table), study / table)
    assert exported(study) == whole
    assert load(study).status.done == 120


def test_a_chunk_of_another_version_of_the_model_is_set_aside(
    study: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_store(study)
    digest = first(study).stem
    tables = {name: found.read(name, digest) for name in ("series", "deals", "runs")}
    record = found.record | {"provenance": found.record["provenance"] | {"results_version": RESULTS_VERSION - 1}}
    store.Store(study, record).add(digest, tables, ("trust",))
    (fault, *_) = load(study).contents.faults
    assert fault.reason == f"does not belong here: its results_version is {RESULTS_VERSION - 1}, not {RESULTS_VERSION}"
    run(plan_in(found), study)
    assert exported(study) == whole


def test_strange_files_are_set_aside_wherever_they_lie(study: Path, whole: dict[str, str]) -> None:
    (study / "runs/notes.txt").write_text("mine")
    (study / "deals/.DS_Store").write_bytes(b"\0")
    (study / "runs/folder").mkdir()
    (study / "runs/folder.parquet").mkdir()
    run(plan_in(open_store(study)), study)
    aside = {path.name for path in (study / "set-aside").iterdir()}
    assert aside == {"runs-notes.txt", "deals-.DS_Store", "runs-folder", "runs-folder.parquet", "reasons.txt"}
    assert (study / "set-aside/runs-notes.txt").read_text() == "mine"
    assert exported(study) == whole


def test_a_file_that_is_damaged_twice_is_kept_twice(study: Path) -> None:
    for _ in range(2):
        first(study).write_text("not Parquet")
        run(plan_in(open_store(study)), study)
    assert load(study).store.n_aside() == 2


def test_what_a_killed_study_left_half_written_is_cleared_away(study: Path, whole: dict[str, str]) -> None:
    left = [study / "runs/.abc.parquet.part", study / ".points.parquet.part", study / ".store.json.x1y2"]
    for path in left:
        path.write_text("half")
    orphan = study / "series" / first(study, "series").name
    (study / "runs" / orphan.name).unlink()  # killed after the series, before the runs
    status = run(plan_in(open_store(study)), study).status
    assert status.set_aside == 0
    assert not any(path.exists() for path in left)
    assert exported(study) == whole


def test_no_byte_of_a_file_can_change_what_is_read(made: Path, tmp_path: Path) -> None:
    path, about = first(made), {"kind": store.KIND}
    content, table = path.read_bytes(), checked.read_checked(path, about)
    copy = tmp_path / "copy.parquet"
    for place in range(0, len(content), 41):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        copy.write_bytes(changed)
        with suppress(checked.Unfit):  # where it may be read, it is a byte that says nothing
            assert checked.read_checked(copy, about).equals(table)


# --- The record and the points ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [lambda _: None, flip, cut_short, lambda path: path.unlink()])
def test_points_that_are_lost_or_damaged_come_from_the_plan(
    damage: Callable[[Path], Any], study: Path, whole: dict[str, str]
) -> None:
    damage(study / "points.parquet")
    assert exported(study) == whole
    run(plan_in(open_store(study)), study)
    assert open_store(study).points() is not None


def test_points_of_another_plan_are_not_taken_for_these(study: Path, tmp_path: Path, whole: dict[str, str]) -> None:
    run(plan_of(base=firm(**{"people.reps": 3}), replications=1), tmp_path / "other")
    shutil.copy(tmp_path / "other/points.parquet", study)
    assert exported(study) == whole


def edited(record: str) -> str:
    return record.replace('"replications": 30', '"replications": 31')


@pytest.mark.parametrize(
    "change", [edited, lambda record: record[:200], lambda _: "", lambda _: '{"kind": "smarketing study"}']
)
def test_a_damaged_record_is_named_and_made_anew_from_the_plan(
    change: Callable[[str], str], study: Path, whole: dict[str, str]
) -> None:
    plan, record = plan_in(open_store(study)), study / "store.json"
    record.write_text(change(record.read_text()))
    with pytest.raises(
        DamagedRecord, match=r"(?s)store.json: must .*`smarketing experiment run PLAN --store .*` writes it"
    ):
        load(study)
    assert run(plan, study).status.done == 120
    assert exported(study) == whole


def test_a_lost_record_is_made_anew_from_the_plan(study: Path, whole: dict[str, str]) -> None:
    plan = plan_in(open_store(study))
    (study / "store.json").unlink()
    run(plan, study)
    assert exported(study) == whole


def test_a_study_that_was_killed_while_it_was_founded_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        (tmp_path / "store/.store.json.a1").write_text("half")
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_text", killed)
        with pytest.raises(SystemExit):
            run(plan_of(), tmp_path / "store")
    assert run(plan_of(), tmp_path / "store").status.state == "complete"


def sealed(study: Path, **changes: Any) -> None:
    """Write a record as an earlier or later version would have."""
    record = open_store(study).record | changes
    (study / "store.json").write_text(json.dumps(record | {"content": store._seal(record)}))


def test_a_store_of_a_later_layout_says_what_to_install(study: Path) -> None:
    newer = open_store(study).record["provenance"] | {"version": "9.1"}
    sealed(study, schema=store.STORE_SCHEMA + 1, provenance=newer)
    with pytest.raises(InputError, match=rf"schema: must be at most {store.STORE_SCHEMA}, got .*\n.*'smarketing>=9.1'"):
        load(study)


def test_a_store_of_an_earlier_layout_is_read_as_one_of_today(
    study: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = open_store(study).record["plan"]
    sealed(study, schema=0, plan={"old": plan})
    monkeypatch.setitem(store.UPGRADES, 0, lambda record: record | {"plan": record["plan"]["old"]})
    assert load(study).store.record["schema"] == store.STORE_SCHEMA
    assert exported(study) == whole
    assert run(plan_in(open_store(study)), study).status.done == 120


# --- Other results ----------------------------------------------------------------------------------------------------


def of_results(study: Path, version: int) -> None:
    """Make a store as another version of the model would have."""
    found = open_store(study)
    record = found.record | {"provenance": found.record["provenance"] | {"results_version": version, "version": "0.7"}}
    old = store.Store(study, record)
    for digest in load(study).contents.digests:
        old.add(digest, {name: found.read(name, digest) for name in ("series", "deals", "runs")}, ("trust",))
    sealed(study, provenance=record["provenance"])


@pytest.mark.parametrize("extend", [False, True])
def test_a_store_of_other_results_is_read_but_not_gone_on_with(
    extend: bool, study: Path, whole: dict[str, str]
) -> None:
    plan = plan_in(open_store(study))
    of_results(study, RESULTS_VERSION - 1)
    assert exported(study) == whole
    told = rf"--store: must be of results version {RESULTS_VERSION} .*got {RESULTS_VERSION - 1}\n.*smarketing==0.7"
    with pytest.raises(InputError, match=told):
        run(plan, study, extend=extend)


def test_a_store_of_other_results_without_its_points_is_not_read_as_empty(study: Path) -> None:
    of_results(study, RESULTS_VERSION - 1)
    (study / "points.parquet").unlink()
    with pytest.raises(InputError, match=r"points.parquet: must be of results version .*\n.*smarketing==0.7"):
        load(study)


# --- Folders and disks ------------------------------------------------------------------------------------------------


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match=r"--store: must be empty or hold a study, got .*\nChoose another folder"):
        run(plan_of(), tmp_path)
    assert os.listdir(tmp_path) == ["thesis.tex"]
    (tmp_path / "store.json").write_text('{"kind": "shop"}')
    with pytest.raises(InputError, match="must say that it is a smarketing study"):
        run(plan_of(), tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["store.json", "thesis.tex"]


def test_a_file_in_the_place_of_a_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(InputError, match=r"--store: must be a folder that can be written"):
        run(plan_of(), tmp_path / "store")


def test_no_store_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--store: must be the folder of a study \(store.json: No such file"):
        load(tmp_path)


def full_after(n_files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full after some files."""
    ordinary, written = files.write_bytes, []

    def write(path: Path, *rest: Any) -> None:
        written.append(path)
        if len(written) > n_files:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        ordinary(path, *rest)

    monkeypatch.setattr(checked, "write_bytes", write)


@pytest.mark.parametrize("n_files", [0, 1, 2, 3, 7])
def test_a_full_disk_keeps_what_is_done(
    n_files: int, tmp_path: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        full_after(n_files, patch)
        with pytest.raises(InputError, match=r"(?s)--store: cannot be written \(No space left on device\).*Make room"):
            run(plan_of(replications=30), tmp_path / "store")
    run(plan_of(replications=30), tmp_path / "store")
    assert exported(tmp_path / "store") == whole


def test_an_export_onto_a_full_disk_leaves_nothing_half_written(study: Path, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".runs.csv.part").symlink_to("/dev/full")
    (out / "runs.csv").write_text("old")
    with pytest.raises(InputError, match=r"--out: cannot be written"):
        load(study).export(out, "csv")
    assert (out / "runs.csv").read_text() == "old"
    assert not (out / ".runs.csv.part").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="folders are protected otherwise there")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_run(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(sweep, "run_task", lambda _: pytest.fail("ran"))
    monkeypatch.setattr(files.tempfile, "TemporaryFile", refused)
    with pytest.raises(InputError, match=r"--store: must be a folder that can be written \(Permission denied\)"):
        run(plan_of(), tmp_path / "new")
    assert load(study).status.state == "complete"


# --- Two at once, and plans that change -------------------------------------------------------------------------------


def test_a_second_process_is_refused_and_the_first_undisturbed(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.01)
    plan, before = plan_in(open_store(study)), sorted(study.rglob("*"))
    with FileLock(study / ".lock"):
        with pytest.raises(InputError, match="--store: is being worked on by another process"):
            run(plan, study)
        assert load(study).status.state == "running"
    assert sorted(study.rglob("*")) == before
    assert load(study).status.state == "complete"


def test_a_look_at_a_store_does_not_keep_others_from_working_on_it(study: Path) -> None:
    import threading

    lock = FileLock(study / ".lock", thread_local=False)
    lock.acquire()
    threading.Timer(0.2, lock.release).start()
    assert run(plan_in(open_store(study)), study).status.state == "complete"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"replications": 40}, "replications is 40, there 30"),
        ({"seed": 2}, "seed is 2, there 1"),
        ({"outcomes": ("profit",)}, "outcomes"),
        ({"base": firm(**{"market.seasonal_swing": 0.123})}, "scenario.market.seasonal_swing is 0.123, there "),
        ({"factors": {"relationship": ["undefined"], "market.gap_days": [8, 12]}}, "factors.relationship"),
    ],
)
def test_a_plan_that_was_changed_is_refused_naming_what_differs(
    changes: dict[str, Any], told: str, study: Path
) -> None:
    with pytest.raises(InputError, match="(?s)--store: must hold this plan; it holds another.*Different: ") as refused:
        run(plan_of(**{"replications": 30} | changes), study)
    assert told in str(refused.value)
    assert load(study).status.planned == 120


def test_words_and_the_error_policy_of_a_plan_may_change(study: Path, whole: dict[str, str]) -> None:
    changes = {"description": "other words", "name": "other", "on_error": "stop"}
    after = run(plan_with(plan_in(open_store(study)), **changes), study)
    assert after.plan.description == "other words"
    assert exported(study) == whole


def test_resuming_does_not_need_the_files_that_the_plan_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.spec.write import scenario_toml

    (tmp_path / "mine.toml").write_text(scenario_toml(firm()))
    (tmp_path / "plan.toml").write_text(
        'scenario = "mine.toml"\nreplications = 4\noutcomes = ["profit"]\n[design]\nkind = "grid"\n'
        '[factors]\nrelationship = ["undefined", "aligned"]\n'
    )
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "run_task", lambda task: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            experiment(tmp_path / "plan.toml", store=tmp_path / "store", workers=1, quiet=True)
    (tmp_path / "mine.toml").write_text(scenario_toml(firm(**{"people.reps": 3})))
    with pytest.raises(InputError, match=r"(?s)Different: scenario.people.reps is 3, there"):
        experiment(tmp_path / "plan.toml", store=tmp_path / "store", workers=1, quiet=True)
    (tmp_path / "mine.toml").unlink()
    assert run(plan_in(open_store(tmp_path / "store")), tmp_path / "store").status.done == 8


def test_run_task_is_what_the_sweep_calls() -> None:
    assert sweep.run_task is run_task
