"""JSON Schemas of what people write: scenarios, plans and the files of the catalogue, for editors."""

from __future__ import annotations

from typing import Any

from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import OUTCOMES
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import MOVABLE, Practice
from sim.spec.catalogue import interventions, markets, organizations, relationships
from sim.spec.factors import OF_ONE, known_factors
from sim.spec.kinds import Intervention, Relationship
from sim.spec.plan import SERIES, Plan
from sim.spec.presets import SOURCE, Preset
from sim.spec.scenario import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What a file of the catalogue holds: entries of one kind by name.
ENTRIES: dict[str, Any] = {
    "organization": Preset,
    "market": Preset,
    "relationship": Relationship,
    "intervention": Intervention,
    "shock": Intervention,
}
KINDS = ("scenario", "plan", *ENTRIES)


def file_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a scenario file, of a plan, or of the catalogue file with entries of a kind.

    Raises
    ------
    InputError
        If there are no files of that kind.
    """
    if kind not in KINDS:
        raise InputError("kind", "is no kind of file", kind, did_you_mean(kind, KINDS))
    if kind == "plan":
        return _plan_schema()
    return _scenario_schema() if kind == "scenario" else _entries_schema(kind)


def _levels(practices: dict[str, Practice]) -> dict[str, Any]:
    """Levels of practices, each with unit and range."""
    known = {
        name: {"type": "number", "minimum": p.low, "maximum": p.high, "unit": p.unit, "description": p.meaning}
        for name, p in practices.items()
    }
    return {"type": "object", "properties": known, "additionalProperties": False}


def _scenario_schema() -> dict[str, Any]:
    schema = Scenario.model_json_schema()
    properties, parts = schema["properties"], schema["$defs"]
    properties["practices"] |= _levels(PRACTICES)
    types = [alias for name, entry in relationships().items() for alias in (name, *entry.aliases)]
    properties["relationship"]["enum"] = types
    parts["InterventionUse"]["properties"]["name"]["enum"] = list(interventions())
    for kind, known in (("organization", organizations()), ("market", markets())):
        parts["Presets"]["properties"][kind]["enum"] = ["", *known]
    return {"$schema": DIALECT, "title": "Scenario of smarketing", **_untitled(schema)}


def _plan_schema() -> dict[str, Any]:
    schema = Plan.model_json_schema()
    properties, parts = schema["properties"], schema["$defs"]
    outcomes = [outcome.name for outcome in OUTCOMES]
    properties["outcomes"]["items"] = {"enum": outcomes}
    properties["series"]["items"] = {"enum": list(SERIES)}
    parts["Sequential"]["properties"]["precision"]["propertyNames"] = {"enum": outcomes}
    parts["FactorName"] = {
        "anyOf": [
            {"enum": list(known_factors(Scenario()))},
            {"pattern": r"\[\d+\]", "description": "an entry of a list, such as growth[0].reps"},
            {"pattern": OF_ONE.pattern.replace("?P<name>", "").replace("?P<what>", "")},
        ]
    }
    for name, part in parts.items():
        if name.endswith("Design"):
            part["required"] = sorted({"kind", *part.get("required", ())})
    for table in (properties["factors"], properties["points"]["items"], properties["baseline"]):
        table["propertyNames"] = {"$ref": "#/$defs/FactorName"}
    return {"$schema": DIALECT, "title": "Plan of a study of smarketing", **_untitled(schema)}


def _entries_schema(kind: str) -> dict[str, Any]:
    schema = ENTRIES[kind].model_json_schema()
    parts = schema.pop("$defs", {})
    if "practices" in schema["properties"]:
        schema["properties"]["practices"] = _levels(PRACTICES if kind == "relationship" else MOVABLE)
    if kind == "relationship":
        schema["properties"]["practices"]["required"] = [name for name, p in PRACTICES.items() if not p.is_relative]
    if "Given" in parts:
        parts["Given"]["properties"]["source"]["pattern"] = f"^({SOURCE.pattern})$"
    title = f"Catalogue of smarketing: entries of kind {kind}, by name"
    top = {"$schema": DIALECT, "title": title, "type": "object", "additionalProperties": {"$ref": "#/$defs/Entry"}}
    return {**top, "$defs": {"Entry": _untitled(schema), **{name: _untitled(part) for name, part in parts.items()}}}


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles that only repeat names."""
    return {name: value for name, value in schema.items() if name != "title"}
