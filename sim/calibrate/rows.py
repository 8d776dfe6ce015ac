"""Rows of a CRM export: which count, whether they are won, lost or open, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.cells import truth
from sim.calibrate.layouts import Words
from sim.calibrate.privacy import anonymous_people, safe_ids, shown_cell, without_lookalikes, without_people
from sim.calibrate.tables import Roles, Table, Texts
from sim.domain.errors import InputError, Told

COLUMNS = ["lead_id", "created", "closed", "status", "amount", "source", "owner", "marketer"]
MOMENTS = ("mql", "handed", "responded", "expected", "total_days")
#: Assumption: a column with more different values than this, and in more than a tenth of rows, is free text.
_MOST_SOURCES = 200
_WON, _LOST = r"\bwon\b|closedwon|closed_won|^win$", r"\blost\b|closedlost|closed_lost|^loss$"


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
        raise InputError(table.file, "must hold at least one row below the header", Told("none"), mend)
    kept = (told | (table.cells[first] != "")).loc[:last]
    if len(kept) == len(told) and kept.all():
        return texts
    return {role: text.loc[:last][kept] for role, text in texts.items()}


def without_deleted(table: Table, roles: Roles, texts: Texts, notes: list[str]) -> Texts:
    """Drop rows that the export itself marks as deleted."""
    if "is_deleted" not in texts:
        return texts
    deleted = truth(table, roles["is_deleted"], texts["is_deleted"])
    if not deleted.any():
        return texts
    notes.append(f"Left out as deleted: {int(deleted.sum())} rows.")
    return {role: text[~deleted] for role, text in texts.items()}


def without_repeats(file: str, rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep the first of the rows that share an id; rows without an id cannot be compared and stay."""
    repeated = rows["lead_id"].duplicated() & (rows["lead_id"] != "")
    if repeated.any():
        notes.append(f"Left out of {file}, as they repeat an earlier id: {int(repeated.sum())} rows.")
    return rows[~repeated]


def status_of(table: Table, roles: Roles, texts: Texts, words: Words) -> pd.Series[str]:
    """Won, lost or open: from the flags if both are there, else from the words in the status or the stage."""
    role = next((name for name in ("status", "stage") if name in texts), "")
    index = next(iter(texts.values())).index
    told = texts[role].str.lower() if role else pd.Series("", index)
    won, lost = _named(told, words.won, _WON), _named(told, words.lost, _LOST)
    if "is_won" in texts:
        won = truth(table, roles["is_won"], texts["is_won"])
    if "is_lost" in texts:
        lost = truth(table, roles["is_lost"], texts["is_lost"])
    elif {"is_closed", "is_won"} <= set(texts):
        lost = truth(table, roles["is_closed"], texts["is_closed"]) & ~won
    if not (won | lost).any():
        rule = "must name won or lost deals, such as 'Closed Won' and 'Closed Lost'"
        stages = ", ".join(shown_cell(name) for name in told.unique()[:6])
        mend = "Add the columns that say closed and won (0 or 1), or name the words in a mapping, under [status]."
        raise InputError(table.at(roles.get(role, roles.get("is_won", ()))), rule, stages, mend)
    status = pd.Series("open", index, dtype=object)
    status[lost], status[won] = "lost", "won"
    return status


def _named(told: pd.Series[str], words: tuple[str, ...], usual: str) -> pd.Series[bool]:
    if words:
        return told.isin([word.lower().strip() for word in words])
    return told.str.contains(usual, regex=True)


