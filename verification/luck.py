"""Draws by address against chance itself: streams as the model makes them, and the doors that make values of draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from numba import uint64
from scipy import stats

from sim.behaviours.luck import KEY_STEP, OCCURRENCES_PER_PURPOSE, PURPOSE_STEP, SEED_STEP, mix
from verification.checks import ERROR, LUCK, Effort, Finding, all_of, check, likely, none_of
from verification.firms import shipped
from verification.streams import PATTERNS, address, bits_of

N = 1 << 20
SMALL = 0.05


def size(effort: Effort) -> int:
    """Draws of a stream."""
    return effort.n(4 * N, N)


@cache
def bits(pattern: str, n: int) -> Any:
    """The draws of a pattern as 64 bits each; `pcg64` is NumPy's generator."""
    if pattern == "pcg64":
        return np.random.Generator(np.random.PCG64(1)).integers(0, 1 << 64, n, dtype=np.uint64)
    return bits_of(pattern, n)


def draws(bits: Any) -> Any:
    """Numbers between 0 and 1, as `sim.behaviours.luck.uniform` makes them of 64 bits."""
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


# --- tests of a stream: each gives a p-value ---------------------------------------------------------------------


def cells(bits: Any, shift: int) -> float:
    """4096 equally likely cells of twelve bits."""
    return float(
        stats.chisquare(np.bincount((bits >> np.uint64(shift)).astype(np.int64) & 0xFFF, minlength=4096)).pvalue
    )


def even(bits: Any) -> float:
    """Kolmogorov–Smirnov against the uniform law."""
    return float(stats.kstest(draws(bits), "uniform").pvalue)


def pairs(bits: Any) -> float:
    """Neighbours in 64 × 64 cells."""
    high = (bits >> np.uint64(58)).astype(np.int64)
    return float(stats.chisquare(np.bincount(high[:-1:2] * 64 + high[1::2], minlength=4096)).pvalue)


def triples(bits: Any) -> float:
    """Three neighbours in 16 × 16 × 16 cells."""
    high = (bits >> np.uint64(60)).astype(np.int64)
    return float(
        stats.chisquare(np.bincount((high[:-2:3] * 16 + high[1:-1:3]) * 16 + high[2::3], minlength=4096)).pvalue
    )


def serial(bits: Any) -> float:
    """Serial correlation at lags 1 to 16 and at those at which days, people and purposes come round."""
    x = (draws(bits) - 0.5) * np.sqrt(12.0)
    lags = (*range(1, 17), 43, 160, 650, 688, 1300)
    total = sum(float((x[:-lag] * x[lag:]).sum()) ** 2 / (len(x) - lag) for lag in lags)
    return float(stats.chi2.sf(total, len(lags)))


def gaps(bits: Any) -> float:
    """Draws from one small number to the next: geometric."""
    found, longest = np.diff(np.flatnonzero(draws(bits) < SMALL)), 100
    observed = np.bincount(np.minimum(found, longest), minlength=longest + 1)[1:]
    length = np.arange(1, longest)
    expected = np.append(SMALL * (1 - SMALL) ** (length - 1), (1 - SMALL) ** (longest - 1)) * len(found)
    return float(stats.chisquare(observed, expected).pvalue)


def every_bit(bits: Any) -> float:
    """Each of the 64 bits is one half of the time 1."""
    n = len(bits)
    ones = np.unpackbits(bits.view(np.uint8).reshape(n, 8), axis=1).sum(axis=0, dtype=np.int64)
    return float(stats.chi2.sf((((ones - n / 2) / np.sqrt(n / 4)) ** 2).sum(), 64))


def runs_up(bits: Any) -> float:
    """Rises and falls: the number of turning points is normal (Bienaymé 1874)."""
    x = draws(bits)
    n = len(x)
    turns = int((((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:])) | ((x[1:-1] < x[:-2]) & (x[1:-1] < x[2:]))).sum())
    return float(2.0 * stats.norm.sf(abs(turns - 2.0 * (n - 2) / 3.0) / np.sqrt((16.0 * n - 29.0) / 90.0)))


TESTS: dict[str, Callable[[Any], float]] = {
    "even": even,
    "cells of the high bits": lambda bits: cells(bits, 52),
    "cells of the lowest bits in use": lambda bits: cells(bits, 12),
    "pairs": pairs,
    "triples": triples,
    "serial correlation": serial,
    "gaps": gaps,
    "every bit": every_bit,
    "turning points": runs_up,
}


