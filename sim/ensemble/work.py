"""What a worker does: a chunk of a sweep, from scenarios to tables. A run that fails is a row, not the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.deals import deals_of
from sim.analysis.history import event_log
from sim.analysis.incidents import ledger
from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.blueprint import Blueprint
from sim.domain.errors import InputError, error_line
from sim.domain.outcomes import OUTCOMES, RESULTS_VERSION
from sim.domain.records import World
from sim.engine.run import outcomes_of, simulate_here
from sim.ensemble.seeds import SEEDS, run_seed
from sim.ensemble.weekly import weekly_series
from sim.spec.resolve import blueprint_of
from sim.spec.scenario import Scenario

if TYPE_CHECKING:
    import pyarrow as pa

DONE, FAILED = "done", "failed"
#: Columns that say which run a row is of; `draw` is the row of a posterior, 0 without one.
KEY = ("point_id", "draw", "replication")
#: Tables with many rows for each run, by name: what makes them.
DETAILS: dict[str, Callable[[World], Any]] = {"deals": deals_of, "incidents": ledger, "events": event_log}
PLACES = {outcome.name: place for place, outcome in enumerate(OUTCOMES)}
#: Outcomes of a run that failed.
NOTHING = np.full(len(OUTCOMES), np.nan).tobytes()


@dataclass(frozen=True)
class Keep:
    """What is kept of every run.

    Parameters
    ----------
    outcomes : tuple of str
        Names, as in `sim.domain.outcomes`.
    series : tuple of str
        Columns of the journal, kept by week.
    details : tuple of str
        Names in DETAILS.
    """

    outcomes: tuple[str, ...]
    series: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that come of it; the runs last, since their file says that a chunk is complete."""
        return (*self.details, *(("series",) if self.series else ()), "runs")


@dataclass(frozen=True)
class Task:
    """A chunk of work that any worker can do, in this process or elsewhere.

    Parameters
    ----------
    points : tuple of (str, callable)
        Id of each point, and what makes its scenario: of nothing, or of the settings of a draw.
    replications : range
        Of each of them.
    seed : int
        Of the study.
    keep : Keep
        What is kept.
    draws : tuple of (int, mapping)
        Draw of a posterior and its settings for each replication; empty without a posterior.
    results_version : int
        Of who asks for it.
    """

    points: tuple[tuple[str, Callable[..., Scenario]], ...]
    replications: range
    seed: int
    keep: Keep
    draws: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    results_version: int = RESULTS_VERSION

    def blocks(self) -> list[tuple[int, tuple[Mapping[str, Any], ...], list[int]]]:
        """Replications that have their scenario in common: the draw, its settings where there is one, and which."""
        if not self.draws:
            return [(0, (), list(self.replications))]
        pairs = zip(self.draws, self.replications, strict=True)
        found: list[tuple[int, tuple[Mapping[str, Any], ...], list[int]]] = []
        for _, block in groupby(pairs, lambda pair: pair[0][0]):
            own = list(block)
            draw, settings = own[0][0]
            found.append((draw, (settings,), [replication for _, replication in own]))
        return found


@dataclass
class Rows:
    """Rows that a worker collects.

    Parameters
    ----------
    keys : list
        Point, draw, replication, seed, status, error of each run.
    outcomes : list of bytes
        Every outcome of each run as float64; NaN of one that failed.
    series : list
        Point, draw, replication, first day and weekly values of each run that is done.
    details : dict
        By table: point, draw, replication and the table of each run that is done.
    """

    keys: list[tuple[str, int, int, int, str, str | None]] = field(default_factory=list)
    outcomes: list[bytes] = field(default_factory=list)
    series: list[tuple[str, int, int, int, Any]] = field(default_factory=list)
    details: dict[str, list[tuple[str, int, int, pd.DataFrame]]] = field(default_factory=dict)

    def done(self, key: tuple[str, int, int, int], values: bytes) -> None:
        """Add a run that is done: point, draw, replication, seed."""
        self.keys.append((*key, DONE, None))
        self.outcomes.append(values)

    def failed(self, key: tuple[str, int, int, int], error: Exception) -> None:
        """Add a run that failed, with its error in one line."""
        self.keys.append((*key, FAILED, error_line(error)))
        self.outcomes.append(NOTHING)


def run_task(task: Task) -> dict[str, pa.Table]:
    """Run a chunk; returns its tables by name.

    A point whose scenario cannot be made, or whose very first replication fails, costs one row. With a posterior, a
    draw that makes no scenario costs the rows of its replications.

    Raises
    ------
    InputError
        If this worker has another version of the model than who asks.
    """
    if task.results_version != RESULTS_VERSION:
        rule = f"must have results version {task.results_version} on every worker"
        raise InputError("--executor", rule, RESULTS_VERSION, "Install the same version of smarketing everywhere.")
    rows = Rows()
    for point, scenario in task.points:
        for draw, settings, replications in task.blocks():
            try:
                plan = blueprint_of(scenario(*settings))
            except Exception as error:
                _note_failure(task, (point, draw), replications, rows, error)
                continue
            _run_point(task, (point, draw), plan, replications, rows)
    tables = {name: _detail_table(rows.details.get(name, [])) for name in task.keep.details}
    if task.keep.series:
        tables["series"] = _series_table(rows, task.keep)
    return tables | {"runs": _runs_table(rows, task.keep)}


