"""What a check is, what it finds, and how a figure is held against a bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

#: A right program fails a check in which luck has a part this often, at most. All checks together: the sum (Boole).
ERROR = 1e-4
LUCK, QUEUES, FLOWS, LIMITS, INTERVALS, RECOVERY, RIVALS = (
    *("luck", "queues", "flows", "limits", "intervals", "recovery", "rivals"),
)
KINDS = {
    LUCK: "Draws by address are as good as random, and turned into the right numbers",
    QUEUES: "Waiting lines of the model, driven to where theory and other programs know the answer",
    FLOWS: "Leads, deals, customers, people, disputes and money: what goes in, what comes out, how long it takes",
    LIMITS: "What must change nothing changes no byte; what must scale, scales; rest points are where theory puts them",
    INTERVALS: "Intervals cover, tests err and selections find the best as often as they say",
    RECOVERY: "What is estimated from data of a known truth is that truth, as often as the interval says",
    RIVALS: "Independent programs of the model and of its statistics give the same",
}


@dataclass(frozen=True)
class Picture:
    """What is drawn of a check: measured bars, expected dots.

    Parameters
    ----------
    x : sequence of float
        Places of the bars.
    measured, expected : sequence of float
        Heights, in the same unit.
    x_label, y_label : str
        For people, with units.
    """

    x: Sequence[float]
    measured: Sequence[float]
    expected: Sequence[float]
    x_label: str
    y_label: str


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Parameters
    ----------
    figure, bound : float
        What was measured and what it is held against.
    at_most : bool
        Whether the figure must not exceed the bound; else it must reach it.
    text : str
        The figures behind the figure, for people.
    sees : str
        Smallest error that would most likely be seen, where that can be told.
    """

    figure: float
    bound: float
    text: str
    at_most: bool = True
    sees: str = ""
    picture: Picture | None = None

    @property
    def passed(self) -> bool:
        """Whether the figure keeps the bound; a figure that is no number does not."""
        return bool(self.figure <= self.bound if self.at_most else self.figure >= self.bound)


