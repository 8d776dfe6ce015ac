"""Factors of a study: what may be varied, and the scenario that the settings of a point make.

A factor is ``relationship``, ``interventions`` (added, in their short form), ``interventions.NAME.dose``,
``.start_day`` or ``.end_day``, ``presets.organization``, ``presets.market``, or any value of a scenario by its path.
The practices of a type of the scenario's own are values too: ``catalogue.relationships.NAME.practices.meetings`` moves
that type alone, where ``practices.meetings`` holds whatever the type is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from sim.domain.errors import InputError, did_you_mean
from sim.domain.practices import BY_NAME as PRACTICES
from sim.spec.catalogue import (
    check_entry,
    interventions_of,
    relationship_named,
    relationships_of,
)
from sim.spec.edit import LIST_OF_PATHS, value_at, with_interventions, with_values
from sim.spec.errors import input_error
from sim.spec.resolve import dose_of, practice_levels
from sim.spec.scenario import RULE_SECTIONS, Run, Scenario
from sim.spec.timeline import Entry, InterventionUse

Settings = Mapping[str, Any]
RELATIONSHIP, INTERVENTIONS = "relationship", "interventions"
PRESETS = ("presets.organization", "presets.market")
#: Factors whose values are names.
NAMES = (RELATIONSHIP, INTERVENTIONS, *PRESETS)
#: Tables whose values may be varied; all else is only shown.
TABLES = ("run", "practices", *RULE_SECTIONS)
#: Lists whose entries have values that may be varied, such as ``growth[0].reps``.
LISTS = ("growth", "timeline", "interventions")
OF_TYPE = re.compile(r"catalogue\.relationships\.\w+\.practices\.\w+")
OF_ONE = re.compile(r"interventions\.(?P<name>\w+)\.(?P<what>dose|start_day|end_day)")


def variant(base: Scenario, settings: Settings) -> Scenario:
    """The scenario that the settings of a point make of a base.

    Presets come first, then values by path, the relationship type, the interventions that are added, and last the
    dose and days of single interventions.

    Parameters
    ----------
    base : Scenario
        What is varied.
    settings : mapping of str to number or str
        Value by factor; None leaves a factor as it is.

    Raises
    ------
    InputError
        Naming the factor, the rule, the value and the mend.

    Examples
    --------
    >>> from sim.spec.catalogue import load_scenario
    >>> point = {"relationship": "aligned", "market.gap_days": 12, "interventions.liaison.dose": 3}
    >>> made = variant(load_scenario("mid"), point)
    >>> made.relationship, made.market.gap_days, made.interventions[0].dose
    ('aligned', 12.0, 3.0)
    """
    given = {name: value for name, value in settings.items() if value is not None}
    scenario = _with_paths(base, [(name, value) for name, value in given.items() if _is_path(name)])
    if RELATIONSHIP in given:
        name = relationship_named(str(given[RELATIONSHIP]), relationships_of(base), RELATIONSHIP)
        scenario = scenario.model_copy(update={"relationship": name})
    if text := given.get(INTERVENTIONS):
        scenario = with_interventions(scenario, str(text))
    for name, of_one in _by_intervention(given).items():
        scenario = _with_use(scenario, name, of_one)
    return scenario


def _is_path(name: str) -> bool:
    return name not in (RELATIONSHIP, INTERVENTIONS) and OF_ONE.fullmatch(name) is None


def _with_paths(base: Scenario, changes: list[tuple[str, Any]]) -> Scenario:
    if not changes:
        return base
    try:
        return with_values(base, changes)
    except InputError as error:
        if len(changes) == 1:
            raise
        told = ", ".join(f"{name} = {value}" for name, value in changes)
        raise InputError(error.field, error.rule, error.value, f"{error.mend} The point sets {told}.".strip()) from None


def _by_intervention(settings: Settings) -> dict[str, dict[str, Any]]:
    """Dose and days by intervention, as far as they are set."""
    found: dict[str, dict[str, Any]] = {}
    for factor, value in settings.items():
        if match := OF_ONE.fullmatch(factor):
            found.setdefault(match["name"], {})[match["what"]] = value
    return found


def _with_use(scenario: Scenario, name: str, given: dict[str, Any]) -> Scenario:
    """The scenario with dose or days of an intervention set; one that it does not have is added."""
    field = f"interventions.{name}"
    uses: list[Any] = list(scenario.interventions)
    timeline: list[Any] = list(scenario.timeline)
    places: list[tuple[list[Any], int]] = [(uses, i) for i, use in enumerate(uses) if use.name == name]
    places += [(timeline, i) for i, entry in enumerate(timeline) if entry.intervention == name]
    if len(places) > 1:
        mend = "Leave one, or vary it by its place, such as interventions[0].dose."
        raise InputError(field, "must stand once in the timeline to be varied", len(places), mend)
    if not places:
        uses.append(None)
        places.append((uses, len(uses) - 1))
    kept, index = places[0]
    kept[index] = _changed(scenario, kept[index], name, given)
    return scenario.model_copy(update={"interventions": tuple(uses), "timeline": tuple(timeline)})


def _changed(scenario: Scenario, old: Any, name: str, given: dict[str, Any]) -> Any:
    """An entry of the timeline, or its short form, with other dose or days."""
    field = f"interventions.{name}"
    content = {**(dict(old) if old is not None else {"name": name}), **given}
    if isinstance(old, Entry) and "start_day" in content:
        content["day"] = content.pop("start_day")
    kind = Entry if isinstance(old, Entry) else InterventionUse
    try:
        new = kind.model_validate(content)
    except ValidationError as error:
        found = input_error(error, kind, field)
        raise InputError(found.field.replace(": ", "."), found.rule, found.value, found.mend) from None
    check_entry(scenario, new if isinstance(new, Entry) else new.entry, field, "name")
    return new


def check_factor(base: Scenario, name: str, where: str = "") -> None:
    """Make sure that there is something of that name to vary.

    Raises
    ------
    InputError
        If there is not.
    """
    if name in NAMES:
        return
    if match := OF_ONE.fullmatch(name):
        if match["name"] not in interventions_of(base):
            mend = did_you_mean(match["name"], interventions_of(base))
            raise InputError(f"{where}{name}", "unknown intervention", match["name"], mend)
        return
    try:
        value = setting_of(base, name)
    except InputError as error:
        raise InputError(f"{where}{name}", error.rule, error.value, _nearest(base, name)) from None
    may_vary = re.split(r"[.\[]", name)[0] in (*TABLES, *LISTS) or OF_TYPE.fullmatch(name) is not None
    if not may_vary or not isinstance(value, int | float | str | None):
        raise InputError(f"{where}{name}", "is nothing that a study can vary", name, _nearest(base, name))


def _nearest(base: Scenario, name: str) -> str:
    near = did_you_mean(name, known_factors(base))
    return near if near.startswith("Did") else LIST_OF_PATHS


def known_factors(base: Scenario) -> Iterator[str]:
    """Names of all factors but those with an index."""
    yield from NAMES
    yield from (f"run.{name}" for name in Run.model_fields)
    yield from (f"practices.{name}" for name in PRACTICES)
    for kind, own in base.catalogue.relationships.items():
        yield from (f"catalogue.relationships.{kind}.practices.{name}" for name in own.practices)
    for section in RULE_SECTIONS:
        yield from (f"{section}.{name}" for name, value in getattr(base, section) if not isinstance(value, tuple))
    for name in interventions_of(base):
        yield from (f"interventions.{name}.{what}" for what in ("dose", "start_day", "end_day"))


def check_setting(base: Scenario, name: str, value: Any, where: str = "") -> None:
    """Make sure that a factor can take a value, as far as the factor alone decides that.

    Rules on several values together, such as no more generalists than reps, are left to the points.

    Raises
    ------
    InputError
        Naming the factor, the rule, the value and the mend.
    """
    try:
        variant(base, {name: value})
    except InputError as error:
        if error.field in (name, "practices") or name in NAMES or OF_ONE.fullmatch(name):
            got = value if error.value is None and error.field != "practices" else error.value
            raise InputError(f"{where}{name}", error.rule, got, error.mend) from None


def setting_of(scenario: Scenario, name: str) -> Any:
    """The value that a factor has in a scenario; nothing is added to it, so its interventions count as ''.

    Raises
    ------
    InputError
        If there is no such value.
    """
    if name == INTERVENTIONS:
        return ""
    if match := OF_ONE.fullmatch(name):
        return _of_one(scenario, match["name"], match["what"])
    if name.startswith("practices."):
        level = practice_levels(scenario).get(name.removeprefix("practices."))
        if level is None:
            raise InputError(name, "there is no such value", name, LIST_OF_PATHS)
        return level
    return value_at(scenario, name)


def _of_one(scenario: Scenario, name: str, what: str) -> Any:
    entries = [entry for entry in scenario.entries if entry.intervention == name]
    if not entries:
        return {"dose": 0.0, "start_day": 0, "end_day": None}[what]
    entry = entries[0]
    return {"dose": dose_of(scenario, entry), "start_day": entry.day, "end_day": entry.end_day}[what]


def is_whole(base: Scenario, name: str) -> bool:
    """Whether a factor counts something: people, days, places of a switch or lever."""
    if match := OF_ONE.fullmatch(name):
        return match["what"] != "dose" or interventions_of(base)[match["name"]].is_event
    return name not in NAMES and isinstance(setting_of(base, name), int)
