"""Pictures of curves: dose and response with the best dose, and what becomes of deals over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.dose_response import DoseResponse, Optimum
from sim.analysis.figures import BASELINE_COLOUR, INK, TYPE_COLOURS, WIDE, house_style, shorten
from sim.analysis.panels import DARK, DASHES, LIGHT, SIGNAL, head, plot_axes, short_numbers, title_of, with_notes
from sim.analysis.survival import TimeToWin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Curves of the time to win that are drawn, with their titles.
PANELS = (("won", "Won"), ("lost", "Lost"), ("open", "Still open"))


def draw_dose_response(found: DoseResponse) -> Figure:
    """Draw the effect of each dose with its intervals, the curve with its band, and the best dose with its interval.

    Parameters
    ----------
    found : DoseResponse
        Read only here.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with house_style():
        figure = with_notes(WIDE, 478, [*found.notes, *_best_notes(found)])
        axes = plot_axes(figure, (90, 84, WIDE - 90 - 24, 340))
        better = {"higher": "higher is better ↑", "lower": "lower is better ↓", "": ""}[found.better]
        pairs = f"difference from the lowest dose, same luck, {found.n_replications} replications"
        head(axes, title_of(found.outcome), f"{pairs}   {better}", -82)
        _doses(axes, found)
        best = _shown_best(found)
        if best is not None:
            _best_dose(axes, best)
        short_numbers(axes, "y")
        axes.set_xlabel(found.factor, labelpad=6)
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.08, 1.16), ncols=5, frameon=False, borderaxespad=0, fontsize=11.5,
            handlelength=1.8, columnspacing=1.4,
        )  # fmt: skip
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


def draw_time_to_win(scenarios: Mapping[str, TimeToWin]) -> Figure:
    """Draw shares of deals won, lost and still open by days since the first contact, with 95 % bands.

    Parameters
    ----------
    scenarios : mapping of str to TimeToWin
        By label; the first is the baseline.

    Returns
    -------
    matplotlib.figure.Figure
    """
    end = max(found.horizon for found in scenarios.values())
    colours = [BASELINE_COLOUR, *TYPE_COLOURS]
    width = (WIDE - 20) / 3 - 56
    with house_style():
        figure = with_notes(WIDE, 436, _waiting_notes(scenarios))
        for panel, (name, title) in enumerate(PANELS):
            axes = plot_axes(figure, (48 + panel * (width + 56), 96, width, 280))
            head(axes, title, "share of deals, 95 % band", -40)
            for index, (label, found) in enumerate(scenarios.items()):
                style = {"color": colours[index % len(colours)], "linestyle": DASHES[index % len(DASHES)]}
                _step(axes, found, name, {**style, "label": shorten(label, 28)})
            axes.set_xlim(0, end)
            axes.set_ylim(0, 1.02 if name == "open" else None)
            axes.set_xlabel("calendar days since the first contact", labelpad=6)
            if panel == 0:
                axes.legend(
                    loc="lower left", bbox_to_anchor=(-0.15, 1.2), ncols=4, frameon=False, borderaxespad=0,
                    fontsize=11.5,
                )  # fmt: skip
    return figure


def _step(axes: Axes, found: TimeToWin, name: str, style: dict[str, Any]) -> None:
    """One curve as a stair with its band."""
    curves = found.curves[found.curves["days"] <= found.horizon]
    days = curves["days"]
    low, high = curves[f"{name}_low"], curves[f"{name}_high"]
    axes.fill_between(days, low, high, step="post", color=style["color"], alpha=0.2, linewidth=0)
    axes.plot(days, curves[name], drawstyle="steps-post", linewidth=2, **style)


def _waiting_notes(scenarios: Mapping[str, TimeToWin]) -> list[str]:
    """Share won and median of each scenario in words."""
    notes = []
    for label, found in scenarios.items():
        rows = found.quantities.set_index("quantity")
        median, share = (rows.loc[name] for name in ("median_days_to_win", "share_won"))
        notes.append(
            f"{label}: {100 * share['value']:.1f} % won within {found.horizon:.0f} days"
            f" ({100 * share['low']:.1f} to {100 * share['high']:.1f}), half of these within {median['value']:.0f} days"
            f" ({median['low']:.0f} to {median['high']:.0f}); {found.n_deals:,} deals in {found.n_runs} runs."
        )
    methods = sorted({found.method for found in scenarios.values()})
    return [*notes, f"Deals still open count as long as they are seen. 95 % intervals: {', '.join(methods)}."]
