"""Whether the programs do the same: lead by lead where they share luck, on average where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from benchmarks.funnel.programs import Run
from benchmarks.funnel.size import DAYS_DTYPE, Size, summary

SEEDS_APART = 100_000  # between programs, so that no two of them share a stream of random numbers


class Agreement(NamedTuple):
    """One outcome of all programs.

    Parameters
    ----------
    outcome : str
        What is compared.
    means, errors : dict of str to float
        Mean and its standard error, by program.
    p : float
        Of the Alexander–Govern test that all means are equal (Alexander & Govern 1994), which needs no equal variances.
    """

    outcome: str
    means: dict[str, float]
    errors: dict[str, float]
    p: float


def same_days(one: np.recarray, other: np.recarray) -> bool:
    """Whether two runs are the same day by day: all counts equal, revenue to the twelfth digit."""
    counts = [name for name in DAYS_DTYPE.names if name != "revenue"]
    is_same = all(np.array_equal(one[name], other[name]) for name in counts)
    return is_same and np.allclose(one.revenue, other.revenue, rtol=1e-12, atol=0.0)


def samples(runs: Mapping[str, Run], size: Size, n: int) -> dict[str, dict[str, np.ndarray]]:
    """Outcomes of n runs of each program, by outcome and program; every program has seeds of its own."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for place, (name, run) in enumerate(runs.items()):
        rows = [summary(run(size, SEEDS_APART * place + seed)) for seed in range(n)]
        for outcome in rows[0]:
            found.setdefault(outcome, {})[name] = np.array([row[outcome] for row in rows])
    return found


def agreements(found: Mapping[str, Mapping[str, np.ndarray]]) -> list[Agreement]:
    """Compare the means of each outcome over all programs."""
    from scipy.stats import alexandergovern, sem

    return [
        Agreement(
            outcome,
            {name: float(np.mean(values)) for name, values in of.items()},
            {name: float(sem(values)) for name, values in of.items()},
            float(alexandergovern(*of.values()).pvalue),
        )
        for outcome, of in found.items()
    ]


def smallest_p(tests: list[Agreement]) -> float:
    """The smallest p of all outcomes, times their number (Bonferroni): the false-alarm rate at which they differ."""
    return min(1.0, len(tests) * min(test.p for test in tests))
