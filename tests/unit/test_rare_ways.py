"""What happens rarely, in firms of a few people: used memory, the first lead of all, strain, raids, held decisions."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.rows import leads_of
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.contract.left_behind import digest_of_world
from sim.domain.blueprint import empty_world, rows
from sim.domain.records import EVENTS, RECORDS, TABLES, World, world_of
from sim.domain.vocabulary import AT_OPPORTUNITY, CUSTOMER, INSTALLED_CUSTOMER, TERRITORY, WON
from sim.engine.entries import found_world, run_days
from sim.engine.run import outcomes_of, simulate
from sim.spec.scenario import Run
from tests.blueprints import build

QUARRELS = {"gamma_lead_quality": 1.0, "gamma_follow_up": 1.0, "functional_base": 0.0}


def most_days(part: str) -> int:
    """Of a part of a run, as a scenario allows them."""
    return next(int(each.le) for each in Run.model_fields[part].metadata if hasattr(each, "le"))


def total(world: World, name: str) -> float:
    return float(world.journal[name][:-1].sum())


def test_memory_that_was_used_before_changes_nothing():
    plan = build((2, 3, 0, 1, 0), 40, 0, {"customers_per_rep": 2.0, "mistake_chance": 1.0}, {"meetings": 4.0})
    fresh = digest_of_world(simulate(plan, 2))
    assert digest_of_world(simulate(plan, 2, simulate(plan, 1))) == fresh


def test_the_longest_tenure_fits_into_its_column():
    longest = sum(most_days(name) for name in ("warmup_days", "days"))
    nobody_leaves = {"leave_base": 0.0, "leave_per_dispute": 0.0, "raw_leads_per_rep_day": 0.1}
    world = simulate(build((1, 1, 0, 0, 0), longest, 0, nobody_leaves), 1)
    leads = leads_of(world)
    handed = leads[leads["handed_day"] >= 0]
    assert (handed["handed_tenure"] == handed["handed_day"] - world.people["first_day"][1]).all()
    assert handed["handed_tenure"].max() > longest + 9_000


def test_the_first_lead_of_all_is_worked_like_any_other():
    few = {"raw_leads_per_rep_day": 0.3, "customers_per_rep": 0.0}
    worlds = [simulate(build((1, 1, 0, 0, 0), 40, 0, few), seed) for seed in range(40)]
    first = np.array([leads_of(world)[0] for world in worlds if world.organization.n_leads])
    assert (first["handed_day"] >= 0).any() and (first["first_day"] >= 0).any()
    assert (first["last_day"] > first["first_day"]).any(), "its rep has called again"


def test_a_marketer_works_his_own_first_deal():
    own = {"handoff_point": AT_OPPORTUNITY, "raw_leads_per_rep_day": 0.3, "customers_per_rep": 0.0}
    worlds = [simulate(build((1, 1, 0, 0, 0), 40, 0, own), seed) for seed in range(40)]
    first = np.array([leads_of(world)[0] for world in worlds if world.organization.n_leads])
    opened = first[first["is_qualified"] != 0]
    assert len(opened) and (opened["last_day"] > opened["first_day"]).any()


@pytest.mark.parametrize("seed", [1, 2])
def test_who_quarrels_reports_less(seed):
    reports = []
    for strain in (0.0, 1.0):
        rules = QUARRELS | {"report_strain": strain}
        world = simulate(build((3, 8, 0, 1, 0), 120, 0, rules, {"feedback": 1.0}), seed)
        reports.append(total(world, "reports") / total(world, "reportable"))
    assert reports[1] < 0.9 * reports[0]


def test_taking_a_deal_over_may_be_taken_for_a_raid():
    rules = {"handoff_point": AT_OPPORTUNITY, "gamma_territory": 1.0}
    world = simulate(build((3, 8, 0, 1, 0), 200, 0, rules), 1)
    incidents = np.asarray(world.incidents)[: world.organization.n_incidents]
    raids = incidents[incidents["kind"] == TERRITORY]
    leads = leads_of(world)[raids["lead"]]
    taken_over = leads[leads["handed_day"] == raids["day"]]
    assert 0 < len(taken_over) <= total(world, "taken_over")


def test_novices_are_those_with_less_than_a_year():
    world = simulate(build((2, 4, 0, 1, 0), 150, 0), 3)
    leads = leads_of(world)
    leads = leads[(leads["source"] != INSTALLED_CUSTOMER) & (leads["first_day"] >= 0) & (leads["handed_day"] >= 0)]
    novices = (leads["handed_tenure"] < DAYS_PER_YEAR).sum()
    veterans = (leads["handed_tenure"] >= 3 * DAYS_PER_YEAR).sum()
    assert (total(world, "contacted_novices"), total(world, "contacted_veterans")) == (novices, veterans)
    assert novices and veterans


def test_a_decision_that_is_held_falls_as_it_is_held_once():
    plan, room = build((2, 3, 0, 1, 0), 30, 0), 3000
    asked = lived(plan, rows(EVENTS, room), 0)
    events = np.asarray(asked.events)[: asked.organization.n_events]
    _, first, times = np.unique(events[["key", "purpose", "occurrence"]], return_index=True, return_counts=True)
    once = np.sort(first[times == 1])
    place = int(once[(events["draw"][once] > 0.3) & (events["chance"][once] > 0.3) & (events["day"][once] > 5)][0])
    one = events[place]
    for chance in (0.0, 1.0):
        held = rows(EVENTS, room + 1)
        last = held[room]
        last.key, last.purpose, last.occurrence, last.chance, last.day = (
            one["key"], one["purpose"], one["occurrence"], chance, -1,
        )  # fmt: skip
        world = lived(plan, held, 1)
        again = np.asarray(world.events)
        assert (again[:place] == events[:place]).all(), "until then nothing is otherwise"
        assert again[place]["chance"] == chance and again[place]["draw"] == one["draw"]
        assert again[room]["day"] == one["day"], "used on that day"
        others = again[place + 1 : world.organization.n_events]
        assert (others["chance"] != chance).any(), "and never again"


def lived(plan, events, n_held: int) -> World:
    """A run to its end with a table of events whose last rows are held."""
    parts = {name: getattr(empty_world(plan, 2000), name) for name in (*RECORDS, *TABLES)}
    world = world_of(**(parts | {"events": events}))
    found_world(world, 4)
    world.organization.n_held = n_held
    assert run_days(world, 0, plan.n_days) == plan.n_days
    return world


def test_a_dispute_goes_up_to_a_manager_of_the_reps_unit():
    world = simulate(build((2, 4, 0, 2, 0), 120, 0, QUARRELS | {"escalation_chance": 1.0}, n_units=3), 1)
    incidents = np.asarray(world.incidents)[: world.organization.n_incidents]
    heard = incidents[incidents["manager"] >= 0]
    units = np.asarray(world.people)["unit"]
    assert (units[heard["manager"]] == units[heard["rep"]]).all()
    assert len(set(heard["manager"].tolist())) == 6, "each of them hears some"


def test_a_lever_that_is_set_moves_no_practice():
    step = ("handoff_point", 3.0, 5, 1_000_000, 20.0, 0.0)
    plain, moved = (simulate(build((2, 4, 0, 1, 0), 40, 0, steps=steps), 1) for steps in ([], [step]))
    assert plain.organization.level.tolist() == moved.organization.level.tolist()


def test_deals_taken_over_count_veterans_as_others_do():
    world = simulate(build((3, 8, 0, 1, 0), 200, 0, {"handoff_point": AT_OPPORTUNITY}), 1)
    leads = leads_of(world)
    taken = leads[(leads["source"] != INSTALLED_CUSTOMER) & (leads["handed_day"] >= 0)]
    assert (taken["handed_tenure"] >= 3 * DAYS_PER_YEAR).any()
    assert total(world, "contacted_veterans") == (taken["handed_tenure"] >= 3 * DAYS_PER_YEAR).sum()
    assert total(world, "contacted_novices") == (taken["handed_tenure"] < DAYS_PER_YEAR).sum()


def test_pay_that_is_shared_keeps_reps_from_giving_discounts_at_the_end_of_a_quarter():
    given = []
    for shared in (0.0, 1.0):
        rules = {"discount_shared_pay": shared, "discount_norm": 0.05}
        world = simulate(build((3, 8, 0, 1, 0), 200, 0, rules, {"shared_metric_sales": 0.5}), 1)
        won = leads_of(world)[np.isin(leads_of(world)["state"], WON)]
        given.append(float(won["discount"][won["source"] != INSTALLED_CUSTOMER].mean()))
    assert given[1] < given[0]


def test_contracts_of_customers_from_before_end_on_any_day_of_the_first_year():
    rules = {"customers_per_rep": 100.0, "raw_leads_per_rep_day": 0.0, "prospect_success": 0.0, "use_leaving": 0.0}
    world = simulate(build((1, 8, 0, 0, 0), DAYS_PER_YEAR + 20, 0, rules), 1)
    due = np.asarray(world.journal["renewals_due"])[:-1]
    assert due[0] == 0.0 and due[1] > 0.0
    assert due[:DAYS_PER_YEAR].sum() == 800.0 and due[DAYS_PER_YEAR - 1] > 0.0


@pytest.mark.parametrize("reps", [1, 2, 3, 4])
def test_the_largest_tenth_of_customers_is_that_of_a_sorted_list(reps):
    for seed in range(12):
        world = simulate(build((1, reps, 0, 0, 0), 10, 0, {"customers_per_rep": 2.0 + seed}), seed)
        leads = leads_of(world)
        values = np.sort(leads["value"][leads["state"] == CUSTOMER])
        assert len(values) > 1
        largest = values[-((len(values) + 9) // 10) :]
        assert outcomes_of(world)["concentration"] == pytest.approx(largest.sum() / values.sum())


def test_pairs_of_every_unit_get_to_know_each_other_alike():
    nothing_to_do = {"raw_leads_per_rep_day": 0.0, "customers_per_rep": 0.0, "prospect_success": 0.0, "leave_base": 0.0}
    meeting = {"meetings": 4.0, "agenda_discipline": 0.8, "collocation": 0.5}
    world = simulate(build((3, 4, 0, 1, 2), 60, 0, nothing_to_do, meeting, n_units=2), 1)
    for what in ("trust", "familiarity"):
        first, second = np.asarray(world.pairs)[what].reshape(2, 3, 4)
        assert (first == second).all()
        assert first[0, 0] == first[1, 1] == 1.0, "a generalist with himself"
        others = np.delete(first.ravel(), [0, 5])
        assert (others == others[0]).all() and others[0] < 1.0
        assert getattr(world.organization, f"mean_{what}") == pytest.approx(first.mean(), rel=0.02)
