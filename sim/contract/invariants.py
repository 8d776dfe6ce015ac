"""What holds on every evening of every organization (docs/odd.md, "Invariants"), with agents of extensions or without.

Each check is a function of a world on the evening of a day; what does not hold is an `AssertionError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.domain.blueprint import Blueprint, empty_world, grow
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.records import JOURNAL, World
from sim.domain.vocabulary import (
    ARCHIVED,
    AVAILABLE,
    CARRIED_CHANGE,
    CHURNED,
    CUSTOMER,
    DISCOVERY,
    DISPUTES,
    EXPIRED,
    HANDED,
    INSTALLED_CUSTOMER,
    LOST,
    NEGLECTED,
    NEGOTIATION,
    NO_DECISION,
    PROPOSAL,
    RAW,
    REJECTED,
    SELF_FOUND,
    STATES,
    TAKEN,
    UNREAD,
    WON,
)
from sim.engine.entries import found_world
from sim.engine.run import live

OPEN = (DISCOVERY, PROPOSAL, NEGOTIATION)
# What may follow a state within a day; a rep may take the deal of a buyer in a hurry through all stages.
FROM_NEGOTIATION = {NEGOTIATION, CUSTOMER, LOST}
FROM_PROPOSAL = {PROPOSAL, *FROM_NEGOTIATION}
FROM_DISCOVERY = {DISCOVERY, *FROM_PROPOSAL}
NEXT = {
    RAW: {RAW, HANDED, ARCHIVED, REJECTED, *FROM_DISCOVERY},  # handed off in the morning, called in the afternoon
    HANDED: {HANDED, REJECTED, EXPIRED, *FROM_DISCOVERY},
    DISCOVERY: FROM_DISCOVERY,
    PROPOSAL: FROM_PROPOSAL,
    NEGOTIATION: FROM_NEGOTIATION,
    CUSTOMER: {CUSTOMER, CHURNED},
    CHURNED: {CHURNED},
    LOST: {LOST},
    EXPIRED: {EXPIRED},
    ARCHIVED: {ARCHIVED},
    REJECTED: {REJECTED},
}
SHARES_OF_PEOPLE = (
    *("vocabulary", "market_knowledge", "inbox_habit", "experience", "strain", "productivity", "post"),
    *("trust_of_marketing", "trust_of_sales", "service_level", "product_knowledge"),
)
SHARES_OF_LEADS = ("p_decide", "p_yes", "message", "context", "discount")
SHARES_OF_DAYS = (
    *("trust", "familiarity", "vocabulary", "market_knowledge", "strain", "orientation_gap", "liaison_trust"),
    *("funnel_seen", "service_level", "product_knowledge", "programme_cut", "brand_share"),
)
SHARES_OF_ALL = ("orientation_sales", "orientation_marketing", "mean_trust", "mean_familiarity", "clarified")


def evenings(plan: Blueprint, seed: int) -> Iterator[tuple[World, int]]:
    """The world on every evening of a run, with the day that is over."""
    world = empty_world(plan, capacity=50)
    found_world(world, seed)
    for day in range(plan.n_days):
        while live(world, day, day + 1) == day:
            world = grow(world)
        yield world, day


def sums_until(world: World, day: int) -> dict[str, float]:
    """Sums of the journal's columns over all days until this evening."""
    return dict(zip(JOURNAL.names or (), world.ledger[: day + 1].sum(axis=0).tolist(), strict=True))


def chain(links: list[int], first: int) -> list[int]:
    """Rows of a linked list, given where each row's link leads; a row met twice is an endless list."""
    rows, first = [], int(first)
    while first >= 0:
        assert first < len(links), f"row {first} does not exist"
        rows.append(first)
        assert len(rows) <= len(links), f"the list from row {rows[0]} has no end"
        first = links[first]
    return rows


