"""Cells of a CRM export: truth values, dates in many spellings, amounts of money."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.calibrate.privacy import shown_cell
from sim.calibrate.tables import Roles, Table, Texts
from sim.domain.errors import InputError, Told

_DAY = r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})"
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2})?)\s*([AaPp][Mm])?"
_SERIAL = r"[2-7][0-9]{4}(?:\.[0-9]+)?"  # days since 30 December 1899, as spreadsheets count
_ISO = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}.*"
_MONEY = (
    r"\s*(?P<sign>[-(]?)\s*(?P<before>US\$|R\$|[$€£¥]|[A-Za-z]{3})?\s*(?P<minus>-?)\s*"
    r"(?P<number>\d[\d.,' \u00a0\u202f]*|\.\d+)\s*(?P<after>[$€£¥]|[A-Za-z]{3})?\s*\)?\s*"
)
_CURRENCY = (
    r"|[$£¥€]|[A-Z]{2}\$|[A-Z]{3}|([A-Z.]+ )?"
    r"(DOLLAR|EURO|POUND|FRANC|YEN|REAL|PESO|KRON[AE]|RUPEE|RAND|YUAN|LIRA|ZLOTY)S?"
)
_CODES = {"€": "EUR", "£": "GBP", "R$": "BRL", "US$": "USD"}
_BLANK = ("", "-", "n/a", "na", "null", "none", "nan", "nat")
_TRUE, _FALSE = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f", "")
NO_AMOUNT = "There is no amount column, so values are unknown."
_DATE_MEND = "Write dates as 2018-01-31, with the time after a blank if there is one."


def first_row(mask: pd.Series[bool]) -> int:
    """First row, as a spreadsheet counts, for which something holds."""
    return int(str(mask.idxmax()))


def truth(table: Table, names: tuple[str, ...], text: pd.Series[str]) -> pd.Series[bool]:
    """Read a column of 1 and 0, TRUE and FALSE or yes and no; an empty cell is no."""
    low = text.str.lower()
    wrong = ~low.isin(_TRUE + _FALSE)
    if wrong.any():
        row = first_row(wrong)
        raise InputError(table.at(names, row), "must be 1 or 0, TRUE or FALSE", shown_cell(text[row]), "Mend the cell.")
    return low.isin(_TRUE)


def read_dates(
    table: Table,
    columns: Mapping[str, tuple[tuple[str, ...], pd.Series[str]]],
    notes: list[str],
    day_first: bool | None = None,
) -> dict[str, pd.Series[pd.Timestamp]]:
    """Read date columns of one file; one whose order of day and month is open follows the other, or what is told."""
    blanked = {role: (names, text.mask(text.str.lower().isin(_BLANK), "")) for role, (names, text) in columns.items()}
    parts = {role: _local_parts(text) for role, (_, text) in blanked.items()}
    proofs = {role: _is_day_first(table.at(blanked[role][0]), part) for role, part in parts.items()}
    proven = [proof for proof in proofs.values() if proof is not None]
    marks = {str(mark) for part in parts.values() for mark in part[1].unique()}
    assumed = proven[0] if proven else marks == {"."} if day_first is None else day_first
    if marks and not proven and day_first is None:
        order = "day" if assumed else "month"
        notes.append(f"Dates in {table.file} could start with the day or the month; {order} first was assumed.")
    if any(text.str.fullmatch(_SERIAL).any() for _, text in blanked.values()):
        notes.append(
            f"Numbers in date columns of {table.file} were read as days of a spreadsheet, from 30 December 1899."
        )
    return {
        role: _dates_of(table, names, text, parts[role], assumed if proofs[role] is None else bool(proofs[role]))
        for role, (names, text) in blanked.items()
    }


def _local_parts(text: pd.Series[str]) -> pd.DataFrame:
    """Split dates such as 02/23/26 08:55 PM into two numbers, mark, year, time and half of the day; others fall out."""
    text = text[(text != "") & ~text.str.fullmatch(_ISO)]
    day = by_distinct(text.str.replace(r"[ ,].*$", "", regex=True), f"^{_DAY}$")
    clock = by_distinct(text.str.replace(r"^[^ ,]*[ ,]*", "", regex=True), f"^(|{_CLOCK})$")
    parts = pd.concat([day, clock], axis=1, keys=["day", "clock"])
    parts = parts[parts[("day", 0)].notna() & parts[("clock", 0)].notna()].drop(columns=[("clock", 0)])
    return parts.set_axis(range(6), axis=1)


def by_distinct(text: pd.Series[str], pattern: str) -> pd.DataFrame:
    """Groups of a pattern for each text, worked out once per distinct text."""
    codes, distinct = pd.factorize(text)
    return pd.Series(distinct, dtype=object).astype(str).str.extract(pattern).iloc[codes].set_axis(text.index)


def _is_day_first(place: str, parts: pd.DataFrame) -> bool | None:
    """What a column proves about the order of day and month: a number over 12 must be the day; None if nothing."""
    first, second = parts[0].astype(int) > 12, parts[2].astype(int) > 12
    if first.any() and second.any():
        rule = f"must keep one order of day and month; rows {first_row(first)} and {first_row(second)} differ"
        raise InputError(place, rule, Told("both"), _DATE_MEND)
    return True if first.any() else False if second.any() else None


def _dates_of(
    table: Table, names: tuple[str, ...], text: pd.Series[str], parts: pd.DataFrame, day_first: bool
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
    serial = text.str.fullmatch(_SERIAL)
    if serial.any():
        days = pd.to_numeric(text[serial])
        stamps[serial] = _naive(pd.to_datetime((86400 * days).round(), unit="s", origin="1899-12-30", utc=True))
    worded = text.str.contains(r"[A-Za-z]{3}", regex=True) & ~iso & text.str.contains(r"\d", regex=True)
    if worded.any():
        stamps[worded] = _naive(_worded_dates(text[worded]))
    wrong = (text != "") & ~stamps.dt.year.between(1970, 2100)
    if wrong.any():
        row = first_row(wrong)
        raise InputError(table.at(names, row), "must be a date from 1970 to 2100", shown_cell(text[row]), _DATE_MEND)
    return stamps


def _naive(stamps: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return stamps.dt.tz_localize(None).dt.as_unit("us")


def _local_dates(parts: pd.DataFrame, day_first: bool) -> pd.Series[pd.Timestamp]:
    """Dates such as 02/23/26 08:55 PM or 23.2.2026; two-digit years are 2000 to 2099."""
    day, month = (parts[0], parts[2]) if day_first else (parts[2], parts[0])
    year = parts[3].where(parts[3].str.len() == 4, "20" + parts[3])
    date = pd.to_datetime(year + "-" + month + "-" + day, format="%Y-%m-%d", errors="coerce", utc=True)
    hour = by_distinct(parts[4].fillna("0:00"), r"^(\d+):(\d+):?(\d+)?$").fillna("0").astype(int)
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


def read_amounts(table: Table, roles: Roles, texts: Texts, notes: list[str]) -> tuple[pd.Series[float], str | None]:
    """Amounts as numbers and the one currency they are in; the home amount replaces amounts in mixed currencies."""
    if "amount" not in texts:
        notes.append(NO_AMOUNT)
        return pd.Series(np.nan, next(iter(texts.values())).index), None
    amounts, signs = _amounts_of(table, roles["amount"], texts["amount"], notes)
    codes = texts.get("currency", pd.Series("", amounts.index)).str.upper()
    codes = codes.mask(codes == "", signs.replace(_CODES))[amounts.notna()]
    odd = ~codes.str.fullmatch(_CURRENCY)
    if odd.any():
        row = first_row(odd)
        place = table.at(roles.get("currency", roles["amount"]), row)
        raise InputError(place, "must be a code such as EUR", shown_cell(codes[row]), "Mend the cell.")
    kinds = [str(code) for code in codes.unique() if code]
    if len(kinds) <= 1:
        return amounts, kinds[0] if kinds else None
    if "home_amount" not in texts:
        rule = "must be in one currency; amounts in several cannot be added up"
        mend = "Export one currency, or add the column with amounts in your own currency."
        raise InputError(table.at(roles["amount"]), rule, ", ".join(sorted(kinds)), mend)
    notes.append(f"Amounts are in {len(kinds)} currencies; the column with converted amounts was used instead.")
    converted, signs = _amounts_of(table, roles["home_amount"], texts["home_amount"], notes)
    homes = [str(sign) for sign in signs.replace(_CODES).unique() if sign]
    return converted, homes[0] if len(homes) == 1 else None


def _amounts_of(
    table: Table, names: tuple[str, ...], text: pd.Series[str], notes: list[str]
) -> tuple[pd.Series[float], pd.Series[str]]:
    text = text.mask(text.str.lower().isin(_BLANK), "")
    told = text[text != ""]
    amounts, signs = pd.Series(np.nan, text.index), pd.Series("", text.index)
    plain = pd.to_numeric(told, errors="coerce")
    if table.separator == ";" or plain.isna().any():
        parts = by_distinct(told, f"^{_MONEY}$")
        plain = _plain_numbers(table, names, parts["number"], notes)
        plain = plain.where((parts["sign"] == "") & (parts["minus"] == ""), -plain)
        signs[told.index] = parts["before"].fillna(parts["after"]).fillna("").str.upper()
    amounts[told.index] = plain
    for wrong, rule in (
        (~np.isfinite(plain), "must be an amount such as 1234.50"),
        (plain < 0, "must not be negative"),
    ):
        if wrong.any():
            row = first_row(wrong)
            mend = "Mend the cell, or leave it empty if the amount is unknown."
            raise InputError(table.at(names, row), rule, shown_cell(text[row]), mend)
    return amounts, signs


def _plain_numbers(table: Table, names: tuple[str, ...], number: pd.Series[str], notes: list[str]) -> pd.Series[float]:
    """Numbers with marks for thousands; a mark that is ever followed by other than three digits is the decimal one."""
    bare = number.str.replace(r"['\s\u00a0\u202f]", "", regex=True)
    comma = bare.str.contains(r"^\d+,(?:\d{1,2}|\d{4,})$|\.\d*,\d*$", regex=True, na=False)
    dot = bare.str.contains(r"^\d*\.(?:\d{1,2}|\d{4,})$|,\d*\.\d*$", regex=True, na=False)
    if comma.any() and dot.any():
        rule = f"must keep one decimal mark; rows {first_row(comma)} and {first_row(dot)} differ"
        raise InputError(table.at(names), rule, Told("both"), "Use the point as decimal mark in all rows.")
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
