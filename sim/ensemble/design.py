"""Points of a study: the scenario under each relationship type or with each intervention, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.domain.errors import InputError
from sim.spec.catalogue import relationships_of
from sim.spec.edit import entries_from, entry_id, with_interventions, with_relationship
from sim.spec.labels import entry_label
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
    known = relationships_of(scenario)
    return [Point(v.relationship, known[v.relationship].label, "relationships", v) for v in variants]


def intervention_points(scenario: Scenario, texts: Sequence[str]) -> list[Point]:
    """The scenario with each set of interventions added, such as ``disciplined_meetings+liaison=1``."""
    return [_intervention_point(scenario, text) for text in texts]


def _intervention_point(scenario: Scenario, text: str) -> Point:
    entries = entries_from(scenario, text)
    ids = "+".join(entry_id(scenario, entry) for entry in entries)
    label = " + ".join(entry_label(scenario, entry) for entry in entries)
    return Point(ids, label, "interventions", with_interventions(scenario, text))


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