def _note_failure(task: Task, of: tuple[str, int], replications: list[int], rows: Rows, error: Exception) -> None:
    """Note that a scenario cannot be made: of a draw each run, of a point its first."""
    for replication in replications if of[1] else [0] if replications[0] == 0 else []:
        rows.failed((*of, replication, run_seed(task.seed, replication)), error)


def _run_point(task: Task, of: tuple[str, int], plan: Blueprint, replications: list[int], rows: Rows) -> None:
    """Run replications of a point, in a draw or without one."""
    first = run_seed(task.seed, 0)
    for replication in replications:
        key = (*of, replication, first + SEEDS * replication)
        try:
            world = simulate_here(plan, key[3])
            values, details = outcomes_of(world).tobytes(), _details(task.keep, world)
            series = _series(task.keep, world)
        except Exception as error:
            rows.failed(key, error)
            if replication == 0 and not task.draws:
                return
            continue
        rows.done(key, values)
        rows.series += [(*of, replication, *part) for part in series]
        for name, table in details.items():
            rows.details.setdefault(name, []).append((*of, replication, table))


def _series(keep: Keep, world: World) -> list[tuple[int, Any]]:
    """First day and weekly values of a run, if series are kept."""
    if not keep.series:
        return []
    first = DAYS_PER_WEEK - 1 - int(world.rules.warmup_days)
    return [(first, weekly_series(world.journal, int(world.rules.n_days), keep.series))]


def _details(keep: Keep, world: World) -> dict[str, pd.DataFrame]:
    """Tables of a run beside its outcomes, by name."""
    return {name: pd.DataFrame(DETAILS[name](world)) for name in keep.details}


def _runs_table(rows: Rows, keep: Keep) -> pa.Table:
    import pyarrow as pa

    points, draws, replications, seeds, status, errors = zip(*rows.keys, strict=True) if rows.keys else ((),) * 6
    values = np.frombuffer(b"".join(rows.outcomes)).reshape(-1, len(OUTCOMES))
    columns = {
        "point_id": pa.array(points, pa.string()),
        "draw": pa.array(draws, pa.int32()),
        "replication": pa.array(replications, pa.int32()),
        "seed": pa.array(seeds, pa.int64()),
        "status": pa.array(status, pa.string()),
        "error": pa.array(errors, pa.string()),
    }
    kept = {name: pa.array(np.ascontiguousarray(values[:, PLACES[name]]), from_pandas=True) for name in keep.outcomes}
    return pa.table(columns | kept)


def _series_table(rows: Rows, keep: Keep) -> pa.Table:
    """Weekly values in long form: point_id, draw, replication, day, name, value."""
    import pyarrow as pa

    lengths = [values.size for *_, values in rows.series]
    days = [
        np.tile(first + DAYS_PER_WEEK * np.arange(len(values)), len(keep.series)) for *_, first, values in rows.series
    ]
    names = [np.repeat(np.arange(len(keep.series)), len(values)) for *_, values in rows.series]
    kept = pa.DictionaryArray.from_arrays(_joined(names, np.int32), pa.array(list(keep.series), pa.string()))
    points = np.repeat(np.array([row[0] for row in rows.series], dtype=object), lengths)
    return pa.table(
        {
            "point_id": pa.array(points, pa.string()),
            "draw": pa.array(np.repeat(np.array([row[1] for row in rows.series], np.int32), lengths)),
            "replication": pa.array(np.repeat(np.array([row[2] for row in rows.series], np.int32), lengths)),
            "day": pa.array(_joined(days, np.int32)),
            "name": kept.cast(pa.string()),
            "value": pa.array(_joined([values.T.ravel() for *_, values in rows.series], np.float64), from_pandas=True),
        }
    )


def _detail_table(parts: list[tuple[str, int, int, pd.DataFrame]]) -> pa.Table:
    """Tables of runs one after the other, with their keys in front and their own order in `row`."""
    import pyarrow as pa

    lengths = [len(frame) for *_, frame in parts]
    keys = {
        "point_id": pa.array(np.repeat(np.array([part[0] for part in parts], dtype=object), lengths), pa.string()),
        "draw": np.repeat(np.array([part[1] for part in parts], np.int32), lengths),
        "replication": np.repeat(np.array([part[2] for part in parts], np.int32), lengths),
        "row": _joined([np.arange(length) for length in lengths], np.int32),
    }
    frames = [frame for *_, frame in parts if len(frame)] or [frame for *_, frame in parts[:1]]
    own = pa.Table.from_pandas(pd.concat(frames, ignore_index=True), preserve_index=False) if frames else pa.table({})
    return pa.table(keys | {name: _as_written(own.column(name)) for name in own.column_names})


def _as_written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in one of few types, the same for every run: text, whole numbers, numbers, truth values, times."""
    import pyarrow as pa

    kinds = pa.types
    if kinds.is_null(column.type) or kinds.is_large_string(column.type) or kinds.is_dictionary(column.type):
        return column.cast(pa.string())
    if kinds.is_integer(column.type):
        return column.cast(pa.int64())
    if kinds.is_timestamp(column.type):
        return column.cast(pa.timestamp("us"))
    return column.cast(pa.float64()) if kinds.is_floating(column.type) else column


def _joined(parts: list[Any], dtype: Any) -> Any:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype)
