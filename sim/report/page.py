"""One HTML file that a board can read offline: no script, no request, everything inside."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.analysis.figures import draw_courses, draw_effects, draw_funnel, svg_text
from sim.analysis.rare import without_interval
from sim.analysis.study import Effect, Study, fraction_of, number
from sim.domain.extensions import added_outcomes
from sim.domain.shown import MONEY, in_currency
from sim.report.prose import (
    NOUNS,
    amount,
    answer,
    capital,
    change,
    decimal,
    describe_courses,
    describe_effects,
    describe_funnel,
    gain,
    leader,
    level_of,
    percent,
    replications_of,
    tell_parts,
    wording,
)
from sim.report.uncertainty import probable, tell_parts_of_uncertainty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAIN_OUTCOMES = ("bookings_new", "profit", "cycle_days", "conflict_per_100")
CARD_OUTCOMES = ("bookings_new", "cycle_days", "conflict_per_100")
FURTHER_OUTCOMES = (
    "wins", "followup_rate", "acceptance_rate", "win_rate", "response_median", "mkt_sourced_share", "retention",
    "net_retention", "bookings_renewal", "revenue_recognised", "cost", "trust", "familiarity", "vocabulary",
    "market_knowledge", "dispute_hours", "coordination_hours", "utilisation", "service_level", "turnover",
    *(outcome.name for outcome in added_outcomes()),
)  # fmt: skip
"""What the folded table shows of a study of many outcomes; all of them are in the tables beside the page."""
MARKS = {"better": "●", "worse": "◆", "different": "▲", "equal": "□", "not distinguishable": "○", "no figure": "–"}
HINTS = {"higher": "higher is better", "lower": "lower is better", None: "neither side is better in itself"}
PROVENANCE_FIRST = ("command", "seed", "replications", "version", "digest")


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure: what it is, for which scenario, how much, from which level, its interval and verdict."""

    title: str
    scenario: str
    value: str
    levels: str
    interval: str
    verdict: str
    mark: str


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario's row of a table, in words."""

    label: str
    mean: str
    change: str
    percent: str
    share: str
    verdict: str
    mark: str


