"""A calibration as a page for a board, from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.report.board import said
from sim.report.board_again import again_lines, calibrate_command
from sim.report.board_basis import rests_on
from sim.report.firm_parts import told_parts
from sim.report.parts_page import parts_page
from sim.report.study_parts import Exhibit, Part

Document = Mapping[str, Any]
#: What is said where no command makes a calibration again.
CALIBRATED = (
    "No command is shown, as the result does not name its base scenario or self-assessment by their files. Give the"
    " same call again: smarketing calibrate EXPORT --base FILE.toml --answers FORM."
)


@dataclass(frozen=True, eq=False)
class StoredConclusion:
    """What another relationship type would change, read again."""

    best: str
    effects: pd.DataFrame
    unknowns: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Stored:
    """A calibration as its JSON keeps it."""

    held_from: pd.Timestamp
    forecast: pd.DataFrame
    fits: pd.DataFrame
    out_of_reach: Sequence[str]
    parameters: pd.DataFrame
    conclusion: StoredConclusion


def stored(document: Document) -> Stored:
    """Read a calibration as its JSON has it."""
    effects, unknowns = (
        pd.DataFrame(document["effects"]),
        pd.DataFrame(document["unknowns"], columns=["unknown", "share"]),
    )
    best = str(effects.set_index("type")["median"].idxmax())
    return Stored(
        pd.Timestamp(document["held_from"]),
        pd.DataFrame(document["forecast"]),
        pd.DataFrame(document["fit"]),
        document["out_of_reach"],
        pd.DataFrame(document["parameters"]),
        StoredConclusion(best, effects, unknowns),
    )


def calibration_page(document: Document) -> str:
    """The page of a calibration, from its JSON."""
    parts = told_parts(stored(document))
    name, rows = document["source_name"], f"{document['rows']:,} rows"
    notes = said("notes", "What was assumed", document["notes"])
    change = said("change", "What would change the answer", _change(document))
    rests = Part("What it rests on", (), (Exhibit("basis", "", calibration_basis(document)),))
    more = [part for part in (rests, change, notes) if part is not None]
    heading = f"What does the export of {name} say about the firm?", f"{rows} · {document['layout']}"
    return parts_page(
        "firm.html.j2", heading, calibration_answer(document), [*parts, *more], made=calibration_made(document)
    )


def calibration_answer(document: Document) -> list[str]:
    """What was made, how well it fits what was held out, and what stays open: three sentences."""
    found = stored(document)
    told = int((found.parameters["verdict"] == "told").sum())
    best = found.conclusion.effects.set_index("type").loc[found.conclusion.best]
    scores = {row["forecast"]: row for row in document["scores"]}
    ours = next(iter(scores.values()))
    low, high = 100 * best["low"], 100 * best["high"]
    sure = " That is not distinguishable from no change." if low <= 0.0 <= high else ""
    return [
        f"{document['rows']:,} rows became a firm in {document['draws']:,} variants that fit the export about as well;"
        f" {told} of {len(found.parameters)} parameters are told by it.",
        f"Of {ours['targets']} numbers held out, {round(ours['inside'] * ours['targets'])} lie inside the 90 %"
        f" intervals of {ours['forecast']}.",
        f"{found.conclusion.best.capitalize()} would change new bookings by {100 * best['median']:+.0f} %"
        f" ({low:+.0f} to {high:+.0f} % over the variants).{sure}",
    ]


def calibration_basis(document: Document) -> tuple[str, ...]:
    """What a calibration rests on: the export, and the model's numbers for all that it does not tell."""
    told = [row["parameter"] for row in document["parameters"] if row["verdict"] == "told"]
    first = (
        f"{document['rows']:,} rows of {document['source_name']} tell {len(told)} parameters; for the others stands"
        " what was believed before the export."
    )
    about = {"scenario": {"sources": document.get("sources", {"the scenario": "the export"})}}
    return (first, *rests_on(about, ()))


def calibration_made(document: Document) -> list[tuple[str, str]]:
    """What makes a calibration again."""
    commit = f", commit {document['commit'][:12]}" if document.get("commit") else ""
    version = f"smarketing {document['version']}{commit}"
    if "how" not in document:
        told = "The result does not say how it was made: it is of an older version. Give the same call again."
        return [*again_lines("", told), ("Version", version)]
    how = document["how"]
    return [
        *again_lines(calibrate_command(document), CALIBRATED),
        ("Base", how["base"]),
        ("Seed", str(how["seed"])),
        ("Firms simulated", f"{how['bank']:,}"),
        ("Version", f"{version}, results version {document['results_version']}"),
        ("Digest", document["digest"]),
    ]


def _change(document: Document) -> list[str]:
    """Unknowns on which the doubt hangs."""
    return [
        f"{row['unknown']}: it alone explains {100 * row['share']:.0f} % of the doubt; measure it first."
        for row in document["unknowns"][:1]
    ]
