"""A scenario as a commented TOML file: every value with unit, range, source and meaning."""

from __future__ import annotations

import json
from typing import Any

from sim.domain.rules import RULES
from sim.spec.catalogue import interventions, relationships
from sim.spec.resolve import practice_levels
from sim.spec.scenario import RULE_SECTIONS, Scenario

_RULES = {(rule.section, rule.name): rule for rule in RULES}
_HEAD = """\
# A scenario of smarketing. Change what you like; what you delete takes its default.
# Check it with: smarketing scenario check FILE      Run it with: smarketing compare FILE
"""


def scenario_toml(scenario: Scenario) -> str:
    """The whole scenario as TOML that reads back to the same scenario.

    Parameters
    ----------
    scenario : Scenario
        What to write.
    """
    types = ", ".join(relationships())
    lines = [_HEAD, f"name = {_toml(scenario.name)}", f"description = {_toml(scenario.description)}"]
    lines.append(f"currency = {_toml(scenario.currency)}  # shown beside money; nothing is converted")
    lines.append(f"relationship = {_toml(scenario.relationship)}  # one of: {types}")
    lines += _practice_lines(scenario) + _run_lines(scenario)
    for section in RULE_SECTIONS:
        lines += _section_lines(section, getattr(scenario, section))
    return "\n".join(lines + _intervention_lines(scenario)) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _practice_lines(scenario: Scenario) -> list[str]:
    lines = ["", "[practices]  # levels that differ from those of the relationship type; in force now:"]
    lines += [f"{name} = {_toml(float(level))}" for name, level in scenario.practices.items()]
    given = scenario.practices
    return lines + [f"# {name} = {level:g}" for name, level in practice_levels(scenario).items() if name not in given]


def _run_lines(scenario: Scenario) -> list[str]:
    run = scenario.run
    return [
        "",
        "[run]",
        f"warmup_days = {run.warmup_days}  # working days before the measured window (260 are a year)",
        f"days = {run.days}  # working days that are measured",
    ]


def _section_lines(section: str, values: Any) -> list[str]:
    lines, tables = ["", f"[{section}]"], []
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if name in ("sources", "segments"):
            tables += [f"\n[[{section}.{name}]]\n" + _pairs(row.model_dump()) for row in value]
            continue
        text = _toml(list(value) if isinstance(value, tuple) else value)
        lines.append(f"{name} = {text}  # {_comment(section, name, field, value)}")
    return lines + tables


def _comment(section: str, name: str, field: Any, value: Any) -> str:
    rule = _RULES.get((section, name))
    if rule is None:
        return str(field.description)
    changed = "" if value == rule.default else f" (default {rule.default:g})"
    return f"{rule.unit}; {rule.low:g} to {rule.high:g}; {rule.source}; {rule.meaning}{changed}"


def _pairs(values: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in values.items() if value is not None)


def _intervention_lines(scenario: Scenario) -> list[str]:
    lines = []
    for use in scenario.interventions:
        lines += ["", "[[interventions]]", _pairs(use.model_dump())]
    known = ", ".join(f"{name} ({entry.unit}, usual {entry.default_dose:g})" for name, entry in interventions().items())
    return [
        *lines,
        "",
        "# Interventions to add, as [[interventions]] with name, dose, start_day, end_day:",
        f"# {known}",
    ]
