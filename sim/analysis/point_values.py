"""The tables `points` and `runs` of an experiment as arrays: one outcome by replication and point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME

NOT_FACTORS = ("point_id", "point", "label")

Names = str | Sequence[str]
Chosen = str | Mapping[str, Any] | None


@dataclass(frozen=True, eq=False)
class Runs:
    """The finished runs of an experiment, by replication and point.

    Parameters
    ----------
    frame : pandas.DataFrame
        Finished runs; a column per outcome.
    rows, columns : numpy.ndarray
        int64 of shape (runs,): which replication and which point a run is.
    is_run : numpy.ndarray
        bool of shape (replications, points): whether there is a finished run. Replications in order.
    draws : numpy.ndarray
        int64 of shape (replications,): the draw of a posterior that each used, 0 without one.
    """

    frame: pd.DataFrame
    rows: Any
    columns: Any
    is_run: Any
    draws: Any

    @property
    def has_draws(self) -> bool:
        """Whether the runs are over the draws of a posterior."""
        return bool(self.draws.any())

    @property
    def counted(self) -> str:
        """What counts once where it is independent: replications, or with a posterior draws (see `independent`)."""
        return "draws" if self.has_draws else "replications"

    def values(self, outcome: str) -> Any:
        """An outcome, float64 of shape (replications, points); NaN where it does not exist or there is no run."""
        table = np.full(self.is_run.shape, np.nan)
        table[self.rows, self.columns] = self.frame[outcome].to_numpy(dtype=float)
        return table

    def common(self, *points: int) -> Any:
        """Replications that all of these points have run, bool of shape (replications,)."""
        return self.is_run[:, list(points)].all(axis=1)

    def independent(self, values: Any, *points: int) -> Any:
        """Values of points by what is independent, as far as all of them have run it, float64 of shape (n, points).

        That is replications, or with a posterior draws: replications of a draw have its parameters in common, so their
        mean counts once. Values are as `values` gives them.
        """
        common = self.common(*points)
        table = values[common][:, list(points)]
        return means_of_draws(table, self.draws[common]) if self.has_draws else table


def means_of_draws(values: Any, draws: Any) -> Any:
    """Mean of the rows of each draw, draws in the order in which they come; NaN where a column has no value in a draw.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (replications, points).
    draws : numpy.ndarray
        int64 of shape (replications,).

    Examples
    --------
    >>> means_of_draws(np.array([[1.0, np.nan], [3.0, 5.0], [8.0, np.nan]]), np.array([2, 2, 1])).tolist()
    [[2.0, 5.0], [8.0, nan]]
    """
    unit, found = pd.factorize(draws)
    exists = ~np.isnan(values)
    sums, counts = np.zeros((len(found), values.shape[1])), np.zeros((len(found), values.shape[1]))
    np.add.at(sums, unit, np.where(exists, values, 0.0))
    np.add.at(counts, unit, exists)
    return np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan)


def runs_of(points: pd.DataFrame, runs: pd.DataFrame) -> Runs:
    """Finished runs of the points, points in the order of their table.

    Parameters
    ----------
    points, runs : pandas.DataFrame
        As docs/architecture.md has them; runs of other points are left out.
    """
    done = runs[(runs["status"] == "done") & runs["point_id"].isin(points["point_id"])]
    luck = pd.MultiIndex.from_frame(done[["draw", "replication"]])
    order = luck.unique().swaplevel().sort_values().swaplevel()
    rows, columns = order.get_indexer(luck), pd.Index(points["point_id"]).get_indexer(done["point_id"])
    is_run = np.zeros((len(order), len(points)), dtype=bool)
    is_run[rows, columns] = True
    return Runs(done, rows, columns, is_run, order.get_level_values("draw").to_numpy())


def listed(names: Names | None) -> list[str]:
    """Names as a list, of which one may be given alone."""
    return [names] if isinstance(names, str) else list(names or ())


def factors_of(points: pd.DataFrame) -> list[str]:
    """Names of the factors of a table of points, in the order of the plan."""
    return [str(name) for name in points.columns if name not in NOT_FACTORS]


def outcomes_in(runs: pd.DataFrame, wanted: Names | None = None) -> list[str]:
    """Names of the outcomes to look at: those wanted, or all that the runs have.

    Raises
    ------
    InputError
        If one is wanted that the runs do not have.
    """
    there = [name for name in map(str, runs.columns) if name in BY_NAME]
    for name in listed(wanted):
        if name not in there:
            raise InputError("outcomes", "must be an outcome of these runs", name, did_you_mean(name, there))
    return there if wanted is None else listed(wanted)


def groups_of(points: pd.DataFrame, by: Names) -> list[list[int]]:
    """Positions of the points that belong together: those with the same levels of the factors ``by``.

    Raises
    ------
    InputError
        If one of them is no factor of these points.
    """
    factors = factors_of(points)
    for name in listed(by):
        if name not in factors:
            raise InputError("by", "must be a factor of these points", name, did_you_mean(name, factors))
    if not listed(by):
        return [list(range(len(points)))]
    keys = list(points[listed(by)].astype(object).where(points[listed(by)].notna(), None).itertuples(index=False))
    members: dict[Any, list[int]] = {}
    for position, key in enumerate(keys):
        members.setdefault(tuple(key), []).append(position)
    return list(members.values())


def baselines_of(points: pd.DataFrame, by: Names = (), baseline: Chosen = None) -> list[int]:
    """Position of the baseline of each point.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point.
    by : str or sequence of str
        Factors within whose levels each group has a baseline of its own.
    baseline : str or mapping, optional
        Label or point id, or settings such as ``{"interventions": ""}``; the first point of each group where left out.

    Raises
    ------
    InputError
        If a group has not exactly one such point.
    """
    is_baseline = _is_baseline(points, baseline)
    opposite = [0] * len(points)
    for group in groups_of(points, by):
        found = [position for position in group if is_baseline[position]] if baseline is not None else group[:1]
        if len(found) != 1:
            which = "points" if not listed(by) else f"points like {points['label'].iloc[group[0]]!r}"
            mend = "Give `by` the other factors that vary, or settings that name one point."
            raise InputError("baseline", f"must name one of the {len(group)} {which}, not {len(found)}", baseline, mend)
        for position in group:
            opposite[position] = found[0]
    return opposite


def _is_baseline(points: pd.DataFrame, baseline: Chosen) -> Any:
    """Which points a baseline names, bool of shape (points,)."""
    if baseline is None or isinstance(baseline, str):
        return ((points["point_id"] == baseline) | (points["label"] == baseline)).to_numpy()
    factors = factors_of(points)
    for name in baseline:
        if name not in factors:
            raise InputError("baseline", "must be a factor of these points", name, did_you_mean(name, factors))
    same = [(points[name] == value).to_numpy() for name, value in baseline.items()]
    return np.logical_and.reduce(same)


def errors_of(points: pd.DataFrame, runs: pd.DataFrame) -> list[str | None]:
    """What went wrong with each point: how many of its runs failed, and how the first did; None where none failed."""
    failed = runs[runs["status"] == "failed"]
    found: dict[str, str] = {}
    for point_id, rows in failed.groupby("point_id"):
        total = int((runs["point_id"] == point_id).sum())
        found[str(point_id)] = f"{len(rows)} of {total} runs failed: {rows['error'].iloc[0]}"
    return [found.get(point_id) for point_id in points["point_id"]]
