"""Pictures of comparisons: what is drawn is what the tables say, with its uncertainty, in SVG and PNG."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison_figures import draw_comparison, draw_convergence, draw_interactions, draw_selection
from sim.analysis.figures import svg_text
from sim.analysis.forest import MARKS
from sim.analysis.interaction import compare_interactions
from sim.analysis.points import compare_points
from sim.analysis.selection import select_best
from sim.analysis.sequential import convergence
from sim.domain.outcomes import BY_NAME

if TYPE_CHECKING:
    from matplotlib.figure import Figure

N = 100
LUCK = np.random.default_rng(71)
COMMON = LUCK.normal(1000, 100, N)
EFFECTS = {
    "": 0.0,
    "liaison": 50.0,
    "collocation": -40.0,
    "feedback": 1.0,
    "liaison+collocation": 10.0,
    "poison": math.nan,
}


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two groups of six points, one of each failed."""
    rows, runs = [], []
    for group in ("undefined", "aligned"):
        for uses, effect in EFFECTS.items():
            rows.append((f"{group}{uses}", f"{group}, {uses or 'none'}", group, uses))
            values = COMMON + effect + (LUCK.normal(0, 20, N) if uses else 0)
            frame = pd.DataFrame({"point_id": rows[-1][0], "draw": 0, "replication": range(N), "status": "done"})
            frame = frame.assign(error=None, bookings_new=values, cycle_days=80 - effect / 10, profit=values - 2000)
            is_poison = uses == "poison"
            runs.append(frame.head(1).assign(status="failed", error="raised") if is_poison else frame)
    return pd.DataFrame(rows, columns=["point_id", "label", "relationship", "interventions"]), pd.concat(runs)


POINTS, RUNS = tables()
TABLE = compare_points(POINTS, RUNS, by="relationship")
PAIRS = compare_interactions(POINTS, RUNS, ["bookings_new"], by="relationship", margin=0.02)
VALUES = COMMON + LUCK.normal(0, 20, (3, N)) + [[0.0], [30.0], [-30.0]]
SELECTION = select_best(VALUES, "higher", 10.0, labels=["A", "B", "C"])
COURSE = convergence(LUCK.normal(5, 10, 400))
FIGURES = {
    "comparison": lambda narrow: draw_comparison(TABLE, "relationship", narrow),
    "interactions": lambda narrow: draw_interactions(PAIRS, "relationship", narrow),
    "selection": lambda narrow: draw_selection(SELECTION, "bookings_new", narrow),
    "convergence": lambda narrow: draw_convergence({"Liaison": COURSE}, "bookings_new", 2.0),
}


def words_of(figure: Figure) -> list[str]:
    """Texts of a figure as SVG holds them."""
    tree = ElementTree.fromstring(svg_text(figure, "test", "a picture"))
    return ["".join(text.itertext()).strip() for text in tree.iter("{http://www.w3.org/2000/svg}text")]


def intervals_of(axes: Any) -> list[tuple[float, float]]:
    """Ends of the intervals drawn, from the top."""
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2.2]
    return [tuple(line.get_xdata()) for line in lines]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_picture_names_its_interval_and_is_the_same_each_time_in_svg_and_png(name: str, narrow: bool) -> None:
    figure = FIGURES[name](narrow)
    assert any("95 %" in words and ("interval" in words or "band" in words) for words in words_of(figure))
    assert svg_text(figure, "a", "b") == svg_text(FIGURES[name](narrow), "a", "b")
    png = io.BytesIO()
    figure.savefig(png, format="png")
    assert len(png.getvalue()) > 5000


def test_a_line_has_the_interval_of_its_row_in_percent_of_its_own_baseline() -> None:
    rows = TABLE[TABLE["outcome"] == "bookings_new"]
    figure = draw_comparison(rows, "relationship")
    shown = rows[rows["verdict"].isin(MARKS)]
    expected = [(100 * r.ci_low / r.baseline_mean, 100 * r.ci_high / r.baseline_mean) for r in shown.itertuples()]
    assert len(expected) == 8
    assert intervals_of(figure.axes[0]) == [pytest.approx(pair) for pair in expected]


