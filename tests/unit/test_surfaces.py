"""What agents of extensions do to a firm, and when they are there: hours, pay, and nothing but what is promised."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from sim.behaviours import surfaces
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.behaviours.calls import door_to
from sim.behaviours.kernel import entry
from sim.contract.left_behind import differing
from sim.domain.blueprint import Blueprint, empty_world, rows
from sim.domain.records import AGENTS, World
from sim.domain.vocabulary import EVENING, HANDED, HIRE, MORNING, RAW, SET, TAKEN
from sim.engine.entries import found_world, run_days
from sim.engine.run import simulate
from tests.blueprints import build

#: Leads that a firm has memory for from the start.
ROOM = 4000
# What the agent below does, by number.
HOURS, BOOK, REMIND, CONTEXT, WARM, PRIORITY, TOGETHER, HABIT, ASK = range(9)


@entry
def act(world: World, what: int, row: int, other: int, thousandths: int) -> bool:
    """Do one thing to a row of the world, by so much."""
    much = thousandths / 1000.0
    if what == 0:
        return surfaces.take_hours(world, row, much)
    if what == 1:
        return surfaces.book_meeting(world, row, other)
    if what == 2:
        return surfaces.remind(world, row)
    if what == 3:
        surfaces.add_context(world, row, much)
    elif what == 4:
        surfaces.warm(world, row, much)
    elif what == 5:
        surfaces.raise_priority(world, row, much)
    elif what == 6:
        surfaces.bring_together(world, row, other, much)
    elif what == 7:
        surfaces.improve_habit(world, row, much)
    elif what == 8:
        return surfaces.is_interested(world, row)
    return True


@entry
def count_day(world: World, agent: int, day: int) -> None:
    """An agent's day: it notes that it was there, and which day it was."""
    world.agents[agent].count[0] += 1.0
    world.agents[agent].value[0] = day


def agents(*moments: int) -> Any:
    """Posts of one class, the second of them paid by marketing."""
    table = rows(AGENTS, len(moments))
    table["number"], table["moment"] = np.arange(len(moments)), moments
    table["is_marketing"], table["day_hours"], table["pay"] = np.arange(len(moments)) == 1, 7.5, 52_000.0
    return table


def hiring(plan: Blueprint, *steps: tuple[float, int, int]) -> Blueprint:
    """A firm that asks for posts of class 0, from a day until before another."""
    plan.rules.n_steps = len(steps)
    for row, (posts, start, end) in enumerate(steps):
        plan.rules.step_kind[row], plan.rules.step_what[row], plan.rules.step_target[row] = HIRE, 0, posts
        plan.rules.step_start[row], plan.rules.step_end[row] = start, end
    return plan


def begun(plan: Blueprint, day: int) -> World:
    world = empty_world(plan, ROOM)
    found_world(world, 3)
    assert run_days(world, 0, day) == day
    return world


@pytest.fixture
def firm() -> World:
    """A firm on its fortieth evening, with leads that wait."""
    return begun(dataclasses.replace(build((3, 8, 0, 1, 0), 60, 0), agents=agents(MORNING)), 40)


def lead_where(world: World, **wanted: int) -> int:
    table = np.asarray(world.leads)[: world.organization.n_leads]
    return int(np.flatnonzero(np.logical_and.reduce([table[name] == value for name, value in wanted.items()]))[0])


def waiting(world: World) -> int:
    """A lead that has been handed off and not been taken up, whose rep has others unread."""
    table = np.asarray(world.leads)[: world.organization.n_leads]
    return int(np.flatnonzero((table["state"] == HANDED) & (table["is_willing"] != TAKEN))[-1])


def test_nobody_spends_more_hours_than_are_left(firm):
    row = firm.agents[0]
    row.hours_left, row.hours_used = 7.5, 1.0
    assert not act(firm, HOURS, 0, 0, 7501) and not act(firm, HOURS, 0, 0, -1)
    assert (row.hours_left, row.hours_used) == (7.5, 1.0)
    assert act(firm, HOURS, 0, 0, 2500) and (row.hours_left, row.hours_used) == (5.0, 3.5)
    assert act(firm, HOURS, 0, 0, 5000) and (row.hours_left, row.hours_used) == (0.0, 8.5)
    assert act(firm, HOURS, 0, 0, 0)


