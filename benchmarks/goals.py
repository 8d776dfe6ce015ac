"""What is asked of the product's speed, held against what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.growth import LEADS, MOST_LEADS, PEOPLE, REFERENCE
from benchmarks.parts import Row
from benchmarks.start import COLD

#: Rows by part.
Found = dict[str, list[Row]]


@dataclass(frozen=True)
class Goal:
    """A line that has to be met.

    Parameters
    ----------
    words : str
        What is asked.
    limit : float
        In the unit of the words.
    figure : callable
        Takes it from the rows by part, as numbers; the worst of them counts. None where it was not measured.
    is_most : bool
        Whether the limit is an upper one.
    """

    words: str
    limit: float
    figure: Callable[[Found], Iterator[float]]
    is_most: bool = True

    def reached(self, found: Found) -> float | None:
        """The worst figure, or None where it was not measured."""
        figures = list(self.figure(found))
        if not figures:
            return None
        return max(figures) if self.is_most else min(figures)

    def verdict(self, found: Found) -> str:
        """Whether it is met."""
        reached = self.reached(found)
        if reached is None:
            return "not measured"
        return "met" if (reached <= self.limit if self.is_most else reached >= self.limit) else "not met"


def _values(part: str, column: str, **where: Any) -> Callable[[Found], Iterator[float]]:
    """A column of a part's rows that have these values."""

    def figures(found: Found) -> Iterator[float]:
        for row in found.get(part, []):
            if all(row.get(name) == value for name, value in where.items()):
                yield row[column]

    return figures


def _growth(part: str, column: str, low: int, high: int) -> Callable[[Found], Iterator[float]]:
    """Growth in a part between two sizes; nothing where the largest was not measured."""

    def figures(found: Found) -> Iterator[float]:
        sizes = [row[column] for row in found.get(part, [])]
        if sizes and max(sizes) >= high:
            yield from (row["growth"] for row in found[part] if low <= row[column] <= high)

    return figures


def _until_first_result(found: Found) -> Iterator[float]:
    """Seconds of a warm first result beyond the import of the compiler."""
    seconds = {row["what"]: row["seconds"] for row in found.get("start", [])}
    if seconds:
        yield seconds["first result, compiled before"] - seconds["import numba"]


GOALS = (
    Goal("60 people, 650 days, one core: ms per run", 5.0, _values("speed", "ms", scenario="mid")),
    Goal("60 people, all cores: firm-years per hour", 2.4e6, _values("threads", "value", key="years"), False),
    Goal(
        f"a person-day from {REFERENCE} to {PEOPLE[-1]:,} people: growth",
        1.3,
        _growth("people", "people", REFERENCE, PEOPLE[-1]),
    ),
    Goal(
        f"a lead from {LEADS[0]:,} to {MOST_LEADS:,} leads: growth",
        1.3,
        _growth("leads", "leads", LEADS[0], MOST_LEADS),
    ),
    Goal("funnel-1 M, ours against C: times", 1.3, _values("funnel", "to_c", size="M", program="smarketing")),
    Goal("funnel-1 M, Mesa against ours: times", 80.0, _values("funnel", "to_ours", size="M", program="Mesa"), False),
    Goal("funnel-1 L, Mesa against ours: times", 200.0, _values("funnel", "to_ours", size="L", program="Mesa"), False),
    Goal("memory per lead, all tables: bytes", 256.0, _values("memory", "held")),
    Goal("two threads against two processes that spin: share", 0.9, _values("threads", "value", key="share"), False),
    Goal("a year of 60 people in Mesa: ms", 300.0, _values("drivers", "ms", driver="Mesa")),
    Goal("smarketing --help: s", 0.5, _values("start", "seconds", what="smarketing --help")),
    Goal("first result with a cold cache: s", 20.0, _values("start", "seconds", what=COLD)),
    Goal("first result with a warm cache, beyond the import of the compiler: s", 1.0, _until_first_result),
)


def verdicts(found: Found) -> list[Row]:
    """A row for each goal."""
    return [
        {
            "goal": goal.words,
            "asked": f"{'≤' if goal.is_most else '≥'} {goal.limit:,.9g}",
            "reached": goal.reached(found),
            "verdict": goal.verdict(found),
        }
        for goal in GOALS
    ]
