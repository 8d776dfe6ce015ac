"""A calibration as a page for a board, from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.report.board import said
from sim.report.firm_parts import told_parts
from sim.report.parts_page import parts_page

Document = Mapping[str, Any]


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
    more = [part for part in (change, notes) if part is not None]
    heading = f"What does the export of {name} say about the firm?", f"{rows} · {document['layout']}"
    return parts_page("firm.html.j2", heading, calibration_answer(document), [*parts, *more])


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


def _change(document: Document) -> list[str]:
    """Unknowns on which the doubt hangs."""
    return [
        f"{row['unknown']}: it alone explains {100 * row['share']:.0f} % of the doubt; measure it first."
        for row in document["unknowns"][:1]
    ]
