"""Shapes of curves: each gives back what it can draw, a risk is Mallows', and common luck does not count."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.dose_curves import (
    HALF_DOSES,
    RESAMPLES,
    covariance_of_means,
    fit,
    grid_of,
    resampled_means,
    shapes_of,
)

DOSES = np.array([1.0, 1.5, 3.0, 4.0, 5.0])
LUCK = np.random.default_rng(41)


def share(dose: np.ndarray) -> np.ndarray:
    """How far into the range a dose is."""
    return (dose - 1.0) / 4.0


def test_so_many_doses_carry_so_many_shapes():
    saturating, both = ["saturating curve"] * len(HALF_DOSES), ["saturating curve and line"] * len(HALF_DOSES)
    last = "spline through all means"
    assert [shape.name for shape in shapes_of(DOSES[:3])] == ["line", last]
    assert [shape.name for shape in shapes_of(DOSES[:4])] == ["line", "parabola", *saturating, last]
    assert [shape.name for shape in shapes_of(DOSES)] == ["line", "parabola", *saturating, "cubic", *both, last]


def test_a_half_dose_chosen_from_several_counts_as_one_more_parameter():
    chosen = {shape.name: shape.n_chosen for shape in shapes_of(DOSES)}
    assert chosen == {"line": 0, "parabola": 0, "cubic": 0, "spline through all means": 0} | {
        "saturating curve": 1,
        "saturating curve and line": 1,
    }


def test_each_shape_gives_back_what_it_can_draw_and_smooths_the_rest():
    def truths(name: str, half: float) -> list[np.poly1d]:
        bent = lambda dose: share(dose) / (share(dose) + half)  # noqa: E731
        line, parabola, cubic = (np.poly1d(each) for each in ([2.0, 1.0], [-1.0, 2.0, 1.0], [0.3, -1.0, 2.0, 1.0]))
        made = {"line": [line], "parabola": [line, parabola], "cubic": [line, parabola, cubic]}
        made["saturating curve"] = [lambda dose: 3.0 + 2.0 * bent(dose)]
        made["saturating curve and line"] = [lambda dose: 3.0 + 2.0 * bent(dose) - 0.4 * dose]
        return made.get(name, [])

    halves = [0.0, 0.0, *HALF_DOSES, 0.0, *HALF_DOSES, 0.0]
    parameters = [2, 3, *[2] * len(HALF_DOSES), 4, *[3] * len(HALF_DOSES), 5]
    for shape, half, n in zip(shapes_of(DOSES), halves, parameters, strict=True):
        for truth in truths(shape.name, half):
            assert shape.hat @ truth(DOSES) == pytest.approx(truth(DOSES))
            assert shape.on_grid @ truth(DOSES) == pytest.approx(truth(grid_of(DOSES)))
        assert np.trace(shape.hat) == pytest.approx(n), "so many parameters"


def test_the_spline_goes_through_every_mean():
    means = LUCK.normal(size=5)
    shape = shapes_of(DOSES)[-1]
    drawn = shape.on_grid @ means
    places = [int(np.argmin(abs(grid_of(DOSES) - dose))) for dose in DOSES]
    assert drawn[places] == pytest.approx(means) and shape.hat.tolist() == np.eye(5).tolist()


def test_the_chosen_shape_has_the_least_risk_after_mallows():
    shapes, means = shapes_of(DOSES), LUCK.normal(size=(40, 5)) * 2.0 + DOSES
    spread = LUCK.normal(size=(5, 5))
    covariance = spread @ spread.T / 5.0
    found = fit(means, shapes, covariance)
    for row, mean in enumerate(means):
        risks = []
        for shape in shapes:
            extra = covariance.diagonal().mean() if shape.n_chosen else 0.0
            off = sum((mean - shape.hat @ mean) ** 2)
            risks.append(off + 2.0 * (sum((shape.hat @ covariance).diagonal()) + extra))
        assert found.risks[row] == pytest.approx(risks)
        assert found.chosen[row] == int(np.argmin(risks))
        assert found.curves[row] == pytest.approx(shapes[found.chosen[row]].on_grid @ mean)
    assert len(set(found.chosen.tolist())) > 2


def test_luck_that_is_common_to_all_doses_does_not_count():
    own, common = LUCK.normal(size=(5, 60)), 100.0 * LUCK.normal(size=60)
    off = own - own.mean(axis=0)
    expected = [[((a - a.mean()) * (b - b.mean())).sum() / 59 / 60 for b in off] for a in off]
    assert covariance_of_means(own + common) == pytest.approx(np.array(expected), abs=1e-9)


def test_every_dose_is_resampled_by_the_same_replications():
    values = np.stack([np.arange(30.0), 5.0 + 2.0 * np.arange(30.0)])
    means = resampled_means(values)
    assert means.shape == (RESAMPLES, 2)
    assert means[:, 1] == pytest.approx(5.0 + 2.0 * means[:, 0])
    assert means[:, 0].mean() == pytest.approx(14.5, abs=5 * np.sqrt(899 / 12 / 30 / RESAMPLES))
    assert means[:, 0].var() == pytest.approx(899 / 12 / 30, rel=0.15)
