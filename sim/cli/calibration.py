"""Command about a firm's own data: what an export can tell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Format, check_format, check_out, interruptible, put
from sim.domain.errors import InputError


@interruptible
def calibrate(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="A CRM export: a file, or a folder of them.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what the export can tell.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the data report as a page, with pictures.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="TOML that says which column is which.")
    ] = None,
    write_mapping: Annotated[
        Path | None, typer.Option("--write-mapping", metavar="FILE", help="Write a guessed mapping there, and stop.")
    ] = None,
    format: Format = "table",
) -> None:
    """Say what a CRM export can tell about your firm, and what it cannot; exit code 2 if nothing."""
    if write_mapping is not None:
        guess_columns(export, write_mapping)
        return
    if not check:
        raise InputError("--check", "must be given", mend="smarketing calibrate EXPORT --check")
    check_data(export, mapping, report, format)


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
    from sim.calibrate.importers import read_export
    from sim.report.data_page import data_page
    from sim.report.data_terminal import data_text
    from sim.report.page import write_page

    check_format(format, ("table", "json"))
    check_out(page)
    found = data_report(read_export(export, mapping))
    put(data_json(found) if format == "json" else data_text(found), None)
    if page is not None:
        write_page(data_page(found), page)
        print(f"Page: {page}", file=sys.stderr)
    if found.refusal:
        print(f"smarketing: {found.refusal}", file=sys.stderr)
        raise typer.Exit(2)
