"""Many runs: points × replications in small chunks on threads, in an order that keeps what is done balanced.

The behaviours release Python's lock, so threads are all that one machine needs. Neither the number of workers nor the
size of a chunk can change a result: a run depends on its scenario and its seed only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.blueprint import Blueprint
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.domain.records import JOURNAL_FIELDS
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.design import Point
from sim.spec.resolve import blueprint_of

CHUNK = 5
MOST_SEED = 2**31 - 1
SEEDS = MOST_SEED + 1
MOST_REPLICATIONS = 100_000
MOST_WORKERS = 1000
#: Weekly series that are kept of every run: columns of the journal; levels are those of Friday, the others are sums.
SERIES = ("trust", "contacted", "expired", "handed_off")
LEVELS = frozenset(field.name for field in JOURNAL_FIELDS if field.kind == "level")


@dataclass
class Results:
    """Outcomes of a study.

    Parameters
    ----------
    points : list of Point
        The baseline first.
    outcomes : numpy.ndarray
        float64 of shape (points, replications, outcomes); NaN where there is none.
    series : numpy.ndarray
        float64 of shape (points, replications, weeks, SERIES).
    is_done : numpy.ndarray
        bool of shape (points, replications).
    seed : int
        Of the study; replication r of every point runs on `run_seed(seed, r)`.
    """

    points: list[Point]
    outcomes: Any
    series: Any
    is_done: Any
    seed: int

    @property
    def n_complete(self) -> int:
        """Replications that are done in every point; they come first."""
        together = self.is_done.all(axis=0)
        return int(together.argmin()) if not together.all() else len(together)

    def complete_only(self) -> Results:
        """The balanced part: replications that are done in every point."""
        n = self.n_complete
        return Results(self.points, self.outcomes[:, :n], self.series[:, :n], self.is_done[:, :n], self.seed)


def run_seed(seed: int, replication: int) -> int:
    """Seed of a replication: the first has the study's own, and studies of different seeds share no run.

    Raises
    ------
    InputError
        If the seed is no whole number, negative or too large.
    """
    check_whole("seed", seed, 0, MOST_SEED)
    return int(seed) + SEEDS * replication


def check_whole(field: str, value: Any, low: int, high: int) -> None:
    """Make sure that a value is a whole number within a range, both ends allowed."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise InputError(field, f"must be a whole number between {low} and {high}", value)


def check_study(replications: int, seed: int, workers: int | None = None) -> None:
    """Make sure that a study can be run, before anything is prepared for it.

    Raises
    ------
    InputError
        If the number of replications or of workers, or the seed, is none.
    """
    check_whole("replications", replications, 1, MOST_REPLICATIONS)
    check_whole("seed", seed, 0, MOST_SEED)
    if workers is not None:
        check_whole("workers", workers, 1, MOST_WORKERS)


def n_cpus() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_points(
    points: Sequence[Point],
    replications: int,
    seed: int = 1,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Run every point with the same replications' luck.

    Parameters
    ----------
    points : sequence of Point
        The baseline first.
    replications : int
        1 to MOST_REPLICATIONS.
    seed : int
        0 to MOST_SEED.
    workers : int, optional
        Threads, 1 to MOST_WORKERS; by default one for each processor.
    progress : callable, optional
        Told the number of runs that have just been finished.

    Returns
    -------
    Results
        All of it; or, when interrupted with Ctrl-C, what was done, with `is_done` saying which.
    """
    check_study(replications, seed, workers)
    plans = [blueprint_of(point.scenario) for point in points]
    results = _empty_results(points, plans, replications, seed)
    tasks = _chunks(len(points), replications)
    with ThreadPoolExecutor(workers or n_cpus()) as pool:
        _drain(pool, tasks, plans, results, progress or (lambda _: None))
    return results


def _empty_results(points: Sequence[Point], plans: list[Blueprint], replications: int, seed: int) -> Results:
    weeks = max(plan.n_days for plan in plans) // DAYS_PER_WEEK
    shape = (len(points), replications)
    outcomes = np.full((*shape, len(OUTCOMES)), np.nan)
    series = np.full((*shape, weeks, len(SERIES)), np.nan)
    return Results(list(points), outcomes, series, np.zeros(shape, dtype=bool), seed)


def _chunks(n_points: int, replications: int) -> Iterator[tuple[int, range]]:
    """Chunks of work, all points of the first replications before any of the next."""
    for first in range(0, replications, CHUNK):
        for point in range(n_points):
            yield point, range(first, min(first + CHUNK, replications))


def _drain(
    pool: ThreadPoolExecutor,
    tasks: Iterator[tuple[int, range]],
    plans: list[Blueprint],
    results: Results,
    progress: Callable[[int], None],
) -> None:
    """Keep the workers busy until the work is done or somebody interrupts; a chunk under way is finished."""
    running: set[Future[int]] = set()
    try:
        for point, replications in tasks:
            running.add(pool.submit(_run_chunk, plans[point], point, replications, results))
            if len(running) > 2 * pool._max_workers:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    progress(future.result())
        for future in running:
            progress(future.result())
    except KeyboardInterrupt:
        for future in running:
            future.cancel()


def _run_chunk(plan: Blueprint, point: int, replications: range, results: Results) -> int:
    world = None
    for replication in replications:
        world = simulate(plan, run_seed(results.seed, replication), world)
        results.outcomes[point, replication] = outcomes_of(world).tolist()
        weekly = weekly_series(world.journal, plan.n_days)
        results.series[point, replication, : len(weekly)] = weekly
        results.is_done[point, replication] = True
    return len(replications)


def weekly_series(journal: Any, n_days: int) -> Any:
    """Weekly values of SERIES from a journal, float64 of shape (weeks, SERIES)."""
    weeks = n_days // DAYS_PER_WEEK
    columns = []
    for name in SERIES:
        days = np.asarray(journal[name][: weeks * DAYS_PER_WEEK]).reshape(weeks, DAYS_PER_WEEK)
        columns.append(days[:, -1] if name in LEVELS else days.sum(axis=1))
    return np.stack(columns, axis=1)
