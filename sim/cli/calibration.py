"""Command about a firm's own data: what an export can tell, and the firm that it makes in the simulator."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    INTERRUPTED,
    NUMBER,
    PLAIN_FORMATS,
    PlainFormat,
    Quiet,
    Seed,
    check_format,
    check_out,
    interruptible,
    put,
)
from sim.domain.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibrate.calibration import Calibration
    from sim.calibrate.importers import Export
    from sim.spec.scenario import Scenario


@interruptible
def calibrate(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="A CRM export: a file, or a folder of them.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.toml", help="Scenario to write.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what the export can tell.")] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="TOML that says which column is which.")
    ] = None,
    write_mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Write a guessed mapping there, and stop.")
    ] = None,
    base: Annotated[str, typer.Option(help="Scenario for all that an export cannot tell.")] = "mid",
    answers: Annotated[
        Path | None, typer.Option(metavar="FORM", help="Self-assessment that tells the practices; see assess.")
    ] = None,
    fit_until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of the cohorts from which the later ones are forecast.")
    ] = None,
    bank: Annotated[int | None, typer.Option(**NUMBER, help="Firms to simulate; more is finer and longer.")] = None,
    store: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where these are kept; by default beside --out.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE.html", help="Write the report as a page, with pictures.")
    ] = None,
    seed: Seed = 1,
    format: PlainFormat = "table",
    quiet: Quiet = False,
) -> None:
    """Make your firm of a CRM export: a scenario, a sample of what it may be, and a report; or only check the export.

    An interrupted call goes on where it was when it is given again. Exit code 2 if nothing can be calibrated.
    """
    check_format(format, PLAIN_FORMATS)
    check_out(report)
    if write_mapping is not None:
        guess_columns(export, write_mapping)
        return
    if check:
        check_data(export, mapping, report, format)
        return
    if out is None or out.suffix != ".toml":
        mend = "smarketing calibrate EXPORT --out my-firm.toml; or --check to see what the export can tell."
        raise InputError("--out", "must name a .toml file", None if out is None else str(out), mend)
    check_out(out)
    page = report or out.with_suffix(".html")
    check_out(page)
    if page.resolve() in (out.resolve(), export.resolve()):
        raise InputError("--report", "must not be --out or the export itself", str(page), "Name another file.")
    found = made(_read(export, mapping), out, (base, answers, fit_until), (bank, store, seed, quiet))
    show(found, out, page, format)


def guess_columns(export: Path, file: Path) -> None:
    """Write which column of an export seems to be which, to be looked at and edited."""
    from sim.calibrate.guesses import guess_mapping
    from sim.calibrate.mapping import mapping_text

    check_out(file)
    text = mapping_text(guess_mapping(export))
    put(text, file)
    print(f"Mapping: {file}; look at it, edit it, and give it with --mapping.", file=sys.stderr)


def check_data(export: Path, mapping: Path | None, page: Path | None, format: str) -> None:
    """Show the data report of an export, and write it as a page; exit code 2 if nothing can be calibrated from it."""
    from sim.calibrate.data_json import data_json
    from sim.calibrate.data_report import data_report
    from sim.report.data_page import data_page
    from sim.report.data_terminal import data_text
    from sim.report.page import write_page

    found = data_report(_read(export, mapping))
    put(data_json(found) if format == "json" else data_text(found), None)
    if page is not None:
        write_page(data_page(found), page)
        print(f"Page: {page}", file=sys.stderr)
    if found.refusal:
        print(f"smarketing: {found.refusal}", file=sys.stderr)
        raise typer.Exit(2)


def _read(export: Path, mapping: Path | None) -> Export:
    from sim.calibrate.importers import read_export

    return read_export(export, mapping)


def made(
    export: Export,
    out: Path,
    told: tuple[str, Path | None, str | None],
    how: tuple[int | None, Path | None, int, bool],
) -> Calibration:
    """Calibrate, and write scenario and posterior.

    Parameters
    ----------
    told : (base, answers, fit_until)
        What is believed beside the export.
    how : (bank, store, seed, quiet)
        Size of the bank, its folder, seed, and whether progress is hidden.
    """
    from sim.calibrate import calibration
    from sim.ensemble.progress import progress
    from sim.ensemble.seeds import check_whole
    from sim.spec.catalogue import load_scenario

    base, answers, fit_until = told
    bank, store, seed, quiet = how
    n_bank = calibration.N_BANK if bank is None else bank
    check_whole("--bank", n_bank, calibration.FEWEST_BANK, calibration.MOST_BANK)
    check_whole("--seed", seed, 0, 2**31 - 1)
    scenario, home, until = load_scenario(base), store or out.with_suffix(".bank"), _day(fit_until)
    practices, counted = _practices(answers, scenario, seed)
    settings = calibration.How(n_bank, home, until, practices, seed, counted)
    try:
        with progress(n_bank + calibration.N_CHECKS, quiet) as advance:
            found = calibration.calibrate(export, scenario, settings, advance)
    except KeyboardInterrupt:
        print(f"Interrupted. What is done is kept in {home}: give the same line again to go on.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    calibration.write_firm(found, out)
    return found


def _day(text: str | None) -> pd.Timestamp | None:
    import pandas as pd

    if text is None:
        return None
    try:
        return pd.Timestamp(pd.to_datetime(text, format="%Y-%m-%d"))
    except ValueError:
        raise InputError(
            "--fit-until", "must be a date such as 2018-03-31", text, "Write year, month and day with hyphens."
        ) from None


def _practices(answers: Path | None, base: Scenario, seed: int) -> tuple[pd.DataFrame | None, str]:
    """Draws of practices from a self-assessment, and what of it counted; None and nothing without one."""
    if answers is None:
        return None, ""
    from sim.calibrate.assessment import infer, read_answers, what_counts
    from sim.calibrate.calibration import N_PRACTICES

    told = read_answers(answers)
    counted = what_counts(told)
    if counted != "answers":
        else_ = "; what is known of the conflict does" if counted == "conflict" else ", and practices stay open"
        print(
            f"The answers of {answers.name} do not count, as fewer than five people answered{else_}.", file=sys.stderr
        )
    print("Reading the self-assessment (the first time for a base, half a minute or more) …", file=sys.stderr)
    return infer(told, base, seed, N_PRACTICES), counted


def show(found: Calibration, out: Path, page: Path, format: str) -> None:
    """Print what was found, write the page, and say what to do next."""
    from sim.calibrate.calibration import posterior_file
    from sim.calibrate.calibration_json import calibration_json
    from sim.report.firm_page import firm_page, firm_text
    from sim.report.page import write_page

    put(calibration_json(found) if format == "json" else firm_text(found), None)
    write_page(firm_page(found), page)
    print(f"Scenario: {out}\nPosterior: {posterior_file(out)}\nPage: {page}", file=sys.stderr)
    print(f"Next: smarketing compare {out} --relationships as_it_is,aligned,integrated", file=sys.stderr)
