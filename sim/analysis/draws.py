"""Luck by address in plain integers, for tables that draw what a run need not know (docs/odd.md, 4.10)."""

from __future__ import annotations

from sim.behaviours import luck

_WORD = (1 << 64) - 1


def draw(seed: int, key: int, purpose: int, occurrence: int) -> float:
    """The draw at an address, strictly between 0 and 1: what `sim.behaviours.luck.uniform` gives, to the bit."""
    address = (purpose * int(luck.OCCURRENCES_PER_PURPOSE) + occurrence) & _WORD
    x = (seed * int(luck.SEED_STEP) + key * int(luck.KEY_STEP) + address * int(luck.PURPOSE_STEP)) & _WORD
    x = (x ^ (x >> 30)) * int(luck.FIRST_MULTIPLIER) & _WORD
    x = (x ^ (x >> 27)) * int(luck.SECOND_MULTIPLIER) & _WORD
    return (((x ^ (x >> 31)) >> 12) + 0.5) * 2.0**-52
