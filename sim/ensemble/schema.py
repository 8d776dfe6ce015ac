"""JSON Schemas of results as ``--format json`` writes them, and of a study's record."""

from __future__ import annotations

from typing import Any

from sim.analysis.paired import OF_FIRM
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import OUTCOMES
from sim.ensemble.provenance import LIBRARIES, SCHEMA
from sim.ensemble.schema_assessment import assessment_schema
from sim.ensemble.schema_attribution import attribution_fields
from sim.ensemble.schema_calibration import calibration_schema
from sim.ensemble.schema_data import data_schema
from sim.ensemble.schema_decision import decision_fields
from sim.ensemble.schema_explain import explanation_fields
from sim.ensemble.schema_map import map_fields
from sim.ensemble.schema_rows import compared_fields, described
from sim.ensemble.store import KIND
from sim.spec.schema import DIALECT, KINDS, file_schema

RESULTS = tuple("run comparison study data_report assessment calibration attribution decision explanation map".split())
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
SHARE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
MAYBE: dict[str, Any] = {"type": ["number", "null"]}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of scenario files, plans, a catalogue's files, or of results.

    Parameters
    ----------
    kind : str
        ``scenario``, ``plan``, ``organization``, ``market``, ``relationship``, ``intervention``, ``shock``, ``run``,
        ``comparison``, ``study`` (``store.json`` of a store), ``data_report`` (``calibrate --check``),
        ``calibration``, ``assessment``, ``attribution``, ``decision``, ``explanation`` or
        ``map`` (a firm's place on it).

    Raises
    ------
    InputError
        If there is nothing of that kind.
    """
    if kind in KINDS:
        return file_schema(kind)
    if kind not in RESULTS:
        known = (*KINDS, *RESULTS)
        raise InputError("kind", "is not known", kind, did_you_mean(kind, known))
    made = {"run": _run_schema, "comparison": _comparison_schema, "study": _study_schema}
    made |= {"data_report": data_schema, "assessment": assessment_schema, "calibration": calibration_schema}
    made |= {"attribution": _attribution_schema, "decision": _decision_schema}
    made |= {"explanation": _explanation_schema, "map": _map_schema}
    return described(made[kind](), kind)


def _object(properties: dict[str, Any], optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """An object whose fields may be added to, never renamed."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, **more}


def _document(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    number = {"const": SCHEMA, "description": "raised when a field is renamed or leaves"}
    return {
        "$schema": DIALECT,
        "title": title,
        **_object({"schema": number, "provenance": _provenance(), **properties}),
    }


def _provenance() -> dict[str, Any]:
    text = "where the result comes from; scenario, seed and results_version are enough to run it again"
    fields = {
        "schema": WHOLE,
        "software": {"const": "smarketing"},
        "version": TEXT,
        "commit": {"type": ["string", "null"], "description": "of a checkout"},
        "results_version": {**WHOLE, "minimum": 1},
        "scenario_name": TEXT,
        "scenario": {"type": "object", "description": "resolved, as a scenario file would give it"},
        "digest": {**TEXT, "pattern": "^[0-9a-f]{64}$", "description": "identity of resolved scenario and seed"},
        "seed": WHOLE,
        "replications": {**WHOLE, "minimum": 0, "description": "complete"},
        "planned_replications": {**WHOLE, "minimum": 1},
        "timings": {"type": "object", "additionalProperties": NUMBER},
        "posterior": _posterior(),
        "failed_runs": {**WHOLE, "minimum": 0, "description": "with a posterior: of draws that make no scenario"},
        "python": TEXT,
        "libraries": _object(dict.fromkeys(LIBRARIES, TEXT)),
        "extensions": {"type": "array", "items": _extension(), "description": "packages that were installed and add"},
    }
    optional = ("extensions", "replications", "planned_replications", "timings", "posterior", "failed_runs")
    return _object(fields, optional, description=text)


def _extension() -> dict[str, Any]:
    fields = {
        "package": TEXT,
        "version": TEXT,
        "results_version": {**WHOLE, "minimum": 1},
        "digest": {**TEXT, "pattern": "^[0-9a-f]{64}$", "description": "of its declarations and modules"},
        "adds": {"type": "array", "items": TEXT, "description": "names of outcomes, agents and interventions"},
    }
    return _object(fields)


def _posterior() -> dict[str, Any]:
    draws = {"type": "array", "items": {"type": "array", "items": {"type": ["number", "string"]}}}
    fields = {
        "file": TEXT,
        "digest": {**TEXT, "pattern": "^[0-9a-f]{64}$", "description": "identity of the draws"},
        "draws": {**WHOLE, "minimum": 1},
        "columns": {"type": "array", "items": TEXT, "description": "paths of the scenario"},
        "used": {**draws, "description": "draws that the replications of a comparison have used"},
        "types": {"type": "array", "items": TEXT, "description": "relationship types that stand over what was drawn"},
    }
    return _object(fields, ("used", "types"), description="draws of uncertain values that the result is over")


def _run_schema() -> dict[str, Any]:
    outcomes = {
        outcome.name: {
            **(SHARE if outcome.unit == "share" and outcome.name not in _BEYOND else MAYBE),
            "unit": outcome.unit,
            "better": outcome.better or None,
            "description": f"{outcome.label}: {outcome.meaning}",
        }
        for outcome in OUTCOMES
    }
    return _document("A run of smarketing", {"outcomes": _object(outcomes)})


#: Shares that are differences and so may be negative.
_BEYOND = frozenset({"contribution_gap", "orientation_gap"})


def _comparison_schema() -> dict[str, Any]:
    use = _object(
        {
            "name": TEXT,
            "dose": NUMBER,
            "start_day": {**WHOLE, "minimum": 0},
            "end_day": {"type": ["integer", "null"]},
        }
    )
    row = {
        "scenario": TEXT,
        "label": TEXT,
        "relationship": TEXT,
        "interventions": {"type": "array", "items": use},
        "timeline": {"type": "array", "items": TEXT},
        **compared_fields(),
        "probability_better": SHARE,
        "parameter_share": SHARE,
    }
    rows = {"type": "array", "items": _object(row, OF_FIRM)}
    baseline = {**TEXT, "description": "id of the scenario that the others are compared with"}
    return _document("A comparison of smarketing", {"baseline": baseline, "rows": rows})


def _attribution_schema() -> dict[str, Any]:
    return _document("An attribution of smarketing", attribution_fields())


def _decision_schema() -> dict[str, Any]:
    return _document("A decision of smarketing", decision_fields())


def _map_schema() -> dict[str, Any]:
    return _document("A firm's place on the map of relationship types", map_fields())


def _explanation_schema() -> dict[str, Any]:
    return _document("An explanation of smarketing", explanation_fields())


def _study_schema() -> dict[str, Any]:
    plan = {key: value for key, value in file_schema("plan").items() if key != "$schema"}
    definitions = plan.pop("$defs", {})
    number = {"type": "integer", "minimum": 1, "description": "of the layout of the store"}
    properties = {"kind": {"const": KIND}, "schema": number, "plan": plan, "provenance": _provenance()}
    return {"$schema": DIALECT, "title": "A study of smarketing", **_object(properties), "$defs": definitions}
