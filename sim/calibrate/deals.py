"""One table of deals or contacts, one row each: canonical rows, and stages from columns of when they were entered."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.calibrate.cells import read_amounts, read_dates
from sim.calibrate.layouts import SALESFORCE, SALESFORCE_LEAD, Layout, entered_columns
from sim.calibrate.leaks import Leak, leaking_columns
from sim.calibrate.privacy import names_in, shown_cell
from sim.calibrate.rows import status_of, without_deleted, without_footer, without_repeats
from sim.calibrate.tables import Roles, Table, Texts
from sim.domain.errors import InputError

LEADS_ALONE = "Leads alone do not tell what became of converted ones, so none counts as won."
_MOST_DAYS = 36_500
#: Roles that hold a moment; of several columns for one, such as the times won and lost, one becomes ``closed``.
_DATES = "created closed won_time lost_time expected mql handed responded first_call first_mail".split()
#: Roles whose columns say the outcome by intention, or who a row is.
_TOLD = "id created closed stage status is_won is_closed is_lost is_deleted owner won_time lost_time total_days".split()


@dataclass(frozen=True)
class Found:
    """Rows of an export before they are checked and people are taken out.

    Parameters
    ----------
    leads : pandas.DataFrame
        Columns of ``Export.leads``, people by name; more columns may be there.
    currency : str or None
        Of the amounts.
    stages : pandas.DataFrame or None
        ``lead_id``, ``stage``, ``entered``.
    leaks : tuple of Leak
        Columns that tell the outcome.
    named : set of str
        Names of people and the like in the other columns, in lower case.
    """

    leads: pd.DataFrame
    currency: str | None
    stages: pd.DataFrame | None = None
    leaks: tuple[Leak, ...] = ()
    named: set[str] = field(default_factory=set)


def wanted_of(table: Table, layout: Layout) -> set[str]:
    """Headers that a layout reads."""
    roles = {table.header(names) for names in layout.roles.values()}
    return {str(name) for name in roles if name} | set(entered_columns(table.cells.columns).values())


def read_deals(table: Table, layout: Layout, notes: list[str]) -> Found:
    """Canonical rows of a file with one deal, lead or contact per row.

    Raises
    ------
    InputError
        If no row is won or lost, a date, flag or amount cannot be read, or currencies mix.
    """
    roles = layout.roles
    texts = without_footer(table, table.texts(roles), notes)
    texts = without_deleted(table, roles, texts, notes)
    leads = _moments(table, layout, texts, notes)
    leads["status"] = _status(table, layout, texts, leads, notes)
    _close(leads, layout)
    _add_durations(table, roles, texts, leads, notes)
    leads["amount"], currency = read_amounts(table, roles, texts, notes)
    for role in ("source", "owner", "marketer", "deal", "contacts"):
        leads[role] = texts.get(role)
    leads.insert(0, "lead_id", texts.get("id", pd.Series(leads.index.astype(str), leads.index)))
    if "id" not in texts:
        notes.append("There is no id column, so rows were numbered and repeated rows cannot be found.")
    elif layout in (SALESFORCE, SALESFORCE_LEAD):
        leads["lead_id"] = short_ids(leads["lead_id"])
    _number_blank_ids(leads, notes)
    leads = without_repeats(table.file, leads, notes)
    told = {str(table.header(roles[role])) for role in _TOLD if role in roles}
    stages = _stages(table, leads, notes)
    shown = [table.header(roles[role]) for role in ("stage", "status", "source") if role in roles]
    named = names_in(table.sample, shown)
    return Found(leads, currency or layout.currency, stages, leaks_of(table, leads, told), named)


def _number_blank_ids(leads: pd.DataFrame, notes: list[str]) -> None:
    blank = leads["lead_id"] == ""
    if blank.any():
        notes.append(f"Rows without an id were numbered: {int(blank.sum())}.")
        leads["lead_id"] = leads["lead_id"].mask(blank, "row " + leads.index.astype(str).to_series(leads.index))


def leaks_of(table: Table, leads: pd.DataFrame, told: set[str]) -> tuple[Leak, ...]:
    """Columns that tell the outcome, looked for in the rows that were kept whole."""
    rows = table.sample.index.intersection(leads.index)
    return leaking_columns(table.sample.loc[rows], leads.loc[rows, "status"], told)


def short_ids(ids: pd.Series[str]) -> pd.Series[str]:
    """First 15 characters of Salesforce ids, which come with 15 or 18; other ids as they are."""
    return ids.str[:15] if bool(ids[ids != ""].str.len().isin([15, 18]).all()) else ids


def _moments(table: Table, layout: Layout, texts: Texts, notes: list[str]) -> pd.DataFrame:
    """All moments of a layout; those without a column are unknown."""
    columns = {role: (layout.roles[role], texts[role]) for role in _DATES if role in texts}
    dates = read_dates(table, columns, notes, layout.day_first) if columns else {}
    index = next(iter(texts.values())).index
    leads = pd.DataFrame(dates, index=index)
    for role in ("created", "closed"):
        if role not in leads:
            leads[role] = pd.Series(pd.NaT, index, dtype="datetime64[us]")
    calls = [role for role in ("responded", "first_call", "first_mail") if role in leads]
    if calls:
        leads["responded"] = leads[calls].min(axis=1)
    return leads.drop(columns=[role for role in ("first_call", "first_mail") if role in leads])


def _status(table: Table, layout: Layout, texts: Texts, leads: pd.DataFrame, notes: list[str]) -> pd.Series[str]:
    if layout is SALESFORCE_LEAD:
        notes.append(LEADS_ALONE)
        return status_of_leads(texts)
    if layout.unit == "lead" and "status" in texts:
        status = _status_of_contacts(layout, texts, leads)
        if (status == "won").any():
            return status
    return status_of(table, layout.roles, texts, layout.words)


def status_of_leads(texts: Texts) -> pd.Series[str]:
    """Lost where the status says that a lead was turned down, else open."""
    low = texts["stage"].str.lower()
    lost = low.str.contains(r"unqualified|disqualified|not converted|not qualified|\blost\b|junk", regex=True)
    return pd.Series(np.where(lost, "lost", "open"), low.index, dtype=object)


def _status_of_contacts(layout: Layout, texts: Texts, leads: pd.DataFrame) -> pd.Series[str]:
    """Contacts are won once they are customers, and lost if their lead status says unqualified."""
    won = texts["stage"].str.lower().isin(layout.words.won) | leads["closed"].notna()
    lost = texts["status"].str.lower().str.contains("unqualified|bad timing|bad fit", regex=True) & ~won
    return pd.Series(np.select([won, lost], ["won", "lost"], "open"), won.index, dtype=object)


def _close(leads: pd.DataFrame, layout: Layout) -> None:
    """Fill ``closed`` from the times won and lost, and blank an expected date that is none."""
    won, lost = leads["status"] == "won", leads["status"] == "lost"
    for role, rows in (("won_time", won), ("lost_time", lost)):
        if role in leads:
            leads["closed"] = leads[role].where(rows & leads[role].notna(), leads["closed"])
    if layout.unit == "lead":
        leads["closed"] = leads["closed"].where(won | lost)
    if "expected" in leads:
        leads["expected"] = leads["expected"].where(~won & ~lost)


def _add_durations(table: Table, roles: Roles, texts: Texts, leads: pd.DataFrame, notes: list[str]) -> None:
    """Set one of two dates from the other and a duration, or keep the duration where there is no date."""
    if "total_days" not in texts:
        return
    text = texts["total_days"].str.replace(",", ".", regex=False)
    days = pd.to_numeric(text, errors="coerce")
    wrong = (text != "") & ~days.between(0, _MOST_DAYS)
    if wrong.any():
        row = int(str(wrong.idxmax()))
        place, shown = table.at(roles["total_days"], row), shown_cell(text[row])
        raise InputError(place, f"must be a number of days from 0 to {_MOST_DAYS}", shown, "Mend the cell.")
    ended = leads["status"] != "open"
    span = pd.to_timedelta(days.where(ended), unit="D").astype("timedelta64[us]")
    if leads["created"].notna().any() and leads["closed"].isna().all():
        leads["closed"] = leads["created"] + span
        notes.append("Close dates were worked out from created dates and durations.")
    elif leads["closed"].notna().any() and leads["created"].isna().all():
        leads["created"] = leads["closed"] - span
        notes.append("Created dates were worked out from close dates and durations; open rows have none.")
    elif leads["created"].isna().all():
        leads["total_days"] = days.where(ended).astype(float)


def _stages(table: Table, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame | None:
    """Stages entered, from one column per stage."""
    columns = {stage: name for stage, name in entered_columns(table.cells.columns).items() if name in table.cells}
    if not columns:
        return None
    texts = {stage: ((name,), table.cells.loc[leads.index, name].str.strip()) for stage, name in columns.items()}
    named = Table(table.file, table.cells.iloc[:0], table.separator, {name: name for name in columns.values()})
    dates = read_dates(named, texts, notes)
    parts = [
        pd.DataFrame({"lead_id": leads["lead_id"], "stage": stage, "entered": entered}).dropna(subset="entered")
        for stage, entered in dates.items()
    ]
    stages = pd.concat(parts, ignore_index=True).sort_values("entered", kind="stable")
    order = pd.Series(np.arange(len(leads)), leads["lead_id"].to_numpy())
    stages = stages.iloc[np.argsort(stages["lead_id"].map(order[~order.index.duplicated()]), kind="stable")]
    notes.append("Stages are when each was last entered; loops back to an earlier stage are not seen.")
    return stages.reset_index(drop=True)
