"""Our own exp, log, sine and normal quantile, from + − × ÷ and square roots: the same bytes on every IEEE machine.

The system's mathematics library differs between platforms in the last bit, and a last bit is enough to turn a
decision. Exponential function and logarithm go by steps of a table and a short series between them (Tang 1989, 1990,
ACM Transactions on Mathematical Software 15 and 16), the quantile by short polynomials (`quantiles.py`). Sums are
written so that their parts need not wait for each other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.behaviours.kernel import kernel
from sim.behaviours.quantiles import FIRST_PIECE, N_PIECES, N_TERMS, PIECE_BITS, QUANTILES
from sim.behaviours.steps import (
    FRACTION_BITS,
    LEAST_MANTISSA_BITS,
    LOGARITHMS,
    N_STEPS,
    POWERS,
    STEP_BITS,
    STEP_HIGH,
    STEP_LOW,
    STEPS_PER_UNIT,
    bits,
)

#: The higher part ends in 21 zero bits.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
TWO_PI = 6.283185307179586
NOTHING = math.nan
MOST_COUNTED = 1_000_000
# Parts of a 64-bit float: 52 bits of fraction, then the power of two plus 1023.
FRACTION = (1 << FRACTION_BITS) - 1
BIAS = 1023
LEAST_NORMAL_POWER = -1022
SMALLEST_NORMAL = 2.0**LEAST_NORMAL_POWER
# Lifts what is too small for a power of its own into the range of those that have one.
LIFT = 54
TWO_TO_LIFT = 2.0**LIFT
# Added to a float it leaves the nearest whole number in the last bits.
ROUNDER = 1.5 * 2.0**FRACTION_BITS
ROUNDER_BITS = bits(ROUNDER)
# Of the bits of a mantissa those that a product with an inverse of a step cannot hold as well.
FINE = (1 << 21) - 1
# Results are neither too large nor too small for a power of their own up to here, and are numbers up to there.
MOST_ORDINARY = 708.0
LARGEST, SMALLEST = 709.782712893384, -745.2


@kernel
def exp(x: float) -> float:
    """Exponential function, within 0.51 units in the last place (0.76 below 1e-307).

    0 below −745.2, infinity above 709.78.
    """
    lifted = x * STEPS_PER_UNIT + ROUNDER
    nearest = lifted - ROUNDER
    r = (x - nearest * STEP_HIGH) - nearest * STEP_LOW
    t = r * r
    rest = r + t * ((1.0 / 2.0 + r * (1.0 / 6.0)) + t * (1.0 / 24.0 + r * (1.0 / 120.0)))
    steps = bits_of(lifted) - ROUNDER_BITS
    place = 2 * (steps & (N_STEPS - 1))
    y = POWERS[place] + POWERS[place] * (POWERS[place + 1] + rest)
    k = steps >> STEP_BITS
    return y * two_to(k) if abs(x) < MOST_ORDINARY else _far(x, y, k)


@kernel
def _far(x: float, y: float, k: int) -> float:
    """e^x = y · 2^k where it may be too large or too small for a float."""
    if x > LARGEST:
        return math.inf
    if x < SMALLEST:
        return 0.0
    if not abs(x) < math.inf:
        return x
    return y * 2.0 * two_to(k - 1) if k > 0 else y * two_to(k + LIFT) / TWO_TO_LIFT


@kernel
def two_to(k: int) -> float:
    """Two to the power of −1022 … 1023, made from its bits."""
    return from_bits((k + BIAS) << FRACTION_BITS)


@kernel
def from_bits(bits: int) -> float:
    """The float that is stored as these bits."""
    return float(np.int64(bits).view(np.float64))


@kernel
def bits_of(x: float) -> int:
    """The bits as which a float is stored."""
    return int(np.float64(x).view(np.int64))


@kernel
def log(x: float) -> float:
    """Natural logarithm of a positive number, within 0.51 units in the last place; minus infinity at 0.

    Notes
    -----
    x = 2^k · m, log x = k · log 2 − log i + log(m · i), i a short number near 1 / m: m · i − 1 = high + low is exact.
    """
    if x <= 0.0:
        return -math.inf
    if not x < math.inf:
        return x
    lift = LIFT if x < SMALLEST_NORMAL else 0
    stored = bits_of(x * TWO_TO_LIFT if lift != 0 else x)
    above = stored - LEAST_MANTISSA_BITS
    k = (above >> FRACTION_BITS) - lift
    mantissa = stored - (above & ~FRACTION)
    place = 3 * ((above & FRACTION) >> (FRACTION_BITS - STEP_BITS))
    coarse = from_bits(mantissa & ~FINE)
    high = coarse * LOGARITHMS[place] - 1.0
    low = (from_bits(mantissa) - coarse) * LOGARITHMS[place]
    r = high + low
    whole = k * LN2_HIGH + LOGARITHMS[place + 1]
    total = whole + r
    lost = ((whole - total) + r) + (low - (r - high)) + (k * LN2_LOW + LOGARITHMS[place + 2])
    t = r * r
    series = (r * (1.0 / 3.0) - 1.0 / 2.0) + t * ((r * (1.0 / 5.0) - 1.0 / 4.0) + t * (r * (1.0 / 7.0) - 1.0 / 6.0))
    return total + (lost + t * series)


@kernel
def sine(turns: float) -> float:
    """Sine of a number of full turns, error below 1e-15; exact argument reduction because it is in turns."""
    t = turns - math.floor(turns + 0.5)
    if t > 0.25:
        t = 0.5 - t
    elif t < -0.25:
        t = -0.5 - t
    x = TWO_PI * t
    y = x * x
    s = 1.0 - y / 342.0
    s = 1.0 - y / 272.0 * s
    s = 1.0 - y / 210.0 * s
    s = 1.0 - y / 156.0 * s
    s = 1.0 - y / 110.0 * s
    s = 1.0 - y / 72.0 * s
    s = 1.0 - y / 42.0 * s
    s = 1.0 - y / 20.0 * s
    s = 1.0 - y / 6.0 * s
    return x * s


@kernel
def power(x: float, exponent: float) -> float:
    """A positive number to any power, as exp(exponent · log x); 0 for 0."""
    if x <= 0.0:
        return 0.0
    return exp(exponent * log(x))


@kernel
def logistic(x: float) -> float:
    """Probability from log-odds: 1 / (1 + e^−x)."""
    return 1.0 / (1.0 + exp(-x))


@kernel
def clamp(x: float, low: float, high: float) -> float:
    """The number itself, or the bound that it oversteps."""
    return low if x < low else (high if x > high else x)


@kernel
def normal_quantile(p: float) -> float:
    """Standard normal quantile of a draw, from 2^-53 to 1 − 2^-53: error below 2e-13, never less for a higher draw.

    Notes
    -----
    The tail, the lesser of p and 1 − p, is exact; its first bits name a piece, the others the place in the piece.
    """
    q = p - 0.5
    tail = 0.5 - abs(q)
    piece = bits_of(tail) >> (FRACTION_BITS - PIECE_BITS)
    place = N_TERMS * ((piece - FIRST_PIECE) & (N_PIECES - 1))
    r = tail - from_bits(piece << (FRACTION_BITS - PIECE_BITS))
    z = _polynomial(QUANTILES, place, r)
    return -z if q < 0.0 else z


@kernel
def _polynomial(terms: Any, place: int, r: float) -> float:
    """Polynomial in r whose terms stand in a table from a place on (Estrin)."""
    s = r * r
    low = (terms[place] + terms[place + 1] * r) + (terms[place + 2] + terms[place + 3] * r) * s
    high = (terms[place + 4] + terms[place + 5] * r) + (terms[place + 6] + terms[place + 7] * r) * s
    return low + high * (s * s)


@kernel
def negative_binomial_quantile(u: float, mean: float, shape: float) -> int:
    """Smallest count n with P(N ≤ n) ≥ u for variance mean + mean²/shape; non-decreasing in u and in the mean.

    Terms too small for a float are stepped over in logarithms, so large means work too; the count stops at a million.
    """
    if mean <= 0.0:
        return 0
    odds = mean / (shape + mean)
    n = 0
    log_term = -shape * log(1.0 + mean / shape)
    while log_term < -700.0 and n < MOST_COUNTED:
        log_term += log((n + shape) / (n + 1.0) * odds)
        n += 1
    term = exp(log_term)
    below = term
    while u > below and n < MOST_COUNTED:
        term *= (n + shape) / (n + 1.0) * odds
        n += 1
        below += term
    return n
