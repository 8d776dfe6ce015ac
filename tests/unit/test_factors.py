"""Factors: the scenario that the settings of a point make, and what such a point is called."""

from __future__ import annotations

from typing import Any

import pytest

from sim.domain.errors import InputError
from sim.domain.rules import RULES, Rule
from sim.ensemble.provenance import digest_of
from sim.spec.catalogue import interventions, load_scenario, read_scenario
from sim.spec.edit import with_interventions, with_relationship, with_values
from sim.spec.factors import check_factor, is_whole, known_factors, setting_of, variant
from sim.spec.labels import label_of
from sim.spec.resolve import blueprint_of, practice_levels
from sim.spec.scenario import Scenario

MID = load_scenario("mid")


def same(one: Scenario, other: Scenario) -> bool:
    return digest_of(one, 1) == digest_of(other, 1)


def test_nothing_set_is_the_base_itself() -> None:
    assert variant(MID, {}) == MID
    assert variant(MID, {"market.gap_days": None, "interventions": "", "relationship": None}) == MID


def test_every_kind_of_factor_does_what_its_own_verb_does() -> None:
    assert variant(MID, {"relationship": "aligned"}) == with_relationship(MID, "aligned")
    assert variant(MID, {"interventions": "liaison=1@65"}) == with_interventions(MID, "liaison=1@65")
    assert variant(MID, {"market.gap_days": 12}) == with_values(MID, [("market.gap_days", 12)])
    assert variant(MID, {"market.sources[0].fit_shift": 1}) == with_values(MID, [("market.sources[0].fit_shift", 1)])
    assert variant(MID, {"practices.meetings": 3}) == with_values(MID, [("practices.meetings", 3)])
    assert variant(MID, {"presets.market": "complex"}) == with_values(MID, [("presets.market", "complex")])
    assert variant(MID, {"relationship": "undisciplined"}).relationship == "undefined"


def test_a_value_stands_over_the_preset_of_the_same_point_whatever_their_order() -> None:
    settings = {"market.gap_days": 7, "presets.market": "complex"}
    made = variant(MID, settings)
    assert (made.market.gap_days, made.market.value_mean) == (7, 140_000)
    assert variant(MID, dict(reversed(settings.items()))) == made


def test_the_bases_own_values_stand_over_presets_and_the_rest_follows_them() -> None:
    own = with_values(MID, [("market.gap_days", 7)])
    made = variant(own, {"presets.market": "complex"})
    assert (made.market.gap_days, made.market.value_mean) == (7, 140_000)
    back = variant(made, {"presets.market": ""})
    assert (back.market.gap_days, back.market.value_mean) == (7, MID.market.value_mean)


def test_a_dose_adds_the_intervention_or_changes_the_one_that_is_there() -> None:
    added = variant(MID, {"interventions.liaison.dose": 3})
    assert same(added, with_interventions(MID, "liaison=3"))
    for base in (with_interventions(MID, "liaison@65"), _with_timeline({"intervention": "liaison", "day": 65})):
        assert same(variant(base, {"interventions.liaison.dose": 3}), with_interventions(MID, "liaison=3@65"))
    both = variant(MID, {"interventions": "liaison@65+collocation", "interventions.liaison.dose": 3})
    assert same(both, with_interventions(MID, "liaison=3@65+collocation"))


def _with_timeline(entry: dict[str, Any]) -> Scenario:
    return with_values(MID, [("timeline", [entry])])


def test_factors_of_one_intervention_join_in_one_entry() -> None:
    three = {
        "interventions.liaison.start_day": 65,
        "interventions.liaison.dose": 3,
        "interventions.liaison.end_day": 200,
    }
    made = variant(MID, three)
    assert [use.model_dump() for use in made.interventions] == [
        {"name": "liaison", "dose": 3.0, "start_day": 65, "end_day": 200}
    ]
    assert same(made, with_interventions(MID, "liaison=3@65..200"))
    assert variant(MID, {"interventions.liaison.start_day": 65}).interventions[0].dose is None


@pytest.mark.parametrize("name", interventions())
def test_dose_zero_is_no_intervention_at_all(name: str) -> None:
    made = variant(MID, {f"interventions.{name}.dose": 0.0, f"interventions.{name}.start_day": 0})
    assert same(made, MID)
    assert blueprint_of(made).rules.tobytes() == blueprint_of(MID).rules.tobytes()


def test_the_base_is_left_as_it_was() -> None:
    base = with_interventions(MID, "liaison@65")
    before = base.model_dump_json()
    variant(base, {"practices.meetings": 3, "interventions.liaison.dose": 1, "market.sources[0].fit_shift": 0.3})
    assert base.model_dump_json() == before


