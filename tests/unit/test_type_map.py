"""The map of types: what is learnt from made-up firms, what is shipped, and where a firm stands on it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import sim
from sim.analysis.fitted_map import fit_map, seen_differences
from sim.decide.type_map import load_map, map_document, outcomes, place_firm
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.design import relationship_points
from sim.ensemble.runner import run_points
from sim.ensemble.schema import schema_of
from sim.report.type_map_text import answer
from sim.spec.catalogue import load_scenario, relationships
from sim.spec.edit import with_value
from sim.spec.situations import AXES, firm_at, situation_of
from tests.unit.test_experiment_commands import smarketing


def test_a_boundary_between_two_levels_is_found_where_it_is() -> None:
    luck = np.random.default_rng(1)
    at = luck.random((60, 2))
    truth = np.column_stack([at[:, 0] - 0.5, np.full(60, -0.4)])
    made = fit_map(["a", "b", "c"], at, truth[:, :, None] + luck.normal(0.0, 0.05, (60, 2, 12)))
    chances = made.chances(np.array([[0.1, 0.5], [0.5, 0.5], [0.9, 0.5]]))
    assert chances[0, 0] > 0.95
    assert chances[2, 1] > 0.95
    assert chances[1].max() < 0.9
    assert np.allclose(chances.sum(axis=1), 1.0)


def test_what_all_firms_share_is_told_from_what_is_their_own() -> None:
    luck = np.random.default_rng(2)
    common = luck.normal(0.0, 1.0, (1, 1, 400))
    values = np.repeat(common, 50, axis=0) + luck.normal(0.0, 2.0, (50, 1, 400))
    _, own, shared = seen_differences(values)
    assert float(own.mean()) == pytest.approx(5.0 / 400, rel=0.1)
    assert float(shared[0, 0]) == pytest.approx(1.0 / 400, rel=0.2)


@pytest.mark.parametrize("name", ["mid", "small", "large"])
def test_a_shipped_firm_stands_where_its_numbers_say(name: str) -> None:
    where, firm = situation_of(load_scenario(name)), load_scenario(name)
    made = firm_at(where)
    assert made.people.reps == firm.people.reps  # type: ignore[attr-defined]
    assert made.market.gap_days == firm.market.gap_days  # type: ignore[attr-defined]
    assert where["complexity"] == 0.0


def test_the_place_does_not_depend_on_the_currency() -> None:
    firm = load_scenario("mid")
    other = firm
    for path in ("market.value_mean", "people.pay_rep", "people.programme_per_rep"):
        section, field = path.split(".")
        other = with_value(other, path, 7 * getattr(getattr(firm, section), field))
    assert situation_of(other) == pytest.approx(situation_of(firm))


def test_a_firm_off_the_map_is_never_called_clear() -> None:
    placed = place_firm(with_value(load_scenario("mid"), "people.reps", 120))
    assert placed.beyond == ("reps",)
    assert not placed.is_clear
    assert "off the map in size" in answer(placed)


def test_an_unknown_goal_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="must be one of profit, bookings_new"):
        load_map("profits")


def test_the_shipped_map_agrees_with_fresh_firms_as_often_as_it_says() -> None:
    for outcome in outcomes():
        check = map_document()["maps"][outcome]["check"]
        assert check["all"]["firms"] >= 200
        for name in ("all", "anywhere"):
            row = check[name]
            assert abs(row["agree"] - row["stated"]) <= 2.0 * row["error"], (outcome, name, row)


def test_what_the_map_is_sure_of_is_never_distinguishably_worse_when_run_now() -> None:
    """Two firms where the map is surest, 8 replications, each other type at five standard errors."""
    made, column = load_map("profit"), [one.name for one in OUTCOMES].index("profit")
    pool = np.random.default_rng(5).random((200, len(AXES))) * [0.3, *[1.0] * 5]
    chances = made.chances(pool)
    for unit in np.argsort(-chances.max(axis=1))[:2]:
        where = {axis.name: axis.at(share) for axis, share in zip(AXES, pool[unit], strict=True)}
        values = run_points(relationship_points(firm_at(where), list(relationships())), 8, 99).outcomes[:, :, column]
        ahead = values - values[chances[unit].argmax()]
        errors = ahead.std(axis=1, ddof=1) / np.sqrt(8) + 1e-9
        assert (ahead.mean(axis=1) <= 5.0 * errors).all()


def test_words_say_the_figure_and_json_has_all_types() -> None:
    placed = place_firm(load_scenario("mid"))
    assert "%" in answer(placed)
    document = json.loads(json.dumps(placed.document(), allow_nan=False))
    jsonschema.Draft202012Validator(schema_of("map")).validate(document)
    assert sum(row["probability_best"] for row in document["types"]) == pytest.approx(1.0)


@pytest.mark.slow
def test_the_command_marks_a_firm_and_draws_it(tmp_path: Path) -> None:
    done = smarketing(tmp_path, "map", "small", "--format", "json", "--picture", "place.png")
    assert done.returncode in (0, 3), done.stderr
    found = json.loads(done.stdout)
    assert found["is_clear"] == (done.returncode == 0)
    jsonschema.Draft202012Validator(schema_of("map")).validate(found)
    assert found == json.loads(json.dumps(sim.place_firm("small").document()))
    assert (tmp_path / "place.png").stat().st_size > 10_000
    assert smarketing(tmp_path, "map", "small", "--goal", "trust").returncode == 2
