"""Sweeps: whoever works and however often they are interrupted, equal studies give equal bytes; a bad run is a row."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.domain import errors
from sim.domain.errors import InputError
from sim.ensemble import sweep, work
from sim.ensemble.chunks import RUNS, Part, chunks
from sim.ensemble.executors import Pool, drain
from sim.ensemble.experiment import experiment, load
from sim.ensemble.sweep import PointFailed
from sim.spec.plan import Plan
from tests.unit.small_studies import all_outcomes, exported, firm, plan_of, run, stop_after

FORMATS = ("csv", "parquet", "json")
MORE_FACTORS: dict[str, Any] = {
    "relationship": ["undefined", "integrated"],
    "market.gap_days": [8, 12],
    "interventions": ["", "liaison"],
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bytes of a study that nothing disturbed."""
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    run(plan_of(), store)
    return exported(store, FORMATS)


def interrupted(plan: Plan, store: Path, n_chunks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a plan, and interrupt it after some chunks."""
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "run_task", stop_after(n_chunks))
        with pytest.raises(KeyboardInterrupt):
            run(plan, store)


# --- Equal studies give equal bytes -----------------------------------------------------------------------------------


def test_an_export_has_every_run_of_every_table_in_the_order_of_the_plan(tmp_path: Path) -> None:
    study = run(plan_of(), tmp_path / "store")
    runs, points = study.runs, study.points
    assert list(runs["point_id"]) == [point for point in points["point_id"] for _ in range(10)]
    assert list(runs["replication"]) == list(range(10)) * 4
    assert (runs["status"] == "done").all()
    assert set(study.table("series")["name"]) == {"trust"}
    assert set(study.table("deals")["how"]) <= {"won", "lost", "open"}


@pytest.mark.parametrize("workers", [2, 5])
def test_the_number_of_threads_changes_no_byte(workers: int, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    run(plan_of(), tmp_path / "store", workers=workers)
    assert exported(tmp_path / "store", FORMATS) == undisturbed


def test_any_executor_will_do_and_is_left_open(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    with ThreadPoolExecutor(2) as own:
        run(plan_of(), tmp_path / "store", workers=None, executor=own)
        assert own.submit(int, "7").result() == 7
    assert exported(tmp_path / "store", FORMATS) == undisturbed


@pytest.mark.slow
def test_processes_change_no_byte(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    run(plan_of(), tmp_path / "store", workers=2, executor="processes")
    assert exported(tmp_path / "store", FORMATS) == undisturbed


@pytest.mark.slow
def test_a_dask_cluster_changes_no_byte(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        run(plan_of(), tmp_path / "store", workers=None, executor="dask", address=cluster.scheduler_address)
    assert exported(tmp_path / "store", FORMATS) == undisturbed


@pytest.mark.parametrize("n_chunks", [0, 1, 3])
def test_a_study_that_is_interrupted_and_resumed_is_the_same(
    n_chunks: int, tmp_path: Path, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of()
    monkeypatch.setattr("sim.ensemble.chunks.RUNS", 7)
    interrupted(plan, tmp_path / "store", n_chunks, monkeypatch)
    status = load(tmp_path / "store").status
    assert status.state == "incomplete"
    assert status.done + status.missing == 40
    assert (status.done > 0) == (n_chunks > 0)
    run(plan, tmp_path / "store", workers=2)
    assert exported(tmp_path / "store", FORMATS) == undisturbed


def test_what_is_done_is_a_balanced_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.ensemble.chunks.RUNS", 10)
    monkeypatch.setattr(sweep, "run_task", stop_after(3))
    with pytest.raises(KeyboardInterrupt):
        run(plan_of(replications=60), tmp_path / "store")
    study = load(tmp_path / "store")
    counts = study.runs.groupby("point_id")["replication"].count()
    assert study.status.balanced >= counts.max() - 5 > 0
    assert len(counts) == 4


def test_nothing_that_is_done_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plan_of(), tmp_path / "store")
    monkeypatch.setattr(sweep, "run_task", lambda _: pytest.fail("ran again"))
    assert run(plan_of(), tmp_path / "store").status.state == "complete"


# --- Extending --------------------------------------------------------------------------------------------------------

EXTENDED: dict[str, dict[str, Any]] = {
    "more replications": {"replications": 25},
    "fewer replications": {"replications": 6},
    "more points": {"factors": {"relationship": ["undefined", "aligned", "integrated"], "market.gap_days": [8, 12]}},
    "a factor with its old value among the new": {"factors": MORE_FACTORS},
    "points in another order": {"factors": {"market.gap_days": [12, 8], "relationship": ["integrated", "undefined"]}},
    "more outcomes": {"outcomes": all_outcomes()},
    "fewer outcomes": {"outcomes": ("profit",)},
    "more series": {"series": ("trust", "wins")},
    "other series": {"series": ("wins",)},
    "no series": {"series": ()},
    "more tables": {"tables": ("events", "deals", "incidents"), "replications": 2},
    "another scenario": {"base": firm(**{"people.reps": 3})},
}


@pytest.mark.slow
@pytest.mark.parametrize("changes", EXTENDED.values(), ids=EXTENDED.keys())
def test_a_study_that_is_extended_is_a_fresh_one_of_the_larger_plan(changes: dict[str, Any], tmp_path: Path) -> None:
    run(plan_of(), tmp_path / "store")
    run(plan_of(**changes), tmp_path / "store", extend=True)
    run(plan_of(**changes), tmp_path / "fresh")
    assert exported(tmp_path / "store") == exported(tmp_path / "fresh")


def test_extending_runs_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plan_of(), tmp_path / "store")
    made: list[int] = []

    def counted(task: work.Task) -> Any:
        made.append(len(task.points) * len(task.replications))
        return work.run_task(task)

    monkeypatch.setattr(sweep, "run_task", counted)
    run(plan_of(factors=MORE_FACTORS, replications=12), tmp_path / "store", extend=True)
    assert sum(made) == 8 * 12 - 4 * 10


def test_going_back_to_a_smaller_plan_shows_no_run_twice(tmp_path: Path) -> None:
    small, large = plan_of(), plan_of(outcomes=all_outcomes(), series=("trust", "wins"), replications=13)
    run(small, tmp_path / "store")
    before = exported(tmp_path / "store")
    run(large, tmp_path / "store", extend=True)
    study = run(small, tmp_path / "store", extend=True)
    assert study.contents.has_twins
    assert study.status.done == len(study.runs) == 40
    assert exported(tmp_path / "store") == before


def test_another_seed_cannot_extend_a_study(tmp_path: Path) -> None:
    run(plan_of(replications=1), tmp_path / "store")
    with pytest.raises(InputError, match=r"seed: must be that of the store \(1\) to extend it, got 2"):
        run(plan_of(seed=2), tmp_path / "store", extend=True)


# --- The cut ----------------------------------------------------------------------------------------------------------

MISSING = st.tuples(st.integers(1, 9), st.integers(1, 130), st.integers(0, 2**32 - 1), st.floats(0, 1)).map(
    lambda given: np.random.default_rng(given[2]).random(given[:2]) < given[3]
)


@settings(max_examples=60, deadline=None)
@given(MISSING)
def test_chunks_hold_every_missing_run_exactly_once(missing: Any) -> None:
    held = np.zeros(missing.shape, dtype=int)
    for chunk in chunks(missing):
        assert 0 < len(chunk.points) * len(chunk.replications) <= RUNS
        held[list(chunk.points), chunk.replications.start : chunk.replications.stop] += 1
    assert (held == missing).all()


@settings(max_examples=60, deadline=None)
@given(MISSING, st.integers(1, 5))
def test_parts_are_disjoint_and_together_all(missing: Any, of: int) -> None:
    planned = np.ones_like(missing)
    parts = [Part(number, of).of_missing(missing, planned) for number in range(1, of + 1)]
    assert (np.sum(parts, axis=0) == missing).all()


def test_the_first_replications_of_all_points_come_before_any_of_the_next() -> None:
    blocks = [chunk.replications for chunk in chunks(np.ones((7, 230), dtype=bool))]
    assert blocks == sorted(blocks, key=lambda block: block.start)
    assert {block.start for block in blocks} == {0, 5, 10, 20, 50, 100, 200}


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "", "1/2/3"])
def test_a_part_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--part: must look like K/N, with K from 1 to N, got"):
        Part.read(text)


# --- Until precise enough ---------------------------------------------------------------------------------------------


def sequential(width: float, maximum: int = 200, **more: Any) -> Any:
    rule = {"minimum": 50, "maximum": maximum, "precision": {"prospecting_share": width}}
    return plan_of(replications=rule, series=(), tables=(), **more)


def counted(study: Any) -> list[int]:
    """Replications of each point."""
    counts = study.runs.groupby("point_id", sort=False)["replication"].count()
    return [int(count) for count in counts]


def test_a_study_that_is_precise_at_once_stops_at_the_minimum(tmp_path: Path) -> None:
    assert counted(run(sequential(1.0), tmp_path / "store")) == [50, 50, 50, 50]


def test_a_study_that_never_is_precise_stops_at_the_maximum(tmp_path: Path) -> None:
    assert counted(run(sequential(0.0001, 150), tmp_path / "store")) == [150] * 4


def test_points_go_on_in_whole_blocks_until_each_is_precise_and_the_baseline_as_long_as_any(tmp_path: Path) -> None:
    study = run(sequential(0.018, 400), tmp_path / "store")
    baseline, *others = counted(study)
    assert all(count % 50 == 0 for count in [baseline, *others])
    assert baseline == max(others)
    assert len(set(others)) > 1
    assert study.status.state == "complete"


def test_a_sequential_study_that_is_interrupted_comes_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = sequential(0.018, 400)
    run(plan, tmp_path / "whole", workers=2)
    for n_chunks in (2, 2, 1):
        interrupted(plan, tmp_path / "store", n_chunks, monkeypatch)
    run(plan, tmp_path / "store")
    assert exported(tmp_path / "store") == exported(tmp_path / "whole")


def test_a_sequential_study_after_a_longer_one_shows_what_it_would_have_run_itself(tmp_path: Path) -> None:
    run(plan_of(replications=170, series=(), tables=()), tmp_path / "store")
    run(sequential(1.0), tmp_path / "store", extend=True)
    run(sequential(1.0), tmp_path / "fresh")
    assert exported(tmp_path / "store") == exported(tmp_path / "fresh")


def test_a_sequential_study_cannot_be_shared_by_machines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--part: needs a fixed number of replications, got '1/2'"):
        run(sequential(0.5), tmp_path / "store", part="1/2")


def test_the_progress_of_a_sequential_study_counts_the_runs_that_it_adds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    from sim.ensemble.progress import Advance

    ordinary = Advance.__call__

    def noted(self: Advance, runs: int) -> None:
        ordinary(self, runs)
        seen.append((self.done, self.total))

    monkeypatch.setattr(Advance, "__call__", noted)
    run(sequential(0.0001, 100), tmp_path / "store")
    assert all(done <= total for done, total in seen)
    assert seen[0][1] == 200
    assert seen[-1] == (400, 400)


# --- A poison point costs one row -------------------------------------------------------------------------------------


def poisoned_run(which: Callable[[int], bool], text: str = "bad luck") -> Callable[..., Any]:
    """A simulation that fails for some replications of the firms with a gap of 12 days."""
    ordinary = work.simulate_here

    def simulate(plan: Any, seed: int, *rest: Any) -> Any:
        if plan.rules.gap_days == 12 and which(seed >> 31):
            raise ZeroDivisionError(text)
        return ordinary(plan, seed, *rest)

    return simulate


def test_a_point_that_cannot_be_made_costs_one_row(tmp_path: Path) -> None:
    factors = {"people.reps": [1, 2], "people.generalists": [0, 2]}
    study = run(plan_of(factors=factors), tmp_path / "store")
    status = study.status
    assert (status.failed, status.failed_points, status.done, status.missing) == (1, 1, 30, 0)
    assert status.state == "complete"
    row = study.runs[study.runs["status"] == "failed"]
    assert len(row) == 1
    assert "generalists" in row["error"].iloc[0]
    assert row["profit"].isna().all()


def test_a_point_without_a_blueprint_costs_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = work.blueprint_of

    def blueprint_of(scenario: Any) -> Any:
        if scenario.market.gap_days == 12 and scenario.relationship == "integrated":
            raise OverflowError("too large")
        return ordinary(scenario)

    monkeypatch.setattr(work, "blueprint_of", blueprint_of)
    study = run(plan_of(replications=60), tmp_path / "store")
    assert (study.status.failed, study.status.failed_points, study.status.done) == (1, 1, 180)
    assert list(study.runs["error"].dropna()) == ["OverflowError: too large"]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_point_whose_every_run_fails_costs_one_row(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda _: True))
    study = run(plan_of(replications=60), tmp_path / "store", workers=workers)
    assert (study.status.failed, study.status.failed_points, study.status.done) == (2, 2, 120)
    assert study.status.balanced == 60
    assert len(study.runs) == 122


def test_a_point_whose_first_run_fails_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda _: True))
    task = work.Task((("p1", lambda: firm(**{"market.gap_days": 12})),), range(10), 1, work.Keep(("profit",)))
    assert len(work.run_task(task)["runs"]) == 1


def test_a_run_that_fails_costs_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda replication: replication == 7))
    study = run(plan_of(), tmp_path / "store")
    assert (study.status.failed, study.status.failed_points, study.status.done) == (2, 0, 38)
    failed = study.runs[study.runs["status"] == "failed"]
    assert list(failed["replication"]) == [7, 7]
    assert set(failed["error"]) == {"ZeroDivisionError: bad luck"}


def test_a_table_that_cannot_be_made_of_a_run_costs_that_run_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter(range(1000))
    ordinary = work.DETAILS["deals"]

    def deals(world: Any) -> Any:
        if next(made) == 3:
            raise KeyError("case")
        return ordinary(world)

    monkeypatch.setitem(work.DETAILS, "deals", deals)
    study = run(plan_of(), tmp_path / "store")
    assert (study.status.failed, study.status.done) == (1, 39)
    assert len(study.runs) == 40
    assert study.table("series").groupby(["point_id", "replication"]).ngroups == 39


def test_an_error_of_any_text_becomes_one_short_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "two\nlines \udcff\0 " + "long " * 1000
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda replication: replication == 2, text))
    (error, _) = run(plan_of(), tmp_path / "store").runs["error"].dropna()
    assert error.startswith("ZeroDivisionError: two; lines ? long long")
    assert len(error) == errors.LONGEST_ERROR


def test_a_study_that_is_to_stop_at_an_error_stops_and_goes_on_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.ensemble.chunks.RUNS", 5)
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda replication: replication == 0))
    for _ in range(2):  # what has failed once stops it again
        with pytest.raises(PointFailed, match="1 runs failed"):
            run(plan_of(on_error="stop"), tmp_path / "store")
    status = load(tmp_path / "store").status
    assert status.done <= 15
    assert status.failed == 1
    run(plan_of(), tmp_path / "store")
    run(plan_of(), tmp_path / "fresh")
    assert exported(tmp_path / "store") == exported(tmp_path / "fresh")


def test_a_poisoned_baseline_lets_a_sequential_study_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "simulate_here", poisoned_run(lambda _: True))
    factors = {"relationship": ["undefined", "integrated"], "market.gap_days": [12, 8]}
    study = run(sequential(0.01, factors=factors), tmp_path / "store")
    assert counted(study) == [1, 50, 1, 50]
    assert study.status.state == "complete"


# --- Workers that are lost --------------------------------------------------------------------------------------------


def a_future(error: BaseException) -> Any:
    future: Future[int] = Future()
    future.set_exception(error)
    return future


class Broken(Executor):
    """Workers elsewhere that answer with an error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def submit(self, *_: Any, **__: Any) -> Any:
        """Answer at once."""
        return a_future(self.error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("No module named 'sim'"), r"workers cannot do the work \(ModuleNotFoundError: No module"),
        (MemoryError(), "workers cannot do the work"),
    ],
)
def test_workers_that_cannot_do_the_work_are_told_of_plainly(error: Exception, said: str) -> None:
    with pytest.raises(InputError, match=said):
        drain(Pool(Broken(error), 1), int, ["1"], print)


