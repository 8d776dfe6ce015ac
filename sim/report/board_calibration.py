"""A calibration as a page for a board, from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.report.board_again import again_lines, calibrate_command
from sim.report.board_basis import rests_on
from sim.report.closing import CHANGE, COSTS, RESTS, SURE, said
from sim.report.firm_parts import told_parts
from sim.report.parts_page import parts_page
from sim.report.prose import capital, decimal, enumerate_words, spell
from sim.report.study_parts import Exhibit, Part

Document = Mapping[str, Any]
#: What is said of costs.
UNPRICED = (
    "A calibration changes nothing and costs nothing. What a change costs in this firm, and whether it pays, is asked"
    " of the scenario that was written: smarketing compare or smarketing decide."
)
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
    rests = Part(RESTS, (), (Exhibit("basis", "", calibration_basis(document)),))
    more = [
        said("costs", COSTS, (UNPRICED,)),
        said("sure", SURE, calibration_sure(document)),
        rests,
        said("change", CHANGE, _change(document)),
        *([notes] if document["notes"] else []),
    ]
    heading = f"What does the export of {name} say about the firm?", f"{rows} · {document['layout']}"
    return parts_page(
        "firm.html.j2", heading, calibration_answer(document), [*parts, *more], made=calibration_made(document)
    )


def calibration_answer(document: Document) -> list[str]:
    """What was made, how well it fits what was held out, and what stays open: three sentences."""
    found = stored(document)
    told = int((found.parameters["verdict"] == "told").sum())
    many = f"{spell(told)} of {len(found.parameters)} parameters {'is' if told == 1 else 'are'} told by it"
    best: Any = found.conclusion.effects.set_index("type").loc[found.conclusion.best]
    scores = {row["forecast"]: row for row in document["scores"]}
    ours = next(iter(scores.values()))
    low, high = 100 * best["low"], 100 * best["high"]
    sure = ", which is not distinguishable from no change" if low <= 0.0 <= high else ""
    return [
        f"{document['rows']:,} rows became a firm in {document['draws']:,} variants that fit the export about as well;"
        f" {many}.",
        f"Of {spell(ours['targets'])} numbers held out, {_inside(ours)} {'lies' if _inside(ours) == 'one' else 'lie'}"
        f" inside the 90 % intervals of the {ours['forecast']}.",
        f"{found.conclusion.best.capitalize()} would change new bookings by {decimal(100 * best['median'], 0, True)} %"
        f" ({decimal(low, 0, True)} to {decimal(high, 0, True)} % over the variants){sure}.",
    ]


def calibration_basis(document: Document) -> tuple[str, ...]:
    """What a calibration rests on: the export, and the model's numbers for all that it does not tell."""
    told = [row["parameter"] for row in document["parameters"] if row["verdict"] == "told"]
    first = (
        f"The {document['rows']:,} rows of {document['source_name']} tell"
        f" {enumerate_words(told) or 'none of the parameters'}; for all others stands what was believed before the"
        " export."
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


def _inside(score: Document) -> str:
    """How many of the numbers held out lie inside the intervals of a forecast."""
    return spell(round(score["inside"] * score["targets"]))


def calibration_sure(document: Document) -> tuple[str, ...]:
    """How well the last cohorts were forecast, by which way, and what intervals hold."""
    found = stored(document)
    each = [f"{row['forecast']}: {_inside(row)} of {spell(row['targets'])} inside" for row in document["scores"]]
    held = f"{found.held_from.day} {found.held_from:%B %Y}"
    lost = enumerate_words(document["out_of_reach"])
    return (
        f"What became of the cohorts since {held} was held out and forecast by 90 % intervals.",
        f"{capital('; '.join(each))}.",
        f"Intervals hold 90 % of {document['draws']:,} variants: luck, and what the export leaves open.",
        *((f"No simulated firm comes near these, which were left out of the fit: {lost}.",) if lost else ()),
    )


def _change(document: Document) -> tuple[str, ...]:
    """The unknown on which the doubt hangs, and data that would tell more."""
    told = [
        f"{capital(row['unknown'])}: it alone explains {100 * row['share']:.0f} % of the doubt, so find it out first."
        for row in document["unknowns"][:1]
    ]
    more = (
        "More or newer rows would change what is told; a cohort that behaves unlike those before changes the forecast."
    )
    return (*told, more)
