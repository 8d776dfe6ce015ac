"""Sobol' indices against functions whose indices are known, and what is said of luck, convergence and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.sample import sobol as sampling
from SALib.test_functions import Ishigami, Sobol_G

from sim.analysis.luck_share import luck_share
from sim.analysis.sensitivity import SobolIndices, sobol_indices
from sim.domain.errors import InputError
from tests.studies import tables

ISHIGAMI = {"names": ["x1", "x2", "x3"], "num_vars": 3, "bounds": [[-np.pi, np.pi]] * 3}
#: Analytic (Ishigami and Homma 1990, a = 7, b = 0.1).
FIRST, TOTAL = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]


def sampled(problem: dict[str, Any], n: int, second: bool = False) -> Any:
    return sampling.sample(problem, n, calc_second_order=second, seed=1)


def study(problem: dict[str, Any], rows: Any, values: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    values = values[:, None] if values.ndim == 1 else values
    return tables(dict(zip(problem["names"], rows.T, strict=True)), values)


@pytest.fixture(scope="module")
def ishigami() -> SobolIndices:
    rows = sampled(ISHIGAMI, 4096, second=True)
    return sobol_indices(*study(ISHIGAMI, rows, Ishigami.evaluate(rows)), ISHIGAMI, "y")


def test_the_indices_of_the_ishigami_function_are_found(ishigami: SobolIndices) -> None:
    table = ishigami.indices
    np.testing.assert_allclose(table["first"], FIRST, atol=0.02)
    np.testing.assert_allclose(table["total"], TOTAL, atol=0.02)
    for name, truth in (("first", FIRST), ("total", TOTAL)):
        assert ((table[f"{name}_low"] <= truth) & (truth <= table[f"{name}_high"])).all()


def test_what_two_factors_do_only_together_is_found(ishigami: SobolIndices) -> None:
    second = ishigami.pairs.set_index(["factor", "other"])["second"]
    assert second["x1", "x3"] == pytest.approx(0.2437, abs=0.03)
    assert abs(second["x1", "x2"]) < 0.03
    assert abs(second["x2", "x3"]) < 0.03


def test_a_converged_analysis_says_so_and_shows_a_quarter_half_and_all(ishigami: SobolIndices) -> None:
    assert ishigami.is_converged
    assert any(note.startswith("Converged.") for note in ishigami.notes)
    assert ishigami.convergence["samples"].unique().tolist() == [1024, 2048, 4096]
    widths = ishigami.convergence.groupby("samples")["first_half_width"].max()
    assert widths.is_monotonic_decreasing


def test_a_small_sample_says_how_many_would_be_needed() -> None:
    rows = sampled(ISHIGAMI, 64)
    found = sobol_indices(*study(ISHIGAMI, rows, Ishigami.evaluate(rows)), ISHIGAMI, "y")
    assert not found.is_converged
    assert found.samples_needed in {2**k for k in range(8, 14)}
    assert found.convergence["samples"].unique().tolist() == [16, 32, 64]
    widest = found.convergence.query("samples == 64")[["first_half_width", "total_half_width"]].max(axis=None)
    assert found.samples_needed / 2 < 64 * (widest / 0.05) ** 2 <= found.samples_needed  # a half costs four times
    assert any(f"about N = {found.samples_needed} would be needed" in note for note in found.notes)
    assert found.pairs.empty


def test_where_no_point_differs_from_another_there_is_no_share_of_luck() -> None:
    for values in ([[1.0, 3.0]], [[1.0, 3.0], [3.0, 1.0]]):
        found = luck_share(np.array(values))
        assert (found.between_points, found.share) == (0.0, None)


@pytest.mark.slow
def test_the_indices_of_the_g_function_are_found() -> None:
    names = [f"x{index}" for index in range(6)]
    problem = {"names": names, "num_vars": 6, "bounds": [[0.0, 1.0]] * 6}
    rows, a = sampled(problem, 4096), np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
    found = sobol_indices(*study(problem, rows, Sobol_G.evaluate(rows, a=a)), problem, "y")
    part = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + part) - 1
    np.testing.assert_allclose(found.indices["first"], part / whole, atol=0.02)
    np.testing.assert_allclose(found.indices["total"], part * np.prod(1 + part) / (1 + part) / whole, atol=0.02)


def test_words_as_factors_are_as_good_as_numbers() -> None:
    problem = {"names": ["kind", "size"], "num_vars": 2, "bounds": [[0, 4], [0, 1]]}
    rows = sampled(problem, 1024)
    kinds = np.array(["undefined", "defined", "aligned", "integrated"])[rows[:, 0].astype(int)]
    points, runs = tables({"kind": kinds, "size": rows[:, 1]}, rows[:, :1].astype(int) + np.sqrt(15) * rows[:, 1:])
    found = sobol_indices(points, runs, problem, "y")
    np.testing.assert_allclose(found.indices["first"], [0.5, 0.5], atol=0.03)


def noisy(n_replications: int, noise: float, common: float = 0.0) -> SobolIndices:
    rows, luck = sampled(ISHIGAMI, 2048), np.random.default_rng(3)
    values = Ishigami.evaluate(rows)[:, None] + common * luck.normal(size=(1, n_replications))
    values = values + noise * luck.normal(size=(len(rows), n_replications))
    return sobol_indices(*study(ISHIGAMI, rows, values), ISHIGAMI, "y")


def test_luck_that_is_common_to_all_points_is_no_part_of_the_indices(ishigami: SobolIndices) -> None:
    found = noisy(3, noise=0.0, common=50.0)
    assert found.luck.share == pytest.approx(0.0, abs=1e-12)
    assert found.luck.within_point > 100
    np.testing.assert_allclose(found.indices["total"], TOTAL, atol=0.04)


def test_luck_that_differs_by_point_is_measured_and_taken_out() -> None:
    """The variance of Ishigami is 13.84; luck as large, over 4 replications, is a fifth of what is decomposed."""
    found = noisy(4, noise=np.sqrt(13.8446))
    assert found.luck.share == pytest.approx(0.2, abs=0.02)
    assert any("20." in note or "19." in note for note in found.notes if "is luck that falls differently" in note)
    assert found.indices["total"][2] > 0.33  # told too high …
    assert found.expected is not None
    np.testing.assert_allclose(found.expected["total"], TOTAL, atol=0.06)  # … and mended
    np.testing.assert_allclose(found.expected["first"], FIRST, atol=0.06)
    for index in ("first", "total"):
        assert (found.expected[f"{index}_low"] < found.expected[index]).all()
        assert (found.expected[f"{index}_high"] > found.expected[index]).all()


def test_one_replication_cannot_tell_luck_and_says_so() -> None:
    found = noisy(1, noise=1.0)
    assert found.luck.share is None
    assert found.expected is None
    assert any("cannot be told from one replication" in note for note in found.notes)
    assert found.notes[0].endswith("of y in one luck, the same at every point.")
    assert noisy(2, noise=0.1).notes[0].endswith("of y in the mean over 2 lucks, the same at every point.")


def test_shares_of_luck_are_those_of_the_two_way_table() -> None:
    values = np.array([[1.0, 4.0], [5.0, 6.0], [9.0, 8.0]])  # residuals by hand: ±1, 0, ∓1
    found = luck_share(values)
    assert found.by_point == pytest.approx((4 * 1.0) / 2)
    assert found.between_points == pytest.approx(np.var([2.5, 5.5, 8.5], ddof=1))
    assert found.share == pytest.approx(2.0 / 2 / 9.0)


def test_of_possible_values_nothing_is_told(ishigami: SobolIndices) -> None:
    assert not [note for note in ishigami.notes if "below zero" in note or "exceeds its total" in note or "sum" in note]


def test_impossible_values_are_told() -> None:
    """No function of the factors gives these: a's rows move against B, b's with twice of it."""
    problem = {"names": ["a", "b"], "num_vars": 2, "bounds": [[0, 1]] * 2}
    rows, luck = sampled(problem, 256), np.random.default_rng(1)
    one, other = luck.normal(size=(2, 256))
    falling = np.column_stack([one, one - other, one + 0.1 * other, other])
    notes = sobol_indices(*study(problem, rows, falling.ravel()), problem, "y").notes
    assert "The first-order index of a is below zero by more than its interval allows: more samples." in notes
    rising = np.column_stack([one, one + 1.5 * other, one + 0.3 * other, other])
    notes = sobol_indices(*study(problem, rows, rising.ravel()), problem, "y").notes
    assert "The first-order index of b exceeds its total: more samples." in notes
    assert any("First-order indices sum to 1." in note and "cannot exceed 1" in note for note in notes)
    calm = np.column_stack([one, one + 0.1 * other, one + 0.1 * other, other])
    notes = sobol_indices(*study(problem, rows, calm.ravel()), problem, "y").notes
    assert any("Total indices sum to 0.0" in note and "cannot be less than 1" in note for note in notes)


def test_rows_in_another_order_are_refused() -> None:
    rows = sampled(ISHIGAMI, 64)
    points, runs = study(ISHIGAMI, rows, Ishigami.evaluate(rows))
    with pytest.raises(InputError, match="must be the rows of a Saltelli design of 3 factors in its order"):
        sobol_indices(points.sample(frac=1.0, random_state=1), runs, ISHIGAMI, "y")
    with pytest.raises(InputError, match="Saltelli design"):
        sobol_indices(points.iloc[:-1], runs, ISHIGAMI, "y")


def test_an_outcome_that_never_varies_has_no_indices() -> None:
    rows = sampled(ISHIGAMI, 64)
    with pytest.raises(InputError, match="must vary over the design to have indices, got 5"):
        sobol_indices(*study(ISHIGAMI, rows, np.full(len(rows), 5.0)), ISHIGAMI, "y")


def test_equal_studies_give_equal_intervals() -> None:
    rows = sampled(ISHIGAMI, 64)
    one, other = (sobol_indices(*study(ISHIGAMI, rows, Ishigami.evaluate(rows)), ISHIGAMI, "y") for _ in range(2))
    pd.testing.assert_frame_equal(one.indices, other.indices)
