"""Tables as plain Python must read them where the compiler is off, to the same bytes (see `sim.behaviours.rows`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.domain.records import TABLES, World


class PlainRow:
    """A row whose numbers of 32 bits are read with 64: Python would go on with 32."""

    __slots__ = ("_stored",)

    def __init__(self, stored: Any) -> None:
        object.__setattr__(self, "_stored", stored)

    def __getattr__(self, name: str) -> Any:
        """A field."""
        value = getattr(self._stored, name)
        return float(value) if isinstance(value, np.float32) else value

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a field, rounded to what it is stored in."""
        setattr(self._stored, name, value)


class PlainRows(np.recarray[Any, Any]):
    """A table without a row −1, which compiled code would read from before the table."""

    def __getitem__(self, index: Any) -> Any:
        """A row, or what else can be asked for."""
        if isinstance(index, int | np.integer) and index < 0:
            raise IndexError(f"row {index} of a table: kernels must not count from the end")
        return super().__getitem__(index)


class PlainRowsInDouble(PlainRows):
    """Such a table with numbers of 32 bits."""

    def __getitem__(self, index: Any) -> Any:
        """A row, or what else can be asked for."""
        found = super().__getitem__(index)
        return PlainRow(found) if isinstance(found, np.record) else found


def as_plain(world: Any) -> Any:
    """The same world, whose tables are read as compiled code reads them; nothing is copied.

    What is no world of ours, as a benchmark may have, stays what it is.
    """
    if not isinstance(world, World) or isinstance(world.people, PlainRows):
        return world
    return world._replace(**{name: getattr(world, name).view(_kind_of(dtype)) for name, dtype in TABLES.items()})


def _kind_of(dtype: np.dtype[Any]) -> type[PlainRows]:
    is_narrow = any(field.type is np.float32 for field, *_ in (dtype.fields or {}).values())
    return PlainRowsInDouble if is_narrow else PlainRows
