"""Sheets of .xlsx workbooks as text; formulas are never evaluated, and what would fill memory is refused."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any

import pandas as pd

from sim.calibrate.streams import CSV_MEND, kind_of
from sim.calibrate.tables import unique_names
from sim.domain.errors import InputError, Told

#: Assumption: an export of 15 columns and the most rows that a sheet can have, 1,048,576, unpacks to about half a GiB.
MAX_SHEET, MAX_SHEET_COLUMNS, MAX_ROW = 2**29, 2_000, 2**22
_ROW, _END = re.compile(rb"<(?:\w+:)?row[\s/>]"), re.compile(rb"</(?:\w+:)?sheetData")
_HEAD = 20


def sheet_parts(path: Path, notes: list[str], n: int) -> Iterator[pd.DataFrame]:
    """Rows of the first sheet that holds a table, as text, some at a time.

    Parameters
    ----------
    path : pathlib.Path
        An .xlsx workbook.
    notes : list of str
        Other sheets and lines above the header are noted here.
    n : int
        Rows per part.

    Raises
    ------
    InputError
        If it is no .xlsx workbook, is damaged, unpacks to more than the limit, or has no table.

    Notes
    -----
    Of a formula the value is read that the spreadsheet last showed; a text that begins with = stays text. Dates become
    ISO text, numbers and truth values are written as in a CSV file.
    """
    try:
        _refuse_odd(path)
        yield from _parts(path, notes, n)
    except InputError:
        raise
    except Exception as error:  # the library raises whatever a broken part of the file makes it stumble over
        raise InputError(path.name, "must be a whole .xlsx workbook", Told("one that is damaged"), CSV_MEND) from error


def _refuse_odd(path: Path) -> None:
    if kind_of(path) == "old workbook":
        rule = "must be an .xlsx workbook without a password, or a CSV file"
        raise InputError(path.name, rule, "an .xls or a locked file", "Save it as .xlsx or 'CSV UTF-8'.")
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            rule = "must be an .xlsx workbook, or a CSV file"
            raise InputError(path.name, rule, "a packed folder", "Unpack it and give the folder.")
        _refuse_bomb(path, packed, parts)


def _refuse_bomb(path: Path, packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what unpacks to too much (a part never yields more than it declares), and entities that grow."""
    if sum(part.file_size for part in parts) > MAX_SHEET:
        rule = f"must unpack to at most {MAX_SHEET / 2**20:g} MiB"
        raise InputError(path.name, rule, Told("more"), "Save it as 'CSV UTF-8'.")
    for part in (part for part in parts if part.filename.endswith((".xml", ".rels"))):
        with packed.open(part) as stream:
            head = stream.read(2**16)
            if b"<!DOCTYPE" in head.upper():
                raise InputError(
                    path.name, "must not define entities, as a workbook never does", Told("one that does"), CSV_MEND
                )
            if b"worksheet" in head[:2_000]:
                _refuse_wide(path, head, stream)


def _refuse_wide(path: Path, head: bytes, stream: IO[bytes]) -> None:
    """Refuse a sheet with a row of many MiB, which the library would hold as a whole."""
    run, text = 0, head
    while text and not _END.search(text):
        rows = [found.end() for found in _ROW.finditer(text)]
        run = len(text) - rows[-1] if rows else run + len(text)
        if run > MAX_ROW:
            raise InputError(
                path.name, f"must not have rows of more than {MAX_ROW // 2**20} MiB", Told("a longer one"), CSV_MEND
            )
        block = stream.read(2**20)
        text = text[-64:] + block if block else b""


def _parts(path: Path, notes: list[str], n: int) -> Iterator[pd.DataFrame]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that are not needed
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            yield from _table_of(path.name, book, notes, n)
        finally:
            book.close()


def _table_of(file: str, book: Any, notes: list[str], n: int) -> Iterator[pd.DataFrame]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = (_texts(file, row) for row in sheet.iter_rows(values_only=True))
        head = [row for _, row in zip(range(_HEAD), rows, strict=False)]
        start = _header(head)
        if start is None:
            continue
        others = len(book.worksheets) - 1
        if others:
            notes.append(f"Of {file} the sheet with the first table was read, {others} other sheets were not.")
        if start:
            notes.append(f"Lines above the header of {file} that are no table: {start}.")
        names = unique_names(head[start])
        for part in _in_parts(chain(head[start + 1 :], rows), n):
            yield _frame(file, names, part)
        return
    raise InputError(
        file, "must hold a header and rows", Told("no sheet that has any"), "Put the export on the first sheet."
    )


def _header(head: list[list[str]]) -> int | None:
    """First row at least half as wide as the widest, counted in cells that hold something; a title is narrower."""
    widths = [sum(cell != "" for cell in row) for row in head]
    widest = max(widths, default=0)
    return next((i for i, width in enumerate(widths) if width >= max(2, widest / 2)), None)


def _in_parts(rows: Iterator[list[str]], n: int) -> Iterator[list[list[str]]]:
    """Rows, some at a time; empty ones at the end are left out."""
    part: list[list[str]] = []
    for row in rows:
        if len(part) >= n:
            yield part
            part = []
        part.append(row)
    while part and not any(part[-1]):
        part.pop()
    yield part


def _frame(file: str, names: list[str], rows: list[list[str]]) -> pd.DataFrame:
    """Rows as a table; short ones have empty cells at their end."""
    width = len(names)
    wide = next((row for row in rows if any(row[width:])), None)
    if wide is not None:
        raise InputError(file, f"must not have rows with more cells than the header, {width}", len(wide), CSV_MEND)
    padded = [row[:width] + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(padded, columns=names, dtype=str)


def _texts(file: str, row: tuple[Any, ...]) -> list[str]:
    if len(row) > MAX_SHEET_COLUMNS:
        raise InputError(file, f"must have at most {MAX_SHEET_COLUMNS} columns", len(row), CSV_MEND)
    return [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """Cell as a CSV file would have it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)
