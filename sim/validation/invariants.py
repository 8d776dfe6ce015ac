"""Accounts that must balance at the end of every run, whatever was run (docs/odd.md, "Invariants").

An invariant is a sentence and a function of the finished world that says by how much it is violated; rounding apart,
that is 0. `tests/property` looks at every evening of random organizations; here the study's own runs are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.rows import is_deal, is_installed, leads_of
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.domain.records import World
from sim.domain.vocabulary import (
    ARCHIVED,
    AVAILABLE,
    CHURNED,
    CUSTOMER,
    DISCOVERY,
    DISPUTES,
    EXPIRED,
    HANDED,
    LOST,
    NEGLECTED,
    NEGOTIATION,
    NO_DECISION,
    PROPOSAL,
    RAW,
    REJECTED,
    UNREAD,
)
from sim.validation.readings import is_won

OPEN = (DISCOVERY, PROPOSAL, NEGOTIATION)
COSTS = ("delivery", "pay", "programme", "practice_cost", "intervention_cost")
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Invariant:
    """A sentence that always holds.

    Parameters
    ----------
    statement : str
        What holds.
    discrepancy : callable
        World → by how much it does not, 0 or more.
    """

    statement: str
    discrepancy: Callable[[World], float]


def total(world: World, column: str) -> float:
    """A column of the journal, summed over the whole run."""
    return float(np.asarray(world.journal[column][: int(world.rules.n_days)]).sum())


def _n(world: World, *states: int) -> float:
    return float(np.isin(leads_of(world)["state"], states).sum())


def _leads_in(world: World) -> float:
    known = total(world, "leads_in") - total(world, "handed_off") - total(world, "archived") - _n(world, RAW)
    rows = total(world, "leads_in") + total(world, "self_found") + float(is_installed(leads_of(world)).sum())
    rows -= float(world.organization.n_leads)
    return abs(known) + abs(rows) + abs(total(world, "archived") - _n(world, ARCHIVED))


def _handed_off(world: World) -> float:
    fates = total(world, "contacted") + total(world, "expired") + _n(world, HANDED)
    return abs(total(world, "handed_off") - fates) + abs(total(world, "expired") - _n(world, EXPIRED))


def _contacted(world: World) -> float:
    unknown = total(world, "contacted") - total(world, "accepted") - total(world, "rejected")
    return abs(unknown) + abs(total(world, "rejected") - _n(world, REJECTED))


def _deals(world: World) -> float:
    opened = total(world, "accepted") + total(world, "self_found")
    ended = total(world, "wins") + total(world, "lost_no_decision") + total(world, "lost_competitor")
    ended += total(world, "lost_said_no") + total(world, "lost_neglected")
    return abs(opened - total(world, "deals_opened")) + abs(opened - ended - _n(world, *OPEN))


def _won_and_lost(world: World) -> float:
    reasons = leads_of(world)["reason"]
    names = ("lost_no_decision", "lost_competitor", "lost_said_no", "lost_neglected")
    written = [total(world, name) for name in names]
    rows = [float((reasons == reason).sum()) for reason in range(NO_DECISION, NEGLECTED + 1)]
    differences = [abs(a - b) for a, b in zip(written, rows, strict=True)]
    won = float(is_won(leads_of(world)).sum())
    return sum(differences) + abs(sum(rows) - _n(world, LOST)) + abs(total(world, "wins") - won)


def _bookings(world: World) -> float:
    leads = leads_of(world)
    rows = float(leads["booked"][is_won(leads)].sum())
    return abs(total(world, "bookings") - rows) / max(1.0, rows)


def _customers(world: World) -> float:
    leads, last = leads_of(world), int(world.rules.n_days) - 1
    kept = float(world.journal["customers"][last]) - _n(world, CUSTOMER)
    ended = total(world, "renewals_due") - total(world, "renewals_won") - _n(world, CHURNED)
    return abs(kept) + abs(ended) + abs(total(world, "renewals_due") - float(leads["renewals"].sum()))


def _money(world: World) -> float:
    """Of every day's profit, and of the last day's revenue, relative to revenue."""
    days, leads = world.journal[: int(world.rules.n_days)], leads_of(world)
    cost = sum(np.asarray(days[name]) for name in COSTS)
    yearly = float(leads["value"][leads["state"] == CUSTOMER].sum())
    off = np.abs(days["profit"] + cost - days["revenue"]).max() + abs(yearly / DAYS_PER_YEAR - days["revenue"][-1])
    return float(off / max(1.0, days["revenue"].max()))


def _disputes(world: World) -> float:
    incidents = np.asarray(world.incidents[: int(world.organization.n_incidents)])
    kinds = [
        abs(total(world, f"{name}_disputes") - (incidents["kind"] == k).sum()) for k, name in enumerate(DISPUTES, 1)
    ]
    personal = abs(total(world, "personal_disputes") - incidents["is_personal"].sum())
    return float(sum(kinds) + personal + (incidents["is_escalated"] > incidents["is_personal"]).sum())


def _hours(world: World) -> float:
    hours = np.asarray(world.people["hours"])
    used = np.delete(hours, AVAILABLE, axis=1).sum(axis=1)
    return float(np.abs(used - hours[:, AVAILABLE]).max() / max(1.0, hours[:, AVAILABLE].max()))


def _beyond(values: Any) -> float:
    """How far values leave 0–1."""
    values = np.asarray(values)
    return float(max(0.0, -values.min(), values.max() - 1.0)) if len(values) else 0.0


def _shares(world: World) -> float:
    people = ("vocabulary", "market_knowledge", "experience", "strain", "productivity")
    leads = leads_of(world)
    return max(
        *(_beyond(world.people[name]) for name in people),
        *(_beyond(world.pairs[name]) for name in ("trust", "familiarity")),
        *(_beyond(leads[name]) for name in ("p_decide", "p_yes", "message", "context", "discount")),
    )


def _days_in_order(world: World) -> float:
    leads = leads_of(world)
    last, wrong = leads["born_day"], 0
    for name in ("handed_day", "first_day", "closed_day"):
        happened = leads[name] >= 0
        wrong += int((leads[name][happened] < last[happened]).sum())
        last = np.where(happened, leads[name], last)
    return float(wrong)


def _counters(world: World) -> float:
    leads, n_people = leads_of(world), len(world.people)
    is_unread = (leads["state"] == HANDED) & (leads["is_willing"] == UNREAD)
    unread = np.bincount(leads["rep"][is_unread], minlength=n_people)
    deals = np.bincount(leads["rep"][np.isin(leads["state"], OPEN)], minlength=n_people)
    return float(np.abs(unread - world.people["unread"]).sum() + np.abs(deals - world.people["open_deals"]).sum())


def _little(world: World) -> float:
    """Evenings that deals were open, as the journal counted and as their rows say."""
    leads, n_days = leads_of(world), int(world.rules.n_days)
    deals = leads[is_deal(leads)]
    end = np.where(deals["closed_day"] >= 0, deals["closed_day"], n_days)
    return abs(total(world, "open_deals") - float((end - deals["first_day"]).sum()))


INVARIANTS: dict[str, Invariant] = {
    "leads": Invariant(
        "Every inquiry is raw, archived or handed off; every row is an inquiry or self-found", _leads_in
    ),
    "hand-offs": Invariant("Every lead handed off was contacted, expired or waits", _handed_off),
    "contacts": Invariant("Every contact was accepted or rejected", _contacted),
    "deals": Invariant("Every deal opened was won, was lost or is open", _deals),
    "ends": Invariant("Wins and the four reasons of loss are counted as the rows say", _won_and_lost),
    "bookings": Invariant("Bookings are the values of the deals won", _bookings),
    "customers": Invariant("Customers are the rows; contracts that came up were renewed or ended", _customers),
    "money": Invariant("Profit is revenue less costs; revenue is a day of every contract in force", _money),
    "disputes": Invariant("Disputes by kind and those that turned personal are counted as the rows say", _disputes),
    "hours": Invariant("Every hour of every person is booked to a use", _hours),
    "shares": Invariant("Trust, words, knowledge, strain and all chances stay within 0–1", _shares),
    "days": Invariant("A lead is born, handed off, contacted and closed in this order", _days_in_order),
    "counters": Invariant("Unread leads and open deals of a rep are as many as the rows say", _counters),
    "little": Invariant("Little's law: deals open each evening, summed, are the days that deals were open", _little),
}
