"""The result of a calibration as JSON, for programs."""

from __future__ import annotations

import json

from sim.calibrate.calibration import Calibration
from sim.calibrate.data_json import json_rows
from sim.calibrate.forecast import verdict
from sim.calibrate.privacy import FAIR_USE
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.provenance import SCHEMA, commit, digest_of, version


def calibration_json(found: Calibration) -> str:
    """What a calibration found (schema in docs/schemas/calibration.schema.json); what does not exist is null."""
    content = {
        "schema": SCHEMA,
        "software": "smarketing",
        "version": version(),
        "fair_use": FAIR_USE,
        "source_name": found.facts.source_name,
        "layout": found.facts.layout,
        "rows": found.facts.n_rows,
        "held_from": f"{found.held_from:%Y-%m-%d}",
        "forecast": json_rows(found.forecast),
        "scores": json_rows(verdict(found.forecast)),
        "fit": json_rows(found.fits),
        "out_of_reach": list(found.out_of_reach),
        "parameters": json_rows(found.parameters),
        "types": json_rows(found.types.rename_axis("type").rename("after").reset_index()),
        "effects": json_rows(found.conclusion.effects),
        "unknowns": json_rows(found.conclusion.unknowns),
        "draws": len(found.posterior),
        "notes": list(found.fit.notes),
        "how": dict(found.how),
        "digest": digest_of(found.scenario, int(found.how.get("seed", 1))),
        "results_version": RESULTS_VERSION,
        "commit": commit(),
        "sources": dict(found.scenario.sources),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
