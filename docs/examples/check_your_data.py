"""A practice export of a made-up firm, with the traps that real ones have, and what its data report says.

    python docs/examples/check_your_data.py [FOLDER]

Writes practice.csv, its data report practice.html and the picture practice.png into the folder (the present one).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.cohort_figures import draw_cohorts
from sim.calibrate.data_report import data_report
from sim.calibrate.importers import read_export
from sim.report.data_page import data_page

FIRST, WEEKS = pd.Timestamp("2023-01-02"), 104
OWNERS = [f"person{number}@example.org" for number in range(1, 9)]
SOURCES = {"Organic search": 0.30, "Paid search": 0.22, "Trade fair": 0.12, "Referral": 0.40}


def practice_deals(seed: int = 2) -> pd.DataFrame:
    """Deals of two years as a HubSpot export has them: win rates halve in 2024, and some deals are left to sleep."""
    luck = np.random.default_rng(seed)
    days = pd.bdate_range(FIRST, periods=5 * WEEKS)
    created = days.repeat(luck.poisson(luck.gamma(6, 1, len(days))))
    n = len(created)
    source = luck.choice(list(SOURCES), n, p=[0.45, 0.25, 0.2, 0.1])
    chance = np.vectorize(SOURCES.get)(source) * np.where(created < pd.Timestamp("2024-01-01"), 2.0, 0.8)
    is_won = luck.random(n) < chance
    closed = created + pd.to_timedelta(np.exp(luck.normal(np.log(35), 0.8, n)), unit="D")
    is_open = (closed > days[-1]) | (luck.random(n) < 0.06)
    deals = pd.DataFrame({"Record ID": np.arange(1, n + 1), "Create Date": created.strftime("%Y-%m-%d")})
    planned = created + pd.offsets.MonthEnd(0)
    deals["Close Date"] = pd.Series(np.where(is_open, planned, closed.floor("D"))).dt.strftime("%Y-%m-%d")
    deals["Deal Stage"] = np.where(is_open, "Proposal", np.where(is_won, "Closed Won", "Closed Lost"))
    deals["Amount"] = np.exp(luck.normal(9, 0.9, n)).round()
    deals["Original Source"] = source
    deals["Deal owner"] = luck.choice(OWNERS, n, p=[0.44, *[0.08] * 7])
    deals["Closed Lost Reason"] = np.where(is_open | is_won, "", luck.choice(["Price", "Timing", "No answer"], n))
    return deals


def main(folder: str = ".") -> None:
    """Write the export, its report and its picture, and print what was found."""
    place = Path(folder)
    practice_deals().to_csv(place / "practice.csv", index=False)
    report = data_report(read_export(place / "practice.csv"))
    (place / "practice.html").write_text(data_page(report), encoding="utf-8")
    first = None if report.facts is None else pd.Period(report.facts.first_day, "M")
    draw_cohorts(report.cohorts, report.horizon, first).savefig(place / "practice.png", dpi=120, facecolor="white")
    for finding in report.findings:
        print(f"{finding.weight:13}{finding.title}: {finding.what}")


if __name__ == "__main__":
    main(*sys.argv[1:])
