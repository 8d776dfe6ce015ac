"""All tables by group: docs/reference/tables.md."""

from __future__ import annotations

from sim.analysis.columns.causes import causes
from sim.analysis.columns.comparisons import comparisons
from sim.analysis.columns.decisions import decisions
from sim.analysis.columns.firms import firms
from sim.analysis.columns.lists import classes, lists
from sim.analysis.columns.runs import runs
from sim.analysis.columns.stores import stores
from sim.analysis.columns.studies import studies
from sim.analysis.columns.told import TableColumns


def groups() -> dict[str, tuple[TableColumns, ...]]:
    """Tables by the heading under which they stand."""
    return {
        "Studies: stores and exports": stores(),
        "One run": runs(),
        "Comparisons": comparisons(),
        "What a study answers": studies(),
        "Causes": causes(),
        "Decisions within a budget": decisions(),
        "Your firm: exports and self-assessments": firms(),
        "What is known and shipped": lists(),
        "Classes": classes(),
    }


def all_tables() -> dict[str, TableColumns]:
    """Every table by its name."""
    return {table.name: table for tables in groups().values() for table in tables}
