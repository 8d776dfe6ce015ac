"""Rows of a CRM export: which count, whether they are won, lost or open, and people as numbers instead of names."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sim.calibrate.cells import truth
from sim.calibrate.tables import Roles, Table, Texts
from sim.domain.errors import InputError

COLUMNS = ["lead_id", "created", "closed", "status", "amount", "source", "owner", "marketer"]
MOMENTS = ("mql", "handed", "responded", "expected")


def without_footer(table: Table, texts: Texts, notes: list[str]) -> Texts:
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


def without_deleted(table: Table, roles: Roles, texts: Texts, notes: list[str]) -> Texts:
    """Drop rows that the export itself marks as deleted."""
    if "is_deleted" not in texts:
        return texts
    deleted = truth(table, roles["is_deleted"], texts["is_deleted"])
    if deleted.any():
        notes.append(f"Left out as deleted: {int(deleted.sum())} rows.")
    return {role: text[~deleted] for role, text in texts.items()}


def without_repeats(file: str, rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep the first of the rows that share an id; rows without an id cannot be compared and stay."""
    repeated = rows["lead_id"].duplicated() & (rows["lead_id"] != "")
    if repeated.any():
        notes.append(f"Left out of {file}, as they repeat an earlier id: {int(repeated.sum())} rows.")
    return rows[~repeated]


def status_of(table: Table, roles: Roles, texts: Texts) -> pd.Series[str]:
    """Won, lost or open: from the flags if both are there, else from the words in the stage."""
    stage = texts.get("stage", pd.Series("", texts["closed"].index)).str.lower()
    won = stage.str.contains(r"\bwon\b|closedwon", regex=True)
    lost = stage.str.contains(r"\blost\b|closedlost", regex=True)
    if "is_won" in texts:
        won = truth(table, roles["is_won"], texts["is_won"])
    if "is_lost" in texts:
        lost = truth(table, roles["is_lost"], texts["is_lost"])
    elif {"is_closed", "is_won"} <= set(texts):
        lost = truth(table, roles["is_closed"], texts["is_closed"]) & ~won
    if not (won | lost).any():
        rule = "must name won or lost deals, such as 'Closed Won' and 'Closed Lost'"
        stages = ", ".join(str(name) for name in stage.unique()[:6])
        raise InputError(table.at(roles["stage"]), rule, stages, "Add the columns that say closed and won (0 or 1).")
    status = pd.Series("open", stage.index)
    status[lost], status[won] = "lost", "won"
    return status


def finished(file: str, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
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
    leads["expected"] = leads["closed"].where(is_open)
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
    if not expected:
        del leads["expected"]
    return leads[[*COLUMNS, *(role for role in MOMENTS if role in leads)]]


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
