"""Traps in the rows of an export: what looks like deals, dates, amounts or people and is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.findings import Finding, Findings
from sim.calibrate.importers import Export
from sim.calibrate.windows import MIN_ROWS, MIN_SOURCE_ROWS, last_seen


def find_dormant(leads: pd.DataFrame, found: Findings) -> None:
    """Say how many open rows are older than anything that ever closed, if it is many."""
    age = (last_seen(leads) - leads["created"]).dt.total_seconds()[leads["status"] == "open"] / 86400
    longest = float(leads["days"].max())
    dormant = int((age > longest).sum())
    if dormant:
        text = (
            f"Dormant: {dormant} of {len(age)} open rows are older than the longest closed cycle ({longest:.0f} days); "
            f"the median open row is {age.median():.0f} days old."
        )
        found.append(Finding("dormant", text, dormant, len(age)))


def find_weekends(leads: pd.DataFrame, found: Findings) -> None:
    """Say which share of rows is created on weekends."""
    late = leads["created"].dt.day_of_week >= 5
    if late.any():
        text = f"{late.mean():.0%} of rows are created on weekends; they count as arrivals of the Monday after."
        found.append(Finding("weekends", text, int(late.sum()), len(leads)))


def find_quarters(export: Export, rows: pd.DataFrame, found: Findings) -> None:
    """Say so if the win rate of closed deals swings with the quarter's end beyond chance (z > 4, over 5 points)."""
    done = rows[rows["closed"].notna() & (rows["status"] != "open")]
    last = done["closed"].dt.month % 3 == 0
    n, n_last = len(done), int(last.sum())
    if export.unit != "opportunity" or min(n_last, n - n_last) < MIN_ROWS:
        return
    rate, at_end, else_ = (float(part["won"].mean()) for part in (done, done[last], done[~last]))
    noise = np.sqrt(rate * (1 - rate) * (1 / n_last + 1 / (n - n_last)))
    if abs(at_end - else_) > max(4 * noise, 0.05):
        months = done["won"].groupby(done["closed"].dt.to_period("M")).agg(["mean", "size"])
        means = months["mean"][months["size"] >= MIN_SOURCE_ROWS]
        text = (
            f"The win rate swings with the quarter: {at_end:.2f} in its last month, {else_:.2f} in the others "
            f"(months range from {means.min():.2f} to {means.max():.2f}). All closed deals count alike; "
            f"{n_last / n:.0%} of them fall in last months."
        )
        found.append(Finding("quarter_end", text, n_last, n))
