"""Tables for the exponential function and the logarithm, worked out to forty digits where they are loaded.

A float holds 16 digits, so each number of a table comes with what is missing of it.
"""

from __future__ import annotations

import decimal
import struct
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

# Parts of a 64-bit float: 52 bits of fraction, then the power of two plus 1023.
FRACTION_BITS = 52
#: A doubling is divided into so many steps.
STEP_BITS = 7
N_STEPS = 1 << STEP_BITS
#: The inverse of a step has so many bits after the point, so that products with it lose nothing.
INVERSE_BITS = 9
#: Logarithms of steps are whole numbers of this: so are the multiples of `LN2_HIGH` that are added to them.
GRAIN = 2.0**-42

_DIGITS = decimal.Context(prec=40)
_LN2 = _DIGITS.ln(Decimal(2))
_STEP = _DIGITS.divide(_LN2, N_STEPS)


def bits(x: float) -> int:
    """The bits as which a float is stored."""
    return int(struct.unpack("<q", struct.pack("<d", x))[0])


def from_bits(stored: int) -> float:
    """The float that is stored as these bits."""
    return float(struct.unpack("<d", struct.pack("<q", stored))[0])


def _parts(exact: Decimal, high: float) -> tuple[float, float]:
    """A float that is near a number, and what is missing."""
    return high, float(_DIGITS.subtract(exact, Decimal(high)))


STEPS_PER_UNIT = float(_DIGITS.divide(1, _STEP))
#: One step in logarithms; the higher part ends in 20 zero bits, so 2^20 times it is exact.
STEP_HIGH, STEP_LOW = _parts(_STEP, from_bits(bits(float(_STEP)) >> 20 << 20))
#: Mantissas are taken from here to twice this, so that 1 lies in the middle of a step.
LEAST_MANTISSA_BITS = bits(0.6875) - (1 << (FRACTION_BITS - STEP_BITS - 1))


def _powers() -> NDArray[np.float64]:
    """For each step the power of two, and what is missing as a share of it; one behind the other."""
    table, exact, ratio = np.empty((N_STEPS, 2)), Decimal(1), _DIGITS.exp(_STEP)
    for step in range(N_STEPS):
        high, low = _parts(exact, float(exact))
        table[step] = high, low / high
        exact = _DIGITS.multiply(exact, ratio)
    return table.reshape(-1)


def _logarithms() -> NDArray[np.float64]:
    """For each step an inverse of what lies in it, and minus the logarithm of that inverse in two parts."""
    table = np.empty((N_STEPS, 3))
    for step in range(N_STEPS):
        first, behind = (
            from_bits(LEAST_MANTISSA_BITS + (each << (FRACTION_BITS - STEP_BITS))) for each in (step, step + 1)
        )
        middle = 1.0 if first < 1.0 < behind else (first + behind) / 2.0
        inverse = round(2**INVERSE_BITS / middle) / 2**INVERSE_BITS
        exact = _DIGITS.minus(_DIGITS.ln(Decimal(inverse)))
        table[step] = inverse, *_parts(exact, round(_DIGITS.divide(exact, Decimal(GRAIN))) * GRAIN)
    return table.reshape(-1)


POWERS = _powers()
LOGARITHMS = _logarithms()
