"""Addresses of luck: who or what a draw happens to. They depend on nothing that a scenario can change."""

from __future__ import annotations

from numba import int64

from sim.behaviours.kernel import kernel
from sim.domain.vocabulary import CALENDAR, EVENT, INBOUND, PERSON, QUARTER_PAIR, SELF_FOUND_DEAL

CLASS_BITS = 48
DAY_BITS = 20


@kernel
def inbound_key(day: int, index: int) -> int:
    """The index-th inquiry of a day."""
    return (int64(INBOUND) << CLASS_BITS) + (int64(day) << DAY_BITS) + int64(index)


@kernel
def event_key(day: int, index: int) -> int:
    """The index-th lead of a joint event."""
    return (int64(EVENT) << CLASS_BITS) + (int64(day) << DAY_BITS) + int64(index)


@kernel
def self_found_key(slot: int, block: int) -> int:
    """What a rep's n-th block of prospecting meets; slot counts reps from 0, block all those of the run.

    Not by day: a world with a little less time for prospecting then meets the same prospects a little later, instead
    of others.
    """
    return (int64(SELF_FOUND_DEAL) << CLASS_BITS) + (int64(slot) << DAY_BITS) + int64(block)


@kernel
def person_key(role: int, slot: int) -> int:
    """A slot of an organization: its first rep, its second marketer."""
    return (int64(PERSON) << CLASS_BITS) + (int64(role) << DAY_BITS) + int64(slot)


@kernel
def quarter_key(day: int, kind: int, index: int) -> int:
    """The index-th pair that a quarter's end puts to the test for a kind of dispute."""
    return (int64(QUARTER_PAIR) << CLASS_BITS) + (int64(day) << DAY_BITS) + (int64(kind) << 16) + int64(index)


@kernel
def calendar_key(number: int) -> int:
    """A week or month of the market."""
    return (int64(CALENDAR) << CLASS_BITS) + int64(number)
