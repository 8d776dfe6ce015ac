"""Traps in the rows of an export: what looks like deals, dates, amounts or people and is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.findings import Finding, Findings
from sim.calibrate.importers import Export
from sim.calibrate.leaks import leaking_columns
from sim.calibrate.privacy import at_least_five
from sim.calibrate.windows import MIN_ROWS, MIN_SOURCE_ROWS, last_seen

#: Assumption: a single owner with more of the closes than this is likely a house account.
_MOST_OF_ONE = 0.15


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


def find_all_traps(export: Export, leads: pd.DataFrame, found: Findings) -> None:
    """Find what no computation hangs on but a reader must know.

    Parameters
    ----------
    export : Export
        As read.
    leads : pandas.DataFrame
        Its rows with ``won`` and ``days``, see `sim.calibrate.windows.timed`.
    found : list of Finding
        Added to.
    """
    _find_expected(leads, found)
    _find_odd_moments(leads, found)
    _find_look_alikes(leads, found)
    _find_missing(leads, found)
    _find_leaks(export, found)
    _find_one_owner(leads, found)
    _find_bare_dates(leads, found)


def _find_expected(leads: pd.DataFrame, found: Findings) -> None:
    """Expected close dates of open deals: how many have passed, and how many are the last day of the first month."""
    if "expected" not in leads or not leads["expected"].notna().any():
        return
    planned = leads[leads["expected"].notna()]
    due = planned["expected"].dt.normalize()
    passed = int((due < last_seen(leads).normalize()).sum())
    usual = int((due == (planned["created"].dt.normalize() + pd.offsets.MonthEnd(0))).sum())
    text = f"Close dates of {len(planned)} open deals are plans, not events; {passed} of them have passed."
    if usual > 0.2 * len(planned):
        text += f" {usual} are the last day of the month of creation, as a CRM fills in by itself."
    found.append(Finding("expected_dates", text, passed, len(planned)))


def _find_odd_moments(leads: pd.DataFrame, found: Findings) -> None:
    """Moments on the way that lie before the row was created."""
    for column, words in (("mql", "became MQLs"), ("responded", "were answered"), ("handed", "were handed over")):
        if column in leads:
            early = int((leads[column] < leads["created"]).sum())
            if early:
                text = f"{early} rows {words} before they were created."
                found.append(Finding("odd_moments", text, early, int(leads[column].notna().sum())))


def _find_look_alikes(leads: pd.DataFrame, found: Findings) -> None:
    """Rows under different ids that are alike in dates, amount, owner and source."""
    told = leads[(leads["amount"] > 0) & leads["closed"].notna()]
    alike = int(told.duplicated(["created", "closed", "status", "amount", "owner", "source"]).sum())
    if alike > max(4, 0.005 * len(told)):
        text = f"{alike} rows are alike in dates, amount, owner and source to another with a different id."
        found.append(Finding("look_alikes", text, alike, len(told)))


def missing_cells(leads: pd.DataFrame) -> pd.DataFrame:
    """How many cells are missing where there should be one.

    Returns
    -------
    pandas.DataFrame
        ``column``, ``rows`` (which should have it), ``n`` (rows), ``missing``, ``share``.
    """
    closed, won = leads["status"] != "open", leads["status"] == "won"
    every = pd.Series(True, leads.index)
    asked = [("closed", "closed rows", closed), ("amount", "won rows", won), ("source", "rows", every)]
    asked += [("owner", "closed rows", closed), ("marketer", "won rows", won)]
    asked += [(name, "rows", every) for name in ("mql", "handed", "responded") if name in leads]
    rows = [(name, who, int(rows.sum()), int(leads.loc[rows, name].isna().sum())) for name, who, rows in asked]
    table = pd.DataFrame(rows, columns=["column", "rows", "n", "missing"])
    return table.assign(share=table["missing"] / table["n"].clip(lower=1))


def _find_missing(leads: pd.DataFrame, found: Findings) -> None:
    """Columns that are there for some rows and missing for a fifth or more."""
    for row in missing_cells(leads).to_dict("records"):
        if row["column"] in ("closed", "amount", "source", "owner") and 0.2 <= row["share"] < 1:
            text = (
                f"The {row['column']} is missing in {row['missing']} of {row['n']} {row['rows']} ({row['share']:.0%})."
            )
            found.append(Finding("missing", text, row["missing"], row["n"]))


def _find_leaks(export: Export, found: Findings) -> None:
    """Columns that tell the outcome, the source apart as rates rest on it."""
    for leak in export.leaks:
        still = "" if np.isnan(leak.filled_open) else f", {leak.filled_open:.0%} of open ones"
        text = (
            f"Column {leak.column!r} parts won rows from others with {leak.score:.2f} (0.5 is chance, 1 perfect); it "
            f"is filled in {leak.filled_won:.0%} of won rows, {leak.filled_other:.0%} of the others{still}."
        )
        found.append(Finding("leak", text, leak.n, len(export.leads)))
    source = export.leads["source"].fillna("").astype(str).to_frame()
    for leak in leaking_columns(source, export.leads["status"]):
        text = f"The source parts won rows from others with {leak.score:.2f} (0.5 is chance, 1 is perfect)."
        found.append(Finding("leaking_source", text, leak.n, len(export.leads)))


def _find_one_owner(leads: pd.DataFrame, found: Findings) -> None:
    """An owner with over 15 % of the closes and twice the even share; nothing is said of fewer than five owners."""
    closes = leads["owner"][leads["status"] != "open"].value_counts()
    n, owners = int(closes.sum()), len(closes)
    if at_least_five(owners) and n >= MIN_ROWS and closes.iloc[0] > max(_MOST_OF_ONE, 2 / owners) * n:
        text = f"One of {owners} owners closes {closes.iloc[0] / n:.0%} of all deals."
        found.append(Finding("one_owner", text, int(closes.iloc[0]), n))


def _find_bare_dates(leads: pd.DataFrame, found: Findings) -> None:
    """Created dates at midnight, or all at one other time of day, as a time zone leaves them."""
    clock = leads["created"] - leads["created"].dt.normalize()
    usual, n = clock.mode().iloc[0], len(leads)
    same = int((clock == usual).sum())
    if same < 0.95 * n or n < MIN_ROWS:
        return
    hour = f"{usual.components.hours:02d}:{usual.components.minutes:02d}"
    if usual == pd.Timedelta(0):
        found.append(Finding("dates_only", "Created dates have no time of day (00:00).", same, n))
    else:
        text = f"Created dates are at {hour} in {same / n:.0%} of rows: midnight in another time zone."
        found.append(Finding("shifted_dates", text, same, n))
