"""Read a CRM export (one file, or a folder of them) into one plain table of leads or deals.

Layouts are told apart by their columns and never by file names: Salesforce (leads, opportunities, history), HubSpot
(deals, contacts), Pipedrive, Zoho, a single wide pipeline, the two-file funnel (leads here, won leads there), the event
log (one row per step), exports of durations, and any other table by a mapping.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.calibrate.cells import NO_AMOUNT
from sim.calibrate.deals import LEADS_ALONE, Found, read_deals, wanted_of
from sim.calibrate.events import EVENT_LOG, STAGE_HISTORY, fits_events, read_events
from sim.calibrate.findings import Finding
from sim.calibrate.guesses import guessed_from
from sim.calibrate.joins import (
    HISTORY,
    is_stage_history,
    join_deals,
    read_funnel,
    stages_of_history,
    with_history,
)
from sim.calibrate.layouts import (
    HUBSPOT,
    HUBSPOT_CONTACTS,
    LEAD_FILE,
    LEAD_IDS,
    SALESFORCE,
    SALESFORCE_LEAD,
    VALUE_FILE,
    WON_FILE,
    Layout,
    funnel_files,
    layout_of,
    refuse_several,
    unknown_layout,
)
from sim.calibrate.leaks import Leak
from sim.calibrate.mapping import Mapping, layout_from, read_mapping, rules_from
from sim.calibrate.rows import anonymous, finished
from sim.calibrate.strays import without_strays
from sim.calibrate.tables import Roles, Table, export_files, head_of, read_table
from sim.domain.errors import InputError, Told


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
    findings : tuple of Finding
        What reading found that a data report must say: dates years away from all others.
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
    findings: tuple[Finding, ...] = ()


def read_export(path: Path, mapping: Mapping | Path | None = None) -> Export:
    """Read a CRM export and say what was dropped or repaired on the way.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file (plain or packed as .csv.gz), an .xlsx workbook, or a folder that holds the files of one export.
    mapping : Mapping or pathlib.Path, optional
        Which column is which, or the TOML file that says so; without it the known layouts are tried, and for a single
        unknown file a mapping is guessed.

    Returns
    -------
    Export
        Rows in file order; people numbered instead of named, ids that could be names hashed.

    Raises
    ------
    InputError
        If there is no such file, no table in the folder, no row, no known layout or more than one; if a file is not
        text, damaged, too large or may not be read; if a date or an amount cannot be read, an amount is negative, or
        currencies mix; if the mapping names columns that are not there.

    Notes
    -----
    Encodings are tried as UTF-8 (with or without mark), then Windows-1252. A lead without a match in the won file is
    open: whether it was lost is unknown. Rows closed before they were created are dropped, repeated ids after the
    first too; both are counted in ``notes``. Where no row has a created date, all have NaT, and ``total_days`` holds
    the durations if there are any.
    """
    source = _Source(Path(path))
    if mapping is not None:
        told = mapping if isinstance(mapping, Mapping) else read_mapping(Path(mapping))
        return _mapped(source, told)
    funnel = funnel_files(source.heads)
    deals = [(head, layout) for head in source.heads if head not in funnel and (layout := layout_of(head))]
    if funnel:
        refuse_several(source.path, [funnel[0].file, *(head.file for head, _ in deals)])
        return _funnel(source, funnel)
    if deals:
        return _deals(source, deals)
    logs = [(head, EVENT_LOG) for head in source.heads if fits_events(head)]
    logs += [(head, STAGE_HISTORY) for head in source.heads if is_stage_history(head, whole=True)]
    refuse_several(source.path, [head.file for head, _ in logs])
    if logs:
        return _log(source, *logs[0])
    guess = guessed_from(source.sample()) if len(source.heads) == 1 else None
    if guess is None:
        raise unknown_layout(source.heads)
    return _mapped(source, guess)


class _Source:
    """Files of an export: their columns first, their rows when they are needed, and the notes on both."""

    def __init__(self, path: Path) -> None:
        self.path, self.notes = path, list[str]()
        self.heads: list[Table] = []
        self._files: dict[str, Path] = {}
        files = export_files(path)
        for file in files:
            try:
                self.heads.append(head_of(file))
                self._files[file.name] = file
            except InputError as error:
                if len(files) == 1:
                    raise
                self.notes.append(f"Not used, as it cannot be read: {error.field} {error.rule}.")
        if not self.heads:
            raise InputError(path.name, "must hold a readable table", Told("none"), " ".join(self.notes))

    def table(self, head: Table, wanted: set[str]) -> Table:
        """Read the rows of a table whose columns are known."""
        return read_table(self._files[head.file], self.notes, wanted)

    def named(self, head: Table, roles: Roles) -> Table:
        """Read the rows of a table, columns by their names in some roles."""
        return self.table(head, {str(name) for names in roles.values() if (name := head.header(names))})

    def sample(self) -> Table:
        """Rows spread over the only table, with all columns."""
        return read_table(self._files[self.heads[0].file], [], set())

    def used(self, *files: str) -> None:
        """Note which files are not used."""
        ignored = [head.file for head in self.heads if head.file not in files]
        if ignored:
            self.notes.append(f"Not used, as their columns are not needed: {', '.join(ignored)}.")


def _export(source: _Source, found: Found, layout: str, unit: str, table: Table) -> Export:
    """Check the rows, take the people out, and add what was noted on the way."""
    leads, findings = without_strays(finished(table.file, found.leads, source.notes))
    leads, stages = anonymous(leads, found.stages, found.named, source.notes)
    return Export(
        leads=leads,
        layout=layout,
        unit=unit,
        currency=found.currency,
        notes=tuple(source.notes),
        source_name=source.path.resolve().name,
        n_read=len(table.cells),
        leaks=found.leaks,
        stages=None if stages is None or stages.empty else stages,
        findings=findings,
    )


def _funnel(source: _Source, heads: list[Table]) -> Export:
    source.used(*(head.file for head in heads))
    roles = zip(heads, (LEAD_FILE, WON_FILE, VALUE_FILE), strict=False)
    tables = [source.named(head, names | {"id": LEAD_IDS}) for head, names in roles]
    return _export(source, read_funnel(tables, source.notes), "two-file funnel", "lead", tables[0])


def _deals(source: _Source, fitting: list[tuple[Table, Layout]]) -> Export:
    """Read one file of deals or leads, or the two of a CRM that belong together."""
    by_layout = {layout.name: head for head, layout in fitting}
    for lead_layout, deal_layout in ((SALESFORCE_LEAD, SALESFORCE), (HUBSPOT_CONTACTS, HUBSPOT)):
        both = {lead_layout.name, deal_layout.name}
        if set(by_layout) == both and len(fitting) == 2:
            return _leads_and_deals(
                source, (by_layout[lead_layout.name], lead_layout), (by_layout[deal_layout.name], deal_layout)
            )
    refuse_several(source.path, [head.file for head, _ in fitting])
    head, layout = fitting[0]
    histories = _histories(source)
    source.used(head.file, *(each.file for each in histories))
    table = source.table(head, wanted_of(head, layout))
    found = _with_histories(source, read_deals(table, layout, source.notes), histories)
    return _export(source, found, layout.name, layout.unit, table)


def _leads_and_deals(source: _Source, leads: tuple[Table, Layout], deals: tuple[Table, Layout]) -> Export:
    """Read leads with the deals they became; deals alone where leads have no date or lead to no deal."""
    histories = _histories(source)
    deal_table = source.table(deals[0], wanted_of(*deals))
    deal_rows = _with_histories(source, read_deals(deal_table, deals[1], source.notes), histories)
    joined, told = None, list[str]()
    if leads[0].header(leads[1].roles["created"]):
        lead_table = source.table(leads[0], wanted_of(*leads))
        lead_rows = read_deals(lead_table, leads[1], told)
        files = (leads[0].file, deals[0].file)
        joined = join_deals(lead_rows, deal_rows, files, source.notes)
        source.notes.extend(note for note in told if joined and note not in (LEADS_ALONE, NO_AMOUNT))
    if joined:
        source.used(leads[0].file, deals[0].file, *(each.file for each in histories))
        name = f"{leads[1].name.split()[0]} leads and deals"
        return _export(source, joined, name, "lead", lead_table)
    source.notes.append(f"{leads[0].file} has no created dates or leads to no deal, so deals alone are read.")
    source.used(deals[0].file, *(each.file for each in histories))
    return _export(source, deal_rows, deals[1].name, "opportunity", deal_table)


def _histories(source: _Source) -> list[Table]:
    """The history of stages, if there is one; the history of opportunities before the one of fields."""
    heads = [head for head in source.heads if is_stage_history(head)]
    return sorted(heads, key=lambda head: not head.header(HISTORY["stage"]))[:1]


def _with_histories(source: _Source, found: Found, histories: list[Table]) -> Found:
    for head in histories:
        found = with_history(found, stages_of_history(source.named(head, HISTORY), source.notes))
    return found


def _log(source: _Source, head: Table, layout: Layout) -> Export:
    """Read an event log, or a history of stages without its deals, which is one."""
    source.used(head.file)
    table = source.named(head, layout.roles)
    return _export(source, read_events(table, layout, None, source.notes), layout.name, layout.unit, table)


def _mapped(source: _Source, mapping: Mapping) -> Export:
    """Read one table by a mapping."""
    if len(source.heads) > 1 and mapping.file is None:
        files = ", ".join(head.file for head in source.heads)
        raise InputError(
            source.path.name, "must be one file for a mapping", files, "Name one as `file` in the mapping."
        )
    head = _head_for(source, mapping)
    source.used(head.file)
    source.notes.extend(mapping.notes)
    layout = layout_from(mapping, head)
    headers = set(mapping.columns.named().values())
    table = source.table(head, headers | wanted_of(head, layout))
    keys = {f"={header}": header for header in headers}
    table = Table(table.file, table.cells, table.separator, table.columns | keys, table.sample)
    if mapping.columns.case:
        found = read_events(table, layout, rules_from(mapping), source.notes)
    else:
        found = read_deals(table, layout, source.notes)
    return _export(source, found, "mapping", mapping.unit, table)


def _head_for(source: _Source, mapping: Mapping) -> Table:
    found = next((head for head in source.heads if mapping.file in (None, head.file)), None)
    if found is None:
        files = ", ".join(head.file for head in source.heads)
        raise InputError("mapping: file", "must name a file of the export", mapping.file, f"There are: {files}.")
    return found
