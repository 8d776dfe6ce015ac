"""What a notebook shows of a study: how far it is, and its points by the first main outcome."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import has_baseline, main_outcomes

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: Points that are shown.
SHOWN = 10


def study_html(study: Experiment) -> str:
    """Name, how far it is, and a table of the points with the best means, with intervals where there is a baseline."""
    status, plan = study.status, study.plan
    about = f"{status.done:,} of {status.planned:,} runs done, {status.failed:,} failed: {status.state}"
    head = f"<p><b>{html.escape(plan.name)}</b> · {html.escape(plan.description)}<br>{html.escape(about)}</p>"
    if not status.done:
        return head
    outcome = main_outcomes(study)[0]
    table = _compared(study, outcome) if has_baseline(study) else _means(study, outcome)
    known = BY_NAME[outcome]
    unit = "" if known.unit == "-" else f", {known.unit}"
    rest = len(study.points) - len(table)
    more = f"; {rest:,} more points" if rest > 0 else ""
    note = f"<p>{html.escape(known.label + unit)}{more}. Pictures: <code>study.figure()</code></p>"
    return head + table.to_html(index=False, border=0, na_rep="–", float_format=_short) + note


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _best_first(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    is_lower = BY_NAME[outcome].better == "lower"
    return table.sort_values("mean", ascending=is_lower, kind="stable").head(SHOWN)


def _compared(study: Experiment, outcome: str) -> pd.DataFrame:
    columns = ["label", "mean", "difference", "ci_low", "ci_high", "verdict"]
    return _best_first(study.compare(outcome)[columns], outcome)


def _means(study: Experiment, outcome: str) -> pd.DataFrame:
    means: Any = study.runs.groupby("point_id")[outcome].mean()
    points = study.points
    return _best_first(points.assign(mean=points["point_id"].map(means))[["label", "mean"]], outcome)
