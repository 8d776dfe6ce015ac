"""Sizes of the workload, and what every program hands back: one row for each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.domain.tables import dtype_of, read_fields

#: Where a lead can be: stages 2 to 5 are a rep's four stages after acceptance. Compiled code remembers these numbers;
#: who changes one empties the cache folder ($SMARKETING_CACHE).
UNQUALIFIED, QUALIFIED, FIRST_STAGE, LAST_STAGE, WON, LOST, CLOSED = 0, 1, 2, 5, 6, 7, 8
N_PLACES = 9


class Size(NamedTuple):
    """How large a run is.

    Parameters
    ----------
    n_marketers, n_reps, n_days : int
        People and working days.
    arrivals : float
        Mean number of new leads per marketer and day.
    marketer_touches, rep_touches : int
        Leads that one person touches a day at most.
    """

    n_marketers: int
    n_reps: int
    n_days: int
    arrivals: float
    marketer_touches: int
    rep_touches: int


#: With a + marketers can touch 15 leads for each that arrives, so that most are really worked on.
SIZES = {
    "tiny": Size(3, 4, 60, 3.0, 20, 3),
    "S": Size(5, 10, 250, 2.0, 30, 10),
    "M": Size(20, 50, 500, 5.0, 30, 10),
    "M+": Size(20, 50, 500, 5.0, 75, 10),
    "L": Size(200, 1000, 500, 20.0, 30, 10),
    "L+": Size(200, 1000, 500, 20.0, 300, 10),
}

DAY_FIELDS = read_fields(f"""
    leads | int[{N_PLACES}] | leads | in the evening: unqualified, qualified, stages 1 to 4, won, lost, closed
    conflicts | int | - | of the day
    rejections | int | - | of the day
    cycle_days | int | day | from arrival to winning, summed over the leads won on the day
    nurture_touches | int | - | by marketers
    sales_touches | int | - | by reps
    revenue | float | c.u. | of the leads won on the day
""")
DAYS_DTYPE = dtype_of(DAY_FIELDS)
#: What is counted over a day, besides where the leads are in the evening.
COUNTED = tuple(field.name for field in DAY_FIELDS[1:])


def empty_days(size: Size) -> np.recarray:
    """A table of days, all zero: the result of a run before it is filled."""
    return np.zeros(size.n_days, DAYS_DTYPE).view(np.recarray)


def days_from_totals(leads: Sequence[Sequence[int]], totals: Mapping[str, Sequence[float]]) -> np.recarray:
    """A table of days from what a program has counted since the start.

    Parameters
    ----------
    leads : sequence of sequence of int
        For each evening, leads by where they are.
    totals : mapping of str to sequence of float
        For each other field of a day its sum since the start, evening by evening.
    """
    days = np.zeros(len(leads), DAYS_DTYPE).view(np.recarray)
    days.leads = leads
    for name, sums in totals.items():
        days[name] = np.diff(sums, prepend=0)
    return days


def summary(days: np.recarray) -> dict[str, float]:
    """What two programs must agree on: totals of a run and its mean sales cycle (days)."""
    unqualified, _, *open_stages, won, lost, closed = (int(n) for n in days.leads[-1])
    return {
        "unqualified": unqualified,
        "accepted and open": sum(open_stages),
        "won": won,
        "lost": lost,
        "closed": closed,
        "rejections": int(days.rejections.sum()),
        "conflicts": int(days.conflicts.sum()),
        "revenue": float(days.revenue.sum()),
        "cycle": float(days.cycle_days.sum() / max(1, won)),
    }