def test_failed_points_are_named_as_failed_and_groups_by_their_levels() -> None:
    words = words_of(draw_comparison(TABLE[TABLE["outcome"] == "bookings_new"], "relationship"))
    assert words.count("failed") == 2
    assert words.count("liaison") == 2  # without the group's name before it
    assert {"undefined", "aligned", "better", "worse", "not distinguishable"} <= set(words)
    assert "none" not in words  # a baseline is not compared with itself


def test_without_groups_the_head_names_the_baseline() -> None:
    points = POINTS[POINTS["relationship"] == "aligned"]
    words = words_of(draw_comparison(compare_points(points, RUNS, "bookings_new")))
    assert "against aligned, none" in words


def test_an_outcome_without_a_positive_baseline_is_drawn_in_its_unit() -> None:
    rows = TABLE[TABLE["outcome"] == "profit"]
    figure = draw_comparison(rows, "relationship")
    shown = rows[rows["verdict"].isin(MARKS)]
    assert intervals_of(figure.axes[0]) == [
        pytest.approx(pair) for pair in zip(shown["ci_low"], shown["ci_high"], strict=True)
    ]
    assert any(words.startswith("c.u./year") for words in words_of(figure))


@pytest.mark.parametrize("narrow", [False, True])
def test_the_head_of_a_panel_is_whole_and_reaches_into_no_other(narrow: bool) -> None:
    names = ("conflict_per_100", "personal_per_pm", "mkt_sourced_share", "dispute_contact_share")
    rows, labels = TABLE[TABLE["outcome"] == "profit"], {BY_NAME[name].label for name in names}
    figure = draw_comparison(pd.concat([rows.assign(outcome=name) for name in names]), "relationship", narrow)
    figure.canvas.draw()
    heads = [text.get_window_extent() for axes in figure.axes for text in axes.texts if text.get_text() in labels]
    assert len(heads) == len(names)
    assert all(figure.bbox.x0 <= head.x0 and head.x1 <= figure.bbox.x1 for head in heads)
    assert not [1 for one in heads for other in heads if one is not other and one.overlaps(other)]


def test_pairs_show_their_departure_from_the_sum_and_their_verdict() -> None:
    figure = draw_interactions(PAIRS, "relationship")
    assert intervals_of(figure.axes[0]) == [
        pytest.approx(p) for p in zip(PAIRS["ci_low"], PAIRS["ci_high"], strict=True)
    ]
    words = words_of(figure)
    assert words.count("liaison + collocation") == 2
    assert set(PAIRS["verdict"]) <= set(words)
    shades = [patch.get_width() for patch in figure.axes[0].patches]
    assert shades == pytest.approx(2 * PAIRS["margin"])


def test_a_selection_shows_all_intervals_against_the_best_and_who_is_selected() -> None:
    figure = draw_selection(SELECTION, "bookings_new")
    assert intervals_of(figure.axes[0]) == [
        pytest.approx(pair) for pair in zip(SELECTION.low, SELECTION.high, strict=True)
    ]
    assert {"A", "B", "C", "selected"} <= set(words_of(figure))
    early = select_best(VALUES[:, :20], "higher", 1.0)
    assert "leads so far" in words_of(draw_selection(early, "bookings_new"))


def test_the_band_is_the_intervals_of_all_looks() -> None:
    figure = draw_convergence({"A": COURSE, "B": COURSE.head(3)}, "cycle_days")
    assert len(figure.axes) == 2
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx(COURSE["mean"])
    corners = figure.axes[0].collections[0].get_paths()[0].vertices
    assert {round(float(y), 9) for y in corners[:, 1]} == {round(y, 9) for y in [*COURSE["low"], *COURSE["high"]]}
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    assert len(draw_convergence({"A": COURSE}, "cycle_days", 1.0).axes[0].lines) == len(figure.axes[0].lines) + 2
