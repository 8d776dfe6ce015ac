"""Reps leave, desks stay empty, successors start anew: what goes with a person and what stays with the desk."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contract.left_behind import digests
from sim.domain.blueprint import Blueprint, empty_world, grow
from sim.domain.records import World
from sim.domain.vocabulary import AVAILABLE, HANDED
from sim.engine.entries import found_world, run_days
from sim.engine.run import outcomes_of, simulate
from tests.blueprints import build

LEAVES_AT = 21  # last day of the first payroll month


def firm(rules: dict[str, float] | None = None, n_days: int = 100) -> Blueprint:
    """Three marketers and eight reps, and a month that everybody leaves after unless the rules say otherwise."""
    leaving = {"leave_base": 0.2, "leave_per_dispute": 0.0} | (rules or {})
    return build((3, 8, 1, 1, 0), n_days, 0, rules=leaving, practices={"liaisons": 1.0, "meetings": 6.0})


def lived_until(plan: Blueprint, last: int, seed: int = 1) -> World:
    world = empty_world(plan)
    found_world(world, seed)
    day = 0
    while (day := run_days(world, day, last)) < last:
        world = grow(world)
    return world


def vacant(world: World) -> list[int]:
    return [row for row, person in enumerate(world.people) if person.first_day > world.organization.day]


def pairs_of(world: World, rep: int) -> np.ndarray:
    firm = world.organization
    return np.asarray(world.pairs)[rep - firm.n_marketers :: firm.n_reps]


def test_a_desk_stays_empty_for_its_vacancy_and_a_successor_starts_on_the_next_day():
    world = lived_until(firm(), LEAVES_AT + 1)
    desks = vacant(world)
    assert desks and world.journal["leavers"][LEAVES_AT] == len(desks) == world.journal["vacant"][LEAVES_AT]
    assert set(vacant(lived_until(firm(), LEAVES_AT + 39))) >= set(desks)
    assert {lived_until(firm(), LEAVES_AT + 41).people["first_day"][rep] for rep in desks} == {LEAVES_AT + 40}
    later = lived_until(firm({"leave_base": 0.0}), LEAVES_AT + 1)
    assert vacant(later) == []


def test_what_belongs_to_a_person_goes_with_him():
    plan = firm()
    before, after = lived_until(plan, LEAVES_AT), lived_until(plan, LEAVES_AT + 1)
    rep = vacant(after)[0]
    assert (pairs_of(before, rep)["familiarity"] > 0).any()
    assert (pairs_of(after, rep)["familiarity"] == 0).all()
    assert (pairs_of(after, rep)["trust"] == plan.rules.trust_start).all()
    person, rules = after.people[rep], plan.rules
    assert person.vocabulary == rules.vocabulary_start and person.picture == rules.picture_start
    assert (person.strain, person.experience, person.productivity) == (0.0, 0.0, rules.ramp_start)
    assert person.carried_hours == person.dispute_hours_owed == person.visit_hours_owed == 0.0


def test_skill_pace_and_open_deals_stay_with_the_desk():
    plan = firm()
    before, after = lived_until(plan, LEAVES_AT), lived_until(plan, LEAVES_AT + 1)
    for rep in vacant(after):
        for name in ("skill", "pace", "inbox_habit", "open_deals"):
            assert before.people[name][rep] == after.people[name][rep]


def test_nobody_works_or_quarrels_at_a_vacant_desk():
    plan = firm({f"gamma_{kind}": 1.0 for kind in ("lead_quality", "follow_up", "credit", "budget", "blame")})
    at_first, later = lived_until(plan, LEAVES_AT + 1), lived_until(plan, LEAVES_AT + 20)
    for rep in vacant(at_first):
        assert at_first.people["hours"][rep, AVAILABLE] == later.people["hours"][rep, AVAILABLE]
        assert (pairs_of(later, rep)["familiarity"] == 0).all()
        assert (pairs_of(later, rep)["trust"] == plan.rules.trust_start).all()
        incidents = np.asarray(later.incidents[: later.organization.n_incidents])
        assert not ((incidents["rep"] == rep) & (incidents["day"] >= LEAVES_AT)).any()


def test_a_newcomer_becomes_productive_within_the_ramp():
    world = lived_until(firm(n_days=200), LEAVES_AT + 1)
    rep = vacant(world)[0]
    grown = lived_until(firm({"leave_per_dispute": 0.0}, n_days=200), 150)
    if grown.people["first_day"][rep] == LEAVES_AT + 40:  # still the first successor
        expected = 0.3 + 0.7 * (145 - LEAVES_AT - 40) / 90
        assert grown.people["productivity"][rep] == pytest.approx(expected)


@pytest.mark.parametrize(("rule", "may_wait"), [(0, True), (1, False), (2, False), (3, False)])
def test_only_territory_sends_leads_to_vacant_desks(rule, may_wait):
    plan = firm({"assign_rule": rule, "raw_leads_per_rep_day": 3.0})
    world = lived_until(plan, LEAVES_AT + 22)
    desks = vacant(world)
    leads = np.asarray(world.leads[: world.organization.n_leads])
    fresh = leads[(leads["handed_day"] >= LEAVES_AT) & (leads["state"] == HANDED)]
    assert desks and len(fresh)
    assert np.isin(fresh["rep"], desks).any() == may_wait


def test_a_firm_that_everybody_has_left_goes_on_receiving_leads():
    for rule in range(4):
        plan = build((2, 3, 0, 1, 0), 60, 0, rules={"leave_base": 0.2, "leave_per_dispute": 0.0, "assign_rule": rule})
        world = empty_world(plan, capacity=4_000)
        found_world(world, 1)
        world.people["first_day"][2:] = 1_000
        assert run_days(world, 0, 20) == 20
        assert world.journal["handed_off"].sum() > 0 and world.journal["contacted"].sum() == 0


def test_generalists_stay():
    world = simulate(build((2, 4, 0, 1, 2), 400, 0, rules={"leave_base": 0.2}), 3)
    assert (world.people["first_day"][2:4] <= 0).all()
    assert (world.people["first_day"][4:6] > 0).all()


def test_switched_off_nobody_leaves_whatever_the_chance():
    calm = firm({"use_leaving": 0}, n_days=300)
    assert simulate(calm, 1).journal["leavers"].sum() == 0.0
    assert simulate(firm(n_days=300), 1).journal["leavers"].sum() > 0.0
    never = firm({"leave_base": 0.0, "use_leaving": 1}, n_days=60)
    off = firm({"leave_base": 0.0, "use_leaving": 0}, n_days=60)
    assert digests(simulate(never, 1)) == digests(simulate(off, 1))


def test_personal_disputes_drive_reps_away():
    quarrels = {f"gamma_{kind}": 1.0 for kind in ("lead_quality", "follow_up", "territory")} | {"functional_base": 0.0}
    plans = [firm({"leave_base": 0.01, "leave_per_dispute": chance} | quarrels, n_days=260) for chance in (0.0, 0.1)]
    calm, driven = (sum(simulate(plan, seed).journal["leavers"].sum() for seed in range(8)) for plan in plans)
    assert driven > calm + 10


def test_turnover_follows_from_the_monthly_chance():
    """8 runs of 40 desks and 2 years: 11.8 months × 0.016 × the share of desks that are filled, within 4 sigma."""
    plan = build((14, 40, 0, 6, 0), 520, 0, rules={"leave_per_dispute": 0.0})
    outcomes = [outcomes_of(simulate(plan, seed)) for seed in range(8)]
    turnover = np.mean([one.turnover for one in outcomes])
    filled = 1.0 - np.mean([one.vacancy_share for one in outcomes])
    expected = 260 / 22 * 0.016 * filled
    assert abs(turnover - expected) < 4 * np.sqrt(expected / (8 * 40 * 2))
