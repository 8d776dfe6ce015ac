"""Commands that run scenarios and show what comes of them."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    FORMATS,
    INTERRUPTED,
    NUMBER,
    EventsFile,
    Format,
    IncidentsFile,
    Interventions,
    Organizations,
    Out,
    PosteriorFile,
    Quiet,
    Relationships,
    Replications,
    ScenarioName,
    Seed,
    SeriesFile,
    Sets,
    Workers,
    changes,
    check_format,
    check_out,
    interruptible,
    load,
    put,
    split,
    split_all,
)
from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.ensemble.comparison import Comparison
    from sim.validation.scorecard import Scorecard

app = typer.Typer(
    help="What changes in revenue, cycle time and conflict when marketing and sales work together differently, luck"
    " being equal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    organizations: Organizations = None,
    replications: Replications = 100,
    sets: Sets = None,
    posterior: PosteriorFile = None,
    seed: Seed = 1,
    workers: Workers = None,
    format: Format = "table",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Compare relationship types, interventions or whole organizations on common luck."""
    from sim.ensemble.comparison import comparison_from
    from sim.ensemble.design import points_compared
    from sim.ensemble.progress import progress
    from sim.ensemble.runner import check_study, run_points
    from sim.report import terminal
    from sim.spec.posterior import posterior_of

    check_format(format)
    chosen = load(scenario, sets)
    varied = {
        "relationships": split(relationships, "--relationships"),
        "interventions": split(interventions, "--interventions"),
        "organizations": split_all(organizations),
    }
    points = points_compared(chosen, posterior_of(chosen, posterior), **varied)
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
        print(terminal.python_line(source, varied, replications, seed, posterior), file=sys.stderr)
    leave_if_interrupted(comparison)


def _formatted_comparison(comparison: Comparison, format: str) -> str:
    import json

    from sim.report import terminal

    if format == "json":
        return comparison.json()
    if format == "csv":
        table = comparison.table()
        lists = {name: table[name].map(json.dumps) for name in ("interventions", "timeline")}
        return table.assign(**lists).to_csv(index=False)
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
        say(python_line(repr(scenario), job.varied(), replications, seed))
        say("Next: a firm of your own, smarketing scenario new --out my-firm.toml; watch one, smarketing app.")
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
def replay(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="A run or comparison as JSON, or the folder of a study.")
    ],
    all: Annotated[bool, typer.Option("--all", help="Every run of a study; otherwise 20 spread over it.")] = False,
) -> None:
    """Make a result again from its own record; exit code 1 if anything differs."""
    from sim.ensemble.replay import SAMPLE
    from sim.ensemble.replay import replay as made_again
    from sim.report.studies import replay_text

    made = made_again(result, sample=None if all else SAMPLE)
    put(replay_text(made, str(result)), None)
    if not made.is_equal:
        raise typer.Exit(1)


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
        raise InputError("--by", "must be number or row", by, "Choose one of the two.")
    put(evidence_text(by, format), out)


@app.command()
@interruptible
def doctor(
    format: Format = "table",
    bytes_too: Annotated[
        bool, typer.Option("--bytes", help="Make runs and compare every byte with what is known; 1 if one differs.")
    ] = False,
    out: Out = None,
) -> None:
    """Say what is installed, cached and missing, and with --bytes whether results here are the same to the byte."""
    from sim.report.doctor import DIFFERS, examine, examine_bytes, examined_text

    check_format(format)
    rows = examine_bytes() if bytes_too else examine()
    put(examined_text(rows, format), out)
    if any(state == DIFFERS for _, state, _ in rows):
        raise typer.Exit(1)


@app.command()
@interruptible
def cite(
    format: Annotated[str, typer.Option("--format", help="text, bibtex, cff or json.")] = "text",
    out: Out = None,
) -> None:
    """Say how to cite what you ran: title, version and results version.

    In Python: sim.report.citation.citation_text("bibtex").
    """
    from sim.report.citation import FORMS, citation_text

    put(citation_text(check_format(format, FORMS)), out)


@app.command()
@interruptible
def report(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="A result as JSON (--format json), or the folder of a study.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The page; beside RESULT by default.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", metavar="DIR", help="Of a study: every picture as SVG and PNG too.")
    ] = None,
) -> None:
    """Make one HTML page of a result that a board can read: answer, pictures, costs, how sure, what it rests on.

    Of a run, comparison, attribution, explanation, decision or calibration as JSON, or of a study, complete or not.
    """
    from sim.ensemble.store import is_store
    from sim.report.page import write_page
    from sim.report.results import read_result, result_page

    if result.is_dir() or is_store(result):
        _report_study(result, out, pictures)
        return
    _, document = read_result(result)
    if pictures is not None:
        raise InputError("--pictures", "is for studies only", str(pictures), "Leave it out.")
    page = _page_file(out or result.with_suffix(".html"), result)
    write_page(result_page(document), page)
    print(page)


def _page_file(page: Path, result: Path) -> Path:
    from sim.ensemble.files import writable_file

    if page.resolve() == result.resolve():
        raise InputError("--out", "must not be the result itself", str(page), "Name another file.")
    return writable_file(page)


def _report_study(store: Path, out: Path | None, pictures: Path | None) -> None:
    from sim.ensemble.experiment import load as load_study
    from sim.ensemble.files import writable_file
    from sim.report.page import write_page
    from sim.report.study_page import parts_of, study_page, write_pictures

    study = load_study(store)
    page = writable_file(out or study.store.folder / "report.html")
    parts = parts_of(study)
    write_page(study_page(study, parts), page)
    print(page)
    for file in write_pictures(study, parts, pictures) if pictures else ():
        print(file)
