"""Guess from headers and contents which column of an unknown export is which."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from sim.calibrate.layouts import entered_columns, is_headless
from sim.calibrate.mapping import Columns, Mapping, Status
from sim.calibrate.privacy import has_address, names_in
from sim.calibrate.tables import Table, export_files, plain_name, read_table
from sim.domain.errors import InputError

_WORDS: dict[str, str] = {
    "created": r"creat|open|start|began|begin|enter|inquir|first|added|erstellt|angelegt|eröffn|cré|creé|creac|data",
    "won_time": r"^won|won(time|date|on|at)|gewonnen.?am|date.?gagn",
    "lost_time": r"lost(time|date|on|at)|verloren.?am|date.?perdu",
    "closed": r"close|closing|end|finish|complete|sign|won|decid|abschluss|geschlossen|clôt|cierre|fecha",
    "id": r"id$|number|^nr|nr$|^no$|key|code|reference|^r[eé]f|nummer|numéro|número",
    "amount": r"amount|value|revenue|price|total|deal.?size|worth|acv|arr|betrag|wert|umsatz|montant|import|val(eu|o)r",
    "currency": r"currency|währung|devise|moneda|moeda",
    "source": r"source|channel|origin|campaign|medium|quelle|kanal|canal|herkunft|origen",
    "owner": r"owner|rep$|agent|sales.?(person|man|rep)|seller|executive|verkäufer|besitzer|vendeur|vendedor|responsab",
    "marketer": r"sdr|bdr|marketer|qualified.?by",
    "mql": r"mql|marketing.?qualified",
    "handed": r"sql|sal$|hand|accepted|converted|sales.?qualified",
    "responded": r"respon|first.?(call|touch|contact|email|activity)|contacted",
    "stage": r"stage|status|phase|state|outcome|result|step|étape|etapa|estado|statut",
}
_WON = r"won|win|gewonnen|gagné|ganad|ganha|vinta|vinto|success|customer|signed|abgeschlossen|closed.?won|sold"
_LOST = r"lost|loss|lose|verloren|perdu|perdid|perso|persa|fail|reject|declin|cancel|dead|closed.?lost"
_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|"
    r"\d{1,2}[- ][a-z]{3}.*\d{2,4}.*|\d{12,13}"
)
_TRUE = {"1", "0", "true", "false", "yes", "no", "y", "n", "t", "f"}


def guess_mapping(path: Path) -> Mapping:
    """Guess from headers and contents which column of an export is which.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file or .xlsx workbook, or a folder with one of them.

    Raises
    ------
    InputError
        If it cannot be read, or not enough can be guessed to read rows by it.
    """
    files = export_files(Path(path))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise InputError(Path(path).name, "must be one file", names, "Give the path of the file itself.")
    table = read_table(files[0], [], set())
    found = guessed_from(table)
    if found is None:
        headers = [str(name) for name in table.sample.columns if not has_address(name)]
        rule = "must have a date of creation, and a stage with words such as won and lost, to guess a mapping from"
        raise InputError(f"{table.file}, columns", rule, ", ".join(headers[:12]), "Write the mapping by hand.")
    return found


def guessed_from(table: Table) -> Mapping | None:
    """Guess a mapping from rows spread over a table; None if created, or won and lost, cannot be told."""
    if is_headless([str(name) for name in table.sample.columns]):
        return None
    cells = table.sample.apply(lambda column: column.str.strip())
    kinds = {str(name): _kind(cells[name]) for name in cells.columns}
    entered = set(entered_columns(kinds).values())
    dates = [name for name, kind in kinds.items() if kind == "date" and name not in entered]
    columns = _date_columns(cells, dates)
    columns |= _other_columns({name: kind for name, kind in kinds.items() if kind != "date"}, cells)
    won, lost = _status_words(cells, columns, kinds)
    if "created" not in columns and "total_days" not in columns:
        return None
    if not {"closed", "won_time", "total_days"} & set(columns) or not (won or "is_won" in columns):
        return None
    if has_address(" ".join(columns.values())):
        return None
    told = ", ".join(f"{role} = {header!r}" for role, header in columns.items())
    note = f"No known layout; columns were guessed from their names and contents: {told}. Check them in a mapping."
    return Mapping(columns=Columns(**columns), status=Status(won=won, lost=lost), notes=(note,))


def _kind(column: pd.Series[str]) -> str:
    """Date, flag, number or text; blank if hardly anything is told."""
    told = column[column != ""]
    if len(told) < max(1, len(column) // 50):
        return "blank"
    low = told.str.lower()
    if low.isin(_TRUE).all():
        return "flag"
    if low.str.fullmatch(_DATE).mean() > 0.9:
        return "date"
    if low.str.fullmatch(r"[-+(]?\s*[$€£¥]?\s*[a-z]{0,3}\s*\d[\d.,' \u00a0]*\s*([$€£¥]|[a-z]{3})?\)?").mean() > 0.9:
        return "number"
    return "text"


def _date_columns(cells: pd.DataFrame, dates: list[str]) -> dict[str, str]:
    """Dates by their names; where only one says what it is, the one most often filled is when the row was created."""
    found: dict[str, str] = {}
    for role in ("mql", "handed", "responded", "won_time", "lost_time", "closed", "created"):
        for name in dates:
            if role not in found and name not in found.values() and _speaks(name, role):
                found[role] = name
    left = [
        name for name in dates if name not in found.values() and not re.search("modif|update|last|birth", name.lower())
    ]
    filled = sorted(left, key=lambda name: -(cells[name] != "").mean())
    if "created" not in found and filled:
        found["created"] = filled.pop(0)
    if filled and "closed" not in found and "won_time" not in found:
        found["closed"] = filled[-1]
    return found


def _speaks(header: str, role: str) -> bool:
    return bool(re.search(_WORDS[role], header.lower().strip()))


def _other_columns(kinds: dict[str, str], cells: pd.DataFrame) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, kind in kinds.items():
        low = plain_name(name)
        if kind == "flag" and re.search(r"won|customer|converted$|gewonnen|gagn", low):
            found.setdefault("is_won", name)
        elif kind == "flag" and "lost" in low:
            found.setdefault("is_lost", name)
        elif kind == "flag" and "close" in low:
            found.setdefault("is_closed", name)
        elif kind == "number" and re.search(
            r"(total|cycle|duration|elapsed|toclose|sales).*days|days.*(close|closing|total|cycle)|dauer", low
        ):
            found.setdefault("total_days", name)
        elif kind == "number" and _speaks(name, "id") and cells[name].is_unique:
            found.setdefault("id", name)
        elif kind == "number" and _speaks(name, "amount"):
            found.setdefault("amount", name)
        elif kind == "text":
            _text_column(name, cells[name], found)
    return found


def _text_column(name: str, column: pd.Series[str], found: dict[str, str]) -> None:
    role = next((r for r in ("stage", "currency", "source", "marketer", "owner", "id") if _speaks(name, r)), "")
    if role == "id" and not column[column != ""].is_unique:
        return
    if role == "stage" and not _outcomes(column):
        return
    if role:
        found.setdefault(role, name)


def _outcomes(column: pd.Series[str]) -> list[str]:
    """Different words of a column that could be a stage; empty if they are too many."""
    words = [str(word) for word in column.unique() if word]
    return words if len(words) <= 40 else []


def _status_words(
    cells: pd.DataFrame, columns: dict[str, str], kinds: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that mean won and lost, in the stage or in whatever column has both."""
    people = names_in(cells)
    tried = [columns["stage"]] if "stage" in columns else []
    tried += [name for name, kind in kinds.items() if kind == "text" and name not in columns.values()]
    for name in tried:
        words = [word for word in _outcomes(cells[name]) if not has_address(word) and word.casefold() not in people]
        won = tuple(
            word
            for word in words
            if re.search(_WON, word.lower()) and not re.search(r"\bnot\b|\bun|nicht|non ", word.lower())
        )
        lost = tuple(word for word in words if re.search(_LOST, word.lower()) and word not in won)
        if won and (lost or name == columns.get("stage")):
            columns["stage"] = name
            return won, lost
    return (), ()
