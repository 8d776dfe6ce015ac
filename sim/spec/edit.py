"""Variants of a scenario: another relationship type, other interventions, another value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sim.domain.errors import InputError
from sim.spec.catalogue import check_dose, intervention_named, read_scenario, relationship_named
from sim.spec.presets import flat
from sim.spec.scenario import RULE_SECTIONS, InterventionUse, Scenario

_USE = re.compile(r"(?P<name>[^=@]+)(=(?P<dose>[^=@]+))?(@(?P<start>[^=@]+))?")
_WORD = re.compile(r"(?P<name>\w+)(?P<indices>(\[\d+\])*)", re.ASCII)
LIST_OF_PATHS = "`smarketing scenario show NAME` lists all paths."


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
    uses = tuple(_use(part.strip(), text) for part in text.split("+"))
    return scenario.model_copy(update={"interventions": scenario.interventions + uses})


def _use(text: str, whole: str) -> InterventionUse:
    match = _USE.fullmatch(text)
    if match is None:
        mend = "For example liaison, liaison=2 or liaison=2@65+collocation."
        raise InputError("interventions", "must look like name, name=dose or name=dose@day", whole, mend)
    name = match["name"].strip()
    intervention_named(name)
    dose = _number(match["dose"], f"interventions: dose of {name}")
    start = _number(match["start"], f"interventions: start day of {name}")
    check_dose(name, dose, f"interventions: {name}")
    if start is not None and not (0 <= start <= 100_000 and start.is_integer()):
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
    """The scenario with one value changed by its path, such as ``market.gap_days`` or ``market.sources[0].fit_shift``.

    Raises
    ------
    InputError
        If there is no such value or it is out of range.
    """
    return with_values(scenario, [(path, value)])


def with_values(scenario: Scenario, changes: Iterable[tuple[str, Any]]) -> Scenario:
    """The scenario with several values changed by their paths; only the whole must be valid.

    Raises
    ------
    InputError
        If there is no such value or one is out of range.
    """
    content = scenario.model_dump(exclude_unset=False)
    by_preset: dict[bool, list[tuple[str, Any]]] = {True: [], False: []}
    for path, value in changes:
        by_preset[path.startswith("presets.")].append((path, value))
    if by_preset[True]:
        _follow_presets(content, by_preset[True])
    for path, value in by_preset[False]:
        _put(content, path, value)
    return read_scenario(content)


def _follow_presets(content: dict[str, Any], changes: list[tuple[str, Any]]) -> None:
    """Name other presets: what stood as the old ones said follows; own values stay. Changes the content in place."""
    before = _sections(content["presets"])
    for path, value in changes:
        _put(content, path, value)
    after = _sections(content["presets"])
    mine = dict(flat({section: content[section] for section in RULE_SECTIONS}))
    for path, value in before.items():
        if mine[path] == value:
            _put(content, path, after[path])


def _sections(presets: dict[str, Any]) -> dict[str, Any]:
    """Values by path of a scenario that says nothing but its presets."""
    scenario = read_scenario({"presets": presets})
    return dict(flat(scenario.model_dump(include=set(RULE_SECTIONS))))


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    """Change a value by its path. Changes the content in place."""
    *parents, last = _parts(path)
    name: Any = last
    place: Any = content
    for part in parents:
        if not _has(place, part):
            rule = "there is no such entry" if isinstance(part, int) else "there is no such table"
            raise InputError(path, rule, part, LIST_OF_PATHS)
        place[part] = list(place[part]) if isinstance(place[part], tuple) else place[part]
        place = place[part]
    if isinstance(name, int) and not _has(place, name):
        raise InputError(path, "there is no such entry", name, LIST_OF_PATHS)
    if not isinstance(place, dict | list) or (isinstance(place, list) and isinstance(name, str)):
        raise InputError(path, "names no single value", mend=LIST_OF_PATHS)
    place[name] = value


def _has(place: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(place, list | tuple) and part < len(place)
    return isinstance(place, dict) and part in place


def _parts(path: str) -> list[str | int]:
    """Names and indices of a path: ``market.sources[0].share`` has four."""
    parts: list[str | int] = []
    for word in path.split("."):
        match = _WORD.fullmatch(word)
        if match is None:
            raise InputError(path or "--set", "must be a path such as market.gap_days", path, LIST_OF_PATHS)
        parts += [match["name"], *map(int, re.findall(r"\d+", match["indices"]))]
    return parts