def check_balance_of_leads(world: World, day: int) -> None:
    """Every lead that came is in one state, and the journal has counted how it got there."""
    leads, total, firm = leads_of(world), sums_until(world, day), world.organization
    n = {name: int((leads["state"] == state).sum()) for state, name in enumerate(STATES)}
    n_open = sum(n[STATES[state]] for state in OPEN)
    n_installed = int((leads["source"] == INSTALLED_CUSTOMER).sum())
    reps = world.rules.growth_reps[0] if world.rules.n_growth > 0 else firm.unit_reps
    assert n_installed == world.rules.customers_per_rep * firm.n_units * reps
    assert sum(n.values()) == len(leads) == total["leads_in"] + total["self_found"] + n_installed
    assert total["handed_off"] == total["contacted"] + total["expired"] + n["handed"]
    assert total["contacted"] == total["accepted"] + total["rejected"]
    own = total["opened_by_marketing"] - total["taken_over"]
    assert total["leads_in"] == n["raw"] + n["archived"] + total["handed_off"] + own
    assert total["deals_opened"] == total["accepted"] + total["self_found"] + own
    of_marketing = np.isin(leads["state"], OPEN) & (leads["rep"] == leads["marketer"])
    assert (leads["state"][of_marketing] == DISCOVERY).all()
    assert total["deals_opened"] == n["customer"] + n["churned"] - n_installed + n["lost"] + n_open
    written = ("archived", "rejected", "expired")
    assert [total[name] for name in written] == [n[name] for name in written]
    won = leads[np.isin(leads["state"], WON) & (leads["source"] != INSTALLED_CUSTOMER)]
    assert total["wins"] == len(won)
    reasons = [int((leads["reason"] == reason).sum()) for reason in range(NO_DECISION, NEGLECTED + 1)]
    names = ("lost_no_decision", "lost_competitor", "lost_said_no", "lost_neglected")
    assert [total[name] for name in names] == reasons
    assert sum(reasons) == n["lost"]
    np.testing.assert_allclose(total["bookings"], won["booked"].sum(), rtol=1e-9)
    assert total["wins_marketing"] == (won["source"] != SELF_FOUND).sum()
    assert total["self_found"] == (leads["source"] == SELF_FOUND).sum()
    assert firm.n_leads == len(leads)
    is_handed = ~np.isin(leads["source"], (SELF_FOUND, INSTALLED_CUSTOMER)) & (leads["handed_day"] >= 0)
    has_met_rep = is_handed & ~np.isin(leads["state"], (HANDED, EXPIRED))
    ends = {"contacted": has_met_rep, "expired": leads["state"] == EXPIRED}
    tenures = {"novices": leads["handed_tenure"] < 260, "veterans": leads["handed_tenure"] >= 780}
    for end, ended in ends.items():
        assert {name: total[f"{end}_{name}"] for name in tenures} == {
            name: (ended & is_of_tenure).sum() for name, is_of_tenure in tenures.items()
        }


def check_balance_of_accounts(world: World, day: int) -> None:
    """Customers of the rows are those of people and journal; a contract that came up was renewed or ended."""
    leads, total, book = leads_of(world), sums_until(world, day), world.journal[day]
    is_customer, has_churned = leads["state"] == CUSTOMER, leads["state"] == CHURNED
    assert book.customers == is_customer.sum()
    assert total["renewals_due"] == leads["renewals"].sum()
    assert total["renewals_due"] - total["renewals_won"] == has_churned.sum()
    assert ((leads["churned_day"] >= 0) == has_churned).all()
    n_marketers = world.organization.n_marketers
    for owner, row in (("rep", slice(n_marketers, None)), ("marketer", slice(0, n_marketers))):
        owners = leads[owner][is_customer]
        counts = np.bincount(owners, minlength=len(world.people))
        weights = np.bincount(owners, weights=leads["hours_factor"][is_customer], minlength=len(world.people))
        assert (counts[row] == world.people["customers"][row]).all()
        np.testing.assert_allclose(weights[row], world.people["service_weight"][row], rtol=1e-9, atol=1e-9)


def check_money(world: World, day: int) -> None:
    """Revenue is a day of every contract in force, delivery a share of its list value, profit what is left."""
    leads, book, rules = leads_of(world), world.journal[day], world.rules
    running = leads[leads["state"] == CUSTOMER]
    np.testing.assert_allclose(book.revenue, running["value"].sum() / 260, rtol=1e-9, atol=1e-6)
    delivery = rules.delivery_share * running["list_value"].sum() / 260
    np.testing.assert_allclose(book.delivery, delivery, rtol=1e-9, atol=1e-6)
    cost = book.delivery + book.pay + book.programme + book.practice_cost + book.intervention_cost
    np.testing.assert_allclose(book.profit + cost, book.revenue, rtol=1e-9, atol=1e-6)
    assert 0 <= book.pay_marketing <= book.pay * (1 + 1e-12)


