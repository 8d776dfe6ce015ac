"""Picture of the map of types: which is best by two numbers of a firm at a time, and where a firm stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.figures import BASELINE_COLOUR, INK, NARROW, TYPE_COLOURS, WIDE, blank, house_style, place
from sim.analysis.fitted_map import CLEAR, FittedMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = (BASELINE_COLOUR, *TYPE_COLOURS)
#: Points of a panel to each side, its pixels, and the room around it.
FINE, HIGH, LEFT, TOP, BELOW = 33, 270, 74, 84, 64
KEY = "Colour: the type that is most probably best; full inside the black line, where that is 95 % or more"


@dataclass(frozen=True)
class Side:
    """One axis of a panel: its number among the axes, what it is called, and ticks (share, text)."""

    axis: int
    label: str
    ticks: Sequence[tuple[float, str]]


def draw_type_map(
    made: FittedMap, panels: Sequence[tuple[Side, Side]], middle: Any, firm: Any = None, narrow: bool = False
) -> Figure:
    """Draw slices through the map.

    Parameters
    ----------
    made : FittedMap
        Read only here.
    panels : sequence of (Side, Side)
        Across and up.
    middle : numpy.ndarray
        float64 of shape (axes,): where the other axes stand.
    firm : numpy.ndarray, optional
        float64 of shape (draws, axes): a firm that is marked.
    narrow : bool
        For a small page: panels under each other.
    """
    wide = NARROW if narrow else WIDE
    many = 1 if narrow else len(panels)
    width, step = wide / many - LEFT - 16, HIGH + BELOW + 20
    with house_style():
        figure = blank(wide, TOP + (step * len(panels) if narrow else step))
        _key(figure, made.levels, narrow)
        for index, panel in enumerate(panels):
            left, top = (LEFT, TOP + step * index) if narrow else (LEFT + index * (width + LEFT + 16), TOP)
            _panel(place(figure, left, top, width, HIGH), made, panel, middle, firm)
    return figure


def _panel(axes: Axes, made: FittedMap, panel: tuple[Side, Side], middle: Any, firm: Any) -> None:
    from matplotlib.colors import to_rgb

    across, up = panel
    shares = np.linspace(0.0, 1.0, FINE)
    at = np.tile(middle, (FINE * FINE, 1))
    at[:, across.axis], at[:, up.axis] = np.tile(shares, FINE), np.repeat(shares, FINE)
    chances = made.chances(at).reshape(FINE, FINE, -1)
    best, sure = chances.argmax(axis=2), chances.max(axis=2)
    colours = np.array([to_rgb(COLOURS[level]) for level in range(len(made.levels))])
    strength = np.clip((sure - 0.4) / 0.55, 0.15, 1.0)[..., None]
    axes.imshow(1.0 - strength * (1.0 - colours[best]), origin="lower", extent=(0, 1, 0, 1), aspect="auto")
    if sure.min() < CLEAR < sure.max():
        axes.contour(shares, shares, sure, levels=[CLEAR], colors=INK, linewidths=1.2)
    axes.set_xticks(*map(list, zip(*across.ticks, strict=True)))
    axes.set_yticks(*map(list, zip(*up.ticks, strict=True)))
    axes.set_xlabel(across.label, labelpad=6)
    axes.set_title(up.label, loc="left", fontsize=12)
    if firm is not None:
        axes.plot(firm[:, across.axis], firm[:, up.axis], "o", ms=3.5, color="white", mec=INK, mew=0.6, clip_on=False)
        spot = np.median(firm, axis=0)
        axes.plot(spot[across.axis], spot[up.axis], "*", ms=17, color="white", mec=INK, mew=1.4, clip_on=False)


def _key(figure: Figure, levels: Sequence[str], narrow: bool) -> None:
    from matplotlib.patches import Patch

    marks = [Patch(color=colour, label=name) for name, colour in zip(levels, COLOURS, strict=False)]
    figure.legend(handles=marks, loc="upper left", ncols=len(levels), frameon=False, fontsize=11.5, borderaxespad=0.2)
    if not narrow:
        height = float(figure.get_size_inches()[1]) * 96.0
        figure.text(0.006, 1.0 - 38.0 / height, KEY, fontsize=11.5, color=INK)
