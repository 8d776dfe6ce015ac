"""Tables of fields: how records and rules are declared, so that each number has a unit, a range and a meaning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Stored kinds. Kernels reckon with 64 bits; tables with many rows keep days, rows and counts in fewer, so that more of
#: them fit into the processor's cache. A ``level`` is a float that is a state in the evening, where others sum up a day.
KINDS = {
    "float": np.float64,
    "level": np.float64,
    "int": np.int64,
    "int32": np.int32,
    "int16": np.int16,
    "int8": np.int8,
}


@dataclass(frozen=True)
class Field:
    """One field of a record.

    Parameters
    ----------
    name : str
        As code, tables and files call it.
    kind : str
        ``float`` or ``level`` (float64), ``int`` (int64), ``int32``, ``int16`` or ``int8``, with a length in brackets
        where a field holds several: ``float[5]``.
    unit : str
        Unit, or ``-``.
    meaning : str
        What it is, in a sales manager's words where possible.
    """

    name: str
    kind: str
    unit: str
    meaning: str


def read_fields(table: str) -> tuple[Field, ...]:
    """Read fields from lines of ``name | kind | unit | meaning``."""
    rows = (line.split("|", 3) for line in table.strip().splitlines())
    return tuple(Field(*(cell.strip() for cell in row)) for row in rows)


def dtype_of(fields: tuple[Field, ...]) -> np.dtype[np.void]:
    """The aligned structured dtype of these fields, in their order."""
    return np.dtype([(field.name, *_stored(field.kind)) for field in fields], align=True)


def _stored(kind: str) -> tuple[type, tuple[int, ...]]:
    name, _, length = kind.rstrip("]").partition("[")
    return KINDS[name], (int(length),) if length else ()
