"""Points of a study: the scenario under each relationship type or with each intervention, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.domain.errors import InputError
from sim.spec.catalogue import interventions, relationships
from sim.spec.edit import intervention_id, with_interventions, with_relationship
from sim.spec.scenario import Scenario


@dataclass(frozen=True)
class Point:
    """One scenario of a study.

    Parameters
    ----------
    id : str
        Exact id, such as ``undefined`` or ``liaison=2@65``.
    label : str
        As people call it.
    family : {"relationships", "interventions"}
        What is varied.
    scenario : Scenario
        What is run.
    """

    id: str
    label: str
    family: str
    scenario: Scenario


def relationship_points(scenario: Scenario, names: Sequence[str]) -> list[Point]:
    """The scenario under each relationship type, in the given order; aliases become the catalogue's names."""
    variants = [with_relationship(scenario, name) for name in names]
    return [Point(v.relationship, relationships()[v.relationship].label, "relationships", v) for v in variants]


def intervention_points(scenario: Scenario, texts: Sequence[str]) -> list[Point]:
    """The scenario with each set of interventions added, such as ``disciplined_meetings+liaison=1``."""
    return [_intervention_point(scenario, text) for text in texts]


def _intervention_point(scenario: Scenario, text: str) -> Point:
    variant = with_interventions(scenario, text)
    uses = variant.interventions[len(scenario.interventions) :]
    catalogue = interventions()
    labels = []
    for use in uses:
        intervention = catalogue[use.name]
        dose = "" if use.dose in (None, intervention.default_dose) else f" ({dose_text(use.dose, intervention.unit)})"
        labels.append(intervention.label + dose + (f" from day {use.start_day}" if use.start_day else ""))
    return Point("+".join(map(intervention_id, uses)), " + ".join(labels), "interventions", variant)


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
    return f"{dose:g} {unit.removesuffix('s') if dose == 1 else unit}"


def comparison_points(scenario: Scenario, types: Sequence[str], uses: Sequence[str]) -> list[Point]:
    """Points of a comparison, the baseline first: types as given, then interventions on the baseline's type.

    Raises
    ------
    InputError
        If a point is named twice.
    """
    points = relationship_points(scenario, types or [scenario.relationship])
    points += intervention_points(points[0].scenario, uses)
    seen: set[str] = set()
    for point in points:
        if point.id in seen:
            raise InputError("compare", "each scenario may be named once", point.id, "Leave the second one out.")
        seen.add(point.id)
    return points
