"""Read a CRM export (one CSV file, or a folder of them) into one plain table of leads or deals.

Five layouts are known, told apart by their columns and never by file names: Salesforce opportunities, HubSpot deals,
a single wide pipeline, the two-file funnel (leads here, won leads there), and the event log (one row per step).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibrate.cells import read_amounts, read_dates
from sim.calibrate.events import fits_events, leads_of_events
from sim.calibrate.layouts import (
    DEALS,
    LEAD_FILE,
    LEAD_IDS,
    VALUE_FILE,
    WON_FILE,
    Layout,
    fits,
    funnel_files,
    refuse_unclear,
)
from sim.calibrate.leaks import Leak, leaking_columns
from sim.calibrate.rows import finished, status_of, without_deleted, without_footer, without_repeats
from sim.calibrate.tables import Roles, Table, csv_files, read_table


@dataclass(frozen=True)
class Export:
    """A CRM export in canonical form, without any personal name.

    Parameters
    ----------
    leads : pandas.DataFrame
        One row per lead or deal: ``lead_id`` (str), ``created`` (datetime64, UTC where zones were given), ``closed``
        (datetime64; NaT while open, as the expected close date of an open deal is not an event), ``status`` ("won",
        "lost" or "open"), ``amount`` (float >= 0, in ``currency``; NaN if unknown), ``source``, ``owner`` ("rep 1",
        "rep 2" ...) and ``marketer`` ("marketer 1" ...), each a str or None. Where the layout tells them, and else not
        there at all: ``mql`` (became an MQL), ``handed`` (handed to sales), ``responded`` (first response) and
        ``expected`` (the close date that an open deal is given), each datetime64 with NaT for unknown.
    layout : str
        Which of the known layouts it was.
    unit : str
        "lead" if rows are inquiries or MQLs, "opportunity" if rows are deals.
    currency : str or None
        Code or sign of the amounts; None where the export does not say.
    notes : tuple of str
        What was dropped, repaired or assumed, how many and why: one plain sentence each.
    source_name : str
        Name of the file or folder, without its path.
    n_read : int
        Rows of the file of leads or deals, before anything was dropped.
    leaks : tuple of Leak
        Columns that tell the outcome.
    stages : pandas.DataFrame or None
        ``lead_id``, ``stage`` (str) and ``entered`` (datetime64), one row per stage entered; None if nothing tells it.
    """

    leads: pd.DataFrame
    layout: str
    unit: str
    currency: str | None
    notes: tuple[str, ...]
    source_name: str = ""
    n_read: int = 0
    leaks: tuple[Leak, ...] = ()
    stages: pd.DataFrame | None = None


def read_export(path: Path) -> Export:
    """Read a CRM export and say what was dropped or repaired on the way.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file, or a folder that holds the CSV files of one export.

    Returns
    -------
    Export
        Rows in file order; ids kept as text, people numbered instead of named.

    Raises
    ------
    InputError
        If there is no such file, no CSV in the folder, no row, no known layout or more than one; if a file is not
        text or may not be read; if a date or an amount cannot be read, an amount is negative, or currencies mix.

    Notes
    -----
    Encodings are tried as UTF-8 (with or without mark), then Windows-1252. A lead without a match in the won file is
    open: whether it was lost is unknown. Rows closed before they were created are dropped, repeated ids after the
    first too; both are counted in ``notes``.
    """
    path = Path(path)
    notes: list[str] = []
    tables = [read_table(file, notes) for file in csv_files(path)]
    funnel = funnel_files(tables)
    deals = [(table, layout) for table in tables for layout in DEALS if fits(table, layout)]
    logs = [] if funnel or deals else [table for table in tables if fits_events(table)]
    if len(logs) != 1:
        refuse_unclear(path, tables, funnel, deals)
    used = logs or funnel or [deals[0][0]]
    ignored = [table.file for table in tables if table not in used]
    if ignored:
        notes.append(f"Not used, as their columns are not needed: {', '.join(ignored)}.")
    if logs:
        leads, stages, currency = leads_of_events(logs[0], None, notes)
        n_read = len(logs[0].cells)
        return Export(leads, "event log", "lead", currency, tuple(notes), path.resolve().name, n_read, (), stages)
    if funnel:
        leads, currency, leaks = _from_funnel(funnel, notes)
        name, unit = "two-file funnel", "lead"
    else:
        leads, currency, leaks = _from_deals(*deals[0], notes)
        name, unit = deals[0][1].name, "opportunity"
    return Export(leads, name, unit, currency, tuple(notes), path.resolve().name, len(used[0].cells), leaks)


Rows = tuple[pd.DataFrame, str | None, tuple[Leak, ...]]
#: Roles whose columns say the outcome by intention, or who a row is.
_TOLD = ("id", "created", "closed", "stage", "is_won", "is_closed", "is_lost", "is_deleted", "owner")


def _from_deals(table: Table, layout: Layout, notes: list[str]) -> Rows:
    """Canonical rows of a file with one deal per row."""
    roles = layout.needed | layout.optional
    texts = without_footer(table, table.texts(roles), notes)
    texts = without_deleted(table, roles, texts, notes)
    dates = read_dates(table, {role: (roles[role], texts[role]) for role in ("created", "closed")}, notes)
    leads = pd.DataFrame({"created": dates["created"], "closed": dates["closed"]})
    leads["status"] = status_of(table, roles, texts)
    leads["amount"], currency = read_amounts(table, roles, texts, notes)
    for role in ("source", "owner"):
        leads[role] = texts.get(role)
    leads["marketer"] = None
    leads.insert(0, "lead_id", texts.get("id", pd.Series(leads.index.astype(str), leads.index)))
    if "id" not in texts:
        notes.append("There is no id column, so rows were numbered and repeated rows cannot be found.")
    elif layout is DEALS[0] and texts["id"].str.len().isin([15, 18]).all():
        leads["lead_id"] = leads["lead_id"].str[:15]
    leads = without_repeats(table.file, leads, notes)
    told = {table.header(roles[role]) for role in _TOLD if role in roles}
    leaks = leaking_columns(table.cells.loc[leads.index], leads["status"], {str(name) for name in told})
    return finished(table.file, leads, notes), currency, leaks


def _from_funnel(files: list[Table], notes: list[str]) -> Rows:
    """Canonical rows of a leads file, joined with the won file and the value file on the lead id."""
    parts = []
    for table, roles in zip(files, (LEAD_FILE, WON_FILE, VALUE_FILE), strict=False):
        texts = without_footer(table, table.texts(roles | {"id": LEAD_IDS}), notes)
        part = pd.DataFrame({"lead_id": texts.pop("id")} | texts)
        nameless = part["lead_id"] == ""
        if nameless.any():
            notes.append(f"Left out of {table.file} for want of a lead id: {int(nameless.sum())} rows.")
        part = part[~nameless]
        parts.append(without_repeats(table.file, part, notes))
    leads = parts[0].assign(created=_one_date(files[0], LEAD_FILE, "created", parts[0], notes))
    won = parts[1].assign(closed=_one_date(files[1], WON_FILE, "closed", parts[1], notes)).set_index("lead_id")
    strangers = int((~won.index.isin(leads["lead_id"])).sum())
    if strangers:
        notes.append(f"Left out of {files[1].file}, as {files[0].file} has no such lead: {strangers} rows.")
    leads["closed"] = leads["lead_id"].map(won["closed"])
    leads["status"] = np.where(leads["lead_id"].isin(won.index), "won", "open")
    for role in ("owner", "marketer"):
        leads[role] = leads["lead_id"].map(won[role]) if role in won else None
    leads["source"] = leads.get("source")
    amounts, currency = pd.Series(np.nan, leads.index), None
    if len(parts) > 2:
        texts = {str(role): parts[2][role] for role in parts[2].columns}
        values, currency = read_amounts(files[2], VALUE_FILE, texts, notes)
        amounts = leads["lead_id"].map(values.set_axis(parts[2]["lead_id"]))
    leads["amount"] = amounts.where(leads["status"] == "won")
    unknown = int((leads["status"] == "open").sum())
    notes.append(f"Leads not in the won file count as open, since nothing says that they were lost: {unknown}.")
    told = {str(files[0].header(names)) for names in (LEAD_IDS, LEAD_FILE["created"])}
    leaks = leaking_columns(files[0].cells.loc[leads.index], leads["status"], told)
    return finished(files[0].file, leads, notes), currency, leaks


def _one_date(table: Table, roles: Roles, role: str, part: pd.DataFrame, notes: list[str]) -> pd.Series[pd.Timestamp]:
    return read_dates(table, {role: (roles[role], part[role])}, notes)[role]
