"""Measure the programs side by side: in turn, with medians of the ratios inside each round."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from benchmarks.funnel.programs import OURS, PROGRAMS, C, Run, available
from benchmarks.funnel.size import SIZES
from benchmarks.timing import interleaved, ratio

LARGE = ("L", "L+")
SEED = 1
TURN_SECONDS = 0.1

Tasks = Mapping[str, Callable[[], Any]]


class Measured(NamedTuple):
    """One program at one size.

    Parameters
    ----------
    size, program : str
        What ran.
    seconds : list of float
        Of a run, round by round.
    to_c, to_ours : float or None
        Median over the rounds of its time over that of C, and of ours, in the same round.
    touches_per_second : float
        Touches by marketers and reps in a run of ours (the other programs' luck differs, by a percent) over the
        median time.
    """

    size: str
    program: str
    seconds: list[float]
    to_c: float | None
    to_ours: float | None
    touches_per_second: float


def measure(sizes: Iterable[str] = ("M",), rounds: int = 15, is_large: bool = False) -> list[Measured]:
    """Measure all programs that can run here.

    Parameters
    ----------
    sizes : iterable of str
        Keys of `SIZES`.
    rounds : int
        Runs of each program, at least 1.
    is_large : bool
        Whether Mesa, SimPy and AgentPy run at sizes L and L+ too: once each, which takes minutes, with C and ours
        before and after.
    """
    runs, _ = available()
    return [row for size in sizes for row in _measure_size(size, runs, rounds, is_large)]


def _measure_size(size: str, runs: Mapping[str, Run], rounds: int, is_large: bool) -> list[Measured]:
    tasks = {name: partial(run, SIZES[size], SEED) for name, run in runs.items()}
    fast = {program.name: tasks[program.name] for program in PROGRAMS if program.is_fast and program.name in tasks}
    slow = {name: task for name, task in tasks.items() if name not in fast}
    seconds = bracketed(fast, slow if is_large else {}, rounds) if size in LARGE else side_by_side(tasks, rounds)
    days = tasks[OURS]()
    touches = int(days.nurture_touches.sum() + days.sales_touches.sum())
    return [_measured(size, name, seconds, touches) for name in seconds]


def side_by_side(tasks: Tasks, rounds: int) -> dict[str, list[float]]:
    """Seconds of tasks run in turn; in its turn a quick one runs again and again, and what counts is the mean.

    A run of a millisecond right after another program's seconds would be a run with cold caches; in a study it comes
    after its like.
    """
    times = {name: max(1, math.ceil(TURN_SECONDS / _seconds(task))) for name, task in tasks.items()}
    sums = interleaved({name: partial(_repeat, task, times[name]) for name, task in tasks.items()}, rounds)
    return {name: [each / times[name] for each in seconds] for name, seconds in sums.items()}


def _repeat(task: Callable[[], Any], n: int) -> None:
    for _ in range(n):
        task()


def bracketed(fast: Tasks, slow: Tasks, rounds: int) -> dict[str, list[float]]:
    """Seconds of fast tasks run in turn, half of the rounds before and half after one run of each slow one.

    A slow task is so compared with what the computer could do just before and just after; its one time is put into
    the list as often as there are rounds.
    """
    half = -(-rounds // 2)
    before = side_by_side(fast, half)
    once = {name: _seconds(task) for name, task in slow.items()}
    after = side_by_side(fast, half)
    both = {name: before[name] + after[name] for name in fast}
    return both | {name: [seconds] * 2 * half for name, seconds in once.items()}


def _seconds(task: Callable[[], Any]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def _measured(size: str, name: str, seconds: Mapping[str, list[float]], touches: int) -> Measured:
    to = {other: ratio(seconds[name], seconds[other]) if other in seconds else None for other in (C, OURS)}
    return Measured(size, name, seconds[name], to[C], to[OURS], touches / median(seconds[name]))
