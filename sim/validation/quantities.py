"""What is estimated from a study: means, differences, ratios of them, and differences of those.

Every quantity yields its value and its *influence*: how much each replication, with its luck, moves the value. The
standard error is the influence's; differences of quantities on common luck are differences of influences. For a mean
this is the usual paired t, for a ratio the delta method.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import special

from sim.domain.outcomes import BY_NAME
from sim.validation.readings import READINGS
from sim.validation.settings import Setting

#: What was measured: outcome or reading of a setting → float64 of shape (replications,), NaN where there is none.
Measured = Mapping[tuple[Setting, str], Any]


@dataclass(frozen=True)
class Estimate:
    """A value and how each replication moves it (float64 of shape (replications,))."""

    value: float
    influence: Any

    def interval(self, error_rate: float) -> tuple[float, float]:
        """Two-sided Student interval that misses the truth with at most this chance; infinite from one replication."""
        n = len(self.influence)
        if n < 2 or math.isnan(self.value):
            return -math.inf, math.inf
        error = float(np.sqrt((self.influence**2).sum() / (n * (n - 1))))
        half = float(special.stdtrit(n - 1, 1.0 - 0.5 * error_rate)) * error
        return self.value - half, self.value + half


class Quantity(Protocol):
    """Something that can be estimated from a study."""

    @property
    def unit(self) -> str:
        """Unit of its value."""

    def needs(self) -> Iterator[tuple[Setting, str]]:
        """Outcomes and settings that must be measured for it."""

    def estimate(self, measured: Measured) -> Estimate:
        """Value and influence."""

    def __str__(self) -> str:
        """As people call it."""


def _mean(values: Any) -> Estimate:
    """Mean over the replications in which there is a value; the others have no influence."""
    exists = ~np.isnan(values)
    n = int(exists.sum())
    if n < 2:
        return Estimate(math.nan, np.zeros(len(values)))
    mean = float(values[exists].mean())
    return Estimate(mean, np.where(exists, values - mean, 0.0) * (len(values) / n))


def _ratio(above: Estimate, below: Estimate) -> Estimate:
    if not below.value:
        return Estimate(math.nan, np.zeros(len(above.influence)))
    ratio = above.value / below.value
    return Estimate(ratio, (above.influence - ratio * below.influence) / below.value)


def unit_of(name: str) -> str:
    """Unit of an outcome or reading."""
    return BY_NAME[name].unit if name in BY_NAME else READINGS[name].unit


def label_of(name: str) -> str:
    """An outcome or reading, or a ratio of two, as people call it."""
    return " / ".join(BY_NAME[n].label if n in BY_NAME else n.replace("_", " ").capitalize() for n in name.split("/"))


@dataclass(frozen=True)
class Mean:
    """Mean of an outcome in a setting; ``a/b`` is the ratio of two means."""

    outcome: str
    at: Setting

    @property
    def unit(self) -> str:
        """Unit of its value."""
        return "-" if "/" in self.outcome else unit_of(self.outcome)

    def needs(self) -> Iterator[tuple[Setting, str]]:
        """Outcomes and settings that must be measured for it."""
        return ((self.at, name) for name in self.outcome.split("/"))

    def estimate(self, measured: Measured) -> Estimate:
        """Value and influence."""
        above, *below = (_mean(measured[need]) for need in self.needs())
        return _ratio(above, below[0]) if below else above

    def __str__(self) -> str:
        """As people call it."""
        return f"{label_of(self.outcome)}: {self.at}"


@dataclass(frozen=True)
class Change:
    """How much an outcome differs between two settings, in its own unit."""

    outcome: str
    at: Setting
    base: Setting

    @property
    def unit(self) -> str:
        """Unit of its value."""
        return Mean(self.outcome, self.at).unit

    def needs(self) -> Iterator[tuple[Setting, str]]:
        """Outcomes and settings that must be measured for it."""
        yield from Mean(self.outcome, self.at).needs()
        yield from Mean(self.outcome, self.base).needs()

    def estimate(self, measured: Measured) -> Estimate:
        """Value and influence."""
        return _minus(Mean(self.outcome, self.at).estimate(measured), Mean(self.outcome, self.base).estimate(measured))

    def __str__(self) -> str:
        """As people call it."""
        return f"{label_of(self.outcome)}: {self.at} less {self.base}"


@dataclass(frozen=True)
class Relative:
    """How much an outcome differs between two settings, as a share of the second."""

    outcome: str
    at: Setting
    base: Setting
    unit = "%"

    def needs(self) -> Iterator[tuple[Setting, str]]:
        """Outcomes and settings that must be measured for it."""
        yield from Change(self.outcome, self.at, self.base).needs()

    def estimate(self, measured: Measured) -> Estimate:
        """Value and influence."""
        above, below = (Mean(self.outcome, at).estimate(measured) for at in (self.at, self.base))
        ratio = _ratio(above, below)
        return Estimate(ratio.value - 1.0, ratio.influence)

    def __str__(self) -> str:
        """As people call it."""
        return f"{label_of(self.outcome)}: {self.at} against {self.base}"


@dataclass(frozen=True)
class Gap:
    """Difference of two quantities of one unit: an interaction, or an ordering of two effects."""

    larger: Quantity
    smaller: Quantity

    @property
    def unit(self) -> str:
        """Unit of its value."""
        return self.larger.unit

    def needs(self) -> Iterator[tuple[Setting, str]]:
        """Outcomes and settings that must be measured for it."""
        yield from self.larger.needs()
        yield from self.smaller.needs()

    def estimate(self, measured: Measured) -> Estimate:
        """Value and influence."""
        return _minus(self.larger.estimate(measured), self.smaller.estimate(measured))

    def __str__(self) -> str:
        """As people call it."""
        return f"[{self.larger}] less [{self.smaller}]"


def _minus(first: Estimate, second: Estimate) -> Estimate:
    return Estimate(first.value - second.value, first.influence - second.influence)
