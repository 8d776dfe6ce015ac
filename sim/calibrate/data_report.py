"""What an export is good for: rows, dates, traps, cohorts and times, and what can be told from them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from sim.analysis.survival import TimeToWin
from sim.calibrate.cohorts import cohorts_of
from sim.calibrate.estimates import estimates_of
from sim.calibrate.facts import FunnelFacts, facts_in
from sim.calibrate.findings import Finding, Findings, by_weight
from sim.calibrate.importers import Export
from sim.calibrate.quantities import Basis, Estimate
from sim.calibrate.traps import find_all_traps, missing_cells
from sim.calibrate.waits import waits_of
from sim.calibrate.windows import MIN_WINS, Window, equal_horizon, last_seen, refuse_undated, timed, trusted_window
from sim.domain.errors import InputError, Told


@dataclass(frozen=True, eq=False)
class DataReport:
    """What was read of an export and what it can and cannot tell; no person is named.

    Parameters
    ----------
    source_name, layout, unit : str
        File or folder, its layout, and "lead" or "opportunity".
    currency : str or None
        Of the amounts.
    n_read, n_kept : int
        Rows of the file, and rows left after reading.
    statuses : dict of str to int
        Rows won, lost and open.
    first_day, last_day, last_seen : datetime.date
        First and last day of creation, and the last day the export knows of.
    reading : tuple of str
        What was dropped, repaired or assumed on reading, a sentence each.
    findings : tuple of Finding
        The most serious first.
    missing : pandas.DataFrame
        See `sim.calibrate.traps.missing_cells`.
    horizon : float
        Days of the equal follow-up of the cohorts; NaN with fewer than 20 dated wins.
    cohorts : pandas.DataFrame
        See `sim.calibrate.cohorts.cohorts_of`; empty where the horizon is NaN.
    waits : TimeToWin or None
        Shares won and lost by age; None where the export is refused.
    facts : FunnelFacts or None
        Point estimates and their window; None where the export is refused.
    estimates : tuple of Estimate
        What it tells directly, with intervals; empty where the export is refused.
    refusal : str
        Why nothing can be calibrated from it; empty if it can.
    """

    source_name: str
    layout: str
    unit: str
    currency: str | None
    n_read: int
    n_kept: int
    statuses: dict[str, int]
    first_day: dt.date
    last_day: dt.date
    last_seen: dt.date
    reading: tuple[str, ...]
    findings: tuple[Finding, ...]
    missing: pd.DataFrame
    horizon: float
    cohorts: pd.DataFrame
    waits: TimeToWin | None
    facts: FunnelFacts | None
    estimates: tuple[Estimate, ...]
    refusal: str = ""


def data_report(export: Export, seed: int = 1) -> DataReport:
    """Say what an export is good for.

    Parameters
    ----------
    export : Export
        What ``read_export`` returned; at least one row.
    seed : int
        Of the intervals that are drawn.

    Raises
    ------
    InputError
        If no row is left after reading, or none has a created date.

    Notes
    -----
    An export that is too small or too one-sided for facts is reported too, with the reason in ``refusal``.
    """
    if export.leads.empty:
        mend = "See what was left out: " + " ".join(export.notes)
        raise InputError(export.source_name, "must hold at least one usable row", Told("none"), mend)
    refuse_undated(export)
    leads = timed(export.leads)
    found: Findings = []
    window, facts, refusal = _facts(export, found)
    find_all_traps(export, leads, found)
    waits = None if window is None else waits_of(window)
    is_dated = int(leads["days"][leads["won"]].notna().sum()) >= MIN_WINS
    horizon = equal_horizon(leads) if is_dated else float("nan")
    return DataReport(
        source_name=export.source_name,
        layout=export.layout,
        unit=export.unit,
        currency=export.currency,
        n_read=export.n_read or len(leads),
        n_kept=len(leads),
        statuses={word: int((leads["status"] == word).sum()) for word in ("won", "lost", "open")},
        first_day=leads["created"].min().date(),
        last_day=leads["created"].max().date(),
        last_seen=last_seen(leads).date(),
        reading=export.notes,
        findings=by_weight(tuple(found)),
        missing=missing_cells(leads),
        horizon=horizon,
        cohorts=cohorts_of(leads, horizon) if is_dated else pd.DataFrame(),
        waits=waits,
        facts=facts,
        estimates=() if window is None or facts is None else estimates_of(Basis(export, window, facts, seed), waits),
        refusal=refusal,
    )


def _facts(export: Export, found: Findings) -> tuple[Window | None, FunnelFacts | None, str]:
    """Window and facts, or why there are none."""
    try:
        window = trusted_window(export, found)
        return window, facts_in(export, window, found), ""
    except InputError as error:
        return None, None, str(error)
