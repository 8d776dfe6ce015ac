"""funnel-1 on smarketing's foundations: records, luck by address, kernels, one entry.

What makes it fast and leaves every trajectory as it is:

- A lead is a key until somebody works on it; its attributes are drawn by address when they are first needed.
- Touches multiply draws instead of adding their logarithms, so the logarithm is taken once, at hand-off; the leads
  that a marketer works on lie in columns, and the compiler touches eight at once.
- While marketers work, reps only gain leads, so "the rep with the fewest" moves on like water filling steps.
- A trust's distance from its rest shrinks by the same share every day for everybody: one number, kept in ``memory``.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numba import int64

from benchmarks.funnel.size import CLOSED, FIRST_STAGE, LOST, QUALIFIED, SIZES, UNQUALIFIED, WON, Size
from benchmarks.funnel.state import Funnel, new_funnel, with_more_room
from sim.behaviours.arithmetic import exp, log, logistic, sine
from sim.behaviours.kernel import ARGUMENT_TYPES, entry, kernel
from sim.behaviours.luck import uniform

# The decorators know a world of records by its annotation; this tells them a second kind.
ARGUMENT_TYPES["Funnel"] = numba.typeof(new_funnel(SIZES["tiny"], 0))

# Purposes of luck.
ARRIVAL, QUALITY, NURTURE, ACCEPT, CONFLICT, LOSS, ADVANCE, FIT, PRICE = range(9)

REST = 0.4  # trust in the long run
FORGETTING = 0.01  # share of the distance from it per day
MANY = 1 << 62
EFFORT = 0.2  # score of a mean touch of the best lead


@kernel
def lead_key(day: int, marketer: int, index: int, has_returned: int) -> int:
    """Who a lead is, for luck; a lead of an earlier day, of a marketer with a lower number, is lower."""
    return (int64(day) << 40) | (int64(marketer) << 24) | (int64(index) << 1) | int64(has_returned)


@kernel
def quality_of(seed: int, key: int) -> float:
    """Beta(2, 5): the second smallest of six draws, the same before and after a lead was sent back."""
    born = key & ~1
    smallest = second = 1.0
    for i in range(6):
        draw = uniform(seed, born, QUALITY, i)
        second = min(second, max(smallest, draw))
        smallest = min(smallest, draw)
    return second


@kernel
def normal_of(seed: int, key: int, purpose: int) -> float:
    """Standard normal (Box & Muller 1958)."""
    born = key & ~1
    radius = math.sqrt(-2.0 * log(uniform(seed, born, purpose, 0)))
    return radius * sine(uniform(seed, born, purpose, 1) + 0.25)


@kernel
def arrive(f: Funnel, marketer: int, day: int) -> None:
    """Let a Poisson number of leads come: a count; nobody is drawn yet."""
    draw = uniform(f.firm.seed, marketer, ARRIVAL, day)
    n = 0
    while draw > f.firm.chance_below[n]:
        n += 1
    f.arrivals[marketer, day] = n
    f.firm.leads[UNQUALIFIED] += n


@kernel
def next_in_queue(f: Funnel, marketer: int, day: int) -> int:
    """Take the key of the lead that has waited longest; −1 where none waits.

    The queue is: those who came on a day, then those sent back on that day, then those of the next day.
    """
    mine = f.marketers[marketer]
    while True:
        if mine.queue_index < f.arrivals[marketer, mine.queue_day]:
            mine.queue_index += 1
            return lead_key(mine.queue_day, marketer, mine.queue_index - 1, 0)
        head = mine.returned_head
        if head >= 0 and f.returned[head].day == mine.queue_day:
            mine.returned_head = f.returned[head].next
            return f.returned[head].key
        if mine.queue_day == day:
            return -1
        mine.queue_day += 1
        mine.queue_index = 0


@kernel
def take_up(f: Funnel, marketer: int, day: int) -> None:
    """Fill the free hands of a marketer from the queue."""
    mine = f.marketers[marketer]
    while mine.n_working < f.firm.marketer_touches:
        key = next_in_queue(f, marketer, day)
        if key < 0:
            return
        place = mine.n_working
        quality = quality_of(f.firm.seed, key)
        lacking = 0.5 if key & 1 else 1.0
        f.keys[marketer, place] = key
        f.qualities[marketer, place] = quality
        f.ahead[marketer, place] = exp(lacking / (EFFORT * quality))
        f.turns[marketer, place] = mine.n_taken
        mine.n_taken += 1
        mine.n_working += 1


@kernel
def nurture(f: Funnel, marketer: int, day: int) -> int:
    """Touch all leads in hand; returns how many are ready now.

    The score grows by 0.2 · quality · (−ln draw), so it reaches 1 when the product of draws falls below
    exp(−lacking / (0.2 · quality)): `ahead` starts at the inverse, and each touch multiplies it by a draw. It is
    infinite for qualities under 0.007, which take 700 touches, more than the days of any size.
    """
    seed, ahead, keys, n_ready = f.firm.seed, f.ahead[marketer], f.keys[marketer], 0
    for place in range(len(ahead)):
        ahead[place] *= uniform(seed, keys[place], NURTURE, day)
        n_ready += int64(ahead[place] <= 1.0)
    return n_ready


@kernel
def next_rep(f: Funnel) -> int:
    """The rep with the fewest open leads, the first of several."""
    rep = f.firm.next_rep
    while f.open_leads[rep] > f.firm.fewest:
        rep += 1
        if rep == f.firm.n_reps:
            rep = 0
            f.firm.fewest += 1
    f.firm.next_rep = rep
    return rep


@kernel
def hand_over(f: Funnel, marketer: int, place: int) -> None:
    """Put a ready lead on a rep's desk."""
    rep = next_rep(f)
    key = f.keys[marketer, place]
    lead = f.desks[rep * f.firm.desk_room + f.open_leads[rep]]
    lead.key = key
    lead.created = key >> 40
    lead.marketer = marketer
    lead.quality = f.qualities[marketer, place]
    lead.score = 1.0 - EFFORT * lead.quality * log(f.ahead[marketer, place])
    lead.stage = QUALIFIED
    f.open_leads[rep] += 1
    f.firm.n_open += 1
    f.firm.leads[UNQUALIFIED] -= 1
    f.firm.leads[QUALIFIED] += 1


