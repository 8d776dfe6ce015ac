"""Addresses of luck: who or what a draw happens to. They depend on nothing that a scenario can change."""

from __future__ import annotations

from numba import int64

from sim.behaviours.kernel import kernel
from sim.domain.vocabulary import CALENDAR, EVENT, INBOUND, INSTALLED, PERSON, QUARTER_PAIR, SELF_FOUND_DEAL

CLASS_BITS = 48
DAY_BITS = 20
UNIT_BITS = 16
SLOT_BITS = 12
MONTH_BITS = 32
MANY_UNITS_BITS = 40


@kernel
def installed_key(number: int, index: int) -> int:
    """The index-th customer that a rep has on the first day; number as of `number_of`."""
    return (int64(INSTALLED) << CLASS_BITS) + (int64(number) << DAY_BITS) + int64(index)


@kernel
def inbound_key(day: int, unit: int, index: int) -> int:
    """The index-th inquiry of a day in a unit."""
    return (int64(INBOUND) << CLASS_BITS) + (int64(day) << DAY_BITS) + _of_unit(unit, UNIT_BITS) + int64(index)


@kernel
def event_key(day: int, unit: int, index: int) -> int:
    """The index-th lead of a unit's joint event."""
    return (int64(EVENT) << CLASS_BITS) + (int64(day) << DAY_BITS) + _of_unit(unit, UNIT_BITS) + int64(index)


@kernel
def self_found_key(number: int, block: int) -> int:
    """What a rep's n-th block of prospecting meets; number as of `number_of`, block counts all those of the run.

    Not by day: a world with a little less time for prospecting then meets the same prospects a little later, instead
    of others.
    """
    return (int64(SELF_FOUND_DEAL) << CLASS_BITS) + (int64(number) << DAY_BITS) + int64(block)


@kernel
def person_key(role: int, number: int) -> int:
    """A slot of an organization: its first rep, its second marketer."""
    return (int64(PERSON) << CLASS_BITS) + (int64(role) << DAY_BITS) + int64(number)


@kernel
def number_of(unit: int, slot: int) -> int:
    """Number of a slot in its role, whatever the size of the units: 4096 for each unit before."""
    return (int64(unit) << SLOT_BITS) + int64(slot)


@kernel
def quarter_key(day: int, kind: int, unit: int, index: int) -> int:
    """The index-th pair of a unit that a quarter's end puts to the test for a kind of dispute."""
    of_day = (int64(QUARTER_PAIR) << CLASS_BITS) + (int64(day) << DAY_BITS)
    return of_day + (int64(kind) << UNIT_BITS) + _of_unit(unit, SLOT_BITS) + int64(index)


@kernel
def _of_unit(unit: int, bits: int) -> int:
    """Part of a key that tells a unit: four bits at a place, and for more than 16 units others above the day."""
    return (int64(unit & 15) << bits) + (int64(unit >> 4) << MANY_UNITS_BITS)


@kernel
def calendar_key(number: int) -> int:
    """A week or month of the market."""
    return (int64(CALENDAR) << CLASS_BITS) + int64(number)


@kernel
def arrivals_key(unit: int) -> int:
    """The inquiries of a unit, by day."""
    return (int64(CALENDAR) << CLASS_BITS) + (int64(unit) << MONTH_BITS)
