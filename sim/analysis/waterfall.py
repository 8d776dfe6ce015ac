"""The waterfall of an attribution: parts, largest first, each beginning where the one before has ended."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.analysis.attribution import DIRECT, OTHER, TOTAL
from sim.analysis.figures import INK, MUTED, NARROW, RULE, VERDICT_MARKS, WIDE, house_style, place
from sim.analysis.panels import head, with_notes
from sim.domain.outcomes import BY_NAME
from sim.domain.shown import in_calendar_days

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, TOP, BAR = 40, 54, 0.56
#: Unit of a change of a share.
POINTS = "points"
#: Letters of a name in a line, wide and narrow.
LINE = (30, 17)
Row = dict[str, Any]


class Scale(NamedTuple):
    """How the numbers of a picture are written: all times a factor, in a unit, with so many digits."""

    factor: float
    unit: str
    digits: int

    def level(self, value: float) -> str:
        """A number, with a true minus and none before 0."""
        text = f"{value:,.{self.digits}f}"
        return text.lstrip("-") if float(text.replace(",", "")) == 0.0 else text.replace("-", "−")

    def change(self, value: float) -> str:
        """A number with its sign; nothing but 0 for exactly nothing."""
        text = self.level(value)
        if value == 0.0:
            return "0"
        return f"+{text}" if value > 0.0 and text.strip("0.") else text


def scale_of(rows: Sequence[Row]) -> Scale:
    """One scale for all numbers of an outcome: points for shares, calendar days, thousands or millions.

    Examples
    --------
    >>> row = {"outcome": "profit", "contribution": -2.5e5, "ci_low": -3e5, "ci_high": -2e5}
    >>> scale = scale_of([row])
    >>> scale.unit, scale.change(-2.5e5 * scale.factor), scale.change(100.0 * scale.factor)
    ('thousand c.u./year', '−250', '0')
    """
    about = BY_NAME[rows[0]["outcome"]]
    factor, unit = in_calendar_days(1.0, about.unit)
    factor, unit = (100.0, POINTS) if unit == "share" else (factor, "" if unit == "-" else unit)
    seen = [abs(row[name]) for row in rows for name in ("contribution", "ci_low", "ci_high") if row[name] is not None]
    most = factor * max(seen, default=0.0)
    for size, word in ((1e6, "million"), (1e3, "thousand")):
        if most >= size:
            factor, unit, most = factor / size, f"{word} {unit}".strip(), most / size
            break
    return Scale(factor, unit, min(6, max(0, 2 - math.floor(math.log10(most)))) if most > 0.0 else 0)


def levels_text(row: Row) -> str:
    """From where to where an outcome goes; both are known.

    Examples
    --------
    >>> levels_text({"outcome": "profit", "mean_before": 3_340_000.0, "mean_after": 3_220_000.0})
    'from 3.34 to 3.22 million c.u./year'
    >>> levels_text({"outcome": "win_rate", "mean_before": 0.19, "mean_after": 0.21})
    'from 19.0 to 21.0 %'
    """
    means = [row["mean_before"], row["mean_after"]]
    scale = scale_of(
        [{"outcome": row["outcome"], "contribution": mean, "ci_low": None, "ci_high": None} for mean in means]
    )
    before, after = (scale.level(scale.factor * mean) for mean in means)
    return f"from {before} to {after} {'%' if scale.unit == POINTS else scale.unit}".strip()


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
    scale, about = scale_of(rows), BY_NAME[rows[0]["outcome"]]
    lines = [scaled(row, scale.factor) for row in in_order(rows)]
    wide, names, values = (NARROW, 132, 108) if narrow else (WIDE, 250, 250)
    with house_style():
        figure = with_notes(wide, TOP + ROW * len(lines) + 34, [_note(rows, ends)])
        axes = place(figure, names, TOP, wide - names - values, ROW * len(lines))
        side = {"lower": "lower is better", "higher": "higher is better"}.get(about.better, "")
        hint = ", ".join(filter(None, [scale.unit, side]))
        head(axes, f"What makes up the change: {about.label}", hint, 8 - names)
        _draw(axes, lines)
        _write(axes, scale, narrow)
        _name(axes, lines, scale, narrow)
    return figure


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Parts by size, then what no player accounts for, whole or in parts, then the whole."""
    place_of = {OTHER: 1, DIRECT: 1, TOTAL: 2}
    return sorted(rows, key=lambda row: (place_of.get(row["kind"], 0), -abs(row["contribution"] or 0.0)))


def scaled(row: Row, factor: float) -> Row:
    """A line with its numbers times a factor."""
    names = ("contribution", "ci_low", "ci_high")
    return row | {name: None if row[name] is None else factor * row[name] for name in names}


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


def _draw(axes: Axes, lines: Sequence[Row]) -> None:
    """Bars, the threads between them, and intervals."""
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
    for at, (one, other) in enumerate(pairwise(lines)):
        if one["kind"] != other["kind"]:
            axes.axhline(at + 0.5, color=RULE, linewidth=1.2)
    axes.axvline(0, color=INK, linewidth=1.1)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(x=0.04)


def _write(axes: Axes, scale: Scale, narrow: bool) -> None:
    """Numbers along the axis, as short as they can be."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(3 if narrow else 6, steps=[1, 2, 5, 10]))
    short = Scale(scale.factor, scale.unit, 0)
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: short.level(value) if float(value).is_integer() else scale.level(value))
    )


def _name(axes: Axes, lines: Sequence[Row], scale: Scale, narrow: bool) -> None:
    """Names left of the bars, values and intervals right of them."""
    labels = ["\n".join(textwrap.wrap(row["label"], LINE[narrow], max_lines=2, placeholder=" …")) for row in lines]
    axes.set_yticks(range(len(lines)), labels, color=INK, size=10.5 if narrow else 12, linespacing=0.95)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    for at, row in enumerate(lines):
        weight = "bold" if row["kind"] == TOTAL else "normal"
        where: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
        value = row["contribution"]
        words = "–" if value is None else scale.change(value)
        axes.annotate(words, (1, at), (10, 8 if narrow else 0), color=INK, weight=weight, size=11.5, **where)
        if row["ci_low"] is not None:
            between = f"{scale.change(row['ci_low'])} to {scale.change(row['ci_high'])}"
            shift, size = ((10, -8), 9) if narrow else ((92, 0), 11)
            axes.annotate(between, (1, at), shift, color=MUTED, size=size, **where)


def _note(rows: Sequence[Row], ends: tuple[str, str]) -> str:
    """What the picture is of, in words."""
    (whole,) = [row for row in rows if row["kind"] == TOTAL]
    is_known = whole["mean_before"] is not None and whole["mean_after"] is not None
    levels = f" ({levels_text(whole)})" if is_known else ""
    return (
        f"From {ends[0]} to {ends[1]}{levels}. Parts are Shapley values, means of {whole['replications']} replications,"
        " and add up to the whole. Thin lines: 95 % intervals. Blue: for the better; vermilion: for the worse; "
        "unfilled: not distinguishable from nothing, all parts considered."
    )
