"""Tables of fields: how records and rules are declared, so that each number has a unit, a range and a meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: Stored kinds. Kernels reckon with 64 bits; tables with many rows keep their numbers in fewer, so that more of them fit
#: into the processor's cache. A ``level`` is a float that is a state in the evening, where others sum up a day.
KINDS = {
    "float": np.float64,
    "level": np.float64,
    "float32": np.float32,
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
        ``float`` or ``level`` (float64), ``float32``, ``int`` (int64), ``int32``, ``int16`` or ``int8``, with a length
        in brackets where a field holds several: ``float[5]``; a field of several has 64 bits.
    unit : str
        Unit, or ``-``.
    meaning : str
        What it is, in a sales manager's words where possible.
    """

    name: str
    kind: str
    unit: str
    meaning: str


class InDouble(np.ndarray[Any, Any]):
    """Rows as they are stored, whose columns of 32 bits are read as float64, so that sums and products are not rounded.

    A number of one row is as it is stored, and so is what NumPy joins of several such arrays.

    Examples
    --------
    >>> rows = np.zeros(2, dtype=[("day", np.int32), ("value", np.float32)]).view(InDouble)
    >>> rows[:1]["value"].dtype, rows["day"].dtype
    (dtype('float64'), dtype('int32'))
    """

    def __getitem__(self, index: Any) -> Any:
        """A column by its name, or rows."""
        found = super().__getitem__(index)
        if not isinstance(index, str):
            return found
        if found.dtype != np.float32:
            return np.asarray(found)
        wide = np.asarray(found, np.float64)
        wide.flags.writeable = False  # a copy: who wrote into it would change nothing
        return wide


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
