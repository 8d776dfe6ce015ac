"""How a table is told, and columns that several tables have."""

from __future__ import annotations

from dataclasses import dataclass

from sim.domain.tables import Field, read_fields

#: Where a table is found, by the first word of a place, and how that is said.
PLACES = {
    "store": "stores and exports of a study",
    "file": "written",
    "command": "command line",
    "json": "JSON",
    "python": "Python",
    "app": "app",
}
#: Kinds of columns, and what they hold.
KINDS = {
    "text": "a string",
    "whole": "an integer",
    "number": "a float",
    "yes/no": "a boolean",
    "time": "a date with a time",
    "month": "a month",
    "list": "a list (in CSV as JSON)",
    "any": "a number, text or list, as files write it",
}


@dataclass(frozen=True)
class TableColumns:
    """A table and its columns.

    Parameters
    ----------
    name : str
        As people call it.
    row : str
        What a row stands for.
    where : str
        Places divided by semicolons, each with a word of `PLACES` first: ``python SingleRun.leads``, ``store runs/``,
        ``command run --events``, ``json decision.options`` (of the schema of that kind).
    fields : tuple of Field
        Columns in their order; the kind is one of `KINDS`.
    more : str
        Columns whose names come from a plan or a firm, or nothing.
    """

    name: str
    row: str
    where: str
    fields: tuple[Field, ...]
    more: str = ""

    def places(self, kind: str) -> tuple[str, ...]:
        """Places of a kind, without its word.

        Examples
        --------
        >>> TableColumns("leads", "lead", "python SingleRun.leads; store leads/", ()).places("python")
        ('SingleRun.leads',)
        """
        told = (place.strip().partition(" ") for place in self.where.split(";"))
        return tuple(name for word, _, name in told if word == kind)


KEY = read_fields("""
point_id    | text  | -   | point of the study (points)
draw        | whole | -   | row of posterior.parquet, from 1; 0 without a posterior
replication | whole | -   | which luck, from 0: rows of different points with the same draw and replication met the same buyers
""")
DAYS = read_fields("""
day          | whole | working day  | 0: first of the window; the warm-up is negative
calendar_day | whole | calendar day | the same with weekends
""")
OF_POINT = read_fields("""
point_id | text | - | point of the study (points)
label    | text | - | as people call it
""")
OF_OUTCOME = read_fields("""
outcome | text | - | name of the outcome
unit    | text | - | unit of its figures here
better  | text | - | higher or lower; empty where it depends
""")
#: What a comparison tells of an outcome after its mean and difference.
INTERVAL = read_fields("""
ci_low    | number | unit of the outcome | lower end of the interval of the difference; empty where too few pairs differ, or too few were run
ci_high   | number | unit of the outcome | upper end
ci_level  | number | share               | confidence of the interval
ci_method | text   | -                   | how it was found, or that there is none, and why
""")
OF_FIRM = read_fields("""
probability_better | number | prob. | with a posterior: that the effect is for the better in this firm
parameter_share    | number | share | with a posterior: of the uncertainty, due to parameters
""")


def picked(fields: tuple[Field, ...], names: str) -> tuple[Field, ...]:
    """Some of these columns by name, in the order of the names.

    Examples
    --------
    >>> [field.name for field in picked(KEY, "replication draw")]
    ['replication', 'draw']
    """
    by_name = {field.name: field for field in fields}
    return tuple(by_name[name] for name in names.split())
