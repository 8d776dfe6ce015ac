"""One outcome of a study as a table of points by replications, and what is wrong with it said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.point_values import runs_of
from sim.analysis.study import require_columns
from sim.domain.errors import InputError, Told, did_you_mean

POINT_COLUMNS = ("point_id",)
RUN_COLUMNS = ("point_id", "draw", "replication", "status")


@dataclass(frozen=True, eq=False)
class PointOutcomes:
    """One outcome of every point, replication by replication on common luck.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    values : numpy.ndarray
        float64 of shape (points, replications), in the unit of the outcome; NaN where it does not exist. Column r is
        the same luck for every point. With a posterior a column is the mean of a draw (`Runs.independent`).
    n_failed : int
        Runs of the study that failed.
    share_missing : float
        Share of the runs (0 to 1) in which the outcome does not exist.
    counted : str
        What a column is: "replications" or "draws".
    """

    outcome: str
    values: Any
    n_failed: int
    share_missing: float
    counted: str


def point_outcomes(points: pd.DataFrame, runs: pd.DataFrame, outcome: str) -> PointOutcomes:
    """Line up an outcome by point and by replication, keeping the replications that every point has.

    A point that occurs twice in the design (two settings that come to the same scenario) is read twice.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point in the order of the design; column ``point_id``.
    runs : pandas.DataFrame
        Columns ``point_id``, ``draw``, ``replication``, ``status`` and the outcome.
    outcome : str
        A column of ``runs``.

    Raises
    ------
    InputError
        If a column is missing, a run is there twice, a point has no finished run, or no replication is common to all.
    """
    require_columns(points, POINT_COLUMNS, "points")
    require_columns(runs, RUN_COLUMNS, "runs")
    if outcome not in runs.columns:
        raise InputError("outcome", "must be kept by the study", outcome, did_you_mean(outcome, _outcomes_of(runs)))
    _require_single(runs)
    single = points.drop_duplicates("point_id")
    found = runs_of(single, runs)
    n_failed = int((runs["status"] == "failed").sum())
    _require_runs(int((~found.is_run.any(axis=0)).sum()), len(single), n_failed)
    common = found.is_run.all(axis=1)
    if not common.any():
        raise InputError("runs", "must share a replication over all points", None, "Resume the study until it is done.")
    rows = pd.Index(single["point_id"]).get_indexer(points["point_id"])
    values = found.values(outcome)
    share_missing = float(np.isnan(values[common][:, rows]).mean())
    kept = found.independent(values, *range(len(single))).T[rows]
    return PointOutcomes(outcome, kept, n_failed, share_missing, found.counted)


def means_of(found: PointOutcomes) -> Any:
    """Mean of each point over its replications, float64 of shape (points,), in the unit of the outcome.

    Raises
    ------
    InputError
        If the outcome exists in no replication of some points; the share of such points is told.
    """
    exists = ~np.isnan(found.values)
    share = float((~exists.any(axis=1)).mean())
    if share > 0:
        raise InputError(
            found.outcome,
            f"must exist for every point, and does not for {share:.1%} of the points".replace("%", " %"),
            Told("none there"),
            "It is undefined where nothing happened, such as a cycle time without a win. Take an outcome that always"
            " exists, run longer or more replications, or narrow the factors.",
        )
    sums = np.where(exists, found.values, 0.0).sum(axis=1)
    return sums / exists.sum(axis=1)


def missing_notes(found: PointOutcomes) -> list[str]:
    """Sentences on runs that failed and on values that do not exist; empty where all is there."""
    notes = []
    if found.n_failed:
        notes.append(f"{found.n_failed} runs failed; only replications that every point has are used.")
    if found.share_missing > 0:
        share = f"{found.share_missing:.1%}".replace("%", " %")
        notes.append(f"{found.outcome} does not exist in {share} of the runs; means are over those in which it does.")
    return notes


def _outcomes_of(runs: pd.DataFrame) -> Sequence[str]:
    known = {"point_id", "draw", "replication", "seed", "status", "error"}
    return [str(name) for name in runs.columns if name not in known]


def _require_single(runs: pd.DataFrame) -> None:
    twice = runs.duplicated(["point_id", "draw", "replication"])
    if twice.any():
        row = runs[twice].iloc[0]
        where = f"{row['point_id']}, replication {row['replication']}"
        raise InputError("runs", "must hold each run once", where, "Keep one of the rows.")


def _require_runs(n_without: int, n_points: int, n_failed: int) -> None:
    if n_without:
        mend = "Mend or leave out what fails." if n_failed else "Resume the study until it is done."
        raise InputError(
            "runs", f"must hold a finished run of each of the {n_points} points", f"none of {n_without}", mend
        )
