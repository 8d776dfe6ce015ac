"""What a part of the benchmark is: a table with a title, columns that know their form, and who measures its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Parameters
    ----------
    rounds : int
        Of tasks in turn; one more, the first, is not counted.
    is_long : bool
        With ten million leads and two minutes on all cores.
    """

    rounds: int = 5
    is_long: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a part's table.

    Parameters
    ----------
    name : str
        Key in the rows.
    label : str
        With its unit.
    form : str
        How a number is written, as in `format`; text is written as it is.
    """

    name: str
    label: str
    form: str = ""

    def cell(self, row: Row) -> str:
        """The value of a row as text; a dash where there is none.

        Examples
        --------
        >>> Column("ms", "ms per run", ",.1f").cell({"ms": 1234.56})
        '1,234.6'
        """
        value = row.get(self.name)
        if value is None:
            return "–"
        return value if isinstance(value, str) else format(value, self.form)


@dataclass(frozen=True)
class Part:
    """One table of the benchmark.

    Parameters
    ----------
    name : str
        By which it is chosen and stored.
    title : str
        What it shows.
    columns : tuple of Column
        From left to right.
    measure : callable
        Gives the rows.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    measure: Callable[[Effort], list[Row]]

    def head(self) -> list[str]:
        """Labels of the columns."""
        return [column.label for column in self.columns]

    def cells(self, rows: list[Row]) -> list[list[str]]:
        """Rows as text."""
        return [[column.cell(row) for column in self.columns] for row in rows]
