"""Table for the normal quantile, worked out where it is loaded: polynomials through values of Wichura's AS241.

AS241 (Applied Statistics 37, 1988, routine PPND16) divides two polynomials and, in the tails, takes a root and a
logarithm; a polynomial for each small piece of a tail takes a third of the time. All is made from + − × ÷ and square
roots and logarithms to forty digits, so the table too is the same on every IEEE machine.
"""

from __future__ import annotations

import decimal
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from sim.behaviours.steps import FRACTION_BITS, bits

#: Each halving of the tail, from one half down to the smallest draw, is divided into so many pieces (2 to this power).
PIECE_BITS = 3
LEAST_POWER = -53
#: Rows of the table; those beyond one half are zero.
N_PIECES = 512
#: Where in its piece a polynomial meets the quantile: at both ends, and between them near Chebyshev's points.
MEETS = tuple(each / 1024 for each in (0, 51, 193, 398, 626, 831, 973, 1024))
N_TERMS = len(MEETS)
#: The bits of a tail's power and piece, for the first row.
FIRST_PIECE = bits(2.0**LEAST_POWER) >> (FRACTION_BITS - PIECE_BITS)

# Coefficients of AS241, above and below the line of a fraction, the constant term first; below the line that is 1.
MIDDLE = (
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
NEAR = (
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
FAR = (
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

_DIGITS = decimal.Context(prec=40)
_LN2 = float(_DIGITS.ln(Decimal(2)))


def _ratio(r: NDArray[np.float64], above: tuple[float, ...], below: tuple[float, ...]) -> NDArray[np.float64]:
    """Ratio of two polynomials in r (Horner)."""
    first, second = np.zeros_like(r), np.zeros_like(r)
    for a, b in zip(above[::-1], (*below[::-1], 1.0), strict=True):
        first, second = first * r + a, second * r + b
    return first / second


def _as241(mantissa: NDArray[np.float64], power: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a standard normal number exceeds with a chance of mantissa · 2^power, up to one half."""
    q = 0.5 - np.ldexp(mantissa, power)
    known = {each: float(_DIGITS.ln(Decimal(each))) for each in np.unique(mantissa).tolist()}
    r = np.sqrt(-(np.vectorize(known.get)(mantissa) + power * _LN2))
    middle = q * _ratio(0.180625 - q * q, *MIDDLE)
    return np.where(q <= 0.425, middle, np.where(r <= 5.0, _ratio(r - 1.6, *NEAR), _ratio(r - 5.0, *FAR)))


def _terms(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Terms of the polynomials of 0 … 1 through these values at MEETS (Newton), constant terms first; by columns."""
    differences = values.copy()
    for order in range(1, N_TERMS):
        for i in range(N_TERMS - 1, order - 1, -1):
            differences[i] = (differences[i] - differences[i - 1]) / (MEETS[i] - MEETS[i - order])
    terms = np.zeros_like(values)
    for point, difference in zip(MEETS[::-1], differences[::-1], strict=True):
        terms[1:], terms[0] = terms[:-1] - point * terms[1:], difference - point * terms[0]
    return terms


def _quantiles() -> NDArray[np.float64]:
    """For each piece of the tail a polynomial in what the tail has above the beginning of the piece, row behind row."""
    pieces = np.arange(-LEAST_POWER - 1 << PIECE_BITS)
    power, width = LEAST_POWER + (pieces >> PIECE_BITS), 2.0**-PIECE_BITS
    first = 1.0 + (pieces % (1 << PIECE_BITS)) * width
    terms = _terms(_as241(first + np.array(MEETS)[:, np.newaxis] * width, power))
    table = np.zeros((N_PIECES, N_TERMS))
    for order in range(N_TERMS):
        table[: len(pieces), order] = terms[order] / np.ldexp(width, power) ** order
    return table.reshape(-1)


QUANTILES = _quantiles()
