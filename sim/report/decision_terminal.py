"""What a terminal shows of a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from sim.domain.shown import in_currency
from sim.report.decision_words import answer, doubt_sentences, rows_of
from sim.report.terminal import written

#: Rows of the frontier that a terminal shows.
SHOWN_ROWS = 12


def decision_text(found: Mapping[str, Any]) -> str:
    """A decision as sentences and tables.

    Parameters
    ----------
    found : mapping
        As its JSON has it (`sim.decide.decision.Decision.document`).
    """
    unit, asked = found["question"]["unit"], found["question"]
    heading = f"{found['provenance']['scenario_name']}: {asked['goal']} within {_bounds(found)}"
    parts: list[Any] = [Text(heading, style="bold"), "", *answer(found), ""]
    if found["frontier"]:
        parts += ["What each budget buys (each line is better than all cheaper ones):"]
        parts += [_grid(rows_of(_thinned(found["frontier"]), unit))]
    if found["doubts"]:
        parts += ["", "What could turn it:", *doubt_sentences(found)]
    if asked["in_place"]:
        parts += ["", f"Left out, as the firm has it already: {', '.join(asked['in_place'])}."]
    parts += ["", _note(found)]
    return in_currency(written(*parts), found["provenance"]["scenario"]["currency"])


def _bounds(found: Mapping[str, Any]) -> str:
    money = "any budget" if found["budget"] is None else f"{found['budget']:,.0f} c.u. a year"
    hours = "" if found["hours"] is None else f" and {found['hours']:,.0f} hours a year"
    asked = found["question"]
    places = "one change" if asked["capacity"] == 1 else f"{asked['capacity']} changes"
    return f"{money}{hours}, {asked['horizon_days']} working days, {places} at once"


def _thinned(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """At most so many rows as are shown, spread over all of them, both ends kept."""
    if len(rows) <= SHOWN_ROWS:
        return list(rows)
    step = (len(rows) - 1) / (SHOWN_ROWS - 1)
    return [rows[round(place * step)] for place in range(SHOWN_ROWS)]


def _grid(rows: Sequence[tuple[str, str, str, str, str]]) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0))
    for title, side in (
        ("c.u. a year", "right"),
        ("hours a year", "right"),
        ("gain", "right"),
        ("95 % interval", "left"),
    ):
        grid.add_column(title, justify=side, no_wrap=True)  # type: ignore[arg-type]
    grid.add_column("portfolio")
    for row in rows:
        grid.add_row(*row)
    return grid


def _note(found: Mapping[str, Any]) -> str:
    looked, many = found["search"], found["provenance"]["replications"]
    every = "every order of every choice" if looked["is_whole"] else "by racing on common luck"
    return (
        f"{looked['portfolios']:,} portfolios were tried ({every}), {looked['finalists']} of them compared on {many}"
        " replications of fresh luck. Cost a year: of the dearest year, beyond what is spent anyway. All of it:"
        " --format json."
    )
