"""Several tables of one export: leads with their deals, and the history of stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from sim.calibrate.cells import read_amounts, read_dates
from sim.calibrate.deals import Found, leaks_of, short_ids
from sim.calibrate.layouts import LEAD_FILE, LEAD_IDS, VALUE_FILE, WON_FILE
from sim.calibrate.privacy import names_in
from sim.calibrate.rows import without_footer, without_repeats
from sim.calibrate.tables import Roles, Table
from sim.domain.errors import InputError, Told

HISTORY: Roles = {
    "deal": ("opportunityid", "leadid"),
    "time": ("createddate",),
    "stage": ("stagename",),
    "field": ("field",),
    "old": ("oldvalue",),
    "new": ("newvalue",),
}


def is_stage_history(table: Table, *, whole: bool = False) -> bool:
    """Whether a table holds changes of deals with their time and the stage; or, if not ``whole``, any field's."""
    changes = not whole and {"field", "newvalue"} <= set(table.columns)
    has = "opportunityid" in table.columns and bool(table.header(HISTORY["time"]))
    return has and (changes or bool(table.header(HISTORY["stage"])))


def stages_of_history(table: Table, notes: list[str]) -> pd.DataFrame:
    """Stages entered, from rows of changes; rows that leave the stage as it was are dropped.

    Returns
    -------
    pandas.DataFrame
        ``lead_id`` (the deal's), ``stage``, ``entered``, in order of time within each deal.
    """
    texts = without_footer(table, table.texts(HISTORY), notes)
    if "stage" not in texts:
        kept = texts["field"].str.lower().isin(["stagename", "stage"])
        texts = {role: text[kept] for role, text in texts.items()} | {"stage": texts["new"][kept]}
    times = read_dates(table, {"time": (HISTORY["time"], texts["time"])}, notes)["time"]
    changes = pd.DataFrame({"lead_id": short_ids(texts["deal"]), "stage": texts["stage"], "entered": times})
    changes = changes[(changes["lead_id"] != "") & (changes["stage"] != "") & changes["entered"].notna()]
    changes = changes.sort_values(["lead_id", "entered"], kind="stable")
    same = (changes["lead_id"] == changes["lead_id"].shift()) & (changes["stage"] == changes["stage"].shift())
    notes.append(f"Rows of {table.file} that leave the stage as it was: {int(same.sum())} of {len(changes)}.")
    return changes[~same].reset_index(drop=True)


def with_history(found: Found, stages: pd.DataFrame) -> Found:
    """Add the stages that belong to the rows of an export."""
    kept = stages[stages["lead_id"].isin(set(found.leads["lead_id"]))]
    return replace(found, stages=kept if len(kept) else found.stages)


def join_deals(leads: Found, deals: Found, files: tuple[str, str], notes: list[str]) -> Found | None:
    """Follow each lead to the deal that it became; None if no lead leads to a deal.

    Parameters
    ----------
    leads, deals : Found
        Rows of the two files; leads name their deal (``deal``), or deals their contacts (``contacts``).
    files : tuple of str
        Their names, for the notes.
    notes : list of str
        What was joined and what was left out is added here.

    Notes
    -----
    A lead with several deals counts once, with its first won deal, else its first. A lead whose deal is missing from
    the file is open. Deals that came from no lead in the file are left out.
    """
    pairs = _not_older(_pairs(leads.leads, deals.leads), leads.leads, deals.leads, notes)
    if pairs.empty:
        return None
    rows = _by_id(deals.leads).loc[pairs["deal_id"]]
    first = pairs.assign(lost=(rows["status"] != "won").to_numpy(), created=rows["created"].to_numpy())
    first = first.sort_values(["lost", "created"], kind="stable").drop_duplicates("lead_id").set_index("lead_id")
    joined = _followed(leads.leads, _by_id(deals.leads), first["deal_id"])
    strays = len(deals.leads) - deals.leads["lead_id"].isin(set(pairs["deal_id"])).sum()
    notes.append(f"{len(first)} of {len(joined)} rows of {files[0]} lead to a deal in {files[1]}.")
    if strays:
        notes.append(
            f"Left out of {files[1]}, as they come from no row of {files[0]}: {int(strays)} deals; "
            "give the path of that file itself to use all deals."
        )
    stages = deals.stages
    if stages is not None:
        to_lead = pd.Series(first.index, first["deal_id"].to_numpy())
        to_lead = to_lead[~to_lead.index.duplicated()]
        stages = stages.assign(lead_id=stages["lead_id"].map(to_lead)).dropna(subset="lead_id")
    parts = [part for part in (leads.stages, stages) if part is not None]
    both = pd.concat(parts, ignore_index=True) if parts else None
    return Found(joined, deals.currency, both, (*leads.leaks, *deals.leaks), leads.named | deals.named)