@kernel
def let_go(f: Funnel, marketer: int, place: int) -> None:
    """Move the last lead in hand to a place that is free now."""
    last = f.marketers[marketer].n_working - 1
    f.ahead[marketer, place] = f.ahead[marketer, last]
    f.keys[marketer, place] = f.keys[marketer, last]
    f.qualities[marketer, place] = f.qualities[marketer, last]
    f.turns[marketer, place] = f.turns[marketer, last]
    f.ahead[marketer, last] = math.inf
    f.marketers[marketer].n_working = last


@kernel
def first_ready(f: Funnel, marketer: int) -> int:
    """The place of the ready lead that came into hand before the others."""
    ahead, turns = f.ahead[marketer], f.turns[marketer]
    best, earliest = 0, MANY
    for place in range(f.marketers[marketer].n_working):
        if ahead[place] <= 1.0 and turns[place] < earliest:
            best, earliest = place, turns[place]
    return best


@kernel
def market(f: Funnel, marketer: int, day: int) -> None:
    """One day of a marketer."""
    arrive(f, marketer, day)
    take_up(f, marketer, day)
    f.days[day].nurture_touches += f.marketers[marketer].n_working
    n_ready = nurture(f, marketer, day)
    while n_ready > 0:
        place = first_ready(f, marketer)
        hand_over(f, marketer, place)
        let_go(f, marketer, place)
        n_ready -= 1


@kernel
def trust_in(f: Funnel, rep: int, marketer: int) -> float:
    """How far a rep trusts a marketer today."""
    return REST + f.trust[rep, marketer] * f.firm.memory


@kernel
def set_trust(f: Funnel, rep: int, marketer: int, trust: float) -> None:
    """Change a trust, within 0 and 1."""
    f.trust[rep, marketer] = (min(max(trust, 0.0), 1.0) - REST) / f.firm.memory


@kernel
def choose(f: Funnel, rep: int) -> int:
    """Put the places of the most promising leads into `chosen`, best first; returns how many."""
    first, n_chosen, most = rep * f.firm.desk_room, 0, f.firm.rep_touches
    for i in range(f.open_leads[rep]):
        lead = f.desks[first + i]
        promise = trust_in(f, rep, lead.marketer) * lead.score
        f.priority[i] = promise
        at = n_chosen
        while at > 0:
            rival = f.chosen[at - 1]
            if f.priority[rival] > promise or (f.priority[rival] == promise and f.desks[first + rival].key < lead.key):
                break
            if at < most:
                f.chosen[at] = rival
            at -= 1
        if at < most:
            f.chosen[at] = i
            n_chosen = min(n_chosen + 1, most)
    return n_chosen


@kernel
def send_back(f: Funnel, key: int, marketer: int, day: int) -> None:
    """Put a rejected lead at the end of its marketer's queue."""
    row = f.firm.n_returned
    f.firm.n_returned += 1
    f.returned[row].key = key | 1
    f.returned[row].day = day
    f.returned[row].next = -1
    mine = f.marketers[marketer]
    if mine.returned_head < 0:
        mine.returned_head = row
    else:
        f.returned[mine.returned_tail].next = row
    mine.returned_tail = row


@kernel
def move(f: Funnel, rep: int, place: int, stage: int) -> None:
    """Put a lead on a desk into another stage, and count."""
    lead = f.desks[rep * f.firm.desk_room + place]
    f.firm.leads[lead.stage] -= 1
    f.firm.leads[stage] += 1
    lead.stage = stage


