"""JSON Schema of what a self-assessment tells (``smarketing assess FILE --format json``)."""

from __future__ import annotations

from typing import Any

from sim.ensemble.provenance import SCHEMA
from sim.spec.schema import DIALECT

_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_MAYBE: dict[str, Any] = {"type": ["number", "null"]}
_SHARE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_ITEM: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 20}
_ANSWER: dict[str, Any] = {"type": ["number", "null"], "minimum": 1, "maximum": 5}
_GROUP: dict[str, Any] = {"enum": ["marketing", "sales", "both sides"]}


def assessment_schema() -> dict[str, Any]:
    """The JSON Schema of a self-assessment; fields may be added to, never renamed."""
    people = _MAYBE
    summed = {"group": _GROUP, "people": people, "sum": {**_MAYBE, "minimum": 20, "maximum": 100}}
    summed |= {"band": {"type": ["string", "null"]}, "themes": _COUNT}
    theme = {"group": _GROUP, "item": _ITEM, "theme": _TEXT, "mean": _ANSWER, "spread": _MAYBE, "people": people}
    gap = {"item": _ITEM, "theme": _TEXT, "gap": _MAYBE}
    gap |= {"low": _MAYBE, "high": _MAYBE, "is_clear": {"type": "boolean"}}
    practice = {"practice": _TEXT, "median": _MAYBE, "low": _MAYBE, "high": _MAYBE}
    practice |= {"width": _SHARE}
    properties = {
        "schema": {"const": SCHEMA, "description": "raised when a field is renamed or leaves"},
        "software": {"const": "smarketing"},
        "version": _TEXT,
        "fair_use": _TEXT,
        "source_name": _TEXT,
        "notes": {"type": "array", "items": _TEXT},
        "people": {"type": "object", "additionalProperties": _COUNT, "description": "who answered, by side"},
        "sums": _array(summed),
        "themes": _array(theme),
        "gaps": _array(gap),
        "types": {"type": ["object", "null"], "additionalProperties": _SHARE, "description": "probability by type"},
        "practices": {**_array(practice), "type": ["array", "null"]},
        "mean_width": _SHARE,
        "strangeness": {**_SHARE, "description": "share of simulated surveys with more usual answers"},
    }
    return {"$schema": DIALECT, "title": "A self-assessment of smarketing", **_object(properties)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _array(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}
