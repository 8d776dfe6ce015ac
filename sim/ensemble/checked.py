"""Parquet files that know what they are and whether they are still whole."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble.files import ABOUT, write_bytes

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


#: Key of a file's digest, what stands in its place while it is taken, and the bytes between key and digest: a type and
#: a length.
SUM, NO_SUM, BETWEEN = b"smarketing_sha256", b"0" * 64, 2


class Unfit(Exception):  # noqa: N818 - a reason to set a file aside, not an error that a user meets
    """A file that must not be read; its text says why, as in "it is cut short"."""


def write_checked(path: Path, table: pa.Table, about: dict[str, Any]) -> None:
    """Write a table with what it is about and a digest of the whole file, at once or not at all.

    Raises
    ------
    OSError
        If it cannot be written.

    Notes
    -----
    The digest stands in the file itself: it is taken with zeros in its place. It covers every byte, so that no
    reader is ever given a file that was changed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = {ABOUT: json.dumps(about, sort_keys=True).encode(), SUM: NO_SUM}
    # Only words repeat themselves: to look for repeated numbers costs a third of the writing.
    words = [field.name for field in table.schema if pa.types.is_string(field.type)]
    file = io.BytesIO()
    how: dict[str, Any] = {"write_statistics": False, "use_dictionary": words, "store_schema": False}
    with pq.ParquetWriter(file, table.schema, **how) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(said)
    content = file.getvalue()
    write_bytes(path, content.replace(NO_SUM, _sum(content)))


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _is_whole(content: bytes) -> bool:
    """Whether a file is, byte for byte, what was written."""
    place = content.rfind(SUM) + len(SUM) + BETWEEN
    said = content[place : place + len(NO_SUM)]
    return len(said) == len(NO_SUM) and _sum(content[:place] + NO_SUM + content[place + len(NO_SUM) :]) == said


def said_of(file: pq.ParquetFile) -> dict[str, Any]:
    """What a file says of itself."""
    said: dict[str, Any] = json.loads(file.metadata.metadata[ABOUT])
    return said


def open_checked(path: Path, about: dict[str, Any]) -> pq.ParquetFile:
    """Open a table, and make sure that it is what it should be and whole.

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
        content = path.read_bytes()
        if not _is_whole(content):
            raise Unfit("is damaged, or was not written by smarketing")
        file = pq.ParquetFile(pa.BufferReader(content))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise Unfit(f"cannot be read ({' '.join(str(error).split())[:120]})") from None
    _compare(said_of(file), about)
    return file


def read_checked(path: Path, about: dict[str, Any]) -> pa.Table:
    """Read a table, and make sure that it is what it should be and whole.

    Raises
    ------
    Unfit
        If it must not be read.
    """
    return open_checked(path, about).read(use_threads=False).replace_schema_metadata(None)


def _compare(said: dict[str, Any], about: dict[str, Any]) -> None:
    for name, value in about.items():
        if said.get(name) != value:
            raise Unfit(f"does not belong here: its {name} is {said.get(name)}, not {value}")
