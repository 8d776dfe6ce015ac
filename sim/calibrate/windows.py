"""The window of an export in which its facts can be trusted: present regime, mature cohorts, and traps on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.importers import Export
from sim.domain.errors import InputError

Floats = npt.NDArray[np.float64]
MIN_ROWS, MIN_WINS, MIN_WEEKS, MIN_SOURCE_ROWS = 50, 20, 4, 30
DAY = pd.Timedelta(days=1)
# Assumption: a regime is another one if conversion at least doubles or halves; likelihood ratio 12 keeps the chance of
# a false alarm under 1 % over a dozen splits.
_BREAK_RATIO, _BREAK_SCORE = 2.0, 12.0


def refuse_few(export: Export, rows: pd.DataFrame) -> None:
    """Raise an error where rows or dated wins are too few for moments."""
    n, wins = len(rows), int(rows["days"][rows["won"]].notna().sum())
    if n < MIN_ROWS or wins < MIN_WINS:
        rule = f"must hold at least {MIN_ROWS} usable rows and {MIN_WINS} dated wins"
        mend = "Export a longer period, or set the scenario by hand."
        raise InputError(export.source_name, rule, f"{n} rows, {wins} wins", mend)


def current_regime(export: Export, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep the cohorts since the last break in conversion, found by comparing monthly cohorts."""
    if export.unit == "lead":
        horizon = float(np.ceil(leads["days"][leads["won"]].quantile(0.75)))
        fair = leads[leads["created"] <= _seen(leads) - horizon * DAY]
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
        notes.append(f"{text}; too few rows follow, so all cohorts are pooled and the rates mix two regimes.")
        return leads
    notes.append(f"{text}; the {len(leads) - len(kept)} rows created before are left out.")
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


def _seen(leads: pd.DataFrame) -> pd.Timestamp:
    """Last moment the export knows of."""
    return pd.Timestamp(max(leads["created"].max(), leads["closed"].max()))


def rated_rows(
    export: Export, leads: pd.DataFrame, notes: list[str]
) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """Rows behind the win rate, and the first and last day of the arrivals window."""
    start, end = leads["created"].min().normalize(), leads["created"].max().normalize()
    closed = leads[leads["status"] != "open"]
    cycles = closed["days"].dropna()
    first_close = closed["closed"].quantile(0.001)
    if export.unit == "opportunity" and not (leads["status"] == "open").any():
        end = _without_tail(leads, start, end, float(cycles.quantile(0.95)), notes)
    if export.unit == "opportunity" and first_close - start > float(cycles.quantile(0.75)) * DAY:
        start = closed["closed"].min().normalize()
        fair = _followed(closed[closed["created"] >= start], leads, notes=None)
        notes.append(
            f"No deal closes before {start:%d %B %Y}, long after the first were created (left truncation): the win "
            "rate and cycle times use all closes since then, which is fair if arrivals were steady, and arrivals are "
            "counted from that day. Deals created since and followed long enough alone: win rate "
            f"{fair['won'].mean():.3f}, median {fair['days'][fair['won']].median():.1f} days."
        )
        return closed, start, end
    rows = _followed(leads, leads, notes)
    return (rows if export.unit == "lead" else rows[rows["status"] != "open"]), start, end


def _without_tail(
    leads: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, days: float, notes: list[str]
) -> pd.Timestamp:
    """End the arrivals window early where deals not yet closed are missing from the export."""
    early = (_seen(leads) - days * DAY).normalize()
    if early >= end or (early - start) < 7 * MIN_WEEKS * DAY:
        return end
    notes.append(f"No open deals are in the export, so arrivals after {early:%d %B %Y} are incomplete and not counted.")
    return early


def _followed(rows: pd.DataFrame, leads: pd.DataFrame, notes: list[str] | None) -> pd.DataFrame:
    """Rows of the cohorts old enough that 95 % of wins would show (or fewer, if too little is left)."""
    seen = _seen(leads)
    days = rows["days"][rows["won"]].dropna()
    for part in (0.95, 0.9, 0.75, 0.5):
        follow_up = float(np.ceil(days.quantile(part)))
        kept = rows[rows["created"] <= seen - follow_up * DAY]
        if len(kept) >= MIN_ROWS and kept["days"][kept["won"]].notna().sum() >= MIN_WINS:
            break
    else:
        kept, part, follow_up = rows, 0.0, 0.0
    if notes is not None:
        if len(kept) < len(rows):
            notes.append(
                f"The last cohorts are censored: {len(rows) - len(kept)} rows seen for less than {follow_up:.0f} days, "
                f"the time in which {part:.0%} of wins came, are left out of rates, times and values."
            )
        if part < 0.95:
            notes.append("The export is short for its cycle times; late wins are missed, so rates and times are low.")
        _note_equal_follow_up(kept, seen, notes)
    return kept


def _note_equal_follow_up(kept: pd.DataFrame, seen: pd.Timestamp, notes: list[str]) -> None:
    """Give rate and time as they are if each cohort is followed as short as the last one."""
    equal = float(np.floor((seen - kept["created"].max()) / DAY))
    early = kept["won"] & (kept["days"] <= equal)
    if kept["won"].sum() > early.sum() > 0:
        notes.append(
            f"At an equal follow-up of {equal:.0f} days for every cohort the share won is {early.mean():.3f} instead "
            f"of {kept['won'].mean():.3f} of rows, and the median time {kept['days'][early].median():.1f} days."
        )


def note_dormant(leads: pd.DataFrame, notes: list[str]) -> None:
    """Say how many open rows are older than anything that ever closed, if it is many."""
    age = (_seen(leads) - leads["created"]).dt.total_seconds()[leads["status"] == "open"] / 86400
    longest = float(leads["days"].max())
    dormant = int((age > longest).sum())
    if dormant:
        notes.append(
            f"Dormant: {dormant} of {len(age)} open rows are older than the longest closed cycle ({longest:.0f} days); "
            f"the median open row is {age.median():.0f} days old."
        )


def note_weekends(leads: pd.DataFrame, notes: list[str]) -> None:
    """Say which share of rows is created on weekends."""
    share = float((leads["created"].dt.day_of_week >= 5).mean())
    if share > 0:
        notes.append(f"{share:.0%} of rows are created on weekends; they count as arrivals of the Monday after.")


def note_quarters(export: Export, rows: pd.DataFrame, notes: list[str]) -> None:
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
        notes.append(
            f"The win rate swings with the quarter: {at_end:.2f} in its last month, {else_:.2f} in the others "
            f"(months range from {means.min():.2f} to {means.max():.2f}). All closed deals count alike; "
            f"{n_last / n:.0%} of them fall in last months."
        )
