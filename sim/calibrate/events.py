"""Event logs (one row per step of a case): each case becomes one lead with its outcome, first response and stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from sim.calibrate.cells import read_amounts, read_dates
from sim.calibrate.deals import Found
from sim.calibrate.layouts import Layout
from sim.calibrate.privacy import names_in, shown_cell
from sim.calibrate.rows import without_footer
from sim.calibrate.tables import Roles, Table, Texts
from sim.domain.errors import InputError, Told

EVENT_LOG = Layout(
    "event log",
    {
        "case": ("caseid", "case", "caseconceptname", "casekey", "traceid", "applicationid"),
        "activity": ("activity", "activityname", "conceptname", "eventname", "event", "task"),
        "time": ("timestamp", "timetimestamp", "completetimestamp", "eventtime", "time", "datetime"),
    },
    "case, activity, timestamp",
    {
        "resource": ("resource", "orgresource", "resourceid", "agent", "user", "owner"),
        "lifecycle": ("lifecycle", "lifecycletransition", "transition"),
        "amount": ("amountrequested", "caseamountreq", "amountreq", "amount", "value"),
        "currency": ("currency", "currencycode"),
        "source": ("source", "leadsource", "origin", "channel"),
    },
    unit="lead",
)
STAGE_HISTORY = Layout(
    "stage history",
    {"case": ("opportunityid",), "activity": ("stagename",), "time": ("createddate",)},
    "OpportunityId, StageName, CreatedDate",
    {"amount": ("amount",), "currency": ("currencyisocode",)},
)


@dataclass(frozen=True)
class EventRules:
    """What the activities of a log mean.

    Parameters
    ----------
    won, lost : tuple of str
        Activities that end a case; the first of the kind that comes last in a case dates its end.
    handed : tuple of str
        Activities by which a case passes from qualification to sales.
    stages : tuple of str
        Milestones, first entries only; empty for every completed activity.
    automatic : tuple of str
        Resources that are no person.
    """

    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    automatic: tuple[str, ...] = ()


# BPI Challenge 2012 (van Dongen 2012, doi 10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f).
LOANS = EventRules(
    won=("A_APPROVED", "A_REGISTERED", "A_ACTIVATED"),
    lost=("A_DECLINED", "A_CANCELLED"),
    handed=("A_PREACCEPTED",),
    stages=("A_SUBMITTED", "A_PREACCEPTED", "A_ACCEPTED", "O_SENT", "O_SENT_BACK"),
    automatic=("112",),
)


def fits_events(table: Table) -> bool:
    """Whether a table has a case, an activity and a time in each row."""
    return all(table.header(names) for names in EVENT_LOG.needed.values())


def read_events(table: Table, layout: Layout, rules: EventRules | None, notes: list[str]) -> Found:
    """Turn an event log into leads.

    Parameters
    ----------
    table : Table
        One row per event.
    layout : Layout
        Columns of the log.
    rules : EventRules or None
        What activities mean; None for those of a known log, else activities named won or lost.
    notes : list of str
        What was dropped or assumed is added here.

    Returns
    -------
    Found
        One lead per case, with ``responded`` where the log tells it and ``handed`` where the rules do. Created is the
        first event, closed the event that won or lost it, owner the last person at work.

    Raises
    ------
    InputError
        If no activity wins or loses a case, or a time or an amount cannot be read.
    """
    roles = layout.roles
    texts = _whole(table, without_footer(table, table.texts(roles), notes), notes)
    events = _ordered(table, layout, texts, notes)
    place = table.at(roles["activity"])
    rules = rules or _rules_of(place, events["activity"])
    _refuse_unknown(place, rules, events["activity"])
    first = events.drop_duplicates("case").set_index("case")
    leads = pd.DataFrame({"lead_id": first.index, "created": first["time"].to_numpy()})
    _close(leads, events, rules, notes)
    amounts, currency = _amounts(table, roles, texts, notes)
    leads["amount"] = leads["lead_id"].map(amounts)
    leads["source"] = _first_told(events, "source", leads["lead_id"])
    people = _people(events, rules)
    leads["owner"] = _map(people.drop_duplicates("case", keep="last"), "resource", leads["lead_id"])
    leads["marketer"] = None
    _respond(leads, events, people, rules)
    _note_straight_through(leads, notes)
    shown = [table.header(roles[role]) for role in ("activity", "source") if role in roles]
    named = names_in(table.sample, shown) - {name.casefold() for name in rules.won + rules.lost}
    return Found(leads, currency or layout.currency, _stages(events, rules), (), named)


def _whole(table: Table, texts: Texts, notes: list[str]) -> Texts:
    """Drop events without a case, an activity or a time."""
    kept = (texts["case"] != "") & (texts["activity"] != "") & (texts["time"] != "")
    if not kept.all():
        notes.append(f"Left out of {table.file} for want of a case, an activity or a time: {int((~kept).sum())} rows.")
    if not kept.any():
        raise InputError(
            table.file,
            "must hold events with a case, an activity and a time",
            Told("none"),
            "Export these three columns with their values.",
        )
    return {role: text[kept] for role, text in texts.items()}


def _ordered(table: Table, layout: Layout, texts: Texts, notes: list[str]) -> pd.DataFrame:
    """Events by time, cases in order of their first event."""
    columns = {"time": (layout.roles["time"], texts["time"])}
    times = read_dates(table, columns, notes, layout.day_first)["time"]
    words = {role: texts[role] for role in ("activity", "resource", "lifecycle", "source") if role in texts}
    events = pd.DataFrame({"case": texts["case"], "time": times} | words)
    notes.append(f"{len(events)} events of {events['case'].nunique()} cases; a case starts with its first event.")
    return events.sort_values("time", kind="stable")


def _rules_of(place: str, activity: pd.Series[str]) -> EventRules:
    """Rules of a known log, or activities with the words won and lost in their names."""
    names = pd.Series(activity.unique())
    if set(LOANS.won + LOANS.lost) & set(names) and "A_SUBMITTED" in set(names):
        return LOANS
    low = names.str.lower()
    won = names[low.str.contains(r"\bwon\b|closedwon|closed_won", regex=True)]
    lost = names[low.str.contains(r"\blost\b|closedlost|closed_lost", regex=True)]
    if won.empty:
        rule = "must name the activities that win a case, such as 'Closed Won'"
        mend = "Say in a mapping, under [activities], which mean won and which lost."
        raise InputError(place, rule, _few(names), mend)
    return EventRules(won=tuple(won), lost=tuple(lost))


def _refuse_unknown(place: str, rules: EventRules, activity: pd.Series[str]) -> None:
    names = set(activity.unique())
    if not names & set(rules.won + rules.lost):
        rule = f"must hold one of the activities that win or lose a case ({', '.join(rules.won + rules.lost)})"
        mend = "Correct [activities] in the mapping."
        raise InputError(place, rule, _few(sorted(names)), mend)


def _few(names: Iterable[str]) -> str:
    return ", ".join(shown_cell(name) for name in islice(names, 8))[:120]


def _close(leads: pd.DataFrame, events: pd.DataFrame, rules: EventRules, notes: list[str]) -> None:
    """Set status and closed; a case that was both won and lost is what came last."""
    ends = events[events["activity"].isin(rules.won + rules.lost)]
    ends = ends.assign(status=np.where(ends["activity"].isin(rules.won), "won", "lost"))
    first = ends.drop_duplicates(["case", "status"])
    both = int(first["case"].duplicated().sum())
    if both:
        notes.append(f"Cases both won and lost count as what came last: {both}.")
    last = first.drop_duplicates("case", keep="last").set_index("case")
    leads["closed"] = leads["lead_id"].map(last["time"])
    leads["status"] = leads["lead_id"].map(last["status"]).fillna("open").astype(object)


def _people(events: pd.DataFrame, rules: EventRules) -> pd.DataFrame:
    """Events of a known person."""
    if "resource" not in events:
        return events.iloc[:0].assign(resource=pd.Series(dtype=object))
    return events[(events["resource"] != "") & ~events["resource"].isin(rules.automatic)]


def _respond(leads: pd.DataFrame, events: pd.DataFrame, people: pd.DataFrame, rules: EventRules) -> None:
    """Set the first response (a start of work by hand) and the hand-over, where log and rules tell them."""
    if "lifecycle" in events and events["lifecycle"].str.lower().eq("start").any():
        starts = events[events["lifecycle"].str.lower() == "start"]
        by_hand = starts if "resource" not in starts else starts[~starts["resource"].isin(rules.automatic)]
    else:
        by_hand = people if rules.automatic else people.iloc[:0]
    for role, found in (("handed", events[events["activity"].isin(rules.handed)]), ("responded", by_hand)):
        if len(found):
            leads[role] = _map(found.drop_duplicates("case"), "time", leads["lead_id"])


def _amounts(table: Table, roles: Roles, texts: Texts, notes: list[str]) -> tuple[pd.Series[float], str | None]:
    """Amount by case: that of its first event that names one."""
    told = texts["amount"] != "" if "amount" in texts else ~texts["case"].duplicated()
    first = told & ~texts["case"].where(told).duplicated()
    few = {role: text[first] for role, text in texts.items()}
    if not first.any():
        return pd.Series(dtype=float), None
    amounts, currency = read_amounts(table, roles, few, notes)
    return amounts.set_axis(few["case"]), currency


def _first_told(events: pd.DataFrame, column: str, lead_id: pd.Series[str]) -> pd.Series[str] | None:
    if column not in events:
        return None
    return _map(events[events[column] != ""].drop_duplicates("case"), column, lead_id)


def _map(events: pd.DataFrame, column: str, lead_id: pd.Series[str]) -> pd.Series:
    return lead_id.map(events.set_index("case")[column])


def _stages(events: pd.DataFrame, rules: EventRules) -> pd.DataFrame:
    """Milestones entered for the first time, or each completed activity that differs from the one before."""
    if "lifecycle" in events and events["lifecycle"].str.lower().eq("complete").any():
        events = events[events["lifecycle"].str.lower() == "complete"]
    if rules.stages:
        kept = events[events["activity"].isin(rules.stages)].drop_duplicates(["case", "activity"])
        kept = kept.sort_values("case", kind="stable")
    else:
        kept = events.sort_values("case", kind="stable")
        same = (kept["case"] == kept["case"].shift()) & (kept["activity"] == kept["activity"].shift())
        kept = kept[~same]
    return kept[["case", "activity", "time"]].set_axis(["lead_id", "stage", "entered"], axis=1)


def _note_straight_through(leads: pd.DataFrame, notes: list[str]) -> None:
    """Say how many cases were decided within a day, or lost within a minute as only rules do."""
    took = leads["closed"] - leads["created"]
    quick = int(((took < pd.Timedelta(days=1)) & (leads["status"] == "won")).sum())
    if quick:
        notes.append(f"Won within a day of their start (straight through): {quick} cases; they are kept.")
    instant = int(((took < pd.Timedelta(minutes=1)) & (leads["status"] == "lost")).sum())
    if instant:
        notes.append(f"Lost within a minute, as if declined by a rule and not by a person: {instant} cases.")
