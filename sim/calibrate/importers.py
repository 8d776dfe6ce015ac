"""Read a CRM export (one CSV file, or a folder of them) into one plain table of leads or deals.

Four layouts are known, told apart by their columns and never by file names: Salesforce opportunities, HubSpot deals,
a single wide pipeline, and the two-file funnel (leads here, won leads there).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.domain.errors import InputError, did_you_mean

Roles = dict[str, tuple[str, ...]]
Texts = dict[str, "pd.Series[str]"]

_DAY = r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})"
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2})?)\s*([AaPp][Mm])?"
_ISO = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}.*"
_MONEY = (
    r"\s*(?P<sign>[-(]?)\s*(?P<before>US\$|R\$|[$€£¥]|[A-Za-z]{3})?\s*(?P<minus>-?)\s*"
    r"(?P<number>\d[\d.,' \u00a0\u202f]*|\.\d+)\s*(?P<after>[$€£¥]|[A-Za-z]{3})?\s*\)?\s*"
)
_CODES = {"€": "EUR", "£": "GBP", "R$": "BRL", "US$": "USD"}
_BLANK = ("", "-", "n/a", "na", "null", "none", "nan", "nat")
_TRUE, _FALSE = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f", "")
_DATE_MEND = "Write dates as 2018-01-31, with the time after a blank if there is one."
_CSV_MEND = "Export it again, or save it as 'CSV UTF-8'."


@dataclass(frozen=True)
class Export:
    """A CRM export in canonical form, without any personal name.

    Parameters
    ----------
    leads : pandas.DataFrame
        One row per lead or deal: ``lead_id`` (str), ``created`` (datetime64, UTC where zones were given), ``closed``
        (datetime64; NaT while open, as the expected close date of an open deal is not an event), ``status`` ("won",
        "lost" or "open"), ``amount`` (float >= 0, in ``currency``; NaN if unknown), ``source``, ``owner`` ("rep 1",
        "rep 2" ...) and ``marketer`` ("marketer 1" ...), each a str or None.
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
    """

    leads: pd.DataFrame
    layout: str
    unit: str
    currency: str | None
    notes: tuple[str, ...]
    source_name: str = ""


@dataclass(frozen=True)
class _Layout:
    """Column names (lower case, letters and digits only) of one deals layout, by role."""

    name: str
    needed: Roles
    shown: str
    optional: Roles


_FLAGS: Roles = {
    "stage": ("stagename", "stage", "dealstage"),
    "is_won": ("iswon", "won", "hsisclosedwon", "isclosedwon"),
    "is_closed": ("isclosed", "closed", "hsisclosed", "isdealclosed"),
    "is_lost": ("isclosedlost", "hsisclosedlost"),
    "is_deleted": ("isdeleted",),
}
_DEALS = (
    _Layout(
        "Salesforce Opportunity",
        {"created": ("createddate",), "closed": ("closedate",)},
        "CreatedDate, CloseDate, StageName",
        _FLAGS
        | {
            "id": ("id", "opportunityid"),
            "amount": ("amount",),
            "home_amount": ("amountconverted",),
            "currency": ("currencyisocode", "amountcurrency", "opportunitycurrency"),
            "owner": ("ownerid", "opportunityowner"),
            "source": ("leadsource",),
        },
    ),
    _Layout(
        "HubSpot deals",
        {"created": ("createdate",), "closed": ("closedate",)},
        "Create Date, Close Date, Deal Stage",
        _FLAGS
        | {
            "id": ("hsobjectid", "recordid", "dealid"),
            "amount": ("amount",),
            "home_amount": ("amountinhomecurrency", "amountincompanycurrency"),
            "currency": ("dealcurrencycode", "currency"),
            "owner": ("hubspotownerid", "dealowner"),
            "source": ("hsanalyticssource", "originalsource", "originaltrafficsource"),
        },
    ),
    _Layout(
        "pipeline",
        {"created": ("engagedate",), "closed": ("closedate",)},
        "engage_date, close_date, deal_stage",
        _FLAGS
        | {
            "id": ("opportunityid",),
            "amount": ("closevalue",),
            "currency": ("currency",),
            "owner": ("salesagent",),
            "source": ("leadsource", "source"),
        },
    ),
)
_LEAD_IDS = ("mqlid", "leadid")
_LEAD_FILE: Roles = {
    "created": ("firstcontactdate", "createddate", "createdate", "createdat"),
    "source": ("origin", "leadsource", "source"),
}
_WON_FILE: Roles = {"closed": ("wondate",), "owner": ("srid", "salesrepid"), "marketer": ("sdrid",)}
_VALUE_FILE: Roles = {"amount": ("productrevenue", "revenue", "amount"), "currency": ("currency",)}


@dataclass(frozen=True)
class _Table:
    """One CSV file as text; ``columns`` maps plain names to headers, the index is the row as a spreadsheet counts."""

    file: str
    cells: pd.DataFrame
    separator: str
    columns: dict[str, str] = field(default_factory=dict)

    def header(self, names: tuple[str, ...]) -> str | None:
        return next((self.columns[name] for name in names if name in self.columns), None)

    def texts(self, roles: Roles) -> Texts:
        found = {role: self.header(names) for role, names in roles.items()}
        return {role: self.cells[name].str.strip() for role, name in found.items() if name is not None}

    def at(self, names: tuple[str, ...], row: object = None) -> str:
        place = f"{self.file}, column {self.header(names)}"
        return place if row is None else f"{place}, row {row}"


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
    tables = [_read_table(file, notes) for file in _csv_files(path)]
    funnel = _funnel_files(tables)
    deals = [(table, layout) for table in tables for layout in _DEALS if _fits(table, layout)]
    _refuse_unclear(path, tables, funnel, deals)
    used = funnel or [deals[0][0]]
    ignored = [table.file for table in tables if table not in used]
    if ignored:
        notes.append(f"Not used, as their columns are not needed: {', '.join(ignored)}.")
    if funnel:
        leads, currency = _from_funnel(funnel, notes)
        return Export(leads, "two-file funnel", "lead", currency, tuple(notes), path.resolve().name)
    leads, currency = _from_deals(*deals[0], notes)
    return Export(leads, deals[0][1].name, "opportunity", currency, tuple(notes), path.resolve().name)


# Files ---------------------------------------------------------------------------------------------------------------


def _csv_files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(path.name or str(path), "must be an existing file or folder", mend="Check the path.")
    if path.is_file():
        return [path]
    try:
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv" and file.is_file())
    except PermissionError as error:
        raise InputError(path.name, "must be readable; permission was denied", mend="Ask for access.") from error
    if not files:
        raise InputError(path.name, "must hold at least one .csv file, got none", mend="Put the export there as CSV.")
    return files


def _read_table(path: Path, notes: list[str]) -> _Table:
    """Read one CSV as text cells, rows numbered as a spreadsheet does (the header is row 1)."""
    raw, encoding = _text_bytes(path, notes)
    marked = raw.removeprefix(b"\xef\xbb\xbf")
    table = marked.lstrip(b"\r\n")
    blank_lines = marked[: len(marked) - len(table)].count(b"\n")
    head = table.split(b"\n", 1)[0].decode(encoding, "replace")
    bare = re.sub(r'"[^"]*"', "", head)
    separator = max(",;\t", key=bare.count)
    cells = _cells(path, table, encoding, separator)
    cells.index = pd.RangeIndex(2, len(cells) + 2) + blank_lines
    columns: dict[str, str] = {}
    for name in cells.columns:
        columns.setdefault(re.sub(r"[^a-z0-9]", "", str(name).lower()), str(name))
    return _Table(path.name, cells, separator, columns)


def _text_bytes(path: Path, notes: list[str]) -> tuple[bytes, str]:
    try:
        raw = path.read_bytes()
    except PermissionError as error:
        raise InputError(path.name, "must be readable; permission was denied", mend="Ask for access.") from error
    except OSError as error:
        raise InputError(path.name, f"must be readable; {error.strerror}", mend=_CSV_MEND) from error
    if b"\0" in raw:
        raise InputError(path.name, "must be a text file; it holds a NUL byte, as binary files do", mend=_CSV_MEND)
    for encoding in ("utf-8-sig", "utf-8", "cp1252"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252":
            notes.append(f"{path.name} is not UTF-8; it was read as Windows-1252 text.")
        return raw, encoding
    raise InputError(path.name, "must be a text file in UTF-8 or Windows-1252", mend=_CSV_MEND)


def _cells(path: Path, raw: bytes, encoding: str, separator: str) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.BytesIO(raw),
                encoding=encoding,
                sep=separator,
                dtype=str,
                na_filter=False,
                index_col=False,
                skip_blank_lines=False,
            )
    except pd.errors.EmptyDataError as error:
        raise InputError(path.name, "must hold a header and rows; the file is empty", mend=_CSV_MEND) from error
    except pd.errors.ParserWarning as error:
        rule = "must not have rows with more cells than the header"
        raise InputError(f"{path.name}, row 2", rule, mend="Quote cells that hold a comma.") from error
    except pd.errors.ParserError as error:
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if found is None:
            raise InputError(path.name, "must be a CSV table; a quote is not closed", mend=_CSV_MEND) from error
        rule = f"must have {found[1]} cells like the header"
        mend = "Quote cells that hold a comma."
        raise InputError(f"{path.name}, line {found[2]}", rule, int(found[3]), mend) from error


# Layouts -------------------------------------------------------------------------------------------------------------


def _fits(table: _Table, layout: _Layout) -> bool:
    """Whether a table has what a deals layout needs and is not a history (id of its own beside the deal's id)."""
    if "opportunityid" in table.columns and "id" in table.columns:
        return False
    has = {role for role, names in (layout.needed | layout.optional).items() if table.header(names)}
    return set(layout.needed) <= has and ("stage" in has or {"is_won", "is_closed"} <= has)


def _funnel_files(tables: list[_Table]) -> list[_Table]:
    """Find leads file, won file and, if there is one, value file that share a lead id; empty if they do not."""

    def having(roles: Roles, first: str, missing: str) -> list[_Table]:
        return [t for t in tables if t.header(_LEAD_IDS) and t.header(roles[first]) and not t.header((missing,))]

    leads, won = having(_LEAD_FILE, "created", "wondate"), having(_WON_FILE, "closed", "")
    if len(leads) != 1 or len(won) != 1:
        return []
    values = [table for table in having(_VALUE_FILE, "amount", "wondate") if table is not leads[0]]
    return [leads[0], won[0], *values[:1]]


def _refuse_unclear(
    path: Path, tables: list[_Table], funnel: list[_Table], deals: list[tuple[_Table, _Layout]]
) -> None:
    files = sorted({table.file for table, _ in deals} | {table.file for table in funnel[:1]})
    if len(files) > 1:
        raise InputError(path.name, "must hold one export", ", ".join(files), "Give the path of the file itself.")
    if files:
        return
    table, layout = max(((t, d) for t in tables for d in _DEALS), key=lambda pair: _nearness(*pair))
    missing = [name for name in layout.shown.split(", ") if _plain(name) not in table.columns]
    rule = f"must have {layout.shown} ({layout.name}), or be a leads file and a won file with a common lead id"
    mend = f"Missing: {', '.join(missing)}. {did_you_mean(missing[0], table.cells.columns[:30])}" if missing else ""
    found = ", ".join(str(name) for name in table.cells.columns[:12])
    raise InputError(f"{table.file}, columns", rule, found, mend)


def _nearness(table: _Table, layout: _Layout) -> int:
    every = layout.needed | layout.optional
    return 3 * sum(_plain(name) in table.columns for name in layout.shown.split(", ")) + sum(
        table.header(names) is not None for names in every.values()
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# Rows ----------------------------------------------------------------------------------------------------------------


def _from_deals(table: _Table, layout: _Layout, notes: list[str]) -> tuple[pd.DataFrame, str | None]:
    """Canonical rows of a file with one deal per row."""
    roles = layout.needed | layout.optional
    texts = _without_footer(table, table.texts(roles), notes)
    texts = _without_deleted(table, roles, texts, notes)
    dates = _dates(table, {role: (roles[role], texts[role]) for role in ("created", "closed")}, notes)
    leads = pd.DataFrame({"created": dates["created"], "closed": dates["closed"]})
    leads["status"] = _status(table, roles, texts)
    leads["amount"], currency = _amounts(table, roles, texts, notes)
    for role in ("source", "owner"):
        leads[role] = texts.get(role)
    leads["marketer"] = None
    leads.insert(0, "lead_id", texts.get("id", pd.Series(leads.index.astype(str), leads.index)))
    if "id" not in texts:
        notes.append("There is no id column, so rows were numbered and repeated rows cannot be found.")
    elif layout is _DEALS[0] and texts["id"].str.len().isin([15, 18]).all():
        leads["lead_id"] = leads["lead_id"].str[:15]
    leads = _without_repeats(table.file, leads, notes)
    return _finished(table.file, leads, notes), currency


def _from_funnel(files: list[_Table], notes: list[str]) -> tuple[pd.DataFrame, str | None]:
    """Canonical rows of a leads file, joined with the won file and the value file on the lead id."""
    parts = []
    for table, roles in zip(files, (_LEAD_FILE, _WON_FILE, _VALUE_FILE), strict=False):
        texts = _without_footer(table, table.texts(roles | {"id": _LEAD_IDS}), notes)
        part = pd.DataFrame({"lead_id": texts.pop("id")} | texts)
        nameless = part["lead_id"] == ""
        if nameless.any():
            notes.append(f"Left out of {table.file} for want of a lead id: {int(nameless.sum())} rows.")
        part = part[~nameless]
        parts.append(_without_repeats(table.file, part, notes))
    leads = parts[0].assign(created=_one_date(files[0], _LEAD_FILE, "created", parts[0], notes))
    won = parts[1].assign(closed=_one_date(files[1], _WON_FILE, "closed", parts[1], notes)).set_index("lead_id")
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
        values, currency = _amounts(files[2], _VALUE_FILE, texts, notes)
        amounts = leads["lead_id"].map(values.set_axis(parts[2]["lead_id"]))
    leads["amount"] = amounts.where(leads["status"] == "won")
    unknown = int((leads["status"] == "open").sum())
    notes.append(f"Leads not in the won file count as open, since nothing says that they were lost: {unknown}.")
    return _finished(files[0].file, leads, notes), currency


def _without_footer(table: _Table, texts: Texts, notes: list[str]) -> Texts:
    """Drop the text lines under a report: last rows in which only the first column of the file holds something."""
    first = str(table.cells.columns[0])
    told = pd.Series(False, table.cells.index)
    for text in texts.values():
        if text.name != first:
            told |= text != ""
    last = int(told[told].index.max()) if told.any() else 0
    footers = int((table.cells.loc[last + 1 :, first] != "").sum())
    if footers and last:
        notes.append(f"Left out as text under the table of {table.file}: {footers} lines.")
    if not last:
        mend = "Export it again without a filter."
        raise InputError(table.file, "must hold at least one row below the header, got none", mend=mend)
    kept = (told | (table.cells[first] != "")).loc[:last]
    return {role: text.loc[:last][kept] for role, text in texts.items()}


def _without_deleted(table: _Table, roles: Roles, texts: Texts, notes: list[str]) -> Texts:
    if "is_deleted" not in texts:
        return texts
    deleted = _truth(table, roles["is_deleted"], texts["is_deleted"])
    if deleted.any():
        notes.append(f"Left out as deleted: {int(deleted.sum())} rows.")
    return {role: text[~deleted] for role, text in texts.items()}


def _without_repeats(file: str, rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep the first of the rows that share an id; rows without an id cannot be compared and stay."""
    repeated = rows["lead_id"].duplicated() & (rows["lead_id"] != "")
    if repeated.any():
        notes.append(f"Left out of {file}, as they repeat an earlier id: {int(repeated.sum())} rows.")
    return rows[~repeated]


def _finished(file: str, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Drop rows that cannot be placed in time, blank what is no event, number the people, order the columns."""
    undated = leads["created"].isna()
    if undated.any():
        still_open = int((undated & (leads["status"] == "open")).sum())
        notes.append(
            f"Left out for want of a created date: {int(undated.sum())} of {len(leads)} rows ({still_open} open)."
        )
    leads = leads[~undated].copy()
    is_open = leads["status"] == "open"
    expected = int((is_open & leads["closed"].notna()).sum())
    if expected:
        notes.append(f"Close dates of open deals are only expected; {expected} of them were not used.")
    leads["closed"] = leads["closed"].where(~is_open)
    _cut_to_days(leads, notes)
    backwards = leads["closed"] < leads["created"]
    if backwards.any():
        notes.append(
            f"Left out of {file}, as closed before they were created: {int(backwards.sum())} of {len(leads)} rows."
        )
    leads = leads[~backwards].reset_index(drop=True)
    undone = int(((leads["status"] != "open") & leads["closed"].isna()).sum())
    if undone:
        notes.append(f"Closed rows without a close date count in rates but not in times: {undone}.")
    _hide_people(leads, notes)
    return leads[["lead_id", "created", "closed", "status", "amount", "source", "owner", "marketer"]]


def _cut_to_days(leads: pd.DataFrame, notes: list[str]) -> None:
    """Where close dates have no time of day, drop it from created as well, or same-day deals would run backwards."""
    closed = leads["closed"].dropna()
    timed = (leads["created"] != leads["created"].dt.normalize()).any()
    if len(closed) and timed and bool((closed == closed.dt.normalize()).all()):
        leads["created"] = leads["created"].dt.normalize()
        notes.append("Close dates have no time of day, so times of creation were cut to whole days.")


def _hide_people(leads: pd.DataFrame, notes: list[str]) -> None:
    """Replace people by numbers, and sources that are an e-mail address or an owner's name by '(hidden)'."""
    people = set(leads["owner"].dropna().unique()) | set(leads["marketer"].dropna().unique())
    codes, sources = pd.factorize(leads["source"].astype(object))
    private = np.array([bool(re.search(r"\S@\S", str(name))) or name in people - {""} for name in sources] + [False])
    if private[codes].any():
        notes.append(f"Sources that were a person or an e-mail address were hidden: {int(private[codes].sum())} rows.")
    shown = ["(hidden)" if hide else name or None for name, hide in zip(sources, private, strict=False)]
    leads["source"] = pd.Series(np.array([*shown, None], dtype=object)[codes], leads.index, dtype=object)
    for role, word in (("owner", "rep"), ("marketer", "marketer")):
        codes, names = pd.factorize(leads[role].astype(object))
        numbers = iter(range(1, len(names) + 1))
        shown = [f"{word} {next(numbers)}" if name else None for name in names]
        leads[role] = pd.Series(np.array([*shown, None], dtype=object)[codes], leads.index, dtype=object)


# Cells ---------------------------------------------------------------------------------------------------------------


def _status(table: _Table, roles: Roles, texts: Texts) -> pd.Series[str]:
    """Won, lost or open: from the flags if both are there, else from the words in the stage."""
    stage = texts.get("stage", pd.Series("", texts["closed"].index)).str.lower()
    won = stage.str.contains(r"\bwon\b|closedwon", regex=True)
    lost = stage.str.contains(r"\blost\b|closedlost", regex=True)
    if "is_won" in texts:
        won = _truth(table, roles["is_won"], texts["is_won"])
    if "is_lost" in texts:
        lost = _truth(table, roles["is_lost"], texts["is_lost"])
    elif {"is_closed", "is_won"} <= set(texts):
        lost = _truth(table, roles["is_closed"], texts["is_closed"]) & ~won
    if not (won | lost).any():
        rule = "must name won or lost deals, such as 'Closed Won' and 'Closed Lost'"
        stages = ", ".join(str(name) for name in stage.unique()[:6])
        raise InputError(table.at(roles["stage"]), rule, stages, "Add the columns that say closed and won (0 or 1).")
    status = pd.Series("open", stage.index)
    status[lost], status[won] = "lost", "won"
    return status


def _first(mask: pd.Series[bool]) -> int:
    """First row, as a spreadsheet counts, for which something holds."""
    return int(str(mask.idxmax()))


def _truth(table: _Table, names: tuple[str, ...], text: pd.Series[str]) -> pd.Series[bool]:
    low = text.str.lower()
    wrong = ~low.isin(_TRUE + _FALSE)
    if wrong.any():
        row = _first(wrong)
        raise InputError(table.at(names, row), "must be 1 or 0, TRUE or FALSE", str(text[row])[:40], "Mend the cell.")
    return low.isin(_TRUE)


def _one_date(table: _Table, roles: Roles, role: str, part: pd.DataFrame, notes: list[str]) -> pd.Series[pd.Timestamp]:
    return _dates(table, {role: (roles[role], part[role])}, notes)[role]


def _dates(
    table: _Table, columns: Mapping[str, tuple[tuple[str, ...], pd.Series[str]]], notes: list[str]
) -> dict[str, pd.Series[pd.Timestamp]]:
    """Read date columns of one file; one whose order of day and month is open follows the other."""
    blanked = {role: (names, text.mask(text.str.lower().isin(_BLANK), "")) for role, (names, text) in columns.items()}
    parts = {role: _local_parts(text) for role, (_, text) in blanked.items()}
    proofs = {role: _is_day_first(table.at(blanked[role][0]), part) for role, part in parts.items()}
    proven = [proof for proof in proofs.values() if proof is not None]
    marks = {str(mark) for part in parts.values() for mark in part[1].unique()}
    assumed = proven[0] if proven else marks == {"."}
    if marks and not proven:
        order = "day" if assumed else "month"
        notes.append(f"Dates in {table.file} could start with the day or the month; {order} first was assumed.")
    return {
        role: _read_dates(table, names, text, parts[role], assumed if proofs[role] is None else bool(proofs[role]))
        for role, (names, text) in blanked.items()
    }


def _local_parts(text: pd.Series[str]) -> pd.DataFrame:
    """Split dates such as 02/23/26 08:55 PM into two numbers, mark, year, time and half of the day; others fall out."""
    text = text[(text != "") & ~text.str.fullmatch(_ISO)]
    day = _by_distinct(text.str.replace(r"[ ,].*$", "", regex=True), f"^{_DAY}$")
    clock = _by_distinct(text.str.replace(r"^[^ ,]*[ ,]*", "", regex=True), f"^(|{_CLOCK})$")
    parts = pd.concat([day, clock], axis=1, keys=["day", "clock"])
    parts = parts[parts[("day", 0)].notna() & parts[("clock", 0)].notna()].drop(columns=[("clock", 0)])
    return parts.set_axis(range(6), axis=1)


def _by_distinct(text: pd.Series[str], pattern: str) -> pd.DataFrame:
    """Groups of a pattern for each text, worked out once per distinct text."""
    codes, distinct = pd.factorize(text)
    return pd.Series(distinct, dtype=object).astype(str).str.extract(pattern).iloc[codes].set_axis(text.index)


def _is_day_first(place: str, parts: pd.DataFrame) -> bool | None:
    """What a column proves about the order of day and month: a number over 12 must be the day; None if nothing."""
    first, second = parts[0].astype(int) > 12, parts[2].astype(int) > 12
    if first.any() and second.any():
        rule = f"must keep one order of day and month; rows {_first(first)} and {_first(second)} differ"
        raise InputError(place, rule, mend=_DATE_MEND)
    return True if first.any() else False if second.any() else None


def _read_dates(
    table: _Table, names: tuple[str, ...], text: pd.Series[str], parts: pd.DataFrame, day_first: bool
) -> pd.Series[pd.Timestamp]:
    stamps = pd.Series(pd.NaT, text.index, dtype="datetime64[us]")
    iso = text.str.fullmatch(_ISO)
    if iso.any():
        plain = text[iso].str.replace("/", "-", regex=False)
        stamps[iso] = _naive(pd.to_datetime(plain, format="ISO8601", utc=True, errors="coerce"))
    if len(parts):
        stamps[parts.index] = _naive(_local_dates(parts, day_first))
    epoch = text.str.fullmatch(r"\d{12,13}")
    if epoch.any():
        stamps[epoch] = _naive(pd.to_datetime(pd.to_numeric(text[epoch]), unit="ms", utc=True))
    worded = text.str.contains(r"[A-Za-z]{3}", regex=True) & ~iso & text.str.contains(r"\d", regex=True)
    if worded.any():
        stamps[worded] = _naive(_worded_dates(text[worded]))
    wrong = (text != "") & ~stamps.dt.year.between(1970, 2100)
    if wrong.any():
        row = _first(wrong)
        raise InputError(table.at(names, row), "must be a date from 1970 to 2100", str(text[row])[:40], _DATE_MEND)
    return stamps


def _naive(stamps: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return stamps.dt.tz_localize(None).dt.as_unit("us")


def _local_dates(parts: pd.DataFrame, day_first: bool) -> pd.Series[pd.Timestamp]:
    """Dates such as 02/23/26 08:55 PM or 23.2.2026; two-digit years are 2000 to 2099."""
    day, month = (parts[0], parts[2]) if day_first else (parts[2], parts[0])
    year = parts[3].where(parts[3].str.len() == 4, "20" + parts[3])
    date = pd.to_datetime(year + "-" + month + "-" + day, format="%Y-%m-%d", errors="coerce", utc=True)
    hour = _by_distinct(parts[4].fillna("0:00"), r"^(\d+):(\d+):?(\d+)?$").fillna("0").astype(int)
    half = parts[5].str.lower()
    hours = (hour[0] % 12 + 12 * (half == "pm")).where(half.notna(), hour[0])
    fair = (hour[0] < 24) & (hour[1] < 60) & (hour[2] < 60)
    return (date + pd.to_timedelta(3600 * hours + 60 * hour[1] + hour[2], unit="s")).where(fair)


def _worded_dates(text: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Dates such as 31-Jan-2018 or Jan 31, 2018, read once per distinct text."""
    distinct = pd.Series(text.unique())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stamps = pd.to_datetime(distinct, format="mixed", errors="coerce", utc=True)
    return text.map(stamps.set_axis(distinct))


def _amounts(table: _Table, roles: Roles, texts: Texts, notes: list[str]) -> tuple[pd.Series[float], str | None]:
    """Amounts as numbers and the one currency they are in; the home amount replaces amounts in mixed currencies."""
    if "amount" not in texts:
        notes.append("There is no amount column, so values are unknown.")
        return pd.Series(np.nan, next(iter(texts.values())).index), None
    amounts, signs = _read_amounts(table, roles["amount"], texts["amount"], notes)
    codes = texts.get("currency", pd.Series("", amounts.index)).str.upper()
    codes = codes.mask(codes == "", signs.replace(_CODES))[amounts.notna()]
    kinds = [str(code) for code in codes.unique() if code]
    if len(kinds) <= 1:
        return amounts, kinds[0] if kinds else None
    if "home_amount" not in texts:
        rule = "must be in one currency; amounts in several cannot be added up"
        mend = "Export one currency, or add the column with amounts in your own currency."
        raise InputError(table.at(roles["amount"]), rule, ", ".join(sorted(kinds)), mend)
    notes.append(f"Amounts are in {len(kinds)} currencies; the column with converted amounts was used instead.")
    converted, signs = _read_amounts(table, roles["home_amount"], texts["home_amount"], notes)
    homes = [str(sign) for sign in signs.replace(_CODES).unique() if sign]
    return converted, homes[0] if len(homes) == 1 else None


def _read_amounts(
    table: _Table, names: tuple[str, ...], text: pd.Series[str], notes: list[str]
) -> tuple[pd.Series[float], pd.Series[str]]:
    text = text.mask(text.str.lower().isin(_BLANK), "")
    told = text[text != ""]
    amounts, signs = pd.Series(np.nan, text.index), pd.Series("", text.index)
    plain = pd.to_numeric(told, errors="coerce")
    if table.separator == ";" or plain.isna().any():
        parts = _by_distinct(told, f"^{_MONEY}$")
        plain = _plain_numbers(table, names, parts["number"], notes)
        plain = plain.where((parts["sign"] == "") & (parts["minus"] == ""), -plain)
        signs[told.index] = parts["before"].fillna(parts["after"]).fillna("").str.upper()
    amounts[told.index] = plain
    for wrong, rule in (
        (~np.isfinite(plain), "must be an amount such as 1234.50"),
        (plain < 0, "must not be negative"),
    ):
        if wrong.any():
            row = _first(wrong)
            mend = "Mend the cell, or leave it empty if the amount is unknown."
            raise InputError(table.at(names, row), rule, str(text[row])[:40], mend)
    return amounts, signs


def _plain_numbers(table: _Table, names: tuple[str, ...], number: pd.Series[str], notes: list[str]) -> pd.Series[float]:
    """Numbers with marks for thousands; a mark that is ever followed by other than three digits is the decimal one."""
    bare = number.str.replace(r"['\s\u00a0\u202f]", "", regex=True)
    comma = bare.str.contains(r"^\d+,(?:\d{1,2}|\d{4,})$|\.\d*,\d*$", regex=True, na=False)
    dot = bare.str.contains(r"^\d*\.(?:\d{1,2}|\d{4,})$|,\d*\.\d*$", regex=True, na=False)
    if comma.any() and dot.any():
        rule = f"must keep one decimal mark; rows {_first(comma)} and {_first(dot)} differ"
        raise InputError(table.at(names), rule, mend="Use the point as decimal mark in all rows.")
    repeated = bare.str.contains(r"\..*\.", regex=True, na=False).any()
    unsure = bool(bare.str.contains(".", regex=False, na=False).any()) and not dot.any() and not comma.any()
    grouped = unsure and (repeated or table.separator == ";")
    if unsure:
        meaning = "thousands" if grouped else "decimals"
        notes.append(f"Points in the amounts of {table.file} were read as marks of {meaning}.")
    if comma.any() or grouped:
        bare = bare.str.replace(".", "", regex=False)
    bare = bare.str.replace(",", "." if comma.any() else "", regex=False)
    return pd.to_numeric(bare, errors="coerce")
