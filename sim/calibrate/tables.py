"""Tables of an export as text: CSV files and sheets, read in parts, cells by the plain names of their columns."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.calibrate import streams
from sim.calibrate.privacy import has_address
from sim.calibrate.streams import CSV_MEND, Fed, Scan, kind_of, opened, scan
from sim.domain.errors import InputError, Told

Roles = dict[str, tuple[str, ...]]
Texts = dict[str, "pd.Series[str]"]
SUFFIXES = (".csv", ".csv.gz", ".xlsx")
#: Files that are no export, though they are given as one, and what was meant by them perhaps.
_NO_EXPORT = {
    ".toml": "A scenario is given with --base, a mapping with --mapping; compare and run take a scenario by itself.",
    ".parquet": "A posterior belongs to its scenario: smarketing compare my-firm.toml.",
    ".html": "Export the rows of the report as CSV.",
    ".pdf": "Export the rows of the report as CSV.",
    ".json": "Export the rows as CSV.",
}
#: Rows of the sample that has every column, and rows read at a time.
SAMPLE, PART = 60_000, 100_000
_MAX_PART = 2**29
MAX_COLUMNS, _LONGEST_HEADER = 5_000, 60_000


@dataclass(frozen=True)
class Table:
    """One table as text.

    Parameters
    ----------
    file : str
        Name of the file, without its path.
    cells : pandas.DataFrame
        The columns that are wanted, and always the first, without blanks around the text; the index is the row as a
        spreadsheet counts.
    separator : str
        Mark between cells; a comma for sheets.
    columns : dict of str to str
        Headers of all columns by their plain names.
    sample : pandas.DataFrame
        All columns of at most some ten thousand rows, evenly spread.
    encoding : str
        "utf-8" or "cp1252".
    """

    file: str
    cells: pd.DataFrame
    separator: str
    columns: dict[str, str] = field(default_factory=dict)
    sample: pd.DataFrame = field(default_factory=pd.DataFrame)
    encoding: str = "utf-8"

    def header(self, names: tuple[str, ...]) -> str | None:
        """Header of the first of some plain names that the file has; None if it has none of them."""
        return next((self.columns[name] for name in names if name in self.columns), None)

    def texts(self, roles: Roles) -> Texts:
        """Cells of the columns that fill a role, by role; roles without a column are left out."""
        found = {role: self.header(names) for role, names in roles.items()}
        return {role: self.cells[name] for role, name in found.items() if name is not None}

    def at(self, names: tuple[str, ...], row: object = None) -> str:
        """Where a cell or column is, in words for an error."""
        place = f"{self.file}, column {self.header(names)}"
        return place if row is None else f"{place}, row {row}"


def export_files(path: Path) -> list[Path]:
    """List a file itself, or the tables of a folder in order of their names.

    Raises
    ------
    InputError
        If there is no such path, it is no file (a socket, a device), no table by its name, or a folder without a table.
    """
    if not path.exists():
        raise InputError(path.name or str(path), "must be an existing file or folder", None, "Check the path.")
    if path.is_file():
        suffix = path.suffix.lower()
        if suffix in _NO_EXPORT:
            raise InputError(path.name, "must be an export (.csv, .csv.gz or .xlsx)", suffix, _NO_EXPORT[suffix])
        return [path]
    if not path.is_dir():
        raise InputError(path.name, "must be a file or a folder", Told("something else"), "Check the path.")
    try:
        files = sorted(file for file in path.iterdir() if _is_table(file) and file.is_file())
    except PermissionError as error:
        raise InputError(path.name, "must be readable", Told("no permission"), "Ask for access.") from error
    if not files:
        raise InputError(path.name, "must hold at least one .csv file", Told("none"), "Put the export there as CSV.")
    return files


def _is_table(file: Path) -> bool:
    """Whether a name is that of a table, and not of what a spreadsheet hides beside an open one."""
    return file.name.lower().endswith(SUFFIXES) and not file.name.startswith(("~$", "."))


def head_of(path: Path) -> Table:
    """Columns of a table without its rows; of a text file no more than its first bytes are read."""
    if kind_of(path) in {"zip", "old workbook"}:
        from sim.calibrate.workbooks import sheet_parts

        first = next(sheet_parts(path, [], 1))
        return Table(path.name, first.iloc[:0], ",", columns_of(path.name, first.columns, []))
    found = scan(path, whole=False)
    separator, skip = _shape(path, found)
    headers = _header(path, found, separator, skip)
    cells, columns = pd.DataFrame(columns=headers, dtype=str), columns_of(path.name, headers, [])
    return Table(path.name, cells, separator, columns, encoding=found.encoding)


def read_table(path: Path, notes: list[str], wanted: Collection[str] | None = None) -> Table:
    """Read one table as text cells, rows numbered as a spreadsheet does (the header is row 1).

    Parameters
    ----------
    path : pathlib.Path
        A CSV file, plain or packed with gzip, or an .xlsx workbook, whose first sheet with a table is read.
    notes : list of str
        What was assumed is added here.
    wanted : collection of str, optional
        Headers whose cells are kept for all rows; None for all.

    Raises
    ------
    InputError
        If the file is empty, binary, damaged, too large, no table or in another encoding.
    """
    if kind_of(path) in {"zip", "old workbook"}:
        from sim.calibrate.workbooks import sheet_parts

        parts, separator, offset = sheet_parts(path, notes, PART), ",", 0
    else:
        found = scan(path)
        if found.encoding == "cp1252":
            notes.append(f"{path.name} is not UTF-8; it was read as Windows-1252 text.")
        separator, skip = _shape(path, found)
        if skip:
            notes.append(f"Lines above the header of {path.name} that are no table: {skip}.")
        parts, offset = _csv_parts(path, found, separator, skip), found.blank_lines + skip
    cells, sample = _gathered(path.name, parts, wanted)
    cells.index = pd.RangeIndex(2, len(cells) + 2) + offset
    sample.index = pd.Index(sample.index + 2 + offset)
    return Table(path.name, cells, separator, columns_of(path.name, sample.columns, notes), sample)


def columns_of(file: str, headers: Collection[object], notes: list[str]) -> dict[str, str]:
    """Headers by plain name, the first of those that share one; repeated headers are noted."""
    columns: dict[str, str] = {}
    for name in headers:
        columns.setdefault(plain_name(str(name)), str(name))
    twice = sorted(
        {found[1] for name in headers if (found := _REPEATED.fullmatch(str(name))) and found[1] in columns.values()}
    )
    if twice:
        shown = ", ".join(name for name in twice if not has_address(name))
        notes.append(f"Columns that {file} has more than once, of which the first was used: {shown}.")
    return columns


_REPEATED = re.compile(r"(.+)\.\d+")


def plain_name(name: str) -> str:
    """Lower-case letters and digits of a header, as layouts spell them.

    Examples
    --------
    >>> plain_name("Deal - Won time"), plain_name("hs_v2_date_entered_closedwon")
    ('dealwontime', 'hsv2dateenteredclosedwon')
    """
    return re.sub(r"[\W_]", "", name.lower())


def unique_names(row: list[str]) -> list[str]:
    """Headers as they are used: empty ones by their place, repeated ones with a number.

    Examples
    --------
    >>> unique_names(["Id", "", " Amount ", "Amount"])
    ['Id', 'Unnamed: 1', 'Amount', 'Amount.1']
    """
    names: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = plain = cell.strip() or f"Unnamed: {place}"
        while name in names:
            names[plain] += 1
            name = f"{plain}.{names[plain]}"
        names[name] = 0
    return list(names)


def _shape(path: Path, found: Scan) -> tuple[str, int]:
    """Separator, and lines above the header: a mark such as sep=; or a title of one cell over a table of several."""
    lines = found.head.decode(found.encoding, "replace").splitlines()[:20]
    if not lines:
        raise InputError(path.name, "must hold a header and rows", Told("an empty file"), CSV_MEND)
    told = re.fullmatch(r"sep=(.)", lines[0].strip())
    if told:
        return told[1], 1
    counts = [max(_bare(line).count(mark) for mark in ",;\t|") for line in lines]
    skip = next((i for i, n in enumerate(counts) if n >= 2), 0) if counts[0] == 0 else 0
    return max(",;\t|", key=_bare(lines[skip]).count), skip


def _bare(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _header(path: Path, found: Scan, separator: str, skip: int) -> list[str]:
    """Names of the columns."""
    row = next(_rows(found, separator, skip), [])
    if len(row) > MAX_COLUMNS or (len(found.head) >= _LONGEST_HEADER and not re.search(rb"[\r\n]", found.head)):
        raise InputError(path.name, f"must begin with at most {MAX_COLUMNS} column names", Told("more"), CSV_MEND)
    if not any(cell.strip() for cell in row):
        raise InputError(path.name, "must hold a header and rows", Told("an empty file"), CSV_MEND)
    return unique_names(row)


def _rows(found: Scan, separator: str, skip: int) -> Iterator[list[str]]:
    text = io.StringIO(found.head.decode(found.encoding, "replace"), newline="")
    for _ in range(skip):
        text.readline()
    try:
        yield from csv.reader(text, delimiter=separator)
    except csv.Error:
        return


def _csv_parts(path: Path, found: Scan, separator: str, skip: int) -> Iterator[pd.DataFrame]:
    """Parts of a CSV file as text; what the parser cannot read becomes an `InputError`."""
    with opened(path) as stream:
        stream.read(found.skipped)
        fed = Fed(path.name, stream, _MAX_PART)
        text = io.TextIOWrapper(io.BufferedReader(fed, 2**18), found.encoding, newline="")
        for _ in range(skip):
            text.readline()
        names = _header(path, found, separator, skip)
        for part in _parsed(path.name, _reader(text, separator), found.blank_lines + skip):
            fed.rest()
            yield part.set_axis(names if len(names) == len(part.columns) else unique_names(list(part.columns)), axis=1)


def _reader(text: io.TextIOWrapper, separator: str) -> Iterator[pd.DataFrame]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        yield from pd.read_csv(
            text,
            sep=separator,
            dtype=str,
            na_filter=False,
            index_col=False,
            skip_blank_lines=False,
            chunksize=PART,
        )


def _parsed(file: str, parts: Iterator[pd.DataFrame], offset: int) -> Iterator[pd.DataFrame]:
    try:
        yield from parts
    except pd.errors.EmptyDataError as error:
        raise InputError(file, "must hold a header and rows", Told("an empty file"), CSV_MEND) from error
    except pd.errors.ParserWarning as error:
        rule = "must not have rows with more cells than the header"
        raise InputError(
            f"{file}, row {2 + offset}", rule, Told("more cells"), "Quote cells that hold a comma."
        ) from error
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found is None:
            raise InputError(file, "must be a CSV table", Told("a quote that is not closed"), CSV_MEND) from error
        rule = f"must have {found[1]} cells like the header"
        place = f"{file}, line {int(found[2]) + offset}"
        raise InputError(place, rule, int(found[3]), "Quote cells that hold a comma.") from error


def _gathered(
    file: str, parts: Iterator[pd.DataFrame], wanted: Collection[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Wanted columns of all rows, and all columns of rows evenly spread; both numbered from 0."""
    kept, samples, n, stride = [], [], 0, 1
    for part in parts:
        part.index = pd.RangeIndex(n, n + len(part))
        n += len(part)
        _refuse_huge(file, n, len(part.columns))
        names = [name for i, name in enumerate(part.columns) if wanted is None or i == 0 or name in wanted]
        kept.append(part[names].apply(lambda column: column.str.strip()))
        samples.append(part[part.index % stride == 0])
        while sum(len(sample) for sample in samples) > SAMPLE:
            stride *= 2
            samples = [sample[sample.index % stride == 0] for sample in samples]
    return pd.concat(kept), pd.concat(samples)


def _refuse_huge(file: str, n: int, width: int) -> None:
    if n > streams.MAX_ROWS or n * width > streams.MAX_CELLS:
        rule = f"must have at most {streams.MAX_ROWS:,} rows and {streams.MAX_CELLS:,} cells"
        raise InputError(file, rule, f"more than {n - 1:,} rows of {width} columns", "Export a shorter period.")
