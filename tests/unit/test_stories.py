"""The story of every lead, checked against the rows it is told from: day, hour, who; and disputes against theirs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.deals import deals_of
from sim.analysis.groups import by_person
from sim.analysis.history import decisions, event_log
from sim.analysis.incidents import ledger
from sim.analysis.process_log import process_log
from sim.domain.records import World
from sim.domain.vocabulary import (
    ARCHIVED,
    CHURNED,
    COMPETITOR,
    DISCOVERY,
    EXPIRED,
    INSTALLED_CUSTOMER,
    LOST,
    NEGLECTED,
    NO_DECISION,
    REJECTED,
    SAID_NO,
    SELF_FOUND,
    STATES,
)
from sim.engine.run import simulate
from tests.blueprints import build

WARMUP, DAYS = 20, 160
MARKETERS = 3
REASONS = {"no decision": NO_DECISION, "competitor": COMPETITOR, "said no": SAID_NO, "neglected": NEGLECTED}
#: Activities of the rows of leads: which day, who, and from which hour on.
TOLD = {
    "became a customer": ("customer_since", "rep", 8),
    "came in": ("born_day", "marketer", 8),
    "found by the rep": ("born_day", "rep", 16),
    "handed off": ("handed_day", "marketer", 9),
    "put away": ("closed_day", "marketer", 9),
    "lapsed": ("closed_day", "rep", 12),
    "first contact": ("first_day", "rep", 13),
    "turned down": ("closed_day", "rep", 13),
    "became a deal": ("first_day", "rep", 13),
    "won": ("closed_day", "rep", 13),
    "left": ("churned_day", "rep", 12),
    **{f"lost: {reason}": ("closed_day", "rep", 13) for reason in REASONS if reason != "neglected"},  # none here
}


@pytest.fixture(scope="module")
def world() -> World:
    rules = {"customers_per_rep": 3.0, "gamma_lead_quality": 1.0, "gamma_follow_up": 1.0, "escalation_chance": 0.5}
    return simulate(
        build((MARKETERS, 8, 0, 1, 0), DAYS, WARMUP, rules, {"feedback": 0.8, "sla": 0.9}), 2, n_events=60_000
    )


@pytest.fixture(scope="module")
def leads(world: World) -> np.ndarray:
    return np.asarray(world.leads)[: world.organization.n_leads]


@pytest.fixture(scope="module")
def log(world: World) -> Any:
    return event_log(world)


def name_of(person: int) -> str:
    return f"marketer {person + 1}" if person < MARKETERS else f"rep {person - MARKETERS + 1}"


@pytest.mark.parametrize("activity", TOLD)
def test_day_hour_and_person_are_those_of_the_lead(activity, log, leads):
    day, who, hour = TOLD[activity]
    told = log[log["activity"] == activity]
    assert len(told) > 0
    rows = leads[told["case"].to_numpy()]
    assert told["day"].tolist() == (rows[day] - WARMUP).tolist()
    assert told["resource"].tolist() == [name_of(person) for person in rows[who].tolist()]
    assert set(told["timestamp"].dt.hour) == {hour}
    assert told["timestamp"].dt.minute.max() < 10


def test_each_lead_is_told_of_what_befell_it(log, leads):
    cases = {activity: set(log.loc[log["activity"] == activity, "case"]) for activity in TOLD}

    def where(is_so: np.ndarray) -> set[int]:
        return set(np.flatnonzero(is_so).tolist())

    installed, found = leads["source"] == INSTALLED_CUSTOMER, leads["source"] == SELF_FOUND
    assert cases["became a customer"] == where(installed)
    assert cases["found by the rep"] == where(found)
    assert cases["came in"] == where(~installed & ~found)
    assert cases["handed off"] == where(leads["handed_day"] >= 0)
    assert cases["put away"] == where(leads["state"] == ARCHIVED)
    assert cases["lapsed"] == where(leads["state"] == EXPIRED)
    assert cases["turned down"] == where(leads["state"] == REJECTED)
    assert cases["left"] == where(leads["state"] == CHURNED)
    for reason, number in REASONS.items():
        assert cases.get(f"lost: {reason}", set()) == where(leads["reason"] == number)
    assert cases["first contact"] == where((leads["first_day"] >= 0) & ~installed & ~found)
    assert cases["turned down"] | cases["became a deal"] == cases["first contact"]
    assert not cases["turned down"] & cases["became a deal"]


def test_of_two_things_in_an_hour_the_later_stands_a_minute_later(log):
    same_hour = log.groupby(["case", "day", log["timestamp"].dt.hour])
    minutes = (log["timestamp"] - same_hour["timestamp"].transform("first")).dt.total_seconds() / 60
    assert minutes.tolist() == same_hour.cumcount().tolist()
    assert (minutes > 0).any()


def test_the_week_of_the_windows_first_day_begins_on_the_first_monday_of_2001(log):
    first = log[log["day"] >= 0].sort_values("timestamp").iloc[0]
    assert (first["day"], str(first["timestamp"].date())) == (0, "2001-01-01")
    assert set(log["timestamp"].dt.day_of_week) == set(range(5))
    days = (log["timestamp"].dt.normalize() - first["timestamp"].normalize()).dt.days
    assert log["calendar_day"].tolist() == days.tolist()


def test_a_log_for_other_programs_says_the_same(world, log, leads):
    table = process_log(world, "ours")
    rows = leads[log["case"].to_numpy()]
    assert table["case:concept:name"].tolist() == [f"ours/{case}" for case in log["case"]]
    assert table["org:resource"].tolist() == log["resource"].tolist()
    assert set(table["org:role"]) == {"marketer", "rep"}
    assert table["case:value"].tolist() == rows["booked"].tolist()
    assert table["case:outcome"].tolist() == [STATES[state] for state in rows["state"].tolist()]


def test_decisions_stand_as_they_were_recorded(world):
    table, rows = decisions(world), np.asarray(world.events)[: world.organization.n_events]
    assert len(table) == len(rows) > 100
    assert table["day"].tolist() == (rows["day"] - WARMUP).tolist()
    assert table["is_yes"].tolist() == (rows["draw"] < rows["chance"]).tolist()
    assert table["purpose"].ne("").all() and not table["purpose"].str.contains("_").any()


def test_each_dispute_stands_in_the_ledger_as_it_was(world):
    table, rows = ledger(world), np.asarray(world.incidents)[: world.organization.n_incidents]
    assert len(table) == len(rows) > 50
    assert table["lead"].fillna(-1).tolist() == rows["lead"].tolist()
    assert table["marketer"].tolist() == [name_of(person) for person in rows["marketer"].tolist()]
    assert table["rep"].tolist() == [name_of(person) for person in rows["rep"].tolist()]
    assert table["hours"].tolist() == rows["hours"].tolist()
    assert table["hours_of_both"].tolist() == (2.0 * rows["hours"]).tolist()
    assert (
        table["decided_day"].fillna(-999).tolist()
        == np.where(rows["heard_day"] >= 0, rows["heard_day"] - WARMUP, -999).tolist()
    )
    assert table["day"].tolist() == (rows["day"] - WARMUP).tolist()
    assert (table["about"] == "personal").tolist() == (rows["is_personal"] != 0).tolist()


def test_deals_of_the_window_begin_on_its_first_day(world, leads):
    never = (leads["source"] == INSTALLED_CUSTOMER) | (leads["first_day"] < 0)
    deals = leads[~never & (leads["state"] >= DISCOVERY) & (leads["state"] != REJECTED)]
    first = deals["first_day"].min()
    for warmup in (first, first + 1):
        later = world._replace(rules=world.rules.copy())
        later.rules.warmup_days = warmup
        own, found = deals[deals["first_day"] >= warmup], deals_of(later)
        last = np.where(own["closed_day"] < 0, DAYS - 1, own["closed_day"])
        assert found["days"].tolist() == pytest.approx((1.4 * (last - own["first_day"])).tolist())
        assert (found["how"] == "open").tolist() == (own["closed_day"] < 0).tolist()
        assert (found["how"] == "lost").tolist() == (own["state"] == LOST).tolist()
    assert (deals["first_day"] == first).any()


def test_people_are_told_with_their_unit_and_the_trust_of_their_pairs():
    world = simulate(build((2, 3, 0, 1, 0), 60, 10, {"leave_base": 0.2}, n_units=2), 1)
    table, people = by_person(world), np.asarray(world.people)
    assert table["unit"].tolist() == [1, 1, 2, 2, 1, 1, 1, 2, 2, 2, 1, 2]
    assert table["role"].tolist() == ["marketer"] * 4 + ["rep"] * 6 + ["manager"] * 2
    is_there = people["first_day"] <= world.organization.day
    assert table["is_there"].tolist() == is_there.tolist() and not is_there[4:10].all()
    trust = np.asarray(world.pairs["trust"]).reshape(4, 3)
    for marketer in range(4):
        unit = slice(4, 7) if marketer < 2 else slice(7, 10)
        assert table["trust"][marketer] == pytest.approx(trust[marketer][is_there[unit]].mean())
    tenure = np.maximum(60 - people["first_day"], 0)
    assert table["tenure_days"].tolist() == [0] * 4 + tenure[4:10].tolist() + [0, 0]


def test_a_dispute_about_the_very_first_lead_names_it(world):
    disputed = world._replace(incidents=world.incidents.copy())
    disputed.incidents["lead"][:3] = [0, -1, 7]
    disputed.incidents["heard_day"][:2] = [0, -1]
    table = ledger(disputed)
    assert table["lead"].fillna(-1).tolist()[:3] == [0, -1, 7]
    assert table["decided_day"].fillna(-999).tolist()[:2] == [-WARMUP, -999]
