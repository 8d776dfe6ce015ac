"""Stream luck to a test battery: `python -m verification.streams MIXER PATTERN | dieharder -g 200 -a`.

MIXER is `splitmix` (the product's own `sim.behaviours.luck.mix`), `squares` (Widynski's counter-based rival on
the same addresses) or `pcg64` (NumPy's generator, the control). PATTERN says which part of the address runs
fastest: `key`, `purpose`, `occurrence` or `seed`; `all` takes the four in turn, a million draws each. The
upper 32 bits of every draw are written, raw, for ever; a third argument is the draw to begin with.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import uint64

from sim.behaviours.luck import mix
from sim.domain.vocabulary import INBOUND, PERSON

BLOCK = 1 << 20
PATTERNS = ("key", "purpose", "occurrence", "seed")
PURPOSES = 43
LEADS_PER_DAY = 16
SQUARES_KEY = uint64(0xC8E4FD154CE32F6D)


@numba.njit
def address(pattern: int, i: int) -> tuple[int, int, int, int]:
    """The i-th address of a pattern as (seed, key, purpose, occurrence), as the model makes them."""
    if pattern == 0:  # key: leads of day after day, one seed and purpose
        return 1, (INBOUND << 48) + ((i // LEADS_PER_DAY) << 20) + i % LEADS_PER_DAY, 4, 0
    if pattern == 1:  # purpose: every purpose of a lead, then the next lead
        lead = i // PURPOSES
        return 1, (INBOUND << 48) + ((lead // LEADS_PER_DAY) << 20) + lead % LEADS_PER_DAY, 1 + i % PURPOSES, 0
    if pattern == 2:  # occurrence: 650 days of a person, then the next person
        return 1, (PERSON << 48) + i // 650, 32, i % 650
    return i, (CALENDAR_KEY), 34, 7  # neighbour seeds, one address


CALENDAR_KEY = 6 << 48


@numba.njit
def squares(seed: int, key: int, purpose: int, occurrence: int) -> int:
    """Four rounds of squaring (Widynski 2020, arXiv:2004.06278) of the same address."""
    place = uint64(purpose) * uint64(1 << 32) + uint64(occurrence)
    counter = uint64(seed) * uint64(0x9E3779B97F4A7C15) + uint64(key) * uint64(0xD1342543DE82EF95) + place
    y = counter * SQUARES_KEY
    x = y
    z = y + SQUARES_KEY
    for step in (y, z, y):
        x = x * x + step
        x = (x >> uint64(32)) | (x << uint64(32))
    x = x * x + z
    return x


@numba.njit
def fill(block: np.ndarray, mixer: int, pattern: int, start: int) -> None:
    """Write the upper halves of consecutive draws into a block of uint32, in place."""
    for j in range(block.shape[0]):
        seed, key, purpose, occurrence = address(pattern, start + j)
        bits = mix(seed, key, purpose, occurrence) if mixer == 0 else squares(seed, key, purpose, occurrence)
        block[j] = np.uint32(bits >> uint64(32))


def writer(mixer: str, pattern: str) -> Callable[[np.ndarray, int], None]:
    """Make the function that fills a block from a running index."""
    if mixer == "pcg64":
        generator = np.random.Generator(np.random.PCG64(1))
        return lambda block, start: block.__setitem__(
            slice(None), generator.integers(0, 1 << 32, len(block), dtype=np.uint32)
        )
    number = ("splitmix", "squares").index(mixer)
    if pattern == "all":
        return lambda block, start: fill(block, number, start // BLOCK % 4, start // (4 * BLOCK) * BLOCK)
    place = PATTERNS.index(pattern)
    return lambda block, start: fill(block, number, place, start)


def digest_of(mixer: str, pattern: str, n_blocks: int = 4) -> str:
    """Fingerprint of a stream: of its first blocks, so that a result of a battery is known to be of this stream."""
    fill_block, block = writer(mixer, pattern), np.empty(BLOCK, dtype=np.uint32)
    found = hashlib.sha256()
    for number in range(n_blocks):
        fill_block(block, number * BLOCK)
        found.update(block.astype("<u4").tobytes())
    return found.hexdigest()[:12]


@numba.njit
def fill_bits(bits: np.ndarray, pattern: int) -> None:
    """Write all 64 bits of consecutive draws of a pattern into an array of uint64, in place."""
    for i in range(bits.shape[0]):
        seed, key, purpose, occurrence = address(pattern, i)
        bits[i] = mix(seed, key, purpose, occurrence)


def bits_of(pattern: str, n: int) -> Any:
    """The first n draws of a pattern, uint64."""
    bits = np.empty(n, dtype=np.uint64)
    fill_bits(bits, PATTERNS.index(pattern))
    return bits


def main() -> None:
    """Write blocks until the reader closes the pipe."""
    fill_block = writer(sys.argv[1], sys.argv[2])
    block = np.empty(BLOCK, dtype=np.uint32)
    start = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    try:
        while True:
            fill_block(block, start)
            sys.stdout.buffer.write(block.data)
            start += BLOCK
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
