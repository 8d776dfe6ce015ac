"""What people answered, read from a form: rows without names, checked cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.calibrate.form import HEADERS, ROLES, SIDES, check_suffix, known_file
from sim.calibrate.known import COLUMNS, known_table
from sim.calibrate.privacy import shown_cell
from sim.calibrate.tables import Table, plain_name, read_table
from sim.domain.errors import InputError, Told, did_you_mean

ITEMS = tuple(range(1, len(HEADERS) + 1))
#: Most people of a form; a survey of more says nothing more about how two sides work together.
MOST_PEOPLE = 2000
_NUMBERED = re.compile(r"\s*(?:q|item|question|no|nr)?[. #_-]*(\d{1,2})(?!\d)", re.IGNORECASE)
_ANSWER_MEND = "Give a whole number from 1 (disagree strongly) to 5 (agree strongly), or nothing."


@dataclass(frozen=True)
class Answers:
    """What a form holds.

    Parameters
    ----------
    source_name : str
        File that it was read from.
    respondents : pandas.DataFrame
        A row per person: ``side`` (marketing, sales), ``role`` (staff, head), and a column per item, 1 to 20, with
        answers of 1 to 5, NaN where there is none. No name, and in no order that means anything.
    known : pandas.DataFrame
        What the firm knows by hand: ``quantity``, ``value``, ``low``, ``high``.
    notes : tuple of str
        What was left out or taken for granted, one sentence each.
    """

    source_name: str
    respondents: pd.DataFrame
    known: pd.DataFrame
    notes: tuple[str, ...]

    def number_of(self, side: str) -> int:
        """How many people of a side answered."""
        return int((self.respondents["side"] == side).sum())


def known(answers: Answers) -> pd.DataFrame:
    """What a firm said about itself by hand, for a calibration to take as further facts.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``value``, ``low``, ``high`` (nine times in ten within); `sim.calibrate.known.QUANTITIES` has
        units and meanings.
    """
    return answers.known.copy()


def read_answers(path: str | Path) -> Answers:
    """Read a form that people filled in.

    Parameters
    ----------
    path : str or Path
        TOML, CSV or .xlsx as `sim.calibrate.form.write_form` writes it, or a survey tool's table with columns ``side``,
        ``role`` and one for each item, named by its number or statement.

    Returns
    -------
    Answers
        People who answered nothing at all are left out.

    Raises
    ------
    InputError
        Naming file, row and item, the rule, the value and the mend.
    """
    path = Path(path)
    check_suffix(path, "FILE")
    notes: list[str] = []
    rows, known_rows = _from_toml(path) if path.suffix.lower() == ".toml" else _from_table(path, notes)
    respondents = _checked(path.name, rows, notes)
    return Answers(path.name, respondents, known_table(known_rows), tuple(notes))


def _from_toml(path: Path) -> tuple[pd.DataFrame, dict[str, tuple[str, Mapping[str, str]]]]:
    from sim.spec.catalogue import read_toml

    content = read_toml(path)
    for name in content:
        if name not in ("respondents", "known"):
            raise InputError(f"{path.name}: {name}", "is not known", name, did_you_mean(name, ("respondents", "known")))
    people, told = content.get("respondents", []), content.get("known", {})
    if not isinstance(people, list) or not all(isinstance(row, dict) for row in people):
        raise InputError(
            f"{path.name}: respondents",
            "must be tables [[respondents]]",
            Told("something else"),
            "Write [[respondents]] above side, role and answers of each person.",
        )
    if not isinstance(told, dict):
        raise InputError(
            f"{path.name}: known",
            "must be a table [known]",
            Told("something else"),
            "Write [known], and a line for each quantity below it.",
        )
    rows = [_person(f"{path.name}: respondents[{index}]", row) for index, row in enumerate(people)]
    frame = pd.DataFrame(rows, columns=["side", "role", *ITEMS], dtype=object)
    frame.index = pd.Index([f"respondents[{index}]" for index in range(len(rows))])
    return frame, {name: (f"{path.name}: known.{name}", _texts(path, name, value)) for name, value in told.items()}


def _person(where: str, row: dict[str, Any]) -> list[str]:
    for name in row:
        if name not in ("side", "role", "answers"):
            rule = "is not known; people are not asked for more"
            raise InputError(f"{where}.{name}", rule, name, did_you_mean(name, ("side", "role", "answers")))
    answers = row.get("answers", [])
    if not isinstance(answers, list) or len(answers) not in (0, len(ITEMS)):
        got = len(answers) if isinstance(answers, list) else answers
        raise InputError(
            f"{where}.answers",
            f"must be a list of {len(ITEMS)} numbers, 0 for no answer",
            got,
            "Give one number for each item, in the order of the form.",
        )
    given = [("" if answer in (0, "") and answer is not False else str(answer)) for answer in answers]
    return [str(row.get("side", "")), str(row.get("role", "")), *(given or [""] * len(ITEMS))]


def _texts(path: Path, name: str, value: Any) -> dict[str, str]:
    """A known quantity as text by part: a number alone is its value."""
    parts = value if isinstance(value, dict) else {"value": value}
    for part, number in parts.items():
        if part not in COLUMNS[1:]:
            raise InputError(f"{path.name}: known.{name}.{part}", "is not known", part, did_you_mean(part, COLUMNS[1:]))
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InputError(
                f"{path.name}: known.{name}.{part}",
                "must be a number",
                str(number)[:40],
                "Write digits without quotes, such as 12 or 0.2.",
            )
    return {part: str(number) for part, number in parts.items()}


def _from_table(path: Path, notes: list[str]) -> tuple[pd.DataFrame, dict[str, tuple[str, Mapping[str, str]]]]:
    if not path.is_file():
        raise InputError(
            path.name, "must be an existing file", None, "smarketing assess --new FILE writes an empty one."
        )
    table = _table(path, notes)
    cells = _by_item(path.name, table.cells, notes)
    cells.index = pd.Index([f"row {row}" for row in table.cells.index])
    beside = known_file(path)
    return cells, _known_rows(beside, notes) if beside.is_file() else {}


def _table(path: Path, notes: list[str]) -> Table:
    """Read one table; that a workbook of the form has a second sheet, which says how to fill it in, is no news."""
    found: list[str] = []
    table = read_table(path, found)
    notes += [note for note in found if "other sheets" not in note]
    return table


def _known_rows(path: Path, notes: list[str]) -> dict[str, tuple[str, Mapping[str, str]]]:
    texts = _table(path, notes).texts({name: (name,) for name in COLUMNS})
    if "quantity" not in texts:
        raise InputError(path.name, "must have a column quantity", None, f"Its columns are {', '.join(COLUMNS)}.")
    rows = pd.DataFrame(texts)
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for number, cells in rows.iterrows():
        name = str(cells["quantity"])
        if name in found:
            raise InputError(
                f"{path.name}, row {number}", "must name each quantity once", name, "Leave one of the rows out."
            )
        if name:
            found[name] = (f"{path.name}, row {number}", {part: str(cells.get(part, "")) for part in COLUMNS[1:]})
    return found


def _by_item(file: str, cells: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Columns of a survey by what they are: side, role and items; anything else is not read, and that is said."""
    places: dict[str | int, str] = {}
    for header in cells.columns:
        place = _place_of(str(header))
        if place is not None and place in places:
            raise InputError(
                file,
                f"must have one column for {_column_name(place)}",
                str(header)[:60],
                "Leave one of the columns out.",
            )
        if place is not None:
            places[place] = header
    needed: tuple[str | int, ...] = ("side", *ITEMS)
    missing = [place for place in needed if place not in places]
    if missing:
        rule = f"must have a column for {_column_name(missing[0])}"
        raise InputError(file, rule, None, "smarketing assess --new FILE.csv writes a form with all of them.")
    extra = [shown_cell(name) for name in cells.columns if name not in places.values()]
    if extra:
        notes.append(f"Columns that are no part of the form were not read: {', '.join(extra)}.")
    if "role" not in places:
        notes.append("There is no column for the role; all were taken for staff.")
    read = {place: cells[places[place]].str.strip() for place in ("side", "role", *ITEMS) if place in places}
    return pd.DataFrame({"role": "staff", **read})[["side", "role", *ITEMS]]


