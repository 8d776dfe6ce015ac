"""Forecast the last cohorts of two public exports from the earlier ones, and compare with two plain forecasts.

Run ``python experiments/public_forecasts.py --olist FOLDER --bpi FILE``. The data are not part of smarketing: the
marketing funnel by Olist (CC BY-NC-SA 4.0) and the loan log of the BPI Challenge 2012
(doi 10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f). About ten minutes on two cores; an interrupted bank goes on.
It writes docs/forecasts.json, from which ``make docs`` makes the tables of docs/calibration.md.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sim.analysis.range_figures import draw_ranges
from sim.calibrate.bank import fill_bank
from sim.calibrate.calibration import N_BANK, How, case_of, forecast_held
from sim.calibrate.data_json import json_rows
from sim.calibrate.forecast import verdict
from sim.calibrate.importers import read_export
from sim.calibrate.summaries import summaries
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.progress import progress
from sim.report.firm_parts import forecast_lines
from sim.spec.catalogue import load_scenario

DOCS = Path(__file__).parents[1] / "docs"
#: Last day of the cohorts that are fitted.
UNTIL = {"Olist": pd.Timestamp("2018-03-31"), "BPI 2012": pd.Timestamp("2012-01-31")}


def forecast(path: Path, until: pd.Timestamp, store: Path | None, n_bank: int, seed: int) -> pd.DataFrame:
    """Forecasts of an export's cohorts after a day, from those before."""
    how = How(n_bank, store, until, seed=seed)
    case = case_of(read_export(path), load_scenario("mid"), how)
    with progress(n_bank, quiet=False) as advance:
        bank = fill_bank(case.question, n_bank, store, advance)
    return forecast_held(case, bank, summaries(case.rows, case.question.fitted))


def main(
    olist: Annotated[Path, typer.Option(help="Folder of the marketing funnel.")],
    bpi: Annotated[Path, typer.Option(help="The event log as CSV.")],
    store: Annotated[Path | None, typer.Option(help="Folder of the banks.")] = None,
    bank: Annotated[int, typer.Option(help="Firms to simulate for each.")] = N_BANK,
    seed: int = 1,
) -> None:
    """Forecast held-out cohorts of two public exports."""
    parts = []
    for (name, until), path in zip(UNTIL.items(), (olist, bpi), strict=True):
        parts.append(forecast(path, until, store, bank, seed).assign(export=name))
    table = pd.concat(parts, ignore_index=True)
    scores: list[dict[str, Any]] = []
    for name, rows in [*table.groupby("export", sort=False), ("both", table)]:
        scores += [{"export": str(name), **row} for row in json_rows(verdict(rows))]
    about = {"bank": bank, "seed": seed, "results_version": RESULTS_VERSION, "python": platform.python_version()}
    content = {**about, "scores": scores, "forecast": json_rows(table)}
    picture = draw_ranges(*forecast_lines(parts[0]), 1.0)
    picture.savefig(DOCS / "images" / "calibrate.png", dpi=100, facecolor="white")
    (DOCS / "forecasts.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(pd.DataFrame(scores).round(3).to_string(index=False))


if __name__ == "__main__":
    typer.run(main)
