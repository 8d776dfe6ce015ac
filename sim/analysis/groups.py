"""A run by source, by segment and by person: the same funnel, told apart; sums are those of the whole run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.rows import (
    incidents_of,
    is_deal,
    is_inbound,
    leads_of,
    n_window_days,
    person_names,
    warmup_of,
    window_sums,
)
from sim.behaviours.outcomes import CALENDAR_DAYS_PER_WORKING_DAY
from sim.domain.records import World
from sim.domain.vocabulary import (
    CUSTOMER,
    EXPIRED,
    INSTALLED_CUSTOMER,
    JOINT_EVENT,
    LOST,
    REJECTED,
    REP,
    SELF_FOUND,
    UNKNOWN,
    USES,
    WON,
)

if TYPE_CHECKING:
    import pandas as pd

#: Groups of leads that are no row of the market's sources.
OTHER_SOURCES = {
    JOINT_EVENT: "joint event",
    SELF_FOUND: "found by reps",
    INSTALLED_CUSTOMER: "from before the run",
    UNKNOWN: "not yet known",
}
NOT_KNOWN = {UNKNOWN: "not known"}
COUNTS = (
    *("leads_in", "handed_off", "contacted", "accepted", "rejected", "expired"),
    *("deals_opened", "wins", "lost", "bookings", "churned", "customers", "contract_value"),
)


def events_in_window(world: World) -> dict[str, Any]:
    """What befell each lead within the window: of each of COUNTS, an array over leads of 0, 1 or an amount.

    A buyer whom marketing has talked with first counts as contacted by sales once he is a deal of sales, on the day of
    that talk or of the hand-off, whichever is later; a few at the edges of the window may lie a week or two off.
    Customers and the yearly value of their contracts are those of the last evening.
    """
    leads, first = leads_of(world), warmup_of(world)
    state, closed = leads["state"], leads["closed_day"] >= first
    inbound, opened = is_inbound(leads), (leads["first_day"] >= first) & is_deal(leads)
    handed = (leads["handed_day"] >= 0) & (np.maximum(leads["first_day"], leads["handed_day"]) >= first)
    contacted = handed & (leads["first_day"] >= 0) & ((leads["is_qualified"] == 0) | is_deal(leads))
    won = np.isin(state, WON) & closed
    happened = {
        "leads_in": inbound & (leads["born_day"] >= first),
        "handed_off": leads["handed_day"] >= first,
        "contacted": inbound & contacted,
        "accepted": inbound & contacted & is_deal(leads),
        "rejected": (state == REJECTED) & closed,
        "expired": (state == EXPIRED) & closed,
        "deals_opened": opened,
        "wins": won,
        "lost": (state == LOST) & closed,
        "bookings": np.where(won, leads["booked"], 0.0),
        "churned": leads["churned_day"] >= first,
        "customers": state == CUSTOMER,
        "contract_value": np.where(state == CUSTOMER, leads["value"], 0.0),
    }
    return {name: values.astype(np.float64) for name, values in happened.items()}


def funnel_of(world: World, group: Any, groups: Sequence[int]) -> pd.DataFrame:
    """The funnel of the window by group of leads.

    Parameters
    ----------
    group : array of int
        Group of each lead.
    groups : sequence of int
        Those to show, in this order.

    Returns
    -------
    pandas.DataFrame
        A row per group: COUNTS, then ``followup_rate``, ``acceptance_rate``, ``win_rate``, ``mean_value`` (c.u. a win)
        and ``cycle_days`` (median, calendar days); NaN where there is none.
    """
    import pandas as pd

    frame = pd.DataFrame(events_in_window(world)).groupby(np.asarray(group)).sum().reindex(list(groups), fill_value=0.0)
    done = frame["contacted"] + frame["expired"]
    frame["followup_rate"] = _ratio(frame["contacted"], done)
    frame["acceptance_rate"] = _ratio(frame["accepted"], done)
    frame["win_rate"] = _ratio(frame["wins"], frame["wins"] + frame["lost"])
    frame["mean_value"] = _ratio(frame["bookings"], frame["wins"])
    return frame.assign(cycle_days=_median_cycles(world, group).reindex(frame.index))


def _ratio(above: Any, below: Any) -> Any:
    return (above / below).where(below > 0)


def _median_cycles(world: World, group: Any) -> Any:
    import pandas as pd

    leads = leads_of(world)
    is_won = np.isin(leads["state"], WON) & (leads["closed_day"] >= warmup_of(world))
    days = pd.Series(CALENDAR_DAYS_PER_WORKING_DAY * (leads["closed_day"] - leads["first_day"])[is_won])
    return days.groupby(np.asarray(group)[is_won]).median()


def by_source(world: World, sources: Sequence[str], relative_costs: Sequence[float]) -> pd.DataFrame:
    """The funnel by source of the lead, with the part of the programme that each source takes.

    Parameters
    ----------
    sources : sequence of str
        Names of the market's sources.
    relative_costs : sequence of float
        Cost of an inquiry of each against the average, for this table only.

    Returns
    -------
    pandas.DataFrame
        ``source``, the columns of `funnel_of`, ``won_per_lead`` (wins / leads in), and ``programme`` (c.u.: the
        window's programme in proportion to inquiries times relative cost), ``programme_per_lead`` and
        ``programme_per_win``. Leads that marketing has not looked at yet have no known source; those of events and reps
        take nothing of the programme.
    """
    frame = funnel_of(world, leads_of(world)["source"], [*range(len(sources)), *OTHER_SOURCES])
    frame.insert(0, "source", [*sources, *OTHER_SOURCES.values()])
    frame["won_per_lead"] = _ratio(frame["wins"], frame["leads_in"])
    weight = frame["leads_in"] * [*relative_costs, *[0.0] * len(OTHER_SOURCES)]
    frame["programme"] = window_sums(world)["programme"] * weight / max(weight.sum(), 1e-12)
    takes_part = frame["programme"] > 0
    frame["programme_per_lead"] = _ratio(frame["programme"], frame["leads_in"]).where(takes_part)
    frame["programme_per_win"] = _ratio(frame["programme"], frame["wins"]).where(takes_part)
    return frame.reset_index(drop=True)


def by_segment(world: World, segments: Sequence[str]) -> pd.DataFrame:
    """The funnel by size class of the account: ``segment`` and the columns of `funnel_of`.

    Inquiries that marketing has not looked at yet, and customers from before the run, have no known one.
    """
    frame = funnel_of(world, leads_of(world)["segment"], [*range(len(segments)), *NOT_KNOWN])
    frame.insert(0, "segment", [*segments, *NOT_KNOWN.values()])
    return frame.reset_index(drop=True)


def by_person(world: World) -> pd.DataFrame:
    """What every person did in the window.

    Returns
    -------
    pandas.DataFrame
        A row per marketer, rep, liaison and manager, with the columns ``PERSON`` of `sim.analysis.columns.runs`, those
        of `funnel_of` (a rep's: leads and deals that are his at the end; a marketer's: the inbound leads that are his;
        nobody's are empty) and ``PERSON_END``.
    """
    import pandas as pd

    leads, firm, people = leads_of(world), world.organization, world.people.view(np.ndarray)
    n_marketers, n_workers = int(firm.n_marketers), int(firm.n_marketers + firm.n_reps)
    of_reps = funnel_of(world, leads["rep"], range(n_marketers, n_workers))
    of_marketers = funnel_of(world, np.where(is_inbound(leads), leads["marketer"], UNKNOWN), range(n_marketers))
    frame = pd.concat([of_marketers, of_reps.assign(leads_in=np.nan)]).reindex(range(len(people)))
    roles = [name.split()[0] for name in person_names(world)]
    frame.insert(0, "person", person_names(world))
    frame.insert(1, "role", roles)
    frame.insert(2, "unit", people["unit"] + 1)
    frame.insert(3, "is_there", _is_there(world))
    frame.insert(4, "is_generalist", people["is_generalist"] != 0)
    tenure = np.maximum(int(world.rules.n_days) - people["first_day"], 0)
    frame.insert(5, "tenure_days", np.where(people["role"] == REP, tenure, 0))
    hours = {f"{use}_hours": people["hours"][:, index] for index, use in enumerate(USES)}
    return frame.assign(**_disputes_of(world), strain=people["strain"], trust=_mean_trust(world), **hours)


def _disputes_of(world: World) -> dict[str, Any]:
    rows = incidents_of(world)
    rows = rows[rows["day"] >= warmup_of(world)]
    both = np.concatenate([rows["marketer"], rows["rep"]])
    personal = np.concatenate([rows["is_personal"], rows["is_personal"]])
    n = len(world.people)
    return {
        "disputes": np.bincount(both, minlength=n),
        "personal_disputes": np.bincount(both, personal, minlength=n).astype(np.int64),
    }


def _is_there(world: World) -> Any:
    return np.asarray(world.people["first_day"]) <= int(world.organization.day)


def _mean_trust(world: World) -> Any:
    """Mean trust over a person's pairs of which both are there; NaN for others."""
    firm, is_there = world.organization, _is_there(world)
    shape = (int(firm.n_units), int(firm.unit_marketers), int(firm.unit_reps))
    n_marketers, n_workers = int(firm.n_marketers), int(firm.n_marketers + firm.n_reps)
    marketers, reps = is_there[:n_marketers].reshape(shape[:2]), is_there[n_marketers:n_workers].reshape(shape[::2])
    is_pair = marketers[:, :, None] & reps[:, None, :]
    trust = np.where(is_pair, np.asarray(world.pairs["trust"]).reshape(shape), 0.0)
    means = [np.full(len(world.people) - n_workers, np.nan)]
    for axis in (1, 2):
        n = is_pair.sum(axis=axis).ravel()
        means.insert(0, np.where(n > 0, trust.sum(axis=axis).ravel() / np.maximum(n, 1), np.nan))
    return np.concatenate(means)


def hours_per_week(world: World) -> pd.DataFrame:
    """Hours a week and person that each role spends on each use: ``role``, ``people``, then the uses.

    Of people who had any hours within the window.
    """
    table = by_person(world)
    table = table[table["available_hours"] > 0]
    uses = [f"{use}_hours" for use in USES]
    mean = table.groupby("role", sort=False)[uses].mean() * 5.0 / n_window_days(world)
    return mean.assign(people=table.groupby("role", sort=False).size()).reset_index()[["role", "people", *uses]]
