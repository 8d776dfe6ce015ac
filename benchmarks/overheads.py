"""What a study adds to its runs: by who does the work, and by the size of a chunk."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.timing import interleaved, ratio, seconds_of
from benchmarks.workloads import firm, run
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.executors import NAMES, Pool, drain, n_cpus, pool_of
from sim.ensemble.experiment import experiment
from sim.ensemble.runner import CHUNK
from sim.ensemble.work import Keep, Task, run_task
from sim.spec.catalogue import load_scenario
from sim.spec.plan import read_plan
from sim.spec.scenario import Scenario

SCENARIO = "small"
RUNS = 100
BARE = "no study: run after run"
#: Points × replications of a chunk, RUNS runs or a divisor of it.
SHAPES = ((1, 1), (1, 5), (1, 20), (1, 100), (20, 5), (100, 1))
#: Values of a factor so close to the default that the points of a study cost the same.
LEVELS = (0.2998, 0.2999, 0.3, 0.3001)
KEEP = Keep(tuple(outcome.name for outcome in OUTCOMES))


def task_of(points: int, replications: range) -> Task:
    """A chunk of a study: points that are alike, each resolved anew."""
    made: Callable[[], Scenario] = partial(load_scenario, SCENARIO)
    return Task(tuple((f"point {place}", made) for place in range(points)), replications, 1, KEEP)


def bare() -> None:
    """Runs without a study around them."""
    plan, world = firm(SCENARIO), None
    for seed in range(RUNS):
        world = run(plan, seed, world)


def chunked(points: int, replications: int) -> None:
    """The same number of runs in chunks, in this thread."""
    for first in range(0, RUNS // points, replications):
        run_task(task_of(points, range(first, first + replications)))


def stored() -> None:
    """The same number of runs as a study in a folder of its own, to its last file."""
    content = {
        "scenario": SCENARIO,
        "replications": RUNS // len(LEVELS),
        "design": {"kind": "grid"},
        "factors": {"market.raw_leads_per_rep_day": list(LEVELS)},
    }
    with TemporaryDirectory() as folder:
        experiment(read_plan(content), store=Path(folder) / "study", workers=1, quiet=True)


def by_chunk(effort: Effort) -> list[Row]:
    """A row for each shape of a chunk, in turn with bare runs."""
    tasks: dict[str, Callable[[], Any]] = {BARE: bare}
    for points, replications in SHAPES:
        tasks[f"{points} × {replications}"] = partial(chunked, points, replications)
    tasks["a whole study, to its files"] = stored
    seconds = interleaved(tasks, effort.rounds)
    return [
        {
            "chunk": name,
            "ms": 1e3 * median(each) / RUNS,
            "ratio": ratio(each, seconds[BARE]),
        }
        for name, each in seconds.items()
    ]


def executors() -> list[str]:
    """Those that can be had here."""
    return [name for name in NAMES if name != "dask" or importlib.util.find_spec("distributed")]


def share_out(pool: Pool, chunks: int) -> None:
    """Runs in chunks over a pool, until the last is back."""
    pieces = (task_of(1, range(first, first + CHUNK)) for first in range(0, chunks * CHUNK, CHUNK))
    drain(pool, run_task, pieces, lambda _: None)


def by_executor(effort: Effort) -> list[Row]:
    """A row for each executor: seconds to its first chunk, then the time of runs, all pools being open in turn."""
    starts, tasks = {}, {}
    with ExitStack() as stack:
        for name in executors():
            opened: list[Pool] = []

            def begin(name: str = name, opened: list[Pool] = opened) -> None:
                opened.append(stack.enter_context(pool_of(name, n_cpus())))
                share_out(opened[0], 2 * n_cpus())

            starts[name] = seconds_of(begin)
            tasks[name] = partial(share_out, opened[0], 2 * RUNS // CHUNK)
        seconds = interleaved(tasks, effort.rounds)
    return [
        {
            "executor": name,
            "start": starts[name],
            "ms": 1e3 * median(seconds[name]) / (2 * RUNS),
            "ratio": ratio(seconds[name], seconds["threads"]),
        }
        for name in tasks
    ]


CHUNKS_PART = Part(
    "chunks",
    "What a study adds to a run, by points × replications of a chunk (12 people, one thread)",
    (
        Column("chunk", "points × replications"),
        Column("ms", "ms per run", ",.2f"),
        Column("ratio", "against no study", ".2f"),
    ),
    by_chunk,
)
EXECUTORS_PART = Part(
    "executors",
    f"Who does the work: {n_cpus()} workers, chunks of {CHUNK} runs of 12 people",
    (
        Column("executor", "executor"),
        Column("start", "s to the first chunk", ",.2f"),
        Column("ms", "ms per run", ",.2f"),
        Column("ratio", "against threads", ".2f"),
    ),
    by_executor,
)
