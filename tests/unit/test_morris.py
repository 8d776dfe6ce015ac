"""Elementary effects against SALib and against functions whose effects are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from SALib.analyze import morris as salib
from SALib.sample import morris as sampling

from sim.analysis.morris import elementary_effects, morris_screening
from sim.domain.errors import InputError
from tests.studies import tables

PROBLEM = {"names": ["a", "b", "c", "d"], "num_vars": 4, "bounds": [[0, 1], [-2, 2], [10, 20], [0, 1]]}


def design(paths: int = 20) -> Any:
    return sampling.sample(PROBLEM, paths, num_levels=4, seed=7)


def factors(rows: Any) -> dict[str, Any]:
    return dict(zip(PROBLEM["names"], rows.T, strict=True))


def test_a_linear_function_has_its_slopes_as_effects_and_no_spread() -> None:
    rows = design()
    found = morris_screening(*tables(factors(rows), rows @ [[3.0], [-2.0], [0.1], [0.0]]), PROBLEM, "y")
    table = found.effects.set_index("factor").loc[PROBLEM["names"]]
    np.testing.assert_allclose(table["mu"], [3.0, -8.0, 1.0, 0.0], atol=1e-9)  # slope times range
    np.testing.assert_allclose(table["mu_star"], [3.0, 8.0, 1.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["sigma"], 0.0, atol=1e-9)
    assert table["rank"].tolist() == [2, 1, 3, 4]
    assert table["rank_low"].tolist() == table["rank_high"].tolist() == [2, 1, 3, 4]
    assert table["is_negligible"].tolist() == [False, False, False, True]
    assert any(note.endswith("d.") for note in found.notes)


def test_values_are_those_of_salib() -> None:
    rows = design(12)
    y = np.sin(3 * rows[:, 0]) * rows[:, 1] + rows[:, 2] ** 2 * rows[:, 3]
    theirs = salib.analyze(PROBLEM, rows, y, num_levels=4, num_resamples=1000, seed=1)
    ours = morris_screening(*tables(factors(rows), y[:, None]), PROBLEM, "y").effects
    ours = ours.set_index("factor").loc[PROBLEM["names"]]
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(ours[name], np.asarray(theirs[name], dtype=float), rtol=1e-12)
    half = np.asarray(theirs["mu_star_conf"], dtype=float)
    np.testing.assert_allclose(ours["mu_star_high"] - ours["mu_star"], half, rtol=0.15)


def test_ranks_of_equal_factors_are_left_open() -> None:
    rows, luck = design(10), np.random.default_rng(1)
    values = (rows / [1, 4, 10, 1]).sum(axis=1, keepdims=True) + 0.3 * luck.normal(size=(len(rows), 1))
    table = morris_screening(*tables(factors(rows), values), PROBLEM, "y").effects
    assert (table["rank_high"] - table["rank_low"]).max() >= 2
    assert (table["rank_low"] <= table["rank"]).all() and (table["rank"] <= table["rank_high"]).all()


def test_words_need_the_design_in_numbers() -> None:
    rows = design()
    own = factors(rows) | {"a": np.where(rows[:, 0] > 0.5, "yes", "no")}
    points, runs = tables(own, rows[:, :1] * 2.0)
    with pytest.raises(InputError, match="must be given where a factor is a word, got 'a'"):
        morris_screening(points, runs, PROBLEM, "y")
    table = morris_screening(points, runs, PROBLEM, "y", rows).effects
    assert table["factor"].iloc[0] == "a"
    assert table["mu"].iloc[0] == pytest.approx(2.0)


def test_other_designs_are_refused() -> None:
    rows = design()
    points, runs = tables(factors(rows), rows[:, :1])
    with pytest.raises(InputError, match="each step moving one of 4 factors, got 'a step that moves none or several'"):
        morris_screening(points.sample(frac=1.0, random_state=2), runs, PROBLEM, "y")
    with pytest.raises(InputError, match="got '99 rows'"):
        morris_screening(points.iloc[:-1], runs, PROBLEM, "y")
    with pytest.raises(InputError, match="got 'a step that moves none or several'"):  # one factor twice, one not at all
        elementary_effects(np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]]), np.zeros(3))


def test_few_paths_are_told() -> None:
    rows = design(3)
    found = morris_screening(*tables(factors(rows), rows[:, :1]), PROBLEM, "y")
    assert any("too few for intervals" in note for note in found.notes)
