"""Entries of the catalogue as people look them up: every number with unit, range and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.domain.errors import InputError, did_you_mean
from sim.domain.practices import MOVABLE
from sim.spec.catalogue import (
    interventions,
    is_name,
    markets,
    organizations,
    relationships,
    scenario_names,
    shocks,
)
from sim.spec.kinds import Intervention, Relationship
from sim.spec.origins import bounds, values_of
from sim.spec.scenario import Scenario


@dataclass(frozen=True)
class Number:
    """A number of an entry.

    Parameters
    ----------
    number : str
        As the file calls it.
    value : number or list
        As the file gives it.
    unit : str
        Unit, or ``-``.
    low, high : float or None
        Range; None where there is none.
    source : str
        What it rests on.
    meaning : str
        What it is.
    """

    number: str
    value: Any
    unit: str
    low: float | None
    high: float | None
    source: str
    meaning: str


@dataclass(frozen=True)
class Entry:
    """An entry of the catalogue.

    Parameters
    ----------
    kind : {"organization", "market", "relationship", "intervention", "shock"}
        Catalogue that it stands in.
    name, label, description : str
        As files and people call it, and what it is.
    numbers : tuple of Number
        All that it sets.
    """

    kind: str
    name: str
    label: str
    description: str
    numbers: tuple[Number, ...]


def entry_named(name: str, kind: str = "") -> Entry | None:
    """The entry of that name; None for a scenario, shipped or in a file, which goes before unless the kind is given.

    Raises
    ------
    InputError
        If nothing has that name, or nothing of that kind.
    """
    if not kind and (name in scenario_names() or not is_name(name)):
        return None
    catalogues: dict[str, tuple[dict[str, Any], Callable[[Any], tuple[Number, ...]]]] = {
        "organization": (organizations(), preset_numbers),
        "market": (markets(), preset_numbers),
        "relationship": (relationships(), level_numbers),
        "intervention": (interventions(), lever_numbers),
        "shock": (shocks(), lever_numbers),
    }
    listed = [] if kind else scenario_names()
    for each in [kind] if kind else catalogues:
        known, numbers = catalogues[each]
        if name in known:
            entry = known[name]
            return Entry(each, name, entry.label, entry.description, numbers(entry))
        listed += known
    mend = did_you_mean(name, dict.fromkeys(listed))
    mend += " Or name your scenario's file, which ends in .toml: it shows entries of your own too."
    raise InputError("name", "stands neither for a scenario nor for an entry of the catalogue", name, mend)


def preset_numbers(preset: Any) -> tuple[Number, ...]:
    """Numbers of an organization or market preset."""
    about = {value.path: value for value in values_of(Scenario(), ())}
    return tuple(
        Number(
            path, given.value, about[path].unit, about[path].low, about[path].high, given.source, about[path].meaning
        )
        for path, given in preset.givens.items()
    )


def level_numbers(entry: Relationship | Intervention) -> tuple[Number, ...]:
    """Levels of practices that a relationship type or an intervention sets."""
    levels = [(MOVABLE[name], level) for name, level in entry.practices.items()]
    return tuple(
        Number(f"practices.{p.name}", level, p.unit, p.low, p.high, entry.source_of(p.name), p.meaning)
        for p, level in levels
    )


def lever_numbers(lever: Intervention) -> tuple[Number, ...]:
    """All numbers of an intervention: dose, ramp, one-off cost and levels."""
    own = []
    for name, field in Intervention.model_fields.items():
        if isinstance(value := getattr(lever, name), int | float):
            low, high = bounds(field)
            unit = {"default_dose": lever.unit, "ramp_days": "d"}.get(name, "c.u.")
            low, high = (lever.least, lever.most) if name == "default_dose" else (low, high)
            own.append(Number(name, value, unit, low, high, lever.source_of(name), str(field.description or "")))
    return (*own, *level_numbers(lever))
