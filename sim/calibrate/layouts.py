"""The known layouts of CRM exports, told apart by their columns and never by file names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.calibrate.tables import Roles, Table, plain_name
from sim.domain.errors import InputError, did_you_mean


@dataclass(frozen=True)
class Layout:
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
DEALS = (
    Layout(
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
    Layout(
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
    Layout(
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
LEAD_IDS = ("mqlid", "leadid")
LEAD_FILE: Roles = {
    "created": ("firstcontactdate", "createddate", "createdate", "createdat"),
    "source": ("origin", "leadsource", "source"),
}
WON_FILE: Roles = {"closed": ("wondate",), "owner": ("srid", "salesrepid"), "marketer": ("sdrid",)}
VALUE_FILE: Roles = {"amount": ("productrevenue", "revenue", "amount"), "currency": ("currency",)}


def fits(table: Table, layout: Layout) -> bool:
    """Whether a table has what a deals layout needs and is not a history (id of its own beside the deal's id)."""
    if "opportunityid" in table.columns and "id" in table.columns:
        return False
    has = {role for role, names in (layout.needed | layout.optional).items() if table.header(names)}
    return set(layout.needed) <= has and ("stage" in has or {"is_won", "is_closed"} <= has)


def funnel_files(tables: list[Table]) -> list[Table]:
    """Find leads file, won file and, if there is one, value file that share a lead id; empty if they do not."""

    def having(roles: Roles, first: str, missing: str) -> list[Table]:
        return [t for t in tables if t.header(LEAD_IDS) and t.header(roles[first]) and not t.header((missing,))]

    leads, won = having(LEAD_FILE, "created", "wondate"), having(WON_FILE, "closed", "")
    if len(leads) != 1 or len(won) != 1:
        return []
    values = [table for table in having(VALUE_FILE, "amount", "wondate") if table is not leads[0]]
    return [leads[0], won[0], *values[:1]]


def refuse_unclear(path: Path, tables: list[Table], funnel: list[Table], deals: list[tuple[Table, Layout]]) -> None:
    """Raise an error unless exactly one file, or one pair of files, has a known layout."""
    files = sorted({table.file for table, _ in deals} | {table.file for table in funnel[:1]})
    if len(files) > 1:
        raise InputError(path.name, "must hold one export", ", ".join(files), "Give the path of the file itself.")
    if files:
        return
    table, layout = max(((t, d) for t in tables for d in DEALS), key=lambda pair: _nearness(*pair))
    missing = [name for name in layout.shown.split(", ") if plain_name(name) not in table.columns]
    rule = f"must have {layout.shown} ({layout.name}), or be a leads file and a won file with a common lead id"
    mend = f"Missing: {', '.join(missing)}. {did_you_mean(missing[0], table.cells.columns[:30])}" if missing else ""
    found = ", ".join(str(name) for name in table.cells.columns[:12])
    raise InputError(f"{table.file}, columns", rule, found, mend)


def _nearness(table: Table, layout: Layout) -> int:
    every = layout.needed | layout.optional
    return 3 * sum(plain_name(name) in table.columns for name in layout.shown.split(", ")) + sum(
        table.header(names) is not None for names in every.values()
    )
