"""Command that goes from a budget to a portfolio of interventions."""

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

if TYPE_CHECKING:
    from sim.decide.decision import Decision

#: Exit code where a decision was asked for and cannot be told.
UNDECIDED = 3
#: About so many runs it takes, of many interventions and of a few: for the progress bar.
MANY_RUNS, FEW_RUNS, FEW = 35_000, 8_000, 6


def amount(text: str) -> float:
    """Read an amount of the command line: 200000, 200,000, 200k or 1.5M."""
    plain = text.strip().replace(",", "").replace("_", "")
    size = {"k": 1e3, "m": 1e6}.get(plain[-1:].lower(), 1.0)
    try:
        return float(plain if size == 1.0 else plain[:-1]) * size
    except ValueError:
        raise typer.BadParameter(f"must be a number such as 200000 or 200k, got {text!r}.") from None


AMOUNT: dict[str, Any] = {"parser": amount}


@interruptible
def decide(
    scenario: ScenarioName,
    budget: Annotated[
        float,
        typer.Option("--budget", **AMOUNT, metavar="MONEY", help="Money a year: 200000 or 200k; 0 for free ones."),
    ],
    hours: Annotated[
        float | None,
        typer.Option("--hours", **AMOUNT, metavar="H", help="Hours a year of marketers and reps; no bound by default."),
    ] = None,
    goal: Annotated[
        str,
        typer.Option(
            help="An outcome (profit, bookings, conflict), a mix such as 0.7*profit+0.3*conflict, and limits such as"
            " profit,conflict<=50%,cycle<=100% (per cent of what it is when nothing is done)."
        ),
    ] = "profit",
    horizon: Annotated[
        int | None, typer.Option(**NUMBER, help="Working days to look ahead; the scenario's own by default.")
    ] = None,
    capacity: Annotated[int, typer.Option(**NUMBER, help="Changes that may be under way at once.")] = 3,
    interventions: Annotated[
        list[str] | None,
        typer.Option(
            "--interventions", help="What may be chosen, comma-separated; liaison=1 for one dose. All by default."
        ),
    ] = None,
    indifference: Annotated[
        float | None,
        typer.Option(**AMOUNT, metavar="GAIN", help="Smallest gain that matters; 1 % of the goal by default."),
    ] = None,
    replications: Annotated[int, typer.Option("--replications", **NUMBER, help="Runs of each finalist.")] = 200,
    sets: Sets = None,
    posterior: PosteriorFile = None,
    store: Annotated[
        Path, typer.Option("--store", metavar="FOLDER", help="Where runs are kept, so that it can go on.")
    ] = Path("results/decide"),
    seed: Seed = 1,
    workers: Workers = None,
    format: Format = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Choose interventions, their doses and their order within a budget; doing nothing is a candidate and may win.

    Exit code 3 if what leads cannot be told from doing nothing. An interrupted call goes on where it was when it is
    given again, and another budget on the same store needs few new runs.
    """
    from sim.decide.choice import UNSURE
    from sim.decide.decision import decide as made
    from sim.ensemble.progress import progress

    check_format(format)
    check_out(out)
    chosen, names = load(scenario, sets), split(interventions, "--interventions") or None
    asked: dict[str, Any] = {"budget": budget, "hours": hours, "goal": goal, "horizon": horizon, "capacity": capacity}
    asked |= {"interventions": names, "indifference": indifference, "replications": replications, "seed": seed}
    asked |= {"posterior": posterior}
    try:
        with progress(FEW_RUNS if names and len(names) <= FEW else MANY_RUNS, quiet) as advance:
            found = made(chosen, **asked, store=store, workers=workers, progress=advance)
    except KeyboardInterrupt:
        print(f"Interrupted. What is done is kept in {store}: give the same line again to go on.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    put(_formatted(found, format), out)
    if format == "table" and not quiet:
        print(_python_line(scenario, sets, asked), file=sys.stderr)
    if found.choice.verdict == UNSURE:
        raise typer.Exit(UNDECIDED)


def _formatted(found: Decision, format: str) -> str:
    from sim.report.decision_terminal import decision_text

    if format == "json":
        return found.json()
    return found.table().to_csv(index=False) if format == "csv" else decision_text(found.document())


def _python_line(scenario: str, sets: list[str] | None, asked: dict[str, Any]) -> str:
    """The Python line that does what the command did."""
    from sim.report.terminal import python_scenario

    usual = {"goal": "profit", "capacity": 3, "replications": 200, "seed": 1}
    given = [f"{name}={value!r}" for name, value in asked.items() if value is not None and usual.get(name) != value]
    parts = ", ".join([python_scenario(scenario, changes(sets)), *given])
    return f"In Python: import sim; sim.decide({parts}).document()"
