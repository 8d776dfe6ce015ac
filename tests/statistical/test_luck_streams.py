"""Quick tests of randomness on the four ways in which the model walks through addresses.

The long battery is in docs/decisions/0002-luck.md; this one notices within seconds when the mixer or a key is changed
for the worse. Seeds and addresses are fixed, so a test passes always or never. Each p-value must lie between
LEAST_P and 1 - LEAST_P; for a new choice of addresses, all of them together would raise a false alarm once in about
14,000 times: 4 patterns x 9 p-values x 2e-6 = 7e-5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numba
import numpy as np
import pytest
from numba import uint64
from scipy import stats

from sim.behaviours.luck import KEY_STEP, OCCURRENCES_PER_PURPOSE, PURPOSE_STEP, SEED_STEP, mix
from sim.domain.vocabulary import CALENDAR, DRAW_ARRIVALS, DRAW_FIT, DRAW_OPEN_INBOX, INBOUND, PERSON

N = 1 << 20
LEAST_P = 1e-6
PATTERNS = ("key", "purpose", "occurrence", "seed")
LEADS_PER_DAY, PURPOSES_USED, DAYS = 16, 43, 650


@numba.njit
def fill(addresses: Any, bits: Any) -> None:
    for i in range(addresses.shape[0]):
        bits[i] = mix(addresses[i, 0], addresses[i, 1], addresses[i, 2], addresses[i, 3])


def lead_key(i: np.ndarray) -> np.ndarray:
    """Keys of inbound leads, sixteen a day."""
    return (INBOUND << 48) + (i // LEADS_PER_DAY << 20) + i % LEADS_PER_DAY


def addresses_of(pattern: str) -> np.ndarray:
    """Addresses as (seed, key, purpose, occurrence), the named part running fastest."""
    i = np.arange(N)
    parts: dict[str, tuple[Any, Any, Any, Any]] = {
        "key": (1, lead_key(i), DRAW_FIT, 0),
        "purpose": (1, lead_key(i // PURPOSES_USED), 1 + i % PURPOSES_USED, 0),
        "occurrence": (1, (PERSON << 48) + i // DAYS, DRAW_OPEN_INBOX, i % DAYS),
        "seed": (i, CALENDAR << 48, DRAW_ARRIVALS, 7),
    }
    return np.stack(np.broadcast_arrays(*parts[pattern]), axis=1).astype(np.int64)


def bits_of(pattern: str) -> np.ndarray:
    """The 64 bits at every address of a pattern."""
    bits = np.empty(N, dtype=np.uint64)
    fill(np.ascontiguousarray(addresses_of(pattern)), bits)
    return bits


def unmixed(pattern: str) -> np.ndarray:
    """The same addresses without the mixer's finalizer: what the tests below must not accept."""
    seed, key, purpose, occurrence = addresses_of(pattern).astype(np.uint64).T
    place = purpose * uint64(OCCURRENCES_PER_PURPOSE) + occurrence
    return seed * uint64(SEED_STEP) + key * uint64(KEY_STEP) + place * uint64(PURPOSE_STEP)


def p_values(bits: np.ndarray) -> Iterator[tuple[str, float]]:
    """Nine p-values of a stream of 64-bit numbers."""
    high, low = (bits >> np.uint64(52)).astype(np.int64), (bits >> np.uint64(12)).astype(np.int64) & 0xFFF
    draws = ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    yield "4096 cells of the high bits", stats.chisquare(np.bincount(high, minlength=4096)).pvalue
    yield "4096 cells of the lowest bits in use", stats.chisquare(np.bincount(low, minlength=4096)).pvalue
    pairs = (high[:-1:2] >> 6) * 64 + (high[1::2] >> 6)
    yield "pairs of neighbours", stats.chisquare(np.bincount(pairs, minlength=4096)).pvalue
    triples = ((high[:-2:3] >> 8) * 16 + (high[1:-1:3] >> 8)) * 16 + (high[2::3] >> 8)
    yield "triples of neighbours", stats.chisquare(np.bincount(triples, minlength=4096)).pvalue
    yield "serial correlation, lags 1 to 16", serial_correlation(draws, range(1, 17))
    yield "serial correlation, lags of days and people", serial_correlation(draws, (43, 160, 650, 688, 1300))
    yield "gaps between small draws", gaps(draws, 0.05)
    yield "gaps between large draws", gaps(1.0 - draws, 0.05)
    ones = np.unpackbits(bits.view(np.uint8).reshape(N, 8), axis=1).sum(axis=0)
    yield "every bit", float(stats.chi2.sf((((ones - N / 2) / np.sqrt(N / 4)) ** 2).sum(), 64))


def serial_correlation(draws: np.ndarray, lags: Any) -> float:
    """P-value of the squared correlations at these lags: each times n is a chi-square of one degree of freedom."""
    x = (draws - 0.5) * np.sqrt(12.0)
    total = sum(float((x[:-lag] * x[lag:]).sum()) ** 2 / (N - lag) for lag in lags)
    return float(stats.chi2.sf(total, len(lags)))


def gaps(draws: np.ndarray, chance: float) -> float:
    """P-value of the numbers of draws from one below `chance` to the next: geometric."""
    found = np.diff(np.flatnonzero(draws < chance))
    longest = 100
    observed = np.bincount(np.minimum(found, longest), minlength=longest + 1)[1:]
    length = np.arange(1, longest)
    expected = np.append(chance * (1 - chance) ** (length - 1), (1 - chance) ** (longest - 1)) * len(found)
    return float(stats.chisquare(observed, expected).pvalue)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_stream_of_addresses_looks_random(pattern: str) -> None:
    failed = {name: p for name, p in p_values(bits_of(pattern)) if not LEAST_P < p < 1.0 - LEAST_P}
    assert not failed


@pytest.mark.parametrize("pattern", PATTERNS)
def test_these_tests_reject_addresses_that_are_not_mixed(pattern: str) -> None:
    failed = {name for name, p in p_values(unmixed(pattern)) if not LEAST_P < p < 1.0 - LEAST_P}
    assert len(failed) >= 3


def test_streams_of_different_patterns_are_not_related() -> None:
    streams = np.stack([(bits_of(pattern) >> np.uint64(12)).astype(np.float64) for pattern in PATTERNS])
    # Six correlations, each beyond five standard errors once in 1.7 million times.
    off_diagonal = np.corrcoef(streams)[np.triu_indices(len(PATTERNS), 1)]
    assert np.abs(off_diagonal).max() < 5.0 / np.sqrt(N)
