"""Global sensitivity: how much of the variance of an outcome each factor brings about (Sobol' indices)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.luck_share import LuckShare, expected_indices, luck_share
from sim.analysis.point_outcomes import means_of, missing_notes, point_outcomes
from sim.analysis.saltelli import Blocks, blocks_of
from sim.analysis.sequential import LEVEL
from sim.domain.errors import InputError

#: Resamples of the design's blocks for the intervals, and the seed that makes them repeatable.
RESAMPLES, SEED = 1000, 1
#: Half-width of an interval at which an index counts as known (a convention).
TARGET = 0.05
#: Fewest blocks of a part of the design that the convergence is told from.
FEWEST = 16
INDEX_COLUMNS = ("factor", "first", "first_low", "first_high", "total", "total_low", "total_high")
PAIR_COLUMNS = ("factor", "other", "second", "second_low", "second_high")


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Sobol' indices of one outcome.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    indices : pandas.DataFrame
        One row per factor in the order of the design, columns `INDEX_COLUMNS`: share of the variance that the factor
        brings about alone (first) and with all its interactions (total), with 95 % intervals.
    pairs : pandas.DataFrame
        Columns `PAIR_COLUMNS`: share that two factors bring about together only; empty where not sampled.
    expected : pandas.DataFrame or None
        As ``indices``, of the expected outcome: what luck adds is taken out. None with a single replication.
    convergence : pandas.DataFrame
        ``samples``, ``factor``, ``first``, ``first_half_width``, ``total``, ``total_half_width`` from a quarter, half
        and all of the design.
    luck : LuckShare
        How much of the variance is luck.
    n_samples, n_replications : int
        Blocks of the design (Saltelli's N) and replications of each point.
    counted : str
        What is counted so: "replications", or with a posterior "draws". What is called luck is then both.
    samples_needed : int
        Blocks for all half-widths to be at most 0.05, from the widest now; ``n_samples`` where they are.
    notes : tuple of str
        What a reader must know: what was decomposed, convergence, impossible values, missing runs.
    """

    outcome: str
    indices: pd.DataFrame
    pairs: pd.DataFrame
    expected: pd.DataFrame | None
    convergence: pd.DataFrame
    luck: LuckShare
    n_samples: int
    n_replications: int
    counted: str
    samples_needed: int
    notes: tuple[str, ...]

    @property
    def is_converged(self) -> bool:
        """Whether every half-width is at most 0.05."""
        return self.samples_needed <= self.n_samples


def sobol_indices(points: pd.DataFrame, runs: pd.DataFrame, problem: Mapping[str, Any], outcome: str) -> SobolIndices:
    """Sobol' indices of an outcome from a Saltelli design.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point in SALib's order; ``point_id`` and one column per factor.
    runs : pandas.DataFrame
        ``point_id``, ``draw``, ``replication``, ``status`` and the outcome.
    problem : mapping
        SALib's: ``names`` (columns of ``points``), ``bounds``, ``num_vars``.
    outcome : str
        A column of ``runs``; the outcome of a point is its mean over the replications.

    Raises
    ------
    InputError
        If the points are no Saltelli design, a point has no run, or the outcome does not exist or does not vary.

    Notes
    -----
    First order and total after Saltelli et al. (2010, doi 10.1016/j.cpc.2009.09.018), second order after Saltelli
    (2002, doi 10.1016/S0010-4655(02)00280-1), as SALib has them; intervals from a bootstrap of the blocks. Replication
    r meets every point with the same luck. So what is decomposed is the variance over the factors of the mean outcome
    *given these lucks*. What luck does to all points alike is no part of it; what it does to points differently is,
    and shrinks with the number of replications (`luck_share`).
    """
    found = point_outcomes(points, runs, outcome)
    means = means_of(found)
    blocks = blocks_of(points, [str(name) for name in problem["names"]])
    if np.ptp(means) <= 1e-12 * max(1.0, float(np.abs(means).max())):
        raise InputError(
            outcome,
            "must vary over the design to have indices",
            float(means[0]),
            "Vary what it depends on, or look at another outcome.",
        )
    analysed = {n: _analyse(problem, means, blocks, n) for n in _parts(blocks.n_samples)}
    full = analysed[blocks.n_samples]
    indices = _index_table(full, blocks.names)
    luck = luck_share(found.values[blocks.base_rows])
    expected = None if luck.share is None else expected_indices(found.values, blocks, RESAMPLES, SEED)
    convergence = _convergence(analysed, blocks.names)
    needed = _samples_needed(full, blocks.n_samples)
    n_replications = found.values.shape[1]
    notes = [
        _decomposed(outcome, n_replications, found.counted),
        *missing_notes(found),
        *luck.notes(),
        _convergence_note(full, blocks.n_samples, needed),
        *_anomalies(indices, full),
    ]
    pairs = _pair_table(full, blocks)
    return SobolIndices(
        outcome,
        indices,
        pairs,
        expected,
        convergence,
        luck,
        blocks.n_samples,
        n_replications,
        found.counted,
        needed,
        tuple(notes),
    )