@kernel
def reject(f: Funnel, rep: int, place: int, day: int) -> None:
    """Reject a lead: back to marketing the first time, out the second, and trust suffers."""
    lead, today = f.desks[rep * f.firm.desk_room + place], f.days[day]
    trust = trust_in(f, rep, lead.marketer)
    today.rejections += 1
    today.conflicts += int64(uniform(f.firm.seed, lead.key, CONFLICT, 0) < 0.3 * (1.0 - trust))
    set_trust(f, rep, lead.marketer, trust - 0.02)
    if lead.key & 1:
        move(f, rep, place, CLOSED)
    else:
        send_back(f, lead.key, lead.marketer, day)
        move(f, rep, place, UNQUALIFIED)


@kernel
def judge(f: Funnel, rep: int, place: int, day: int) -> None:
    """First touch: accept a lead or reject it."""
    lead = f.desks[rep * f.firm.desk_room + place]
    chance = logistic(-1.0 + 3.0 * lead.quality + trust_in(f, rep, lead.marketer))
    if uniform(f.firm.seed, lead.key, ACCEPT, 0) < chance:
        lead.hardness = exp(1.0 - 2.0 * lead.quality - 0.3 * normal_of(f.firm.seed, lead.key, FIT))
        move(f, rep, place, FIRST_STAGE)
    else:
        reject(f, rep, place, day)


@kernel
def win(f: Funnel, rep: int, place: int, day: int) -> None:
    """Book a won lead."""
    lead, today = f.desks[rep * f.firm.desk_room + place], f.days[day]
    today.revenue += 20000.0 * exp(0.6 * normal_of(f.firm.seed, lead.key, PRICE))
    today.cycle_days += day - lead.created
    set_trust(f, rep, lead.marketer, trust_in(f, rep, lead.marketer) + 0.01)


@kernel
def pursue(f: Funnel, rep: int, place: int, day: int) -> None:
    """Later touch: a lead is lost, goes a step ahead, or neither."""
    lead = f.desks[rep * f.firm.desk_room + place]
    if uniform(f.firm.seed, lead.key, LOSS, day) < 0.03 * (1.0 + (day - lead.created) / 90.0):
        move(f, rep, place, LOST)
        return
    odds_against = lead.hardness * exp(-0.5 * trust_in(f, rep, lead.marketer))
    if uniform(f.firm.seed, lead.key, ADVANCE, day) * (1.0 + odds_against) < 1.0:
        move(f, rep, place, lead.stage + 1)
        if lead.stage == WON:
            win(f, rep, place, day)


@kernel
def clear_desk(f: Funnel, rep: int) -> None:
    """Take what is over off a desk; the last lead moves into the gap."""
    first = rep * f.firm.desk_room
    n = f.open_leads[rep]
    for place in range(n - 1, -1, -1):
        stage = f.desks[first + place].stage
        if stage == UNQUALIFIED or stage >= WON:
            n -= 1
            f.desks[first + place] = f.desks[first + n]
    f.firm.n_open -= f.open_leads[rep] - n
    f.open_leads[rep] = n


@kernel
def sell(f: Funnel, rep: int, day: int) -> None:
    """One day of a rep."""
    n_chosen = choose(f, rep)
    f.days[day].sales_touches += n_chosen
    for i in range(n_chosen):
        place = f.chosen[i]
        if f.desks[rep * f.firm.desk_room + place].stage == QUALIFIED:
            judge(f, rep, place, day)
        else:
            pursue(f, rep, place, day)
    clear_desk(f, rep)


@kernel
def open_day(f: Funnel) -> None:
    """Find the rep with the fewest leads."""
    f.firm.next_rep = 0
    f.firm.fewest = f.open_leads[0]
    for rep in range(f.firm.n_reps):
        f.firm.fewest = min(f.firm.fewest, f.open_leads[rep])


@kernel
def has_room(f: Funnel) -> bool:
    """Whether all that a day can hand over or send back is sure to fit."""
    handed_over = f.firm.n_marketers * f.firm.marketer_touches
    fullest = 0
    for rep in range(f.firm.n_reps):
        fullest = max(fullest, f.open_leads[rep])
    filled_up = (f.firm.n_open + handed_over) // f.firm.n_reps + 1
    fits = max(fullest, filled_up) <= f.firm.desk_room
    return fits and f.firm.n_returned + f.firm.n_reps * f.firm.rep_touches <= len(f.returned)


@entry
def run_days(f: Funnel, day: int) -> int:
    """Run days until the last, or until before the first that might not fit; returns the day it stopped before."""
    while day < f.firm.n_days and has_room(f):
        open_day(f)
        for marketer in range(f.firm.n_marketers):
            market(f, marketer, day)
        for rep in range(f.firm.n_reps):
            if f.open_leads[rep] > 0:
                sell(f, rep, day)
        f.firm.memory *= 1.0 - FORGETTING
        for place in range(len(f.firm.leads)):
            f.days[day].leads[place] = f.firm.leads[place]
        day += 1
    return day


def run(size: Size, seed: int) -> np.recarray:
    """The days of a run."""
    return run_to_end(new_funnel(size, seed))


def run_to_end(funnel: Funnel) -> np.recarray:
    """Run all days, making room where it is needed; returns the days."""
    day = run_days(funnel, 0)
    while day < funnel.firm.n_days:
        funnel = with_more_room(funnel)
        day = run_days(funnel, day)
    return funnel.days
