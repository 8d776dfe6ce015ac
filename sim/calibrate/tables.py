"""CSV files as tables of text: encodings, separators, and cells by the plain names of their columns."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.domain.errors import InputError

Roles = dict[str, tuple[str, ...]]
Texts = dict[str, "pd.Series[str]"]
MAX_UNPACKED = 2 * 2**30
_CSV_MEND = "Export it again, or save it as 'CSV UTF-8'."


@dataclass(frozen=True)
class Table:
    """One CSV file as text; ``columns`` maps plain names to headers, the index is the row as a spreadsheet counts."""

    file: str
    cells: pd.DataFrame
    separator: str
    columns: dict[str, str] = field(default_factory=dict)

    def header(self, names: tuple[str, ...]) -> str | None:
        """Header of the first of some plain names that the file has; None if it has none of them."""
        return next((self.columns[name] for name in names if name in self.columns), None)

    def texts(self, roles: Roles) -> Texts:
        """Stripped cells of the columns that fill a role, by role; roles without a column are left out."""
        found = {role: self.header(names) for role, names in roles.items()}
        return {role: self.cells[name].str.strip() for role, name in found.items() if name is not None}

    def at(self, names: tuple[str, ...], row: object = None) -> str:
        """Where a cell or column is, in words for an error."""
        place = f"{self.file}, column {self.header(names)}"
        return place if row is None else f"{place}, row {row}"


def csv_files(path: Path) -> list[Path]:
    """List a file itself, or the CSV files of a folder in order of their names."""
    if not path.exists():
        raise InputError(path.name or str(path), "must be an existing file or folder", mend="Check the path.")
    if path.is_file():
        return [path]
    try:
        files = sorted(
            file for file in path.iterdir() if file.name.lower().endswith((".csv", ".csv.gz")) and file.is_file()
        )
    except PermissionError as error:
        raise InputError(path.name, "must be readable; permission was denied", mend="Ask for access.") from error
    if not files:
        raise InputError(path.name, "must hold at least one .csv file, got none", mend="Put the export there as CSV.")
    return files


def read_table(path: Path, notes: list[str]) -> Table:
    """Read one CSV as text cells, rows numbered as a spreadsheet does (the header is row 1)."""
    raw, encoding = _text_bytes(path, notes)
    marked = raw.removeprefix(b"\xef\xbb\xbf")
    table = marked.lstrip(b"\r\n")
    blank_lines = marked[: len(marked) - len(table)].count(b"\n")
    head = table.split(b"\n", 1)[0].decode(encoding, "replace")
    bare = re.sub(r'"[^"]*"', "", head)
    separator = max(",;\t", key=bare.count)
    cells = _cells(path, table, encoding, separator)
    cells.index = pd.RangeIndex(2, len(cells) + 2) + blank_lines
    columns: dict[str, str] = {}
    for name in cells.columns:
        columns.setdefault(re.sub(r"[^a-z0-9]", "", str(name).lower()), str(name))
    return Table(path.name, cells, separator, columns)


def _text_bytes(path: Path, notes: list[str]) -> tuple[bytes, str]:
    try:
        raw = path.read_bytes()
        if raw.startswith(b"\x1f\x8b"):
            raw = _unpacked(path, raw)
    except PermissionError as error:
        raise InputError(path.name, "must be readable; permission was denied", mend="Ask for access.") from error
    except OSError as error:
        raise InputError(path.name, f"must be readable; {error.strerror}", mend=_CSV_MEND) from error
    if b"\0" in raw:
        raise InputError(path.name, "must be a text file; it holds a NUL byte, as binary files do", mend=_CSV_MEND)
    for encoding in ("utf-8-sig", "utf-8", "cp1252"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252":
            notes.append(f"{path.name} is not UTF-8; it was read as Windows-1252 text.")
        return raw, encoding
    raise InputError(path.name, "must be a text file in UTF-8 or Windows-1252", mend=_CSV_MEND)


def _unpacked(path: Path, packed: bytes) -> bytes:
    """Unpack gzip, and stop at the limit before memory is filled."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            raw = stream.read(MAX_UNPACKED + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(path.name, "must be a whole gzip file; it is damaged or cut off", mend=_CSV_MEND) from error
    if len(raw) > MAX_UNPACKED:
        rule = f"must unpack to at most {MAX_UNPACKED // 2**30} GiB"
        raise InputError(path.name, rule, mend="Export a shorter period.")
    return raw


def _cells(path: Path, raw: bytes, encoding: str, separator: str) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.BytesIO(raw),
                encoding=encoding,
                sep=separator,
                dtype=str,
                na_filter=False,
                index_col=False,
                skip_blank_lines=False,
            )
    except pd.errors.EmptyDataError as error:
        raise InputError(path.name, "must hold a header and rows; the file is empty", mend=_CSV_MEND) from error
    except pd.errors.ParserWarning as error:
        rule = "must not have rows with more cells than the header"
        raise InputError(f"{path.name}, row 2", rule, mend="Quote cells that hold a comma.") from error
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found is None:
            raise InputError(path.name, "must be a CSV table; a quote is not closed", mend=_CSV_MEND) from error
        rule = f"must have {found[1]} cells like the header"
        mend = "Quote cells that hold a comma."
        raise InputError(f"{path.name}, line {found[2]}", rule, int(found[3]), mend) from error


def plain_name(name: str) -> str:
    """Lower-case letters and digits of a header, as layouts spell them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