@dataclass(frozen=True, slots=True)
class Block:
    """The part of a table that is about one outcome."""

    title: str
    hint: str
    baseline_mean: str
    families: list[tuple[str, list[Line]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in both its layouts, as SVG that is safe to put into the page."""

    wide: Markup
    narrow: Markup


def line_from(effect: Effect, kind: str) -> Line:
    """Put one comparison row into words."""
    share = "–" if effect.share_better is None else f"{100 * effect.share_better:.0f} %"
    share = probable(effect) or share
    mean, mark = amount(effect.mean, kind), MARKS[effect.verdict]
    return Line(effect.label, mean, change(effect, kind), percent(effect), share, effect.verdict, mark)


def block_from(study: Study, outcome: str) -> Block:
    """Collect all rows of one outcome, by family."""
    found = {family: study.effects(family, outcome) for family in NOUNS}
    effects = [effect for group in found.values() for effect in group]
    words = wording(outcome, effects[0].unit if effects else "")
    better = effects[0].better if effects else None
    base = next((effect.baseline_mean for effect in effects if effect.baseline_mean is not None), None)
    families = [
        (capital(NOUNS[family]), [line_from(effect, words.kind) for effect in group])
        for family, group in found.items()
        if group
    ]
    title = words.title + (f", c.u.{words.per}" if words.kind == "money" else "")
    return Block(title, HINTS.get(better, ""), amount(base, words.kind), families)


def blocks(study: Study, outcomes: list[str]) -> list[Block]:
    """Blocks of the outcomes that at least one scenario other than the baseline has."""
    return [block for block in (block_from(study, outcome) for outcome in outcomes) if block.families]


def further(outcomes: list[str]) -> list[str]:
    """Outcomes of the folded table: all but the main ones, or a choice of them where they are many."""
    others = [name for name in outcomes if name not in MAIN_OUTCOMES]
    return others if len(others) <= len(FURTHER_OUTCOMES) else [name for name in FURTHER_OUTCOMES if name in others]


def card_from(effect: Effect) -> Card:
    """Make a key figure: percentages for money and counts, days for times."""
    words = wording(effect.outcome, effect.unit)
    in_days = words.kind == "days" and effect.difference is not None
    value, _, ends = (change(effect, words.kind) if in_days else gain(effect, words.kind)).partition(" (")
    levels = f"{amount(effect.mean, words.kind)} instead of {amount(effect.baseline_mean, words.kind)}{words.per}"
    return Card(words.title, effect.label, value, levels, ends.rstrip(")"), effect.verdict, MARKS[effect.verdict])


def cards(study: Study) -> list[Card]:
    """Key figures: the card outcomes of the leading relationship type, and the leading intervention.

    Where nothing leads, the scenario with the best mean stands there with its verdict.
    """
    types, single = (leader(study, family) or next_best(study, family) for family in NOUNS)
    shown = types or single
    found: list[Effect] = []
    if shown is not None:
        for outcome in CARD_OUTCOMES:
            found += [e for e in study.effects(shown.family, outcome) if e.scenario == shown.scenario]
    if types is not None and single is not None:
        found.append(single)
    return [card_from(effect) for effect in found if effect.difference is not None]


def next_best(study: Study, family: str) -> Effect | None:
    """The scenario of a family with the best mean new bookings, whatever its verdict."""
    effects = study.effects(family, "bookings_new")
    return effects[0] if effects and effects[0].difference is not None else None


def picture(draw: Callable[[Study, bool], Figure], study: Study, name: str, alt: str) -> Picture:
    """Draw one picture in both layouts."""
    wide, narrow = (svg_text(draw(study, is_narrow), f"{name}-{is_narrow:d}", alt) for is_narrow in (False, True))
    return Picture(Markup(wide), Markup(narrow))


def pictures(study: Study) -> dict[str, Picture]:
    """Draw the pictures for which the study has data: ``effects``, ``funnel``, ``courses``."""
    found: dict[str, Picture] = {}
    if any(study.effects(family, outcome) for family in NOUNS for outcome in MAIN_OUTCOMES):
        found["effects"] = picture(draw_effects, study, "effects", describe_effects(study))
    if study.funnel["count"].notna().any():
        found["funnel"] = picture(draw_funnel, study, "funnel", describe_funnel(study))
    if study.bands("trust"):
        found["courses"] = picture(draw_courses, study, "courses", describe_courses(study))
    return found


def calibration_lines(study: Study) -> list[tuple[str, str, str, str, str]]:
    """Quantity, unit, data, simulated and deviation in percent of the data, in words."""
    if study.calibration is None:
        return []
    lines = []
    for row in study.calibration.to_dict("records"):
        data, simulated = number(row["data"]), number(row["simulated"])
        gap = fraction_of(None if data is None or simulated is None else simulated - data, data)
        apart = "–" if gap is None else decimal(100 * gap, 1, True) + " %"
        lines.append((str(row["quantity"]), str(row["unit"]), plain(data), plain(simulated), apart))
    return lines


def plain(value: float | None) -> str:
    """A number of unknown kind with about three figures.

    Examples
    --------
    >>> plain(1674.2), plain(17.08), plain(0.2846), plain(None)
    ('1,674', '17.1', '0.285', '–')
    """
    if value is None:
        return "–"
    return decimal(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3 if abs(value) < 1 else 2)


def provenance_lines(study: Study) -> list[tuple[str, str]]:
    """Names and values of the provenance, what is needed to repeat the study first."""
    keys = [key for key in PROVENANCE_FIRST if key in study.provenance]
    keys += [key for key in study.provenance if key not in PROVENANCE_FIRST]
    return [(capital(key.replace("_", " ")), value_text(study.provenance[key])) for key in keys]


def value_text(value: object) -> str:
    """A provenance value as text; lists and tables as JSON."""
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 1e15 else str(value)


def keep_together(text: str) -> str:
    """Tie numbers to their units and the ends of an interval to each other, so that no line ends between them."""
    text = re.sub(r"(?<=\d)%", " %", text)
    text = re.sub(r"(?<=\d) (?=%|million|c\.u\.|days|hours|points|replications)", "\u00a0", text)
    text = re.sub(r"\([+−\d][^() ]* to [^() ]*\)", lambda found: found[0].replace(" ", "\u00a0"), text)
    return text.replace("million c.u.", "million\u00a0c.u.")


@cache
def environment() -> Environment:
    """Where the templates of pages are found, and how they are filled."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["tied"] = keep_together
    return found


def render(study: Study) -> str:
    """Make the report of a study.

    Parameters
    ----------
    study : Study
        Read only here.

    Returns
    -------
    str
        A complete HTML document that loads nothing; the same text for the same study.
    """
    outcomes = study.outcomes()
    every = [effect for family in NOUNS for outcome in outcomes for effect in study.effects(family, outcome)]
    page = (
        environment()
        .get_template("page.html.j2")
        .render(
            title=study.title,
            answer=answer(study),
            cards=cards(study),
            findings=[(capital(NOUNS[family]), tell_parts(study, family)) for family in NOUNS],
            pictures=pictures(study),
            main_blocks=blocks(study, [name for name in MAIN_OUTCOMES if name in outcomes]),
            other_blocks=blocks(study, further(outcomes)),
            baseline=study.baseline_label,
            level=level_of(study),
            replications=replications_of(every),
            has_parameter_luck=bool((study.rows["uncertainty"] == "luck+parameters").any()),
            uncertainty=tell_parts_of_uncertainty([effect for effect in every if effect.outcome == "bookings_new"]),
            is_adjusted=bool(study.rows["adjusted_p"].notna().any()),
            methods=sorted({str(name) for name in study.rows["ci_method"].dropna() if not without_interval(str(name))}),
            calibration=calibration_lines(study),
            notes=study.notes,
            provenance=provenance_lines(study),
            explains_money=study.currency == MONEY,
        )
    )
    return in_currency(page, html.escape(study.currency))


def write(study: Study, path: Path) -> None:
    """Write the report of a study to a file, whole or not at all.

    Parameters
    ----------
    study : Study
        Read only here.
    path : pathlib.Path
        The HTML file; its folder is made if absent, a file already there is replaced.

    Raises
    ------
    OSError
        If the folder or the file cannot be written; a file already there is then unchanged.
    """
    write_page(render(study), path)


def write_page(page: str, path: Path) -> None:
    """Write a page to a file, whole or not at all.

    Raises
    ------
    OSError
        If the folder or the file cannot be written; a file already there is then unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(page.encode("utf-8"))
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
