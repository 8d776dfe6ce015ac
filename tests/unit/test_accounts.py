"""After the sale: the renewal formula by hand, who serves, ties, money of a contract, the second product."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from sim.analysis.rows import leads_of
from sim.domain.blueprint import Blueprint, empty_world
from sim.domain.records import World
from sim.domain.rules import RULES
from sim.domain.vocabulary import (
    CHURNED,
    DRAW_RENEWS,
    INSTALLED_CUSTOMER,
    PRODUCT_B,
    SERVING,
    WON,
)
from sim.engine.entries import found_world, run_days
from sim.engine.run import outcomes_of, simulate
from tests.blueprints import build

NO_NEW_DEALS = {"raw_leads_per_rep_day": 0.0, "prospect_success": 0.0, "use_leaving": 0}


def service_hours(world: World, plan: Blueprint) -> tuple[float, float]:
    """Hours of service by marketers and by reps."""
    hours = np.asarray(world.people["hours"])[:, SERVING]
    return float(hours[: plan.n_marketers].sum()), float(hours[plan.n_marketers :].sum())


def chance_by_hand(before: World, lead: int, day: int, rules: dict[str, float], plans: float) -> float:
    """The chance of a renewal as docs/odd.md writes it, with the state of the evening before."""
    row, rep = before.leads[lead], before.people[before.leads[lead].rep]
    served = max(0, day - max(row.customer_since, rep.first_day))
    tie = 0.4 - math.exp(-served / 260) * (1 - 0.5 * plans)
    odds = 2.3 + 0.25 * row.fit - 1.3 * (1 - row.message) + 0.9 * (rep.service_level - 0.5)
    odds += -4 * max(0.0, row.discount - 0.08) + 0.4 * row.product + 0.3 * math.log(before.organization.brand)
    return 1 / (1 + math.exp(-odds - rules["tie_strength"] * row.hours_factor * tie))


@pytest.mark.parametrize("plans", [0.0, 0.7])
def test_every_renewal_has_the_chance_that_the_formula_gives(plans):
    rules = {rule.name: rule.default for rule in RULES}
    plan = build((2, 5, 0, 1, 0), 420, 20, practices={"account_plans": plans})
    world = empty_world(plan, capacity=40_000, n_events=200_000)
    found_world(world, 11)
    checked = 0
    for day in range(plan.n_days):
        due, first = [], world.calendar.renewal[day]
        while first >= 0:
            due.append(int(first))
            first = world.links[first].next_due
        brand = float(world.organization.brand)
        by_hand = {int(world.leads[lead].key): chance_by_hand(world, lead, day, rules, plans) for lead in due}
        n_before = int(world.organization.n_events)
        assert run_days(world, day, day + 1) == day + 1
        rows = world.events[n_before : int(world.organization.n_events)]
        asked = {int(row.key): float(row.chance) for row in rows if row.purpose == DRAW_RENEWS}
        assert asked.keys() == by_hand.keys()
        drift = abs(0.3 * math.log(float(world.organization.brand) / brand))  # brand moves in the morning
        for key, chance in by_hand.items():
            assert asked[key] == pytest.approx(chance, abs=drift + 1e-12)
            checked += 1
    assert checked > 80
    assert (np.asarray(world.leads["renewals"]) == 2).any()


def test_a_contract_pays_its_yearly_value_and_no_more():
    """Nothing is sold and nobody renews: what is left of 12 contracts each is paid, day by day."""
    plan = build((2, 5, 0, 1, 0), 300, 0, rules=NO_NEW_DEALS | {"renewal_base": -4.0, "renewal_message": 4.0})
    plan.rules["tie_strength"] = 0.0
    world = simulate(plan, 3)
    leads = leads_of(world)
    gone = leads[leads["state"] == CHURNED]
    assert len(gone) > 50
    until = np.where(gone["renewals"] > 1, gone["churned_day"] - 260, gone["churned_day"])
    once = gone[gone["renewals"] == 1]
    paid = (once["value"] * until[gone["renewals"] == 1] / 260).sum()
    others = leads[(leads["state"] != CHURNED) | (leads["renewals"] > 1)]
    assert len(others) < 10
    everything = world.journal["revenue"][: plan.n_days].sum()
    assert paid <= everything * (1 + 1e-9)
    if len(others) == 0:
        assert paid == pytest.approx(everything, rel=1e-9)


def test_a_win_is_paid_in_full_when_it_has_run_for_a_year():
    plan = build((2, 4, 0, 1, 0), 330, 0, rules={"customers_per_rep": 0, "use_leaving": 0})
    world = simulate(plan, 2)
    won = leads_of(world)[np.isin(leads_of(world)["state"], WON)]
    first_year = won["booked"] / 260 * np.minimum(260, plan.n_days - won["closed_day"])
    assert (won["renewals"] > 0).any()
    renewed = won[(won["renewals"] == 1) & (won["state"] != CHURNED)]
    second = renewed["value"] / 260 * (plan.n_days - renewed["closed_day"] - 260)
    paid = world.journal["revenue"][: plan.n_days].sum()
    assert paid == pytest.approx(first_year.sum() + second.sum(), rel=1e-9)


def test_the_hours_of_service_move_with_its_owner():
    hours = {owner: [] for owner in (0, 1, 2)}
    for owner in hours:
        plan = build((3, 8, 0, 1, 0), 200, 65, rules=NO_NEW_DEALS | {"service_owner": owner})
        hours[owner] = service_hours(simulate(plan, 1), plan)
    assert hours[0][0] == 0.0 and hours[0][1] > 0.0
    assert hours[1][0] > 0.0 and hours[1][1] == 0.0
    assert hours[2][0] > 0.0 and hours[2][1] > 0.0
    assert sum(hours[1]) == pytest.approx(sum(hours[0]), rel=0.05)
    assert hours[2][0] == pytest.approx(0.5 * hours[1][0], rel=0.05)


def test_marketers_take_the_hours_of_service_from_campaigns():
    efforts = []
    for owner in (0, 1):
        plan = build((2, 10, 0, 1, 0), 200, 0, rules={"service_owner": owner, "service_hours": 5.0})
        efforts.append(float(simulate(plan, 1).organization.campaign_effort))
    assert efforts[1] < 0.9 * efforts[0]


def retention(rules: dict[str, float], n_seeds: int = 12) -> float:
    """Mean over seeds; all reps are replaced again and again."""
    leaving = {"leave_base": 0.15, "vacancy_days": 1, "leave_per_dispute": 0.0}
    plan = build((3, 8, 0, 1, 0), 390, 0, rules=leaving | rules)
    return float(np.mean([outcomes_of(simulate(plan, seed)).retention for seed in range(n_seeds)]))


def test_a_tie_to_a_marketer_survives_the_rep():
    """Service given in full either way, promises told: what differs is whose the tie is."""
    same = {"use_service": 0, "service_promise": 0.0, "tie_strength": 3.0}
    assert retention(same | {"service_owner": 1}) > retention(same | {"service_owner": 0}) + 0.02
    assert retention(same | {"service_owner": 1, "use_ties": 0}) == pytest.approx(
        retention(same | {"service_owner": 0, "use_ties": 0}), abs=0.02
    )


def test_a_marketer_who_does_not_know_the_promise_serves_less_well():
    ignorant = {"use_ties": 0, "service_owner": 1, "renewal_service": 4.0}
    assert retention(ignorant | {"service_promise": 1.0}) < retention(ignorant | {"service_promise": 0.0}) - 0.02


def test_service_that_does_not_fit_into_the_day_is_missed_by_customers():
    usual = {"use_leaving": 0, "renewal_service": 4.0}
    short = usual | {"service_hours": 40.0}
    plan = build((3, 8, 0, 1, 0), 200, 65, rules=short)
    outcomes = outcomes_of(simulate(plan, 1))
    assert outcomes.service_level < 0.75
    people = simulate(plan, 1).people
    due = 40.0 * people["service_weight"] / 65
    assert (people["service_hours_owed"] <= 65 * due + 1e-9).all()
    assert retention(short) < retention(usual) - 0.03
    assert retention(short | {"use_service": 0}) > retention(short) + 0.02
    assert outcomes_of(simulate(build(rules=short | {"use_service_hours": 0}), 1)).service_hours == 0.0


def test_without_slopes_the_renewals_are_binomial():
    flat = ("fit", "message", "service", "discount", "brand", "new_product")
    rules = {f"renewal_{name}": 0.0 for name in flat} | {"tie_strength": 0.0}
    due = won = 0.0
    for seed in range(10):
        book = simulate(build((3, 8, 0, 1, 0), 390, 0, rules=rules), seed).journal[:390]
        due, won = due + book["renewals_due"].sum(), won + book["renewals_won"].sum()
    expected = 1 / (1 + math.exp(-2.3))
    z = NormalDist().inv_cdf(1 - 0.0005)
    assert abs(won / due - expected) <= z * math.sqrt(expected * (1 - expected) / due)


def test_news_of_service_reaches_marketing_along_one_funnel():
    told = {"prospect_success": 0.0, "use_leaving": 0}
    practices = {"feedback": 1.0, "funnel_unity": 1.0, "data_sharing": 1.0, "shared_metric_sales": 1.0}
    reports = []
    for loop in (0, 1):
        plan = build((3, 8, 0, 1, 0), 520, 300, rules=told | {"use_service_loop": loop}, practices=practices)
        reports.append(float(simulate(plan, 4).journal["reports"][:520].sum()))
    assert reports[1] > reports[0]


def test_product_b_is_sold_from_its_launch_only():
    world = simulate(build((3, 8, 0, 1, 0), 200, 50, rules={"launch_day": 40}), 1)
    leads = leads_of(world)
    opened = leads["first_day"] >= 90
    is_b = leads["product"] == PRODUCT_B
    assert is_b.any() and not is_b[~opened].any()
    assert not (leads_of(simulate(build(rules={"launch_day": 1000}), 1))["product"] == PRODUCT_B).any()
    won = leads[np.isin(leads["state"], WON) & is_b]
    np.testing.assert_allclose(won["booked"], won["list_value"] * (1 - won["discount"]))


def test_reps_learn_product_b_through_the_common_language():
    plan = build((2, 3, 0, 1, 0), 105, 0, rules={"use_leaving": 0, "use_vocabulary": 0, "vocabulary_start": 0.5})
    known = 1 - 0.9 * (1 - 0.04 * 0.25) ** 21
    reps = np.asarray(simulate(plan, 1).people["product_knowledge"])[2:5]
    np.testing.assert_allclose(reps, known, rtol=1e-12)


def test_who_knows_product_b_enters_its_market_sooner():
    slow = {"decide_new_product": 2.0, "product_base": 4.0}
    hours = []
    for gain in (0.0, 1.0):
        plan = build((3, 8, 0, 1, 0), 300, 20, rules=slow | {"product_knowledge_gain": gain})
        hours.append(np.mean([outcomes_of(simulate(plan, seed)).market_entry_hours for seed in range(6)]))
    assert hours[1] < 0.8 * hours[0]
    plan = build((3, 8, 0, 1, 0), 300, 20, rules=slow | {"product_knowledge_gain": 1.0, "use_product_knowledge": 0})
    unlearnt = np.mean([outcomes_of(simulate(plan, seed)).market_entry_hours for seed in range(6)])
    assert unlearnt > hours[1]


def test_the_installed_base_is_what_the_scenario_says():
    plan = build((3, 8, 0, 1, 0), 1, 0, rules={"customers_per_rep": 50})
    leads = leads_of(simulate(plan, 9))
    installed = leads[leads["source"] == INSTALLED_CUSTOMER]
    assert len(installed) == 400
    assert set(installed["marketer"].tolist()) == {0, 1, 2}
    assert installed["customer_since"].min() >= -1040 and installed["customer_since"].max() <= -1
    assert installed["fit"].mean() == pytest.approx(0.3, abs=3.3 * 0.8 / 20)
    assert np.log(installed["value"]).std() == pytest.approx(0.8, abs=0.1)


def test_concentration_and_return_on_marketing_are_what_they_say():
    plan = build((3, 8, 0, 1, 0), 200, 65)
    world = simulate(plan, 1)
    outcomes, leads = outcomes_of(world), leads_of(world)
    values = np.sort(leads["value"][leads["state"] == WON[0]])
    n_top = -(-len(values) // 10)
    assert outcomes.concentration == pytest.approx(values[-n_top:].sum() / values.sum(), rel=1e-12)
    is_marketing = (leads["source"] >= -1) | (leads["source"] == -3)
    won = leads[np.isin(leads["state"], WON) & is_marketing & (leads["closed_day"] >= 65)]
    margin = (won["booked"] - 0.28 * won["list_value"]).sum()
    spent = 135 / 260 * (3 * 115_000 + 8 * 55_000)
    assert outcomes.marketing_roi == pytest.approx(margin / spent - 1, rel=1e-9)
