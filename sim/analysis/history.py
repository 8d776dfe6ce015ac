"""What happened to each lead, in order, ready for process mining; and every recorded decision in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.rows import (
    decisions_of,
    is_deal,
    is_inbound,
    is_installed,
    leads_of,
    names_of,
    timestamps,
    with_days,
)
from sim.domain.records import World
from sim.domain.vocabulary import (
    ARCHIVED,
    CHURNED,
    COMPETITOR,
    DRAW_DISPUTE,
    DRAW_RECYCLE,
    DRAW_RENEWS,
    DRAW_REPORT,
    DRAW_REROUTE,
    DRAW_SAYS_YES,
    DRAW_SECOND_LOOK,
    DRAW_TOUCH,
    DRAW_WORK_IT,
    DRAW_WORK_IT_REROUTED,
    EXPIRED,
    NEGLECTED,
    NEGOTIATION,
    NO_DECISION,
    QUESTIONS,
    REJECTED,
    SAID_NO,
    SELF_FOUND,
    STATES,
    WON,
)

if TYPE_CHECKING:
    import pandas as pd

#: Nominal hour of each kind of event: the model knows days, and the order within a day.
MORNING, MARKETING, NOON, SALES, EVENING = 8.0, 9.0, 12.0, 13.0, 16.0
MINUTES_APART = 1.0 / 60.0
REASONS = {
    NO_DECISION: "lost: no decision",
    COMPETITOR: "lost: competitor",
    SAID_NO: "lost: said no",
    NEGLECTED: "lost: neglected",
}
#: What a recorded decision means in the story of a lead: purpose, answer, activity, who acts, hour and order within it.
TOLD = (
    (DRAW_RECYCLE, True, "kept warm", "marketer", (MARKETING, 2)),
    (DRAW_SECOND_LOOK, True, "taken because tracked", "rep", (NOON, 0)),
    (DRAW_REROUTE, True, "offered to another rep", "rep", (NOON, 1)),
    (DRAW_WORK_IT_REROUTED, True, "taken over", "rep", (NOON, 2)),
    (DRAW_WORK_IT, True, "read and taken", "rep", (SALES, 0)),
    (DRAW_WORK_IT, False, "read and left", "rep", (SALES, 0)),
    (DRAW_RENEWS, True, "renewed", "rep", (NOON, 9)),
    (DRAW_REPORT, True, "reported to marketing", "rep", (SALES, 9)),
    (DRAW_DISPUTE, True, "disputed", "rep", (EVENING, 9)),
)
COLUMNS = ("case", "activity", "day", "calendar_day", "timestamp", "resource")


def event_log(world: World) -> pd.DataFrame:
    """One row per event of a lead, by lead and time.

    From the rows of leads: came in (customers from before the run: became a customer), handed off, put away, lapsed,
    contacted first, became a deal, was turned down, won, lost, left as a customer. Where decisions were recorded, also:
    kept warm, read, taken, tracked, offered to another rep, touched, moved to the next stage, reported on, renewed,
    disputed.

    Returns
    -------
    pandas.DataFrame
        The columns ``EVENTS`` of `sim.analysis.columns.stores`.
    """
    import pandas as pd

    parts = [*_from_rows(world), *_from_decisions(world)]
    frame = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    frame = frame.sort_values(["case", "absolute", "hour", "order"], kind="stable", ignore_index=True)
    place = frame.groupby(["case", "absolute", "hour"]).cumcount()
    frame["timestamp"] = timestamps(world, frame["absolute"], frame["hour"] + place * MINUTES_APART)
    days = frame["absolute"].to_numpy(dtype=np.int64)
    log = with_days(frame[["case", "activity", "timestamp"]].copy(), world, days)
    people = frame["person"].to_numpy(dtype=np.int64)
    return log.assign(resource=names_of(world, people))[list(COLUMNS)]


def _events(rows: Any, activity: Any, days: Any, person: Any, when: tuple[float, int]) -> dict[str, Any]:
    """Events of some leads: rows of leads, what happened, working days, rows of people, hour and order within it."""
    hour, order = when
    return {"case": rows, "activity": activity, "absolute": days, "person": person, "hour": hour, "order": order}


def _from_rows(world: World) -> list[dict[str, Any]]:
    leads = leads_of(world)
    inbound, state, deal = is_inbound(leads), leads["state"], is_deal(leads)
    contacted, qualified = leads["first_day"] >= 0, leads["is_qualified"] != 0
    steps = (
        (is_installed(leads), "became a customer", "customer_since", "rep", (MORNING, 0)),
        (inbound, "came in", "born_day", "marketer", (MORNING, 0)),
        (leads["source"] == SELF_FOUND, "found by the rep", "born_day", "rep", (EVENING, 0)),
        (leads["handed_day"] >= 0, "handed off", "handed_day", "marketer", (MARKETING, 1)),
        (state == ARCHIVED, "put away", "closed_day", "marketer", (MARKETING, 1)),
        (state == EXPIRED, "lapsed", "closed_day", "rep", (NOON, 9)),
        (inbound & contacted & ~qualified, "first contact", "first_day", "rep", (SALES, 1)),
        (qualified, "qualified by marketing", "first_day", "marketer", (MARKETING, 0)),
        (state == REJECTED, "turned down", "closed_day", "rep", (SALES, 4)),
        (inbound & deal, "became a deal", "first_day", "rep", (SALES, 3)),
        (deal & np.isin(state, WON), "won", "closed_day", "rep", (SALES, 8)),
        (state == CHURNED, "left", "churned_day", "rep", (NOON, 9)),
        *((leads["reason"] == reason, name, "closed_day", "rep", (SALES, 8)) for reason, name in REASONS.items()),
    )
    parts = []
    for chosen, activity, day, who, when in steps:
        rows = np.flatnonzero(chosen)
        parts.append(_events(rows, activity, leads[day][rows], leads[who][rows], when))
    return parts


def _from_decisions(world: World) -> list[dict[str, Any]]:
    decisions, leads = decisions_of(world), leads_of(world)
    order = np.argsort(leads["key"], kind="stable")
    keys = leads["key"][order]
    place = np.minimum(np.searchsorted(keys, decisions["key"]), max(0, len(keys) - 1))
    is_of_lead = keys[place] == decisions["key"] if len(keys) else np.zeros(0, dtype=bool)
    decisions, rows = decisions[is_of_lead], order[place[is_of_lead]]
    is_yes = decisions["draw"] < decisions["chance"]
    parts = []
    for purpose, answer, activity, who, when in TOLD:
        chosen = (decisions["purpose"] == purpose) & (is_yes == answer)
        parts.append(_events(rows[chosen], activity, decisions["day"][chosen], leads[who][rows[chosen]], when))
    return parts + _touches(leads, decisions, rows, is_yes)


def _touches(leads: Any, decisions: Any, rows: Any, is_yes: Any) -> list[dict[str, Any]]:
    """Touches of deals (asked up to three times, told once) and moves to the next stage."""
    address = np.stack([rows, decisions["occurrence"]], axis=1)[decisions["purpose"] == DRAW_TOUCH]
    days = decisions["day"][decisions["purpose"] == DRAW_TOUCH]
    _, first = np.unique(address, axis=0, return_index=True)
    cases = address[first, 0]
    moves = (decisions["purpose"] == DRAW_SAYS_YES) & is_yes & (decisions["occurrence"] < NEGOTIATION)
    reached = [f"moved to {STATES[state + 1]}" for state in decisions["occurrence"][moves].tolist()]
    return [
        _events(cases, "touched", days[first], leads["rep"][cases], (SALES, 5)),
        _events(rows[moves], reached, decisions["day"][moves], leads["rep"][rows[moves]], (SALES, 6)),
    ]


def decisions(world: World) -> pd.DataFrame:
    """One row per recorded decision, with its purpose and answer in words; empty unless the run was traced."""
    import pandas as pd

    rows = decisions_of(world)
    frame = pd.DataFrame(rows).drop(columns="day")
    frame["purpose"] = [QUESTIONS.get(purpose, "").replace("_", " ") for purpose in rows["purpose"].tolist()]
    frame["is_yes"] = rows["draw"] < rows["chance"]
    return with_days(frame, world, rows["day"])
