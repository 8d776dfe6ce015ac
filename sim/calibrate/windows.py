"""The window of an export in which its facts can be trusted: present regime, mature cohorts, and traps on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.findings import Finding, Findings
from sim.calibrate.importers import Export
from sim.domain.errors import InputError

Floats = npt.NDArray[np.float64]
MIN_ROWS, MIN_WINS, MIN_WEEKS, MIN_SOURCE_ROWS = 50, 20, 4, 30
DAY = pd.Timedelta(days=1)
# Assumption: a regime is another one if conversion at least doubles or halves; likelihood ratio 12 keeps the chance of
# a false alarm under 1 % over a dozen splits.
_BREAK_RATIO, _BREAK_SCORE = 2.0, 12.0


@dataclass(frozen=True, eq=False)
class Window:
    """The part of an export that its facts rest on.

    Parameters
    ----------
    leads : pandas.DataFrame
        Rows of the present regime, with ``won`` (bool) and ``days`` (calendar days from created to closed).
    rows : pandas.DataFrame
        Those of them behind win rate, times and values.
    start, end : pandas.Timestamp
        First and last day of the arrivals, both included.
    seen : pandas.Timestamp
        Last moment the export knows of.
    """

    leads: pd.DataFrame
    rows: pd.DataFrame
    start: pd.Timestamp
    end: pd.Timestamp
    seen: pd.Timestamp


def trusted_window(export: Export, found: Findings) -> Window:
    """Find the window in which an export can be trusted; traps on the way are added to the findings.

    Raises
    ------
    InputError
        With fewer than 50 rows or 20 dated wins to work on, or if nothing but wins is there.
    """
    refuse_undated(export)
    found.extend(export.findings)
    leads = timed(export.leads)
    refuse_few(export, leads)
    leads = _current_regime(export, leads, found)
    rows, start, end = _rated_rows(export, leads, found)
    refuse_few(export, rows)
    if bool(rows["won"].all()):
        rule = "must hold rows that were not won"
        raise InputError(export.source_name, rule, "wins only", "Export lost and open rows too.")
    return Window(leads, rows, start, end, last_seen(leads))


def refuse_undated(export: Export) -> None:
    """Raise an error where no row has a created date, as in an export of durations; what there is, is told."""
    leads = export.leads
    if leads["created"].notna().any():
        return
    counts = ", ".join(f"{int((leads['status'] == word).sum())} {word}" for word in ("won", "lost", "open"))
    days = leads["total_days"][leads["status"] == "won"] if "total_days" in leads else pd.Series(dtype=float)
    told = (
        f" Durations alone say: half of the wins take {days.median():.0f} days or less." if days.notna().any() else ""
    )
    rule = "must have created dates; without them arrivals, trends and censoring are unknown"
    mend = f"Export the column with the date of creation.{told}"
    raise InputError(export.source_name, rule, f"{counts}, none with a date", mend)


def timed(leads: pd.DataFrame) -> pd.DataFrame:
    """Rows with ``won`` (bool) and ``days`` (calendar days from created to closed)."""
    leads = leads.assign(won=leads["status"] == "won")
    leads["days"] = (leads["closed"] - leads["created"]).dt.total_seconds() / 86400
    return leads


def refuse_few(export: Export, rows: pd.DataFrame) -> None:
    """Raise an error where rows or dated wins are too few for moments."""
    n, wins = len(rows), int(rows["days"][rows["won"]].notna().sum())
    if n < MIN_ROWS or wins < MIN_WINS:
        rule = f"must hold at least {MIN_ROWS} usable rows and {MIN_WINS} dated wins"
        mend = "Export a longer period, or set the scenario by hand."
        raise InputError(export.source_name, rule, f"{n} rows, {wins} wins", mend)


def _current_regime(export: Export, leads: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Keep the cohorts since the last break in conversion, found by comparing monthly cohorts."""
    if export.unit == "lead":
        horizon = equal_horizon(leads)
        fair = leads[leads["created"] <= last_seen(leads) - horizon * DAY]
        success, of = fair["won"] & (fair["days"] <= horizon), f"won within {horizon:.0f} days"
    else:
        fair = leads[leads["status"] != "open"]
        success, of = fair["won"], "closed deals won"
    cohorts = success.groupby(fair["created"].dt.to_period("M")).agg(["sum", "size"])
    won, n = cohorts["sum"].to_numpy(np.float64), cohorts["size"].to_numpy(np.float64)
    split = _last_break(won, n)
    if split is None:
        return leads
    month = pd.PeriodIndex(cohorts.index).to_timestamp()[split]
    before, after = (float(part["sum"].sum() / part["size"].sum()) for part in (cohorts[:split], cohorts[split:]))
    kept: pd.DataFrame = leads.loc[leads["created"] >= month]
    text = f"Conversion breaks in {month:%B %Y}: {of} {before:.3f} before, {after:.3f} after"
    if len(kept) < MIN_ROWS or int(kept["days"][kept["won"]].notna().sum()) < MIN_WINS:
        text += "; too few rows follow, so all cohorts are pooled and the rates mix two regimes."
        found.append(Finding("mixed_regimes", text, len(kept), len(leads)))
        return leads
    n_before = len(leads) - len(kept)
    text += f"; the {n_before} rows created before are left out."
    found.append(Finding("regime_break", text, n_before, len(leads)))
    return kept


def _last_break(won: Floats, n: Floats) -> int | None:
    """Index of the first cohort after the last break: what follows a break is searched again."""
    split = _break(won, n)
    if split is None:
        return None
    return split + (_last_break(won[split:], n[split:]) or 0)


