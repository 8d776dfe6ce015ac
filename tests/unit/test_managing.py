"""Managers hear disputes, fill desks and plan; while they have no hours, all of that waits."""

from __future__ import annotations

import numpy as np
import pytest

from sim.contract.left_behind import digests
from sim.domain.blueprint import Blueprint
from sim.domain.records import World
from sim.domain.vocabulary import AVAILABLE, HEARING, HIRING, MANAGING, PLANNING
from sim.engine.run import outcomes_of, simulate
from tests.blueprints import build

QUARRELS = {f"gamma_{kind}": 1.0 for kind in ("lead_quality", "follow_up", "territory")} | {"functional_base": 0.0}


def firm(managers: int = 2, rules: dict[str, float] | None = None, n_days: int = 130) -> Blueprint:
    """Three marketers and eight reps who quarrel a lot; hours are counted from the first day."""
    return build((3, 8, 0, managers, 0), n_days, 0, rules=QUARRELS | {"escalation_chance": 1.0} | (rules or {}))


def hours_of_managers(world: World, use: int) -> float:
    return float(np.asarray(world.people["hours"])[11:, use].sum())


def escalated(world: World) -> np.ndarray:
    incidents = np.asarray(world.incidents[: world.organization.n_incidents])
    return incidents[incidents["is_escalated"] == 1]


def test_the_hours_of_hearings_are_those_of_the_disputes_heard():
    world = simulate(firm(), 1)
    cases = escalated(world)
    assert len(cases) > 20
    assert cases["manager_hours"].sum() == pytest.approx(hours_of_managers(world, HEARING))
    assert np.asarray(world.journal["manager_hours"])[:-1].sum() == pytest.approx(cases["manager_hours"].sum())
    assert ((cases["heard_day"] >= 0) == (cases["manager_hours"] == 3.0)).all()
    assert (cases["heard_day"][cases["heard_day"] >= 0] > cases["day"][cases["heard_day"] >= 0]).all()


def test_a_manager_with_time_hears_a_dispute_the_next_day():
    world = simulate(firm(4, {"gamma_lead_quality": 0.1, "gamma_follow_up": 0.1, "hearing_share": 1.0}), 1)
    cases = escalated(world)
    cases = cases[cases["heard_day"] >= 0]
    assert len(cases) > 5 and np.median(cases["heard_day"] - cases["day"]) == 1


def test_while_managers_have_no_hours_disputes_wait_and_strain_stays():
    busy = simulate(firm(1, {"hearing_share": 0.0}), 1)
    free = simulate(firm(1, {"manager_hours": 0.5}), 1)
    assert (escalated(busy)["heard_day"] == -1).all()
    assert hours_of_managers(busy, HEARING) == 0.0
    assert outcomes_of(busy).strain > outcomes_of(free).strain + 0.05
    unheard = simulate(firm(1, {"hearing_share": 0.0, "use_hearings": 0}), 1)
    assert outcomes_of(unheard).strain < outcomes_of(busy).strain - 0.05


def test_a_desk_stays_empty_longer_when_its_manager_has_no_hours():
    leaving = {"leave_base": 0.05, "hearing_share": 1.0}
    vacancies = [
        np.mean(
            [
                outcomes_of(simulate(firm(managers, leaving | {"manager_hours": hours}), seed)).vacancy_share
                for seed in range(4)
            ]
        )
        for managers, hours in ((4, 0.0), (1, 40.0))
    ]
    assert vacancies[1] > 1.2 * vacancies[0] > 0.0


def test_hiring_takes_its_hours_once_for_each_desk_that_is_filled():
    world = simulate(firm(2, {"leave_base": 0.05, "gamma_follow_up": 0.0, "hiring_hours": 20.0}, n_days=260), 1)
    filled = int((np.asarray(world.people["first_day"])[3:11] > 0).sum())
    hours = hours_of_managers(world, HIRING)
    assert hours >= 20.0 and filled > 0
    assert hours <= 20.0 * np.asarray(world.journal["leavers"])[:-1].sum() + 1e-9


def test_without_managers_nothing_goes_up_and_desks_are_filled_all_the_same():
    world = simulate(firm(0, {"leave_base": 0.2}, n_days=200), 1)
    assert len(escalated(world)) == 0
    first = np.asarray(world.people["first_day"])[3:11]
    assert (first[first > 0] < 200).any()


def test_a_manager_plans_each_quarter_and_manages_with_the_rest():
    world = simulate(firm(2, {"escalation_chance": 0.0, "use_leaving": 0}, n_days=130), 1)
    assert hours_of_managers(world, PLANNING) == 2 * 2 * 24.0
    assert hours_of_managers(world, MANAGING) == hours_of_managers(world, AVAILABLE) - 96.0 == 2 * 130 * 8.0 - 96.0


def test_where_nothing_goes_up_hearings_change_nothing():
    calm = {"escalation_chance": 0.0}
    one, other = (simulate(firm(1, calm | {"use_hearings": on}), 1) for on in (0, 1))
    assert digests(one) == digests(other)


def test_disputes_are_heard_in_the_order_they_came_up():
    cases = escalated(simulate(firm(), 1))
    for manager in set(cases["manager"].tolist()):
        is_heard = (cases["heard_day"] >= 0)[cases["manager"] == manager]
        assert is_heard.any() and (np.sort(is_heard)[::-1] == is_heard).all()
