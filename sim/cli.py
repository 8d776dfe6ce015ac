"""The command ``smarketing``: what a user types, and nothing that a library user could not call."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble.comparison import Comparison
    from sim.spec.scenario import Scenario
    from sim.validation.scorecard import Scorecard

P = ParamSpec("P")
R = TypeVar("R")

INTERRUPTED = 130
UsageError: Any = typer.BadParameter.__base__
FORMATS = ("table", "json", "csv")

app = typer.Typer(
    help="What changes in revenue, cycle time and conflict when marketing and sales work together differently, luck"
    " being equal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenario_app = typer.Typer(help="List, show, make and check scenarios.", no_args_is_help=True)
app.add_typer(scenario_app, name="scenario")


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
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the terminal.")]
Workers = Annotated[int | None, typer.Option("--workers", **NUMBER, help="Threads; never changes a result.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no hints.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Another value, such as market.gap_days=12.")
]
Replications = Annotated[int, typer.Option("--replications", **NUMBER, help="Runs of each scenario.")]
SchemaKind = Annotated[
    str, typer.Argument(help="scenario, organization, market, relationship, intervention, shock, run or comparison")
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


def main() -> None:
    """Run the command line; bad input ends with a plain message and exit code 2."""
    try:
        code = app(prog_name="smarketing", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        print(f"smarketing: {error}", file=sys.stderr)
        sys.exit(2)
    except UsageError as error:
        print(usage(error), end="", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read this has gone, as `head` does: what Python still wants to write at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(code)


def usage(error: Any) -> str:
    """What is wrong with the options, and where help is; nothing where the help itself has just been shown."""
    message = error.format_message()
    command = error.ctx.command_path if error.ctx else "smarketing"
    return f"smarketing: {message}\nSee {command} --help.\n" if message.strip() else ""


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


def _show_version(wanted: bool) -> None:
    if wanted:
        from sim.ensemble.provenance import version

        print(f"smarketing {version()}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


def split(options: list[str] | None, name: str) -> list[str]:
    """Parts of an option that may be comma-separated, repeated, or both."""
    parts = [part.strip() for option in options or [] for part in option.split(",") if part.strip()]
    if options and not parts:
        raise InputError(name, "must name at least one", ",".join(options), "`smarketing scenario list` shows all.")
    return parts


def check_format(name: str, known: tuple[str, ...] = FORMATS) -> str:
    """Make sure that a format is known."""
    if name not in known:
        raise InputError("--format", f"must be one of {', '.join(known)}", name)
    return name


def load(name: str, sets: list[str] | None) -> Scenario:
    """Load a scenario and change the values that ``--set`` names."""
    from sim.spec.catalogue import load_scenario
    from sim.spec.edit import with_values

    scenario = load_scenario(name)
    return with_values(scenario, changes(sets)) if sets else scenario


def changes(sets: list[str] | None) -> list[tuple[str, Any]]:
    """Paths and values that ``--set`` names."""
    pairs = []
    for setting in sets or []:
        path, equals, text = setting.partition("=")
        if not equals or not path.strip():
            raise InputError("--set", "must look like PATH=VALUE", setting, "For example --set market.gap_days=12.")
        pairs.append((path.strip(), _value(text.strip())))
    return pairs


def _value(text: str) -> Any:
    """A number, list or truth value as TOML writes it, or the text itself."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


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


@app.command()
@interruptible
def run(
    scenario: ScenarioName,
    relationship: Annotated[str | None, typer.Option(help="Relationship type instead of the scenario's own.")] = None,
    interventions: Interventions = None,
    sets: Sets = None,
    seed: Seed = 1,
    mesa: Annotated[bool, typer.Option("--mesa", help="Let Mesa drive: the same result, agent by agent.")] = False,
    trace: Annotated[
        int | None, typer.Option(**NUMBER, help="Tell the story of a lead, by its row; old customers first.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Show the funnel by source, segment or person instead.")] = None,
    assessment: Annotated[bool, typer.Option("--assessment", help="Show the self-assessment instead.")] = False,
    series: SeriesFile = None,
    every: Annotated[str, typer.Option(help="Period of --series: day, week, month, quarter or year.")] = "week",
    events: EventsFile = None,
    incidents: IncidentsFile = None,
    format: Format = "table",
    out: Out = None,
) -> None:
    """Run a scenario once and show its outcomes."""
    from sim.ensemble import comparison
    from sim.report import one_run, terminal
    from sim.spec.edit import with_interventions, with_relationship

    check_format(format)
    is_traced = trace is not None or events is not None
    if mesa and is_traced:
        asked = ("--trace", trace) if trace is not None else ("--events", str(events))
        raise InputError(
            asked[0], "cannot be told when Mesa drives", asked[1], "Leave --mesa out: the run is the same."
        )
    one_run.check_view(by, every)
    files = {"--series": series, "--events": events, "--incidents": incidents}
    one_run.check_files(files)
    chosen = load(scenario, sets)
    chosen = chosen if relationship is None else with_relationship(chosen, relationship)
    uses = split(interventions, "--interventions")
    for use in uses:
        chosen = with_interventions(chosen, use)
    check_out(out)
    single = comparison.run_mesa(chosen, seed) if mesa else comparison.run(chosen, seed=seed, trace=is_traced)
    if trace is not None:
        put(terminal.tell_lead(single, trace, format), out)
    elif by is not None:
        put(one_run.told_apart(single, by, format), out)
    elif assessment:
        put(one_run.assessment_text(single, format), out)
    else:
        put(one_run.outcomes_text(single, format), out)
    for line in one_run.write_files(single, files, every):
        print(line, file=sys.stderr)
    if format == "table" and trace is None:
        source = terminal.python_scenario(scenario, changes(sets))
        shown = f"by_{by}" if by else "assessment" if assessment else "table"
        print(terminal.python_run(source, relationship, uses, seed, shown), file=sys.stderr)


