"""Rows of a finished run as tables for people: names instead of numbers, days counted from the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.domain.records import World
from sim.domain.tables import InDouble
from sim.domain.vocabulary import DISCOVERY, INSTALLED_CUSTOMER, LOST, REJECTED, SELF_FOUND

if TYPE_CHECKING:
    import pandas as pd

#: Dates of an event log are made up: the week of the window's first day begins on this Monday.
FIRST_MONDAY = np.datetime64("2001-01-01")
NOBODY = -1


def warmup_of(world: World) -> int:
    """Working days before the window."""
    return int(world.rules.warmup_days)


def n_window_days(world: World) -> int:
    """Working days of the window."""
    return int(world.rules.n_days) - warmup_of(world)


def calendar_days(days: Any) -> Any:
    """Calendar days from the run's first Monday to a working day, weekends included.

    Examples
    --------
    >>> calendar_days(np.array([0, 4, 5, 9])).tolist()
    [0, 4, 7, 11]
    """
    days = np.asarray(days)
    return 7 * (days // DAYS_PER_WEEK) + days % DAYS_PER_WEEK


def with_days(frame: pd.DataFrame, world: World, days: Any) -> pd.DataFrame:
    """The table with ``day`` and ``calendar_day`` in front: 0 is the first of the window, the warm-up is negative.

    Parameters
    ----------
    days : array of int
        Working days since the start of the run.
    """
    warmup = warmup_of(world)
    counted = np.asarray(days)
    frame.insert(0, "day", counted - warmup)
    frame.insert(1, "calendar_day", calendar_days(counted) - calendar_days(warmup))
    return frame


def timestamps(world: World, days: Any, hours: Any) -> Any:
    """Date and time of working days and hours of the day, as numpy.datetime64 in minutes (see FIRST_MONDAY)."""
    first = calendar_days(warmup_of(world) // DAYS_PER_WEEK * DAYS_PER_WEEK)
    minutes = np.rint(60.0 * np.asarray(hours)).astype("timedelta64[m]")
    dates = FIRST_MONDAY + (calendar_days(days) - first).astype("timedelta64[D]")
    return dates.astype("datetime64[m]") + minutes


def person_names(world: World) -> list[str]:
    """What people are called, by row: marketer 1, marketer 2 and so on; then reps, liaisons, managers."""
    firm = world.organization
    sizes = {"marketer": firm.n_marketers, "rep": firm.n_reps, "liaison": firm.n_liaisons, "manager": firm.n_managers}
    return [f"{role} {slot + 1}" for role, n in sizes.items() for slot in range(int(n))]


def names_of(world: World, people: Any) -> list[str]:
    """Names of people given by their rows; empty where there is nobody."""
    names = person_names(world)
    return [names[row] if row > NOBODY else "" for row in np.asarray(people).tolist()]


def leads_of(world: World) -> Any:
    """The rows of leads in use, as a structured array whose columns are read in double precision."""
    return world.leads.view(InDouble)[: int(world.organization.n_leads)]


def incidents_of(world: World) -> Any:
    """The rows of disputes in use, as a plain structured array."""
    return world.incidents.view(np.ndarray)[: int(world.organization.n_incidents)]


def decisions_of(world: World) -> Any:
    """The rows of decisions that were recorded, as a plain structured array."""
    firm = world.organization
    return world.events.view(np.ndarray)[: min(int(firm.n_events), len(world.events) - int(firm.n_held))]


def is_deal(leads: Any) -> Any:
    """Whether a lead has ever been a deal: taken up by sales after the first contact, or found by a rep."""
    state = leads["state"]
    is_open_or_lost = (state >= DISCOVERY) & (state <= LOST)
    return (is_open_or_lost | (state > REJECTED)) & ~is_installed(leads)


def is_inbound(leads: Any) -> Any:
    """Whether a lead came through marketing."""
    return (leads["source"] != SELF_FOUND) & ~is_installed(leads)


def is_installed(leads: Any) -> Any:
    """Whether a row is a customer from before the run, who was never a lead."""
    return leads["source"] == INSTALLED_CUSTOMER


def window_sums(world: World) -> dict[str, float]:
    """Sum of every column of the journal over the window."""
    days = world.journal[warmup_of(world) : int(world.rules.n_days)]
    return {name: float(days[name].sum()) for name in world.journal.dtype.names}
