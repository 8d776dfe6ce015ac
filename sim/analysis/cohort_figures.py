"""Pictures of an export: cohorts by month of creation, and what becomes of them over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.curve_figures import step_with_band
from sim.analysis.figures import BASELINE_COLOUR, INK, MUTED, NARROW, WIDE, house_style
from sim.analysis.panels import DARK, LIGHT, SIGNAL, head, key_above, plot_axes, short_numbers, with_notes
from sim.analysis.survival import TimeToWin

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_cohorts(cohorts: pd.DataFrame, days: float, first: pd.Period | None = None, narrow: bool = False) -> Figure:
    """Draw arrivals by month as bars, and below them the share won with the same time for all.

    Parameters
    ----------
    cohorts : pandas.DataFrame
        ``month`` (period), ``arrivals``, ``followed``, ``share``, ``low``, ``high``; a row per month.
    days : float
        Follow-up behind the shares, calendar days.
    first : pandas.Period, optional
        First month that is used; earlier ones are drawn pale.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        Hollow marks are months of which not all rows were followed that long.
    """
    width = (NARROW if narrow else WIDE) - 84
    used = np.ones(len(cohorts), bool) if first is None else (cohorts["month"] >= first).to_numpy()
    at = np.arange(len(cohorts))
    with house_style():
        figure = with_notes(NARROW if narrow else WIDE, 470, [])
        bars = plot_axes(figure, (64, 48, width, 130))
        head(bars, "New rows by month", "pale: before the time that is used" if not used.all() else "", -56)
        bars.bar(at, cohorts["arrivals"], width=0.8, color=np.where(used, DARK, LIGHT).tolist())
        short_numbers(bars, "y")
        shares = plot_axes(figure, (64, 246, width, 180))
        hint = f"won within {days:.0f} days of those seen so long, 95 % interval; hollow: part of the month"
        head(shares, "Share won, the same time for all", hint if not narrow else f"within {days:.0f} days, 95 %", -56)
        _shares(shares, cohorts, used)
        for axes in (bars, shares):
            _months(axes, cohorts["month"], narrow)
    return figure


def _shares(axes: Axes, cohorts: pd.DataFrame, used: np.typing.NDArray[np.bool_]) -> None:
    """Percent won by month with intervals; hollow where only a part of the month was followed."""
    for index, row in enumerate(cohorts.to_dict("records")):
        if np.isnan(row["share"]):
            continue
        colour = DARK if used[index] else BASELINE_COLOUR
        axes.plot([index, index], [100 * row["low"], 100 * row["high"]], color=colour, linewidth=2.2)
        fill = colour if row["followed"] == row["arrivals"] else "white"
        axes.plot(index, 100 * row["share"], "o", ms=6.5, mec=colour, mfc=fill, mew=1.6)
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def _months(axes: Axes, months: pd.Series[pd.Period], narrow: bool) -> None:
    """Names of months below, so many as fit."""
    every = max(1, -(-len(months) // (6 if narrow else 16)))
    shown = list(range(0, len(months), every))
    axes.set_xlim(-0.7, len(months) - 0.3)
    axes.set_xticks(shown, [f"{months.iloc[index]:%b %y}" for index in shown])


def draw_waits(found: TimeToWin, narrow: bool = False) -> Figure:
    """Draw the shares of an export's rows that are won and lost by their age, with 95 % bands.

    Parameters
    ----------
    found : TimeToWin
        Read only here.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        Without a line for lost rows where none is marked lost.
    """
    with house_style():
        figure = with_notes(NARROW if narrow else WIDE, 380, [])
        axes = plot_axes(figure, (64, 62, (NARROW if narrow else WIDE) - 84, 258))
        head(axes, "Share won and lost by age", "95 % band; what is left is still open", -56)
        step_with_band(axes, found, "won", {"color": DARK, "label": "won"})
        if found.curves["lost"].max() > 0:
            step_with_band(axes, found, "lost", {"color": SIGNAL, "label": "lost", "linestyle": (0, (5, 2))})
        median = float(found.quantities.set_index("quantity")["value"]["median_days_to_win"])
        if np.isfinite(median):
            axes.axvline(median, color=MUTED, linewidth=1, linestyle=(0, (1, 2)))
            words = f"half of the wins by day {median:.0f}"
            axes.annotate(words, (median, 1), (6, -12), ("data", "axes fraction"), "offset points", color=INK)
        axes.set_xlim(0, max(found.horizon, 1.0))
        axes.set_ylim(0, None)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        axes.set_xlabel("calendar days since it was created", labelpad=6)
        key_above(figure, axes, 2)
    return figure