def _place_of(header: str) -> str | int | None:
    if header.strip().lower() in ("side", "role"):
        return header.strip().lower()
    by_text = {plain_name(text): item for item, text in zip(ITEMS, HEADERS, strict=True)}
    by_text |= {plain_name(text.partition(". ")[2]): item for item, text in zip(ITEMS, HEADERS, strict=True)}
    if plain_name(header) in by_text:
        return by_text[plain_name(header)]
    numbered = _NUMBERED.match(header)
    return int(numbered[1]) if numbered and int(numbered[1]) in ITEMS else None


def _column_name(place: str | int) -> str:
    return f"item {place}" if isinstance(place, int) else place


def _checked(file: str, rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    answered = rows[(rows[list(ITEMS)] != "").any(axis=1)]
    if len(answered) < len(rows):
        notes.append(f"Rows without any answer, which were left out: {len(rows) - len(answered)}.")
    if len(answered) > MOST_PEOPLE:
        raise InputError(
            file, f"must hold at most {MOST_PEOPLE} people who answered", len(answered), "Leave some out, by lot."
        )
    sides = _words(file, answered["side"], "side", SIDES)
    roles = _words(file, answered["role"].replace("", "staff"), "role", ROLES)
    numbers = answered[list(ITEMS)].apply(lambda column: _answers(file, column))
    return pd.concat([sides, roles, numbers], axis=1).reset_index(drop=True)


def _words(file: str, column: pd.Series[str], name: str, known_words: tuple[str, ...]) -> pd.Series[str]:
    words = column.astype(str).str.strip().str.lower()
    for row, word in words.items():
        if word not in known_words:
            raise InputError(
                f"{file}, {row}, {name}",
                f"must be {' or '.join(known_words)}",
                shown_cell(word),
                "Choose one of these words.",
            )
    return words


def _answers(file: str, column: pd.Series[str]) -> pd.Series[float]:
    numbers = pd.to_numeric(column.where(column != "", np.nan), errors="coerce").astype(float)
    wrong = (column != "") & ~numbers.isin([1, 2, 3, 4, 5])
    if wrong.any():
        row, cell = str(wrong.idxmax()), shown_cell(column[wrong].iloc[0])
        raise InputError(f"{file}, {row}, item {column.name}", "must be 1 to 5", cell, _ANSWER_MEND)
    return numbers
