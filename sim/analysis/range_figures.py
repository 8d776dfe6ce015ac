"""Pictures of ranges beside what was observed: a line per quantity, a bar per range, a cross for what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.figures import BASELINE_COLOUR, INK, NARROW, RULE, WIDE, house_style, shorten
from sim.analysis.panels import DARK, LIGHT, SIGNAL, head, key_above, plot_axes, with_notes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours of the ranges of a quantity, in their order.
COLOURS = (DARK, LIGHT, BASELINE_COLOUR)
#: Pixels of a line of the picture for each of its ranges, and between lines.
THICK, APART = 10, 16


@dataclass(frozen=True)
class Line:
    """One quantity with its ranges.

    Parameters
    ----------
    label : str
        What it is.
    ranges : sequence of (float, float, float)
        Low, middle and high of each range, on the axis of the picture.
    observed : float
        What came; NaN where there is nothing to compare.
    """

    label: str
    ranges: Sequence[tuple[float, float, float]]
    observed: float = np.nan


@dataclass(frozen=True)
class Words:
    """What is said in a picture of ranges.

    Parameters
    ----------
    title, hint : str
        Above the axes.
    names : tuple of str
        Of the ranges of each line.
    observed : str
        Of the cross; empty where there is none.
    axis : str
        Below the axes.
    """

    title: str
    hint: str
    names: tuple[str, ...]
    observed: str
    axis: str


def draw_ranges(lines: Sequence[Line], words: Words, middle: float, narrow: bool = False) -> Figure:
    """Draw ranges of several quantities on one axis.

    Parameters
    ----------
    lines : sequence of Line
        From top to bottom; values beyond the axis are cut at its ends.
    words : Words
        What is said.
    middle : float
        Where a thin vertical line stands.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
    """
    width, left = (NARROW, 138) if narrow else (WIDE, 260)
    step = THICK * len(words.names) + APART
    with house_style():
        figure = with_notes(width, 132 + step * len(lines) + (24 if narrow else 0), [])
        axes = plot_axes(figure, (left, 90 if narrow else 72, width - left - 24, step * len(lines)))
        axes.grid(visible=False)
        head(axes, words.title, words.hint, 8 - left)
        axes.axvline(middle, color=RULE, linewidth=1.2)
        for place, line in enumerate(lines):
            _line(axes, line, (len(lines) - 1 - place) * step + step / 2, words.names)
        _key(axes, words)
        axes.set_yticks(
            [(len(lines) - 1 - place) * step + step / 2 for place in range(len(lines))],
            [shorten(line.label, 20 if narrow else 38) for line in lines],
        )
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(0, step * len(lines))
        axes.set_xlim(*_limits(lines, middle))
        axes.set_xlabel(words.axis, labelpad=6)
        key_above(figure, axes, 2 if narrow else 4)
    return figure


def _line(axes: Axes, line: Line, at: float, names: tuple[str, ...]) -> None:
    top = at + THICK * (len(names) - 1) / 2
    for place, (low, central, high) in enumerate(line.ranges):
        y = top - THICK * place
        axes.plot([low, high], [y, y], color=COLOURS[place], linewidth=4.4, solid_capstyle="butt")
        axes.plot(central, y, "|", ms=9, mew=2, color=INK)
    if np.isfinite(line.observed):
        axes.plot(line.observed, at, "x", ms=8, mew=2.2, color=SIGNAL, zorder=5)


def _key(axes: Axes, words: Words) -> None:
    """Marks without data, for the key alone."""
    for place, name in enumerate(words.names):
        axes.plot([], [], color=COLOURS[place], linewidth=4.4, label=name)
    if words.observed:
        axes.plot([], [], "x", ms=8, mew=2.2, color=SIGNAL, label=words.observed)


def _limits(lines: Sequence[Line], middle: float) -> tuple[float, float]:
    """Ends of the axis: all ranges and crosses but the farthest few."""
    ends = np.array([end for line in lines for one in line.ranges for end in (one[0], one[2])] + [middle])
    seen = np.array([line.observed for line in lines])
    values = np.concatenate([ends, seen[np.isfinite(seen)]])
    low, high = np.quantile(values[np.isfinite(values)], [0.01, 0.99])
    room = 0.06 * max(high - low, 1e-9)
    return float(low - room), float(high + room)
