"""JSON Schema of what an effect is made up of (``smarketing attribute … --format json``)."""

from __future__ import annotations

from typing import Any

from sim.ensemble.schema_rows import compared_fields

_TEXT: dict[str, Any] = {"type": "string"}
_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
_MAYBE: dict[str, Any] = {"type": ["number", "null"]}


def attribution_fields() -> dict[str, Any]:
    """Fields of an attribution beside schema and provenance; they may be added to, never renamed."""
    players = _array({"name": {**_TEXT, "description": "exact id, such as liaison=2@65 or trust"}, "label": _TEXT})
    return {
        "by": {"enum": ["interventions", "practices", "mechanisms"], "description": "what the effect is split into"},
        "before": {**_TEXT, "description": "what the effect is counted from"},
        "after": {**_TEXT, "description": "what it leads to"},
        "method": {"enum": ["all coalitions", "sampled orders"]},
        "orders": {"type": ["integer", "null"], "description": "that were sampled; null where all coalitions were run"},
        "coalitions": {**_WHOLE, "description": "sets of players that were run"},
        "players": players,
        "rows": _array(_row()),
        "pairs": {**_array(_pair()), "description": "empty where orders were sampled"},
        "asked": _asked(),
    }


def _asked() -> dict[str, Any]:
    """What was asked, so that it can be asked again."""
    texts = {"type": "array", "items": _TEXT}
    lists = dict.fromkeys(("interventions", "relationships", "players", "outcomes"), texts)
    how = {"by": {"type": ["string", "null"]}, "orders": {"type": ["integer", "null"]}, "direct": {"type": "boolean"}}
    fields = {**lists, **how}
    told = "as the options of the command take it"
    return {"type": "object", "properties": fields, "required": list(fields), "description": told}


def _row() -> dict[str, Any]:
    part = {
        "part": _TEXT,
        "label": _TEXT,
        "kind": {"enum": ["total", "part", "other", "direct"]},
        "contribution": _MAYBE,
    }
    more = {
        "share": _MAYBE,
        "alone": _MAYBE,
        "last": _MAYBE,
        "order_error": _MAYBE,
        "mean_before": _MAYBE,
        "mean_after": _MAYBE,
    }
    return part | _figures() | more


def _pair() -> dict[str, Any]:
    names = dict.fromkeys(("first", "first_label", "second", "second_label"), _TEXT)
    together = _MAYBE
    return names | _figures() | {"together": together}


def _figures() -> dict[str, Any]:
    others = ("mean", "baseline_mean", "difference", "relative_difference")
    return {name: kind for name, kind in compared_fields().items() if name not in others}


def _array(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(properties)}}
