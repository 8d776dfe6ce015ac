"""JSON Schema of an explanation (``smarketing explain --format json``): all but its provenance."""

from __future__ import annotations

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_WORDS: dict[str, Any] = {"type": ["string", "null"]}
_WHOLE: dict[str, Any] = {"type": "integer"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_NUMBER: dict[str, Any] = {"type": "number"}
_MAYBE: dict[str, Any] = {"type": ["number", "null"]}
_FATE: dict[str, Any] = {"enum": ["won", "lost", "turned down", "lapsed", "put away", "still open"]}
_ANY: dict[str, Any] = {"type": ["number", "string", "boolean", "array", "null"]}


def explanation_fields() -> dict[str, Any]:
    """The fields of an explanation beside schema and provenance; fields may be added to, never renamed."""
    return {
        "baseline": {**_TEXT, "description": "the first world, with which the others are compared"},
        "pairs": _list(_object(_pair())),
    }


def _pair() -> dict[str, Any]:
    counts = ("both", "first_only", "second_only", "still_open", "differing")
    reason = {"label": _TEXT, "fates": _both(_FATE), "leads": _COUNT, "bookings": _NUMBER, "because": _TEXT}
    setting = {"name": _TEXT, "first": _ANY, "second": _ANY, "restored": _COUNT, "of": _COUNT}
    return {
        "world": _TEXT,
        "scenario": {"type": "object", "description": "resolved; that of the baseline stands in the provenance"},
        "counts": _object(dict.fromkeys(counts, _COUNT)),
        "verdicts": _object(dict.fromkeys(("one_cause", "joint_causes", "not_found"), _COUNT)),
        "reasons": _list(_object({**reason, "example": _COUNT})),
        "settings": _list(_object(setting)),
        "stories": _list(_object(_story())),
    }


def _story() -> dict[str, Any]:
    moment = {"day": _WHOLE, "until": _WHOLE, "times": _COUNT, "person": _TEXT}
    moments = {"type": "array", "items": {"anyOf": [_object(moment), {"type": "null"}]}}
    return {
        "key": {**_COUNT, "description": "who the lead is, for luck: the same in all worlds"},
        "rows": _both(_COUNT),
        "fates": _both(_FATE),
        "reasons": _both(_WORDS),
        "bookings": _both(_NUMBER),
        "timeline": _list(_object({"activity": _TEXT, "moments": moments})),
        "first_divergence": {"anyOf": [_object(_cause()), {"type": "null"}]},
        "causes": _list(_object(_cause())),
        "is_restored": {"type": "boolean", "description": "taking back the causes gives the fate of the baseline"},
        "restored_reason": _WORDS,
        "days_late": {**_COUNT, "description": "working days after the end of the run until the fate is restored"},
        "tried": {**_COUNT, "description": "times that the lead was lived again"},
        "verdict": {"enum": ["same fate", "one cause", "joint causes", "not found"]},
        "settings": {"type": "array", "items": _TEXT, "description": "each restores it alone, for the whole firm"},
    }


def _cause() -> dict[str, Any]:
    influence = {"name": _TEXT, "first": _NUMBER, "second": _NUMBER, "chance": _MAYBE, "shift": _MAYBE}
    return {
        "day": {**_WHOLE, "description": "from the first of the window"},
        "label": _TEXT,
        "submodel": {**_TEXT, "description": "of docs/odd.md"},
        "answers": _both(_TEXT),
        "days": _maybe_both(_WHOLE),
        "chances": _maybe_both(_NUMBER),
        "luck": _maybe_both(_NUMBER),
        "influences": _list(_object({**influence, "is_enough": {"type": "boolean"}})),
        "rest": {**_MAYBE, "description": "of the difference, not told by the influences together"},
        "text": _TEXT,
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _both(items: dict[str, Any]) -> dict[str, Any]:
    """The same of both worlds, the baseline first."""
    return {"type": "array", "items": items, "minItems": 2, "maxItems": 2}


def _maybe_both(items: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [_both(items), {"type": "null"}]}
