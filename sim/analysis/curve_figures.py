"""Pictures of curves: dose and response with the best dose, and what becomes of deals over time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.dose_response import DoseResponse, Optimum
from sim.analysis.figures import BASELINE_COLOUR, INK, NARROW, TYPE_COLOURS, WIDE, house_style, shorten
from sim.analysis.panels import (
    DARK,
    DASHES,
    LIGHT,
    SIGNAL,
    between,
    head,
    key_above,
    plot_axes,
    short_numbers,
    title_of,
    with_notes,
)
from sim.analysis.survival import TimeToWin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Curves of the time to win that are drawn, with their titles.
PANELS = (("won", "Won"), ("lost", "Lost"), ("open", "Still open"))


def draw_dose_response(found: DoseResponse, narrow: bool = False) -> Figure:
    """Draw the effect of each dose with its intervals, the curve with its band, and the best dose with its interval.

    Parameters
    ----------
    found : DoseResponse
        Read only here.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
    """
    wide, left, columns, key = (NARROW, 64, 2, 68) if narrow else (WIDE, 90, 5, 28)
    with house_style():
        figure = with_notes(wide, key + 450, [*found.notes, *_best_notes(found)])
        axes = plot_axes(figure, (left, key + 56, wide - left - 20, 340))
        better = {"higher": "higher is better ↑", "lower": "lower is better ↓", "": ""}[found.better]
        pairs = "less the lowest dose" if narrow else "difference from the lowest dose"
        how_many = f"same luck, {found.n_replications} {found.counted}"
        head(axes, title_of(found.outcome), f"{pairs}, {how_many}   {'' if narrow else better}", 8 - left)
        _doses(axes, found)
        best = _shown_best(found)
        if best is not None:
            _best_dose(axes, best)
        short_numbers(axes, "y")
        axes.set_xlabel(shorten(found.factor, 46), labelpad=6)
        key_above(figure, axes, columns)
    return figure


def _shown_best(found: DoseResponse) -> Optimum | None:
    """The best dose, unless the curve is flat and it means nothing."""
    return None if found.is_flat else found.optimum


def _best_notes(found: DoseResponse) -> list[str]:
    if _shown_best(found) is None:
        return []
    return [
        "Best dose: the thick line is its 95 % interval if the shape holds between the tested doses; the thin line"
        " holds whatever the shape, if there is a single peak."
    ]


def _doses(axes: Axes, found: DoseResponse) -> None:
    """Curve, band, and a dot with two intervals for each dose."""
    curve, effects = found.curve, found.effects
    band: dict[str, Any] = {"color": LIGHT, "alpha": 0.55, "linewidth": 0}
    axes.fill_between(curve["dose"], curve["low"], curve["high"], label="its 95 % band", **band)
    axes.plot(curve["dose"], curve["effect"], color=DARK, linewidth=2.2, label=found.shape)
    rest = effects.iloc[1:]
    for part, thick, label in (("joint_", 1, "95 %, all doses at once"), ("", 3, "95 %, each dose alone")):
        axes.vlines(rest["dose"], rest[f"{part}low"], rest[f"{part}high"], color=INK, linewidth=thick, label=label)
    axes.plot(effects["dose"], effects["difference"], "o", color=INK, ms=6.5, mfc="white", mew=1.6)
    axes.axhline(0, color=INK, linewidth=1)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.16 * (high - low), high)


def _best_dose(axes: Axes, best: Optimum) -> None:
    """The best dose under the curve: interval as a thick line, bracket of tested doses as a thin one."""
    low, high = axes.get_ylim()
    down = low + 0.06 * (high - low)
    axes.plot([best.bracket_low, best.bracket_high], [down, down], color=SIGNAL, linewidth=1.2)
    axes.plot([best.low, best.high], [down, down], color=SIGNAL, linewidth=4, solid_capstyle="butt", label="best dose")
    axes.plot([best.dose], [down], "D", color=SIGNAL, ms=8, mec="white", mew=1)
    words = f"best {best.dose:.3g}, 95 % {best.low:.3g} to {best.high:.3g}"
    left, right = axes.get_xlim()
    share = (best.dose - left) / (right - left)
    side = "left" if share < 0.15 else "right" if share > 0.85 else "center"
    axes.annotate(words, (best.dose, down), (0, 9), textcoords="offset points", ha=side, color=SIGNAL, size=11.5)


def draw_time_to_win(scenarios: Mapping[str, TimeToWin], narrow: bool = False) -> Figure:
    """Draw shares of deals won, lost and still open by days since the first contact, with 95 % bands.

    Parameters
    ----------
    scenarios : mapping of str to TimeToWin
        By label; the first is the baseline.
    narrow : bool
        Panels under each other, for a small page.

    Returns
    -------
    matplotlib.figure.Figure
    """
    end = max(found.horizon for found in scenarios.values())
    colours = [BASELINE_COLOUR, *TYPE_COLOURS]
    width, columns = (NARROW - 64, 2) if narrow else ((WIDE - 20) / 3 - 56, 4)
    top, high = 60 + 20 * math.ceil(len(scenarios) / columns), 372
    with house_style():
        height = top + (high * len(PANELS) if narrow else high) - 24
        figure = with_notes(NARROW if narrow else WIDE, height, _waiting_notes(scenarios))
        for panel, (name, title) in enumerate(PANELS):
            place = (48, top + panel * high) if narrow else (48 + panel * (width + 56), top)
            axes = plot_axes(figure, (*place, width, 280))
            head(axes, title, "share of deals, 95 % band", -40)
            for index, (label, found) in enumerate(scenarios.items()):
                style = {"color": colours[index % len(colours)], "linestyle": DASHES[index % len(DASHES)]}
                step_with_band(axes, found, name, {**style, "label": shorten(label, 20 if narrow else 28)})
            axes.set_xlim(0, end)
            axes.set_ylim(0, 1.02 if name == "open" else None)
            axes.set_xlabel("calendar days since the first contact", labelpad=6)
            if panel == 0:
                key_above(figure, axes, columns)
    return figure


def step_with_band(axes: Axes, found: TimeToWin, name: str, style: dict[str, Any]) -> None:
    """One curve as a stair with its band."""
    curves = found.curves[found.curves["calendar_days"] <= found.horizon]
    days = curves["calendar_days"]
    low, high = curves[f"{name}_low"], curves[f"{name}_high"]
    axes.fill_between(days, low, high, step="post", color=style["color"], alpha=0.2, linewidth=0)
    axes.plot(days, curves[name], drawstyle="steps-post", linewidth=2, **style)


def _waiting_notes(scenarios: Mapping[str, TimeToWin]) -> list[str]:
    """Share won and median of each scenario in words."""
    notes = []
    for label, found in scenarios.items():
        rows = found.quantities.set_index("quantity")[["value", "low", "high"]]
        share, median = (tuple(map(float, rows.loc[name])) for name in ("share_won", "median_days_to_win"))
        won = f"{100 * share[0]:.1f} % won within {found.horizon:.0f} days"
        told = won + between(100 * share[1], 100 * share[2], 1)
        if math.isfinite(median[0]):
            told += f", half of these within {median[0]:.0f} days" + between(median[1], median[2], 0)
        notes.append(f"{label}: {told}; {found.n_deals:,} deals in {found.n_runs} runs.")
    methods = sorted({found.method for found in scenarios.values()})
    return [*notes, f"Deals still open count as long as they are seen. 95 % intervals: {', '.join(methods)}."]
