"""The waterfall of an attribution: parts, largest first, each beginning where the one before has ended."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.attribution import OTHER, TOTAL
from sim.analysis.comparison_figures import number, plus
from sim.analysis.figures import INK, MUTED, NARROW, RULE, VERDICT_MARKS, WIDE, house_style, place
from sim.analysis.panels import head, title_of, with_notes
from sim.domain.outcomes import BY_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, TOP, BAR = 40, 54, 0.56
#: Letters of a name in a line, wide and narrow.
LINE = (30, 17)
Row = dict[str, Any]


def draw_waterfall(rows: Sequence[Row], ends: tuple[str, str], narrow: bool = False) -> Figure:
    """Draw how an effect is made up.

    Parameters
    ----------
    rows : sequence of dict
        Of one outcome, from `sim.analysis.attribution.part_rows`, with mean_before and mean_after.
    ends : (str, str)
        What the effect is counted from, and what it leads to.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        In the unit of the outcome; the thin line at a bar's end is the 95 % interval of its part.
    """
    lines = in_order(rows)
    about = BY_NAME[lines[-1]["outcome"]]
    wide, names, values = (NARROW, 132, 108) if narrow else (WIDE, 250, 250)
    with house_style():
        figure = with_notes(wide, TOP + ROW * len(lines) + 34, [_note(lines[-1], ends)])
        axes = place(figure, names, TOP, wide - names - values, ROW * len(lines))
        side = {"lower": "lower is better", "higher": "higher is better"}.get(about.better, "")
        hint = ", ".join(filter(None, ["" if about.unit in ("-", "share") else f"change in {about.unit}", side]))
        head(axes, f"What makes up the change: {title_of(about.name)}", hint, 8 - names)
        _draw(axes, lines, narrow)
        _name(axes, lines, narrow)
    return figure


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Parts by size, then what no player accounts for, then the whole; parts that do not exist last of theirs."""
    place_of = {OTHER: 1, TOTAL: 2}
    return sorted(rows, key=lambda row: (place_of.get(row["kind"], 0), -abs(row["contribution"] or 0.0)))


def starts(lines: Sequence[Row]) -> list[float]:
    """Where each bar begins: at the sum of those before it; the whole at 0.

    Examples
    --------
    >>> starts([{"contribution": 3.0}, {"contribution": -1.0}, {"contribution": 2.0}])
    [0.0, 3.0, 0.0]
    """
    found, reached = [], 0.0
    for row in lines[:-1]:
        found.append(reached)
        reached += row["contribution"] or 0.0
    return [*found, 0.0]


def _draw(axes: Axes, lines: Sequence[Row], narrow: bool) -> None:
    """Bars, the threads between them, and intervals."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylim(len(lines) - 0.5, -0.5)
    for at, (row, start) in enumerate(zip(lines, starts(lines), strict=True)):
        value = row["contribution"] or 0.0
        _, edge, fill = VERDICT_MARKS[row["verdict"]]
        axes.barh(at, value, left=start, height=BAR, color=fill, edgecolor=edge, linewidth=1.3)
        if value == 0.0:
            axes.vlines(start, at - BAR / 2, at + BAR / 2, color=edge, linewidth=1.6)
        if at + 1 < len(lines):
            axes.vlines(start + value, at + BAR / 2, at + 1 + BAR / 2, color=MUTED, linewidth=0.8)
        if row["ci_low"] is not None:
            for ink, thick in (("white", 3.4), (INK, 1.4)):
                axes.hlines(at, start + row["ci_low"], start + row["ci_high"], color=ink, linewidth=thick, zorder=3)
    axes.axhline(len(lines) - 1.5, color=RULE, linewidth=1.0)
    axes.axvline(0, color=INK, linewidth=1.1)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(x=0.04)
    axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def _name(axes: Axes, lines: Sequence[Row], narrow: bool) -> None:
    """Names left of the bars, values and intervals right of them."""
    labels = ["\n".join(textwrap.wrap(row["label"], LINE[narrow], max_lines=2, placeholder=" …")) for row in lines]
    axes.set_yticks(range(len(lines)), labels, color=INK, size=10.5 if narrow else 12, linespacing=0.95)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    for at, row in enumerate(lines):
        weight = "bold" if row["kind"] == TOTAL else "normal"
        where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
        value = row["contribution"]
        words = "–" if value is None else plus(value)
        axes.annotate(words, (1, at), (10, 8 if narrow else 0), color=INK, weight=weight, size=11.5, **where)
        if row["ci_low"] is not None:
            between = f"{plus(row['ci_low'])} to {plus(row['ci_high'])}"
            shift, size = ((10, -8), 9) if narrow else ((104, 0), 11)
            axes.annotate(between, (1, at), shift, color=MUTED, size=size, **where)


def _note(whole: Row, ends: tuple[str, str]) -> str:
    """What the picture is of, in words."""
    levels = [whole["mean_before"], whole["mean_after"]]
    told = "" if None in levels else f" {number(levels[0])} → {number(levels[1])}."
    return (
        f"From {ends[0]} to {ends[1]}:{told} Parts are Shapley values, means of {whole['replications']}"
        " replications, and add up to the whole. Thin lines: 95 % intervals. Blue: for the better; vermilion: for the"
        " worse; unfilled: not distinguishable from nothing, all parts considered."
    )