def check_balance_of_disputes(world: World, day: int) -> None:
    """Disputes of the journal are those of the ledger."""
    total = sums_until(world, day)
    incidents = np.asarray(world.incidents[: world.organization.n_incidents])
    by_kind = [int((incidents["kind"] == kind).sum()) for kind in range(1, len(DISPUTES) + 1)]
    assert [total[f"{name}_disputes"] for name in DISPUTES] == by_kind
    assert sum(by_kind) == len(incidents)
    assert total["personal_disputes"] == incidents["is_personal"].sum()
    assert total["escalated_disputes"] == incidents["is_escalated"].sum()
    assert total["liaison_disputes"] == incidents["is_heard"].sum()
    assert (incidents["is_escalated"] <= incidents["is_personal"]).all()


def check_hearings(world: World, day: int) -> None:
    """What managers have heard stands on the disputes; who waits for a hearing has a dispute that waits."""
    rules, firm, people = world.rules, world.organization, np.asarray(world.people)
    incidents = np.asarray(world.incidents[: firm.n_incidents])
    is_heard, hours = incidents["heard_day"] >= 0, incidents["manager_hours"]
    total = sums_until(world, day)
    np.testing.assert_allclose(total["manager_hours"], hours.sum(), rtol=1e-9, atol=1e-9)
    assert total["hearings"] == is_heard.sum()
    assert (hours[is_heard] >= rules.manager_hours).all() and (hours <= rules.manager_hours + 1e-9).all()
    assert ((incidents["manager"] >= 0) == (incidents["is_escalated"] == 1)).all()
    waiting = incidents[(incidents["is_escalated"] == 1) & ~is_heard]
    for side in ("marketer", "rep"):
        is_same = people["first_day"][waiting[side]] <= waiting["day"]
        rows = np.flatnonzero(people["role"] == (0 if side == "marketer" else 1))
        waits = np.bincount(waiting[side][is_same], minlength=len(people))
        assert (people["open_hearings"][rows] == waits[rows]).all()


def check_transitions(before: Any, after: Any) -> None:
    """A lead passes from state to state as leads do, and none comes from nowhere."""
    for state in range(len(STATES)):
        reached = set(after["state"][: len(before)][before["state"] == state].tolist())
        assert reached <= NEXT[state], f"from {STATES[state]} to {[STATES[other] for other in reached - NEXT[state]]}"
    assert set(after["state"][len(before) :].tolist()) <= {RAW, DISCOVERY}, "a customer from nowhere"
    fixed = ("key", "born_day")
    assert all((before[name] == after[name][: len(before)]).all() for name in fixed)


def check_hours(world: World) -> None:
    """What people have done takes the hours that they had."""
    hours = np.asarray(world.people["hours"])
    used = np.delete(hours, AVAILABLE, axis=1).sum(axis=1)
    np.testing.assert_allclose(used, hours[:, AVAILABLE], rtol=1e-9, atol=1e-9)
    assert (np.delete(hours, CARRIED_CHANGE, axis=1) >= 0).all()
    for name in ("hours_left", "carried_hours", "dispute_hours_owed", "visit_hours_owed", "service_hours_owed"):
        assert (world.people[name] >= 0).all(), name


def check_programme(world: World, day: int) -> None:
    """What is spent on the programme, buys selling hours or is saved is what management grants, every day."""
    firm, book = world.organization, world.journal[day]
    granted = world.rules.programme_per_rep * book.desks / 260 * (1 + firm.level[list(PRACTICES).index("budget")])
    np.testing.assert_allclose(book.programme + book.capacity_pay + book.programme_saved, granted, rtol=1e-9)
    assert min(book.programme, book.capacity_pay, book.programme_saved) >= 0.0


def check_bounds(world: World, day: int) -> None:
    """Shares lie within 0–1, levels within their range, and every number is one."""
    tables = {"people": (np.asarray(world.people), SHARES_OF_PEOPLE), "leads": (leads_of(world), SHARES_OF_LEADS)}
    tables |= {"pairs": (np.asarray(world.pairs), world.pairs.dtype.names)}
    tables |= {"journal": (np.asarray(world.journal[day : day + 1]), SHARES_OF_DAYS)}
    for table, (rows, names) in tables.items():
        for name in names:
            assert ((rows[name] >= 0) & (rows[name] <= 1)).all(), f"{table}.{name} leaves 0–1: {rows[name]}"
    firm = world.organization
    assert all(0 <= firm[name] <= 1 for name in SHARES_OF_ALL)
    assert firm.brand > 0 and firm.campaign_effort > 0 and firm.pool_use > 0
    assert all(p.low <= level <= p.high for p, level in zip(PRACTICES.values(), firm.level, strict=True))
    assert np.isfinite(world.ledger).all()
    assert all(np.isfinite(np.asarray(world.people[name])).all() for name in world.people.dtype.names)
    assert (leads_of(world)["value"] >= 0).all()


