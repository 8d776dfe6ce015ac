"""Variants of a scenario: another relationship type, other interventions, another value."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.domain.errors import InputError, did_you_mean
from sim.domain.renamed import todays_path
from sim.domain.rules import LEVERS
from sim.spec.catalogue import (
    action_of,
    check_entry,
    interventions_of,
    load_scenario,
    read_scenario,
    relationship_named,
    relationships_of,
    shocks_of,
)
from sim.spec.errors import input_error
from sim.spec.presets import flat
from sim.spec.scenario import RULE_SECTIONS, Presets, Scenario
from sim.spec.timeline import Entry, InterventionUse

_USE = re.compile(r"(?P<name>[^=@]+)(=(?P<dose>[^=@]+))?(@(?P<start>[^=@]+?)(\.\.(?P<end>[^=@]+))?)?")
_WORD = re.compile(r"(?P<name>\w+)(?P<indices>(\[\d+\])*)", re.ASCII)
LIST_OF_PATHS = "`smarketing scenario show NAME` lists all paths."


def _loaded(scenario: Scenario | str | Path) -> Scenario:
    """The scenario itself, or that of a name or file."""
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)


def with_relationship(scenario: Scenario | str | Path, name: str) -> Scenario:
    """The scenario, or that of a name or file, under another relationship type (aliases are accepted)."""
    scenario = _loaded(scenario)
    relationship = relationship_named(name, relationships_of(scenario), "relationships")
    return scenario.model_copy(update={"relationship": relationship})


def with_interventions(scenario: Scenario | str | Path, text: str) -> Scenario:
    """The scenario with interventions and other entries of a timeline added.

    Parameters
    ----------
    scenario : Scenario, str or Path
        A scenario, or the name or file of one.
    text : str
        Such as ``liaison``, ``collocation=0.5``, ``liaison=2@65..195``, ``adopt=aligned@0+adopt=integrated@260``,
        ``budget_cut=-0.3@65..130``, ``reps_leave=4@65`` or ``assign_rule=2@65``: ``+`` joins, ``=`` sets the dose
        (or the type, or the value of a lever), ``@`` the start day in working days after the warm-up, ``..`` the
        day of the end.
    """
    scenario = _loaded(scenario)
    entries = entries_from(scenario, text)
    uses = tuple(_short(entry) for entry in entries if entry.intervention)
    others = tuple(entry for entry in entries if not entry.intervention)
    return scenario.model_copy(
        update={"interventions": scenario.interventions + uses, "timeline": scenario.timeline + others}
    )


def with_organization(scenario: Scenario, text: str) -> Scenario:
    """The scenario under a relationship type, with interventions, or both: ``integrated+liaison=2@65``.

    Nothing at all is the scenario as it is.

    Raises
    ------
    InputError
        If the text is misspelt.
    """
    kind, uses = split_organization(scenario, text)
    chosen = with_relationship(scenario, kind) if kind else scenario
    return with_interventions(chosen, uses) if uses else chosen


def split_organization(scenario: Scenario, text: str) -> tuple[str, str]:
    """Relationship type ('' for the scenario's own) and interventions ('' for none) of an organization.

    Examples
    --------
    >>> split_organization(Scenario(), "aligned+liaison"), split_organization(Scenario(), "liaison")
    (('aligned', 'liaison'), ('', 'liaison'))
    >>> split_organization(Scenario(), "undisciplined")  # an alias becomes the catalogue's name
    ('undefined', '')
    """
    first, _, rest = text.partition("+")
    known = relationships_of(scenario).items()
    kind = next((name for name, each in known if first == name or first in each.aliases), "")
    return (kind, rest) if kind else ("", text)


def _short(entry: Entry) -> InterventionUse:
    return InterventionUse(name=entry.intervention, dose=entry.dose, start_day=entry.day, end_day=entry.end_day)


def entries_from(scenario: Scenario, text: str) -> tuple[Entry, ...]:
    """Entries of a timeline from their short form (see `with_interventions`).

    Raises
    ------
    InputError
        If it is misspelt, or names what a scenario does not know.
    """
    return tuple(_entry(scenario, part.strip(), text) for part in text.split("+"))


def _entry(scenario: Scenario, text: str, whole: str) -> Entry:
    match = _USE.fullmatch(text)
    if match is None:
        mend = "For example liaison, liaison=2@65+collocation, adopt=aligned or budget_cut@65..130."
        raise InputError("interventions", "must look like name, name=dose or name=dose@day", whole, mend)
    name = match["name"].strip()
    content = _what(scenario, name, match["dose"])
    content["day"] = _day(match["start"], f"interventions: start day of {name}") or 0
    content["end_day"] = _day(match["end"], f"interventions: end day of {name}")
    try:
        entry = Entry.model_validate(content)
    except ValidationError as error:
        raise input_error(error, Entry, f"interventions: {name}") from None
    return check_entry(scenario, entry, f"interventions: {name}")


def _what(scenario: Scenario, name: str, dose: str | None) -> dict[str, Any]:
    """What an entry names, and its dose, type or value."""
    if name == "adopt":
        return {"adopt": (dose or "").strip()}
    amount = _number(dose, f"interventions: {'value' if name in LEVERS else 'dose'} of {name}")
    if name in LEVERS:
        return {"set": {name: amount}}
    for kind, known in (("intervention", interventions_of(scenario)), ("shock", shocks_of(scenario))):
        if name in known:
            return {kind: name, "dose": amount}
    every = [*interventions_of(scenario), *shocks_of(scenario), *LEVERS, "adopt"]
    is_type = name in relationships_of(scenario)
    mend = f"It is a relationship type: adopt={name} takes it up." if is_type else did_you_mean(name, every)
    raise InputError("interventions", "unknown intervention", name, mend)


def _day(text: str | None, field: str) -> int | None:
    day = _number(text, field)
    if day is None:
        return None
    if not (0 <= day <= 100_000 and day.is_integer()):
        raise InputError(
            field, "must be a whole number from 0 to 100000", text, "Write digits alone, such as liaison=2@65."
        )
    return int(day)


def _number(text: str | None, field: str) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(field, "must be a number", text, "Write digits, such as 2 or 0.5.") from None


def entry_id(scenario: Scenario, entry: Entry) -> str:
    """The exact id of an entry: its short form, with dose and days where they are not the usual ones."""
    when = f"@{entry.day}" if entry.day or entry.end_day is not None else ""
    when += "" if entry.end_day is None else f"..{entry.end_day}"
    if entry.adopt:
        return f"adopt={entry.adopt}{when}"
    if entry.set:
        return "+".join(f"{name}={value}{when}" for name, value in entry.set.items())
    is_usual = entry.dose is None or entry.dose == action_of(scenario, entry).default_dose
    return entry.action + ("" if is_usual else f"={entry.dose:g}") + when


def with_value(scenario: Scenario | str | Path, path: str, value: Any) -> Scenario:
    """The scenario with one value changed by its path, such as ``market.gap_days`` or ``market.sources[0].fit_shift``.

    Parameters
    ----------
    scenario : Scenario, str or Path
        A scenario, or the name or file of one.
    path : str
        Of the value; ``smarketing scenario show NAME`` lists all.
    value : object
        As TOML would have it.

    Raises
    ------
    InputError
        If there is no such value or it is out of range.
    """
    return with_values(_loaded(scenario), [(path, value)])


def with_values(scenario: Scenario, changes: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Scenario:
    """The scenario with several values changed by their paths, in their order; only the whole must be valid.

    Raises
    ------
    InputError
        If there is no such value or one is out of range.
    """
    content: dict[str, Any] = _opened(scenario)
    by_preset: dict[bool, list[tuple[str, Any]]] = {True: [], False: []}
    for path, value in changes.items() if isinstance(changes, Mapping) else changes:
        by_preset[path.startswith("presets.")].append((todays_path(path), value))
    if by_preset[True]:
        _follow_presets(content, by_preset[True])
    for path, value in by_preset[False]:
        _put(content, path, value)
    return read_scenario(content)


def read_setting(text: str, field: str = "--set") -> tuple[str, Any]:
    """Path and value of a changed value: a number, list or truth value as TOML writes it, or the text itself.

    Raises
    ------
    InputError
        If it does not look like PATH=VALUE.

    Examples
    --------
    >>> read_setting("market.gap_days=12"), read_setting("presets.market = complex")
    (('market.gap_days', 12), ('presets.market', 'complex'))
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise InputError(field, "must look like PATH=VALUE", text, f"For example {field} market.gap_days=12.")
    try:
        return path.strip(), tomllib.loads(f"value = {value.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def value_at(scenario: Scenario, path: str) -> Any:
    """A value of a scenario, or one of its tables, by its path.

    Raises
    ------
    InputError
        If there is no such value.

    Examples
    --------
    >>> value_at(Scenario(), "market.sources[0].share"), value_at(Scenario(), "people.reps")
    (0.36, 40)
    """
    place: Any = scenario
    for part in _parts(todays_path(path)):
        inside = _opened(place)
        if not _has(inside, part):
            raise InputError(path, "there is no such value", path, LIST_OF_PATHS)
        place = inside[part]
    return place


def _follow_presets(content: dict[str, Any], changes: list[tuple[str, Any]]) -> None:
    """Name other presets: what stood as the old ones said follows; own values stay. Changes the content in place."""
    before = _sections(content["presets"])
    for path, value in changes:
        _put(content, path, value)
    after = _sections(_read_presets(content["presets"]))
    mine = {path: value for section in RULE_SECTIONS for path, value in _values_in(content, section)}
    for path, value in before.items():
        if mine[path] == value != after[path]:
            _put(content, path, after[path])


def _read_presets(content: dict[str, Any]) -> Presets:
    return read_scenario({"presets": content}).presets


def _values_in(content: dict[str, Any], section: str) -> Iterator[tuple[str, Any]]:
    yield from flat({section: content[section].model_dump()})


@functools.lru_cache(maxsize=64)
def _sections(presets: Presets) -> Mapping[str, Any]:
    """Values by path of a scenario that says nothing but its presets."""
    scenario = read_scenario({"presets": presets})
    return MappingProxyType(dict(flat(scenario.model_dump(include=set(RULE_SECTIONS)))))


def _put(content: dict[str, Any], path: str, value: Any) -> None:
    """Change a value by its path. Changes the content in place."""
    *parents, last = _parts(path)
    name: Any = last
    place: Any = content
    for part in parents:
        if not _has(place, part):
            rule = "there is no such entry" if isinstance(part, int) else "there is no such table"
            raise InputError(path, rule, part, LIST_OF_PATHS)
        place[part] = _opened(place[part])
        place = place[part]
    if isinstance(name, int) and not _has(place, name):
        raise InputError(path, "there is no such entry", name, LIST_OF_PATHS)
    if not isinstance(place, dict | list) or (isinstance(place, list) and isinstance(name, str)):
        raise InputError(path, "names no single value", path, LIST_OF_PATHS)
    place[name] = value


def _opened(place: Any) -> Any:
    """A copy of a table or list that may be changed; a single value as it is."""
    if isinstance(place, BaseModel | dict):
        return dict(vars(place) if isinstance(place, BaseModel) else place)
    return list(place) if isinstance(place, tuple | list) else place


def _has(place: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(place, list | tuple) and part < len(place)
    return isinstance(place, dict) and part in place


@functools.lru_cache(maxsize=4096)
def _parts(path: str) -> tuple[str | int, ...]:
    """Names and indices of a path: ``market.sources[0].share`` has four."""
    parts: list[str | int] = []
    for word in path.split("."):
        match = _WORD.fullmatch(word)
        if match is None:
            raise InputError(path or "--set", "must be a path such as market.gap_days", path, LIST_OF_PATHS)
        parts += [match["name"], *map(int, re.findall(r"\d+", match["indices"]))]
    return tuple(parts)
