"""Pictures of sensitivity: Sobol' indices as bars with intervals, Morris' effects as size against spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.figures import INK, MUTED, NARROW, RULE, WIDE, house_style, place, shorten
from sim.analysis.morris import MorrisScreening
from sim.analysis.panels import DARK, LIGHT, head, inside, key_above, plot_axes, short_numbers, title_of, with_notes
from sim.analysis.sensitivity import SobolIndices

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 40
#: Factors of a screening that are named in the picture.
MOST_NAMED = 14


def draw_indices(found: SobolIndices, narrow: bool = False) -> Figure:
    """Draw first-order and total indices by factor with their 95 % intervals, largest total first.

    Parameters
    ----------
    found : SobolIndices
        Read only here.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
        What was decomposed, luck and convergence are told below.
    """
    table = found.indices.sort_values("total", ascending=False, kind="stable")
    high = ROW * len(table)
    wide, names, values = (NARROW, 172, 92) if narrow else (WIDE, 250, 150)
    with house_style():
        figure = with_notes(wide, high + 140, found.notes)
        axes = place(figure, names, 90, wide - names - values, high)
        title = f"What moves {inside(title_of(found.outcome))}"
        head(axes, title, "share of its variance, with 95 % intervals", 8 - names)
        _bars(axes, table, 10.0 if narrow else 12.0)
        key_above(figure, axes, 2)
    return figure


def _bars(axes: Axes, table: pd.DataFrame, size: float) -> None:
    """Two bars a factor, named in type of a size: total above first order, whiskers, numbers at the right."""
    kinds = (("total", "with others (total)", LIGHT, -0.19), ("first", "alone (first order)", DARK, 0.19))
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_yticks(range(len(table)), [shorten(str(name), 32) for name in table["factor"]], color=INK, size=size)
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


def draw_screening(found: MorrisScreening, narrow: bool = False) -> Figure:
    """Draw each factor's mean size of effect against its spread, with 95 % intervals of both.

    Parameters
    ----------
    found : MorrisScreening
        Read only here.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table, wide = found.effects, NARROW if narrow else WIDE
    listed = min(len(table), MOST_NAMED + 1)
    with house_style():
        figure = with_notes(wide, 480 + (19 * listed if narrow else 0), found.notes)
        axes = plot_axes(figure, (70, 66, wide - 70 - (16 if narrow else 270), 350))
        title = f"Which factors move {inside(title_of(found.outcome))}"
        how = "effect of a factor's whole range, with 95 % intervals"
        head(axes, title, how if narrow else f"{how}; the upper right matters most", -62)
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
        _name_factors(axes, table, (0.0, 0.0, -56, -60) if narrow else (1.0, 1.0, 16, 0))
    return figure


def _name_factors(axes: Axes, table: pd.DataFrame, corner: tuple[float, float, float, float]) -> None:
    """Number the points by rank, and list the names from a corner on; the smallest of many are only counted.

    The corner is a place on the axes (fractions) and how far from it (pixels).
    """
    across, up, right, above = corner
    lines = []
    for row in table.head(MOST_NAMED).to_dict("records"):
        at = (row["mu_star"], row["sigma"])
        axes.annotate(str(row["rank"]), at, (6, 5), textcoords="offset points", size=11, weight="bold")
        lines.append((f"{row['rank']:>2}  {shorten(str(row['factor']), 32)}", INK))
    more = len(table) - MOST_NAMED
    lines += [(f"and {more} smaller ones", MUTED)] if more > 0 else []
    for index, (words, colour) in enumerate(lines):
        shift = (right, above - 19 * index)
        axes.annotate(
            words, (across, up), shift, "axes fraction", "offset points", va="center", size=11.5, color=colour
        )
