"""The parts of a data report: what was read, what it shows, what to mind, what is missing."""

from __future__ import annotations

import datetime as dt
import math
from functools import partial
from typing import Any

import pandas as pd

from sim.analysis.cohort_figures import draw_cohorts, draw_waits
from sim.analysis.panels import between
from sim.analysis.survival import TimeToWin
from sim.calibrate.data_report import DataReport
from sim.calibrate.findings import WEIGHTS
from sim.calibrate.quantities import Estimate
from sim.report.page import plain
from sim.report.prose import capital
from sim.report.study_parts import Exhibit, Part, Table, columns

WAITS = (
    "Share won and lost by age: Aalen and Johansen (1978), rows still open counted as long as they are seen; intervals"
    " by leaving out one block of weeks of creation at a time (jackknife). Shares of cohorts: Wilson (1927)."
)
TOLD = (
    "Rows of neighbouring weeks resemble each other, so that blocks of weeks, not rows, are what repeats: jackknife"
    " over blocks with Student's t (Shao and Wu 1989; Ibragimov and Müller 2010); shares: Wilson (1927) with the"
    " effective number of rows of Korn and Graubard (1998). Weekly level: profile likelihood of an autoregression with"
    " noise. Sources and people: beta-binomial, all together (spread after Gelman 2006). Nothing is told of fewer"
    " than five people but how many they are."
)


def data_parts(report: DataReport) -> list[Part]:
    """All parts of a data report, in the order of a page."""
    parts = (_shown(report), _minded(report), _told(report), _read(report), _missing(report))
    return [part for part in parts if part is not None]


def summary(report: DataReport) -> list[str]:
    """A few sentences at the head: what it is, what can be done with it, and the worst that was found."""
    word = "leads" if report.unit == "lead" else "deals"
    told = ", ".join(f"{n:,} {status}" for status, n in report.statuses.items())
    kept = f"{report.n_kept:,} {word} of {report.n_read:,} rows, created {_span(report)}: {told}."
    if report.layout == "event log":
        kept = f"{report.n_kept:,} {word} from {report.n_read:,} events, created {_span(report)}: {told}."
    if report.facts is None:
        return [kept, f"Nothing can be calibrated from it: {' '.join(report.refusal.split())}"]
    used = (
        f"{report.facts.n_used:,} of them can be used for rates and times; arrivals are counted from "
        f"{_day(report.facts.first_day)} to {_day(report.facts.last_day)}."
    )
    serious = [finding.title for finding in report.findings if finding.weight == "serious"]
    worst = (
        f" Look first at: {', '.join(dict.fromkeys(serious)).lower()}." if serious else " Nothing serious was found."
    )
    return [kept, used + worst]


def _span(report: DataReport) -> str:
    return f"{_day(report.first_day)} to {_day(report.last_day)}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _read(report: DataReport) -> Part:
    """What was read, dropped and assumed."""
    n_dropped = report.n_read - report.n_kept
    rows = [
        ("Rows read", f"{report.n_read:,}"),
        ("Rows left out" if report.layout != "event log" else "Rows that are further events", f"{n_dropped:,}"),
        *((f"Rows {status}", f"{n:,}") for status, n in report.statuses.items()),
        ("Created", _span(report)),
        ("Last day the export knows of", _day(report.last_seen)),
        ("Layout", report.layout),
        ("Currency", report.currency or "not named"),
    ]
    reading = report.reading or ("Nothing was dropped, repaired or assumed.",)
    table = Table(columns("What", "How much"), (("", tuple(rows)),))
    return Part("What was read", (), (Exhibit("read", "", reading, table=table),))


def _shown(report: DataReport) -> Part | None:
    """Pictures of cohorts and times."""
    if report.cohorts.empty:
        return None
    first = None if report.facts is None else pd.Period(report.facts.first_day, "M")
    exhibits = [
        Exhibit(
            "cohorts",
            "Cohorts by month",
            (_cohorts_said(report, first),),
            "Each month's rows, and which share of them was won with the same time for all, so that young months"
            " compare with old ones.",
            partial(draw_cohorts, report.cohorts, report.horizon, first),
            _cohort_table(report),
        )
    ]
    if report.waits is not None:
        exhibits.append(
            Exhibit(
                "waits",
                "Time to win and to lose",
                (_waits_said(report),),
                "Rows that are still open count as long as they are seen, so that slow wins are not left out.",
                partial(draw_waits, report.waits),
                _waits_table(report),
            )
        )
    return Part("What it shows", (), tuple(exhibits), method=WAITS)


def _cohorts_said(report: DataReport, first: pd.Period | None) -> str:
    used = report.cohorts if first is None else report.cohorts[report.cohorts["month"] >= first]
    told = used.dropna(subset=["share"])
    if told.empty:
        return "No month was followed long enough to tell a share."
    ends = f"{100 * told['share'].min():.1f} % to {100 * told['share'].max():.1f} %"
    return f"Won within {report.horizon:.0f} days: {ends} by month, over {len(told)} months that are used."


