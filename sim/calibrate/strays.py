"""Dates that cannot be meant: a few, a year or more away from all others, as a slip in the year makes them."""

from __future__ import annotations

import pandas as pd

from sim.calibrate.findings import Finding

#: Assumption: a year without any event parts a stray date from the period of an export.
SILENCE = pd.Timedelta(days=365)
#: Assumption: more than this part of the dates is no slip; and fewest rows that make a period at all.
MOST_STRAY, FEWEST = 0.01, 50
_LATE = {"closed": "closed", "mql": "made MQLs", "handed": "handed over", "responded": "answered"}


def without_strays(leads: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Take dates out that would stretch the period of an export by years.

    Parameters
    ----------
    leads : pandas.DataFrame
        Columns of ``Export.leads``.

    Returns
    -------
    leads : pandas.DataFrame
        Rows with a stray created date are left out; a stray close date, or moment on the way, is unknown, while the row
        stays won or lost.
    findings : tuple of Finding
        What was taken out, if anything.

    Notes
    -----
    A date is stray if a year in which nothing happens lies between it and all others, and at most 1 % of the dates
    (but one, in any case) lie beyond that year. It is never put right: nobody knows what was meant.
    """
    created = leads["created"].dropna()
    if len(created) < FEWEST:
        return leads, ()
    first, last = _earliest(created), _latest(created)
    found = list[Finding]()
    is_kept = ~((leads["created"] < first) | (leads["created"] > last))
    kept = leads[is_kept].reset_index(drop=True)
    if not is_kept.all():
        found.append(_told("left out, as they were created", leads["created"], is_kept))
    _blank_late(kept, found)
    return kept, tuple(found)


def _blank_late(leads: pd.DataFrame, found: list[Finding]) -> None:
    """Make dates after the period unknown. Changes the rows in place."""
    last = _latest(pd.concat([leads["created"], leads["closed"]]).dropna())
    for role, words in _LATE.items():
        is_kept = ~(leads[role] > last) if role in leads else pd.Series(True, leads.index)
        if not is_kept.all():
            found.append(_told(f"left without this date, as they were {words}", leads[role], is_kept))
            leads[role] = leads[role].where(is_kept)


def _told(what: str, times: pd.Series[pd.Timestamp], is_kept: pd.Series[bool]) -> Finding:
    """A sentence on stray dates, with the first and last of them."""
    stray, n = times[~is_kept], int((~is_kept).sum())
    days = sorted({f"{day:%Y-%m-%d}" for day in (stray.min(), stray.max())})
    usual = times[is_kept]
    period = f"all others from {usual.min():%Y-%m-%d} to {usual.max():%Y-%m-%d}" if usual.notna().any() else "no other"
    return Finding("stray_dates", f"Rows {what} on {' to '.join(days)}: {n}; {period}.", n, len(times))


def _latest(times: pd.Series[pd.Timestamp]) -> pd.Timestamp:
    """The last date that is not stray."""
    ordered = times.sort_values(ignore_index=True)
    tail = ordered.iloc[-_most(len(ordered)) - 1 :]
    jumps = (tail.diff() > SILENCE).to_numpy()
    return pd.Timestamp(tail.iloc[int(jumps.argmax()) - 1] if jumps.any() else tail.iloc[-1])


def _earliest(times: pd.Series[pd.Timestamp]) -> pd.Timestamp:
    """The first date that is not stray."""
    ordered = times.sort_values(ignore_index=True)
    head = ordered.iloc[: _most(len(ordered)) + 1]
    jumps = (head.diff() > SILENCE).to_numpy()
    return pd.Timestamp(head[jumps].iloc[-1] if jumps.any() else head.iloc[0])


def _most(n: int) -> int:
    return max(1, int(MOST_STRAY * n))
