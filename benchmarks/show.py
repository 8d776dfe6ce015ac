"""Tables of the figures: in the terminal, and as Markdown for the documentation."""

from __future__ import annotations

import sys
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.drivers import PART as DRIVERS
from benchmarks.goals import verdicts
from benchmarks.growth import LEADS_PART, PEOPLE_PART
from benchmarks.guard import PART as GUARD
from benchmarks.memory import PART as MEMORY
from benchmarks.overheads import CHUNKS_PART, EXECUTORS_PART
from benchmarks.parts import Column, Part
from benchmarks.peers import PART as PEERS
from benchmarks.results import rows_of
from benchmarks.speed import PART as SPEED
from benchmarks.start import PART as START
from benchmarks.threads import PART as THREADS

#: Characters of a line where there is no terminal that says.
WIDTH = 130
PARTS = {
    part.name: part
    for part in (
        SPEED, PEOPLE_PART, LEADS_PART, MEMORY, THREADS, EXECUTORS_PART, CHUNKS_PART, DRIVERS, START, PEERS, GUARD,
    )
}  # fmt: skip
GOALS = Part(
    "goals",
    "What is asked, and what was reached",
    (Column("goal", "goal"), Column("asked", "asked"), Column("reached", "reached", ",.4g"), Column("verdict", "")),
    lambda _: [],
)


def cells_of(part: Part, parts: dict[str, Any]) -> list[list[str]]:
    """Rows of a part as text."""
    rows = verdicts(rows_of(parts)) if part is GOALS else parts.get(part.name, {"rows": []})["rows"]
    return part.cells(rows)


def show(part: Part, parts: dict[str, Any]) -> None:
    """Print a part's table."""
    table = Table(title=part.title, title_justify="left", box=SIMPLE)
    for place, label in enumerate(part.head()):
        table.add_column(label, justify="left" if place == 0 else "right")
    for row in cells_of(part, parts):
        table.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table)


def markdown(name: str, parts: dict[str, Any]) -> str:
    """A part's table for the documentation, with the kind of machine and the day below it."""
    part = GOALS if name == GOALS.name else PARTS[name]
    lines = [part.head(), ["---"] + ["--:"] * (len(part.columns) - 1), *cells_of(part, parts)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return table if part is GOALS else f"{table}\n\n{_origin(parts[name])}"


def _origin(part: dict[str, Any]) -> str:
    machine = part["machine"]
    what = f"{machine['processor']}, {machine['cores']} cores of a shared {machine['system']} machine"
    return f"*{part['date']}, {what}, Python {machine['python']}, numba {machine['numba']}.*"
