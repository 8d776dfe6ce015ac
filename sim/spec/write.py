"""A scenario as a commented TOML file: every value with origin, unit, range, source and meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sim.domain.rules import LEVERS
from sim.spec.catalogue import interventions_of, markets, organizations, relationships_of, shocks_of
from sim.spec.origins import CALIBRATION, FILE, FLAG, Value, values_of
from sim.spec.scenario import RULE_SECTIONS, Scenario

_HEAD = """\
# A scenario of smarketing: `smarketing scenario check FILE`, `smarketing compare FILE`.
# A line that begins with # shows a value in force that comes from elsewhere: take the # away to make it your own.
# After each value: what it is (unit, range); where it comes from; what it rests on. d = working days, 5 a week.
# Sources: E.. and S.. are rows of docs/evidence.md, A is an assumption, A* one tuned to base rates.
"""


def scenario_toml(scenario: Scenario, values: Sequence[Value] | None = None) -> str:
    """The whole scenario as TOML that reads back to the same scenario.

    Parameters
    ----------
    scenario : Scenario
        What to write.
    values : sequence of Value, optional
        Its values with their origins; without them, what differs from presets and defaults counts as its own.
    """
    values = values_of(scenario) if values is None else values
    lines = [_HEAD, f"name = {_toml(scenario.name)}", f"description = {_toml(scenario.description)}"]
    lines.append(f"currency = {_toml(scenario.currency)}  # shown beside money; nothing is converted")
    lines.append(f"fiscal_year_start = {scenario.fiscal_year_start}  # month; only names quarters")
    if scenario.posterior:
        lines.append(f"posterior = {_toml(scenario.posterior)}  # draws of uncertain values, relative to this file")
    lines.append(f"relationship = {_toml(scenario.relationship)}  # one of: {_words(relationships_of(scenario))}")
    lines += _preset_lines(scenario)
    for section in ("practices", "run", *RULE_SECTIONS):
        lines += _section_lines(section, values)
    lines += _source_lines(scenario) + _growth_lines(scenario) + _timeline_lines(scenario)
    return "\n".join(lines + _catalogue_lines(scenario)) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        value = list(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # which JSON allows, and TOML does not


def _key(name: str) -> str:
    """A name before a value or in the head of a table: in quotes where it could be read otherwise."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _preset_lines(scenario: Scenario) -> list[str]:
    lines = ["", "[presets]  # values that take the place of the defaults; own values stand over them"]
    for kind, known in (("organization", organizations()), ("market", markets())):
        name = getattr(scenario.presets, kind)
        lines.append(f"{'' if name else '# '}{kind} = {_toml(name)}  # one of: {', '.join(known)}")
    return lines


def _section_lines(section: str, values: Sequence[Value]) -> list[str]:
    lines = ["", f"[{section}]"]
    tables: list[str] = []
    for value in values:
        table, _, name = value.path.partition(".")
        if table == section:
            is_rows = isinstance(value.value, list) and isinstance(value.value[0], dict)
            (tables if is_rows else lines).extend(_rows(value) if is_rows else [_line(name, value)])
    return lines + tables


def _line(name: str, value: Value) -> str:
    return f"{_mark(value)}{name} = {_toml(value.value)}  # {_comment(value)}"


def _rows(value: Value) -> list[str]:
    mark = _mark(value)
    lines = ["", f"# {value.path}: {_comment(value)}"]
    for row in value.value:
        lines += [f"{mark}[[{value.path}]]", *(f"{mark}{line}" for line in _pairs(row).splitlines())]
    return lines


def _mark(value: Value) -> str:
    return "" if value.origin in (FILE, CALIBRATION, FLAG) else "# "


def _comment(value: Value) -> str:
    span = f"{value.low:g} to {value.high:g}" if value.low is not None and value.high is not None else ""
    about = ", ".join(part for part in ("" if value.unit == "-" else value.unit, span) if part)
    return _plain(f"{value.meaning}{f' ({about})' if about else ''}; {value.origin}; {value.source}")


def _plain(text: str) -> str:
    """A text as a comment can hold it: on one line, nothing in it that cannot be seen."""
    return "".join(character if character.isprintable() else " " for character in text)


def _words(names: Iterable[str]) -> str:
    return _plain(", ".join(names))


def _source_lines(scenario: Scenario) -> list[str]:
    lines = ["", '[sources]  # where own values come from, by path, such as: "market.gap_days" = "our CRM, 2024"']
    return lines + [f"{_toml(path)} = {_toml(text)}" for path, text in scenario.sources.items()]


def _pairs(values: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in values.items() if value is not None)


def _growth_lines(scenario: Scenario) -> list[str]:
    lines = ["", "# Headcounts that the firm grows to, as [[growth]] with day, reps, marketers, managers, generalists,"]
    lines.append("# proximity_floor; days are working days after the warm-up, numbers those of a unit.")
    for step in scenario.growth:
        lines += ["", "[[growth]]", _pairs(step.model_dump())]
    return lines


def _timeline_lines(scenario: Scenario) -> list[str]:
    lines = []
    for use in scenario.interventions:
        lines += ["", "[[interventions]]", _pairs(use.model_dump())]
    for entry in scenario.timeline:
        given = {key: None if value in ("", {}) else value for key, value in entry.model_dump().items()}
        lines += ["", "[[timeline]]", _pairs(given)]
    return [
        *lines,
        "",
        "# Interventions to add, as [[interventions]] with name, dose, start_day, end_day, or as [[timeline]] with",
        "# intervention, dose, day, end_day, ramp_days, decay_days:",
        f"# {_known(interventions_of(scenario))}",
        "# A timeline also holds shocks (shock = NAME), other types (adopt = TYPE) and levers (set = { NAME = N }):",
        f"# {_known(shocks_of(scenario))}",
        "# " + ", ".join(f"{lever.name}: {lever.meaning}" for lever in LEVERS.values()),
    ]


def _known(actions: dict[str, Any]) -> str:
    return _words(f"{name} ({entry.unit}, usual {entry.default_dose:g})" for name, entry in actions.items())


def _catalogue_lines(scenario: Scenario) -> list[str]:
    lines = [
        "",
        "# Interventions, shocks and types of your own: [catalogue.interventions.NAME] and so on; their fields:",
        "# `smarketing scenario schema intervention`, and docs/how-to/add-an-intervention.md has one to copy.",
    ]
    for kind, entries in scenario.catalogue.model_dump().items():
        for name, entry in entries.items():
            lines += ["", f"[catalogue.{kind}.{_key(name)}]", _pairs(entry)]
    return lines
