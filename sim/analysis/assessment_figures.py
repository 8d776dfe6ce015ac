"""Pictures of a self-assessment: what the two sides say theme by theme, and how far practices are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.figures import MUTED, NARROW, RULE, WIDE, house_style, place
from sim.analysis.panels import DARK, SIGNAL, head, key_above, with_notes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE, _TOP, _BOTTOM = 26, 84, 44
_LEFT, _NARROW_LEFT = 300, 190
_SIDES = (("marketing", "o", DARK), ("sales", "D", SIGNAL))


def draw_sides(themes: pd.DataFrame, narrow: bool = False) -> Figure:
    """Draw the mean answer of each side by theme, joined by a line.

    Parameters
    ----------
    themes : pandas.DataFrame
        ``group``, ``theme``, ``mean``; themes that may not be shown have no mean and stay empty.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        Sides are told apart by shape too.
    """
    means = themes.pivot_table(index="theme", columns="group", values="mean", sort=False, dropna=False)
    with house_style():
        figure, axes = _rows(list(map(str, means.index)), narrow)
        axes.set_xlim(0.9, 5.1)
        axes.set_xticks([1, 2, 3, 4, 5])
        at = range(len(means))
        axes.hlines(at, means.min(axis=1), means.max(axis=1), color=RULE, linewidth=3)
        for side, mark, colour in _SIDES:
            axes.plot(means[side], at, mark, ms=7, color=colour, label=side, clip_on=False)
        head(axes, "1 disagree strongly to 5 agree strongly" if not narrow else "1 disagree to 5 agree")
        key_above(figure, axes, 2)
    return figure


def draw_practices(table: pd.DataFrame, narrow: bool = False) -> Figure:
    """Draw how far each practice is known, against what was open before.

    Parameters
    ----------
    table : pandas.DataFrame
        ``practice``, ``low``, ``median``, ``high``, ``before_low``, ``before_high``; shares of a common scale.
    narrow : bool
        For a small page.
    """
    with house_style():
        figure, axes = _rows([str(name) for name in table["practice"]], narrow)
        axes.set_xlim(-0.02, 1.05)
        axes.set_xticks([0.0, 0.5, 1.0], ["none", "", "much"])
        at = range(len(table))
        axes.hlines(
            at, table["before_low"], table["before_high"], color=RULE, linewidth=9, label="before anybody answered"
        )
        axes.hlines(at, table["low"], table["high"], color=DARK, linewidth=3, label="given the answers, nine in ten")
        axes.plot(table["median"], at, "o", ms=7, color=DARK, clip_on=False)
        key_above(figure, axes, 1 if narrow else 2)
    return figure


def _rows(names: list[str], narrow: bool) -> tuple[Figure, Axes]:
    """A figure with a line for each name, the first above."""
    width, left = (NARROW, _NARROW_LEFT) if narrow else (WIDE, _LEFT)
    height = _LINE * len(names)
    figure = with_notes(width, _TOP + height + _BOTTOM, [])
    axes = place(figure, left, _TOP, width - left - 30, height)
    axes.set_yticks(range(len(names)), [_broken(name) if narrow else name for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelsize=9.5 if narrow else 12, labelcolor=MUTED)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _broken(name: str, most: int = 26) -> str:
    """A name in two lines where one would be too long."""
    if len(name) <= most:
        return name
    cut = name.rfind(" ", 0, most)
    return f"{name[:cut]}\n{name[cut + 1 :]}"