def _parts(n_samples: int) -> list[int]:
    """A quarter, half and all of the blocks; parts that are too small are left out."""
    return [n for n in (n_samples // 4, n_samples // 2) if n >= FEWEST] + [n_samples]


def _analyse(problem: Mapping[str, Any], means: Any, blocks: Blocks, n_samples: int) -> dict[str, Any]:
    """SALib's analysis of the first blocks."""
    from SALib.analyze import sobol

    plain = {"names": list(blocks.names), "num_vars": len(blocks.names), "bounds": list(problem["bounds"])}
    found = sobol.analyze(
        plain,
        means[: n_samples * blocks.step],
        calc_second_order=blocks.has_second_order,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        keep_resamples=True,
        seed=SEED,
    )
    return dict(found)


def _index_table(full: Mapping[str, Any], names: Sequence[str]) -> pd.DataFrame:
    columns = {"factor": list(names)}
    for name, key in (("first", "S1"), ("total", "ST")):
        columns |= {name: full[key], f"{name}_low": full[key] - full[f"{key}_conf"]}
        columns[f"{name}_high"] = full[key] + full[f"{key}_conf"]
    return pd.DataFrame(columns)


def _pair_table(full: Mapping[str, Any], blocks: Blocks) -> pd.DataFrame:
    if not blocks.has_second_order:
        return pd.DataFrame(columns=PAIR_COLUMNS)
    rows = []
    for one, other in combinations(range(len(blocks.names)), 2):
        value, half = float(full["S2"][one, other]), float(full["S2_conf"][one, other])
        rows.append((blocks.names[one], blocks.names[other], value, value - half, value + half))
    return pd.DataFrame(rows, columns=PAIR_COLUMNS)


def _convergence(analysed: Mapping[int, Mapping[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    tables = [
        pd.DataFrame(
            {
                "samples": n,
                "factor": list(names),
                "first": found["S1"],
                "first_half_width": found["S1_conf"],
                "total": found["ST"],
                "total_half_width": found["ST_conf"],
            }
        )
        for n, found in analysed.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _widest(full: Mapping[str, Any]) -> float:
    return float(max(full["S1_conf"].max(), full["ST_conf"].max()))


def _samples_needed(full: Mapping[str, Any], n_samples: int) -> int:
    """Blocks for the widest half-width to reach 0.05, shrinking with the root of N; a power of two as Sobol' needs."""
    widest = _widest(full)
    if widest <= TARGET:
        return n_samples
    return int(2 ** math.ceil(math.log2(n_samples * (widest / TARGET) ** 2)))


def _decomposed(outcome: str, n_replications: int, counted: str) -> str:
    one, more = ("draw", "draws of the posterior") if counted == "draws" else ("luck", "lucks")
    many = f"one {one}, the same" if n_replications == 1 else f"the mean over {n_replications} {more}, the same"
    return f"Decomposed is the variance over the factors of {outcome} in {many} at every point."


def _convergence_note(full: Mapping[str, Any], n_samples: int, needed: int) -> str:
    widest = f"The widest half-width is {_widest(full):.3f} at N = {n_samples}"
    if needed <= n_samples:
        return f"Converged. {widest}; wanted is at most {TARGET}."
    return f"Not yet converged. {widest}; about N = {needed} would be needed for {TARGET}."


def _anomalies(indices: pd.DataFrame, full: Mapping[str, Any]) -> list[str]:
    """Values that no variance can have, beyond what the intervals allow for."""
    notes = [
        f"The {order}-order index of {row['factor']} is below zero by more than its interval allows: more samples."
        for order, column in (("first", "first_high"), ("total", "total_high"))
        for _, row in indices[indices[column] < 0].iterrows()
    ]
    above = indices[indices["first_low"] > indices["total_high"]]
    notes += [f"The first-order index of {name} exceeds its total: more samples." for name in above["factor"]]
    return notes + _sum_notes(full)


def _sum_notes(full: Mapping[str, Any]) -> list[str]:
    """First-order indices sum to at most 1, totals to at least 1; both are 1 where factors merely add up."""
    notes = []
    for key, words, sign in (("S1", "First-order indices sum to {:.2f} and cannot exceed 1", 1.0),
                             ("ST", "Total indices sum to {:.2f} and cannot be less than 1", -1.0)):  # fmt: skip
        total, half = float(full[key].sum()), 1.96 * float(full[f"{key}_conf_all"].sum(axis=1).std(ddof=1))
        if sign * (total - 1.0) > half:
            notes.append(words.format(total) + ": more samples are needed.")
    return notes
