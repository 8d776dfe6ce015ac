"""Picture of a contingency map: which level is best in which situation, and how sure that is."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.contingency import ContingencyMap
from sim.analysis.figures import INK, MUTED, NARROW, TYPE_COLOURS, WIDE, house_style, place, shorten
from sim.analysis.panels import inside, title_of, with_notes
from sim.domain.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL_HEIGHT, GAP, NAMES = 78, 28, 150
#: Levels get these colours in their order: from light to dark, so that they are told apart in grey.
COLOURS = ("#d9d9d9", *TYPE_COLOURS)
MOST_FACTORS = 3
#: Height of a cell on a small page, and its width from which the leading level stands on one line with its share.
TALL, ROOMY = 104, 130
HINT = "full colour: clearly the best; hatched: not distinguishable; %: how probably the leading one is the best"


def draw_contingency_map(found: ContingencyMap, narrow: bool = False) -> Figure:
    """Draw the best level of a decision by situation; a third factor makes panels side by side.

    Parameters
    ----------
    found : ContingencyMap
        Of one to three factors: columns, rows, panels.
    narrow : bool
        For a small page: the factor with fewer values makes the columns, panels stand under each other.

    Returns
    -------
    matplotlib.figure.Figure
        A cell is full where one level is clearly the best, hatched where several may be; its words say which.

    Raises
    ------
    InputError
        If there are more than three factors.
    """
    if len(found.factors) > MOST_FACTORS:
        raise InputError(
            "factors", f"must be at most {MOST_FACTORS} to be drawn", len(found.factors), "Give fewer factors."
        )
    found = _upright(found) if narrow else found
    across, *rest = found.factors
    downs = _values(found.cells, rest[0]) if rest else [None]
    panels = _values(found.cells, rest[1]) if len(rest) > 1 else [None]
    names = (NAMES if rest else 16) - (54 if narrow and rest else 0)
    wide, high = (NARROW, TALL * len(downs)) if narrow else (WIDE, CELL_HEIGHT * len(downs))
    width = wide - names - 12 if narrow else (wide - names - 12 - GAP * (len(panels) - 1)) / len(panels)
    step = high + 78 if narrow else 0
    with house_style():
        figure = with_notes(wide, high + 130 + step * (len(panels) - 1), [*_key(found, narrow), *found.notes])
        for index, panel in enumerate(panels):
            axes = place(figure, names + (0 if narrow else index * (width + GAP)), 74 + index * step, width, high)
            cells = found.cells if panel is None else found.cells[found.cells[rest[1]] == panel]
            _panel(axes, found, cells, downs)
            if panel is not None:
                axes.annotate(
                    f"{rest[1]} = {_named(panel)}", (0, 1), (0, 8), "axes fraction", "offset points", weight="bold"
                )
            if index == 0:
                _heading(axes, found, names, bool(rest[1:]), "" if narrow else HINT)
            if index == 0 or narrow:
                _row_names(axes, downs, rest[0] if rest else "")
            axes.set_xlabel(across, labelpad=6)
    return figure


def _upright(found: ContingencyMap) -> ContingencyMap:
    """The same map with the factor of fewer values across."""
    first, *rest = found.factors
    if not rest or found.cells[first].nunique() <= found.cells[rest[0]].nunique():
        return found
    return replace(found, factors=(rest[0], first, *rest[1:]))


def _values(cells: pd.DataFrame, name: str) -> list[Any]:
    return list(dict.fromkeys(cells[name].tolist()))


def _heading(axes: Axes, found: ContingencyMap, names: float, is_split: bool, hint: str) -> None:
    side = "highest" if found.better == "higher" else "lowest"
    what = inside(title_of(found.outcome)) if hint else inside(title_of(found.outcome)).partition(" (")[0]
    words = f"{found.decision} with the {side} {what}"
    up = 34 if is_split else 16
    axes.annotate(words[0].upper() + words[1:], (0, 1), (8 - names, up + 18), "axes fraction", "offset points",
                  weight="bold", size=13)  # fmt: skip
    axes.annotate(hint, (0, 1), (8 - names, up), "axes fraction", "offset points", color=MUTED, size=11)


def _row_names(axes: Axes, downs: list[Any], name: str) -> None:
    if name:
        axes.set_yticks(range(len(downs)), [_named(value) for value in downs], color=INK, size=12)
        axes.set_ylabel(name, labelpad=6)


def _panel(axes: Axes, found: ContingencyMap, cells: pd.DataFrame, downs: list[Any]) -> None:
    """The cells of one panel; axes changed in place."""
    across = _values(found.cells, found.factors[0])
    axes.set_xlim(-0.5, len(across) - 0.5)
    axes.set_ylim(len(downs) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks(range(len(across)), [_named(value) for value in across], color=INK, size=12)
    for row in cells.to_dict("records"):
        down = downs.index(row[found.factors[1]]) if len(found.factors) > 1 else 0
        _draw_cell(axes, (across.index(row[found.factors[0]]), down), row, found)


def _draw_cell(axes: Axes, at: tuple[int, int], row: dict[Any, Any], found: ContingencyMap) -> None:
    from matplotlib.patches import Rectangle

    corner = (at[0] - 0.48, at[1] - 0.47)
    if row["best"] is None or pd.isna(row["best"]):
        axes.add_patch(Rectangle(corner, 0.96, 0.94, facecolor="white", edgecolor=MUTED, linewidth=1))
        axes.annotate("no figure", at, ha="center", va="center", color=MUTED)
        return
    place_of = found.levels.index(row["best"])
    colour = COLOURS[place_of % len(COLOURS)]
    if row["is_clear"]:
        axes.add_patch(Rectangle(corner, 0.96, 0.94, facecolor=colour, edgecolor="white", linewidth=1))
        ink = "white" if _is_dark(colour) else INK
        words, weight = str(row["best"]), "bold"
    else:
        axes.add_patch(Rectangle(corner, 0.96, 0.94, facecolor="white", edgecolor=colour, hatch="///", linewidth=0))
        axes.add_patch(Rectangle(corner, 0.96, 0.94, facecolor="none", edgecolor=colour, linewidth=2))
        ink, weight = INK, "normal"
        words = _or([str(name) for name in row["may_be_best"]])
    box = None if row["is_clear"] else {"facecolor": "white", "edgecolor": "none", "pad": 2, "alpha": 0.9}
    room = axes.get_window_extent().width / len(axes.get_xticks())
    letters, is_roomy = max(12, int(room / 8.4)), room > ROOMY
    lines = "\n".join(textwrap.wrap(words, letters))
    share = f"{row['probability_best']:.0%}".replace("%", " %")
    named = share if row["is_clear"] else f"{row['best']}{' ' if is_roomy else chr(10)}{share}"
    kept: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "center", "color": ink, "bbox": box}
    axes.annotate(lines, at, (0, 8 if is_roomy else 18), weight=weight, size=11.5, **kept)
    axes.annotate(named, at, (0, -22 if is_roomy else -30), size=11, **kept)


def _or(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else names[0]


def _named(value: Any) -> str:
    """A level for people: nothing is called none."""
    return "none" if value == "" else shorten(str(value), 18)


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _key(found: ContingencyMap, narrow: bool) -> list[str]:
    n = found.cells["replications"]
    many = f"{n.min()}" if n.min() == n.max() else f"{n.min()} to {n.max()}"
    return [
        *([HINT] if narrow else []),
        f"Levels compared replication by replication on the same luck, {many} {found.counted}; 95 % for the whole map.",
    ]
