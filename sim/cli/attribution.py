"""Command that splits an effect among those who share in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    INTERRUPTED,
    NUMBER,
    Format,
    Out,
    PosteriorFile,
    Quiet,
    Replications,
    ScenarioName,
    Seed,
    Sets,
    Workers,
    changes,
    check_format,
    check_out,
    interruptible,
    load,
    put,
    split,
)
from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.explain.attribution import Attribution

PICTURES = (".svg", ".png", ".pdf")


@interruptible
def attribute(
    scenario: ScenarioName,
    interventions: Annotated[
        list[str] | None,
        typer.Option("--interventions", help="What has the effect, such as liaison,collocation=0.5: each a player."),
    ] = None,
    relationships: Annotated[
        list[str] | None,
        typer.Option("--relationships", help="The type that holds; or two: the effect of turning to the second."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", help="interventions, practices or mechanisms.", show_default=False),
    ] = None,
    players: Annotated[
        list[str] | None,
        typer.Option("--players", help="Groups, practices or switches instead of all groups; + joins."),
    ] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="By mechanisms: split what needs none of them too, by what is done.")
    ] = False,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="Such as profit,cycle_days; by default the three main ones.")
    ] = None,
    replications: Replications = 100,
    orders: Annotated[
        int | None,
        typer.Option(**NUMBER, help="0: all coalitions; else so many orders. By default all with up to 7 players."),
    ] = None,
    sets: Sets = None,
    posterior: PosteriorFile = None,
    seed: Seed = 1,
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="DIR", help="Folder of the runs; one of its own in results by default."),
    ] = None,
    workers: Workers = None,
    format: Format = "table",
    out: Out = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Draw the waterfall: .svg, .png or .pdf.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write a page for a board.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Split an effect among interventions, practices or mechanisms, so that the parts add up.

    What is done is kept: an interrupted call goes on where it was when it is given again.
    """
    from sim.explain.attribution import Question, asked
    from sim.report.terminal import python_scenario

    check_format(format)
    check_out(out)
    check_picture(picture)
    check_out(report)
    types, uses = split(relationships, "--relationships"), split(interventions, "--interventions")
    groups, outcomes = split(players, "--players"), split(outcome, "--outcome")
    question = Question(uses, types, by, groups, direct)
    job = asked(load(scenario, sets), question, outcomes, (replications, orders, seed), posterior)
    try:
        found = job.run(store, workers, quiet)
    except KeyboardInterrupt:
        print("Interrupted. What is done is kept: give the same line again to go on.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    put(formatted(found, format), out)
    options: dict[str, Any] = {"interventions": uses, "relationships": types, "by": by, "players": groups}
    options |= {"direct": direct or None}
    options |= {"outcomes": outcomes, "replications": replications, "orders": orders, "seed": seed}
    line = python_line(python_scenario(scenario, changes(sets)), options | {"posterior": posterior})
    for file in written_files(found, picture, (report, line)):
        print(file, file=sys.stderr)
    if format == "table" and not quiet:
        print(f"In Python: import sim; {line}.table()", file=sys.stderr)


def python_line(source: str, options: dict[str, Any]) -> str:
    """The Python call that does the same; what was not given is left out.

    Examples
    --------
    >>> python_line("'mid'", {"interventions": ["liaison"], "by": None, "seed": 1})
    "sim.attribute('mid', interventions=['liaison'], seed=1)"
    """
    told = [f"{name}={value!r}" for name, value in options.items() if value is not None and value != []]
    return f"sim.attribute({', '.join([source, *told])})"


def formatted(found: Attribution, format: str) -> str:
    """An attribution in a format."""
    if format == "json":
        return found.json()
    if format == "csv":
        return found.table().to_csv(index=False)
    from sim.report.attribution_text import attribution_text

    return attribution_text(found)


def check_picture(file: Path | None) -> None:
    """Make sure that a picture can be written there, before any work is done for it."""
    if file is not None and file.suffix.lower() not in PICTURES:
        raise InputError(
            "--picture", f"must end in {', '.join(PICTURES)}", str(file), "Call it waterfall.svg, for example."
        )
    check_out(file)


def written_files(found: Attribution, picture: Path | None, page: tuple[Path | None, str]) -> list[str]:
    """Write what was asked for, and say which files that is; the page is its file and the line that makes it again."""
    report, line = page
    told = [f"Picture: {file}" for file in write_pictures(found, picture)] if picture else []
    if report:
        from sim.report.attribution_page import attribution_page
        from sim.report.page import write_page

        write_page(attribution_page(found, line), report)
        told.append(f"Page: {report}")
    return told


def write_pictures(found: Attribution, file: Path) -> list[Path]:
    """Write the waterfall of each outcome; of several, each to a file that has its name at the end."""
    files = []
    for name in found.outcomes:
        target = file if len(found.outcomes) == 1 else file.with_name(f"{file.stem}-{name}{file.suffix}")
        found.figure(name).savefig(target, dpi=200, facecolor="white")
        files.append(target)
    return files
