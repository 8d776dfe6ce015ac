"""Leads, money, hours and disputes: books that must balance."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.analysis.rows import leads_of
from sim.domain.vocabulary import CUSTOMER, DISCOVERY, LOST, NEGOTIATION, PROPOSAL, STATES
from verification.accounts import customers
from verification.checks import FLOWS, Effort, Finding, check, none_of
from verification.firms import course, runs, shipped

# --- books that balance --------------------------------------------------------------------------------------------

FIRMS = ("micro", "small", "growing", "mid")


def worlds(effort: Effort) -> tuple[Any, ...]:
    """Some runs of each shipped size."""
    import pickle

    return tuple(pickle.loads(raw) for raw in _pickled(effort.is_quick))


@cache
def _pickled(is_quick: bool) -> tuple[bytes, ...]:
    import pickle

    return tuple(pickle.dumps(world) for name in FIRMS for world in runs(shipped(name), 1 if is_quick else 4))


@check(
    FLOWS,
    "leads-balance",
    "Every lead that came in is in one state; hand-offs, contacts, deals and ends add up (exact)",
    "a lead were lost, counted twice, or changed its state without an entry in the journal",
    error_rate=0.0,
)
def leads_balance(effort: Effort) -> Finding:
    """Six identities per run."""
    wrong = n = 0
    for world in worlds(effort):
        rows = leads_of(world)
        state = np.bincount(rows["state"], minlength=len(STATES))
        total = {name: course(world, name).sum() for name in world.journal.dtype.names}
        installed = int((rows["source"] == -3).sum()) or int((rows["born_day"] < 0).sum())
        opened = state[DISCOVERY] + state[PROPOSAL] + state[NEGOTIATION]
        lost = sum(total[f"lost_{reason}"] for reason in ("no_decision", "competitor", "said_no", "neglected"))
        identities = (
            total["leads_in"] + total["self_found"] + installed - len(rows),
            total["handed_off"] - total["contacted"] - total["expired"] - state[1],
            total["contacted"] - total["accepted"] - total["rejected"],
            total["deals_opened"]
            - total["accepted"]
            - total["self_found"]
            - total["opened_by_marketing"]
            + total["taken_over"],
            total["deals_opened"] - total["wins"] - lost - opened,
            lost - state[LOST],
        )
        wrong += sum(abs(each) > 1e-9 for each in identities)
        n += len(identities)
    return none_of(wrong, n, "identities do not hold")


@check(
    FLOWS,
    "profit-balances",
    "Profit of every day against revenue less delivery, pay, programme, practices, interventions",
    "a cost were booked that is not in the profit, or the other way round",
    error_rate=0.0,
)
def profit(effort: Effort) -> Finding:
    """To rounding."""
    from verification.checks import equal_to

    costs = ("delivery", "pay", "programme", "practice_cost", "intervention_cost")
    left = np.concatenate([course(world, "profit") for world in worlds(effort)])
    right = np.concatenate(
        [course(world, "revenue") - sum(course(world, name) for name in costs) for world in worlds(effort)]
    )
    return equal_to(left, right, 1e-9, "daily profits")


@check(
    FLOWS,
    "revenue-of-contracts",
    "Revenue of a year against the value of contracts, a 260th on each day of each",
    "a contract paid before its first day, after its last one, or another amount",
    error_rate=0.0,
)
def contracts(effort: Effort) -> Finding:
    """Where nobody renews: Σ value/260 × days in force."""
    from verification.checks import equal_to

    paid, due = [], []
    for world in runs(customers(1, 1e-26), effort.n(8, 3)):
        rows = leads_of(world)
        days = np.where(rows["churned_day"] < 0, 260, rows["churned_day"])
        paid.append(course(world, "revenue").sum())
        due.append((rows["value"] * days / 260.0).sum())
    return equal_to(paid, due, 1e-9, "revenue of a run")


@check(
    FLOWS,
    "bookings-balance",
    "Bookings and renewals of the journal against the rows of deals and customers",
    "a win were booked at another value than the contract's",
    error_rate=0.0,
)
def bookings(effort: Effort) -> Finding:
    """Sums of rows."""
    from verification.checks import equal_to

    written, rows_sum = [], []
    for world in worlds(effort):
        rows = leads_of(world)
        won = (rows["closed_day"] >= 0) & ((rows["state"] == CUSTOMER) | (rows["churned_day"] >= 0))
        written += [course(world, "bookings").sum(), course(world, "wins").sum()]
        rows_sum += [rows["booked"][won].sum(), won.sum()]
    return equal_to(written, rows_sum, 1e-9, "sums")


@check(
    FLOWS,
    "hours-balance",
    "Hours that every person had against all uses of them",
    "an hour were worked twice or vanished",
    error_rate=0.0,
)
def hours(effort: Effort) -> Finding:
    """Per person, all uses."""
    from sim.domain.vocabulary import AVAILABLE
    from verification.checks import equal_to

    had, used = [], []
    for world in worlds(effort):
        table = np.asarray(world.people["hours"])
        had.append(table[:, AVAILABLE])
        used.append(np.delete(table, AVAILABLE, axis=1).sum(axis=1))
    return equal_to(np.concatenate(used), np.concatenate(had), 1e-9, "hours of people")


@check(
    FLOWS,
    "programme-balances",
    "Programme spent, bought as selling hours and saved against what is granted, every day",
    "a budget cut made money vanish",
    error_rate=0.0,
)
def programme(effort: Effort) -> Finding:
    """Granted: 55,000 a rep and year."""
    from verification.checks import equal_to

    parts, granted = [], []
    for world in worlds(effort):
        parts.append(sum(course(world, name) for name in ("programme", "capacity_pay", "programme_saved")))
        granted.append(world.rules.programme_per_rep * course(world, "desks") / 260.0)
    return equal_to(np.concatenate(parts), np.concatenate(granted), 1e-9, "days")


@check(
    FLOWS,
    "disputes-balance",
    "Disputes in the journal by kind, turn, hearing and hours against the rows of incidents",
    "a dispute cost hours that nobody owes, or was counted under another kind",
    error_rate=0.0,
)
def disputes_balance(effort: Effort) -> Finding:
    """Seven kinds and four sums."""
    from sim.domain.vocabulary import DISPUTES
    from verification.checks import equal_to

    written, rows_sum = [], []
    for world in worlds(effort):
        rows = np.asarray(world.incidents[: world.organization.n_incidents])
        written += [course(world, f"{name}_disputes").sum() for name in DISPUTES]
        rows_sum += [(rows["kind"] == kind).sum() for kind in range(1, len(DISPUTES) + 1)]
        written += [
            course(world, name).sum()
            for name in ("personal_disputes", "escalated_disputes", "hearings", "manager_hours")
        ]
        rows_sum += [
            rows["is_personal"].sum(),
            rows["is_escalated"].sum(),
            (rows["heard_day"] >= 0).sum(),
            rows["manager_hours"].sum(),
        ]
    return equal_to(written, rows_sum, 1e-9, "sums")
