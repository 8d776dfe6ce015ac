"""Many runs: whatever the workers, chunks and interruptions, the same results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.ensemble import runner
from sim.ensemble.design import comparison_points
from sim.ensemble.runner import Results, run_points
from sim.ensemble.seeds import MOST_SEED, run_seed
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_interventions, with_values
from sim.spec.labels import dose_text
from sim.spec.scenario import Scenario


def short(**more: Any) -> Scenario:
    """A micro firm for a few days."""
    changes = {"run.days": 20, "run.warmup_days": 5, **{name.replace("__", "."): value for name, value in more.items()}}
    return with_values(load_scenario("micro"), changes.items())


def study(replications: int = 12, **options: Any) -> Results:
    return run_points(comparison_points(short(), ["undefined", "integrated"], ["liaison"]), replications, **options)


def assert_same(one: Results, other: Results) -> None:
    assert one.outcomes.tobytes() == other.outcomes.tobytes()
    assert one.series.tobytes() == other.series.tobytes()
    assert one.is_done.all()
    assert other.is_done.all()


@pytest.mark.parametrize("workers", [2, 3, 20])
def test_the_number_of_workers_changes_nothing(workers: int) -> None:
    assert_same(study(workers=1), study(workers=workers))


@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_the_size_of_a_chunk_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = study()
    monkeypatch.setattr(runner, "CHUNK", chunk)
    assert_same(expected, study())


def test_fewer_replications_are_the_first_of_more() -> None:
    assert study(3).outcomes.tobytes() == np.ascontiguousarray(study(8).outcomes[:, :3]).tobytes()


def test_another_seed_is_other_luck() -> None:
    assert study(2, seed=1).outcomes.tobytes() != study(2, seed=2).outcomes.tobytes()


@pytest.mark.parametrize("stop_after", [1, 7])
def test_an_interrupted_study_keeps_a_balanced_part(stop_after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CHUNK", 2)
    finished: list[int] = []

    def stop(runs: int) -> None:
        finished.append(runs)
        if len(finished) == stop_after:
            raise KeyboardInterrupt

    results = run_points(comparison_points(short(), ["undefined", "integrated"], []), 200, 1, 2, stop)
    done = results.is_done.sum(axis=1)
    assert not results.is_done.all()
    assert done.any() and results.n_complete < 200
    assert results.n_complete > 0 or stop_after == 1  # the first chunk can end before the other point's has begun
    assert done.max() - done.min() <= 2 * 2 * 3  # chunks of two in flight and finished on two workers
    assert results.complete_only().is_done.all()
    n = results.n_complete
    complete = results.complete_only().outcomes
    assert complete.tobytes() == np.ascontiguousarray(study(max(n, 1)).outcomes[:2, :n]).tobytes()


def test_progress_counts_every_run_once() -> None:
    counted: list[int] = []
    study(12, progress=counted.append)
    assert sum(counted) == 36


def test_an_error_in_a_run_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(runner, "simulate_here", fail)
    with pytest.raises(RuntimeError, match="broken"):
        study(2)


def test_studies_of_different_seeds_share_no_run() -> None:
    seeds = [run_seed(seed, replication) for seed in (0, 1, 2, MOST_SEED) for replication in range(1000)]
    assert len(set(seeds)) == len(seeds)
    assert run_seed(MOST_SEED, runner.MOST_REPLICATIONS) < 2**63


def test_the_first_replication_has_the_seed_of_the_study() -> None:
    assert run_seed(5, 0) == 5


@pytest.mark.parametrize("seed", [-1, MOST_SEED + 1, 1.5, True, "1"])
def test_a_seed_must_be_a_whole_number_in_range(seed: Any) -> None:
    with pytest.raises(InputError, match=f"seed: must be a whole number between 0 and {MOST_SEED}, got"):
        sim.run(short(), seed=seed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replications": 0}, "replications: must be a whole number between 1 and 100000, got 0"),
        ({"replications": 10**9}, "replications: must be a whole number between 1 and 100000, got 1000000000"),
        ({"replications": 2.5}, "replications: must be a whole number between 1 and 100000, got 2.5"),
        ({"replications": 2, "workers": 0}, "workers: must be a whole number between 1 and 1000, got 0"),
    ],
)
def test_a_study_that_cannot_be_run_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sim.compare(short(), **options)


def test_a_run_is_the_first_replication_of_a_comparison() -> None:
    results = sim.compare(short(), relationships=["aligned"], replications=2, seed=3).results
    outcomes = sim.run(short(), relationship="aligned", seed=3).outcomes
    compared = results.outcomes[0, 0]
    expected = [None if np.isnan(value) else value for value in compared]
    assert [outcomes[outcome.name] for outcome in OUTCOMES] == expected


def test_a_run_of_a_single_day_works() -> None:
    results = run_points(comparison_points(short(run__days=1, run__warmup_days=0), ["undefined"], []), 2)
    assert results.is_done.all()
    assert results.series.shape[2] == 0


def test_interventions_come_on_top_of_those_that_a_scenario_has() -> None:
    scenario = with_interventions(short(), "liaison")
    points = comparison_points(scenario, [], ["liaison", "collocation=0.5@3"])
    assert [point.id for point in points] == ["undefined", "liaison", "collocation=0.5@3"]
    assert [len(point.scenario.interventions) for point in points] == [1, 2, 2]
    assert points[2].label == "Sitting together (50 %) from day 3"


def test_interventions_are_put_on_the_baseline_type() -> None:
    points = comparison_points(short(), ["aligned", "undefined"], ["liaison"])
    assert [point.scenario.relationship for point in points] == ["aligned", "undefined", "aligned"]


@pytest.mark.parametrize(
    ("types", "uses", "twice"),
    [
        (["defined", "defined"], [], "defined"),
        (["undefined", "undisciplined"], [], "undefined"),
        ([], ["liaison", "liaison=2"], "liaison"),
    ],
)
def test_a_scenario_named_twice_is_refused(types: list[str], uses: list[str], twice: str) -> None:
    with pytest.raises(InputError, match=f"each scenario may be named once, got '{twice}'"):
        comparison_points(short(), types, uses)


@pytest.mark.parametrize(
    ("dose", "unit", "text"),
    [
        (0.5, "share", "50 %"),
        (1.0, "persons", "1 person"),
        (3.0, "persons", "3 persons"),
        (None, "share", "usual dose"),
    ],
)
def test_a_dose_is_said_as_people_say_it(dose: float | None, unit: str, text: str) -> None:
    assert dose_text(dose, unit) == text