def of_all_patterns(test: str, effort: Effort) -> Finding:
    """A test on the four patterns, its least p-value counted four times."""
    found = [likely(TESTS[test](bits(pattern, size(effort))), f"pattern {pattern}") for pattern in PATTERNS]
    p_values = ", ".join(f"{pattern} {one.figure:.3f}" for pattern, one in zip(PATTERNS, found, strict=True))
    return all_of(found, f"p-values: {p_values}")


@check(
    LUCK,
    "stream-even",
    "Draws of four patterns against the uniform law (Kolmogorov–Smirnov)",
    "draws of any pattern lay closer together somewhere between 0 and 1",
)
def stream_even(effort: Effort) -> Finding:
    """Uniform."""
    return of_all_patterns("even", effort)


@check(
    LUCK,
    "stream-high-bits",
    "The twelve highest bits in 4,096 cells (chi-square), four patterns",
    "some twelfth of a percent of all draws came too often",
)
def stream_high(effort: Effort) -> Finding:
    """Equidistribution."""
    return of_all_patterns("cells of the high bits", effort)


@check(
    LUCK,
    "stream-low-bits",
    "The twelve lowest bits in use in 4,096 cells (chi-square), four patterns",
    "the finalizer left the lowest bits of a draw unmixed, as multiplication alone does",
)
def stream_low(effort: Effort) -> Finding:
    """What multiplicative generators get wrong first."""
    return of_all_patterns("cells of the lowest bits in use", effort)


@check(
    LUCK,
    "stream-pairs",
    "Neighbouring draws in 64 × 64 cells, four patterns",
    "a lead's draw told anything about the next lead's",
)
def stream_pairs(effort: Effort) -> Finding:
    """Independence of neighbours."""
    return of_all_patterns("pairs", effort)


@check(
    LUCK,
    "stream-triples",
    "Three neighbouring draws in 16 × 16 × 16 cells, four patterns",
    "draws lay on planes, as those of a linear generator do",
)
def stream_triples(effort: Effort) -> Finding:
    """Spectral structure."""
    return of_all_patterns("triples", effort)


@check(
    LUCK,
    "stream-serial",
    "Serial correlation at 21 lags, those of days, people and purposes among them",
    "the luck of a day, a person or a purpose came back after so many days, people or purposes",
)
def stream_serial(effort: Effort) -> Finding:
    """Correlation."""
    return of_all_patterns("serial correlation", effort)


@check(
    LUCK,
    "stream-gaps",
    "Draws between two below 0.05 against the geometric law",
    "rare events came in heaps or too regularly",
)
def stream_gaps(effort: Effort) -> Finding:
    """Gap test (Knuth)."""
    return of_all_patterns("gaps", effort)


@check(
    LUCK,
    "stream-bits",
    "Each of the 64 bits against one half, four patterns",
    "any single bit were 1 more often than 0",
)
def stream_bits(effort: Effort) -> Finding:
    """Monobit."""
    return of_all_patterns("every bit", effort)


@check(
    LUCK,
    "stream-turns",
    "Turning points against their normal law, four patterns",
    "draws of neighbouring addresses rose and fell in waves",
)
def stream_turns(effort: Effort) -> Finding:
    """Runs."""
    return of_all_patterns("turning points", effort)


@check(
    LUCK,
    "control-pcg64",
    "NumPy's PCG64 through the same nine tests",
    "the tests themselves refused a generator that is known to be good",
)
def control(effort: Effort) -> Finding:
    """The control: bounds that a good stream does not keep are wrong bounds."""
    return all_of([likely(test(bits("pcg64", size(effort))), name) for name, test in TESTS.items()], "nine tests")


@check(
    LUCK,
    "tests-refuse-unmixed",
    "Addresses without the finalizer: at least four of the nine tests refuse each pattern",
    "the nine tests had no power against addresses that are merely counted up",
    error_rate=0.0,
)
def refused(effort: Effort) -> Finding:
    """Power of the tests, on a stream that is known to be bad."""
    least = min(sum(test(unmixed(pattern, N)) < ERROR for test in TESTS.values()) for pattern in PATTERNS)
    return Finding(least, 4, f"at least {least} of {len(TESTS)} tests refuse", at_most=False)


def unmixed(pattern: str, n: int) -> Any:
    """Linear combinations of addresses, as they are before the finalizer."""
    seed, key, purpose, occurrence = (np.array(part, dtype=np.uint64) for part in _addresses(pattern, n))
    place = purpose * uint64(OCCURRENCES_PER_PURPOSE) + occurrence
    return seed * uint64(SEED_STEP) + key * uint64(KEY_STEP) + place * uint64(PURPOSE_STEP)