@pytest.mark.parametrize("what", [BOOK, REMIND])
def test_a_lead_that_waits_comes_onto_the_desk_once(firm, what):
    lead = waiting(firm)
    row, rep = firm.leads[lead], firm.people[firm.leads[lead].rep]
    unread, was_unread = int(rep.unread), lead_is_unread(firm, lead)
    assert act(firm, what, lead, 40, 0)
    assert row.is_willing == TAKEN and rep.unread == unread - was_unread
    assert (row.is_qualified, row.first_day == 40, row.last_day == 40) == (
        (1, True, True) if what == BOOK else (0, 0, 0)
    )
    assert not act(firm, what, lead, 41, 0), "it waits no more"
    assert row.last_day != 41


def lead_is_unread(world: World, lead: int) -> int:
    return int(world.leads["is_willing"][lead] == 0)


@pytest.mark.parametrize("what", [BOOK, REMIND])
def test_nothing_comes_onto_an_empty_desk_nor_before_the_hand_off(firm, what):
    lead, raw = waiting(firm), lead_where(firm, state=RAW)
    firm.people[firm.leads[lead].rep].first_day = 50
    before = np.array(firm.leads)
    assert not act(firm, what, lead, 40, 0) and not act(firm, what, raw, 40, 0)
    assert (np.array(firm.leads) == before).all()


def test_a_share_of_what_is_unknown_is_told(firm):
    row = firm.leads[waiting(firm)]
    for share, known in ((500, 0.6), (250, 0.7), (-1000, 0.7), (5000, 1.0)):
        row.context = row.context if share != 500 else 0.2
        act(firm, CONTEXT, waiting(firm), 0, share)
        assert row.context == pytest.approx(known)


def test_only_leads_that_are_raw_or_wait_are_warmed(firm):
    gain = float(firm.rules.recycle_gain)
    for state, warmed in ((RAW, 0.5), (HANDED, 0.5), (max(RAW, HANDED) + 1, 0.0)):
        row = firm.leads[0]
        row.state, row.fit = state, 0.25
        act(firm, WARM, 0, 0, 500)
        assert gain > 0.0 and row.fit == pytest.approx(0.25 + warmed * gain)
    firm.leads[0].state = RAW
    act(firm, WARM, 0, 0, 9000)
    assert firm.leads[0].fit == pytest.approx(0.25 + gain), "never more than once round with marketing"


def test_priority_is_raised_or_lowered_by_a_bounded_factor(firm):
    row = firm.leads[0]
    for by, factor in ((500, math.exp(0.5)), (5000, math.e), (-5000, 1 / math.e)):
        row.state, row.priority = HANDED, 2.0
        act(firm, PRIORITY, 0, 0, by)
        assert row.priority == pytest.approx(2.0 * factor)
    row.state, row.priority = RAW, 2.0
    act(firm, PRIORITY, 0, 0, 500)
    assert row.priority == 2.0


def test_two_of_a_unit_who_are_there_come_to_trust_each_other(firm):
    pair = firm.pairs[1 * firm.organization.unit_reps + 2]
    pair.trust = 0.2
    rep = firm.organization.n_marketers + 2
    act(firm, TOGETHER, 1, rep, 250)
    assert pair.trust == pytest.approx(0.4)
    before = np.array(firm.pairs)
    for row, name, value in ((1, "unit", 1), (1, "first_day", 50), (rep, "first_day", 50)):
        kept = int(firm.people[name][row])
        firm.people[name][row] = value
        act(firm, TOGETHER, 1, rep, 250)
        firm.people[name][row] = kept
    assert (np.array(firm.pairs) == before).all(), "another unit, or one of them is not there"


def test_only_a_rep_who_is_there_changes_habits(firm):
    rep = firm.people[firm.organization.n_marketers]
    rep.inbox_habit = 0.5
    act(firm, HABIT, firm.organization.n_marketers, 0, 500)
    assert rep.inbox_habit == pytest.approx(0.75)
    rep.first_day = 50
    act(firm, HABIT, firm.organization.n_marketers, 0, 500)
    assert rep.inbox_habit == pytest.approx(0.75)


def test_a_buyer_gives_every_caller_the_same_answer(firm):
    leads = range(firm.organization.n_leads)
    answers = [act(firm, ASK, lead, 0, 0) for lead in leads]
    assert answers == [act(firm, ASK, lead, 0, 0) for lead in leads]
    assert 0 < sum(answers) < len(answers)


