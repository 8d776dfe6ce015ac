"""What entries of a timeline and points of a study are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.catalogue import action_of, interventions_of, preset_named, relationship_named, relationships_of
from sim.spec.edit import entries_from
from sim.spec.factors import INTERVENTIONS, OF_ONE, PRESETS, RELATIONSHIP
from sim.spec.scenario import Scenario
from sim.spec.timeline import Entry


def entry_label(scenario: Scenario, entry: Entry) -> str:
    """An entry of a timeline as people call it."""
    when = (f" from day {entry.day}" if entry.day else "") + (f" to day {entry.end_day}" if entry.end_day else "")
    if entry.adopt:
        return f"Turn {relationships_of(scenario)[entry.adopt].label.lower()}{when}"
    if entry.set:
        return ", ".join(f"{name} {value}" for name, value in entry.set.items()) + when
    action = action_of(scenario, entry)
    dose = "" if entry.dose in (None, action.default_dose) else f" ({dose_text(entry.dose, action.unit)})"
    return action.label + dose + when


def dose_text(dose: float | None, unit: str) -> str:
    """A dose as people say it.

    Examples
    --------
    >>> dose_text(0.5, "share"), dose_text(1.0, "persons"), dose_text(3.0, "per quarter")
    ('50 %', '1 person', '3 per quarter')
    """
    if dose is None:
        return "usual dose"
    if unit == "share":
        return f"{100 * dose:g} %"
    if unit == PRACTICES["budget"].unit:
        return f"{100 * dose:+g} %"
    return f"{dose:g} {unit.removesuffix('s') if dose == 1 else unit}"


def label_of(base: Scenario, settings: Mapping[str, Any]) -> str:
    """What a point of a study is called, in the order of its factors.

    An intervention of dose 0 is none and is left out; so are factors that are left as they are (None).

    Raises
    ------
    InputError
        If it names what a scenario does not know.

    Examples
    --------
    >>> from sim.spec.catalogue import load_scenario
    >>> point = {"relationship": "aligned", "interventions": "liaison+collocation=0.5", "market.gap_days": 12}
    >>> label_of(load_scenario("mid"), point)
    'Aligned · Liaison + Sitting together (50 %) · market.gap_days 12'
    """
    given = {name: value for name, value in settings.items() if value is not None}
    parts: list[str] = []
    told: set[str] = set()
    for name, value in given.items():
        match = OF_ONE.fullmatch(name)
        if match and match["name"] not in told:
            told.add(match["name"])
            parts.append(_dose_label(base, match["name"], given))
        elif not match:
            parts.append(_setting_label(base, name, value, given))
    return " · ".join(part for part in parts if part) or ("As it is" if base.entries else "No intervention")


def _setting_label(base: Scenario, name: str, value: Any, given: Mapping[str, Any]) -> str:
    if name == RELATIONSHIP:
        known = relationships_of(base)
        return known[relationship_named(str(value), known)].label
    if name == INTERVENTIONS:
        entries = entries_from(base, str(value)) if value else ()
        others = [entry for entry in entries if f"interventions.{entry.intervention}.dose" not in given]
        return " + ".join(entry_label(base, entry) for entry in others)
    if name in PRESETS:
        kind = name.partition(".")[2]
        without = f"no {kind} preset" if getattr(base.presets, kind) else ""
        return str(preset_named(kind, value).label) if value else without
    return f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"


def _dose_label(base: Scenario, name: str, given: Mapping[str, Any]) -> str:
    """Dose and days of one intervention, as far as they are given."""
    dose, start, end = (given.get(f"interventions.{name}.{what}") for what in ("dose", "start_day", "end_day"))
    if dose == 0:
        return ""
    action = interventions_of(base)[name]
    amount = "" if dose is None else f" {dose_text(float(f'{dose:.4g}'), action.unit)}"
    return action.label + amount + (f" from day {start}" if start else "") + (f" to day {end}" if end else "")
