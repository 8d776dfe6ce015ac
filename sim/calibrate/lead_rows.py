"""Leads or deals as numbers on one clock, the same for an export and for a simulated firm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.rows import calendar_days, warmup_of
from sim.calibrate.facts import FunnelFacts
from sim.calibrate.importers import Export
from sim.domain.records import World
from sim.domain.vocabulary import SELF_FOUND, WON

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Times of day at which simulated deals are closed (assumption: office hours, as parts of a day).
OPENS, CLOSES = 9 / 24, 18 / 24
ONE_DAY = pd.Timedelta(1, "D")
#: Shortest time to a close that is told apart, days: a logarithm is taken of it.
SHORTEST = 0.02
_GOLDEN, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(11)


@dataclass(frozen=True)
class Clock:
    """When an export begins and ends, and how finely it tells time.

    Parameters
    ----------
    first : pandas.Timestamp
        First day whose rows count.
    n_days : float
        Calendar days from there to the last moment that the export knows of.
    last_created : float
        Day of the last created row, from `first`.
    is_created_date, is_closed_date : bool
        Whether times of creation and of closing are dates without a time of day.
    """

    first: pd.Timestamp
    n_days: float
    last_created: float
    is_created_date: bool
    is_closed_date: bool

    @property
    def end(self) -> float:
        """The day after the last day whose rows count."""
        return float(np.floor(self.last_created)) + 1.0

    @property
    def n_working_days(self) -> int:
        """Working days from the Monday before the first day to the end."""
        days = int(np.ceil(self.n_days)) + self.first.weekday() + 1
        return 5 * (days // 7) + min(5, days % 7)


@dataclass(frozen=True)
class LeadRows:
    """Rows of one firm, real or simulated.

    Parameters
    ----------
    created : numpy.ndarray
        Calendar days since the first day of the window, shape (rows,).
    days : numpy.ndarray
        Calendar days from creation to the close; NaN while open.
    is_won, is_lost : numpy.ndarray
        bool; neither where a row is open.
    source : numpy.ndarray
        Place of the source in the scenario's list, -1 for none.
    amount : numpy.ndarray
        Value of a win; NaN where unknown.
    owner : numpy.ndarray
        Number of the person who closed it, -1 where unknown.
    """

    created: Floats
    days: Floats
    is_won: npt.NDArray[np.bool_]
    is_lost: npt.NDArray[np.bool_]
    source: Ints
    amount: Floats
    owner: Ints

    def part(self, start: float, end: float) -> LeadRows:
        """The rows created from one day to before another."""
        inside = (self.created >= start) & (self.created < end)
        return LeadRows(*(getattr(self, name)[inside] for name in self.__dataclass_fields__))


def clock_of(export: Export, facts: FunnelFacts) -> Clock:
    """The clock of an export: its window as the facts have found it."""
    leads, first = export.leads, pd.Timestamp(facts.first_day)
    seen = max(leads["created"].max(), leads["closed"].max())
    kept = leads[(leads["created"] >= first) & (leads["created"] < pd.Timestamp(facts.last_day) + ONE_DAY)]
    return Clock(
        first=first,
        n_days=(seen - first) / ONE_DAY,
        last_created=(kept["created"].max() - first) / ONE_DAY,
        is_created_date=_are_dates(leads["created"]),
        is_closed_date=_are_dates(leads["closed"]),
    )


def _are_dates(times: pd.Series[pd.Timestamp]) -> bool:
    known = times.dropna()
    return bool((known == known.dt.normalize()).all())


def rows_of_export(export: Export, clock: Clock, sources: tuple[str, ...]) -> LeadRows:
    """Rows of an export inside the window of a clock, told as finely as the clock tells time.

    Parameters
    ----------
    sources : tuple of str
        Names in the order of their places; a name that is none of them counts as "other" where there is one.

    Notes
    -----
    Closed rows without a close date are left out: they would be wins that never come.
    """
    end = clock.first + clock.end * ONE_DAY
    leads = export.leads[(export.leads["created"] >= clock.first) & (export.leads["created"] < end)]
    leads = leads[(leads["status"] == "open") | leads["closed"].notna()]
    created, closed = leads["created"], leads["closed"]
    created = created.dt.normalize() if clock.is_created_date else created
    closed = closed.dt.normalize() if clock.is_closed_date else closed
    places = {name: place for place, name in enumerate(sources)}
    names = leads["source"].astype(object).where(leads["source"].notna(), "(none)")
    is_won, is_lost = (leads["status"] == status for status in ("won", "lost"))
    return LeadRows(
        created=_days(created - clock.first),
        days=_days(closed - created).clip(min=SHORTEST),
        is_won=is_won.to_numpy(bool),
        is_lost=is_lost.to_numpy(bool),
        source=np.array([places.get(str(name), places.get("other", -1)) for name in names], dtype=np.int64),
        amount=leads["amount"].where(is_won & (leads["amount"] > 0)).to_numpy(np.float64),
        owner=pd.factorize(leads["owner"].where(is_won))[0].astype(np.int64),
    )


def _days(spans: pd.Series[pd.Timedelta]) -> Floats:
    return np.asarray(spans.dt.total_seconds() / 86400, dtype=np.float64)


def rows_of_world(world: World, unit: str, clock: Clock) -> LeadRows:
    """Rows of a simulated firm as its CRM would export them on the last day of the clock.

    Parameters
    ----------
    world : World
        After its run; its first measured day is the Monday on or before the clock's first day.
    unit : {"lead", "opportunity"}
        Whether rows are inquiries or deals.
    clock : Clock
        Of the export that it is compared with.

    Notes
    -----
    A run knows working days; a time of day is drawn from the row's own key, uniform over the day for a creation and
    over office hours for a close (assumption).
    """
    leads = world.leads[: world.organization.n_leads]
    begun = leads.born_day if unit == "lead" else leads.first_day
    warmup = warmup_of(world)
    kept = begun >= max(warmup, 1)
    if unit == "lead":
        kept &= leads.source != SELF_FOUND
    leads, begun = leads[kept], begun[kept]
    born_at, closed_at = _times_of_day(leads.key, clock)
    monday = calendar_days(warmup) + clock.first.weekday()
    created = calendar_days(begun) + born_at - monday
    closed = calendar_days(leads.closed_day) + closed_at - monday
    is_seen = (created >= 0) & (created < clock.end)
    is_over = (leads.closed_day >= 0) & (closed <= clock.n_days)
    is_won = np.isin(leads.state, WON) & is_over
    days = np.where(is_over, np.maximum(closed - created, SHORTEST), np.nan)
    cohorts = LeadRows(
        created=created,
        days=days,
        is_won=is_won,
        is_lost=is_over & ~is_won,
        source=leads.source.astype(np.int64),
        amount=np.where(is_won & (leads.booked > 0), leads.booked.astype(np.float64), np.nan),
        owner=np.where(is_won, leads.rep.astype(np.int64), -1),
    )
    return LeadRows(*(getattr(cohorts, name)[is_seen] for name in LeadRows.__dataclass_fields__))


def _times_of_day(key: Ints, clock: Clock) -> tuple[Floats, Floats]:
    """Parts of a day at which rows are created and closed."""
    with np.errstate(over="ignore"):
        mixed = key.astype(np.uint64) * _GOLDEN
        one, other = ((word >> _SHIFT) / 2.0**53 for word in (mixed, (mixed ^ (mixed >> np.uint64(29))) * _GOLDEN))
    zeros = np.zeros(len(key))
    return (
        zeros if clock.is_created_date else one,
        zeros if clock.is_closed_date else OPENS + (CLOSES - OPENS) * other,
    )
