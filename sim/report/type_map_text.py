"""What is said of a firm's place on the map of types: words, tables, JSON, and its picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.type_map_figures import Side, draw_type_map
from sim.decide.type_map import Placed, load_map
from sim.domain.outcomes import BY_NAME
from sim.report.prose import enumerate_words
from sim.report.terminal import listed, written
from sim.report.uncertainty import percent_of
from sim.spec.situations import AXES, Axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Axes of the two panels, by name: across, up.
PANELS = (("complexity", "reps"), ("leads", "gap_days"))
TICKS = (0.0, 0.5, 1.0)
NOTE = (
    "The map is fitted to firms made up of these six numbers; all else is as in the mid-size firm. Gains: against the"
    " first type, as a share of its new bookings, with the standard error. Your own firm, in full: smarketing compare."
)


def answer(placed: Placed) -> str:
    """What the map says of a firm, with how sure that is."""
    goal, best = BY_NAME[placed.outcome].label.lower(), placed.best
    chance = percent_of(placed.chances[best])
    if placed.is_clear:
        return f"For {goal}, {best} suits a firm like this best, with a probability of {chance}."
    rivals = [name for name, share in placed.chances.items() if share >= 0.05]
    off = enumerate_words([axis.label.lower() for axis in AXES if axis.name in placed.beyond])
    why = f"; it lies off the map in {off}, where the edge of the map stands in" if off else ""
    return (
        f"For {goal}, the best type is not distinguishable for a firm like this: {best} leads with a probability of"
        f" {chance}, and {enumerate_words(rivals)} may be best{why}."
    )


def map_text(placed: Placed, format: str) -> str:
    """A firm's place in a format."""
    if format == "json":
        return json.dumps(placed.document(), indent=1, ensure_ascii=False, allow_nan=False)
    columns = ("type", "probability of best", "gain", "standard error")
    rows = [(kind, _share(share), *_gain(placed, kind)) for kind, share in placed.chances.items()]
    if format == "csv":
        own = placed.rows()
        return listed(tuple(own[0]), [tuple(row.values()) for row in own], "csv")
    axes = [(axis.label, f"{placed.situation[axis.name]:.3g}", axis.unit, _range(axis)) for axis in AXES]
    return written(
        f"{placed.scenario.name} on the map of relationship types",
        answer(placed),
        "",
        listed(columns, rows, "table"),
        listed(("the firm", "here", "unit", "on the map"), axes, "table"),
        NOTE,
    )


def _share(share: float) -> str:
    return percent_of(share)


def _gain(placed: Placed, kind: str) -> tuple[str, str]:
    if kind not in placed.gains:
        return "", ""
    mean, error = placed.gains[kind]
    return f"{100 * mean:+.1f} %".replace("-", "−"), f"{100 * error:.1f} %"


def _range(axis: Axis) -> str:
    return f"{axis.low:g} to {axis.high:g}"


def map_figure(outcome: str, placed: Placed | None = None, narrow: bool = False) -> Figure:
    """The picture of a map, through a firm where there is one, else through the usual one."""
    from sim.spec.catalogue import load_scenario
    from sim.spec.situations import BASE, situation_of

    usual = situation_of(load_scenario(BASE))
    firm = None if placed is None else placed.units
    own = np.array([axis.share_of(usual[axis.name]) for axis in AXES])
    middle = own if firm is None else np.median(firm, axis=0)
    panels = [(_side(across), _side(up)) for across, up in PANELS]
    return draw_type_map(load_map(outcome), panels, middle, firm, narrow)


def _side(name: str) -> Side:
    index = next(place for place, axis in enumerate(AXES) if axis.name == name)
    axis = AXES[index]
    label = f"{axis.label}, {axis.unit}" if axis.unit else f"{axis.label} (−1 simple, 1 complex)"
    return Side(index, label, [(share, f"{axis.at(share):.3g}") for share in TICKS])
