"""Our own exp, log, sine and normal quantile, from + − × ÷ and square roots: the same bytes on every IEEE machine.

The system's mathematics library differs between platforms in the last bit, and a last bit is enough to turn a
decision. Exponential function and logarithm go by steps of a table and a short series between them (Tang 1989, 1990,
ACM Transactions on Mathematical Software 15 and 16); the quantile is Wichura's AS241 (Applied Statistics 37, 1988,
routine PPND16). Sums are written so that their parts need not wait for each other.
"""

from __future__ import annotations

import math

import numpy as np

from sim.behaviours.kernel import kernel
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
    """Standard normal quantile of 0 < p < 1, relative error about 1e-16 (AS241); increasing in p."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(
            r,
            (
                3.3871328727963666080e0,
                1.3314166789178437745e2,
                1.9715909503065514427e3,
                1.3731693765509461125e4,
                4.5921953931549871457e4,
                6.7265770927008700853e4,
                3.3430575583588128105e4,
                2.5090809287301226727e3,
            ),
            (
                4.2313330701600911252e1,
                6.8718700749205790830e2,
                5.3941960214247511077e3,
                2.1213794301586595867e4,
                3.9307895800092710610e4,
                2.8729085735721942674e4,
                5.2264952788528545610e3,
            ),
        )
    r = math.sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        z = _ratio(
            r - 1.6,
            (
                1.42343711074968357734e0,
                4.63033784615654529590e0,
                5.76949722146069140550e0,
                3.64784832476320460504e0,
                1.27045825245236838258e0,
                2.41780725177450611770e-1,
                2.27238449892691845833e-2,
                7.74545014278341407640e-4,
            ),
            (
                2.05319162663775882187e0,
                1.67638483018380384940e0,
                6.89767334985100004550e-1,
                1.48103976427480074590e-1,
                1.51986665636164571966e-2,
                5.47593808499534494600e-4,
                1.05075007164441684324e-9,
            ),
        )
    else:
        z = _ratio(
            r - 5.0,
            (
                6.65790464350110377720e0,
                5.46378491116411436990e0,
                1.78482653991729133580e0,
                2.96560571828504891230e-1,
                2.65321895265761230930e-2,
                1.24266094738807843860e-3,
                2.71155556874348757815e-5,
                2.01033439929228813265e-7,
            ),
            (
                5.99832206555887937690e-1,
                1.36929880922735805310e-1,
                1.48753612908506148525e-2,
                7.86869131145613259100e-4,
                1.84631831751005468180e-5,
                1.42151175831644588870e-7,
                2.04426310338993978564e-15,
            ),
        )
    return -z if q < 0.0 else z


@kernel
def _ratio(r: float, above: tuple[float, ...], below: tuple[float, ...]) -> float:
    """Ratio of two degree-7 polynomials in r, the lower one with constant term 1 (Estrin)."""
    s = r * r
    t = s * s
    a, b = above, below
    first = (a[0] + a[1] * r) + (a[2] + a[3] * r) * s
    second = (1.0 + b[0] * r) + (b[1] + b[2] * r) * s
    first += ((a[4] + a[5] * r) + (a[6] + a[7] * r) * s) * t
    second += ((b[3] + b[4] * r) + (b[5] + b[6] * r) * s) * t
    return first / second


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
