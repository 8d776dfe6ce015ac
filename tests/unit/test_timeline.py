"""What happens when: interventions, shocks, other types and levers on one timeline."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import numpy as np
import pytest

from sim.contract.left_behind import differing
from sim.domain.errors import InputError
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.vocabulary import LEVERS
from sim.engine.run import outcomes_of, simulate
from sim.ensemble.comparison import compare
from sim.ensemble.provenance import digest_of
from sim.spec import catalogue
from sim.spec.edit import entries_from, entry_id, with_interventions, with_relationship, with_value, with_values
from sim.spec.resolve import blueprint_of, levels_of, steps
from sim.spec.scenario import Scenario
from sim.spec.timeline import Entry
from sim.spec.write import scenario_toml

OWN = """
relationship = "partners"

[[timeline]]
intervention = "counter_days"
dose = 1
day = 10

[[timeline]]
shock = "recall"
day = 20
end_day = 40
decay_days = 5

[[timeline]]
adopt = "aligned"
day = 50

[[timeline]]
set = { assign_rule = 2 }
day = 15

[catalogue.relationships.partners]
label = "Partners"
description = "A dealer and its supplier."
evidence = "A: made up for this test"
practices = { LEVELS }

[catalogue.interventions.counter_days]
label = "Counter days"
description = "Marketers work at the counter for a day."
leading = "joint_events"
default_dose = 2
ramp_days = 20
one_off = 500
evidence = "A: made up for this test"
practices = { joint_events = 2, ride_alongs = 1 }

