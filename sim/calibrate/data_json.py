"""The data report as JSON, for programs."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from sim.calibrate.data_report import DataReport
from sim.calibrate.estimates import estimate_table
from sim.calibrate.privacy import FAIR_USE
from sim.ensemble.provenance import SCHEMA, version


def data_json(report: DataReport) -> str:
    """A data report as JSON (schema in docs/schemas/data_report.schema.json); what is not known is null."""
    content = {
        "schema": SCHEMA,
        "software": "smarketing",
        "version": version(),
        "fair_use": FAIR_USE,
        "source_name": report.source_name,
        "layout": report.layout,
        "unit": report.unit,
        "currency": report.currency,
        "rows": {"read": report.n_read, "kept": report.n_kept, **report.statuses},
        "days": {"first": report.first_day, "last": report.last_day, "last_seen": report.last_seen},
        "reading": list(report.reading),
        "findings": [_finding(finding) for finding in report.findings],
        "missing": json_rows(report.missing),
        "follow_up_days": _known(report.horizon),
        "cohorts": json_rows(report.cohorts),
        "waits": [] if report.waits is None else json_rows(report.waits.quantities),
        "window": _window(report),
        "estimates": json_rows(estimate_table(report.estimates)),
        "refusal": report.refusal or None,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=str, allow_nan=False)


def _finding(finding: Any) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("kind", "title", "weight", "what", "n", "of", "effect", "mend")}


def _window(report: DataReport) -> dict[str, Any] | None:
    facts = report.facts
    if facts is None:
        return None
    return {"first_day": facts.first_day, "last_day": facts.last_day, "rows": facts.n_used}


def json_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as objects; what is not known is null."""
    return [{str(name): _known(value) for name, value in row.items()} for row in table.to_dict("records")]


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
