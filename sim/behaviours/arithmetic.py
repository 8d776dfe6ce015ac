"""Our own exp, log, sine and normal quantile, from + − × ÷ and square roots: the same bytes on every IEEE machine.

The system's mathematics library differs between platforms in the last bit, and a last bit is enough to turn a
decision. The polynomials are those of FreeBSD's msun (fdlibm: e_exp.c, e_log.c, k_sin.c; Sun Microsystems 1993,
freely distributable), the quantile is Wichura's AS241 (Applied Statistics 37, 1988, routine PPND16).
"""

from __future__ import annotations

import math

import numpy as np

from sim.behaviours.kernel import kernel

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
PER_LN2 = 1.44269504088896338700e00
TWO_PI = 6.283185307179586
NOTHING = math.nan
MOST_COUNTED = 1_000_000
# Parts of a 64-bit float: 52 bits of fraction, then the power of two plus 1023.
FRACTION_BITS = 52
FRACTION = (1 << FRACTION_BITS) - 1
BIAS = 1023
BITS_OF_ONE_HALF = (BIAS - 1) << FRACTION_BITS
LEAST_NORMAL_POWER = -1022
SMALLEST_NORMAL = 2.0**LEAST_NORMAL_POWER
# Lifts what is too small for a power of its own into the range of those that have one.
LIFT = 54
TWO_TO_LIFT = 2.0**LIFT


@kernel
def exp(x: float) -> float:
    """Exponential function, under one unit in the last place; 0 below −745.2, infinity above 709.78."""
    if x > 709.782712893384:
        return math.inf
    if x < -745.2:
        return 0.0
    k = int(x * PER_LN2 + (0.5 if x >= 0.0 else -0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    if k > BIAS:
        return y * 2.0 * two_to(k - 1)
    if k < LEAST_NORMAL_POWER:
        return y * two_to(k + LIFT) / TWO_TO_LIFT
    return y * two_to(k)


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
    """Natural logarithm of a positive number, under one unit in the last place; minus infinity at 0."""
    if x <= 0.0:
        return -math.inf
    if not x < math.inf:
        return x
    lift = LIFT if x < SMALLEST_NORMAL else 0
    bits = bits_of(x * TWO_TO_LIFT if lift != 0 else x)
    k = (bits >> FRACTION_BITS) - (BIAS - 1) - lift
    m = from_bits((bits & FRACTION) | BITS_OF_ONE_HALF)
    if m < 0.7071067811865476:
        m, k = 2.0 * m, k - 1
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    even = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + odd + even) + k * LN2_LOW)) - f)


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
    """Ratio of two degree-7 polynomials in r, the lower one with constant term 1 (Horner)."""
    a = above[7]
    b = below[6]
    for k in range(6, 0, -1):
        a = a * r + above[k]
        b = b * r + below[k - 1]
    a = a * r + above[0]
    b = b * r + 1.0
    return a / b


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