@dataclass(frozen=True)
class Effort:
    """How much is run: all, or what takes minutes.

    Examples
    --------
    >>> Effort(is_quick=True).n(1000), Effort().n(1000), Effort(is_quick=True).n(1000, 50)
    (250, 1000, 50)
    """

    is_quick: bool = False

    def n(self, full: int, quick: int | None = None) -> int:
        """A number of runs or studies."""
        return full if not self.is_quick else quick if quick is not None else max(1, full // 4)


Run = Callable[[Effort], Finding]


@dataclass(frozen=True)
class Check:
    """A question to the program that it could fail.

    Parameters
    ----------
    name : str
        Short, with hyphens; never given to another question.
    kind : str
        One of KINDS.
    compares : str
        What is held against what.
    would_fail_if : str
        A sentence: the error that this check is there for.
    error_rate : float
        How often it fails though nothing is wrong: for luck of other seeds, since those of the check are fixed.
    run : callable
        Of an effort.
    """

    name: str
    kind: str
    compares: str
    would_fail_if: str
    error_rate: float
    run: Run


CHECKS: dict[str, Check] = {}


def check(kind: str, name: str, compares: str, would_fail_if: str, error_rate: float = ERROR) -> Callable[[Run], Run]:
    """Make a function a check; `error_rate` 0 where luck has no part."""

    def note(run: Run) -> Run:
        if name in CHECKS:
            raise ValueError(f"two checks are called {name}")
        CHECKS[name] = Check(name, kind, compares, would_fail_if, error_rate, run)
        return run

    return note


# --- how figures are held against bounds ----------------------------------------------------------------------


def near(values: Any, expected: float, allowed: float = 0.0, picture: Picture | None = None) -> Finding:
    """Hold the mean of independent values against theory: distance in standard errors (Student's t).

    Parameters
    ----------
    values : array of float
        One for each run or study, independent of each other.
    allowed : float
        What the limit itself is known to be off by, in the unit of the values; taken off the distance.
    """
    values = np.asarray(values, dtype=float)
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    return replace(distance((float(values.mean()), error, len(values)), expected, allowed), picture=picture)


def ratio_near(above: Any, below: Any, expected: float, allowed: float = 0.0) -> Finding:
    """Hold a ratio of sums over independent runs against theory (linearized, as in surveys)."""
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    share = float(above.sum() / below.sum())
    residuals = (above - share * below) / below.mean()
    error = float(residuals.std(ddof=1) / np.sqrt(len(above)))
    return distance((share, error, len(above)), expected, allowed)


def distance(estimate: tuple[float, float, int], expected: float, allowed: float = 0.0) -> Finding:
    """Distance of a mean from what is expected, in standard errors.

    Parameters
    ----------
    estimate : tuple of float, float and int
        Mean, its standard error, and the number of independent values behind it.
    """
    from scipy.stats import t

    mean, error, n = estimate
    bound = float(t.ppf(1.0 - ERROR / 2.0, n - 1))
    off = max(0.0, abs(mean - expected) - allowed)
    figure = off / error if error > 0.0 else float("inf") if off > 0.0 else 0.0
    known = f", of which the limit itself explains {allowed:.3g}" if allowed else ""
    text = f"{mean:.5g} ± {error:.2g} against {expected:.5g}{known}, n = {n:,}"
    seen = allowed + (bound + 1.28) * error
    sees = f"{100 * seen / abs(expected):.2g} %" if expected else f"{seen:.2g}"
    return Finding(figure, bound, text, sees=sees)


def likely(p: float, text: str, picture: Picture | None = None) -> Finding:
    """Hold a p-value against the error rate."""
    return Finding(float(p), ERROR, text, at_most=False, picture=picture)


def fits(counts: Any, shares: Any, text: str = "", picture: Picture | None = None) -> Finding:
    """Hold counts of independent cases against shares (chi-square; cells with fewer than five expected are pooled)."""
    from scipy.stats import chisquare

    observed, expected = pooled(np.asarray(counts, dtype=float), np.asarray(shares, dtype=float))
    test = chisquare(observed, expected * observed.sum() / expected.sum())
    told = f"chi-square {test.statistic:.1f} with {len(observed) - 1} degrees of freedom, {int(observed.sum()):,} cases"
    return likely(float(test.pvalue), f"{text}; {told}" if text else told, picture)


def pooled(observed: Any, shares: Any) -> tuple[Any, Any]:
    """Cells joined from the last one on until each has at least five cases to be expected."""
    expected = shares / shares.sum() * observed.sum()
    cells: list[list[float]] = []
    for seen, due in zip(observed, expected, strict=True):
        if cells and (cells[-1][1] < 5.0):
            cells[-1][0] += seen
            cells[-1][1] += due
        else:
            cells.append([seen, due])
    if len(cells) > 1 and cells[-1][1] < 5.0:
        last = cells.pop()
        cells[-1] = [cells[-1][0] + last[0], cells[-1][1] + last[1]]
    return np.array([cell[0] for cell in cells]), np.array([cell[1] for cell in cells])


def share_near(hits: int, n: int, chance: float, text: str = "") -> Finding:
    """Hold a number of independent hits against a chance (exact binomial)."""
    from scipy.stats import binomtest

    told = f"{hits:,} of {n:,} ({hits / n:.4f}) against {chance:.4f}"
    return likely(binomtest(int(hits), int(n), chance).pvalue, f"{text}: {told}" if text else told)


def reaches(hits: int, n: int, promise: float, what: str) -> Finding:
    """Hold a share that was promised as a least one against what was counted; luck may take its part."""
    from scipy.stats import binom

    least = float(binom.ppf(ERROR, n, promise)) / n
    return Finding(hits / n, least, f"{what} in {hits:,} of {n:,}; promised: {promise:.0%} or more", at_most=False)


def stays_below(hits: int, n: int, promise: float, what: str) -> Finding:
    """Hold a share that was promised as a greatest one against what was counted."""
    from scipy.stats import binom

    most = float(binom.isf(ERROR, n, promise)) / n
    return Finding(hits / n, most, f"{what} in {hits:,} of {n:,}; promised: {promise:.0%} or fewer")


def none_of(n_wrong: int, n: int, what: str) -> Finding:
    """Hold a number of exceptions against none."""
    return Finding(float(n_wrong), 0.0, f"{n_wrong:,} of {n:,} {what}")


def equal_to(value: Any, expected: Any, tolerance: float, what: str) -> Finding:
    """Hold the greatest relative difference against rounding."""
    value, expected = np.asarray(value, dtype=float), np.asarray(expected, dtype=float)
    off = float(np.max(np.abs(value - expected) / np.maximum(np.abs(expected), 1.0)))
    return Finding(off, tolerance, f"{what}: greatest relative difference {off:.2g} of {value.size:,}")


def all_of(findings: Sequence[Finding], text: str) -> Finding:
    """The one of several findings that is closest to its bound, its error rate shared among all (Bonferroni).

    All must hold a p-value.
    """
    worst = min(findings, key=lambda one: one.figure)
    return Finding(
        min(1.0, worst.figure * len(findings)), ERROR, f"{text}; least: {worst.text}", False, picture=worst.picture
    )
