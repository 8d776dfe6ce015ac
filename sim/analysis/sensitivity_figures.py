"""Pictures of sensitivity: Sobol' indices as bars with intervals, Morris' effects as size against spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.figures import INK, MUTED, RULE, WIDE, house_style, place, shorten
from sim.analysis.morris import MorrisScreening
from sim.analysis.panels import DARK, LIGHT, head, inside, plot_axes, short_numbers, title_of, with_notes
from sim.analysis.sensitivity import SobolIndices

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 40
#: Factors of a screening that are named in the picture.
MOST_NAMED = 14


def draw_indices(found: SobolIndices) -> Figure:
    """Draw first-order and total indices by factor with their 95 % intervals, largest total first.

    Parameters
    ----------
    found : SobolIndices
        Read only here.

    Returns
    -------
    matplotlib.figure.Figure
        What was decomposed, luck and convergence are told below.
    """
    table = found.indices.sort_values("total", ascending=False, kind="stable")
    high = ROW * len(table)
    with house_style():
        figure = with_notes(WIDE, high + 112, found.notes)
        axes = place(figure, 250, 62, WIDE - 250 - 150, high)
        head(axes, f"What moves {inside(title_of(found.outcome))}", "share of its variance, with 95 % intervals", -242)
        _bars(axes, table)
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, borderaxespad=0.3, fontsize=11.5
        )
    return figure


def _bars(axes: Axes, table: pd.DataFrame) -> None:
    """Two bars a factor, the total above the first order; whiskers are intervals, numbers stand at the right."""
    kinds = (("total", "with interactions (total)", LIGHT, -0.19), ("first", "alone (first order)", DARK, 0.19))
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_yticks(range(len(table)), [shorten(str(name), 32) for name in table["factor"]], color=INK, size=12)
    for name, label, colour, shift in kinds:
        places = [index + shift for index in range(len(table))]
        axes.barh(places, table[name], height=0.34, color=colour, label=label)
        for ink, thick in (("white", 3.6), (INK, 1.5)):
            axes.hlines(places, table[f"{name}_low"], table[f"{name}_high"], color=ink, linewidth=thick)
    low = min(0.0, float(table[["first_low", "total_low"]].to_numpy().min()))
    axes.set_xlim(low * 1.05, max(0.1, float(table[["first_high", "total_high"]].to_numpy().max())) * 1.03)
    axes.axvline(0, color=INK, linewidth=1.1)
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    for index, row in enumerate(table.to_dict("records")):
        for name, _, _, shift in kinds:
            half = (row[f"{name}_high"] - row[f"{name}_low"]) / 2
            words = f"{row[name]:.2f} ± {half:.2f}".replace("-", "−")
            where = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center", "size": 11.5}
            axes.annotate(words, (1, index + shift), (10, 0), color=INK if name == "total" else MUTED, **where)  # type: ignore[arg-type]


def draw_screening(found: MorrisScreening) -> Figure:
    """Draw each factor's mean size of effect against its spread, with 95 % intervals of both.

    Parameters
    ----------
    found : MorrisScreening
        Read only here.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = found.effects
    with house_style():
        figure = with_notes(WIDE, 480, found.notes)
        axes = plot_axes(figure, (70, 66, WIDE - 70 - 270, 350))
        title = f"Which factors move {inside(title_of(found.outcome))}"
        head(axes, title, "effect of a factor's whole range, with 95 % intervals; the upper right matters most", -62)
        axes.errorbar(
            table["mu_star"],
            table["sigma"],
            xerr=[table["mu_star"] - table["mu_star_low"], table["mu_star_high"] - table["mu_star"]],
            yerr=[table["sigma"] - table["sigma_low"], table["sigma_high"] - table["sigma"]],
            fmt="o",
            color=DARK,
            ecolor=LIGHT,
            markersize=6.5,
            elinewidth=2,
        )
        right, top = float(table["mu_star_high"].max()) * 1.05 or 1.0, float(table["sigma_high"].max()) * 1.08 or 1.0
        reach = min(right, top)
        axes.plot([0, reach], [0, reach], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate("spread = size", (reach, reach), (-8, -10), textcoords="offset points", ha="right", color=MUTED)
        axes.set_xlim(-0.01 * right, right)
        axes.set_ylim(-0.01 * top, top)
        axes.set_xlabel("mean size of the effect (μ*)", labelpad=6)
        axes.set_ylabel("spread over the design (σ): interactions, bends", labelpad=6)
        short_numbers(axes)
        _name_factors(axes, table)
    return figure


def _name_factors(axes: Axes, table: pd.DataFrame) -> None:
    """Number the points by rank, and list the names beside the axes; the smallest of many are only counted."""
    for index, row in enumerate(table.head(MOST_NAMED).to_dict("records")):
        at = (row["mu_star"], row["sigma"])
        axes.annotate(str(row["rank"]), at, (6, 5), textcoords="offset points", size=11, weight="bold")
        words = f"{row['rank']:>2}  {shorten(str(row['factor']), 32)}"
        axes.annotate(words, (1, 1), (16, -19 * index), "axes fraction", "offset points", va="center", size=11.5)
    more = len(table) - MOST_NAMED
    if more > 0:
        down = -19 * MOST_NAMED
        axes.annotate(f"and {more} smaller ones", (1, 1), (16, down), "axes fraction", "offset points", va="center",
                      size=11.5, color=MUTED)  # fmt: skip
