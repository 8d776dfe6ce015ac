"""What the pictures of curves and maps share: room for axes and notes, axes in the house style, words beside them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.figures import MUTED, RULE, blank, place
from sim.domain.outcomes import BY_NAME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Height of a line of notes in pixels, and the width of a letter of them.
NOTE_LINE, LETTER = 17, 6.1
#: Colours after Okabe and Ito, told apart by lightness too.
DARK, LIGHT, SIGNAL = "#0072b2", "#a6cde4", "#d55e00"
DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", (0, (5, 2)), (0, (1, 1)), (0, (6, 2, 1, 2)), (0, (3, 1)))


def title_of(outcome: str) -> str:
    """Name and unit of an outcome as people call it.

    Examples
    --------
    >>> title_of("cycle_days"), title_of("y")
    ('Median cycle (days)', 'y')
    """
    if outcome not in BY_NAME:
        return outcome
    known = BY_NAME[outcome]
    return known.label if known.unit == "-" else f"{known.label} ({known.unit})"


def inside(title: str) -> str:
    """A title within a sentence.

    Examples
    --------
    >>> inside("Profit (c.u./year)"), inside("CAC")
    ('profit (c.u./year)', 'CAC')
    """
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def wrapped(notes: Sequence[str], width: float) -> list[str]:
    """Notes as lines that fit a width in pixels."""
    return [line for note in notes for line in textwrap.wrap(note, max(20, int(width / LETTER)))]


def between(low: float, high: float, digits: int) -> str:
    """An interval in brackets after a blank, open where an end is not known; nothing where neither is.

    Examples
    --------
    >>> between(3.0, 4.5, 1), between(28.0, math.nan, 0), between(math.nan, math.nan, 0)
    (' (3.0 to 4.5)', ' (28 or more)', '')
    """
    if math.isnan(low):
        return "" if math.isnan(high) else f" ({high:.{digits}f} or less)"
    return f" ({low:.{digits}f} or more)" if math.isnan(high) else f" ({low:.{digits}f} to {high:.{digits}f})"


def with_notes(width: float, height: float, notes: Sequence[str]) -> Figure:
    """Make a blank figure with notes under a free area of the given size in pixels."""
    lines = wrapped(notes, width - 16)
    whole = height + NOTE_LINE * len(lines) + (12 if lines else 0)
    figure = blank(width, whole)
    for index, line in enumerate(lines):
        down = height + 8 + NOTE_LINE * index
        figure.text(8 / width, 1 - down / whole, line, color=MUTED, size=11, va="top")
    return figure


def head(axes: Axes, title: str, hint: str = "", left: float = 0.0) -> None:
    """Write a title above axes, and a line of what they show; ``left`` in pixels from the axes."""
    axes.annotate(title, (0, 1), (left, 26), "axes fraction", "offset points", weight="bold", size=13)
    axes.annotate(hint, (0, 1), (left, 9), "axes fraction", "offset points", color=MUTED, size=11)


def short_numbers(axes: Axes, which: str = "xy") -> None:
    """Write large numbers on the axes with k and M for thousands and millions."""
    from matplotlib.ticker import EngFormatter

    for name in which:
        (axes.xaxis if name == "x" else axes.yaxis).set_major_formatter(EngFormatter(sep=" "))


def plot_axes(figure: Figure, place_at: tuple[float, float, float, float]) -> Axes:
    """Axes with a light horizontal grid at (left, top, width, height) in pixels."""
    axes = place(figure, *place_at)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def key_above(figure: Figure, axes: Axes, columns: int) -> None:
    """Explain the marks of axes along the figure's upper edge, so many side by side."""
    marks, names = axes.get_legend_handles_labels()
    figure.legend(
        marks, names, loc="upper left", ncols=columns, frameon=False, borderaxespad=0.4, borderpad=0.2,
        handlelength=1.8, columnspacing=1.4, handletextpad=0.6, fontsize=11.5,
    )  # fmt: skip
