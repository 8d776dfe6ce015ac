"""A setting: one organization that a fact looks at, written in a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_interventions, with_relationship, with_values
from sim.spec.scenario import Scenario


@dataclass(frozen=True)
class Setting:
    """A shipped scenario under a relationship type, with interventions and changed values.

    Parameters
    ----------
    relationship : str
        Name in the catalogue.
    uses : str
        Interventions as the command line writes them, such as ``liaison=2+collocation``; empty for none.
    size : str
        Name of a shipped scenario.
    changes : tuple of (str, float)
        Other values by their paths.
    label : str
        As tables call it; by default what differs from the plain mid-size scenario. No part of its identity.
    """

    relationship: str
    uses: str = ""
    size: str = "mid"
    changes: tuple[tuple[str, float], ...] = ()
    label: str = field(default="", compare=False)

    def scenario(self) -> Scenario:
        """The scenario that is run."""
        scenario = with_relationship(load_scenario(self.size), self.relationship)
        if self.changes:
            scenario = with_values(scenario, self.changes)
        return with_interventions(scenario, self.uses) if self.uses else scenario

    def __str__(self) -> str:
        """As tables call it."""
        if self.label:
            return self.label
        changes = [f"{path.split('.')[-1]} {value:g}" for path, value in self.changes]
        size = "" if self.size == "mid" else f"{self.size} "
        return " + ".join([size + self.relationship, *filter(None, [self.uses]), *changes])


def firm(
    relationship: str = "undefined",
    uses: str = "",
    size: str = "mid",
    change: Mapping[str, float] | None = None,
    label: str = "",
) -> Setting:
    """A setting in one line; see `Setting`.

    Examples
    --------
    >>> str(firm("aligned", "liaison", size="small", change={"market.gap_days": 5}))
    'small aligned + liaison + gap_days 5'
    """
    return Setting(relationship, uses, size, tuple((change or {}).items()), label)
