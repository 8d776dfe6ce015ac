"""One outcome of a study as a table of points by replications, and what is wrong with it said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.study import require_columns
from sim.domain.errors import InputError, did_you_mean

POINT_COLUMNS = ("point_id",)
RUN_COLUMNS = ("point_id", "replication", "status")


@dataclass(frozen=True, eq=False)
class PointOutcomes:
    """One outcome of every point, replication by replication on common luck.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    values : numpy.ndarray
        float64 of shape (points, replications), in the unit of the outcome; NaN where it does not exist. Column r is
        the same luck for every point.
    replications : tuple
        Key of each column: (draw, replication).
    n_failed : int
        Runs of the study that failed.
    """

    outcome: str
    values: Any
    replications: tuple[tuple[int, int], ...]
    n_failed: int

    @property
    def share_missing(self) -> float:
        """Share of the runs (0 to 1) in which the outcome does not exist."""
        return float(np.isnan(self.values).mean())


def point_outcomes(points: pd.DataFrame, runs: pd.DataFrame, outcome: str) -> PointOutcomes:
    """Line up an outcome by point and by replication, keeping the replications that every point has.

    A point that occurs twice in the design (two settings that come to the same scenario) is read twice.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point in the order of the design; column ``point_id``.
    runs : pandas.DataFrame
        Columns ``point_id``, ``replication``, ``status``, the outcome, and ``draw`` if there are several.
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
    done = runs[runs["status"] == "done"]
    keys = [done["draw"] if "draw" in done else pd.Series(0, done.index), done["replication"]]
    found = pd.DataFrame({"point": done["point_id"], "draw": keys[0], "replication": keys[1], "value": done[outcome]})
    _require_single(found)
    table = found.pivot(index="point", columns=["draw", "replication"], values="value")
    is_run = found.assign(value=True).pivot(index="point", columns=["draw", "replication"], values="value").notna()
    n_failed = int((runs["status"] == "failed").sum())
    _require_runs(points["point_id"], set(table.index), n_failed)
    common: Any = is_run.loc[points["point_id"]].to_numpy().all(axis=0)
    if not common.any():
        raise InputError("runs", "must share a replication over all points", None, "Resume the study until it is done.")
    kept = table.loc[points["point_id"]].to_numpy(dtype=np.float64)[:, common]
    labels: list[tuple[int, int]] = table.columns[common].to_list()
    chosen = tuple((int(draw), int(replication)) for draw, replication in labels)
    return PointOutcomes(outcome, kept, chosen, n_failed)


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
            None,
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


def _require_single(found: pd.DataFrame) -> None:
    twice = found.duplicated(["point", "draw", "replication"])
    if twice.any():
        row = found[twice].iloc[0]
        where = f"{row['point']}, replication {row['replication']}"
        raise InputError("runs", "must hold each run once", where, "Keep one of the rows.")


def _require_runs(wanted: pd.Series, have: set[str], n_failed: int) -> None:
    without = [str(point) for point in wanted if point not in have]
    if without:
        mend = "Mend or leave out what fails." if n_failed else "Resume the study until it is done."
        raise InputError(
            "runs", f"must hold a finished run of each of the {len(wanted)} points", f"none of {len(without)}", mend
        )
