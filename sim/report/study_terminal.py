"""What a terminal shows of a study's results: the answers of its page, as sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence
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
#: Letters of its widest column.
WIDEST = 26


def answers_text(study: Experiment, most: int | None = None) -> str:
    """What a study can answer, part by part; only the first `most` parts, which its plan asks first."""
    parts = [piece for part in parts_of(study, most) for piece in pieces_of(part)]
    return in_currency(written(*parts), study.provenance["scenario"]["currency"]) if parts else ""


def pieces_of(part: Part) -> list[Any]:
    """A part as a terminal shows it, see `sim.report.terminal.written`."""
    pieces: list[Any] = ["", Text(part.title, style="bold")]
    for exhibit in part.exhibits:
        pieces += _exhibit(exhibit)
    return [*pieces, part.method] if part.method else pieces


def _exhibit(exhibit: Exhibit) -> list[Any]:
    said = [*([exhibit.heading] if exhibit.heading else []), " ".join(exhibit.reading)]
    return ["", *said, *(_table(exhibit.table) if exhibit.table else [])]


def _table(table: Table) -> list[Any]:
    """A table for a terminal; heads of groups stand on lines of their own, and so does what is left out."""
    pieces: list[Any] = [_grid(table, [], is_headed=True)]
    left = SHOWN_ROWS
    for head, rows in table.groups:
        if left > 0:
            pieces += [*([Text(head, style="italic")] if head else []), _grid(table, rows[:left])]
        left -= len(rows)
    return [*pieces, *([f"… {-left} more rows: smarketing report, or export"] if left < 0 else [])]


def _grid(table: Table, rows: Sequence[Sequence[str]], is_headed: bool = False) -> Grid:
    """Rows of a table, in columns as wide as the whole table needs them."""
    grid = Grid(box=None, padding=(0, 2, 0, 0), show_header=is_headed)
    for column, (title, kind) in enumerate(table.columns):
        cells = [row[column] for _, group in table.groups for row in group]
        wide = min(WIDEST, max(len(words) for words in (*title.split(), *cells)))
        grid.add_column(title, width=wide, justify="right" if kind == "number" else "left")
    for row in rows:
        grid.add_row(*row)
    return grid