@pytest.mark.parametrize("rule", RULES[::7], ids=lambda rule: f"{rule.section}.{rule.name}")
def test_a_value_by_path_is_what_a_file_that_gives_it_says(rule: Rule) -> None:
    value = int(rule.high) if is_whole(MID, f"{rule.section}.{rule.name}") else (rule.low + rule.default) / 2
    base = with_interventions(variant(MID, {"presets.market": "complex"}), "liaison@65+reps_leave")
    content = base.model_dump(mode="json")
    content[rule.section][rule.name] = value
    made = variant(base, {f"{rule.section}.{rule.name}": value})
    assert made == read_scenario(content)
    assert same(made, read_scenario(content))
    assert not same(made, base) or value == getattr(getattr(base, rule.section), rule.name)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"relationship": "algned"}, "relationship: unknown relationship, got 'algned'\nDid you mean 'aligned'?"),
        ({"market.gap_days": 90}, "market.gap_days: must be between 0.05 and 60, got 90"),
        ({"market.gap_day": 9}, "market.gap_day: is not known, got 9\nDid you mean 'gap_days'?"),
        (
            {"people.reps": 4, "people.generalists": 9},
            r"people: generalists must not exceed marketers or reps \(4\), got 9\n"
            "They are counted in both; give fewer. The point sets people.reps = 4, people.generalists = 9.",
        ),
        ({"interventions": "liaison=99"}, "interventions: liaison.dose: must be between 0 and 10"),
        (
            {"interventions.liaison.dose": 99},
            r"interventions.liaison.dose: must be between 0 and 10 \(persons\), got 99",
        ),
        ({"interventions.liaison.dose": "much"}, "interventions.liaison.dose: must be a number, got 'much'"),
        ({"interventions.liaison.start_day": 1.5}, "interventions.liaison.start_day: must be a whole number, got 1.5"),
        (
            {"interventions.liaisn.dose": 1},
            "interventions.liaisn.name: unknown intervention, got 'liaisn'\nDid you mean",
        ),
        (
            {"interventions.liaison.start_day": 65, "interventions.liaison.end_day": 60},
            r"interventions.liaison.end_day: must come after start_day \(65\), got 60",
        ),
        (
            {"interventions": "liaison+liaison@65", "interventions.liaison.dose": 1},
            "interventions.liaison: must stand once in the timeline to be varied, got 2",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        variant(MID, settings)


def test_every_known_factor_can_be_read_and_takes_the_value_that_it_has() -> None:
    for name in known_factors(MID):
        check_factor(MID, name)
        value = setting_of(MID, name)
        if isinstance(value, int | float | str):
            assert same(variant(MID, {name: value}), MID) or name.endswith(("start_day", "end_day")), name


def test_practices_of_an_own_type_move_that_type_alone() -> None:
    own = {"label": "As it is", "description": "", "evidence": "A", "practices": practice_levels(MID)}
    base = read_scenario({"relationship": "own", "catalogue": {"relationships": {"own": own}}})
    path = "catalogue.relationships.own.practices.meetings"
    check_factor(base, path)
    assert {path} < set(known_factors(base))
    moved = variant(base, {path: 5})
    assert setting_of(moved, path) == practice_levels(moved)["meetings"] == 5.0
    assert same(with_relationship(moved, "aligned"), with_relationship(base, "aligned"))
    with pytest.raises(InputError, match="must be between 0 and 65, got 99"):
        variant(base, {path: 99})


def test_what_counts_people_and_days_is_whole() -> None:
    whole = (
        "people.reps",
        "run.days",
        "interventions.liaison.start_day",
        "mechanisms.use_trust",
        "handoff.assign_rule",
    )
    assert all(is_whole(MID, name) for name in whole)
    assert not any(is_whole(MID, name) for name in ("market.gap_days", "interventions.liaison.dose", "relationship"))


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({}, "No intervention"),
        ({"interventions": ""}, "No intervention"),
        ({"relationship": "aligned", "interventions": ""}, "Aligned"),
        (
            {"relationship": "aligned", "interventions": "liaison+collocation=0.5", "market.gap_days": 12},
            "Aligned · Liaison + Sitting together (50 %) · market.gap_days 12",
        ),
        ({"interventions.liaison.dose": 0.0, "interventions.collocation.dose": 0.4}, "Sitting together 40 %"),
        ({"interventions.liaison.dose": 0.0}, "No intervention"),
        (
            {"interventions.liaison.dose": 1.23456, "market.gap_days": 9.87654321},
            "Liaison 1.235 persons · market.gap_days 9.877",
        ),
        (
            {
                "interventions.liaison.end_day": 99,
                "interventions.liaison.start_day": 65,
                "interventions.liaison.dose": 1,
            },
            "Liaison 1 person from day 65 to day 99",
        ),
        ({"interventions": "liaison", "interventions.liaison.dose": 2.0}, "Liaison 2 persons"),
        ({"presets.organization": "small", "presets.market": "complex"}, "Small firm · Complex, long cycle"),
        ({"presets.organization": "", "presets.market": ""}, "no organization preset"),
        ({"interventions": "adopt=aligned@65"}, "Turn aligned from day 65"),
        ({"people.reps": 30, "market.gap_days": None}, "people.reps 30"),
    ],
)
def test_a_point_is_called_what_people_call_it(settings: dict[str, Any], label: str) -> None:
    assert label_of(MID, settings) == label


def test_no_intervention_more_on_a_base_that_has_some_is_called_so() -> None:
    assert label_of(with_interventions(MID, "liaison"), {"interventions": ""}) == "As it is"