@app.command()
@interruptible
def compare(
    scenario: ScenarioName,
    relationships: Relationships = None,
    interventions: Interventions = None,
    replications: Replications = 100,
    sets: Sets = None,
    seed: Seed = 1,
    workers: Workers = None,
    format: Format = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Compare relationship types or interventions on common luck."""
    from sim.ensemble.comparison import comparison_from
    from sim.ensemble.design import comparison_points
    from sim.ensemble.progress import progress
    from sim.ensemble.runner import check_study, run_points
    from sim.report import terminal
    from sim.spec.catalogue import relationships_of

    check_format(format)
    chosen = load(scenario, sets)
    types, uses = split(relationships, "--relationships"), split(interventions, "--interventions")
    points = comparison_points(chosen, types or ([] if uses else list(relationships_of(chosen))), uses)
    check_study(replications, seed, workers)
    check_out(out)
    with progress(len(points) * replications, quiet) as advance:
        results = run_points(points, replications, seed, workers, advance)
        seconds = advance.seconds
    if results.n_complete == 0:
        raise KeyboardInterrupt
    comparison = comparison_from(chosen, results, {"seconds": seconds})
    put(_formatted_comparison(comparison, format), out)
    if format == "table" and not quiet:
        source = terminal.python_scenario(scenario, changes(sets))
        print(terminal.python_line(source, (types, uses, replications, seed)), file=sys.stderr)
    leave_if_interrupted(comparison)


def _formatted_comparison(comparison: Comparison, format: str) -> str:
    import json

    from sim.report import terminal

    if format == "json":
        return comparison.json()
    if format == "csv":
        table = comparison.table()
        return table.assign(interventions=table["interventions"].map(json.dumps)).to_csv(index=False)
    if terminal.is_long(comparison):
        return terminal.overview_table(comparison) + "All outcomes with their intervals: --format csv or json.\n"
    return terminal.comparison_table(comparison)


def leave_if_interrupted(comparison: Comparison) -> None:
    """Say what was kept and exit with 130, if fewer replications are complete than were planned."""
    done, planned = comparison.provenance["replications"], comparison.provenance["planned_replications"]
    if done < planned:
        print(f"Interrupted: {done} of {planned} replications are complete and kept.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED)


@app.command()
@interruptible
def demo(
    crm: Annotated[
        Path | None, typer.Option("--crm", help="A CRM export (folder or CSV) that sets market and funnel.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="Scenario to start from; with --crm, its organization.")] = "mid",
    replications: Replications = 100,
    seed: Seed = 1,
    workers: Workers = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the page and the tables.")] = Path("results/demo"),
    quiet: Quiet = False,
) -> None:
    """The main job: four relationship types and all interventions, compared on common luck, with a page of pictures."""
    from sim.ensemble.progress import progress
    from sim.ensemble.runner import check_study
    from sim.report.demo import Demo
    from sim.report.terminal import overview_table, python_line

    check_study(replications, seed, workers)
    say = functools.partial(print, file=sys.stderr, flush=True)
    job = Demo.prepare(scenario, crm, out, seed, say)
    say(job.introduction())
    with progress(job.n_runs(replications), quiet) as advance:
        comparison = job.run(replications, workers, advance)
    if comparison is None:
        raise KeyboardInterrupt
    sys.stdout.write(overview_table(comparison) + "\n")
    print(f"Page:   {job.write(comparison)}\nTables: {out}/runs.parquet, points.parquet, series.parquet")
    if crm is None and not quiet:
        say(python_line(repr(scenario), (*job.varied(), replications, seed)))
    leave_if_interrupted(comparison)


@app.command()
@interruptible
def validate(
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the runs, in less than two minutes.")] = False,
    seed: Seed = 1,
    workers: Workers = None,
    format: Annotated[str, typer.Option("--format", help="table, json, csv or markdown.")] = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Hold the model against known facts, invariants and limits; exit code 1 if an invariant or a limit is broken."""
    from sim.ensemble.progress import progress
    from sim.ensemble.runner import check_study
    from sim.validation import scorecard

    check_format(format, (*FORMATS, "markdown"))
    check_study(1, seed, workers)
    check_out(out)
    with progress(scorecard.n_runs(quick), quiet) as advance:
        card = scorecard.validate(quick=quick, seed=seed, workers=workers, progress=advance)
    put(_formatted_scorecard(card, format), out)
    if not card.holds:
        raise typer.Exit(1)


def _formatted_scorecard(card: Scorecard, format: str) -> str:
    from sim.report import scorecard

    if format == "json":
        return card.json()
    if format == "csv":
        return card.table().to_csv(index=False)
    return scorecard.scorecard_markdown(card) if format == "markdown" else scorecard.scorecard_table(card)


@app.command()
@interruptible
def evidence(
    by: Annotated[str, typer.Option("--by", help="number: what each rests on; row: what rests on it.")] = "number",
    format: Format = "table",
    out: Out = None,
) -> None:
    """List what every number of the model rests on, or what rests on every row of evidence."""
    from sim.report.evidence import evidence_text

    check_format(format)
    if by not in ("number", "row"):
        raise InputError("--by", "must be number or row", by)
    put(evidence_text(by, format), out)


@app.command()
@interruptible
def doctor(format: Format = "table", out: Out = None) -> None:
    """Say what is installed, cached and missing."""
    from sim.report.doctor import examine, examined_text

    check_format(format)
    put(examined_text(examine(), format), out)


@scenario_app.command("list")
@interruptible
def list_scenarios(format: Format = "table", out: Out = None) -> None:
    """List scenarios, organization and market presets, relationship types, interventions, shocks and levers."""
    from sim.report.terminal import catalogue_text

    put(catalogue_text(check_format(format)), out)


@scenario_app.command("show")
@interruptible
def show_scenario(scenario: EntryName, sets: Sets = None, format: Format = "table", out: Out = None) -> None:
    """Show a scenario, preset, type, intervention or shock: every number with unit, range, source and origin."""
    from sim.report.terminal import entry_text, scenario_text
    from sim.spec.catalogue import scenario_content
    from sim.spec.entries import entry_named
    from sim.spec.origins import values_of
    from sim.spec.presets import flat

    check_format(format)
    entry = entry_named(scenario)
    if entry is not None and not sets:
        put(entry_text(entry, format), out)
        return
    chosen, (content, _) = load(scenario, sets), scenario_content(scenario)
    values = values_of(chosen, [path for path, _ in flat(content)], [path for path, _ in changes(sets)])
    put(scenario_text(chosen, values, format), out)


@scenario_app.command("new")
@interruptible
def new_scenario(
    out: Annotated[Path, typer.Option("--out", help="File to write; it must not exist yet.")],
    origin: Annotated[str, typer.Option("--from", help="Scenario to start from.")] = "mid",
    organization: Annotated[str | None, typer.Option(help="Organization preset instead of the scenario's.")] = None,
    market: Annotated[str | None, typer.Option(help="Market preset instead of the scenario's.")] = None,
    sets: Sets = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write a commented scenario to start from."""
    from sim.spec.catalogue import told_by_presets
    from sim.spec.write import scenario_toml

    if out.suffix != ".toml":
        raise InputError("--out", "must end in .toml", str(out))
    if out.exists() and not force:
        raise InputError("--out", "must not exist yet", str(out), "Choose another name, or add --force.")
    named = (("organization", organization), ("market", market))
    presets = [f"presets.{kind}={name}" for kind, name in named if name is not None]
    scenario = load(origin, [*presets, *(sets or [])])
    about = {"name": out.stem[:80]} | ({"description": told_by_presets(scenario)} if presets else {})
    text = scenario_toml(scenario.model_copy(update=about))
    put(text, out)
    print(f"Wrote {out}. Change it, then: smarketing compare {out}")


@scenario_app.command("check")
@interruptible
def check_scenario(files: Annotated[list[str], typer.Argument(help="Scenario files or names.")]) -> None:
    """Check scenario files, and say what is unusual about them."""
    from sim.report.terminal import checked_text
    from sim.spec.catalogue import scenario_content
    from sim.spec.resolve import blueprint_of
    from sim.spec.unusual import unusual

    for file in files:
        scenario = load(file, None)
        blueprint_of(scenario)
        print(checked_text(file, unusual(scenario, scenario_content(file)[0])))


@scenario_app.command("schema")
@interruptible
def scenario_schema(
    kind: SchemaKind = "scenario",
    out: Out = None,
) -> None:
    """Print the JSON Schema of scenario files, catalogue files or results, for editors and programs."""
    import json

    from sim.ensemble.schema import schema_of

    put(json.dumps(schema_of(kind), indent=1, ensure_ascii=False), out)
