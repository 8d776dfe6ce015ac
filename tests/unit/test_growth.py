"""A firm grows by plan: newcomers begin, generalists become reps, the floor of a small firm falls; units stay apart."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from sim.contract.left_behind import digests
from sim.domain.blueprint import Blueprint
from sim.domain.errors import InputError
from sim.domain.records import World
from sim.domain.vocabulary import AVAILABLE, COLLOCATION
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario, read_scenario
from sim.spec.edit import with_interventions
from sim.spec.resolve import blueprint_of
from sim.spec.write import scenario_toml
from tests.blueprints import build

CALM = {"use_leaving": 0}
START = (2, 4, 0, 1, 2)


def growing(until: int = 120, growth=None, **rest) -> Blueprint:
    """Five people until day 60, then three marketers, eight reps, two managers, and nobody who does both."""
    growth = [(60, (3, 8, 2, 0), 0.2)] if growth is None else growth
    return build(START, until, 0, rules=CALM | rest.pop("rules", {}), growth=growth, **rest)


def hours(world: World) -> np.ndarray:
    return np.asarray(world.people["hours"])[:, AVAILABLE]


def test_a_plan_that_stays_as_it_is_changes_nothing():
    same = growing(growth=[(50, (*START[:2], 1, 2), 0.0)])
    one, other = digests(simulate(same, 1)), digests(simulate(build(START, 120, 0, rules=CALM), 1))
    assert one == other


def test_until_its_day_growth_changes_nothing_that_happens():
    """The firm that will grow has more rows; leads, which come in by headcount, are the same until then."""
    before, without = simulate(growing(60), 1), simulate(build(START, 60, 0, rules=CALM), 1)
    assert before.organization.n_leads == without.organization.n_leads
    names = [name for name in before.leads.dtype.names if name != "rep"]
    n = without.organization.n_leads
    for name in names:
        assert (before.leads[name][:n] == without.leads[name][:n]).all(), name
    assert outcomes_of(before).conflict_per_pm == outcomes_of(without).conflict_per_pm


def test_newcomers_work_from_their_day_on_and_are_counted_from_then():
    before, after = simulate(growing(60), 1), simulate(growing(61), 1)
    newcomers = [2, *range(7, 11), 12]
    assert (hours(before)[newcomers] == 0).all() and (hours(after)[newcomers] > 0).all()
    assert (np.asarray(after.people["first_day"])[newcomers] == 60).all()
    assert after.journal["persons"][59] == 4 and after.journal["persons"][60] == 11
    assert after.journal["desks"][59] == 4 and after.journal["desks"][60] == 8
    assert after.journal["vacant"][:60].sum() == 0
    assert np.asarray(after.people["productivity"])[7:11].max() == pytest.approx(0.3)


def test_a_split_generalist_goes_on_as_a_rep_beside_a_new_marketer():
    before, after = simulate(growing(59), 1), simulate(growing(61), 1)
    assert (np.asarray(before.people["is_generalist"])[[0, 1, 3, 4]] == 1).all()
    assert (np.asarray(after.people["is_generalist"]) == 0).all()
    assert (np.asarray(after.people["first_day"])[[0, 1]] == 60).all()
    assert (np.asarray(after.people["first_day"])[[3, 4]] <= 0).all()
    own = np.asarray(after.pairs)[[0, after.organization.unit_reps + 1]]
    assert (own["familiarity"] < 0.2).all()
    day = hours(after)[[3, 4]] - hours(before)[[3, 4]]
    assert day == pytest.approx([2.45 + 4.9] * 2)


def test_everything_by_headcount_follows_the_headcount_of_the_day():
    plan = growing(120, rules={"demand_level_sd": 0.0, "seasonal_swing": 0.0})
    runs = [simulate(plan, seed) for seed in range(20)]
    leads = np.sum([np.asarray(run.journal["leads_in"])[:-1] for run in runs], axis=0)
    assert 1.5 < leads[60:].sum() / leads[:60].sum() < 2.6
    paid = runs[0].journal
    assert paid["pay"][60] > 1.8 * paid["pay"][59] and paid["programme"][60] == 2 * paid["programme"][59]


def test_the_floor_of_a_small_firm_falls_when_it_grows():
    scenario = load_scenario("startup")
    plan = blueprint_of(scenario)
    world = simulate(plan, 1)
    assert plan.rules["growth_floor"][:5].tolist() == [0.9, 0.6, 0.3, 0.15, 0.0]
    assert world.organization.level[COLLOCATION] < 0.15
    own = read_scenario(scenario.model_dump() | {"practices": {"collocation": 0.7}})
    assert simulate(blueprint_of(own), 1).organization.level[COLLOCATION] == 0.7


def test_friction_appears_as_a_startup_grows():
    """Disputes per person-month in its first and last half year, over ten seeds: about 0.06 and 0.43."""
    plan = blueprint_of(load_scenario("startup"))
    first, last = [], []
    for seed in range(10):
        world = simulate(plan, seed)
        day, months = (
            np.asarray(world.incidents["day"][: world.organization.n_incidents]),
            world.journal["persons"] / 22,
        )
        first.append(((day >= 195) & (day < 325)).sum() / months[195:325].sum())
        last.append((day >= 1040).sum() / months[1040:1170].sum())
    assert np.mean(last) > 3 * np.mean(first) > 0


@pytest.mark.parametrize(
    ("growth", "rule"),
    [
        ({"day": 10, "reps": 3, "marketers": 2, "managers": 1}, "reps: must not fall below 4 on day 10"),
        ({"day": 10, "reps": 4, "marketers": 3, "managers": 1, "generalists": 3}, "generalists: must not exceed 2"),
    ],
)
def test_a_plan_that_is_no_growth_is_refused(growth, rule):
    with pytest.raises(InputError, match=rule):
        read_scenario({"presets": {"organization": "micro"}, "growth": [growth]})


def test_days_of_growth_rise():
    step = {"day": 10, "reps": 40, "marketers": 14, "managers": 6}
    with pytest.raises(InputError, match="days must rise, from 11 on, got 10"):
        read_scenario({"growth": [step, step]})
    with pytest.raises(InputError, match="days must rise, from 1 on, got 0"):
        read_scenario({"run": {"warmup_days": 0}, "growth": [step | {"day": 0}]})


def test_a_growing_scenario_reads_back_as_it_was_written():
    scenario = load_scenario("startup")
    assert read_scenario(tomllib.loads(scenario_toml(scenario))).growth == scenario.growth


def test_an_intervention_is_paid_for_the_people_of_its_first_day():
    scenario = load_scenario("startup")
    plans = [blueprint_of(with_interventions(scenario, f"joint_assignments@{day}")) for day in (0, 800)]
    early, late = (plan.rules["step_one_off"].sum() for plan in plans)
    assert (early, late) == (200 * 5, 200 * 60)


def test_one_unit_of_two_meets_the_luck_of_a_firm_of_one():
    one = build((3, 8, 0, 1, 0), 60, 0, rules=CALM | {"brand_elasticity": 0.0})
    two = replace(one, n_units=2, n_marketers=6, n_reps=16, n_managers=2)
    alone, beside = simulate(one, 1), simulate(two, 1)
    of_first = (
        np.asarray(beside.people["unit"])[np.asarray(beside.leads["marketer"])[: beside.organization.n_leads]] == 0
    )
    keys_beside = set(np.asarray(beside.leads["key"])[: beside.organization.n_leads][of_first].tolist())
    keys_alone = set(np.asarray(alone.leads["key"])[: alone.organization.n_leads].tolist())
    assert len(keys_alone & keys_beside) > 0.7 * len(keys_alone)
    assert (np.asarray(beside.people["skill"])[6:14] == np.asarray(alone.people["skill"])[3:11]).all()


def test_units_have_luck_of_their_own():
    plan = replace(build((3, 8, 0, 1, 0), 60, 0), n_units=3, n_marketers=9, n_reps=24, n_managers=3)
    world = simulate(plan, 1)
    found = np.asarray(world.leads["key"])[: world.organization.n_leads]
    assert len(set(found.tolist())) == len(found)
    assert len(set(np.round(world.people["skill"][9:33], 12).tolist())) == 24
    inbound = found >> 48 == 1
    units = np.asarray(world.people["unit"])[np.asarray(world.leads["marketer"])[: world.organization.n_leads]]
    assert inbound.any() and ((found >> 16) % 16 == units)[inbound].all()


def test_memory_grows_with_units_not_with_their_square():
    plan = blueprint_of(load_scenario("enterprise"))
    assert (plan.n_reps, plan.n_marketers, plan.n_managers, plan.n_units) == (320, 112, 48, 4)
    world = simulate(replace(plan, rules=_short(plan)), 1)
    assert len(world.pairs) == 4 * 80 * 28


def _short(plan: Blueprint):
    rules = plan.rules.copy()
    rules.n_days, rules.warmup_days = 30, 5
    return rules


def test_figures_per_head_of_four_units_are_those_of_one():
    """Means over seeds of disputes per person-month, follow-up and bookings per rep, within 8 %."""
    one = build((14, 40, 0, 6, 0), 300, 100)
    four = replace(one, n_units=3, n_marketers=42, n_reps=120, n_managers=18)
    names = ("conflict_per_pm", "followup_rate", "win_rate", "bookings_new")
    single = np.mean([[outcomes_of(simulate(one, seed))[name] for name in names] for seed in range(24)], axis=0)
    several = np.mean([[outcomes_of(simulate(four, seed))[name] for name in names] for seed in range(8)], axis=0)
    several[3] /= 3
    assert several == pytest.approx(single, rel=0.08)
