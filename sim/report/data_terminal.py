"""What a terminal shows of a data report."""

from __future__ import annotations

from typing import Any

from rich.table import Table as Grid

from sim.calibrate.data_report import DataReport
from sim.calibrate.privacy import FAIR_USE
from sim.report.data_parts import data_parts, summary
from sim.report.study_parts import Table
from sim.report.terminal import width, written


def data_text(report: DataReport) -> str:
    """A data report as tables: what was read, what it shows, what to mind, what is missing."""
    pieces: list[Any] = [f"{report.source_name} ({report.layout})", *summary(report)]
    for part in data_parts(report):
        pieces += ["", f"— {part.title} —"]
        for exhibit in part.exhibits:
            said = [*([exhibit.heading] if exhibit.heading else []), *exhibit.reading]
            pieces += [*said, *([_grid(exhibit.table)] if exhibit.table else [])]
    return written(*pieces, "", FAIR_USE)


def _grid(table: Table) -> Grid:
    """A table whose text is broken into lines; heads of groups stand before their rows."""
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    n_text = sum(kind == "text" for _, kind in table.columns)
    wide = max(16, (width() - 26) // max(n_text, 1) - 2) if n_text > 1 else None
    for title, kind in table.columns:
        room = {"text": wide, "name": 24}.get(kind)
        grid.add_column(title, justify="right" if kind == "number" else "left", max_width=room, overflow="fold")
    for head, rows in table.groups:
        if head:
            grid.add_row(f"[{head}]")
        for row in rows:
            grid.add_row(*row)
    return grid