def _break(won: Floats, n: Floats) -> int | None:
    """Index of the first cohort after the break; None if no split separates conversion clearly and twofold."""
    if len(n) < 4:
        return None
    left, left_n = np.cumsum(won)[:-1], np.cumsum(n)[:-1]
    right, right_n = won.sum() - left, n.sum() - left_n
    score = 2 * (_log_likelihood(left, left_n) + _log_likelihood(right, right_n) - _log_likelihood(won.sum(), n.sum()))
    ratio = (right + 0.5) / (right_n + 1) * (left_n + 1) / (left + 0.5)
    score[np.abs(np.log(ratio)) < np.log(_BREAK_RATIO)] = 0.0
    best = int(np.argmax(score))
    return best + 1 if score[best] > _BREAK_SCORE else None


def _log_likelihood(won: Floats | np.float64, n: Floats | np.float64) -> Floats:
    """Binomial log likelihood at its maximum."""
    p = np.clip(won / n, 1e-12, 1 - 1e-12)
    return np.asarray(won * np.log(p) + (n - won) * np.log1p(-p), dtype=np.float64)


def equal_horizon(leads: pd.DataFrame) -> float:
    """Whole days within which three quarters of the dated wins come: a follow-up that most cohorts have."""
    return float(np.ceil(leads["days"][leads["won"]].quantile(0.75)))


def last_seen(leads: pd.DataFrame) -> pd.Timestamp:
    """Last moment the export knows of."""
    return pd.Timestamp(max(leads["created"].max(), leads["closed"].max()))


def _rated_rows(
    export: Export, leads: pd.DataFrame, found: Findings
) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """Rows behind the win rate, and the first and last day of the arrivals window."""
    start, end = leads["created"].min().normalize(), leads["created"].max().normalize()
    closed = leads[leads["status"] != "open"]
    cycles = closed["days"].dropna()
    first_close = closed["closed"].quantile(0.001)
    if export.unit == "opportunity" and not (leads["status"] == "open").any():
        end = _without_tail(leads, start, end, float(cycles.quantile(0.95)), found)
    if export.unit == "opportunity" and first_close - start > float(cycles.quantile(0.75)) * DAY:
        start = closed["closed"].min().normalize()
        fair = _followed(closed[closed["created"] >= start], leads, found=None)
        text = (
            f"No deal closes before {start:%d %B %Y}, long after the first were created (left truncation): the win "
            "rate and cycle times use all closes since then, which is fair if arrivals were steady, and arrivals are "
            "counted from that day. Deals created since and followed long enough alone: win rate "
            f"{fair['won'].mean():.3f}, median {fair['days'][fair['won']].median():.1f} days."
        )
        found.append(Finding("left_truncation", text, int((leads["created"] < start).sum()), len(leads)))
        return closed, start, end
    rows = _followed(leads, leads, found)
    return (rows if export.unit == "lead" else rows[rows["status"] != "open"]), start, end


def _without_tail(
    leads: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, days: float, found: Findings
) -> pd.Timestamp:
    """End the arrivals window early where deals not yet closed are missing from the export."""
    early = (last_seen(leads) - days * DAY).normalize()
    if early >= end or (early - start) < 7 * MIN_WEEKS * DAY:
        return end
    text = f"No open deals are in the export, so arrivals after {early:%d %B %Y} are incomplete and not counted."
    found.append(Finding("no_open_deals", text, int((leads["created"] > early).sum()), len(leads)))
    return early


def _followed(rows: pd.DataFrame, leads: pd.DataFrame, found: Findings | None) -> pd.DataFrame:
    """Rows of the cohorts old enough that 95 % of wins would show (or fewer, if too little is left)."""
    seen = last_seen(leads)
    days = rows["days"][rows["won"]].dropna()
    for part in (0.95, 0.9, 0.75, 0.5):
        follow_up = float(np.ceil(days.quantile(part)))
        kept = rows[rows["created"] <= seen - follow_up * DAY]
        if len(kept) >= MIN_ROWS and kept["days"][kept["won"]].notna().sum() >= MIN_WINS:
            break
    else:
        kept, part, follow_up = rows, 0.0, 0.0
    if found is not None:
        n_young = len(rows) - len(kept)
        if n_young:
            text = (
                f"The last cohorts are censored: {n_young} rows seen for less than {follow_up:.0f} days, "
                f"the time in which {part:.0%} of wins came, are left out of rates, times and values."
            )
            found.append(Finding("censored_cohorts", text, n_young, len(rows)))
        if part < 0.95:
            text = "The export is short for its cycle times; late wins are missed, so rates and times are low."
            found.append(Finding("short_export", text))
        _find_equal_follow_up(kept, seen, found)
    return kept


def _find_equal_follow_up(kept: pd.DataFrame, seen: pd.Timestamp, found: Findings) -> None:
    """Give rate and time as they are if each cohort is followed as short as the last one."""
    equal = float(np.floor((seen - kept["created"].max()) / DAY))
    early = kept["won"] & (kept["days"] <= equal)
    if kept["won"].sum() > early.sum() > 0:
        text = (
            f"At an equal follow-up of {equal:.0f} days for every cohort the share won is {early.mean():.3f} instead "
            f"of {kept['won'].mean():.3f} of rows, and the median time {kept['days'][early].median():.1f} days."
        )
        found.append(Finding("equal_follow_up", text, int(kept["won"].sum() - early.sum()), int(kept["won"].sum())))
