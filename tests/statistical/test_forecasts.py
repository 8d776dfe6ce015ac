"""Forecasts of held-out cohorts hold what came as often as they say, where the export is that of a simulated firm.

False-alarm rate of every lower bound: 1 in 10,000 (binomial); the seed is fixed, so a failure means changed code.
There is no upper bound: forecasts are widened by what months of real firms may differ by.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.calibrate.bank import FITTED, HELD, Question, fill_bank
from sim.calibrate.calibration import forecast_draws, part_of
from sim.calibrate.lead_rows import Clock
from sim.calibrate.practice_prior import practice_draws
from sim.calibrate.prior import parameters_of
from sim.calibrate.summaries import Look
from sim.ensemble.progress import Advance
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values

CLOCK = Clock(pd.Timestamp("2024-01-01"), 330.0, 239.0, is_created_date=True, is_closed_date=True)
N_BANK, N_EXPORTS = 1500, 150
RARE = 1e-4


def question() -> Question:
    """Deals of eight months of a small firm: six months are fitted, two are forecast."""
    centre = with_values(load_scenario("small"), {"run.days": CLOCK.n_working_days, "run.warmup_days": 65})
    fitted = Look(0.0, 180.0, 90.0, (), has_losses=True, has_values=False, has_owners=False)
    every, held = dataclasses.replace(fitted, end=240.0), dataclasses.replace(fitted, start=180.0, end=240.0)
    parameters = parameters_of(centre, has_sources=False)
    return Question(centre, parameters, "opportunity", CLOCK, fitted, every, held, practice_draws(512, 1), 3)


@pytest.mark.slow
def test_forecasts_of_firms_that_the_bank_does_not_hold_cover_what_they_promise() -> None:
    """Measured: 88 to 96 % by quantity."""
    asked = question()
    every = fill_bank(asked, N_BANK + N_EXPORTS, None, Advance(1, None))
    bank, firms = every.iloc[:N_BANK], every.iloc[N_BANK:].reset_index(drop=True)
    seen, came = part_of(firms, FITTED), part_of(firms, HELD)
    table = pd.concat([ranges(asked, bank, seen.iloc[place], came.iloc[place]) for place in range(N_EXPORTS)])
    before = part_of(bank, HELD).quantile(0.95) - part_of(bank, HELD).quantile(0.05)
    assert set(table["quantity"]) == {"win rate", "time to win 10%", "time to win 50%", "time to win 90%"}
    width = table.groupby("quantity")["width"].median() / before
    assert width["win rate"] < 0.5 and width["time to win 50%"] < 0.8, "hardly narrower than before the export"
    for quantity, rows in table.groupby("quantity"):
        least = stats.binom.ppf(RARE, len(rows), 0.9)
        assert len(rows) > 100
        assert rows["is_inside"].sum() >= least, f"{quantity}: {rows['is_inside'].mean():.3f} of {len(rows)}"


def ranges(asked: Question, bank: pd.DataFrame, seen: pd.Series[float], came: pd.Series[float]) -> pd.DataFrame:
    """Widths of the 90 % intervals of what a firm shows later, and whether they hold it."""
    told = {str(name): float(value) for name, value in came.items() if np.isfinite(value)}
    drawn = forecast_draws(asked, bank, {str(name): float(value) for name, value in seen.items()}, told)
    low, high, truth = drawn.quantile(0.05), drawn.quantile(0.95), pd.Series(told)[drawn.columns]
    found = pd.DataFrame({"width": high - low, "is_inside": (low <= truth) & (truth <= high)})
    return found.rename_axis("quantity").reset_index()
