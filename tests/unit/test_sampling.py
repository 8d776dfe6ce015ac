"""Designs: what their points must be for the statistics that are computed from them."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest

from sim.domain.errors import InputError
from sim.ensemble.sampling import Design, design_of, problem_of
from sim.spec.factors import variant
from sim.spec.plan import Plan, base_of, load_plan, plan_names, plan_with, read_plan
from sim.spec.resolve import blueprint_of

FACTORS: dict[str, Any] = {
    "market.gap_days": {"low": 4, "high": 20},
    "market.value_mean": {"low": 1e3, "high": 1e5, "scale": "log"},
    "people.reps": {"low": 10, "high": 14},
    "relationship": ["undefined", "defined", "aligned"],
}
DESIGNS: list[dict[str, Any]] = [
    {"kind": "latin-hypercube", "samples": 60},
    {"kind": "sobol", "samples": 64},
    {"kind": "morris", "trajectories": 12},
    {"kind": "saltelli", "samples": 16},
    {"kind": "saltelli", "samples": 16, "second_order": True},
]


def plan_of(design: dict[str, Any], **more: Any) -> Plan:
    return read_plan({"design": design, "factors": FACTORS, **more})


def made(design: dict[str, Any], **more: Any) -> Design:
    plan = plan_of(design, **more)
    return design_of(plan, base_of(plan))


def column(design: Design, name: str) -> list[Any]:
    return [row[design.factors.index(name)] for row in design.rows]


@pytest.mark.parametrize("design", DESIGNS)
def test_the_same_plan_makes_the_same_points_and_another_seed_others(design: dict[str, Any]) -> None:
    one, again, other = made(design), made(design), made(design, seed=2)
    assert one.rows == again.rows
    assert one.rows != other.rows
    assert len(one.rows) == len(other.rows) == plan_of(design).n_points


@pytest.mark.parametrize("design", DESIGNS)
def test_points_are_plain_values_inside_their_ranges(design: dict[str, Any]) -> None:
    points = made(design)
    assert {type(value) for value in column(points, "people.reps")} == {int}
    assert {type(value) for value in column(points, "market.gap_days")} == {float}
    assert set(column(points, "relationship")) == {"undefined", "defined", "aligned"}
    assert all(4 <= value <= 20 for value in column(points, "market.gap_days"))
    assert all(1e3 <= value <= 1e5 for value in column(points, "market.value_mean"))
    assert set(column(points, "people.reps")) <= set(range(10, 15))
    assert json.loads(json.dumps(points.rows)) == [list(row) for row in points.rows]


@pytest.mark.parametrize("samples", [60, 700])
def test_a_latin_hypercube_has_one_value_in_each_slice_of_each_factor(samples: int) -> None:
    points = made({"kind": "latin-hypercube", "samples": samples})
    gaps = np.array(column(points, "market.gap_days"))
    slices = ((gaps - 4) / 16 * samples).astype(int)
    assert sorted(slices) == list(range(samples))
    logs = np.log(np.array(column(points, "market.value_mean")) / 1e3) / np.log(100)
    assert sorted((logs * samples).astype(int)) == list(range(samples))


def test_names_and_whole_numbers_have_equal_shares_of_a_latin_hypercube() -> None:
    points = made({"kind": "latin-hypercube", "samples": 60})
    assert [column(points, "relationship").count(name) for name in FACTORS["relationship"]] == [20, 20, 20]
    assert [column(points, "people.reps").count(n) for n in range(10, 15)] == [12] * 5


def test_a_small_latin_hypercube_is_spread_out_better_than_by_chance() -> None:
    from scipy.stats import qmc

    by_chance = [qmc.discrepancy(qmc.LatinHypercube(4, rng=seed).random(60)) for seed in range(20)]
    assert qmc.discrepancy(made(DESIGNS[0]).units) < min(by_chance)


def test_sobol_points_are_balanced_in_every_pair_of_factors() -> None:
    units = made({"kind": "sobol", "samples": 64}).units
    for one in range(units.shape[1]):
        assert np.bincount((units[:, one] * 64).astype(int), minlength=64).tolist() == [1] * 64
    first_two = (units[:, :2] * 8).astype(int)
    assert sorted(map(tuple, first_two.tolist())) == sorted(itertools.product(range(8), range(8)))


def test_trajectories_of_morris_change_one_factor_at_a_time_and_each_of_them_once() -> None:
    points = made({"kind": "morris", "trajectories": 12, "levels": 4})
    k = len(points.factors)
    for first in range(0, len(points.rows), k + 1):
        steps = np.diff(points.units[first : first + k + 1], axis=0)
        assert sorted(np.argmax(np.abs(steps), axis=1)) == list(range(k))
        assert np.count_nonzero(np.abs(steps) > 1e-12) == k
        assert np.abs(steps).sum(axis=1) == pytest.approx(np.full(k, 2 / 3))
        for before, after in itertools.pairwise(points.rows[first : first + k + 1]):
            assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_saltelli_block_exchanges_one_factor_at_a_time() -> None:
    points = made({"kind": "saltelli", "samples": 16})
    k = len(points.factors)
    for first in range(0, len(points.rows), k + 2):
        block = points.units[first : first + k + 2]
        a, b = block[0], block[-1]
        for factor in range(k):
            assert np.flatnonzero(block[1 + factor] != a).tolist() == [factor]
            assert block[1 + factor][factor] == b[factor]


@pytest.mark.parametrize(
    ("design", "more"),
    [
        ({"kind": "sobol", "samples": 32}, {"kind": "sobol", "samples": 128}),
        ({"kind": "saltelli", "samples": 16}, {"kind": "saltelli", "samples": 64}),
        ({"kind": "morris", "trajectories": 6}, {"kind": "morris", "trajectories": 20}),
    ],
)
def test_more_samples_keep_the_first_ones(design: dict[str, Any], more: dict[str, Any]) -> None:
    first, longer = made(design), made(more)
    assert longer.rows[: len(first.rows)] == first.rows


def test_salib_recovers_known_indices_from_what_was_sampled() -> None:
    """Y = 3 x1 + x2 has first-order indices 0.9 and 0.1 (variances 9 and 1)."""
    from SALib.analyze import sobol

    plan = read_plan(
        {
            "design": {"kind": "saltelli", "samples": 1024},
            "factors": {"market.gap_days": {"low": 4, "high": 20}, "market.value_sd": {"low": 0, "high": 1}},
        }
    )
    points = design_of(plan, base_of(plan))
    y = np.array([3 * (gap - 4) / 16 + spread for gap, spread in points.rows])
    found = sobol.analyze(problem_of(plan), y, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.01)
    assert found["ST"] == pytest.approx([0.9, 0.1], abs=0.01)


def test_salib_recovers_known_elementary_effects_from_what_was_sampled() -> None:
    from SALib.analyze import morris

    plan = read_plan(
        {
            "design": {"kind": "morris", "trajectories": 10},
            "factors": {"market.gap_days": {"low": 4, "high": 20}, "market.value_sd": {"low": 0, "high": 1}},
        }
    )
    points = design_of(plan, base_of(plan))
    y = np.array([gap - 5 * spread for gap, spread in points.rows])
    found = morris.analyze(problem_of(plan), points.units, y, num_levels=4)
    assert np.asarray(found["mu"]) == pytest.approx([16.0, -5.0])


# --- Grids and lists --------------------------------------------------------------------------------------------------


def test_a_grid_holds_every_combination_once_the_first_factor_changing_last() -> None:
    plan = read_plan(
        {
            "design": {"kind": "grid"},
            "factors": {
                "relationship": ["undefined", "aligned"],
                "market.value_mean": {"low": 100, "high": 10000, "scale": "log", "steps": 3},
                "people.reps": {"low": 8, "high": 12, "steps": 2},
            },
            "baseline": {"relationship": "aligned", "people.reps": 12},
        }
    )
    points = design_of(plan, base_of(plan))
    assert points.rows == list(itertools.product(["undefined", "aligned"], [100.0, 1000.0, 10000.0], [8, 12]))
    assert {type(row[2]) for row in points.rows} == {int}
    assert points.settings(points.baseline) == {
        "relationship": "aligned",
        "market.value_mean": 100.0,
        "people.reps": 12,
    }


LIST: dict[str, Any] = {
    "design": {"kind": "list"},
    "points": [
        {"relationship": "aligned"},
        {"presets.market": "complex"},
        {"market.gap_days": 5, "interventions": "liaison"},
        {"interventions.liaison.dose": 3},
        {"interventions.liaison.start_day": 65},
    ],
}


def test_what_a_point_of_a_list_leaves_open_is_as_it_then_is() -> None:
    plan = read_plan(LIST)
    points = design_of(plan, base_of(plan))
    assert points.factors == (
        "relationship",
        "presets.market",
        "market.gap_days",
        "interventions",
        "interventions.liaison.dose",
        "interventions.liaison.start_day",
    )
    assert points.rows == [
        ("aligned", "", 9.0, "", 0.0, 0),
        ("undefined", "complex", 13.0, "", 0.0, 0),
        ("undefined", "", 5, "liaison", 2.0, 0),
        ("undefined", "", 9.0, "", 3, 0),
        ("undefined", "", 9.0, "", 2.0, 65),
    ]
    for index, point in enumerate(plan.points):
        filled, given = (variant(base_of(plan), settings) for settings in (points.settings(index), point))
        assert blueprint_of(filled).rules.tobytes() == blueprint_of(given).rules.tobytes()


@pytest.mark.parametrize(
    ("baseline", "row"), [({}, 0), ({"presets.market": "complex"}, 1), ({"interventions.liaison.dose": 3}, 3)]
)
def test_the_baseline_of_a_list_is_the_point_of_these_values(baseline: dict[str, Any], row: int) -> None:
    plan = read_plan(LIST | {"baseline": baseline})
    assert design_of(plan, base_of(plan)).baseline == row


@pytest.mark.parametrize(
    ("baseline", "message"),
    [({"relationship": "undefined"}, "must name one point"), ({"relationship": "defined"}, "must be the values of a")],
)
def test_a_baseline_that_is_no_single_point_is_refused(baseline: dict[str, Any], message: str) -> None:
    plan = read_plan(LIST | {"baseline": baseline})
    with pytest.raises(InputError, match=f"baseline: {message}"):
        design_of(plan, base_of(plan))


def test_a_point_of_a_list_that_cannot_be_made_is_named() -> None:
    plan = read_plan(LIST | {"points": [{"relationship": "aligned"}, {"people.reps": 2, "people.generalists": 4}]})
    with pytest.raises(InputError, match=r"points\[1\]: people: generalists must not exceed"):
        design_of(plan, base_of(plan))


# --- Shipped plans ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", plan_names())
def test_every_point_of_a_shipped_plan_can_be_run(name: str) -> None:
    plan = load_plan(name)
    base = base_of(plan)
    points = design_of(plan, base)
    assert len(points.rows) == plan.n_points
    for row in range(len(points.rows)):
        blueprint_of(variant(base, points.settings(row)))


def test_a_plan_on_another_scenario_has_the_same_points() -> None:
    plan = load_plan("grid")
    small = plan_with(plan, scenario="small")
    assert design_of(small, base_of(small)) == design_of(plan, base_of(plan))
