"""Exports of firms whose numbers are known: is what calibration tells of them the truth."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.calibrate.importers import read_export
from sim.calibrate.lead_rows import rows_of_export, rows_of_world
from sim.calibrate.synthetic import HUBSPOT, SALESFORCE, write_export
from sim.engine.run import simulate
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.resolve import blueprint_of
from verification.checks import RECOVERY, Effort, Finding, Picture, check, near, none_of
from verification.experiment_code import program

#: What ABC with a bank of this size, smaller than calibrations take, may be off by.
APPROXIMATION = 0.03


@cache
def recovered(n_bank: int, n_exports: int) -> Any:
    """Coverage by parameter and ranks of the truth among 500 draws (experiments/truth_recovery.py)."""
    return program("truth_recovery").recover(n_bank, n_exports, None, 1)


def study(effort: Effort) -> Any:
    """Table and ranks of so many firms."""
    return recovered(effort.n(6000, 800), effort.n(150, 50))


def told(effort: Effort) -> Any:
    """Ranks of the parameters that an export tells, shape (exports, parameters)."""
    table, ranks = study(effort)
    return ranks[:, (table["verdict"] == "told").to_numpy()]


@check(
    RECOVERY,
    "calibration-covers",
    "90 % intervals of the parameters that an export tells, firms drawn from the prior: 90 %",
    "a calibration were surer than it can be, or read a column of an export for another",
)
def covers(effort: Effort) -> Finding:
    """Pooled by export, as the parameters of a firm are no independent cases."""
    ranks = told(effort)
    inside = ((ranks >= 0.05) & (ranks <= 0.95)).mean(axis=1)
    return near(inside, 0.90, allowed=APPROXIMATION)


@check(
    RECOVERY,
    "calibration-unbiased",
    "Mean rank of the truth among the draws, parameters that an export tells: one half",
    "what is calibrated lay to one side of the truth",
)
def unbiased(effort: Effort) -> Finding:
    """Simulation-based calibration (Talts et al. 2018), its first moment, the worst parameter."""
    ranks = told(effort)
    scores = [near(ranks[:, place], 0.5, allowed=APPROXIMATION) for place in range(ranks.shape[1])]
    worst = max(scores, key=lambda one: one.figure)
    from scipy.stats import t

    bound = float(t.ppf(1.0 - 1e-4 / 2.0 / len(scores), len(ranks) - 1))
    return Finding(worst.figure, bound, f"worst of {len(scores)}: {worst.text}", sees=worst.sees)


@check(
    RECOVERY,
    "calibration-ranks-even",
    "Ranks of the truth among the draws against the even law (simulation-based calibration)",
    "posteriors were too narrow or too wide",
)
def even(effort: Effort) -> Finding:
    """Mean of |rank − ½| by export, ¼ where ranks are even: their spread, free of the direction of an error."""
    ranks = told(effort)
    counts = np.histogram(ranks, 10, (0.0, 1.0))[0] / ranks.size
    picture = Picture(np.arange(10) / 10 + 0.05, counts, [0.1] * 10, "rank of the truth", "share")
    return near(np.abs(ranks - 0.5).mean(axis=1), 0.25, allowed=APPROXIMATION / 2.0, picture=picture)


@check(
    RECOVERY,
    "calibration-learns",
    "Parameters that exports tell: the posterior is narrower than the prior by a third or more",
    "calibration covered because it learnt nothing",
    error_rate=0.0,
)
def learns(effort: Effort) -> Finding:
    """Contraction, its mean over exports."""
    table, _ = study(effort)
    shares = table["told"][table["verdict"] == "told"]
    return Finding(
        len(shares), 4, f"{len(shares)} of {len(table)} parameters are told, most by {shares.max():.0%}", at_most=False
    )


@check(
    RECOVERY,
    "export-round-trip",
    "Leads, wins and their values of a firm, written as an export and read again: equal",
    "a state, a date or an amount were lost between the model and a file",
    error_rate=0.0,
)
def round_trip(effort: Effort) -> Finding:
    """Two layouts."""
    code = program("truth_recovery")
    wrong = n = 0
    for shape in (SALESFORCE, HUBSPOT):
        for seed in range(effort.n(4, 1)):
            firm = with_values(load_scenario("small"), {"run.days": code.CLOCK.n_working_days})
            rows = rows_of_world(simulate(blueprint_of(firm), seed), "opportunity", code.CLOCK)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "export.csv"
                write_export(rows, code.CLOCK, (), path, shape)
                read = rows_of_export(read_export(path), code.CLOCK, ())
            mine, theirs = _figures(rows), _figures(read)
            wrong += sum(abs(a - b) > 1e-6 * max(1.0, abs(a)) for a, b in zip(mine, theirs, strict=True))
            n += len(mine)
    return none_of(wrong, n, "figures differ")


def _figures(rows: Any) -> list[float]:
    """Rows, wins and losses, and the sums of days and amounts."""
    return [
        len(rows.days),
        rows.is_won.sum(),
        rows.is_lost.sum(),
        np.nansum(rows.created),
        np.nansum(rows.amount[rows.is_won]),
    ]


@check(
    RECOVERY,
    "estimates-cover",
    "95 % intervals of 18 direct estimates of exports made up with a known truth: 91 to 97 %",
    "an estimate read the wrong rows or days of an export",
)
def estimates(effort: Effort) -> Finding:
    """Rates, mix, times, values (tests/statistical/test_estimates.py), mean by export."""
    from sim.calibrate.data_report import data_report
    from tests.exports import as_leads, made_up
    from tests.statistical.test_estimates import TRUTH

    shares = []
    for seed in range(effort.n(60, 16)):
        found = {
            (one.part, one.quantity): one
            for one in data_report(as_leads(made_up(weeks=52, seed=5000 + seed))).estimates
        }
        shares.append(
            np.mean([found[key].low <= truth <= found[key].high for key, truth in TRUTH.items() if key in found])
        )
    return near(shares, 0.94, allowed=0.03)
