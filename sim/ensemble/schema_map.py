"""JSON Schema of a firm's place on the map of relationship types (``smarketing map … --format json``)."""

from __future__ import annotations

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 1}


def map_fields() -> dict[str, Any]:
    """Fields of a place on the map beside schema and provenance; they may be added to, never renamed."""
    kind = {
        "type": _TEXT,
        "probability_best": _SHARE,
        "gain": _NUMBER,
        "error": {**_NUMBER, "minimum": 0},
    }
    checked = {"firms": _COUNT, "stated": _SHARE, "agree": _SHARE, "error": {**_NUMBER, "minimum": 0}}
    return {
        "scenario": {**_TEXT, "description": "name of the firm"},
        "goal": {**_TEXT, "description": "outcome for which a type is to be the best"},
        "best": {**_TEXT, "description": "type that is most probably the best"},
        "is_clear": {"type": "boolean", "description": "with 95 % or more, and not off the map"},
        "situation": {"type": "object", "additionalProperties": _NUMBER, "description": "value by axis"},
        "beyond": {"type": "array", "items": _TEXT, "description": "axes on which the firm lies off the map"},
        "types": {"type": "array", "minItems": 2, "items": _object(kind)},
        "check": {
            "type": "object",
            "required": ["all"],
            "additionalProperties": _object(checked),
            "description": "of fresh firms, by group: confidence stated, how often they agreed, and its standard error",
        },
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