def test_posts_are_the_most_that_any_step_in_force_asks_for():
    plan = hiring(build((3, 8, 0, 1, 0), 60, 0), (1.0, 5, 20), (2.5, 10, 30))
    plan.rules.step_kind[2], plan.rules.n_steps = SET, 3  # a lever, no post
    plan.rules.step_target[2], plan.rules.step_end[2] = 3.0, 60
    posts = {}
    for day in (5, 6, 10, 11, 20, 21, 30, 31):
        world = begun(dataclasses.replace(plan, agents=agents(MORNING, MORNING, EVENING)), day)
        posts[day] = world.agents["post"].tolist()
        assert world.agents["hours_left"].tolist() == [7.5 * post for post in posts[day]]
    none, one, all_three = [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.5]
    assert posts == {5: none, 6: one, 10: one, 11: all_three, 20: all_three, 21: all_three, 30: all_three, 31: none}


def test_in_a_world_used_again_agents_begin_as_planned(monkeypatch):
    monkeypatch.setattr("sim.engine.run.agent_of", lambda kind: None)
    monkeypatch.setattr("sim.engine.run.door_of", lambda agent: 0)
    plan = dataclasses.replace(hiring(build((3, 8, 0, 1, 0), 20, 0), (1.0, 0, 20)), agents=agents(MORNING))
    world = simulate(plan, 1)
    world.agents["pay"] *= 2.0
    world.agents["parameter"] = 3.0
    assert differing(simulate(plan, 2, world), simulate(plan, 2)) == []


def test_another_class_is_not_hired():
    plan = hiring(build((3, 8, 0, 1, 0), 20, 0), (1.0, 0, 20))
    plan.rules.step_what[0] = 1
    assert begun(dataclasses.replace(plan, agents=agents(MORNING)), 10).agents["post"].tolist() == [0.0]


def test_pay_and_hours_go_by_the_post():
    plan = build((3, 8, 0, 1, 0), 20, 0)
    alone = begun(hiring(plan), 10)
    with_them = begun(dataclasses.replace(hiring(plan, (1.5, 0, 20)), agents=agents(MORNING, MORNING)), 10)
    assert with_them.agents["hours_available"].tolist() == [75.0, 37.5]
    assert with_them.agents["hours_used"].tolist() == [0.0, 0.0]
    paid = {name: float(with_them.journal[name][9] - alone.journal[name][9]) for name in ("pay", "pay_marketing")}
    a_day = 52_000.0 / DAYS_PER_YEAR
    assert paid == pytest.approx({"pay": 1.5 * a_day, "pay_marketing": 0.5 * a_day})


def test_hours_are_counted_anew_from_the_first_day_after_the_warm_up():
    plan = dataclasses.replace(hiring(build((3, 8, 0, 1, 0), 20, 6), (1.0, 0, 20)), agents=agents(MORNING))
    assert begun(plan, 10).agents["hours_available"].tolist() == [4 * 7.5]


def test_a_memory_that_was_used_before_tells_nothing():
    plan = dataclasses.replace(hiring(build((3, 8, 0, 1, 0), 20, 0), (1.0, 0, 20)), agents=agents(MORNING))
    world = begun(plan, 10)
    for name in ("count", "value", "hours_used"):
        world.agents[name] = 7.0
    found_world(world, 3)
    row = world.agents[0]
    assert not np.any(row.count) and not np.any(row.value)
    assert (row.post, row.hours_left, row.hours_available, row.hours_used) == (0.0, 0.0, 0.0, 0.0)


def test_agents_work_on_the_days_on_which_they_have_a_post():
    plan = hiring(build((3, 8, 0, 1, 0), 30, 0), (2.0, 4, 9))
    world = empty_world(dataclasses.replace(plan, agents=agents(MORNING, EVENING, MORNING)), ROOM)
    found_world(world, 3)
    world.doors[:] = door_to(count_day)
    assert door_to(count_day) == door_to(count_day) != 0
    assert run_days(world, 0, 20) == 20
    assert [row.count[0] for row in world.agents] == [5.0, 5.0, 0.0]
    assert [row.value[0] for row in world.agents] == [8.0, 8.0, 0.0]


def test_nothing_is_called_where_no_door_is_open():
    plan = hiring(build((3, 8, 0, 1, 0), 30, 0), (1.0, 4, 9))
    world = begun(dataclasses.replace(plan, agents=agents(MORNING)), 20)
    assert world.agents[0].count[0] == 0.0