def check_order_of_days(world: World, day: int) -> None:
    """What happened to a lead happened in order, and not in the future."""
    leads = leads_of(world)
    is_installed = leads["source"] == INSTALLED_CUSTOMER
    assert (leads["customer_since"][is_installed] < 0).all()
    leads = leads[~is_installed]
    last = np.asarray(leads["born_day"]).copy()
    assert (last >= 0).all() and (last <= day).all()
    is_early = (leads["is_qualified"] == 1) & (leads["first_day"] >= 0)  # marketing has talked with the buyer before
    assert (leads["first_day"][is_early] >= last[is_early]).all()
    for name in ("handed_day", "first_day", "closed_day", "churned_day"):
        happened = (leads[name] >= 0) & ~((name == "first_day") & is_early)
        assert (leads[name][happened] >= last[happened]).all(), f"{name} is too early"
        assert (leads[name] <= day).all(), f"{name} is in the future"
        last[happened] = leads[name][happened]
    is_closed = ~np.isin(leads["state"], (RAW, HANDED, *OPEN))
    assert (is_closed == (leads["closed_day"] >= 0)).all()


def check_counters(world: World) -> None:
    """What is counted of people and leads is what there is."""
    leads, firm = leads_of(world), world.organization
    is_unread = (leads["state"] == HANDED) & (leads["is_willing"] == UNREAD)
    is_open = np.isin(leads["state"], OPEN)
    assert firm.n_current == np.isin(leads["state"], (RAW, HANDED, *OPEN, CUSTOMER)).sum()
    for rep in range(firm.n_marketers + firm.n_reps):
        of_rep = leads["rep"] == rep
        assert world.people["unread"][rep] == (is_unread & of_rep).sum()
        assert world.people["open_deals"][rep] == (is_open & of_rep).sum()


def check_lists(world: World, day: int) -> None:
    """Each waiting row lies in one list, on its day or with its owner; each unread lead in its rep's inbox."""
    leads, firm, rules = leads_of(world), world.organization, world.rules
    reps = range(firm.n_marketers, firm.n_marketers + firm.n_reps)
    links, inboxes = world.links["next_due"].tolist(), world.handed["next_inbox"].tolist()
    raw, due, renewals = (
        {when: chain(links, first) for when, first in enumerate(world.calendar[each].tolist()[day + 1 :], day + 1)}
        for each in ("raw", "due", "renewal")
    )
    queues = {row: chain(links, world.people["queue_head"][row]) for row in range(firm.n_marketers)}
    desks = {row: chain(links, world.people["desk_head"][row]) for row in range(firm.n_marketers + firm.n_reps)}
    linked = [row for lists in (raw, due, renewals, queues, desks) for rows in lists.values() for row in rows]
    assert len(linked) == len(set(linked)), "a lead lies in two lists"
    asleep = set(range(len(leads))) - set(linked)
    for row in np.flatnonzero(leads["state"] == RAW).tolist():
        if row in asleep:  # for good: its day lies beyond the run
            born, is_recycled = leads["born_day"][row], leads["recycles"][row] > 0
            latest = (
                day + rules.recycle_wait_days if is_recycled else born + rules.due_days_low + rules.due_days_spread - 1
            )
            assert latest >= rules.n_days, f"raw lead {row} is lost"
    for row in np.flatnonzero(np.isin(leads["state"], OPEN)).tolist():
        when, rep = leads["due_day"][row], leads["rep"][row]
        assert row in (desks[rep] if when <= day else due.get(when, asleep)), f"deal {row} is lost"
    is_taken = (leads["state"] == HANDED) & (leads["is_willing"] == TAKEN)
    assert all(row in desks[leads["rep"][row]] for row in np.flatnonzero(is_taken)), "a lead that was taken is lost"
    assert all((leads["marketer"][rows] == marketer).all() for marketer, rows in queues.items())
    assert all((leads["state"][rows] == RAW).all() for rows in queues.values())
    for rep in reps:
        inbox = chain(inboxes, world.people["inbox_head"][rep])
        is_unread = (leads["rep"] == rep) & (leads["state"] == HANDED) & (leads["is_willing"] == UNREAD)
        assert set(np.flatnonzero(is_unread).tolist()) <= set(inbox), "an unread lead is in no inbox"
    contract_ends = (leads["renewals"] + 1) * 260 + leads["customer_since"]
    for row in np.flatnonzero((leads["state"] == CUSTOMER) & (leads["source"] != INSTALLED_CUSTOMER)).tolist():
        assert row in renewals.get(contract_ends[row], asleep), f"the contract of customer {row} is lost"
    check_reviews(world, day)


