"""Tables for plain Python that refuse what compiled code cannot read: rows counted from the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.domain import blueprint


class RefusingRows(np.recarray[Any, Any]):
    """A table without row −1."""

    def __getitem__(self, index: Any) -> Any:
        """A row, or what else can be asked for."""
        if isinstance(index, int | np.integer) and index < 0:
            raise IndexError(f"row {index} of a table: kernels must not count from the end")
        return super().__getitem__(index)


def refuse_negative_rows() -> None:
    """Make all tables of this process such that plain Python refuses them."""
    plain = blueprint.rows
    blueprint.rows = lambda dtype, n: plain(dtype, n).view(RefusingRows)
