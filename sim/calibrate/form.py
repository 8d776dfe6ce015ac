"""The form of the self-assessment: twenty statements for people of both sides, and what the firm knows by hand."""

from __future__ import annotations

from pathlib import Path

from sim.analysis.assessment import THEMES
from sim.calibrate.known import COLUMNS, QUANTITIES, Quantity
from sim.domain.errors import InputError

SIDES, ROLES = ("marketing", "sales"), ("staff", "head")
SUFFIXES = (".toml", ".csv")
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
    """Where what is known stands beside a CSV of answers: ``firm.csv`` has ``firm-known.csv``."""
    return path.with_name(f"{path.stem}-known.csv")


def check_suffix(path: Path, field: str) -> None:
    """Make sure that the name of a form says what kind of file it is.

    Raises
    ------
    InputError
        If it does not.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(field, f"must end in {', '.join(SUFFIXES)}", path.name)


def write_form(path: Path, field: str = "--new") -> list[Path]:
    """Write an empty form: TOML, or CSV (two files), by the end of its name.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InputError
        If a file is there already or cannot be written.
    """
    from sim.ensemble.files import write_text

    check_suffix(path, field)
    files = [path, known_file(path)] if path.suffix.lower() == ".csv" else [path]
    for file in files:
        if file.exists():
            raise InputError(field, "must not exist yet", str(file), "Choose another name.")
    if path.suffix.lower() == ".toml":
        write_text(path, form_toml(), field)
    else:
        write_text(path, _csv(_answer_rows()), field)
        write_text(known_file(path), _csv(_known_rows()), field)
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
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