def test_a_worker_with_other_results_is_refused() -> None:
    task = work.Task((), range(0), 1, work.Keep(("profit",)), results_version=work.RESULTS_VERSION + 1)
    with pytest.raises(InputError, match=f"must have results version {work.RESULTS_VERSION + 1} on every worker"):
        work.run_task(task)


def kill_oneself(_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(_: Any) -> None:
    raise InputError("field", "must hold", 3, "Mend it.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "said"), [(kill_oneself, "worker processes died"), (refuse, "field: must hold, got 3\nMend it.")]
)
def test_an_error_in_a_process_is_a_plain_message(job: Callable[[Any], None], said: str) -> None:
    from sim.ensemble.executors import pool_of

    with pool_of("processes", 1) as pool, pytest.raises(InputError, match=said):
        drain(pool, job, [1], print)


PARENT = """
import sys, time
from sim.ensemble.executors import pool_of
from os import getpid
if __name__ == "__main__":
    with pool_of("processes", 2) as pool:
        print(*{pool.executor.submit(getpid).result() for _ in range(20)}, flush=True)
        time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_worker_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, tmp_path / "parent.py"], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        workers = [Path("/proc", word) for word in parent.stdout.readline().split()]
        assert workers
        assert all(worker.exists() for worker in workers)
        parent.kill()
    end = time.monotonic() + 20
    while any(is_alive(worker) for worker in workers) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(is_alive(worker) for worker in workers)


def is_alive(process: Path) -> bool:
    try:
        return ") Z " not in (process / "stat").read_text()
    except OSError:
        return False


def test_an_unknown_executor_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)--executor: must be one of .*Did you mean 'threads'"):
        experiment(plan_of(), store=tmp_path / "store", executor="thread")
    with pytest.raises(InputError, match=r"(?s)--address: is the scheduler of a Dask cluster.*Add --executor dask"):
        experiment(plan_of(), store=tmp_path / "store", address="tcp://127.0.0.1:1")
    assert not (tmp_path / "store").exists()


def test_the_workers_of_a_pool_are_never_forked() -> None:
    from sim.ensemble.executors import pool_of

    with pool_of("processes", 1) as pool:
        assert pool.executor._mp_context is multiprocessing.get_context("spawn")  # type: ignore[attr-defined]
