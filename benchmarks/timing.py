"""Timing side by side: absolute times on a shared machine drift, so what is compared runs in turn, and ratios count."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")


def in_turn(tasks: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What several tasks return, run in turn: A B C A B C …, after one round that is not counted.

    Returns
    -------
    dict of str to list
        For each task what it returned, one for each round; those of one place in the lists belong to one round.
    """
    returned: dict[str, list[T]] = {name: [] for name in tasks}
    for number in range(rounds + 1):
        for name, task in tasks.items():
            value = task()
            if number > 0:
                returned[name].append(value)
    return returned


def seconds_of(task: Callable[[], Any]) -> float:
    """Seconds that a task takes, by the clock on the wall."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def interleaved(tasks: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of several tasks, run in turn: A B C A B C …, after one round that is not counted.

    Returns
    -------
    dict of str to list of float
        For each task its seconds, one for each round; those of one place in the lists belong to one round.
    """

    def timed(task: Callable[[], Any]) -> Callable[[], float]:
        return lambda: seconds_of(task)

    return in_turn({name: timed(task) for name, task in tasks.items()}, rounds)


def ratio(of: list[float], to: list[float]) -> float:
    """Median over the rounds of how much longer one task took than another in the same round."""
    return median(one / other for one, other in zip(of, to, strict=True))
