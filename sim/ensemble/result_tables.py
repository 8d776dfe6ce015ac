"""The tables of results in memory: points, runs and weekly series, and how they are written to a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.files import writable_folder, write_parquet, write_text
from sim.ensemble.runner import SERIES, Results
from sim.ensemble.seeds import run_seed


def write_results(folder: Path, results: Results, provenance: dict[str, Any]) -> None:
    """Write points, runs and series as Parquet, each with the provenance in its metadata, and provenance.json.

    Raises
    ------
    InputError
        If they cannot be written; each table is written whole or not at all.
    """
    writable_folder(folder)
    tables = {"points": points_table(results), "runs": runs_table(results), "series": series_table(results)}
    kept = {key: value for key, value in provenance.items() if key != "timings"}
    for name, table in tables.items():
        write_parquet(folder / f"{name}.parquet", table, kept)
    write_text(folder / "provenance.json", json.dumps(provenance, indent=1, ensure_ascii=False) + "\n")


def points_table(results: Results) -> pd.DataFrame:
    """One row per point: point_id, point (its place), label, family, relationship, number of interventions."""
    rows = [
        (point.id, place, point.label, point.family, point.scenario.relationship, len(point.scenario.interventions))
        for place, point in enumerate(results.points)
    ]
    return pd.DataFrame(rows, columns=["point_id", "point", "label", "family", "relationship", "n_interventions"])


def runs_table(results: Results) -> pd.DataFrame:
    """One row per run that is done or failed: point_id, draw, replication, seed, status, error, and every outcome."""
    rows = []
    for index, point in enumerate(results.points):
        failed = [replication for place, replication in results.errors if place == index]
        for replication in sorted([*results.is_done[index].nonzero()[0].tolist(), *failed]):
            error = results.errors.get((index, replication))
            about = (point.id, point.draw_of(replication), replication, run_seed(results.seed, replication))
            rows.append((*about, "failed" if error else "done", error, *results.outcomes[index, replication]))
    columns = ["point_id", "draw", "replication", "seed", "status", "error", *(outcome.name for outcome in OUTCOMES)]
    return pd.DataFrame(rows, columns=columns).astype({"error": "string"})


def series_table(results: Results) -> pd.DataFrame:
    """Weekly series: point_id, draw, replication, day, name, value; day 0 is the first after the warm-up."""
    frames = []
    for index, point in enumerate(results.points):
        done = results.is_done[index].nonzero()[0]
        weeks = results.series.shape[2]
        values = results.series[index, done]
        days = [DAYS_PER_WEEK * (week + 1) - 1 - point.scenario.run.warmup_days for week in range(weeks)]
        for column, name in enumerate(SERIES):
            frame = pd.DataFrame(values[:, :, column], index=done, columns=days).rename_axis("replication")
            long = frame.reset_index().melt(id_vars="replication", var_name="day", value_name="value")
            frames.append(long.assign(point_id=point.id, draw=long["replication"].map(point.draw_of), name=name))
    table = pd.concat(frames, ignore_index=True).dropna(subset=["value"])
    columns = ["point_id", "draw", "replication", "day", "name", "value"]
    return table[columns].astype(dict.fromkeys(("draw", "replication", "day"), "int64"))
