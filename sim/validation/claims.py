"""A claim: a quantity lies in a range. Orderings, signs, bounds, shapes and "changes little" are all written so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.validation.quantities import Change, Mean, Measured, Quantity, Relative
from sim.validation.settings import Setting

REPRODUCED = "reproduced"
NOT_REPRODUCED = "not reproduced"
NOT_DISTINGUISHABLE = "not distinguishable"
NOT_APPLICABLE = "not applicable"
STATUSES = (REPRODUCED, NOT_REPRODUCED, NOT_DISTINGUISHABLE, NOT_APPLICABLE)

#: Bounds that people read as one number.
ALMOST_EQUAL = 0.01
TINY = 1e-5

#: Where a fact comes from in the model.
RESULT, TUNED, IMPOSED = "result", "tuned", "imposed"


@dataclass(frozen=True)
class Claim:
    """A quantity lies between two bounds.

    Parameters
    ----------
    kind : {"ordering", "sign", "range", "shape"}
        What sort of statement it is.
    quantity : Quantity
        What is estimated.
    low, high : float
        Bounds, in the unit of the quantity; infinite where there is none.
    """

    kind: str
    quantity: Quantity
    low: float = -math.inf
    high: float = math.inf

    @property
    def expected(self) -> str:
        """The bounds as people read them."""
        if math.isinf(self.high):
            return f"above {figure(self.low, self.quantity.unit)}"
        if math.isinf(self.low):
            return f"below {figure(self.high, self.quantity.unit)}"
        if self.high - self.low <= max(ALMOST_EQUAL * abs(self.high), TINY):
            return figure(0.5 * (self.low + self.high), self.quantity.unit)
        return f"{figure(self.low, self.quantity.unit)} to {figure(self.high, self.quantity.unit)}"


@dataclass(frozen=True)
class Fact:
    """A stylised fact of docs/evidence.md as a test.

    Parameters
    ----------
    id : str
        Row of docs/evidence.md.
    statement : str
        What is known, in a sentence.
    source : str
        Who says so: rows E.. of docs/evidence.md, articles SdA–SdE.
    claims : sequence of Claim
        What must hold in the model; none where the fact does not apply.
    origin : {"result", "tuned", "imposed"}
        Whether it follows from mechanisms, was tuned to, or is stated by a formula.
    needs : {"all", "any"}
        Whether every claim must hold, or one (an existence).
    note : str
        Why it fails, or does not apply; what the claims cannot see.
    """

    id: str
    statement: str
    source: str
    claims: Sequence[Claim] = ()
    origin: str = RESULT
    needs: str = "all"
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """What a study says of a claim.

    Parameters
    ----------
    claim : Claim
        What was asked.
    value, ci_low, ci_high : float
        Estimate and its simultaneous interval.
    status : str
        One of STATUSES.
    """

    claim: Claim
    value: float
    ci_low: float
    ci_high: float
    status: str


def judge(claim: Claim, measured: Measured, error_rate: float) -> Finding:
    """Reproduced where the whole interval lies within the bounds, not reproduced where none of it does."""
    estimate = claim.quantity.estimate(measured)
    low, high = estimate.interval(error_rate)
    if claim.low < low and high < claim.high:
        status = REPRODUCED
    elif high <= claim.low or low >= claim.high:
        status = NOT_REPRODUCED
    else:
        status = NOT_DISTINGUISHABLE
    return Finding(claim, estimate.value, low, high, status)


def status_of(fact: Fact, findings: Sequence[Finding]) -> str:
    """What may be said of a fact whose claims were judged."""
    if not findings:
        return NOT_APPLICABLE
    good, bad = (REPRODUCED, NOT_REPRODUCED) if fact.needs == "all" else (NOT_REPRODUCED, REPRODUCED)
    statuses = [finding.status for finding in findings]
    if bad in statuses:
        return bad
    return good if set(statuses) == {good} else NOT_DISTINGUISHABLE


def figure(value: float, unit: str) -> str:
    """A number as people read it.

    Examples
    --------
    >>> figure(0.123, "share"), figure(-0.5, "%"), figure(71.63, "days"), figure(1234567.0, "c.u./year")
    ('12.3 %', '−50.0 %', '71.6 days', '1.23 M c.u./year')
    """
    if math.isnan(value):
        return "–"
    if abs(value) < TINY:
        return "0"
    sign, size, after = "−" if value < 0 else "", abs(value), "" if unit == "-" else f" {unit}"
    if unit in ("share", "%"):
        return f"{sign}{100.0 * size:.1f} %"
    if size >= 1e6:
        return f"{sign}{size / 1e6:.2f} M{after}"
    if size >= 1e4:
        return f"{sign}{size / 1e3:.0f} k{after}"
    return f"{sign}{size:,.{0 if size >= 1000 or not size else 1 if size >= 10 else 2}f}{after}"


def rises(outcome: str, settings: Sequence[Setting]) -> list[Claim]:
    """Ordering: the outcome rises from each setting to the next."""
    return [Claim("ordering", Change(outcome, later, earlier), low=0.0) for earlier, later in pairwise(settings)]


def falls(outcome: str, settings: Sequence[Setting]) -> list[Claim]:
    """Ordering: the outcome falls from each setting to the next."""
    return [Claim("ordering", Change(outcome, later, earlier), high=0.0) for earlier, later in pairwise(settings)]


def raises(outcome: str, at: Setting, base: Setting) -> Claim:
    """Sign: the outcome is higher than in the base."""
    return Claim("sign", Change(outcome, at, base), low=0.0)


def lowers(outcome: str, at: Setting, base: Setting) -> Claim:
    """Sign: the outcome is lower than in the base."""
    return Claim("sign", Change(outcome, at, base), high=0.0)


def within(outcome: str, at: Setting, low: float, high: float) -> Claim:
    """Range: the outcome lies between two values."""
    return Claim("range", Mean(outcome, at), low, high)


def changes_by(outcome: str, at: Setting, base: Setting, bounds: tuple[float, float]) -> Claim:
    """Range: the relative change of the outcome lies between two values."""
    return Claim("range", Relative(outcome, at, base), *bounds)


def hardly_changes(outcome: str, at: Setting, base: Setting, most: float) -> Claim:
    """Range: the outcome changes by less than a share of itself (a test of equivalence)."""
    return Claim("range", Relative(outcome, at, base), -most, most)
