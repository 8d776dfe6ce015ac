"""Headcounts of a scenario: at the start, at the end of its growth, and on any day between."""

from __future__ import annotations

from typing import Any

from sim.spec.scenario import Scenario

ROLES = ("marketers", "reps", "managers", "generalists")
FLOORED = ("collocation", "executive_support")


def headcounts(scenario: Scenario) -> list[tuple[int, Any]]:
    """Headcounts of a unit with the day of the run from which they hold, the first from day 0."""
    warmup = scenario.run.warmup_days
    return [(0, scenario.people), *((warmup + step.day, step) for step in scenario.growth)]


def most_of(scenario: Scenario) -> dict[str, int]:
    """Rows of people of the whole firm by role: all whom it will ever have; generalists are those at the start."""
    units = scenario.people.units  # type: ignore[attr-defined]
    last: Any = headcounts(scenario)[-1][1]
    first: Any = scenario.people
    return {name: units * getattr(first if name == "generalists" else last, name) for name in ROLES}


def n_persons(scenario: Scenario, day: int = 0) -> int:
    """People of the whole firm on a day of the run; a generalist counts once."""
    people: Any = scenario.people
    for first_day, step in headcounts(scenario):
        people = step if first_day <= day else people
    units = scenario.people.units  # type: ignore[attr-defined]
    return int(units * (people.reps + people.marketers + people.managers - people.generalists))


def write_growth(rules: Any, scenario: Scenario) -> None:
    """Write the headcounts into the rules, in place; without growth there is nothing to write."""
    if not scenario.growth:
        return
    steps = headcounts(scenario)
    rules.n_growth = len(steps)
    for index, (day, step) in enumerate(steps):
        rules.growth_day[index] = day
        rules.growth_floor[index] = step.proximity_floor
        for name in ROLES:
            rules[f"growth_{name}"][index] = getattr(step, name)


def is_floored(scenario: Scenario, practice: str) -> bool:
    """Whether a practice follows the floor of a firm that grows; what the scenario itself gives does not."""
    return bool(scenario.growth) and practice in FLOORED and practice not in scenario.practices
