"""Pictures of curves, indices and maps: uncertainty in each, nothing outside the frame, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from SALib.sample import morris as paths
from SALib.sample import sobol as sampling

from sim.analysis.contingency import contingency_map
from sim.analysis.curve_figures import draw_dose_response, draw_time_to_win
from sim.analysis.dose_response import dose_response
from sim.analysis.figures import svg_text
from sim.analysis.map_figures import draw_contingency_map
from sim.analysis.morris import morris_screening
from sim.analysis.panels import wrapped
from sim.analysis.sensitivity import sobol_indices
from sim.analysis.sensitivity_figures import draw_indices, draw_screening
from sim.analysis.survival import time_to_win
from sim.domain.errors import InputError
from tests.studies import tables
from tests.unit.test_contingency import fits, study
from tests.unit.test_dose_response import DOSES, outcomes
from tests.unit.test_survival import deals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = [f"group.a_rather_long_name_of_a_factor_{index}" for index in range(20)]
PROBLEM = {"names": NAMES, "num_vars": 20, "bounds": [[0, 1]] * 20}


def indices() -> Figure:
    rows = sampling.sample(PROBLEM, 32, calc_second_order=False, seed=1)
    values = 1e6 * (rows @ np.arange(20.0) + 5 * rows[:, :1].ravel() * rows[:, 19])
    points, runs = tables(dict(zip(NAMES, rows.T, strict=True)), values[:, None], "profit")
    return draw_indices(sobol_indices(points, runs, PROBLEM, "profit"))


def screening() -> Figure:
    rows = paths.sample(PROBLEM, 8, seed=1)
    values = 1e6 * (rows @ np.arange(20.0) + 5 * rows[:, 0] * rows[:, 19])
    points, runs = tables(dict(zip(NAMES, rows.T, strict=True)), values[:, None], "profit")
    return draw_screening(morris_screening(points, runs, PROBLEM, "profit"))


def dose(truth: object = None) -> Figure:
    means = -((DOSES - 1.8) ** 2) if truth is None else np.asarray(truth)
    points, runs = tables({"interventions.liaison.dose": DOSES}, 1e6 * outcomes(means), "profit")
    return draw_dose_response(dose_response(points, runs, "interventions.liaison.dose", "profit"))


def situations() -> Figure:
    points, runs = study(fits)
    return draw_contingency_map(contingency_map(points, runs, "profit", "relationship", ["size", "market"]))


def survival() -> Figure:
    return draw_time_to_win({"Undefined": time_to_win(deals()), "Integrated": time_to_win(deals(win=0.02, seed=2))})


ALL = [indices, screening, dose, situations, survival]


@pytest.mark.parametrize("draw", ALL)
def test_nothing_lies_outside_the_picture(draw: Callable[[], Figure]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = draw()
    box = figure.get_tightbbox(FigureCanvasAgg(figure).get_renderer())
    width, height = figure.get_size_inches()
    assert box.x0 >= -0.01 and box.y0 >= -0.01
    assert box.x1 <= width + 0.01 and box.y1 <= height + 0.01


@pytest.mark.parametrize("draw", ALL)
def test_the_same_study_gives_the_same_bytes_and_names_its_uncertainty(draw: Callable[[], Figure]) -> None:
    one, other = (svg_text(draw(), "picture", "what it shows") for _ in range(2))
    assert one == other
    assert "95 %" in one


def test_the_indices_say_whether_they_have_converged() -> None:
    assert "Not yet converged" in svg_text(indices(), "p", "p")


def test_a_screening_of_many_factors_counts_the_small_ones() -> None:
    text = svg_text(screening(), "p", "p")
    assert "and 6 smaller ones" in text
    assert "group.a_rather_long_name_of_a_f…" in text


def test_a_flat_curve_shows_no_best_dose() -> None:
    assert "best dose" in svg_text(dose(), "p", "p")
    flat = svg_text(dose(np.zeros(6)), "p", "p")
    assert "Flat: no dose is distinguishable" in flat
    assert ">best " not in flat


def test_a_tie_is_hatched_and_names_both() -> None:
    text = svg_text(situations(), "p", "p")
    assert "aligned or" in text
    assert text.count("<pattern") >= 1


def test_a_map_of_more_than_three_factors_is_not_drawn() -> None:
    points, runs = study(fits)
    more = points.assign(a=1, b=2)
    found = contingency_map(more, runs, "profit", "relationship", ["size", "market", "a", "b"])
    with pytest.raises(InputError, match="must be at most 3 to be drawn, got 4"):
        draw_contingency_map(found)


def test_notes_are_folded_to_the_width_of_the_picture() -> None:
    assert wrapped(["one two three four five"], 120) == ["one two three four", "five"]
