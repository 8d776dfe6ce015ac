"""Milliseconds per run of the shipped scenarios on one core, everything on, and what that makes per hour and touch."""

from __future__ import annotations

from functools import partial
from itertools import count
from statistics import median

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.timing import interleaved
from benchmarks.workloads import firm, n_people, n_touches, run
from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.domain.blueprint import Blueprint

SCENARIOS = ("micro", "small", "mid", "large", "enterprise")
SECONDS_PER_HOUR = 3600.0


def firm_years(plan: Blueprint) -> float:
    """Counted years of a run; the warm-up is simulated too, and counts nothing."""
    return float(plan.n_days - plan.rules.warmup_days) / DAYS_PER_YEAR


def measure(effort: Effort) -> list[Row]:
    """A row for each scenario, run in turn; each round has luck of its own, the same for all."""
    plans = {name: firm(name) for name in SCENARIOS}
    seeds = {name: count() for name in SCENARIOS}
    worlds = {name: run(plan, 0) for name, plan in plans.items()}

    def one(name: str) -> None:
        worlds[name] = run(plans[name], next(seeds[name]), worlds[name])

    seconds = interleaved({name: partial(one, name) for name in SCENARIOS}, 3 * effort.rounds)
    return [row(name, plans[name], seconds[name]) for name in SCENARIOS]


def row(name: str, plan: Blueprint, seconds: list[float]) -> Row:
    """What a scenario's seconds mean."""
    middle, people = median(seconds), n_people(plan)
    return {
        "scenario": name,
        "people": people,
        "days": plan.n_days,
        "ms": 1e3 * middle,
        "ms_best": 1e3 * min(seconds),
        "runs_per_second": 1.0 / middle,
        "firm_years_per_hour": firm_years(plan) * SECONDS_PER_HOUR / middle,
        "ns_person_day": 1e9 * middle / (people * plan.n_days),
        "ns_touch": 1e9 * middle / n_touches(plan, 1),
    }


PART = Part(
    "speed",
    "One core, one run after the other, the full model with its outcomes",
    (
        Column("scenario", "scenario"),
        Column("people", "people", ",.0f"),
        Column("days", "days", ",.0f"),
        Column("ms", "ms per run", ",.2f"),
        Column("ms_best", "best", ",.2f"),
        Column("runs_per_second", "runs per second", ",.0f"),
        Column("firm_years_per_hour", "firm-years per hour", ",.0f"),
        Column("ns_person_day", "ns per person-day", ",.0f"),
        Column("ns_touch", "ns per touch", ",.0f"),
    ),
    measure,
)
