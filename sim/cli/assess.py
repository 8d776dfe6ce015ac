"""Command about how the two sides of a firm work together, as its people see it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    NUMBER,
    PLAIN_FORMATS,
    PlainFormat,
    Quiet,
    Seed,
    check_format,
    check_out,
    interruptible,
    load,
    put,
)
from sim.domain.errors import InputError

if TYPE_CHECKING:
    from sim.calibrate.assessed import Assessment
    from sim.spec.scenario import Scenario


@interruptible
def assess(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A form that was filled in: .toml, .csv or .xlsx.")
    ] = None,
    new: Annotated[
        Path | None, typer.Option("--new", metavar="FILE", help="Write an empty form there, and stop.")
    ] = None,
    origin: Annotated[str, typer.Option("--from", help="Scenario for all that nobody said.")] = "mid",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the firm as a scenario (.toml) with draws beside it."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the results as a page.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", **NUMBER, help="Draws of what is not known surely.")] = 1000,
    seed: Seed = 1,
    format: PlainFormat = "table",
    force: Annotated[bool, typer.Option("--force", help="Write over an existing scenario.")] = False,
    quiet: Quiet = False,
) -> None:
    """Score how marketing and sales work together, and make a scenario of the firm; --new writes the form."""
    if new is not None:
        write_new(new)
        return
    if file is None:
        raise InputError("FILE", "must be given", None, "smarketing assess --new firm.csv writes an empty form.")
    check_format(format, PLAIN_FORMATS)
    check_files(out, report, draws, force)
    base = load(origin, None)
    found = assessed(file, base, (seed, draws), quiet)
    put(shown(found, format), None)
    if report is not None:
        from sim.report.assessment_text import assessment_page
        from sim.report.page import write_page

        write_page(assessment_page(found), report)
        print(f"Page: {report}", file=sys.stderr)
    if out is not None:
        for line in written_firm(found, base, out, seed):
            print(line, file=sys.stderr)


def write_new(file: Path) -> None:
    """Write an empty form and say what to do with it."""
    from sim.calibrate.form import write_form

    files = write_form(file)
    print(f"Form: {' and '.join(map(str, files))}. Have five people or more of each side answer, then:")
    print(f"smarketing assess {file} --out my-firm.toml")


def check_files(out: Path | None, report: Path | None, draws: int, force: bool) -> None:
    """Make sure that results can be written, before any work is done for them."""
    from sim.ensemble.seeds import check_whole
    from sim.spec.posterior import MOST_DRAWS

    check_whole("--draws", draws, 1, MOST_DRAWS)
    check_out(report)
    if out is not None:
        if out.suffix != ".toml":
            raise InputError("--out", "must end in .toml", str(out), "Call it my-firm.toml, for example.")
        if out.exists() and not force:
            raise InputError("--out", "must not exist yet", str(out), "Choose another name, or add --force.")
        check_out(out)


def assessed(file: Path, base: Scenario, how: tuple[int, int], quiet: bool) -> Assessment:
    """Read a form and infer practices, with a bar for the organizations that are simulated."""
    from sim.calibrate.answers import read_answers
    from sim.calibrate.assessed import assess as whole
    from sim.calibrate.assessed import n_organizations
    from sim.ensemble.progress import progress

    answers = read_answers(file)
    seed, draws = how
    with progress(n_organizations(answers), quiet) as advance:
        return whole(answers, base, seed, draws, advance)


def shown(found: Assessment, format: str) -> str:
    """A self-assessment in a format."""
    from sim.report.assessment_text import assessment_json, assessment_report

    return assessment_json(found) if format == "json" else assessment_report(found)


def written_firm(found: Assessment, base: Scenario, out: Path, seed: int) -> list[str]:
    """Write the firm as a scenario with its draws; says what was written and what next."""
    from sim.calibrate.by_hand import write_firm
    from sim.report.assessment_text import fitted_text

    firm = found.firm(base, seed)
    posterior = write_firm(firm, out, seed)
    lines = [f"Scenario: {out}; draws: {posterior} ({len(firm.draws)} of {len(firm.draws.columns)} values)."]
    lines += fitted_text(firm.fitted)
    lines.append(
        f"Next: smarketing compare {out} --relationships as_it_is,aligned, or --interventions liaison,joint_planning"
    )
    return lines
