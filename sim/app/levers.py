"""Levers of a page: relationship type and interventions, moved from a day on, written as an organization's text."""

from __future__ import annotations

import re
from typing import Any

from sim.app.prices import price_text, prices_of
from sim.domain.errors import InputError
from sim.spec.catalogue import interventions_of, relationships_of
from sim.spec.edit import entries_from, entry_id, split_organization
from sim.spec.kinds import Intervention
from sim.spec.labels import dose_text, entry_label
from sim.spec.resolve import dose_of
from sim.spec.scenario import Scenario
from sim.spec.timeline import Entry

TYPE = "relationship"
_DECIMALS = 4


def levers_of(scenario: Scenario, today: int) -> dict[str, Any]:
    """How every lever stands on a day.

    Returns
    -------
    dict
        ``type``, ``types`` (name, label, description of each) and ``interventions``: name, label, description, dose
        (in force today) and its words, usual, least and most dose, the places of its slider (doses with their words)
        and in words what the usual dose costs.
    """
    doses, prices = doses_on(scenario, today), prices_of(scenario)
    return {
        "type": type_on(scenario, today),
        "types": [[name, kind.label, kind.description] for name, kind in relationships_of(scenario).items()],
        "interventions": [
            {
                "name": name,
                "label": action.label,
                "description": action.description,
                "dose": doses.get(name, 0.0),
                "usual": action.default_dose,
                "least": action.least,
                "most": action.most,
                "places": [[dose, _dose_text(dose, action.unit)] for dose in _places(action, doses.get(name, 0.0))],
                "price": f"{_dose_text(action.default_dose, action.unit)}: {price_text(prices[name])}",
            }
            for name, action in interventions_of(scenario).items()
        ],
    }


def standing_on(scenario: Scenario, today: int) -> tuple[str, dict[str, float]]:
    """Type and doses in force on a day: levers look the same on days on which these are the same."""
    return type_on(scenario, today), doses_on(scenario, today)


def marks_of(scenario: Scenario) -> list[list[Any]]:
    """Day and label of what begins or ends on a day of the window, in order, for a time line.

    Examples
    --------
    >>> from sim.spec.edit import with_organization
    >>> marks_of(with_organization(Scenario(), "liaison=1@65..130+adopt=aligned@20"))
    [[20, 'Turn aligned'], [65, 'Liaison (1 person)'], [130, 'Liaison (1 person) ends']]
    """
    marks = []
    for entry in scenario.entries:
        label = entry_label(scenario, entry.model_copy(update={"day": 0, "end_day": None}))
        marks.append([entry.day, label])
        marks += [[entry.end_day, f"{label} ends"]] if entry.end_day is not None else []
    return sorted(marks)


def _places(action: Intervention, now: float) -> list[float]:
    """Doses of a slider: quarters of the usual dose up to twice as much, both ways where it may be cut; and today's."""
    step = abs(action.default_dose) / 4.0
    doses = {round(place * step, _DECIMALS) for place in range(-8, 9)}
    return sorted({dose for dose in doses if action.least <= dose <= action.most} | {0.0, now})


def _dose_text(dose: float, unit: str) -> str:
    return dose_text(dose, unit).replace("-", "−") if dose else "–"


def type_on(scenario: Scenario, today: int) -> str:
    """Relationship type that the firm has, or has begun to turn to, on a day."""
    adopted = [entry.adopt for entry in scenario.entries if entry.adopt and _is_in_force(entry, today)]
    return adopted[-1] if adopted else scenario.relationship


def doses_on(scenario: Scenario, today: int) -> dict[str, float]:
    """Highest dose of each intervention in force on a day."""
    doses: dict[str, float] = {}
    for entry in scenario.entries:
        if entry.intervention and _is_in_force(entry, today):
            doses[entry.intervention] = max(dose_of(scenario, entry), doses.get(entry.intervention, -1e9))
    return doses


def _is_in_force(entry: Entry, today: int) -> bool:
    return entry.day <= today and (entry.end_day is None or today < entry.end_day)


def pulled(text: str, base: Scenario, today: int, change: tuple[str, Any]) -> str:
    """An organization's text after a lever has been moved on a day; what lies before the day stays as it was.

    Parameters
    ----------
    text : str
        As in `sim.app.links.View.organizations`.
    base : Scenario
        Before the text's type and interventions.
    change : tuple
        ``(TYPE, name)`` or ``(intervention, dose)``; a dose of 0 ends it.

    Raises
    ------
    InputError
        If there is no such type or intervention, or the dose is out of range.

    Examples
    --------
    >>> pulled("", Scenario(), 0, ("relationship", "aligned")), pulled("aligned", Scenario(), 65, ("liaison", 1))
    ('aligned', 'aligned+liaison=1@65')
    >>> pulled("aligned+liaison=1@65", Scenario(), 130, ("liaison", 0))
    'aligned+liaison=1@65..130'
    """
    kind, uses = split_organization(base, text)
    entries = list(entries_from(base, uses)) if uses else []
    name, value = change
    if name == TYPE:
        kind, entries = _turned(base, kind, entries, today, str(value))
    else:
        entries = _dosed(base, entries, today, name, _dose(name, value))
    return "+".join([*([kind] if kind else []), *(entry_id(base, entry) for entry in entries)])


def _turned(base: Scenario, kind: str, entries: list[Entry], today: int, to: str) -> tuple[str, list[Entry]]:
    if to not in relationships_of(base):
        raise InputError(TYPE, f"must be one of {', '.join(relationships_of(base))}", to, "Choose one of them.")
    entries = [entry for entry in entries if not (entry.adopt and entry.day >= today)]
    if today == 0:
        return to, entries
    before = [entry.adopt for entry in entries if entry.adopt]
    if (before[-1] if before else kind or base.relationship) == to:
        return kind, entries
    return kind, [*entries, *entries_from(base, f"adopt={to}@{today}")]


def _dosed(base: Scenario, entries: list[Entry], today: int, name: str, dose: float) -> list[Entry]:
    kept = []
    for entry in entries:
        if entry.intervention != name or (entry.end_day is not None and entry.end_day <= today):
            kept.append(entry)
        elif entry.day < today:
            kept.append(entry.model_copy(update={"end_day": today}))
    if dose == 0.0:
        return kept
    return kept + list(entries_from(base, f"{name}={dose:g}@{today}"))


def _dose(name: str, value: Any) -> float:
    text = str(value)
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,12})?", text, re.ASCII):
        raise InputError(name, "must be a number", text[:40], "Write digits, such as 2 or 0.5.")
    return round(float(text), _DECIMALS)
