"""Where every value of a scenario comes from: default, preset, bundle, file, calibration or flag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import RULES
from sim.spec.catalogue import layers, read_scenario, relationships_of
from sim.spec.presets import flat
from sim.spec.resolve import practice_levels
from sim.spec.scenario import RULE_SECTIONS, Scenario

_RULES = {f"{rule.section}.{rule.name}": rule for rule in RULES}
DEFAULT, FILE, CALIBRATION, FLAG = "default", "file", "calibration", "flag"
FLOOR = "a small firm's floor"


@dataclass(frozen=True)
class Value:
    """A value of a scenario and where it comes from.

    Parameters
    ----------
    path : str
        Such as ``market.gap_days``.
    value : number, text, or list of them
        In force.
    unit : str
        Unit, or ``-``.
    low, high : float or None
        Range; None where there is none.
    origin : str
        ``default``, ``organization NAME``, ``market NAME``, ``relationship NAME``, ``a small firm's floor``, ``file``,
        ``calibration`` or ``flag``.
    source : str
        What the value rests on: evidence ids, or ``A`` for an assumption.
    meaning : str
        What it is.
    """

    path: str
    value: Any
    unit: str
    low: float | None
    high: float | None
    origin: str
    source: str
    meaning: str


def beneath(scenario: Scenario) -> Scenario:
    """What the scenario would be without values of its own: its presets on the defaults."""
    return read_scenario({"presets": scenario.presets.model_dump()})


def own_paths(scenario: Scenario) -> set[str]:
    """Paths of values that differ from what presets and defaults say; levels of practices that are given."""
    lower = dict(flat(beneath(scenario).model_dump()))
    return {path for path, value in flat(scenario.model_dump()) if path not in lower or lower[path] != value}


def values_of(scenario: Scenario, written: Iterable[str] | None = None, flags: Iterable[str] = ()) -> list[Value]:
    """Every value of a scenario in the order of its tables, with its origin.

    Parameters
    ----------
    scenario : Scenario
        What is shown.
    written : iterable of str, optional
        Paths that its file gives; without it, those that differ from presets and defaults.
    flags : iterable of str
        Paths that the command line gives; an index in brackets names its whole list.
    """
    own = dict.fromkeys(own_paths(scenario) if written is None else written, FILE)
    own |= {path.partition("[")[0]: FLAG for path in flags}
    values = [_value(scenario, f"run.{name}", own, {}) for name in type(scenario.run).model_fields]
    values += [_level(scenario, name, own) for name in PRACTICES]
    givens: dict[str, tuple[str, str]] = {}
    for layer, preset in layers({"presets": scenario.presets.model_dump()}):
        givens |= {path: (layer, given.source) for path, given in preset.givens.items()}
    for section in RULE_SECTIONS:
        fields = type(getattr(scenario, section)).model_fields
        values += [_value(scenario, f"{section}.{name}", own, givens) for name in fields]
    return values


def _own(scenario: Scenario, path: str, origin: str) -> tuple[str, str]:
    """Origin and source of a value of the scenario's own; its source may tell that it was calibrated."""
    if origin == FLAG:
        return FLAG, "given on the command line"
    source = scenario.sources.get(path, "")
    return (CALIBRATION if source.startswith(CALIBRATION) else FILE), source or "no source given"


def _value(scenario: Scenario, path: str, own: dict[str, str], givens: dict[str, tuple[str, str]]) -> Value:
    section, name = path.split(".")
    table = getattr(scenario, section)
    field, rule = type(table).model_fields[name], _RULES.get(path)
    origin, source = givens.get(path, (DEFAULT, rule.source if rule else "A"))
    if path in own:
        origin, source = _own(scenario, path, own[path])
    low, high = (rule.low, rule.high) if rule else bounds(field)
    unit = rule.unit if rule else _unit(section, name)
    value = _plain(getattr(table, name))
    return Value(path, value, unit, low, high, origin, source, rule.meaning if rule else str(field.description))


def _unit(section: str, name: str) -> str:
    """Unit of a field that is no rule."""
    known = {"proximity_floor": "share", "units": "units"}
    return known.get(name, {"run": "d", "people": "people"}.get(section, "-"))


def bounds(field: Any) -> tuple[float | None, float | None]:
    """Lowest and highest value of a field; None where there is none."""
    names = ("ge", "gt", "le", "lt")
    found = {name: getattr(rule, name) for rule in field.metadata for name in names if hasattr(rule, name)}
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.model_dump() if hasattr(value, "model_dump") else value


def _level(scenario: Scenario, name: str, own: dict[str, str]) -> Value:
    practice, level = PRACTICES[name], practice_levels(scenario)[name]
    bundle = relationships_of(scenario)[scenario.relationship]
    origin, source = f"relationship {scenario.relationship}", bundle.source_of(name)
    if name in scenario.practices:
        origin, source = _own(scenario, f"practices.{name}", own.get(f"practices.{name}", FILE))
    elif level != bundle.levels[name]:
        origin = FLOOR
    return Value(
        f"practices.{name}", level, practice.unit, practice.low, practice.high, origin, source, practice.meaning
    )
