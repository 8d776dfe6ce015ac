"""The reference workload funnel-1 on our foundations beside C, Mesa, SimPy and AgentPy (`benchmarks.funnel`)."""

from __future__ import annotations

from statistics import median

from benchmarks.funnel.measure import measure as measure_funnel
from benchmarks.parts import Column, Effort, Part, Row

#: Always, and where time is no matter: the slow programs take a minute at L.
SIZE, LARGE = "M", "L"


def measure(effort: Effort) -> list[Row]:
    """A row for each size and program that can run here."""
    found = measure_funnel([SIZE, LARGE] if effort.is_long else [SIZE], effort.rounds, effort.is_long)
    return [
        {
            "size": each.size,
            "program": each.program,
            "ms": 1e3 * median(each.seconds),
            "to_c": each.to_c,
            "to_ours": each.to_ours,
            "touches": each.touches_per_second / 1e6,
        }
        for each in found
    ]


PART = Part(
    "funnel",
    "funnel-1, a small reference workload, on our foundations and elsewhere",
    (
        Column("size", "size"),
        Column("program", "program"),
        Column("ms", "ms", ",.2f"),
        Column("to_c", "against C", ",.2f"),
        Column("to_ours", "against ours", ",.2f"),
        Column("touches", "million touches per second", ",.2f"),
    ),
    measure,
)