def check_vacancies(world: World) -> None:
    """Where nobody is there, nothing of a person is."""
    firm, rules = world.organization, world.rules
    tomorrow = set(np.asarray(rules["growth_day"])[: rules["n_growth"]].tolist()) & {int(firm.day) + 1}
    is_vacant = np.asarray(world.people["first_day"]) > firm.day
    planned = {0: firm.marketers_today, 1: firm.reps_today, 2: firm.n_liaisons, 3: firm.managers_today}
    is_planned = np.array([person.slot < planned[int(person.role)] for person in world.people])
    assert is_vacant[~is_planned].all()
    assert tomorrow or not (is_vacant & is_planned)[np.asarray(world.people["role"]) != 1].any()
    for name in ("strain", "carried_hours", "dispute_hours_owed", "visit_hours_owed", "experience"):
        assert (world.people[name][is_vacant] == 0).all(), name
    rows = np.arange(len(world.pairs))
    marketers = rows // firm.unit_reps
    reps = firm.n_marketers + np.asarray(world.people["unit"])[marketers] * firm.unit_reps + rows % firm.unit_reps
    of_nobody = np.asarray(world.pairs)[is_vacant[marketers] | is_vacant[reps]]
    assert (of_nobody["trust"] == rules.trust_start).all() and (of_nobody["familiarity"] == 0).all()
    incidents = np.asarray(world.incidents[: firm.n_incidents])
    assert not is_vacant[incidents["rep"][incidents["day"] == firm.day]].any()


def check_units(world: World) -> None:
    """Nobody deals with another unit, and a lead has both its owners in one."""
    units, leads = np.asarray(world.people["unit"]), leads_of(world)
    is_owned = leads["rep"] >= 0
    assert (units[leads["marketer"][is_owned]] == units[leads["rep"][is_owned]]).all()
    incidents = np.asarray(world.incidents[: world.organization.n_incidents])
    assert (units[incidents["marketer"]] == units[incidents["rep"]]).all()
    is_up = incidents["manager"] >= 0
    assert (units[incidents["manager"][is_up]] == units[incidents["rep"][is_up]]).all()


def check_reviews(world: World, day: int) -> None:
    """Each handed-off lead will be looked at once more, unless the run ends before."""
    leads, rules = leads_of(world), world.rules
    links = world.handed["next_review"].tolist()
    reviewed = [row for first in world.calendar["review"].tolist()[day + 1 :] for row in chain(links, first)]
    assert len(reviewed) == len(set(reviewed)), "a lead is to be looked at twice"
    for row in set(np.flatnonzero(leads["state"] == HANDED).tolist()) - set(reviewed):
        latest = leads["handed_day"][row] + max(rules.second_look_days, rules.expiry_days)
        assert latest >= rules.n_days, f"handed-off lead {row} is forgotten"


def check_room(world: World) -> None:
    """The morning's reckoning of the rows that the day could need was enough."""
    firm = world.organization
    assert firm.n_leads <= firm.leads_needed
    assert firm.n_current <= firm.desk_needed
    assert firm.n_incidents <= firm.incidents_needed


def check_added(world: World) -> None:
    """Agents of extensions use no more hours than they have, and their numbers are numbers."""
    agents = np.asarray(world.agents)
    assert (agents["hours_left"] >= 0).all()
    assert (agents["hours_used"] <= agents["hours_available"] + 1e-9).all(), "an agent worked longer than it is there"
    assert ((agents["post"] >= 0) & (agents["post"] <= 1)).all()
    assert (agents["count"] >= 0).all() and np.isfinite(agents["count"]).all() and np.isfinite(agents["value"]).all()


def check_all_evenings(plan: Blueprint, seed: int) -> None:
    """Check everything on every evening of a run."""
    before = None
    for world, day in evenings(plan, seed):
        check_balance_of_leads(world, day)
        check_balance_of_accounts(world, day)
        check_money(world, day)
        check_balance_of_disputes(world, day)
        check_hearings(world, day)
        check_hours(world)
        check_bounds(world, day)
        check_programme(world, day)
        check_order_of_days(world, day)
        check_counters(world)
        check_lists(world, day)
        check_vacancies(world)
        check_units(world)
        check_room(world)
        check_added(world)
        leads = leads_of(world).copy()
        if before is not None:
            check_transitions(before, leads)
        before = leads
