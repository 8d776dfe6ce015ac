"""Pictures of a decision: what each budget buys, and the way there with its dip."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.figures import BASELINE_COLOUR, INK, NARROW, WIDE, house_style
from sim.analysis.panels import DARK, LIGHT, SIGNAL, head, key_above, plot_axes, short_numbers, with_notes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Document = Mapping[str, Any]


def draw_frontier(found: Document, narrow: bool = False) -> Figure:
    """Draw cost and gain of all finalists, the frontier among them, the budget, choice and second best.

    Parameters
    ----------
    found : mapping
        A decision as its JSON has it (docs/schemas/decision.schema.json).
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure
    """
    wide, left, columns, key = (NARROW, 58, 2, 88) if narrow else (WIDE, 90, 6, 28)
    with house_style():
        figure = with_notes(wide, key + 430, _frontier_notes(found))
        axes = plot_axes(figure, (left, key + 56, wide - left - 24, 316))
        asked = found["question"]
        head(axes, f"What each budget buys: {asked['label']}", f"gain, {asked['unit']}, 95 % interval", 8 - left)
        axes.axhline(0, color=INK, linewidth=1)
        _finalists(axes, found)
        _chosen(axes, found)
        axes.locator_params(axis="x", nbins=4 if narrow else 9)
        short_numbers(axes, "xy" if abs(found["choice"]["gain"]) >= 1000 else "x")
        axes.set_xlabel("money in the dearest year, c.u.", labelpad=6)
        key_above(figure, axes, columns)
    return figure


def _finalists(axes: Axes, found: Document) -> None:
    """All finalists as pale dots, the frontier as a stair with intervals."""
    every, front = found["options"], found["frontier"]
    pale: dict[str, Any] = {"color": BASELINE_COLOUR, "alpha": 0.45, "ms": 4.5, "mew": 0}
    axes.plot([one["cost"] for one in every], [one["gain"] for one in every], "o", label="all finalists", **pale)
    if not front:
        return
    costs, gains = [one["cost"] for one in front], [one["gain"] for one in front]
    whole = [one for one in front if one["ci_low"] is not None]
    ends = ([one["ci_low"] for one in whole], [one["ci_high"] for one in whole])
    axes.vlines([one["cost"] for one in whole], *ends, color=LIGHT, linewidth=2.5)
    axes.plot(costs, gains, drawstyle="steps-post", color=DARK, linewidth=1.6)
    axes.plot(costs, gains, "o", color=DARK, ms=5.5, label="frontier: no cheaper one is better")


def _chosen(axes: Axes, found: Document) -> None:
    """Budget, choice and second best."""
    budget, second = found["budget"], found["second_best"]
    most = max((one["cost"] for one in found["options"]), default=0.0)
    if budget is not None and budget <= 1.05 * most:
        axes.axvline(budget, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), label="budget")
    marked = [("choice", found["choice"], "D", SIGNAL, SIGNAL)]
    marked += [("second best", second, "s", SIGNAL, "white")] if second is not None else []
    for label, one, marker, edge, fill in marked:
        style: dict[str, Any] = {"mec": edge, "mfc": fill, "mew": 1.8, "ms": 9.5, "linestyle": "none", "zorder": 4}
        axes.plot([one["cost"]], [one["gain"]], marker, label=label, **style)


def _frontier_notes(found: Document) -> list[str]:
    hours = "" if found["hours"] is None else f" Only what takes at most {found['hours']:,.0f} hours a year is on it."
    many = found["provenance"]["replications"]
    return [f"{many} replications on common luck that the search has not seen.{hours}"]


def draw_course(found: Document, narrow: bool = False) -> Figure | None:
    """Draw the money gained so far, week by week, of what is chosen and of the second best: dip and break-even.

    Parameters
    ----------
    found : mapping
        A decision as its JSON has it.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where nothing is chosen, and nothing comes near.
    """
    ways = [
        (name, found["course"][name][0]) for name in ("choice", "leading", "second_best") if name in found["course"]
    ]
    if not ways:
        return None
    soon = _soon(ways[0][1])
    wide, left, columns, key = (NARROW, 58, 2, 62) if narrow else (WIDE, 90, 5, 28)
    room = wide - left - 24 if narrow or soon is None else 0.58 * (wide - left - 24)
    low = key + 486 if narrow else key + 56
    across = left if narrow else left + room + 70
    with house_style():
        tall = key + 430 + (430 if narrow and soon is not None else 0)
        figure = with_notes(wide, tall, ["Bands: 95 % interval of the mean, each week alone."])
        axes = plot_axes(figure, (left, key + 56, room, 316))
        head(axes, "The way there: profit gained so far", "c.u., against doing nothing on the same luck", 8 - left)
        _ways(axes, ways, max(way["days"][-1] for _, way in ways))
        key_above(figure, axes, columns)
        if soon is not None:
            near = plot_axes(figure, (across, low, wide - across - 24, 316))
            head(near, f"The first {soon} days", "the same, closer")
            _ways(near, [(name, _until(way, soon)) for name, way in ways], soon)
    return figure


def _soon(way: Document) -> int | None:
    """Days of a closer look, where break-even comes too early to be seen in the whole."""
    day, last = way["break_even_day"], way["days"][-1]
    return int(1.5 * day) if day and 1.5 * day <= 0.6 * last else None


def _until(way: Document, day: int) -> Document:
    """The beginning of a way."""
    weeks = sum(one <= day for one in way["days"])
    return {**way, **{name: way[name][:weeks] for name in ("days", "gain", "ci_low", "ci_high")}}


def _ways(axes: Axes, ways: Sequence[tuple[str, Document]], last: float) -> None:
    """Ways with their bands, lowest point and break-even of the first."""
    axes.axhline(0, color=INK, linewidth=1)
    styles: Sequence[tuple[str, Any]] = ((DARK, "-"), (SIGNAL, (0, (5, 2))))
    for (name, way), (colour, dash) in zip(ways, styles, strict=False):
        _way(axes, way, {"color": colour, "linestyle": dash, "label": name.replace("_", " ")})
    _marks(axes, ways[0][1])
    short_numbers(axes, "y")
    axes.set_xlim(0, last)
    axes.set_xlabel("working days since the first change", labelpad=6)


def _way(axes: Axes, way: Document, style: dict[str, Any]) -> None:
    days = [0, *way["days"]]
    axes.fill_between(
        days, [0.0, *way["ci_low"]], [0.0, *way["ci_high"]], color=style["color"], alpha=0.16, linewidth=0
    )
    axes.plot(days, [0.0, *way["gain"]], linewidth=2, **style)


def _marks(axes: Axes, way: Document) -> None:
    """Lowest point and break-even of a way, where it has them."""
    if way["dip"] < 0.0 and way["break_even_day"] != 0:
        axes.plot([way["time_to_benefit_days"]], [way["dip"]], "v", color=INK, ms=8, label="lowest point")
    if way["break_even_day"]:
        axes.plot(
            [way["break_even_day"]], [0.0], "o", mfc="white", mec=INK, mew=1.8, ms=8.5, label="has paid for itself"
        )


def draw_regret(found: Document, over: str, narrow: bool = False) -> Figure | None:
    """Draw what each contender brings over the firms that it may be, and how far it falls behind the best of them.

    Parameters
    ----------
    found : mapping
        A decision as its JSON has it.
    over : {"posterior", "assumptions"}
        Which doubt is drawn.
    narrow : bool
        For a small page.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where there is no such doubt.
    """
    doubt = next((one for one in found["doubts"] if one["over"] == over), None)
    if doubt is None:
        return None
    rows = sorted(doubt["contenders"], key=lambda one: -float(one["regret_worst_tenth"]))
    each, unit = (56 if narrow else 38), found["question"]["unit"]
    tall = each * len(rows)
    note = f"{doubt['draws']} draws. Left or above, thick: nine tenths of firms, luck out. Diamond: the choice."
    with house_style():
        figure = with_notes(NARROW if narrow else WIDE, (190 if narrow else 110) + (1 + narrow) * tall, [note])
        for place, part in enumerate((_gains_of_firms, _regrets_of_firms)):
            axes = plot_axes(figure, _regret_box(place, tall, narrow))
            part(axes, rows, unit)
            _named_rows(axes, rows, place == 0, narrow)
    return figure


def _regret_box(place: int, tall: float, narrow: bool) -> tuple[float, float, float, float]:
    """Where a panel stands: beside each other on a wide page, below each other on a small one."""
    if narrow:
        return 24, 56 + place * (tall + 94), NARROW - 48, tall
    room = (WIDE - 300 - 24 - 56) / 2
    return 300 + place * (room + 56), 56, room, tall


def _gains_of_firms(axes: Axes, rows: Sequence[Document], unit: str) -> None:
    """Means and nine tenths of firms."""
    axes.axvline(0, color=INK, linewidth=1)
    for place, one in enumerate(rows):
        _range(axes, place, one, (one["gain_low"], one["gain_high"]), one["gain"])
    head(axes, "What it brings", f"gain, {unit}")
    short_numbers(axes, "x" if max(abs(one["gain"]) for one in rows) >= 1000 else "")


def _regrets_of_firms(axes: Axes, rows: Sequence[Document], unit: str) -> None:
    """Mean regret, and that of the worst tenth of firms."""
    for place, one in enumerate(rows):
        _range(axes, place, one, (one["regret"], one["regret_worst_tenth"]), one["regret"])
    most = max(one["regret_worst_tenth"] for one in rows)
    axes.set_xlim(-0.03 * most or -1.0, 1.06 * most or 1.0)
    head(axes, "How far it falls behind the best", f"mean to worst tenth, {unit}")
    short_numbers(axes, "x" if most >= 1000 else "")


def _range(axes: Axes, place: int, one: Document, ends: tuple[float, float], middle: float) -> None:
    colour = SIGNAL if one["is_choice"] else DARK
    axes.hlines(place, *ends, color=colour, linewidth=5, alpha=0.45)
    axes.plot([middle], [place], "D" if one["is_choice"] else "o", color=colour, ms=7)


def _named_rows(axes: Axes, rows: Sequence[Document], is_first: bool, narrow: bool) -> None:
    """Names of contenders: beside the first panel of a wide page, above each line of a small one."""
    names = [_short(one) for one in rows]
    axes.set_ylim(-0.5, len(rows) - (0.3 if narrow else 0.5))
    axes.set_yticks(range(len(rows)), names if is_first and not narrow else [""] * len(rows))
    axes.tick_params(axis="y", length=0)
    for place, name in enumerate(names if narrow else ()):
        axes.annotate(name, (0, place), (0, 8), xycoords=("axes fraction", "data"), textcoords="offset points")


def _short(option: Document) -> str:
    """A portfolio in so few letters as fit beside axes."""
    names = [start["label"] for start in option["portfolio"]] or ["Doing nothing"]
    room = max(6, math.floor(42 / len(names)) - 2)
    return ", ".join(name if len(name) <= room else f"{name[: room - 1]}…" for name in names)
