"""What commands share: options, and how input is read and output is written."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

P = ParamSpec("P")
R = TypeVar("R")

INTERRUPTED = 130
FORMATS = ("table", "json", "csv")
#: Of results that are no single table.
PLAIN_FORMATS = ("table", "json")


def whole(text: str) -> int:
    """Read a whole number of the command line."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"must be a whole number, got {text!r}.") from None


NUMBER: dict[str, Any] = {"parser": whole, "metavar": "N"}
ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a TOML file.")]
EntryName = Annotated[
    str, typer.Argument(metavar="NAME", help="What `smarketing scenario list` lists, or a TOML file of a scenario.")
]
Seed = Annotated[int, typer.Option("--seed", **NUMBER, help="Same scenario and seed, same result.")]
Format = Annotated[str, typer.Option("--format", help="table, json or csv.")]
PlainFormat = Annotated[str, typer.Option("--format", help="table or json.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the terminal.")]
PosteriorFile = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        metavar="FILE|none",
        help="Draws of uncertain values (.parquet or .csv) to run over; by default those that the scenario names.",
        show_default=False,
    ),
]
Workers = Annotated[int | None, typer.Option("--workers", **NUMBER, help="Threads; never changes a result.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no hints.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Another value, such as market.gap_days=12.")
]
Replications = Annotated[int, typer.Option("--replications", **NUMBER, help="Runs of each scenario.")]
SchemaKind = Annotated[
    str,
    typer.Argument(
        help="scenario, plan, organization, market, relationship, intervention, shock, run, comparison, study,"
        " data_report, calibration, assessment, attribution, decision, explanation or map"
    ),
]
Relationships = Annotated[
    list[str] | None,
    typer.Option("--relationships", help="Types to put on the scenario, comma-separated; the first is the baseline."),
]
TABLE_FILE: dict[str, Any] = {"metavar": "FILE"}
SeriesFile = Annotated[
    Path | None, typer.Option("--series", **TABLE_FILE, help="Write the run's course to a .csv or .parquet file.")
]
EventsFile = Annotated[
    Path | None, typer.Option("--events", **TABLE_FILE, help="Write what happened to each lead, for process mining.")
]
IncidentsFile = Annotated[
    Path | None, typer.Option("--incidents", **TABLE_FILE, help="Write every dispute with the hours that it costs.")
]
Interventions = Annotated[
    list[str] | None,
    typer.Option(
        "--interventions",
        help="Such as liaison,collocation=0.5,disciplined_meetings+liaison=2@65..130: , next scenario, + joins, = dose,"
        " @ start day, .. end day.",
    ),
]


Organizations = Annotated[
    list[str] | None,
    typer.Option(
        "--organizations",
        help="In place of both: whole organizations, comma-separated, the baseline first, such as"
        " undefined,aligned+liaison=2; an empty one is the scenario as it is.",
    ),
]


def interruptible(function: Callable[P, R]) -> Callable[P, R]:
    """End a command with exit code 130 when it is interrupted before it has anything to keep."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except KeyboardInterrupt:
            print("Interrupted; nothing was written.", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None

    return wrapped


def split(options: list[str] | None, name: str) -> list[str]:
    """Parts of an option that may be comma-separated, repeated, or both."""
    parts = [part.strip() for option in options or [] for part in option.split(",") if part.strip()]
    if options and not parts:
        raise InputError(name, "must name at least one", ",".join(options), "`smarketing scenario list` shows all.")
    return parts


def split_all(options: list[str] | None) -> list[str]:
    """Parts of a comma-separated option that may be repeated, empty ones as well."""
    return [part.strip() for option in options or [] for part in option.split(",")]


def check_format(name: str, known: tuple[str, ...] = FORMATS) -> str:
    """Make sure that a format is known."""
    if name not in known:
        raise InputError("--format", f"must be one of {', '.join(known)}", name, "Choose one of them.")
    return name


def load(name: str, sets: list[str] | None) -> Scenario:
    """Load a scenario and change the values that ``--set`` names."""
    from sim.spec.catalogue import load_scenario
    from sim.spec.edit import with_values

    scenario = load_scenario(name)
    return with_values(scenario, changes(sets)) if sets else scenario


def changes(sets: list[str] | None) -> list[tuple[str, Any]]:
    """Paths and values that ``--set`` names."""
    from sim.spec.edit import read_setting

    return [read_setting(setting) for setting in sets or []]


def put(text: str, out: Path | None) -> None:
    """Write text to a file, or to the terminal."""
    text = text if text.endswith("\n") else text + "\n"
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        from sim.ensemble.files import write_text
        from sim.report.terminal import plain

        write_text(out, plain(text))


def check_out(out: Path | None) -> None:
    """Make sure that the output can be written, before any work is done for it."""
    if out is not None:
        from sim.ensemble.files import writable_file

        writable_file(out)