def _addresses(pattern: str, n: int) -> Any:
    found = np.empty((4, n), dtype=np.int64)
    _write_addresses(found, PATTERNS.index(pattern))
    return found


@numba.njit
def _write_addresses(found: Any, pattern: int) -> None:
    for i in range(found.shape[1]):
        found[0, i], found[1, i], found[2, i], found[3, i] = address(pattern, i)


@check(
    LUCK,
    "patterns-unrelated",
    "Correlations of the four patterns with each other (greatest of six)",
    "the luck of a lead depended on that of a person or of another seed",
)
def unrelated(effort: Effort) -> Finding:
    """Six correlations, each normal with variance 1/n."""
    n = size(effort)
    table = np.corrcoef(np.stack([draws(bits(pattern, n)) for pattern in PATTERNS]))[np.triu_indices(4, 1)]
    p = 2.0 * stats.norm.sf(np.abs(table).max() * np.sqrt(n)) * len(table)
    return likely(min(1.0, p), f"greatest correlation {np.abs(table).max():.2g} of {n:,} draws")


@numba.njit
def _flipped(n: int, counts: Any) -> None:
    for i in range(n):
        # Keys and seeds at random: of a pattern, both ends of a flip would be there, and each pair would count twice.
        key, seed = int(mix(i, 0, 0, 0) >> uint64(16)), int(mix(i, 1, 0, 0) >> uint64(40))
        purpose, occurrence = 4, 0
        before = mix(seed, key, purpose, occurrence)
        for bit in range(counts.shape[0]):
            if bit < 48:
                changed = before ^ mix(seed, key ^ (1 << bit), purpose, occurrence)
            else:
                changed = before ^ mix(seed ^ (1 << (bit - 48)), key, purpose, occurrence)
            for place in range(64):
                counts[bit, place] += (changed >> uint64(place)) & uint64(1)


@check(
    LUCK,
    "avalanche",
    "One bit of key or seed changed: each of the 64 bits of the draw changes half of the time",
    "neighbouring keys or seeds shared bits of their draws",
)
def avalanche(effort: Effort) -> Finding:
    """64 × 64 binomial counts; the farthest one, counted 4,096 times."""
    n, counts = effort.n(100_000, 20_000), np.zeros((64, 64), dtype=np.int64)
    _flipped(n, counts)
    farthest = float(np.abs(counts - n / 2).max() / np.sqrt(n / 4))
    p = min(1.0, 2.0 * stats.norm.sf(farthest) * counts.size)
    return likely(p, f"shares of changed bits between {counts.min() / n:.4f} and {counts.max() / n:.4f}, n = {n:,}")


@check(
    LUCK,
    "no-two-draws-alike",
    "64-bit draws at different addresses of three patterns together: none twice",
    "two addresses gave the same draw",
    error_rate=1e-5,
)
def all_different(effort: Effort) -> Finding:
    """Odd multipliers and an invertible finalizer; by chance 2⁴⁷ pairs would meet once in a hundred thousand times."""
    together = np.concatenate([bits(pattern, size(effort)) for pattern in ("key", "occurrence", "seed")])
    return none_of(len(together) - len(np.unique(together)), len(together), "draws came twice")


@check(
    LUCK,
    "addresses-differ",
    "Addresses of decisions of a recorded run of 60 people: no address asked twice",
    "two decisions of a run shared their luck because they had the same address",
    error_rate=0.0,
)
def addresses(effort: Effort) -> Finding:
    """(key, purpose, occurrence) of each decision; a touch asks its one draw up to three times, each a row."""
    from sim.domain.blueprint import empty_world
    from sim.engine.entries import found_world
    from sim.engine.run import run_on

    plan = shipped("small")
    world = empty_world(plan, n_events=2_000_000)
    found_world(world, 1)
    world = run_on(world, 0)
    rows = np.asarray(world.events[: world.organization.n_events])
    names = np.stack([rows["key"], rows["purpose"], rows["occurrence"]], axis=1)
    order = np.lexsort(names.T[::-1])
    ordered, sorted_rows = names[order], rows[order]
    same_address = (ordered[1:] == ordered[:-1]).all(axis=1)
    other_day = sorted_rows["day"][1:] != sorted_rows["day"][:-1]
    wrong = int((same_address & other_day).sum())
    return none_of(wrong, len(rows), "decisions were asked at an address of another day")
