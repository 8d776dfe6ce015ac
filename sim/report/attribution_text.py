"""What a terminal shows of an attribution: a table per outcome, and what pairs add by being together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from sim.analysis.attribution import TOTAL
from sim.analysis.rare import without_interval
from sim.analysis.waterfall import in_order
from sim.domain.outcomes import BY_NAME
from sim.domain.shown import in_calendar_days, in_currency
from sim.explain.attribution import Attribution
from sim.report.study_words import replications_text
from sim.report.terminal import figure, written

COLUMNS = ("part", "95 % interval", "share", "alone", "at last", "verdict")
#: What a verdict says of a pair.
TOGETHER = {"better": "reinforce each other", "worse": "take from each other", "different": "not the sum of both"}
#: Pairs of an outcome that are shown, largest first.
MOST_PAIRS = 6
HOW = (
    "part = Shapley value: what it adds, averaged over all orders in which they may come; parts add up to the whole in"
    " every replication. alone = added where no other takes part; at last = lost where it alone is missing. Intervals:"
    " 95 %, paired. Verdicts: adjusted for the number of parts (Holm)."
)
OTHER_WAYS = (
    "Other ways = the effect with all of these mechanisms switched off, with and without: what needs none of them."
    " --direct splits it by what is done."
)

DIRECTLY = "Directly = the effect with all of these mechanisms switched off, with and without, split by what is done."


def attribution_text(found: Attribution) -> str:
    """The attribution as tables."""
    parts: list[Any] = [_heading(found)]
    for name in found.outcomes:
        parts += ["", _outcome_table([row for row in found.rows if row["outcome"] == name])]
    if pairs := shown_pairs(found):
        parts += ["", _pair_table(pairs)]
    parts += ["", HOW, *([OTHER_WAYS] if found.has_rest else [DIRECTLY] if found.game.has_rest else [])]
    return in_currency(written(*parts), found.provenance["scenario"]["currency"])


def _heading(found: Attribution) -> str:
    about = found.provenance
    many = found.n_coalitions
    how = f"all {many} coalitions" if found.orders is None else f"{found.orders} orders sampled, {many} coalitions"
    over = ", over the draws of a posterior" if about.get("posterior") else ""
    return (
        f"{about['scenario_name']}: from {found.game.before} to {found.game.after}, split by {found.game.by}\n"
        f"{replications_text(about['replications'], about['replications'])} on common luck{over}, {how}"
    )


def title_of(rows: Sequence[dict[str, Any]]) -> str:
    """An outcome with where it comes from and where it gets to."""
    about, row = BY_NAME[rows[0]["outcome"]], rows[0]
    unit = "" if about.unit in ("-", "share") else f" ({in_calendar_days(0, about.unit)[1]})"
    return f"{about.label}{unit}: {figure(row['mean_before'], about.unit)} → {figure(row['mean_after'], about.unit)}"


def _outcome_table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=title_of(rows), title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("", min_width=28, max_width=40)
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "verdict" else "right")
    for row in in_order(rows):
        table.add_row(*_cells(row), style="bold" if row["kind"] == TOTAL else None)
    return table


def _cells(row: dict[str, Any]) -> list[str]:
    unit = row["unit"]
    share = "" if row["share"] is None else f"{round(100 * row['share'])} %"
    singles = ["" if row[name] is None else figure(row[name], unit, True) for name in ("alone", "last")]
    part = figure(row["contribution"], unit, True)
    return [row["label"], part, interval_text(row), share, *singles, row["verdict"]]


def interval_text(row: dict[str, Any]) -> str:
    """Both ends of an interval, or why there is none."""
    if row["verdict"] == "equal":
        return "always 0"
    if row["ci_low"] is None:
        return without_interval(row["ci_method"]) or "–"
    return f"{figure(row['ci_low'], row['unit'], True)} … {figure(row['ci_high'], row['unit'], True)}"


def shown_pairs(found: Attribution) -> list[dict[str, Any]]:
    """Pairs that clearly do more or less together than apart, the largest of each outcome."""
    pairs = []
    for name in found.outcomes:
        own = [row for row in found.pairs if row["outcome"] == name]
        pairs += [row for row in own if row["verdict"] not in ("equal", "not distinguishable")][:MOST_PAIRS]
    return pairs


def _pair_table(pairs: Sequence[dict[str, Any]]) -> Table:
    title = "Pairs that add more or less together than apart"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("outcome", "pair", "together", "95 % interval", ""):
        table.add_column(column, justify="right" if column in ("together", "95 % interval") else "left")
    for row in pairs:
        pair = f"{row['first_label']} + {row['second_label']}"
        together = figure(row["together"], row["unit"], True)
        table.add_row(BY_NAME[row["outcome"]].label, pair, together, interval_text(row), TOGETHER[row["verdict"]])
    return table