def finished(file: str, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Drop rows that cannot be placed in time, blank what is no event, order the columns.

    Where no row has a created date at all, as in an export of durations, all rows stay.
    """
    leads = _dated(leads, notes)
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
    if leads.empty:
        raise InputError(
            file,
            "must hold rows that can be placed in time",
            Told("none"),
            "; ".join(notes[-2:]) or "Export the dates too.",
        )
    undone = int(((leads["status"] != "open") & leads["closed"].isna()).sum())
    if undone and "total_days" not in leads:
        notes.append(f"Closed rows without a close date count in rates but not in times: {undone}.")
    _note_moments(leads, notes)
    told = [role for role in MOMENTS if role in leads and leads[role].notna().any()]
    return leads[[*COLUMNS, *told]]


def _dated(leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    undated = leads["created"].isna()
    if undated.all():
        notes.append(
            "No row has a created date: arrivals, trends, regime breaks and censoring are unknown; "
            "only shares and, where they are given, durations can be used."
        )
        return leads.copy()
    if undated.any():
        still_open = int((undated & (leads["status"] == "open")).sum())
        notes.append(
            f"Left out for want of a created date: {int(undated.sum())} of {len(leads)} rows ({still_open} open)."
        )
    return leads[~undated].copy()


def _cut_to_days(leads: pd.DataFrame, notes: list[str]) -> None:
    """Where close dates have no time of day, drop it from created as well, or same-day deals would run backwards."""
    closed = leads["closed"].dropna()
    timed = (leads["created"] != leads["created"].dt.normalize()) & leads["created"].notna()
    if len(closed) and timed.any() and bool((closed == closed.dt.normalize()).all()):
        leads["created"] = leads["created"].dt.normalize()
        notes.append("Close dates have no time of day, so times of creation were cut to whole days.")


def _note_moments(leads: pd.DataFrame, notes: list[str]) -> None:
    """Blank moments before the row was created; a moment without a time of day may be of the same day."""
    for role in ("mql", "handed", "responded"):
        if role in leads:
            early = leads[role] < leads["created"].dt.normalize()
            if early.any():
                notes.append(f"Moments ({role}) before the row was created were left out: {int(early.sum())}.")
                leads[role] = leads[role].where(~early)


def anonymous(
    leads: pd.DataFrame, stages: pd.DataFrame | None, named: set[str], notes: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Take every person out: people are numbered, ids that could be names hashed, telling sources and stages hidden.

    Parameters
    ----------
    leads : pandas.DataFrame
        As ``finished`` gives them, people still by name.
    stages : pandas.DataFrame or None
        ``lead_id``, ``stage``, ``entered``.
    named : set of str
        Other names found in the files, such as those of contacts.
    notes : list of str
        What was hidden, and in how many rows.
    """
    staff = {str(name) for role in ("owner", "marketer") for name in leads[role].dropna().unique()} - {""}
    leads = leads.copy()
    leads["source"] = _safe_sources(leads["source"], staff, named, notes)
    for role, word in (("owner", "rep"), ("marketer", "marketer")):
        leads[role] = anonymous_people(leads[role], word)
    leads["lead_id"], n = safe_ids(leads["lead_id"].astype(str))
    if n:
        notes.append(f"Ids that could be a name or an address were hashed: {n} rows.")
    if stages is not None:
        stages = stages[stages["lead_id"] != ""].copy()
        stages["lead_id"] = safe_ids(stages["lead_id"].astype(str))[0]
        stages = stages[stages["lead_id"].isin(set(leads["lead_id"]))].reset_index(drop=True)
        stages["stage"], n = without_people(stages["stage"], staff, named)
        if n:
            notes.append(f"Stages that named a person or an e-mail address were hidden: {n} rows.")
    return leads, stages


def _safe_sources(source: pd.Series, staff: set[str], named: set[str], notes: list[str]) -> pd.Series:
    source = source.astype(object).where(source.notna() & (source != ""), None)
    n_values = source.nunique()
    if n_values > max(_MOST_SOURCES, len(source) / 10):
        notes.append(f"The column of sources has {n_values} different values, as free text has, and was left out.")
        return pd.Series(np.array([None] * len(source), object), source.index)
    source, n = without_people(source, staff, named)
    if n:
        notes.append(f"Sources that were a person or an e-mail address were hidden: {n} rows.")
    source, n = without_lookalikes(source)
    if n:
        notes.append(
            f"Sources that read like a person's name were hidden: {n} rows. If they are campaigns or firms, write a "
            "year or a word such as campaign into them."
        )
    return source
