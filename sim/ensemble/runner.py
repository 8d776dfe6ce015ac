"""Many runs: points × replications in small chunks on threads, in an order that keeps what is done balanced.

The behaviours release Python's lock, so threads are all that one machine needs. Neither the number of workers nor the
size of a chunk can change a result: a run depends on its scenario and its seed only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.blueprint import Blueprint
from sim.domain.errors import error_line
from sim.domain.outcomes import OUTCOMES
from sim.engine.run import outcomes_of, simulate_here
from sim.ensemble.design import Point
from sim.ensemble.executors import check_workers, drain, pool_of
from sim.ensemble.seeds import check_whole, run_seed
from sim.ensemble.weekly import weekly_series
from sim.spec.designs import MOST_REPLICATIONS, MOST_SEED
from sim.spec.resolve import blueprint_of

CHUNK = 5
#: Weekly series that are kept of every run: columns of the journal.
SERIES = ("trust", "contacted", "expired", "handed_off")


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
    errors : dict
        What went wrong, by point and replication: only with a posterior, of which a draw may make no scenario.
    """

    points: list[Point]
    outcomes: Any
    series: Any
    is_done: Any
    seed: int
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def draws(self) -> Any:
        """Draw of a posterior that each replication used, int of shape (replications,); None without one."""
        if self.points[0].posterior is None:
            return None
        return np.array([self.points[0].draw_of(replication) for replication in range(self.is_done.shape[1])])

    @property
    def n_complete(self) -> int:
        """Replications that every point has tried; they come first."""
        tried = self.is_done.copy()
        for run in self.errors:
            tried[run] = True
        together = tried.all(axis=0)
        return int(together.argmin()) if not together.all() else len(together)

    def complete_only(self) -> Results:
        """The balanced part: replications that every point has tried."""
        n = self.n_complete
        errors = {run: error for run, error in self.errors.items() if run[1] < n}
        outcomes, series, is_done = (table[:, :n] for table in (self.outcomes, self.series, self.is_done))
        return Results(self.points, outcomes, series, is_done, self.seed, errors)


def check_study(replications: int, seed: int, workers: int | None = None) -> None:
    """Make sure that a study can be run, before anything is prepared for it.

    Raises
    ------
    InputError
        If the number of replications or of workers, or the seed, is none.
    """
    check_whole("replications", replications, 1, MOST_REPLICATIONS)
    check_whole("seed", seed, 0, MOST_SEED)
    check_workers(workers)


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
        Threads, 1 to 1000; by default one for each processor.
    progress : callable, optional
        Told the number of runs that have just been finished.

    Notes
    -----
    Points with a posterior are run over its draws (`sim.spec.posterior`); a draw that makes no scenario is noted in
    `Results.errors`.

    Returns
    -------
    Results
        All of it; or, when interrupted with Ctrl-C, what was done, with `is_done` saying which.
    """
    check_study(replications, seed, workers)
    plans = [blueprint_of(point.scenario) for point in points]
    results = _empty_results(points, plans, replications, seed)

    def run_chunk(chunk: tuple[int, range]) -> int:
        point, block = chunk
        if points[point].posterior is not None:
            return _run_draws(point, block, results)
        return _run_chunk(plans[point], point, block, results)

    with pool_of("threads", workers) as pool, suppress(KeyboardInterrupt):
        drain(pool, run_chunk, _chunks(len(points), replications), progress or (lambda _: None))
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


def _run_chunk(plan: Blueprint, point: int, replications: range, results: Results) -> int:
    for replication in replications:
        world = simulate_here(plan, run_seed(results.seed, replication))
        results.outcomes[point, replication] = outcomes_of(world).tolist()
        weekly = weekly_series(world.journal, plan.n_days, SERIES)
        results.series[point, replication, : len(weekly)] = weekly
        results.is_done[point, replication] = True
    return len(replications)


def _run_draws(point: int, replications: range, results: Results) -> int:
    """Run replications of a point, each in its draw; a draw that fails is noted, and the others go on."""
    of = results.points[point]
    for draw, block in groupby(replications, of.draw_of):
        own = list(block)
        try:
            plan = blueprint_of(of.scenario_in(draw))
            _run_chunk(plan, point, range(own[0], own[-1] + 1), results)
        except Exception as error:  # whatever it is, the study goes on without it
            results.errors |= {(point, replication): error_line(error) for replication in own}
            results.is_done[point, own] = False
    return len(replications)
