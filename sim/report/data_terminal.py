"""What a terminal shows of a data report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table as Grid

from sim.calibrate.data_report import DataReport
from sim.calibrate.privacy import FAIR_USE
from sim.report.data_parts import data_parts, summary
from sim.report.study_parts import Part, Table
from sim.report.terminal import width, written


def data_text(report: DataReport) -> str:
    """A data report as tables: what was read, what it shows, what to mind, what is missing."""
    heading = f"{report.source_name} ({report.layout})"
    return written(heading, *summary(report), *pieces_of(data_parts(report)), "", FAIR_USE)


def pieces_of(parts: Sequence[Part]) -> list[Any]:
    """Parts of a report for the terminal: headings, sentences and tables."""
    pieces: list[Any] = []
    for part in parts:
        pieces += ["", f"— {part.title} —"]
        for exhibit in part.exhibits:
            said = [*([exhibit.heading] if exhibit.heading else []), *exhibit.reading]
            pieces += [*said, *([_grid(exhibit.table)] if exhibit.table else [])]
    return pieces


def _grid(table: Table) -> Grid:
    """A table whose text is broken into lines; heads of groups stand before their rows."""
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    n_text = sum(kind == "text" for _, kind in table.columns)
    wide = max(16, (width() - 26) // max(n_text, 1) - 2) if n_text > 1 else None
    for title, kind in table.columns:
        room = {"text": wide, "name": 24 if n_text else None}.get(kind)
        grid.add_column(title, justify="right" if kind == "number" else "left", max_width=room, overflow="fold")
    for head, rows in table.groups:
        if head:
            grid.add_row(f"[{head}]")
        for row in rows:
            grid.add_row(*row)
    return grid
