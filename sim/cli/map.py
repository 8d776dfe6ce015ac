"""Command that marks a firm on the map of relationship types."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    Format,
    Out,
    PosteriorFile,
    Quiet,
    ScenarioName,
    Sets,
    changes,
    check_format,
    check_out,
    interruptible,
    load,
    put,
)

#: Exit code where the map cannot tell.
UNDECIDED = 3


@interruptible
def type_map(
    scenario: ScenarioName = "mid",
    goal: Annotated[str, typer.Option(help="What the type is to be best for: profit or bookings_new.")] = "profit",
    sets: Sets = None,
    posterior: PosteriorFile = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Draw the map with the firm: .svg, .png or .pdf.")
    ] = None,
    format: Format = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Mark a firm on the shipped map of which relationship type suits which firm; it runs nothing.

    Exit code 3 if no type is clearly the best there.
    """
    from sim.decide.type_map import place_firm
    from sim.report.terminal import python_scenario
    from sim.report.type_map_text import map_figure, map_text

    check_format(format)
    check_out(out)
    check_out(picture)
    chosen = load(scenario, sets)
    placed = place_firm(chosen, goal, posterior)
    put(map_text(placed, format), out)
    if picture is not None:
        map_figure(goal, placed).savefig(picture, dpi=150, facecolor="white")
        print(f"Picture: {picture}", file=sys.stderr)
    if format == "table" and not quiet:
        draws = "" if posterior is None else f", posterior={str(posterior)!r}"
        line = f"sim.place_firm({python_scenario(scenario, changes(sets))}, {goal!r}{draws}).document()"
        print(f"In Python: import sim; {line}", file=sys.stderr)
    if not placed.is_clear:
        raise typer.Exit(UNDECIDED)
