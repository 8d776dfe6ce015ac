"""Where the baseline loses money there is nothing to take percent of: amounts are shown instead."""

from __future__ import annotations

import pandas as pd

import sim
from sim.report.terminal import overview_table


def test_a_loss_has_no_percentages() -> None:
    expensive = sim.with_value(sim.load_scenario("micro"), "people.pay_rep", 900_000)
    compared = sim.compare(expensive, relationships=["undefined", "defined"], replications=3, seed=1)
    row = compared.table().query("outcome == 'profit' and scenario == 'defined'").iloc[0]
    assert row["baseline_mean"] < 0
    assert pd.isna(row["relative_difference"])
    shown = next(line for line in overview_table(compared).splitlines() if line.startswith("Defined"))
    assert f"{row['difference'] / 1e3:.2f} k".replace("-", "") in shown.replace("−", "-")
