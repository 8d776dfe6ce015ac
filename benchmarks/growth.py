"""How cost grows: per person-day with the size of the firm, per lead with the leads of a run, all else being equal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.timing import in_turn, ratio, seconds_of
from benchmarks.workloads import firm, firm_of, n_people, run, run_until
from sim.domain.blueprint import Blueprint, empty_world
from sim.engine.entries import found_world, measure_outcomes

PEOPLE = (6, 12, 60, 120, 600, 1200, 6000, 9960)
REFERENCE = 60
WARMUP, DAYS = 130, 130
#: Person-days of a task at least: small firms run several times.
PERSON_DAYS = 100_000
#: Days after which as many deals are open as ever.
STEADY = 260
LEADS = (1_000, 10_000, 100_000, 1_000_000)
MOST_LEADS = 10_000_000
#: Leads of a task at least: short runs are made several times.
LEADS_PER_TASK = 20_000


def by_people(effort: Effort) -> list[Row]:
    """A row for each size of firm, run in turn; sizes that a scenario cannot have are left out."""
    values = {"run__warmup_days": WARMUP, "run__days": DAYS}
    plans = {people: plan for people in PEOPLE if (plan := firm_of(people, **values))}
    worlds = {people: run(plan, 1) for people, plan in plans.items()}

    def per_person_day(people: int) -> float:
        """Seconds per person-day."""
        plan = plans[people]
        person_days = n_people(plan) * plan.n_days
        times = max(1, PERSON_DAYS // person_days)

        def task() -> None:
            for seed in range(times):
                worlds[people] = run(plan, seed, worlds[people])

        return seconds_of(task) / (times * person_days)

    costs = in_turn({str(people): partial(per_person_day, people) for people in plans}, effort.rounds)
    return [_people_row(plans[people], int(worlds[people].organization.n_leads), costs, people) for people in plans]


def _people_row(plan: Blueprint, n_leads: int, costs: dict[str, list[float]], people: int) -> Row:
    cost = costs[str(people)]
    return {
        "people": n_people(plan),
        "units": plan.n_units,
        "leads": n_leads,
        "ns_person_day": 1e9 * median(cost),
        "growth": ratio(cost, costs[str(REFERENCE)]),
        "growth_best": min(cost) / min(costs[str(REFERENCE)]),
        "ns_lead": 1e9 * median(cost) * n_people(plan) * plan.n_days / n_leads,
    }


def by_leads(effort: Effort) -> list[Row]:
    """A row for each number of leads that come in to one firm of 60 people after its first year.

    The firm and its work per lead stay the same, and so does what is under way at any time; what grows is the table.
    """
    sizes = (*LEADS, MOST_LEADS) if effort.is_long else LEADS
    per_day = _leads_per_day()
    tasks: dict[str, Callable[[], tuple[float, float]]] = {}
    for leads in sizes:
        plan = firm()
        plan.rules.n_days = STEADY + round(leads / per_day)
        tasks[str(leads)] = _longer(plan, times=max(1, LEADS_PER_TASK // leads))
    found = in_turn(tasks, effort.rounds)
    costs = {name: [cost for cost, _ in pairs] for name, pairs in found.items()}
    scans = {name: [scan for _, scan in pairs] for name, pairs in found.items()}
    return [
        {
            "leads": leads,
            "days": round(leads / per_day),
            "ns_lead": 1e9 * median(costs[str(leads)]),
            "growth": ratio(costs[str(leads)], costs[str(LEADS[0])]),
            "growth_best": min(costs[str(leads)]) / min(costs[str(LEADS[0])]),
            "ns_measure": 1e9 * median(scans[str(leads)]),
        }
        for leads in sizes
    ]


def _leads_per_day() -> float:
    world = run(firm(), 1)
    return float(world.organization.n_leads / world.rules.n_days)


def _longer(plan: Blueprint, times: int) -> Callable[[], tuple[float, float]]:
    """What gives the seconds of a long run per lead: those of its days after the first year, and those of measuring."""
    kept: dict[str, Any] = {"world": empty_world(plan)}
    n_days = plan.n_days

    def task() -> tuple[float, float]:
        days = scan = leads = rows = 0.0
        for seed in range(times):
            world = kept["world"]
            found_world(world, seed)
            world = run_until(world, 0, STEADY)
            before = int(world.organization.n_leads)
            days += seconds_of(lambda: kept.update(world=run_until(world, STEADY, n_days)))  # noqa: B023 - called at once
            world = kept["world"]
            scan += seconds_of(partial(measure_outcomes, world))
            leads += int(world.organization.n_leads) - before
            rows += int(world.organization.n_leads)
        return days / leads, scan / rows

    return task


PEOPLE_PART = Part(
    "people",
    f"Cost of a person-day by size of the firm ({WARMUP + DAYS} days; growth against {REFERENCE} people)",
    (
        Column("people", "people", ",.0f"),
        Column("units", "units", ",.0f"),
        Column("leads", "leads", ",.0f"),
        Column("ns_person_day", "ns per person-day", ",.0f"),
        Column("growth", "growth", ".2f"),
        Column("growth_best", "growth of the best", ".2f"),
        Column("ns_lead", "ns per lead", ",.0f"),
    ),
    by_people,
)
LEADS_PART = Part(
    "leads",
    "Cost of a lead by leads of a run: one firm of 60 people, after its first year, for ever longer",
    (
        Column("leads", "leads", ",.0f"),
        Column("days", "days", ",.0f"),
        Column("ns_lead", "ns per lead", ",.0f"),
        Column("growth", "growth", ".2f"),
        Column("growth_best", "growth of the best", ".2f"),
        Column("ns_measure", "ns per lead to measure outcomes", ",.0f"),
    ),
    by_leads,
)
