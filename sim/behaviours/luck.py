"""Luck by address: every draw is a pure function of seed, whom it happens to, purpose and occurrence.

Nothing here has a state, so neither the order of calls nor the number of threads can change a result, and two
scenarios with one seed meet the same leads with the same luck. Chance enters the model through four doors only:
`happens` (yes or no), `normal`, `count` and `fraction`; each turns one draw into a value by an inverse
distribution function, hence a higher chance, mean or rate can only add.
"""

from __future__ import annotations

from typing import Any

from numba import int64, uint64

from sim.behaviours.arithmetic import from_bits, negative_binomial_quantile, normal_quantile
from sim.behaviours.kernel import kernel
from sim.domain.records import World

# Odd multipliers that spread the four parts of an address over 64 bits, then the finalizer of SplitMix64
# (Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195). Chosen and tested in docs/decisions/0002-luck.md; frozen.
SEED_STEP = uint64(0x9E3779B97F4A7C15)
KEY_STEP = uint64(0xD1342543DE82EF95)
PURPOSE_STEP = uint64(0xDA942042E4DD58B5)
FIRST_MULTIPLIER = uint64(0xBF58476D1CE4E5B9)
SECOND_MULTIPLIER = uint64(0x94D049BB133111EB)
OCCURRENCES_PER_PURPOSE = uint64(1 << 32)
SHIFT_12 = uint64(12)
SHIFT_27 = uint64(27)
SHIFT_30 = uint64(30)
SHIFT_31 = uint64(31)
BITS_OF_ONE = uint64(0x3FF0000000000000)
BELOW_ONE = 1.0 - 2.0**-53


@kernel
def mix(seed: int, key: int, purpose: int, occurrence: int) -> int:
    """64 mixed bits of an address.

    Parameters
    ----------
    seed, key, purpose, occurrence : int
        Non-negative; purpose and occurrence below 2^31. Keys come from `sim.behaviours.keys`.
    """
    address = uint64(purpose) * OCCURRENCES_PER_PURPOSE + uint64(occurrence)
    x = uint64(seed) * SEED_STEP + uint64(key) * KEY_STEP + address * PURPOSE_STEP
    x = (x ^ (x >> SHIFT_30)) * FIRST_MULTIPLIER
    x = (x ^ (x >> SHIFT_27)) * SECOND_MULTIPLIER
    return x ^ (x >> SHIFT_31)


@kernel
def uniform(seed: int, key: int, purpose: int, occurrence: int) -> float:
    """The draw at an address, strictly between 0 and 1 (52 bits, centred, so never 0 or 1)."""
    return from_bits(int64(mix(seed, key, purpose, occurrence) >> SHIFT_12 | BITS_OF_ONE)) - BELOW_ONE


@kernel
def fraction(world: World, key: int, purpose: int, occurrence: int) -> float:
    """A number between 0 and 1, for choosing one of several: the door behind every pick."""
    return uniform(world.organization.seed, key, purpose, occurrence)


@kernel
def pick(world: World, key: int, purpose: int, occurrence: int, n: int) -> int:
    """One of 0 … n − 1, each equally likely."""
    return int(fraction(world, key, purpose, occurrence) * n)


@kernel
def normal(world: World, key: int, purpose: int, occurrence: int) -> float:
    """A standard normal number, increasing in its draw, so that two worlds stay coupled."""
    return normal_quantile(uniform(world.organization.seed, key, purpose, occurrence))


@kernel
def count(world: World, key: int, purpose: int, occurrence: int, mean: float, shape: float) -> int:
    """A negative-binomial count with this mean and variance mean + mean²/shape; a higher mean only adds."""
    return negative_binomial_quantile(uniform(world.organization.seed, key, purpose, occurrence), mean, shape)


@kernel
def happens(world: World, key: int, purpose: int, occurrence: int, chance: float) -> bool:
    """Whether something happens that has this chance; where decisions are recorded, this writes the row.

    Asked twice at one address with a higher chance, it answers by the same draw: so a touch of a deal that may be
    lost, decided or neither is asked three times.
    """
    return falls_below(world, draw_at(world, key, purpose, occurrence), key, purpose, occurrence, chance)


@kernel
def draw_at(world: World, key: int, purpose: int, occurrence: int) -> float:
    """The draw behind a decision, for those who ask `falls_below` several times at one address: one hash, not three."""
    return uniform(world.organization.seed, key, purpose, occurrence)


@kernel
def falls_below(world: World, draw: float, key: int, purpose: int, occurrence: int, chance: float) -> bool:
    """Like `happens`, given the draw of the address."""
    if world.events.shape[0] > 0:
        return _on_record(world, draw, key, purpose, occurrence, chance)
    return draw < chance


@kernel
def one_of(world: World, key: int, purpose: int, up_to: Any, n: int) -> int:
    """One of 0 … n − 1 by the shares of those up to it: the first whose sum lies above the draw.

    Where decisions are recorded, one is asked after the other. Else none is left out: chance decides which one it is,
    so to stop there would be a branch that the processor guesses wrongly.
    """
    draw, passed = draw_at(world, key, purpose, 0), 0
    if world.events.shape[0] > 0:
        while passed < n - 1 and not _on_record(world, draw, key, purpose, 0, up_to[passed]):
            passed += 1
        return passed
    for each in range(n - 1):
        passed += 0 if draw < up_to[each] else 1
    return passed


@kernel
def exceeds(world: World, key: int, purpose: int, occurrence: int, value: float, limit: float) -> bool:
    """Whether a value in which luck has a part lies above a limit: a decision too, recorded as limit < value."""
    if world.events.shape[0] > 0:
        return _on_record(world, limit, key, purpose, occurrence, value)
    return limit < value


@kernel
def ruled(world: World, key: int, purpose: int, occurrence: int, value: float) -> float:
    """A rule of the firm as it applies to a lead: where decisions are recorded it may be held to another value."""
    if world.events.shape[0] > 0:
        return _held(world, key, purpose, occurrence, value)
    return value


@kernel
def _on_record(world: World, draw: float, key: int, purpose: int, occurrence: int, chance: float) -> bool:
    """Answer by the chance that is held for this decision, else by its own, and write that down."""
    given = _held(world, key, purpose, occurrence, chance)
    _write_decision(world, key, purpose, occurrence, draw, given)
    return draw < given


@kernel
def _held(world: World, key: int, purpose: int, occurrence: int, chance: float) -> float:
    """What is held for a decision: of the table's last rows the first of this address that is not used yet."""
    n_rows = world.events.shape[0]
    for place in range(n_rows - world.organization.n_held, n_rows):
        event = world.events[place]
        if event.key == key and event.purpose == purpose and event.occurrence == occurrence and event.day < 0:
            event.day = world.organization.day
            return event.chance
    return chance


@kernel
def _write_decision(world: World, key: int, purpose: int, occurrence: int, draw: float, chance: float) -> None:
    """Write a decision row, or count it where the table is full."""
    firm = world.organization
    if firm.n_events < world.events.shape[0] - firm.n_held:
        event = world.events[firm.n_events]
        event.key = key
        event.day = firm.day
        event.purpose = purpose
        event.occurrence = occurrence
        event.draw = draw
        event.chance = chance
    firm.n_events += 1
