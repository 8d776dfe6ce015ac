"""JSON Schema of what is told of an export (``smarketing calibrate --check --format json``)."""

from __future__ import annotations

from typing import Any

from sim.ensemble.provenance import SCHEMA
from sim.spec.schema import DIALECT

_TEXT: dict[str, Any] = {"type": "string"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_MAYBE_COUNT: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0}
_SHARE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
_WORDS: dict[str, Any] = {"type": ["string", "null"]}


def data_schema() -> dict[str, Any]:
    """The JSON Schema of a data report; fields may be added to, never renamed."""
    finding = {
        "kind": _TEXT,
        "title": _TEXT,
        "weight": {"enum": ["serious", "mind", "good to know"]},
        "what": _TEXT,
        "n": _MAYBE_COUNT,
        "of": _MAYBE_COUNT,
        "effect": _TEXT,
        "mend": _TEXT,
    }
    missing = {"column": _TEXT, "rows": _TEXT, "n": _COUNT, "missing": _COUNT, "share": _SHARE}
    cohort = {"month": _TEXT, "arrivals": _COUNT, "followed": _COUNT, "won": _COUNT}
    cohort |= dict.fromkeys(("share", "low", "high"), _SHARE)
    window = _object({"first_day": _DAY, "last_day": _DAY, "rows": _COUNT})
    estimate = {
        "quantity": _TEXT,
        "path": _WORDS,
        "unit": _TEXT,
        **dict.fromkeys(("value", "low", "high"), _NUMBER),
        "level": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "method": _TEXT,
        "n": _COUNT,
        "note": _TEXT,
        "part": _TEXT,
    }
    properties = {
        "schema": {"const": SCHEMA, "description": "raised when a field is renamed or leaves"},
        "software": {"const": "smarketing"},
        "version": _TEXT,
        "fair_use": _TEXT,
        "source_name": {**_TEXT, "description": "file or folder, without its path"},
        "layout": _TEXT,
        "unit": {"enum": ["lead", "opportunity"]},
        "currency": _WORDS,
        "rows": _object(dict.fromkeys(("read", "kept", "won", "lost", "open"), _COUNT)),
        "days": _object(dict.fromkeys(("first", "last", "last_seen"), _DAY)),
        "reading": {"type": "array", "items": _TEXT},
        "findings": _array(finding),
        "missing": _array(missing),
        "follow_up_days": {**_NUMBER, "description": "of the shares of cohorts"},
        "cohorts": _array(cohort),
        "waits": _array({"quantity": _TEXT, "unit": _TEXT, "value": _NUMBER, "low": _NUMBER, "high": _NUMBER}),
        "window": {**window, "type": ["object", "null"], "description": "what facts rest on"},
        "estimates": _array(estimate),
        "refusal": {**_WORDS, "description": "why nothing can be calibrated"},
    }
    return {"$schema": DIALECT, "title": "A data report of smarketing", **_object(properties)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _array(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}
