"""Points of a study: the scenario under each relationship type or with each intervention, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.domain.errors import InputError
from sim.spec.catalogue import relationships_of
from sim.spec.edit import entries_from, entry_id, split_organization, with_interventions, with_relationship
from sim.spec.factors import INTERVENTIONS, RELATIONSHIP
from sim.spec.labels import entry_label
from sim.spec.posterior import Posterior, drawn
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
        What is run, without a draw.
    settings : mapping
        What it sets of its base, as factors of a plan.
    base : Scenario or None
        What it was made of; None where nothing was varied.
    posterior : Posterior or None
        Draws over which it is run.
    """

    id: str
    label: str
    family: str
    scenario: Scenario
    settings: Mapping[str, Any] = field(default_factory=dict)
    base: Scenario | None = None
    posterior: Posterior | None = None

    def draw_of(self, replication: int) -> int:
        """Draw that a replication uses, 0 without a posterior."""
        return self.posterior.draw_of(replication) if self.posterior else 0

    def scenario_in(self, draw: int) -> Scenario:
        """What is run in a draw.

        Raises
        ------
        InputError
            If there can be no such scenario.
        """
        if self.posterior is None:
            return self.scenario
        return drawn(self.base or self.scenario, self.settings, self.posterior.settings(draw))


def relationship_points(scenario: Scenario, names: Sequence[str]) -> list[Point]:
    """The scenario under each relationship type, in the given order; aliases become the catalogue's names."""
    known = relationships_of(scenario)
    found = []
    for name in names:
        made = with_relationship(scenario, name)
        type_of = made.relationship
        found.append(Point(type_of, known[type_of].label, "relationships", made, {RELATIONSHIP: type_of}, scenario))
    return found


def intervention_points(scenario: Scenario, texts: Sequence[str]) -> list[Point]:
    """The scenario with each set of interventions added, such as ``disciplined_meetings+liaison=1``."""
    return [_intervention_point(scenario, text) for text in texts]


def _intervention_point(scenario: Scenario, text: str) -> Point:
    entries = entries_from(scenario, text)
    ids = "+".join(entry_id(scenario, entry) for entry in entries)
    label = " + ".join(entry_label(scenario, entry) for entry in entries)
    return Point(ids, label, "interventions", with_interventions(scenario, text), {INTERVENTIONS: text}, scenario)


def comparison_points(
    scenario: Scenario, types: Sequence[str], uses: Sequence[str], posterior: Posterior | None = None
) -> list[Point]:
    """Points of a comparison, the baseline first: types as given, then interventions on the baseline's type.

    With a posterior, a type that is given stands over what was drawn of types and practices; where none is given, the
    firm is as it was drawn.

    Raises
    ------
    InputError
        If a point is named twice.
    """
    points = relationship_points(scenario, types or [scenario.relationship])
    baseline = points[0] if types else replace(points[0], settings={})
    points = [baseline, *points[1:]]
    points += [
        replace(point, settings={**baseline.settings, **point.settings}, base=scenario)
        for point in intervention_points(baseline.scenario, uses)
    ]
    return _each_once([replace(point, posterior=posterior) for point in points])


def organization_points(scenario: Scenario, texts: Sequence[str], posterior: Posterior | None = None) -> list[Point]:
    """Points of a comparison of whole organizations, the first being the baseline (see `with_organization`).

    With a posterior, a type that is given stands over what was drawn; where none is given, the firm is as it was drawn.

    Raises
    ------
    InputError
        If fewer than two are given, one is misspelt or named twice.
    """
    if len(texts) < 2:
        mend = "Name what is compared, the baseline first, such as undefined,aligned+liaison=2."
        raise InputError("organizations", "must be two or more", ",".join(texts) or None, mend)
    return _each_once([replace(organization_point(scenario, text), posterior=posterior) for text in texts])


def organization_point(scenario: Scenario, text: str) -> Point:
    """A point of a comparison of whole organizations, without draws."""
    kind, uses = split_organization(scenario, text)
    (own,) = relationship_points(scenario, [kind or scenario.relationship])
    own = own if kind else replace(own, settings={})
    if not uses:
        return own
    added = _intervention_point(own.scenario, uses)
    name, label = (f"{own.id}+{added.id}", f"{own.label} + {added.label}") if kind else (added.id, added.label)
    return replace(added, id=name, label=label, settings={**own.settings, **added.settings}, base=scenario)


def points_compared(
    scenario: Scenario,
    posterior: Posterior | None = None,
    *,
    relationships: Sequence[str] = (),
    interventions: Sequence[str] = (),
    organizations: Sequence[str] = (),
) -> list[Point]:
    """Points of a comparison as it is asked for: of all types where nothing is named.

    Raises
    ------
    InputError
        If organizations are named beside types or interventions; see `comparison_points` and `organization_points`.
    """
    if organizations and (relationships or interventions):
        given = ",".join([*relationships, *interventions])
        mend = "Write each organization whole, such as undefined,aligned+liaison=2."
        raise InputError("organizations", "must be named without relationships and interventions", given, mend)
    if organizations:
        return organization_points(scenario, organizations, posterior)
    types = relationships or ([] if interventions else list(relationships_of(scenario)))
    return comparison_points(scenario, types, interventions, posterior)


def _each_once(points: list[Point]) -> list[Point]:
    """The points, each of which may be named once."""
    seen: set[str] = set()
    for point in points:
        if point.id in seen:
            raise InputError("compare", "each scenario may be named once", point.id, "Leave the second one out.")
        seen.add(point.id)
    return points
