"""What a firm knows by hand: values with ranges, checked."""

from __future__ import annotations

import pytest

from sim.calibrate.known import QUANTITIES, SHOWN_BY_RUNS, known_table
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.spec.catalogue import load_scenario
from sim.spec.factors import setting_of


def test_every_path_is_a_value_of_a_scenario_and_every_conflict_an_outcome() -> None:
    base = load_scenario("mid")
    for quantity in QUANTITIES.values():
        assert not quantity.path or float(setting_of(base, quantity.path)) >= 0
    assert set(SHOWN_BY_RUNS) < set(QUANTITIES) and set(SHOWN_BY_RUNS.values()) < set(BY_NAME)


def test_rows_come_in_the_order_of_the_form_and_empty_ones_not_at_all() -> None:
    table = known_table({"win_rate": ("x", {"value": "0,2"}), "reps": ("x", {"value": "9"}), "liaisons": ("x", {})})
    assert table["quantity"].tolist() == ["reps", "win_rate"]
    assert table["value"].tolist() == [9.0, 0.2]


def test_a_range_alone_has_its_middle_and_people_stay_whole() -> None:
    table = known_table({"reps": ("x", {"low": "10", "high": "13"})})
    assert table.iloc[0].tolist() == ["reps", 12.0, 10.0, 13.0]


def test_the_middle_of_a_range_of_disputes_is_the_same_factor_from_both_ends() -> None:
    table = known_table({"disputes_per_100": ("x", {"low": "2", "high": "18"}), "dispute_hours": ("x", {"value": "0"})})
    assert table["value"].tolist() == [6.0, 0.0]


@pytest.mark.parametrize(
    ("name", "parts", "message"),
    [
        ("rep", {"value": "3"}, "form: unknown quantity, got 'rep'\nDid you mean 'reps'"),
        ("reps", {"value": "many"}, "form, value: must be a number, got 'many'"),
        ("reps", {"value": "2.5"}, "form, value: must be a whole number"),
        ("reps", {"value": "500"}, r"form, value: must be between 1 and 120 \(people\)"),
        ("reps", {"value": "nan"}, "form, value: must be between 1 and 120"),
        ("win_rate", {"value": "13"}, "(?s)must be between 0.001 and 0.9.*13 % is 0.13"),
        ("win_rate", {"low": "0.1"}, "form: must have both ends of its range"),
        (
            "win_rate",
            {"value": "0.3", "low": "0.1", "high": "0.2"},
            "form: must lie in its own range, 0.1 to 0.2, got 0.3",
        ),
        ("win_rate", {"low": "0.2", "high": "0.1"}, "form: must lie in its own range"),
    ],
)
def test_what_cannot_be_is_named(name: str, parts: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        known_table({name: ("form", parts)})
