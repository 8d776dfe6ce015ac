"""One run as a page for a board, which says that one run is one story."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sim.analysis.range_figures import Line, Words, draw_ranges
from sim.domain.outcomes import BY_NAME
from sim.domain.shown import in_calendar_days
from sim.report.board import Board
from sim.report.board_again import REPLAYED, again_lines, run_command
from sim.report.board_words import ASKED
from sim.report.prose import enumerate_words, true_minus, wording
from sim.report.sections import SECTIONS
from sim.report.study_parts import Exhibit, Part, Table, columns
from sim.report.study_words import level
from sim.report.terminal import figure, type_name

Document = Mapping[str, Any]
#: Steps of the funnel in the picture.
STEPS = ("leads_in", "handed_off", "wins_marketing", "wins")


def run_board(document: Document) -> Board:
    """The page of a run, from its JSON."""
    values, about = document["outcomes"], document["provenance"]
    scenario, name = about["scenario"], about["scenario_name"]
    return Board(
        question=f"What became of {name} in one run?",
        kicker=f"{name}, {scenario['relationship']}, seed {about['seed']}",
        answer=tuple(run_answer(document)),
        shown=(_funnel(values), _table(values)),
        costs=_costs(values),
        sure=("One run is one story out of many: it has no interval, and says nothing of what causes what.",),
        change=(f"Another seed gives another story. What a change does: smarketing compare {name}.",),
        moved=(scenario["relationship"], *(use["name"] for use in scenario.get("interventions", []))),
        again=again_lines(run_command(document), REPLAYED),
    )


def run_answer(document: Document) -> list[str]:
    """Headlines, what the firm earns, and how little one run says."""
    values, about = document["outcomes"], document["provenance"]
    said = [_had(name, values[name]) for name in ASKED if name != "profit" and values.get(name) is not None]
    first = f"In this run {about['scenario_name']} has {enumerate_words(said)}." if said else "This run has no figures."
    profit = values.get("profit")
    kind = "" if profit is None else "makes a loss" if profit < 0 else "makes a profit"
    second = "" if profit is None else f"It {kind} of {level(abs(profit), 'profit')}."
    third = f"That is one run with seed {about['seed']}, one story out of many, without an interval."
    return [sentence for sentence in (first, second, third) if sentence]


def _had(name: str, value: float) -> str:
    """An outcome as what the firm has, such as ``13.7 disputes per 100 hand-offs``."""
    subject = wording(name, BY_NAME[name].unit).subject
    if name == "conflict_per_100":
        return f"{level(value, name)} {subject}"
    return f"{subject.replace('the ', 'a ')} of {level(value, name)}"


def _funnel(values: Mapping[str, Any]) -> Part:
    """How many reach each step, as bars from zero."""
    steps = [(BY_NAME[name].label, values[name]) for name in STEPS if values.get(name) is not None]
    lines = [Line(label, [(0.0, value, value)]) for label, value in steps]
    words = Words("From leads to wins", "a year", ("number",), "", "a year")
    said = enumerate_words([f"{label.lower()} {value:,.0f}" for label, value in steps])
    reading = (f"Of one year: {said}.",) if steps else ("There is no figure.",)
    draw = partial(draw_ranges, lines, words, 0.0) if steps else None
    return Part("Where leads are lost", (), (Exhibit("funnel", "", reading, "Bars share one scale from zero.", draw),))


def _table(values: Mapping[str, Any]) -> Part:
    groups = [(heading, tuple(_row(name, values.get(name)) for name in names)) for heading, names in SECTIONS.items()]
    table = Table(columns("Outcome", "Value", "Unit", words=("Unit",)), tuple(groups))
    return Part("The numbers", (), (Exhibit("outcomes", "", ("All outcomes of the run.",), table=table),))


def _row(name: str, value: Any) -> tuple[str, str, str]:
    about = BY_NAME[name]
    unit = "" if about.unit in ("share", "-") else in_calendar_days(0, about.unit)[1]
    return about.label, type_name(value) if name == "type_index" else true_minus(figure(value, about.unit)), unit


def _costs(values: Mapping[str, Any]) -> tuple[str, ...]:
    if values.get("cost") is None:
        return ("This run has no figure of costs.",)
    paid = values.get("intervention_cost") or 0.0
    once = f"{level(paid, 'intervention_cost')} was paid once" if paid else "nothing was paid"
    return (
        f"Marketing and sales cost {level(values['cost'], 'cost')}; for interventions {once} within the time that is"
        " measured.",
    )