def _cohort_table(report: DataReport) -> Table:
    rows = tuple(
        (
            f"{row['month']:%B %Y}",
            f"{row['arrivals']:,}",
            f"{row['followed']:,}",
            "–"
            if pd.isna(row["share"])
            else f"{100 * row['share']:.1f} %{between(100 * row['low'], 100 * row['high'], 1)}",
        )
        for row in report.cohorts.to_dict("records")
    )
    titles = columns("Month", "New rows", "Followed long enough", f"Won within {report.horizon:.0f} days")
    return Table(titles, (("", rows),))


#: Notes that say what ``n`` counts.
_COUNTED = ("", "weeks", "wins", "months", "Mondays", "reps", "marketers", "sources")
_WAITS = {
    "share_won": "Won in the end",
    "share_lost": "Lost in the end",
    "share_open": "Still open",
    "median_days_to_win": "Median days to win",
    "median_days_open": "Median days until closed",
}


def _waits_said(report: DataReport) -> str:
    assert report.waits is not None
    won, low, high = (100 * end for end in _ends(report.waits, "share_won"))
    text = f"{won:.1f} %{between(low, high, 1)} are won within {report.waits.horizon:.0f} days"
    median, low, high = _ends(report.waits, "median_days_to_win")
    if not math.isnan(median):
        text += f", half of these within {median:.0f} days{between(low, high, 0)}"
    return text + "."


def _ends(waits: TimeToWin, quantity: str) -> tuple[float, float, float]:
    """Value and both ends of a quantity."""
    rows = waits.quantities.set_index("quantity")[["value", "low", "high"]]
    value, low, high = (float(end) for end in rows.loc[quantity].to_numpy(dtype=float))
    return value, low, high


def _waits_table(report: DataReport) -> Table:
    assert report.waits is not None
    rows = []
    for name, title in _WAITS.items():
        scale, unit = (100, " %") if name.startswith("share") else (1, "")
        value, low, high = (scale * end for end in _ends(report.waits, name))
        shown = "–" if math.isnan(value) else f"{value:.1f}{unit}"
        rows.append((title, shown, between(low, high, 1).strip(" ()") or "–"))
    return Table(columns("Quantity", "Value", "95 % interval"), (("", tuple(rows)),))


def _minded(report: DataReport) -> Part:
    """Findings by weight."""
    groups = []
    for weight in WEIGHTS:
        rows = tuple(
            (finding.title, finding.what, finding.effect, finding.mend)
            for finding in report.findings
            if finding.weight == weight
        )
        if rows:
            groups.append((capital(weight), rows))
    if not groups:
        return Part("What to mind", (), (Exhibit("findings", "", ("Nothing was found.",)),))
    n = len(report.findings)
    words = ["What was found", "What it does", "What to do"]
    table = Table(columns("Finding", *words, words=words), tuple(groups))
    said = f"{n} finding{'s' if n > 1 else ''}, the most serious first."
    return Part("What to mind", (), (Exhibit("findings", "", (said,), table=table),))


def _told(report: DataReport) -> Part | None:
    """Quantities with their intervals, by heading."""
    if not report.estimates:
        return None
    groups: dict[str, list[tuple[str, ...]]] = {}
    for estimate in report.estimates:
        groups.setdefault(estimate.part, []).append(_estimate(estimate))
    words = ["Unit", "How"]
    titles = columns("Quantity", "Value", "95 % interval", "Unit", "From", "How", words=words)
    table = Table(titles, tuple((head, tuple(rows)) for head, rows in groups.items()))
    said = "What the rows tell by themselves. What only behaviour shows is not among it: see calibration."
    return Part("What it tells, and how surely", (), (Exhibit("estimates", "", (said,), table=table),), method=TOLD)


def _estimate(estimate: Estimate) -> tuple[str, ...]:
    """A row of the table of quantities."""
    is_share = estimate.unit == "share"
    value, low, high = (_number(end, is_share) for end in (estimate.value, estimate.low, estimate.high))
    ends = "–" if math.isnan(estimate.low) or math.isnan(estimate.high) else f"{low} to {high}"
    of = f"{estimate.n:,} {estimate.note or 'rows'}" if estimate.note in _COUNTED else f"{estimate.n:,}"
    how = estimate.method if estimate.note in _COUNTED else f"{estimate.method}; {estimate.note}"
    unit = "" if is_share else estimate.unit
    return (capital(estimate.quantity), f"{value}{' %' if is_share else ''}", ends, unit, of, how)


def _number(value: float, is_share: bool) -> str:
    return f"{100 * value:.1f}" if is_share else plain(value)


def _missing(report: DataReport) -> Part:
    """Missing cells by column."""
    rows = tuple(
        (row["column"], row["rows"], f"{row['missing']:,} of {row['n']:,}", _share(row))
        for row in report.missing.to_dict("records")
    )
    table = Table(
        columns("Column", "Where it should be", "Missing", "Share", words=["Where it should be"]), (("", rows),)
    )
    said = "Cells that are empty where there should be something."
    return Part("What is missing", (), (Exhibit("missing", "", (said,), table=table),))


def _share(row: dict[Any, Any]) -> str:
    return f"{100 * row['share']:.1f} %" if row["n"] else "–"
