"""JSON Schema of what an effect is made up of (``smarketing attribute … --format json``)."""

from __future__ import annotations

from typing import Any

from sim.domain.outcomes import OUTCOMES

_TEXT: dict[str, Any] = {"type": "string"}
_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
_MAYBE: dict[str, Any] = {"type": ["number", "null"]}
_SHARE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}


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
        "part": {
            **_TEXT,
            "description": "name of the player; total, other for what is nobody's, direct:… for a part of that",
        },
        "label": _TEXT,
        "kind": {"enum": ["total", "part", "other", "direct"]},
        "contribution": {**_MAYBE, "description": "mean Shapley value; parts and other add up to the total"},
    }
    more = {
        "share": {**_MAYBE, "description": "of the total; null where that is not distinguishable from 0"},
        "alone": {**_MAYBE, "description": "added where no other player takes part"},
        "last": {**_MAYBE, "description": "lost where it alone does not take part"},
        "order_error": {**_MAYBE, "description": "standard error of having sampled orders"},
        "mean_before": _MAYBE,
        "mean_after": _MAYBE,
    }
    return part | _figures() | more


def _pair() -> dict[str, Any]:
    names = dict.fromkeys(("first", "first_label", "second", "second_label"), _TEXT)
    together = {**_MAYBE, "description": "what both add by being together (Shapley–Taylor index of order 2)"}
    return names | _figures() | {"together": together}


def _figures() -> dict[str, Any]:
    return {
        "outcome": {"enum": [outcome.name for outcome in OUTCOMES]},
        "unit": _TEXT,
        "better": {"enum": ["higher", "lower", None]},
        "ci_low": {**_MAYBE, "description": "null where too few replications differ to give an interval"},
        "ci_high": _MAYBE,
        "ci_level": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "ci_method": _TEXT,
        "adjusted_p": {**_SHARE, "description": "adjusted for the number of parts, or of pairs (Holm)"},
        "share_better": {**_SHARE, "description": "of replications in which it is for the better"},
        "replications": _WHOLE,
        "uncertainty": {"enum": ["luck", "luck+parameters"]},
        "verdict": {"enum": ["better", "worse", "different", "equal", "not distinguishable"]},
    }


def _array(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(properties)}}
