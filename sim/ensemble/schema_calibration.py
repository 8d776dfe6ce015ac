"""JSON Schema of what a calibration tells (``smarketing calibrate EXPORT --out FILE --format json``)."""

from __future__ import annotations

from typing import Any

from sim.ensemble.provenance import SCHEMA
from sim.spec.schema import DIALECT

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
MAYBE: dict[str, Any] = {"type": ["number", "null"]}
SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_ENDS = {"low": MAYBE, "median": MAYBE, "high": MAYBE}


def calibration_schema() -> dict[str, Any]:
    """The JSON Schema of a calibration; fields may be added, never renamed."""
    return {
        "$schema": DIALECT,
        "title": "A calibration of smarketing",
        **_object(
            {
                "schema": {"const": SCHEMA, "description": "raised when a field is renamed or leaves"},
                "software": {"const": "smarketing"},
                "version": TEXT,
                "fair_use": TEXT,
                "source_name": TEXT,
                "layout": TEXT,
                "rows": {**WHOLE, "description": "of the export"},
                "held_from": {**TEXT, "format": "date", "description": "first day of the cohorts held out"},
                "forecast": _forecast(),
                "scores": _rows({"forecast": TEXT, "inside": SHARE, "score": MAYBE, "targets": WHOLE}),
                "fit": _rows({"summary": TEXT, "observed": MAYBE, **_ENDS}),
                "out_of_reach": {"type": "array", "items": TEXT, "description": "no simulated firm comes near these"},
                "parameters": _parameters(),
                "types": _rows({"type": TEXT, "after": SHARE}),
                "effects": _rows({"type": TEXT, **_ENDS, "better": SHARE}),
                "unknowns": _rows({"unknown": TEXT, "share": SHARE}),
                "draws": {**WHOLE, "description": "rows of the posterior"},
                "notes": {"type": "array", "items": TEXT},
                "how": _how(),
                "digest": {**TEXT, "description": "identity of the scenario made, with the seed"},
                "results_version": WHOLE,
                "commit": {"type": ["string", "null"]},
                "sources": {"type": "object", "additionalProperties": TEXT, "description": "of the firm's own values"},
            }
        ),
    }


def _how() -> dict[str, Any]:
    """What a calibration was given beside the export."""
    until = {"type": ["string", "null"], "format": "date", "description": "last day that was fitted first, if given"}
    fields = {"base": TEXT, "base_digest": TEXT, "bank": WHOLE, "fit_until": until, "seed": WHOLE}
    return _object({**fields, "has_answers": {"type": "boolean", "description": "a self-assessment was given"}})


def _forecast() -> dict[str, Any]:
    fields = {"target": TEXT, "unit": TEXT, "forecast": TEXT, **_ENDS, "observed": MAYBE}
    score = MAYBE
    return _rows({**fields, "is_inside": {"type": "boolean"}, "score": score})


def _parameters() -> dict[str, Any]:
    before = {f"prior_{name}": kind for name, kind in _ENDS.items()}
    told = SHARE
    verdict = {"enum": ["told", "partly told", "not told"]}
    return _rows({"parameter": TEXT, "meaning": TEXT, **before, **_ENDS, "told": told, "verdict": verdict})


def _rows(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
