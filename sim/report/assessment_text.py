"""What a terminal, a program and a page show of a self-assessment."""

from __future__ import annotations

import json

import pandas as pd

from sim.analysis.assessment import THEMES
from sim.calibrate.assessed import Assessment
from sim.calibrate.data_json import json_rows
from sim.calibrate.privacy import FAIR_USE
from sim.ensemble.provenance import SCHEMA, version
from sim.report.assessment_parts import assessment_parts, summary
from sim.report.data_terminal import pieces_of
from sim.report.page import plain
from sim.report.parts_page import parts_page
from sim.report.terminal import written


def assessment_report(found: Assessment) -> str:
    """A self-assessment as tables on a terminal."""
    return written(
        f"Self-assessment: {found.answers.source_name}",
        *summary(found),
        *pieces_of(assessment_parts(found)),
        "",
        FAIR_USE,
    )


def assessment_page(found: Assessment) -> str:
    """A self-assessment as one HTML file that loads nothing; the same text for the same assessment."""
    heading = "How marketing and sales work together", found.answers.source_name
    statements = [theme.statement for theme in THEMES]
    return parts_page("assessment.html.j2", heading, summary(found), assessment_parts(found), statements=statements)


def assessment_json(found: Assessment) -> str:
    """A self-assessment as JSON, for programs; what may not be shown or is not known is null."""
    counts = found.counts or found.has_conflict
    content = {
        "schema": SCHEMA,
        "software": "smarketing",
        "version": version(),
        "fair_use": FAIR_USE,
        "source_name": found.answers.source_name,
        "notes": list(found.answers.notes),
        "people": found.scores.people,
        "sums": json_rows(found.scores.sums),
        "themes": json_rows(found.scores.themes),
        "gaps": json_rows(found.scores.gaps),
        "types": {str(name): float(share) for name, share in found.types.items()} if counts else None,
        "practices": json_rows(found.practices()) if counts else None,
        "mean_width": float(found.inference.width.mean()),
        "strangeness": found.inference.strangeness if counts else None,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def fitted_text(fitted: pd.DataFrame) -> list[str]:
    """What was said of the market and what the fitted scenario shows, a line each; nothing where nothing was fitted."""
    return [
        f"{row['quantity']}: said {plain(row['said'])}, simulated {plain(row['simulated'])} ({row['unit']})"
        for row in fitted.to_dict("records")
    ]
