"""Variants of a scenario: another relationship type, other interventions, another value."""

from __future__ import annotations

import re
from typing import Any

from sim.domain.errors import InputError
from sim.spec.catalogue import check_dose, intervention_named, read_scenario, relationship_named
from sim.spec.scenario import InterventionUse, Scenario

_USE = re.compile(r"(?P<name>[^=@]+)(=(?P<dose>[^=@]+))?(@(?P<start>[^=@]+))?")


def with_relationship(scenario: Scenario, name: str) -> Scenario:
    """The scenario under another relationship type (aliases are accepted)."""
    return scenario.model_copy(update={"relationship": relationship_named(name, "relationships")})


def with_interventions(scenario: Scenario, text: str) -> Scenario:
    """The scenario with interventions added.

    Parameters
    ----------
    text : str
        Such as ``liaison``, ``collocation=0.5``, ``liaison=2@65`` or ``disciplined_meetings+liaison``: ``+`` joins,
        ``=`` sets the dose, ``@`` the start day in working days after the warm-up.
    """
    uses = tuple(_use(part.strip()) for part in text.split("+"))
    return scenario.model_copy(update={"interventions": scenario.interventions + uses})


def _use(text: str) -> InterventionUse:
    match = _USE.fullmatch(text)
    if match is None:
        raise InputError("interventions", "must look like name, name=dose or name=dose@day", text)
    name = match["name"].strip()
    intervention_named(name)
    dose = _number(match["dose"], f"interventions: dose of {name}")
    start = _number(match["start"], f"interventions: start day of {name}")
    check_dose(name, dose, f"interventions: {name}")
    if start is not None and (start != int(start) or not 0 <= start <= 100_000):
        raise InputError(
            f"interventions: start day of {name}", "must be a whole number from 0 to 100000", match["start"]
        )
    return InterventionUse(name=name, dose=dose, start_day=int(start or 0))


def _number(text: str | None, field: str) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(field, "must be a number", text) from None


def intervention_id(use: InterventionUse) -> str:
    """The exact id of an intervention: name, and dose and start day where they are not the usual ones."""
    dose = "" if use.dose is None or use.dose == intervention_named(use.name).default_dose else f"={use.dose:g}"
    return use.name + dose + (f"@{use.start_day}" if use.start_day else "")


def with_value(scenario: Scenario, path: str, value: Any) -> Scenario:
    """The scenario with one value changed by its path, such as ``market.gap_days``.

    Raises
    ------
    InputError
        If there is no such value or it is out of range.
    """
    content = scenario.model_dump(exclude_unset=False)
    *parents, name = path.split(".")
    table: Any = content
    for part in parents:
        if not isinstance(table, dict) or part not in table:
            raise InputError(path, "there is no such table", part, "`smarketing scenario show NAME` lists all paths.")
        table = table[part]
    if not isinstance(table, dict):
        raise InputError(path, "names no single value", mend="`smarketing scenario show NAME` lists all paths.")
    table[name] = value
    return read_scenario(content)
