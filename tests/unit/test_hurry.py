"""A buyer in a hurry is served the same day, as far as hours suffice (docs/odd.md, "Selling")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint, empty_world, grow
from sim.domain.records import World
from sim.domain.vocabulary import DISCOVERY, LOST, NEGOTIATION, PROPOSAL, RAW, SELF_FOUND, SELLING, WON
from sim.engine.entries import found_world, run_days
from sim.engine.run import simulate
from tests.blueprints import build

DECIDED = {f"{what}_{stage}": 4.0 for what in ("decide", "yes") for stage in ("discovery", "proposal", "negotiation")}
#: Buyers who never wait, decide at once and mostly say yes; nobody prospects, leaves or quarrels.
HURRIED = DECIDED | {"gap_days": 0.05, "tempo_sd": 0.0, "pace_sd": 0.0, "prospect_success": 0.0}
HURRIED |= {"raw_leads_per_rep_day": 3.0, "leave_base": 0.0}
#: So little work that a day has hours for all of it.
LIGHT = {f"{what}_hours": 0.05 for what in ("contact", "introduction", "discovery", "proposal", "negotiation")}
INQUIRY, OPPORTUNITY = 0, 3


def firm(rules: dict[str, float], n_days: int = 80) -> Blueprint:
    return build((3, 8, 0, 1, 0), n_days, 0, rules=HURRIED | rules)


def evenings(plan: Blueprint, capacity: int = 50) -> Iterator[tuple[World, int]]:
    world = empty_world(plan, capacity)
    found_world(world, 1)
    for day in range(plan.n_days):
        while run_days(world, day, day + 1) == day:
            world = grow(world)
        yield world, day


def rows(world: World) -> Any:
    return np.asarray(world.leads[: world.organization.n_leads])


def days_to_win(plan: Blueprint) -> Any:
    leads = rows(simulate(plan, 1))
    won = leads[np.isin(leads["state"], WON) & (leads["closed_day"] >= 0)]
    return won["closed_day"] - won["first_day"]


def test_a_buyer_in_a_hurry_can_be_won_on_the_day_of_the_first_contact():
    days = days_to_win(firm({}))
    assert len(days) > 20
    assert (days == 0).any()


def test_a_buyer_who_takes_his_time_is_not_pressed():
    days = days_to_win(firm({"gap_days": 9.0}, n_days=200))
    assert len(days) > 20
    assert days.min() >= 3 * round(0.8 * 9)  # the quickest size of buyer, three stages


def test_the_same_day_begins_below_half_a_day_between_touches():
    paces = build().rules.segment_pace[:3]
    just_below, just_above = 0.49 / max(paces), 0.51 / min(paces)
    assert days_to_win(firm(LIGHT | {"gap_days": just_below})).min() == 0
    assert days_to_win(firm(LIGHT | {"gap_days": just_above})).min() == 3


def test_where_hours_suffice_every_deal_of_a_buyer_in_a_hurry_ends_on_its_first_day():
    leads = rows(simulate(firm(LIGHT | {"rep_hours": 12.0}), 1))
    deals = leads[(leads["state"] == LOST) | (np.isin(leads["state"], WON) & (leads["closed_day"] >= 0))]
    assert len(deals) > 20
    assert (deals["closed_day"] == deals["first_day"]).all()
    assert not np.isin(leads["state"], (DISCOVERY, PROPOSAL, NEGOTIATION)).any()


def test_where_hours_do_not_suffice_he_waits_on_the_desk():
    waiting = 0
    for world, day in evenings(firm({"proposal_hours": 3.0, "rep_hours": 4.0})):
        leads = rows(world)
        in_hurry = leads[np.isin(leads["state"], (PROPOSAL, NEGOTIATION)) & (leads["due_day"] <= day)]
        waiting += len(in_hurry)
    assert waiting > 20
    assert (days_to_win(firm({"proposal_hours": 3.0, "rep_hours": 4.0})) > 0).any()


def test_touches_of_one_day_take_their_hours_each():
    plan = firm({f"{stage}_hours": 1.0 for stage in ("discovery", "proposal", "negotiation")})
    plan.rules["account_hours_power"] = 0.0
    world = simulate(plan, 1)
    wins = float(world.journal["wins"][:-1].sum())
    assert wins > 20
    assert world.people["hours"][:, SELLING].sum() >= 3.0 * wins


def test_a_prospect_found_at_the_end_of_the_day_sleeps_a_night():
    found = 0
    for world, day in evenings(firm({"prospect_success": 1.0, "raw_leads_per_rep_day": 0.0}, n_days=20)):
        leads = rows(world)
        fresh = leads[(leads["source"] == SELF_FOUND) & (leads["first_day"] == day)]
        assert (fresh["state"] == DISCOVERY).all()
        assert (fresh["touches"] == 0).all()
        assert (fresh["due_day"] == day + 1).all()
        found += len(fresh)
    assert found > 20


def test_a_deal_that_marketing_opens_or_hands_over_sleeps_a_night():
    opened = taken = 0
    for world, day in evenings(firm(LIGHT | {"handoff_point": OPPORTUNITY})):
        leads = rows(world)
        of_marketing = (leads["rep"] < world.organization.n_marketers) & (leads["state"] == DISCOVERY)
        fresh = leads[of_marketing & (leads["first_day"] == day)]
        assert ((fresh["due_day"] == day + 1) & (fresh["touches"] == 0)).all()
        over = leads[(leads["handed_day"] == day) & (leads["state"] != RAW)]
        assert ((over["state"] == PROPOSAL) & (over["due_day"] == day + 1) & (over["touches"] == 0)).all()
        opened, taken = opened + len(fresh), taken + len(over)
    assert opened > 20
    assert taken > 20


def test_a_day_finds_room_for_all_disputes_over_deals_won_on_their_first_day():
    """Three disputes for each contact and twice the usual hours: more than contacts alone would ask room for."""
    quarrel = {f"gamma_{kind}": 1.0 for kind in ("territory", "credit", "price", "lead_quality")}
    calm = ("rule_settles", "authority_settles", "informal_substitution", "use_dispute_hours", "leave_per_dispute")
    trust = (f"trust_{when}" for when in ("start", "gain", "accepted", "reported", "win", "functional"))
    eager = {"follow_up_base": 6.0, "acceptance_base": 4.0, "inbox_max": 1.0, "inbox_tracked": 1.0}
    many = {"raw_leads_per_rep_day": 25.0, "due_days_low": 1, "due_days_spread": 1, "handoff_point": INQUIRY}
    slow_calls = {
        "contact_hours": 1.0,
        "introduction_hours": 1.0,
        "account_hours_low": 0.05,
        "account_hours_power": 0.0,
    }
    rules = HURRIED | LIGHT | quarrel | dict.fromkeys([*calm, *trust], 0.0) | eager | many | slow_calls
    rules |= {
        "reading_hours": 0.01,
        "discount_norm": 1.0,
        "rep_hours": 12.0,
        "prospect_blocks": 0,
        "account_hours_power": 0,
    }
    rules |= {"second_look_days": 20, "expiry_days": 260}
    practices = {"sales_capacity": 1.0, "sla": 1.0}
    asked = before = 0
    for world, _ in evenings(build((8, 2, 0, 0, 0), 18, 0, rules, practices), 20_000):
        n, needed = world.organization.n_incidents, world.organization.incidents_needed
        assert n <= needed
        asked, before = max(asked, int(n) - before), int(n)
    of_contacts = 2 * int(3.0 * 12.0 + 0.5 + 1.0)
    assert asked > of_contacts + 2
