"""The state of a run on smarketing's foundations: a record, tables of fields and, for what a scan reads, columns."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np

from benchmarks.funnel.size import N_PLACES, Size, empty_days
from sim.domain.tables import dtype_of, read_fields

MOST_ARRIVALS = 128
LANES = 16  # marketers' columns are as long as a multiple of this: what the processor multiplies at once

FIRM_FIELDS = read_fields(f"""
    seed | int | - | of this run
    n_marketers | int | people | -
    n_reps | int | people | -
    n_days | int | days | -
    marketer_touches | int | leads/day | that a marketer touches at most
    rep_touches | int | leads/day | that a rep touches at most
    desk_room | int | leads | for which a rep's desk has room
    fewest | int | leads | open with the rep who gets the next one
    next_rep | int | rep | the first one who may have so few
    n_open | int | leads | with reps
    n_returned | int | rows | of returned leads in use
    leads | int[{N_PLACES}] | leads | by where they are
    memory | float | share | of a trust's distance from its rest that is left of the first day's
    chance_below | float[{MOST_ARRIVALS}] | chance | that so many leads arrive, or fewer
""")
MARKETER_FIELDS = read_fields("""
    n_working | int | leads | in the marketer's hands
    n_taken | int | leads | taken in hand since the start
    queue_day | int | day | when the next in the queue arrived or returned
    queue_index | int | - | of the next in the queue among those that arrived on that day
    returned_head | int | row | oldest returned lead in the queue, -1 = none
    returned_tail | int | row | newest returned lead
""")
RETURNED_FIELDS = read_fields("""
    key | int | - | who it is, for luck
    day | int | day | it was sent back
    next | int | row | sent back to the same marketer after it, -1 = none
""")
DESK_FIELDS = read_fields("""
    score | float | - | at hand-off
    marketer | int | marketer | who handed it over
    stage | int | - | where it is
    key | int | - | who it is, for luck
    created | int | day | it arrived
    quality | float | share | of the lead
    hardness | float | odds | against a step ahead, without trust
""")


class Funnel(NamedTuple):
    """All of a run; what a kernel calls "changed in place" is in here.

    Parameters
    ----------
    firm : record
        Settings and counters.
    marketers, returned, desks, days : tables
        One row per marketer, per lead sent back to marketing, per place on a rep's desk (rep by rep), per day.
    arrivals : array (n_marketers, n_days) of int
        Leads that came.
    ahead : array (n_marketers, lanes) of float
        For each lead that a marketer works on, e to the effort that it still lacks; infinite where there is none.
    keys, qualities, turns : arrays (n_marketers, lanes)
        Of the same leads; turns say who came into hand before whom.
    trust : array (n_reps, n_marketers) of float
        Distance from its rest, of the first day's measure (see ``memory``).
    open_leads : array (n_reps,) of int
        Leads on a rep's desk.
    priority, chosen : arrays
        Scratch paper of the rep at work.
    """

    firm: np.record
    marketers: np.recarray
    returned: np.recarray
    desks: np.recarray
    days: np.recarray
    arrivals: np.ndarray
    ahead: np.ndarray
    keys: np.ndarray
    qualities: np.ndarray
    turns: np.ndarray
    trust: np.ndarray
    open_leads: np.ndarray
    priority: np.ndarray
    chosen: np.ndarray


FIRM, MARKETER, RETURNED, DESK = map(dtype_of, (FIRM_FIELDS, MARKETER_FIELDS, RETURNED_FIELDS, DESK_FIELDS))


def table(dtype: np.dtype, n: int) -> np.recarray:
    """A table of zeros with a row for each of n."""
    return np.zeros(n, dtype).view(np.recarray)


def new_funnel(size: Size, seed: int, desk_room: int = 64, n_returned: int = 50_000) -> Funnel:
    """The state before the first day.

    Parameters
    ----------
    size : Size
        How large the run is.
    seed : int
        Non-negative.
    desk_room, n_returned : int
        Room for leads per rep, and for leads sent back; `with_more_room` doubles both.
    """
    lanes = -(-size.marketer_touches // LANES) * LANES
    shape = (size.n_marketers, lanes)
    marketers = table(MARKETER, size.n_marketers)
    marketers.returned_head = marketers.returned_tail = -1
    return Funnel(
        firm=_firm(size, seed, desk_room),
        marketers=marketers,
        returned=table(RETURNED, n_returned),
        desks=table(DESK, size.n_reps * desk_room),
        days=empty_days(size),
        arrivals=np.zeros((size.n_marketers, size.n_days), np.int64),
        ahead=np.full(shape, np.inf),
        keys=np.zeros(shape, np.int64),
        qualities=np.zeros(shape),
        turns=np.zeros(shape, np.int64),
        trust=np.zeros((size.n_reps, size.n_marketers)),
        open_leads=np.zeros(size.n_reps, np.int64),
        priority=np.zeros(desk_room),
        chosen=np.zeros(size.rep_touches, np.int64),
    )


def with_more_room(funnel: Funnel) -> Funnel:
    """The same state with twice the room on desks and for leads sent back."""
    firm, old_room = funnel.firm, int(funnel.firm.desk_room)
    desks = table(DESK, 2 * len(funnel.desks))
    desks.reshape(-1, 2 * old_room)[:, :old_room] = funnel.desks.reshape(-1, old_room)
    returned = table(RETURNED, 2 * len(funnel.returned))
    returned[: len(funnel.returned)] = funnel.returned
    firm.desk_room = 2 * old_room
    return funnel._replace(desks=desks, returned=returned, priority=np.zeros(2 * old_room))


def _firm(size: Size, seed: int, desk_room: int) -> np.record:
    firm = table(FIRM, 1)[0]
    firm.seed, firm.desk_room, firm.memory = seed, desk_room, 1.0
    firm.n_marketers, firm.n_reps, firm.n_days = size[:3]
    firm.marketer_touches, firm.rep_touches = size[4:]
    firm.chance_below[:] = poisson_chances(size.arrivals)
    return firm


@functools.cache
def poisson_chances(mean: float) -> np.ndarray:
    """Chances of 0, 1, 2 … or fewer events of a Poisson number, of which the last is above every draw.

    >>> poisson_chances(2.0)[:3].round(3)
    array([0.135, 0.406, 0.677])
    """
    terms = mean ** np.arange(MOST_ARRIVALS) * math.exp(-mean) / np.cumprod([1.0, *range(1, MOST_ARRIVALS)])
    chances = np.cumsum(terms)
    chances[-1] = 1.0
    return chances
