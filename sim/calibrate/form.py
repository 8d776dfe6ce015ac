"""The form of the self-assessment: twenty statements for people of both sides, and what the firm knows by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from sim.analysis.assessment import THEMES
from sim.calibrate.known import COLUMNS, QUANTITIES, Quantity
from sim.domain.errors import InputError
from sim.ensemble.files import writable_file, write_bytes, write_text

SIDES, ROLES = ("marketing", "sales"), ("staff", "head")
SUFFIXES = (".toml", ".csv", ".xlsx")
#: Rows for people of each side in an empty form; more may be added.
BLANK_ROWS = 8
#: Headers of the twenty columns: number and statement.
HEADERS = tuple(f"{number}. {theme.statement}" for number, theme in enumerate(THEMES, 1))
ASKED = (
    "How marketing and sales work together: agree or not, from 1 (disagree strongly) to 5 (agree strongly).",
    "Each row is one person, without a name. side: marketing or sales; role: staff or head.",
    "People answer alone, and for how things are, not for how they should be. What somebody cannot say stays empty.",
    "At least five people of each side; results are shown per side only, and for no fewer than five people.",
)
KNOWN_ASKED = (
    "What you know of the firm: a value, or a range in which it lies nine times in ten, or both; or nothing.",
    "Disputes stand in no customer system: an honest guess with a wide range is better than none.",
)
Rows = list[list[str]]


def known_file(path: Path) -> Path:
    """Where what is known stands beside a table of answers: ``firm.csv`` has ``firm-known.csv``.

    Other people fill it in, so it is a file of its own.
    """
    return path.with_name(f"{path.stem}-known{path.suffix}")


def check_suffix(path: Path, field: str) -> None:
    """Make sure that the name of a form says what kind of file it is.

    Raises
    ------
    InputError
        If it does not.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(field, f"must end in {', '.join(SUFFIXES)}", path.name, "Call it form.csv, for example.")


def write_form(path: Path, field: str = "--new") -> list[Path]:
    """Write an empty form: TOML, or two tables as CSV or .xlsx, by the end of its name.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If a file is there already or cannot be written.
    """
    check_suffix(path, field)
    tables = {path: (_answer_rows(), ASKED), known_file(path): (_known_rows(), KNOWN_ASKED)}
    is_toml, is_csv = path.suffix.lower() == ".toml", path.suffix.lower() == ".csv"
    files = [path] if is_toml else list(tables)
    for file in files:
        if file.exists():
            raise InputError(field, "must not exist yet", str(file), "Choose another name.")
    if is_toml:
        write_text(path, form_toml(), field)
        return files
    for file, (rows, asked) in tables.items():
        if is_csv:
            write_text(file, _csv(rows), field)
        else:
            _write_workbook(file, rows, asked, field)
    return files


def form_toml() -> str:
    """The empty form as TOML, the statements as comments."""
    lines = [f"# {line}" for line in ASKED]
    lines += ["# answers: twenty numbers in the order of the statements; 0 where there is no answer.", "#"]
    lines += [f"#  {header}" if number < 9 else f"# {header}" for number, header in enumerate(HEADERS)]
    for side in SIDES:
        for _ in range(BLANK_ROWS):
            zeros = ", ".join(["0"] * len(HEADERS))
            lines += ["", "[[respondents]]", f'side = "{side}"', 'role = "staff"', f"answers = [{zeros}]"]
    lines += ["", *(f"# {line}" for line in KNOWN_ASKED)]
    lines += ["# Write reps = 12, or reps = { low = 10, high = 15 }, without the # at the beginning.", "[known]"]
    return "\n".join([*lines, *map(_known_line, QUANTITIES.values())]) + "\n"


def _known_line(quantity: Quantity) -> str:
    return f"# {quantity.name} =    # {quantity.meaning} ({quantity.unit})"


def _answer_rows() -> Rows:
    people = [[side, "staff", *[""] * len(HEADERS)] for side in SIDES for _ in range(BLANK_ROWS)]
    return [["side", "role", *HEADERS], *people]


def _known_rows() -> Rows:
    rows = [[name, "", "", "", quantity.unit, quantity.meaning] for name, quantity in QUANTITIES.items()]
    return [[*COLUMNS, "unit", "meaning"], *rows]


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write_workbook(file: Path, rows: Rows, asked: Sequence[str], field: str) -> None:
    """A workbook with the table on its first sheet and what is asked on the second."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet, guide = book.worksheets[0], book.create_sheet("how to")
    sheet.title = "form"
    for row in rows:
        sheet.append([cell or None for cell in row])
    for number, cell in enumerate(sheet[1], 1):
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(number)].width = 20
    sheet.freeze_panes = "C2"
    for line in asked:
        guide.append([line])
    stream = io.BytesIO()
    book.save(stream)
    write_bytes(writable_file(file, field), stream.getvalue())
