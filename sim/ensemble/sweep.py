"""A sweep: what of a study is missing, who runs it, and when it is precise enough."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.sequential import is_precise
from sim.domain.errors import InputError
from sim.ensemble.chunks import Chunk, Part, chunks
from sim.ensemble.executors import Pool, drain
from sim.ensemble.points import StudyPoints
from sim.ensemble.progress import Advance
from sim.ensemble.store import Contents, Store
from sim.ensemble.work import FAILED, Keep, Task, run_task
from sim.spec.designs import BLOCK, Sequential
from sim.spec.plan import Plan, outcomes_kept

if TYPE_CHECKING:
    import pyarrow as pa


class PointFailed(Exception):  # noqa: N818 - what stops a study that asks for it; the command says the rest
    """A run failed in a study that is to stop then."""


@dataclass
class Progress:
    """What is known of a study's runs.

    Parameters
    ----------
    done, failed : numpy.ndarray
        bool of shape (distinct points, most replications).
    values : dict
        Outcome → float64 of that shape, of outcomes that decide when to stop; NaN where there is none.
    is_drawn : bool
        Whether runs are over draws, of which one that fails says nothing of the others.
    """

    done: Any
    failed: Any
    values: dict[str, Any] = field(default_factory=dict)
    is_drawn: bool = False

    @property
    def poisoned(self) -> Any:
        """Points that cannot be run at all, as their first replication failed; bool of shape (distinct points,)."""
        return self.failed[:, 0] & (not self.is_drawn)

    @property
    def tried(self) -> Any:
        """Runs that need not be made: done, failed, or of a point that cannot be run."""
        return self.done | self.failed | self.poisoned[:, None]

    def note(self, place: dict[str, int], runs: pa.Table) -> None:
        """Take in runs; those of other points or beyond the last replication are left out."""
        points = np.array([place.get(point_id, -1) for point_id in runs.column("point_id").to_pylist()], dtype=np.int64)
        replications = runs.column("replication").to_numpy()
        mine = (points >= 0) & (replications < self.done.shape[1])
        failed = np.array([status == FAILED for status in runs.column("status").to_pylist()], dtype=bool)
        where = points[mine], replications[mine]
        self.done[where], self.failed[where] = ~failed[mine], failed[mine]
        for name, values in self.values.items():
            values[where] = runs.column(name).to_numpy()[mine]


@dataclass(frozen=True)
class Sweep:
    """A plan with its points, in a store.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    points : StudyPoints
        Of the plan.
    store : Store
        Where it lies.
    """

    plan: Plan
    points: StudyPoints
    store: Store

    @property
    def keep(self) -> Keep:
        """What is kept of every run."""
        return keep_of(self.plan)

    def nothing_done(self) -> Progress:
        """The state before any run."""
        shape = (len(self.points.distinct), self.plan.most_replications)
        rule = self.plan.replications
        watched = rule.precision if isinstance(rule, Sequential) else ()
        values = {name: np.full(shape, np.nan) for name in watched}
        is_drawn = self.points.posterior is not None
        return Progress(np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool), values, is_drawn)

    def task(self, places: Sequence[int], replications: range, keep: Keep) -> Task:
        """What a worker is to do: replications of some points."""
        points = tuple(self.points.source(place) for place in places)
        return Task(points, replications, self.plan.seed, keep, self.points.draws(replications))

    def state(self, contents: Contents) -> Progress:
        """What is done, from the files of the store."""
        state = self.nothing_done()
        if not state.values:
            state.note(self.points.place, contents.keys)
            return state
        for digest in contents.digests:
            columns = [*contents.keys.column_names, *state.values]
            state.note(self.points.place, self.store.read("runs", digest).select(columns))
        return state

    def counts(self, state: Progress) -> Any:
        """Replications that each distinct point is to have by what is known, int of shape (distinct points,)."""
        rule = self.plan.replications
        n_points = len(self.points.distinct)
        if not isinstance(rule, Sequential):
            return np.full(n_points, rule)
        counts = np.full(n_points, rule.minimum)
        while True:
            asked = self._not_precise(state, rule, counts)
            if asked is None or not asked.any():
                return counts
            counts = np.where(asked, counts + BLOCK, counts)

    def _not_precise(self, state: Progress, rule: Sequential, counts: Any) -> Any:
        """Points that need one more block, or None where what they have is not complete yet.

        The baseline goes on as long as any other does, for each is compared with it on the same replications.
        """
        if not all(state.tried[place, :count].all() for place, count in enumerate(counts)):
            return None
        asked = np.array([self._needs_more(state, rule, (place, count)) for place, count in enumerate(counts)])
        others = np.delete(asked, self.points.baseline)
        if len(others):
            asked[self.points.baseline] = others.any() and counts[self.points.baseline] <= counts[asked].max()
        return asked & (counts < rule.maximum)

    def _needs_more(self, state: Progress, rule: Sequential, of: tuple[int, int]) -> bool:
        place, count = of
        if state.poisoned[place]:
            return False
        alone = len(self.points.distinct) == 1
        for name, width in rule.precision.items():
            base = state.values[name][self.points.baseline, :count]
            values = base if alone else state.values[name][place, :count] - base
            if not np.isfinite(base).any():
                continue
            if not is_precise(values, float(np.nanmean(base)), width):
                return True
        return False


def keep_of(plan: Plan) -> Keep:
    """What a plan keeps of every run."""
    return Keep(outcomes_kept(plan), plan.series, plan.tables)


def missing_of(counts: Any, state: Progress) -> Any:
    """Runs still to be made, bool of shape (distinct points, most replications)."""
    return planned_of(counts, state) & ~state.tried


def planned_of(counts: Any, state: Progress) -> Any:
    """Runs of the plan, bool of shape (distinct points, most replications)."""
    return np.arange(state.done.shape[1]) < np.asarray(counts)[:, None]


def run_sweep(sweep: Sweep, state: Progress, who: tuple[Pool, Part], advance: Advance) -> None:
    """Run what is missing, chunk by chunk; `state` is changed in place.

    Parameters
    ----------
    sweep : Sweep
        What is asked for, and where it is kept.
    state : Progress
        What is done.
    who : (Pool, Part)
        Who works, and on which part.
    advance : Advance
        Told the number of runs that have just been written, and of those that are still to come.

    Raises
    ------
    PointFailed
        If the plan says that a failure stops it, and there is one, from before or now.
    InputError
        If the store cannot be written.
    """

    def take(tables: dict[str, pa.Table]) -> None:
        runs = tables["runs"]
        if len(runs) == 0:  # of points that have failed meanwhile
            return
        sweep.store.add(chunk_digest(runs, sweep.keep), tables, sweep.keep.series)
        state.note(sweep.points.place, runs)
        advance(len(runs))
        stop_at_failure(sweep.plan, state)

    pool, part = who
    while True:
        counts = sweep.counts(state)
        missing = part.of_missing(missing_of(counts, state), planned_of(counts, state))
        if not missing.any():
            return
        advance.expect(int(missing.sum()))
        drain(pool, run_task, _tasks(sweep, chunks(missing)), take)
        if not isinstance(sweep.plan.replications, Sequential):
            return


def stop_at_failure(plan: Plan, state: Progress) -> None:
    """Stop a study that is to stop at a run that fails.

    Raises
    ------
    PointFailed
        If a run has failed, and the plan says that this stops it.
    """
    if plan.on_error == "stop" and state.failed.any():
        raise PointFailed(f'{int(state.failed.sum())} runs failed; on_error = "record" goes on without them')


def _tasks(sweep: Sweep, pieces: Iterator[Chunk]) -> Iterator[Task]:
    for chunk in pieces:
        yield sweep.task(chunk.points, chunk.replications, sweep.keep)


def chunk_digest(runs: pa.Table, keep: Keep) -> str:
    """Name of a chunk: what it holds runs of, and what is kept of them; 32 hex digits."""
    keys = [runs.column(name).to_pylist() for name in ("point_id", "draw", "replication", "seed")]
    text = json.dumps([keys, keep.outcomes, keep.series, keep.details], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def check_part(plan: Plan, part: Part) -> None:
    """Make sure that a plan can be shared between machines.

    Raises
    ------
    InputError
        If it cannot: where all must be known to decide whether to go on.
    """
    if part.of > 1 and isinstance(plan.replications, Sequential):
        mend = "Give a number of replications, or let one machine run all, on a cluster if need be."
        raise InputError("--part", "needs a fixed number of replications", f"{part.number}/{part.of}", mend)