[catalogue.shocks.recall]
label = "Recall"
description = "A product is called back."
leading = "lead_volume"
default_dose = -0.5
ramp_days = 2
evidence = "A: made up for this test"
practices = { lead_volume = -0.5 }
"""
OWN = OWN.replace(
    "LEVELS", ", ".join(f"{name} = 0.2" for name, practice in PRACTICES.items() if not practice.is_relative)
)


def short(days: int = 60) -> Scenario:
    """A micro firm for a few days, no warm-up."""
    return with_values(catalogue.load_scenario("micro"), [("run.days", days), ("run.warmup_days", 0)])


def world_of(scenario: Scenario, text: str = "") -> Any:
    return simulate(blueprint_of(with_interventions(scenario, text) if text else scenario), 7)


def level(world: Any, practice: str) -> float:
    return float(world.organization.level[list(PRACTICES).index(practice)])


def own() -> Scenario:
    """A scenario with a type, an intervention and a shock of its own."""
    return with_values(catalogue.read_scenario(tomllib.loads(OWN)), [("run.days", 60), ("run.warmup_days", 0)])


# --- Entries of one form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "liaison",
        "liaison=1@65",
        "liaison@0..65",
        "budget_cut=-0.2@65..130",
        "adopt=aligned@130",
        "assign_rule=2@30..60",
        "liaison+adopt=integrated@260+lead_volume_doubles@10",
        "reps_leave=4@65",
    ],
)
def test_the_short_form_is_read_written_and_told_apart(text: str) -> None:
    scenario = with_interventions(short(), text)
    assert "+".join(entry_id(short(), entry) for entry in entries_from(short(), text)) == text
    assert catalogue.read_scenario(tomllib.loads(scenario_toml(scenario))) == scenario


def test_an_intervention_in_short_is_an_entry_of_the_timeline() -> None:
    long = with_value(short(), "timeline", [{"intervention": "liaison", "dose": 1, "day": 5, "end_day": 40}])
    brief = with_interventions(short(), "liaison=1@5..40")
    assert steps(long) == steps(brief)
    assert digest_of(long, 1) == digest_of(brief, 1)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "timeline[0]: must name exactly one of intervention, shock, adopt, set, got none"),
        ({"shock": "budget_cut", "adopt": "aligned"}, "got shock and adopt"),
        ({"shock": "budget_cutt"}, "timeline[0].shock: unknown shock, got 'budget_cutt'\nDid you mean 'budget_cut'?"),
        ({"intervention": "liaison", "dose": 11}, "timeline[0].dose: must be between 0 and 10 (persons), got 11.0"),
        ({"shock": "budget_cut", "dose": -0.6}, "must be between -0.5 and 1 (relative change), got -0.6"),
        ({"adopt": "definid"}, "timeline[0].adopt: unknown relationship, got 'definid'\nDid you mean 'defined'?"),
        ({"adopt": "aligned", "dose": 1}, "timeline[0].dose: has no meaning here, got 1.0"),
        ({"set": {"assign_role": 1}}, "timeline[0].set: unknown lever, got 'assign_role'\nDid you mean 'assign_rule'?"),
        ({"set": {"assign_rule": 4}}, "timeline[0].set.assign_rule: must be between 0 and 3, got 4"),
        ({"set": {"assign_rule": 1}, "ramp_days": 3}, "timeline[0].ramp_days: has no meaning here, got 3.0"),
        ({"shock": "reps_leave", "end_day": 5}, "timeline[0].end_day: has no meaning here, got 5"),
        ({"shock": "reps_leave", "dose": 1.5}, "timeline[0].dose: must be a whole number (reps), got 1.5"),
        ({"shock": "reps_leave", "dose": -1}, "timeline[0].dose: must be between 0 and 1000 (reps), got -1.0"),
        ({"shock": "budget_cut", "day": 5, "end_day": 5}, "timeline[0].end_day: must come after day (5), got 5"),
    ],
)
def test_a_wrong_entry_is_told_by_field_rule_and_mend(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        catalogue.read_scenario({"timeline": [entry]})


def test_a_comparison_takes_sequences_shocks_and_levers() -> None:
    texts = [
        "liaison@0..30+collocation@30",
        "adopt=aligned@20",
        "budget_cut@10..30",
        "assign_rule=2",
        "reps_leave=1@10",
    ]
    comparison = compare(short(40), interventions=texts, replications=2)
    rows = {row["scenario"]: row for row in comparison.rows}
    assert list(rows) == ["undefined", *texts]
    assert rows["adopt=aligned@20"]["timeline"] == ["adopt=aligned@20"]
    assert rows["adopt=aligned@20"]["label"] == "Turn aligned from day 20"
    assert rows[texts[0]]["interventions"][0]["end_day"] == 30


# --- Overlap, end, decay --------------------------------------------------------------------------------------------


def test_of_two_that_raise_the_higher_holds_and_the_lower_remains() -> None:
    firm = with_value(short(400), "practices.executive_support", 1.0)
    assert level(world_of(firm, "liaison=1+liaison=3@0..200"), "liaisons") == pytest.approx(1.0, abs=0.1)
    assert level(world_of(with_value(firm, "run.days", 200), "liaison=1+liaison=3"), "liaisons") > 2.8


def test_what_raises_and_what_cuts_add_up() -> None:
    both = world_of(short(), "programme_budget=0.2+budget_cut=-0.3+budget_cut=-0.1")
    assert level(both, "budget") == pytest.approx(-0.1, abs=0.02)


def test_after_the_end_a_practice_falls_back_at_its_own_pace() -> None:
    def left(**more: float) -> float:
        entry = Entry(intervention="liaison", dose=2, end_day=100, ramp_days=10, **more)
        return level(world_of(short(130).model_copy(update={"timeline": (entry,)})), "liaisons")

    assert left() == pytest.approx(left(decay_days=10))
    assert left(decay_days=100) > 1.3
    assert 0.0 < left() < 0.2


def test_a_short_shock_leaves_the_level_as_it_was() -> None:
    assert abs(level(world_of(short(), "budget_cut@5..30"), "budget")) < 1e-3


# --- Another type ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["undefined", "defined", "aligned", "integrated"])
def test_turning_to_the_type_that_there_is_changes_no_byte(name: str) -> None:
    scenario = with_relationship(short(), name)
    assert differing(world_of(scenario, f"adopt={name}@5"), world_of(scenario)) == []


def test_turning_to_another_type_moves_every_practice_towards_it() -> None:
    firm = short(1500)
    reached = world_of(firm, "adopt=integrated").organization.level
    for name, wanted in levels_of(firm, "integrated").items():
        start = levels_of(firm, "undefined")[name]
        assert level_share(float(reached[list(PRACTICES).index(name)]), start, wanted) > 0.9, name


def level_share(now: float, start: float, goal: float) -> float:
    return 1.0 if goal == start else (now - start) / (goal - start)


def test_types_may_follow_each_other_and_end() -> None:
    firm = with_value(short(900), "practices.executive_support", 1.0)
    steps_up = "adopt=defined@0..300+adopt=aligned@300"
    assert level(world_of(with_value(firm, "run.days", 290), steps_up), "meetings") == pytest.approx(1.0, abs=0.1)
    assert level(world_of(firm, steps_up), "meetings") == pytest.approx(3.0, abs=0.1)
    assert level(world_of(firm, "adopt=aligned@0..300"), "meetings") < 0.1


# --- Levers ---------------------------------------------------------------------------------------------------------


def test_a_lever_is_moved_on_its_day_and_back_on_another() -> None:
    for days, rule in ((10, 0), (11, 2), (30, 2), (31, 0)):
        assert world_of(short(days), "assign_rule=2@10..30").organization.assign_rule == rule


def test_a_lever_that_is_set_from_the_start_is_the_rule_of_the_scenario() -> None:
    for value in (1, 2, 3):
        set_there = world_of(with_value(short(), "handoff.assign_rule", value))
        assert differing(world_of(short(), f"assign_rule={value}"), set_there) == []


def test_every_lever_is_a_whole_number_that_the_timeline_knows() -> None:
    for name in LEVERS:
        assert "set" in entries_from(short(), f"{name}=1")[0].model_dump(exclude_defaults=True)


# --- Shocks and money -----------------------------------------------------------------------------------------------


def mean_of(scenario: Scenario, text: str, outcome: str, n: int = 12) -> float:
    plan = blueprint_of(with_interventions(scenario, text) if text else scenario)
    return float(np.mean([outcomes_of(simulate(plan, seed))[outcome] for seed in range(n)]))


def test_twice_the_inquiries_are_twice_the_inquiries() -> None:
    firm = with_value(short(130), "mechanisms.use_campaign_effort", 0)
    doubled, usual = mean_of(firm, "lead_volume_doubles", "leads_in"), mean_of(firm, "", "leads_in")
    assert doubled / usual == pytest.approx(2.0, rel=0.08)


def test_a_price_cut_wins_more_deals_for_less_each() -> None:
    firm = with_values(catalogue.load_scenario("small"), [("run.days", 260), ("selling.yes_price", 6.0)])
    assert mean_of(firm, "price_cut=-0.5", "win_rate") > mean_of(firm, "", "win_rate")
    blunt = with_value(firm, "selling.yes_price", 0.0)
    cheap, usual = mean_of(blunt, "price_cut=-0.5@0", "bookings_new", 1), mean_of(blunt, "", "bookings_new", 1)
    assert 0.45 * usual < cheap < 0.85 * usual


def test_capacity_and_budget_are_paid_for() -> None:
    firm = with_value(short(260), "mechanisms.use_budget_power", 0)
    assert mean_of(firm, "sales_headcount=0.5", "cost", 1) > 1.15 * mean_of(firm, "", "cost", 1)
    assert mean_of(firm, "budget_cut=-0.5", "cost", 1) < mean_of(firm, "", "cost", 1)
    assert mean_of(firm, "sales_headcount=1", "prospecting_share", 3) > 0.0


def leavers(world: Any) -> list[float]:
    return list(world.journal["leavers"][:-1])


def test_as_many_reps_leave_as_a_shock_says_on_its_day_and_others_follow() -> None:
    firm = with_values(catalogue.load_scenario("small"), [("run.days", 120), ("run.warmup_days", 5)])
    firm = with_value(firm, "mechanisms.use_leaving", 0)
    world = world_of(firm, "reps_leave=3@10")
    assert {day: number for day, number in enumerate(leavers(world)) if number} == {15: 3.0}
    vacant = list(world.journal["vacant"][:-1])
    assert vacant[14] == 0 and vacant[15] == 3 and vacant[-1] == 0


def test_the_larger_of_two_shocks_of_a_day_counts_and_generalists_stay() -> None:
    firm = with_value(short(), "mechanisms.use_leaving", 0)  # four reps, of whom two are generalists
    assert sum(leavers(world_of(firm, "reps_leave=1@10+reps_leave=2@10"))) == 2
    assert sum(leavers(world_of(firm, "reps_leave=1@10+reps_leave=1@11"))) == 2
    assert sum(leavers(world_of(firm, "reps_leave=1000@10"))) == 2


def test_a_shock_takes_reps_of_any_unit_and_the_same_under_any_type() -> None:
    def taken(relationship: str, seed: int) -> list[int]:
        firm = with_values(with_relationship(short(12), relationship), [("people.units", 3), ("people.generalists", 0)])
        plan = blueprint_of(with_interventions(with_value(firm, "mechanisms.use_leaving", 0), "reps_leave=3@10"))
        world = simulate(plan, seed)
        return [int(row) for row in np.flatnonzero(world.people["first_day"] > 11)]

    rows = [taken("undefined", seed) for seed in range(20)]
    assert rows == [taken("integrated", seed) for seed in range(20)]
    assert all(len(taken_now) == 3 for taken_now in rows)
    assert {row for taken_now in rows for row in taken_now} == set(range(6, 18))


def test_an_own_shock_may_move_practices_and_take_reps() -> None:
    content = tomllib.loads(OWN.replace("{ lead_volume = -0.5 }", "{ lead_volume = -0.5, leavers = 1 }"))
    firm = with_values(catalogue.read_scenario(content), [("run.days", 60), ("run.warmup_days", 0)])
    world = world_of(with_value(firm, "mechanisms.use_leaving", 0))
    assert sum(leavers(world)) == 1
    with pytest.raises(InputError, match="unknown practice, got 'leavers'"):
        catalogue.read_scenario(tomllib.loads(OWN.replace("meetings = 0.2", "meetings = 0.2, leavers = 1")))


def test_budget_rounds_cut_a_marketing_that_nobody_sees() -> None:
    def cut(scenario: Scenario) -> float:
        return float(simulate(blueprint_of(scenario), 3).journal["programme_cut"][-2])

    firm = with_values(catalogue.load_scenario("small"), [("run.days", 200), ("run.warmup_days", 0)])
    assert cut(firm) > 0.04
    assert cut(with_relationship(firm, "integrated")) < 0.02
    assert cut(with_value(firm, "mechanisms.use_budget_power", 0)) == 0.0


def test_budget_rounds_raid_the_brand_and_buy_selling_hours() -> None:
    firm = with_values(catalogue.load_scenario("small"), [("run.days", 520), ("run.warmup_days", 0)])
    off = with_value(firm, "mechanisms.use_budget_power", 0)
    assert mean_of(firm, "", "brand", 3) < 0.95 * mean_of(off, "", "brand", 3)
    journal = simulate(blueprint_of(firm), 3).journal
    bought, saved = journal["capacity_pay"][:-1].sum(), journal["programme_saved"][:-1].sum()
    assert bought / (bought + saved) == pytest.approx(0.7)
    assert (simulate(blueprint_of(off), 3).journal["capacity_pay"] == 0).all()


# --- A catalogue of one's own ---------------------------------------------------------------------------------------


def test_a_type_an_intervention_and_a_shock_of_ones_own_need_no_code() -> None:
    scenario = own()
    assert levels_of(scenario, "partners")["meetings"] == 0.2
    world = world_of(scenario)
    assert outcomes_of(world)["intervention_cost"] == 250
    assert level(world, "joint_events") > 0.2
    assert world.organization.assign_rule == 2
    comparison = compare(
        scenario, relationships=["partners", "undefined"], interventions=["counter_days"], replications=2
    )
    assert [row["label"] for row in comparison.rows[:: len(comparison.rows) // 3]] == [
        "Partners",
        "Undefined",
        "Counter days",
    ]


def test_a_scenario_with_a_catalogue_of_its_own_survives_writing_and_reading() -> None:
    assert catalogue.read_scenario(tomllib.loads(scenario_toml(own()))) == own()


def test_an_own_entry_stands_over_a_shipped_one_and_counts_in_the_digest() -> None:
    dearer = catalogue.interventions()["liaison"].model_copy(update={"one_off": 99.0})
    scenario = with_interventions(short(), "liaison")
    changed = with_value(scenario, "catalogue.interventions", {"liaison": dearer.model_dump()})
    assert sum(step["one_off"] for step in steps(changed)) == 99.0
    assert digest_of(changed, 1) != digest_of(scenario, 1)


def test_a_slip_in_a_catalogue_of_ones_own_is_named() -> None:
    content = tomllib.loads(OWN.replace("joint_events = 2, ride_alongs", "joint_events = 2, ride_along"))
    with pytest.raises(
        InputError, match="catalogue.interventions.counter_days.practices: unknown practice, got 'ride_along'"
    ):
        catalogue.read_scenario(content)
