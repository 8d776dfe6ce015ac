"""Tables within JSON Schemas of results: where they are, and what their columns mean, told once for all formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from sim.analysis.columns.every import all_tables
from sim.domain.outcomes import OUTCOMES
from sim.domain.tables import Field

#: Parts of a decision that are options, alone or in a list, and so have the same columns.
LIKE_OPTIONS = re.compile(r"^decision\.(?:choice|second_best|leading|nothing|frontier)\b")


def compared_fields() -> dict[str, Any]:
    """What a comparison tells of an outcome, with its types."""
    maybe: dict[str, Any] = {"type": ["number", "null"]}
    share = {**maybe, "minimum": 0, "maximum": 1}
    return {
        "outcome": {"enum": [outcome.name for outcome in OUTCOMES]},
        "unit": {"type": "string"},
        "better": {"enum": ["higher", "lower", None]},
        **dict.fromkeys(("mean", "baseline_mean", "difference", "ci_low", "ci_high"), maybe),
        "ci_level": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "ci_method": {"type": "string"},
        "adjusted_p": share,
        "relative_difference": maybe,
        "share_better": share,
        "replications": {"type": "integer", "minimum": 0},
        "uncertainty": {"enum": ["luck", "luck+parameters"]},
        "verdict": {"enum": ["better", "worse", "different", "equal", "not distinguishable"]},
    }


def place_of(path: str) -> str:
    """Where the columns of what lies at a path are told.

    Examples
    --------
    >>> place_of("decision.choice.limits"), place_of("map.types")
    ('decision.options.limits', 'map.types')
    """
    return LIKE_OPTIONS.sub("decision.options", path)


def rows_in(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lists of objects within a schema.

    Parameters
    ----------
    schema : dict
        Of a result, or a part of it.
    path : str
        Where that part is: the kind of the result, then names divided by dots.

    Yields
    ------
    tuple of (str, dict)
        Path of the list, and the properties of a row.
    """
    items = schema.get("items")
    if isinstance(items, dict) and "properties" in items:
        yield path, items["properties"]
    for name, inner in schema.get("properties", {}).items():
        yield from rows_in(inner, f"{path}.{name}")
    for inner in (items, schema.get("additionalProperties"), *schema.get("anyOf", ())):
        if isinstance(inner, dict):
            yield from rows_in(inner, path)


def described(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """A schema in which every column that docs/reference/tables.md tells has its meaning and unit from there.

    Parameters
    ----------
    schema, path
        As in `rows_in`.
    """
    made, told = dict(schema), _told().get(place_of(path), {})
    if "properties" in schema:
        made["properties"] = {
            name: described(inner, f"{path}.{name}") | (told.get(name, {}))
            for name, inner in schema["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            made[key] = described(schema[key], path)
    if "anyOf" in schema:
        made["anyOf"] = [described(inner, path) for inner in schema["anyOf"]]
    return made


@cache
def _told() -> dict[str, dict[str, dict[str, str]]]:
    """Meaning of each column, and its unit where it has one, by place."""
    return {
        place: {field.name: _words(field) for field in table.fields}
        for table in all_tables().values()
        for place in table.places("json")
    }


def _words(field: Field) -> dict[str, str]:
    return {"description": field.meaning} | ({"unit": field.unit} if field.unit != "-" else {})
