"""Forest plots: a line per comparison with mark, interval and value in words, in groups under each other."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.figures import INK, MUTED, RULE, VERDICT_MARKS, place, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE, HEAD, KEY_LINE = 24, 26, 19
#: Pixels of a letter, on average.
LETTER = 6.9
SHADE = "#e3e8ed"
#: Marker, edge colour and fill of what is no verdict of a comparison.
MARKS = {
    **VERDICT_MARKS,
    "super-additive": VERDICT_MARKS["better"],
    "sub-additive": VERDICT_MARKS["worse"],
    "add up": ("s", "#2f8f82", "#2f8f82"),
    "selected": VERDICT_MARKS["better"],
    "leads so far": ("o", "#0072b2", "white"),
    "may be best": VERDICT_MARKS["not distinguishable"],
    "not the best": VERDICT_MARKS["worse"],
}


@dataclass(frozen=True)
class Bar:
    """One line of a forest plot; all numbers in the unit of its axis.

    Parameters
    ----------
    label : str
        Left of the line.
    middle, low, high : float
        Mark and ends of the interval; NaN where there is none.
    mark : str
        One of MARKS; anything else is written instead of a mark.
    words : str
        Right of the line.
    margin : float
        Within this of 0 nothing matters: shaded. NaN where that was not said.
    """

    label: str
    middle: float
    low: float
    high: float
    mark: str
    words: str
    margin: float = math.nan


Group = tuple[str, Sequence[Bar]]


def height_of(groups: Sequence[Group]) -> float:
    """Pixels that groups of lines take under each other, with their heads."""
    return sum((HEAD if head else 0) + LINE * len(bars) for head, bars in groups)


def draw_forest(
    figure: Figure, groups: Sequence[Group], box: tuple[float, float, float, float], write: Callable[[float], str]
) -> Axes:
    """Draw groups of lines on one scale; the figure is changed in place.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With room at the place.
    groups : sequence of (str, sequence of Bar)
        Head and lines of each group.
    box : tuple of float
        Left, top and width in pixels, and the width of the names left of it; values stand right of it.
    write : callable
        How a number on the scale is written.

    Returns
    -------
    matplotlib.axes.Axes
        With 0 marked; a group's head is written where the names stand.
    """
    left, top, width, names = box
    places: list[tuple[float, str | Bar]] = []
    down = 0.0
    for head, bars in groups:
        if head:
            places.append((down, head))
            down += HEAD / LINE
        places += [(down + index, bar) for index, bar in enumerate(bars)]
        down += len(bars)
    axes = place(figure, left, top, width, LINE * down)
    axes.set_ylim(down, 0.0)
    axes.set_yticks([])
    set_scale(axes, [bar for _, bars in groups for bar in bars], width, write)
    for at, what in places:
        if isinstance(what, Bar):
            draw_bar(axes, at + 0.5, what)
    centred = [(at + (0.5 if isinstance(what, Bar) else 0.62), what) for at, what in places]
    name_lines(axes, centred, names, width)
    return axes


def set_scale(axes: Axes, bars: Sequence[Bar], width: float, write: Callable[[float], str]) -> None:
    """Make room for all intervals and for 0, and write the scale; ``width`` is in pixels."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ends = [0.0, *(end for bar in bars for end in (bar.low, bar.middle, bar.high) if math.isfinite(end))]
    room = 0.06 * (max(ends) - min(ends)) or 1.0
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.axvline(0, color=INK, linewidth=1.1, zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(max(2, int(width / 75)), steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def draw_bar(axes: Axes, at: float, bar: Bar) -> None:
    """Draw one line; the axes are changed in place."""
    axes.axhline(at, color=RULE, linewidth=0.8, zorder=0)
    if math.isfinite(bar.margin):
        axes.barh(at, 2.0 * bar.margin, left=-bar.margin, height=0.8, color=SHADE, zorder=0.5)
    beside: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center", "size": 11.5}
    is_drawn = bar.mark in MARKS and math.isfinite(bar.middle)
    words = bar.words if is_drawn else bar.mark if bar.mark not in MARKS else "no figure"
    axes.annotate(words, (1, at), (6, 0), color=INK if is_drawn else MUTED, **beside)
    if not is_drawn:
        return
    marker, edge, fill = MARKS[bar.mark]
    if math.isfinite(bar.low) and math.isfinite(bar.high):
        axes.plot([bar.low, bar.high], [at, at], color=edge, linewidth=2.2, solid_capstyle="round", zorder=2)
    axes.plot([bar.middle], [at], marker, ms=7, mec=edge, mfc=fill, mew=1.6, zorder=3)


def name_lines(axes: Axes, places: Sequence[tuple[float, str | Bar]], names: float, width: float) -> None:
    """Write heads and names left of the lines, shortened to their width; both widths are in pixels."""
    most, space = max(6, int(names / LETTER) - 1), names / width
    beside: Any = {"xycoords": ("axes fraction", "data"), "va": "center", "annotation_clip": False}
    for at, what in places:
        if isinstance(what, Bar):
            words, size = folded(what.label, most)
            axes.annotate(words, (-space, at), color=INK, size=size, linespacing=1.0, **beside)
        else:
            axes.annotate(shorten(what, most + 12), (-space, at), color=MUTED, weight="bold", **beside)


def folded(label: str, most: int) -> tuple[str, float]:
    r"""A label as it fits into so many letters, in two lines of smaller type where it is longer, and its size.

    Examples
    --------
    >>> folded("Liaison", 12), folded("Liaison + Response rule", 14)
    (('Liaison', 11.5), ('Liaison +\nResponse rule', 9.8))
    """
    if len(label) <= most:
        return label, 11.5
    small = int(1.15 * most)
    first, *rest = textwrap.wrap(label, small)
    return "\n".join([first, *([shorten(" ".join(rest), small)] if rest else [])]), 9.8


def key_height(groups: Sequence[Group], columns: int) -> float:
    """Pixels that `draw_marks` takes."""
    return KEY_LINE * math.ceil((len(marks_in(groups)) + 1) / columns) + 8.0


def marks_in(groups: Sequence[Group]) -> list[str]:
    """Marks that occur, in the order of MARKS."""
    seen = {bar.mark for _, bars in groups for bar in bars}
    return [name for name in MARKS if name in seen]


def draw_marks(figure: Figure, groups: Sequence[Group], interval: str, columns: int) -> None:
    """Explain along the upper edge the marks that occur, and what the lines are."""
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], marker=marker, color=edge, mfc=fill, mec=edge, mew=1.6, ms=7.5, linewidth=2.2, label=name)
        for name in marks_in(groups)
        for marker, edge, fill in [MARKS[name]]
    ]
    marks.append(Line2D([], [], color=MUTED, linewidth=2.2, label=f"line: {interval}"))
    figure.legend(
        handles=marks, loc="upper left", ncols=columns, frameon=False, borderaxespad=0,
        borderpad=0.2, handlelength=1.6, columnspacing=1.4, handletextpad=0.5, fontsize=11.5,
    )  # fmt: skip
