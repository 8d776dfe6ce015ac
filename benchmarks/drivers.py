"""The same year driven by Mesa, a person at a time, and by the compiled loop."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.timing import in_turn, ratio, seconds_of
from benchmarks.workloads import firm
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.engine.run import simulate
from sim.model.organization import Organization


def mesa_year() -> float:
    """Seconds of a year of 60 people in Mesa."""
    model: Any = Organization("mid", seed=1)

    def year() -> None:
        for _ in range(DAYS_PER_YEAR):
            model.step()

    return seconds_of(year)


def measure(effort: Effort) -> list[Row]:
    """A row for each driver; the compiled loop uses its memory again, as in a study."""
    plan = firm()
    plan.rules.n_days = DAYS_PER_YEAR
    world = simulate(plan, 1)

    def compiled_year() -> float:
        """Seconds of the same year in the compiled loop."""
        return seconds_of(lambda: simulate(plan, 1, world))

    seconds = in_turn({"Mesa": mesa_year, "compiled loop": compiled_year}, effort.rounds)
    return [
        {"driver": name, "ms": 1e3 * median(each), "ratio": ratio(each, seconds["compiled loop"])}
        for name, each in seconds.items()
    ]


PART = Part(
    "drivers",
    "A year of 60 people",
    (Column("driver", "driver"), Column("ms", "ms", ",.1f"), Column("ratio", "against compiled", ".1f")),
    measure,
)
