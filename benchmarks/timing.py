"""Timing side by side: absolute times on a shared machine drift, so what is compared runs in turn, and ratios count."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any


def interleaved(tasks: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of several tasks, run in turn: A B C A B C …, after one round that is not counted.

    Returns
    -------
    dict of str to list of float
        For each task its seconds, one for each round; those of one place in the lists belong to one round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if number > 0:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def ratio(of: list[float], to: list[float]) -> float:
    """Median over the rounds of how much longer one task took than another in the same round."""
    return median(one / other for one, other in zip(of, to, strict=True))
