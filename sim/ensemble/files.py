"""Files on disk: text and tables with their provenance, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.domain.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: Key of a Parquet file's metadata under which smarketing says what it is.
ABOUT = b"smarketing"


def writable_folder(path: Path, field: str = "--out") -> Path:
    """Make a folder and make sure that files can be written into it.

    Raises
    ------
    InputError
        If it cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        rule = f"must be a folder that can be written ({error.strerror})"
        raise InputError(field, rule, str(path), "Choose another folder.") from None


def writable_file(path: Path, field: str = "--out") -> Path:
    """Make sure that a file can be written, making its folder where it is missing.

    Raises
    ------
    InputError
        If it is a folder, or its folder cannot be made or written.
    """
    if path.is_dir():
        raise InputError(field, "must be a file, not a folder", str(path), "Name a file in it.")
    if not path.exists() or path.is_file():
        writable_folder(path.parent, field)
    return path


def write_text(path: Path, text: str, field: str = "--out") -> None:
    """Write a text file whole or not at all; `field` is named where it cannot be written.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    writable_file(path, field)
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a device or pipe, such as /dev/stdout, is written, not replaced
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise InputError(field, f"cannot be written ({error.strerror})", str(path), "Choose another file.") from None


TABLE_FILES = (".csv", ".parquet")


def check_table_file(path: Path, field: str) -> None:
    """Make sure that a table can be written to a file, before any work is done for it.

    Raises
    ------
    InputError
        If its name ends in none of TABLE_FILES, or it cannot be written.
    """
    if path.suffix not in TABLE_FILES:
        raise InputError(field, f"must end in {' or '.join(TABLE_FILES)}", str(path), "Call it table.csv, for example.")
    writable_file(path, field)


def write_table(path: Path, frame: pd.DataFrame, provenance: dict[str, Any]) -> None:
    """Write a table as CSV, or as Parquet with the provenance in its metadata, by the end of its name.

    Raises
    ------
    InputError
        If it cannot be written; it is written whole or not at all.
    """
    if path.suffix == ".csv":
        write_text(path, frame.to_csv(index=False, lineterminator="\n"))
    else:
        write_parquet(path, frame, {key: value for key, value in provenance.items() if key != "timings"})


def write_parquet(path: Path, frame: pd.DataFrame, provenance: dict[str, Any]) -> None:
    """Write a table as Parquet with the provenance in its metadata, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False)
    try:
        write_arrow(path, table, provenance)
    except OSError as error:
        rule = f"cannot be written ({error.strerror or error})"
        raise InputError("--out", rule, str(path), "Choose another folder.") from None


def write_arrow(path: Path, table: pa.Table, about: dict[str, Any]) -> None:
    """Write an Arrow table as Parquet with what it is about in its metadata, whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import pyarrow.parquet as pq

    metadata = {**(table.schema.metadata or {}), ABOUT: json.dumps(about, sort_keys=True).encode()}
    part = path.with_name(f".{path.name}.part")
    try:
        pq.write_table(table.replace_schema_metadata(metadata), part, write_statistics=False)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