def _by_id(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["lead_id"] != ""].set_index("lead_id")


def _pairs(leads: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Ids of leads and of the deals that they became."""
    if leads["deal"].notna().any():
        pairs = pd.DataFrame({"lead_id": leads["lead_id"], "deal_id": short_ids(leads["deal"].fillna(""))})
    elif deals["contacts"].notna().any():
        lists = deals["contacts"].fillna("").str.split(r"[;,]", regex=True)
        pairs = pd.DataFrame({"deal_id": deals["lead_id"], "lead_id": lists}).explode("lead_id")
        pairs["lead_id"] = pairs["lead_id"].str.strip()
    else:
        return pd.DataFrame({"lead_id": [], "deal_id": []}, dtype=object)
    known = pairs["deal_id"].isin(set(deals["lead_id"])) & pairs["lead_id"].isin(set(leads["lead_id"]))
    return pairs[known & (pairs["lead_id"] != "") & (pairs["deal_id"] != "")]


def _not_older(pairs: pd.DataFrame, leads: pd.DataFrame, deals: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Drop deals over a day older than the lead: whoever joins later is not where the deal came from."""
    begun = pairs["lead_id"].map(_by_id(leads)["created"])
    made = pairs["deal_id"].map(_by_id(deals)["created"])
    older = made < begun.dt.normalize() - pd.Timedelta(days=1)
    if older.any():
        notes.append(f"Links to deals that are older than the lead were not followed: {int(older.sum())}.")
    kept: pd.DataFrame = pairs.loc[~older]
    return kept


def _followed(leads: pd.DataFrame, deals: pd.DataFrame, deal_of: pd.Series[str]) -> pd.DataFrame:
    """Leads with the end, value and owner of their deal."""
    joined = leads.copy()
    deal = joined["lead_id"].map(deal_of)
    has = deal.notna()
    for role in ("status", "closed", "amount"):
        joined[role] = deal.map(deals[role]).where(has, joined[role])
    joined.loc[~has, "amount"] = np.nan
    owner = deal.map(deals["owner"])
    joined["marketer"] = None if joined["owner"].isna().all() else joined["owner"].where(joined["owner"] != owner)
    joined["owner"] = owner
    created = deal.map(deals["created"]).astype("datetime64[us]")
    joined["handed"] = joined["handed"].fillna(created) if "handed" in joined else created
    return joined


def read_funnel(files: list[Table], notes: list[str]) -> Found:
    """Canonical rows of a leads file, joined with the won file and the value file on the lead id."""
    parts = [_part(table, roles, notes) for table, roles in zip(files, (LEAD_FILE, WON_FILE, VALUE_FILE), strict=False)]
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
    named = set().union(*(names_in(table.sample) for table in files))
    return Found(leads, currency, None, leaks_of(files[0], leads, told), named)


def _part(table: Table, roles: Roles, notes: list[str]) -> pd.DataFrame:
    texts = without_footer(table, table.texts(roles | {"id": LEAD_IDS}), notes)
    part = pd.DataFrame({"lead_id": texts.pop("id")} | texts)
    nameless = part["lead_id"] == ""
    if nameless.any():
        notes.append(f"Left out of {table.file} for want of a lead id: {int(nameless.sum())} rows.")
    if nameless.all():
        raise InputError(table.at(LEAD_IDS), "must name the lead in each row", Told("none"), "Export the ids too.")
    return without_repeats(table.file, part[~nameless], notes)


def _one_date(table: Table, roles: Roles, role: str, part: pd.DataFrame, notes: list[str]) -> pd.Series[pd.Timestamp]:
    return read_dates(table, {role: (roles[role], part[role])}, notes)[role]
