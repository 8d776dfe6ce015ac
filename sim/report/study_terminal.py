"""What a terminal shows of a study's results: the answers of its page, as sentences and tables."""

from __future__ import annotations

from typing import Any

from rich.table import Table as Grid
from rich.text import Text

from sim.domain.shown import in_currency
from sim.ensemble.experiment import Experiment
from sim.report.study_page import parts_of
from sim.report.study_parts import Exhibit, Part, Table
from sim.report.terminal import written

#: Rows of a table that a terminal shows.
SHOWN_ROWS = 40


def answers_text(study: Experiment, most: int | None = None) -> str:
    """What a study can answer, part by part; only the first `most` parts, which its plan asks first."""
    parts = [piece for part in parts_of(study, most) for piece in _part(part)]
    return in_currency(written(*parts), study.provenance["scenario"]["currency"]) if parts else ""


def _part(part: Part) -> list[Any]:
    pieces: list[Any] = ["", Text(part.title, style="bold")]
    for exhibit in part.exhibits:
        pieces += _exhibit(exhibit)
    return [*pieces, part.method] if part.method else pieces


def _exhibit(exhibit: Exhibit) -> list[Any]:
    said = [*([exhibit.heading] if exhibit.heading else []), " ".join(exhibit.reading)]
    return ["", *said, *([_grid(exhibit.table)] if exhibit.table else [])]


def _grid(table: Table) -> Grid:
    """A table for a terminal; heads of groups stand on lines of their own."""
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    for title, kind in table.columns:
        grid.add_column(title, justify="right" if kind == "number" else "left")
    left = SHOWN_ROWS
    for head, rows in table.groups:
        if head and left > 0:
            grid.add_row(Text(head, style="italic"))
        for row in rows[: max(0, left)]:
            grid.add_row(*row)
        left -= len(rows)
    if left < 0:
        grid.add_row(f"… {-left} more rows: smarketing report, or export")
    return grid
