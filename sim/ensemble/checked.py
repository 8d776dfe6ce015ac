"""Parquet files that know what they are and whether they are still whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble.files import ABOUT, write_arrow

if TYPE_CHECKING:
    import pyarrow as pa


class Unfit(Exception):  # noqa: N818 - a reason to set a file aside, not an error that a user meets
    """A file that must not be read; its text says why, as in "it is cut short"."""


def content_digest(table: pa.Table) -> str:
    """SHA-256 of a table's names and values, 64 hex digits; how the file stores them does not count."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(f"{name}\0{len(column)}\0".encode())
        for part in _plain(column):
            digest.update(part)
    return digest.hexdigest()


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Bytes that say all of a column; text as its words and their places."""
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return [column.to_numpy().tobytes()]
    words = column.combine_chunks().dictionary_encode()
    return ["\0".join(words.dictionary.to_pylist()).encode(), words.indices.fill_null(-1).to_numpy().tobytes()]


def write_checked(path: Path, table: pa.Table, about: dict[str, Any]) -> None:
    """Write a table with what it is about and the digest of its content.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import pyarrow as pa

    # Only words repeat themselves: to look for repeated numbers costs a third of the writing.
    words = [field.name for field in table.schema if pa.types.is_string(field.type)]
    write_arrow(path, table, about | {"content": content_digest(table)}, words)


def said_of(path: Path) -> dict[str, Any]:
    """What a file says of itself; nothing where it says nothing that is understood."""
    import pyarrow.parquet as pq

    return _said(pq.read_schema(path))


def _said(schema: pa.Schema) -> dict[str, Any]:
    said = json.loads((schema.metadata or {}).get(ABOUT, b"{}"))
    return said if isinstance(said, dict) else {}


def read_checked(path: Path, about: dict[str, Any]) -> pa.Table:
    """Read a table, and make sure that it is what it should be and whole.

    Parameters
    ----------
    about : dict
        What the file must say of itself; it may say more.

    Raises
    ------
    Unfit
        If it must not be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, memory_map=False) as file:
            said = _said(file.schema_arrow)
            _compare(said, about)
            table = file.read(use_threads=False)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise Unfit(f"cannot be read ({' '.join(str(error).split())[:120]})") from None
    if said.get("content") != content_digest(table):
        raise Unfit("is damaged: its content is not what was written")
    return table.replace_schema_metadata(None)


def _compare(said: dict[str, Any], about: dict[str, Any]) -> None:
    if not said:
        raise Unfit("was not written by smarketing")
    for name, value in about.items():
        if said.get(name) != value:
            raise Unfit(f"does not belong here: its {name} is {said.get(name)}, not {value}")
