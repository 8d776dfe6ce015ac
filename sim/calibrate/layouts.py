"""The known layouts of CRM exports, told apart by their columns and never by file names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sim.calibrate.privacy import has_address
from sim.calibrate.tables import Roles, Table, plain_name
from sim.domain.errors import InputError, did_you_mean


@dataclass(frozen=True)
class Words:
    """Words that mean won or lost in the stage or status; empty for the usual ones."""

    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Column names (lower case, letters and digits only) of one layout, by role.

    Parameters
    ----------
    name : str
        As it is told to the user.
    needed : Roles
        A table without these is another layout.
    shown : str
        Headers named to a user whose file fits none.
    optional : Roles
        What is read where it is there.
    unit : str
        "opportunity" if rows are deals, "lead" if they are inquiries or contacts.
    any_of : tuple of str
        Roles of which one must be there; empty for stage, status or flags.
    words : Words
        What won and lost are called in it.
    day_first : bool or None
        Order of dates if nothing in the file proves another.
    currency : str or None
        Of the amounts, if the file does not say.
    """

    name: str
    needed: Roles
    shown: str
    optional: Roles
    unit: str = "opportunity"
    any_of: tuple[str, ...] = ()
    words: Words = field(default_factory=Words)
    day_first: bool | None = None
    currency: str | None = None

    @property
    def roles(self) -> Roles:
        """Names of all roles."""
        return self.needed | self.optional


_FLAGS: Roles = {
    "stage": ("stagename", "stage", "dealstage"),
    "is_won": ("iswon", "won", "hsisclosedwon", "isclosedwon"),
    "is_closed": ("isclosed", "closed", "hsisclosed", "isdealclosed"),
    "is_lost": ("isclosedlost", "hsisclosedlost"),
    "is_deleted": ("isdeleted",),
}
_HUBSPOT_SOURCE = ("hsanalyticssource", "originalsource", "originaltrafficsource")
SALESFORCE = Layout(
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
)
SALESFORCE_LEAD = Layout(
    "Salesforce Lead",
    {"stage": ("status", "leadstatus"), "is_converted": ("isconverted", "converted")},
    "CreatedDate, Status, IsConverted",
    {
        "created": ("createddate",),
        "id": ("id", "leadid"),
        "is_deleted": ("isdeleted",),
        "handed": ("converteddate",),
        "deal": ("convertedopportunityid",),
        "first_call": ("firstcalldatetime", "firstcalldate"),
        "first_mail": ("firstemaildatetime", "firstemaildate"),
        "source": ("leadsource",),
        "owner": ("ownerid", "leadowner"),
    },
    unit="lead",
)
HUBSPOT = Layout(
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
        "source": _HUBSPOT_SOURCE,
        "contacts": ("associatedcontactids", "associatedcontactid", "associatedcontact"),
    },
)
HUBSPOT_CONTACTS = Layout(
    "HubSpot contacts",
    {"created": ("createdate",), "stage": ("lifecyclestage",)},
    "Create Date, Lifecycle Stage",
    {
        "id": ("hsobjectid", "recordid", "contactid", "vid"),
        "closed": ("hslifecyclestagecustomerdate", "hsv2dateenteredcustomer", "becameacustomerdate"),
        "mql": (
            "hslifecyclestagemarketingqualifiedleaddate",
            "hsv2dateenteredmarketingqualifiedlead",
            "becameamarketingqualifiedleaddate",
        ),
        "handed": (
            "hslifecyclestagesalesqualifiedleaddate",
            "hsv2dateenteredsalesqualifiedlead",
            "becameasalesqualifiedleaddate",
            "hslifecyclestageopportunitydate",
            "hsv2dateenteredopportunity",
            "becameanopportunitydate",
        ),
        "responded": ("hsfirstoutreachdate", "firstoutreachdate", "hssafirstengagementdate", "firstengagementdate"),
        "status": ("hsleadstatus", "leadstatus"),
        "owner": ("hubspotownerid", "contactowner"),
        "source": _HUBSPOT_SOURCE,
    },
    unit="lead",
    words=Words(("customer", "evangelist"), ()),
)
PIPEDRIVE = Layout(
    "Pipedrive deals",
    {
        "created": ("dealdealcreated", "dealcreated", "dealcreatedon", "addtime"),
        "status": ("dealstatus", "status"),
    },
    "Deal - Deal created, Deal - Status, Deal - Won time, Deal - Lost time",
    {
        "id": ("dealid", "id"),
        "won_time": ("dealwontime", "wontime"),
        "lost_time": ("deallosttime", "losttime"),
        "closed": ("dealdealclosedon", "dealclosetime", "dealclosedtime", "closetime"),
        "expected": ("dealexpectedclosedate", "expectedclosedate"),
        "amount": ("dealvalue", "value"),
        "currency": ("dealcurrency", "dealcurrencyofvalue", "currency"),
        "owner": ("dealowner", "ownername", "owner", "userid"),
        "source": ("dealsourcechannel", "dealleadsource", "dealsource", "dealsourceorigin", "channel", "leadsource"),
    },
    any_of=("won_time", "lost_time", "closed"),
    words=Words(("won",), ("lost", "deleted")),
)
ZOHO = Layout(
    "Zoho deals",
    {"created": ("createdtime",), "closed": ("closingdate",)},
    "Created Time, Closing Date, Stage",
    _FLAGS
    | {
        "id": ("id", "dealid", "recordid"),
        "amount": ("amount",),
        "currency": ("currency", "currencycode"),
        "owner": ("dealowner", "owner", "dealownerid"),
        "source": ("leadsource",),
    },
    words=Words(
        ("closed won", "won"), ("closed lost", "lost", "closed lost to competition", "closed-lost to competition")
    ),
)
PIPELINE = Layout(
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
)
DURATIONS = Layout(
    "durations only",
    {
        "total_days": (
            "totaldays",
            "daystoclose",
            "totaldaysidentifiedthroughclosing",
            "cycledays",
            "salescycledays",
            "durationdays",
        )
    },
    "total_days, stage",
    _FLAGS
    | {
        "created": ("createddate", "createdate", "created", "createdat", "opened", "startdate"),
        "closed": ("closedate", "closeddate", "closedat", "enddate"),
        "status": ("opportunityresult", "dealresult", "result", "outcome", "opportunitystatus", "dealstatus", "status"),
        "id": ("id", "opportunitynumber", "opportunityid", "dealid", "recordid"),
        "amount": ("opportunityamountusd", "amount", "dealvalue", "value"),
        "currency": ("currency", "currencycode"),
        "owner": ("owner", "ownerid", "salesagent", "dealowner"),
        "source": ("source", "leadsource", "routetomarket", "origin"),
    },
)
DEALS = (SALESFORCE, HUBSPOT, HUBSPOT_CONTACTS, SALESFORCE_LEAD, PIPEDRIVE, ZOHO, PIPELINE, DURATIONS)
LEAD_IDS = ("mqlid", "leadid")
LEAD_FILE: Roles = {
    "created": ("firstcontactdate", "createddate", "createdate", "createdat"),
    "source": ("origin", "leadsource", "source"),
}
WON_FILE: Roles = {"closed": ("wondate",), "owner": ("srid", "salesrepid"), "marketer": ("sdrid",)}
VALUE_FILE: Roles = {"amount": ("productrevenue", "revenue", "amount"), "currency": ("currency",)}
_ENTERED = (
    re.compile(r"hs_(?:v2_)?date_entered_(.+)", re.IGNORECASE),
    re.compile(r"hs_lifecyclestage_(.+)_date", re.IGNORECASE),
    re.compile(r"date entered \"?([^\"(]+?)\"?(?:\s*\(.*\)\s*\"?)?", re.IGNORECASE),
    re.compile(r"became an? (.+) date", re.IGNORECASE),
)


def fits(table: Table, layout: Layout) -> bool:
    """Whether a table has what a layout needs and is not a history (id of its own beside the deal's id)."""
    if is_history(table):
        return False
    has = {role for role, names in layout.roles.items() if table.header(names)}
    told = bool({"stage", "status"} & has) or {"is_won", "is_closed"} <= has
    return set(layout.needed) <= has and told and (not layout.any_of or bool(has & set(layout.any_of)))


def layout_of(table: Table) -> Layout | None:
    """First known layout that a table of deals or leads has; None if it has none."""
    return next((layout for layout in DEALS if fits(table, layout)), None)


def is_history(table: Table) -> bool:
    """Whether rows are changes of deals or leads: each has an id of its own beside the one of what changed."""
    return "id" in table.columns and ("opportunityid" in table.columns or {"leadid", "newvalue"} <= set(table.columns))


def entered_columns(headers: Iterable[str]) -> dict[str, str]:
    """Headers that hold when a stage was entered, by stage; newer names of HubSpot come before older ones.

    Examples
    --------
    >>> list(entered_columns(["hs_v2_date_entered_closedwon", 'Date entered "Demo (Sales)"', "Became a Customer Date"]))
    ['closedwon', 'Demo', 'Customer']
    """
    found: dict[str, str] = {}
    for header in sorted(headers, key=lambda name: "_v2_" not in name):
        stage = next((match[1] for form in _ENTERED if (match := form.fullmatch(header.strip()))), "")
        if stage and "current" not in stage.lower():
            found.setdefault(re.sub(r"_\d+$", "", stage), header)
    return found


def funnel_files(tables: list[Table]) -> list[Table]:
    """Find leads file, won file and, if there is one, value file that share a lead id; empty if they do not."""

    def having(roles: Roles, first: str, missing: str) -> list[Table]:
        """Tables with a lead id and a first column, and without a column that would make them another file."""
        return [t for t in tables if t.header(LEAD_IDS) and t.header(roles[first]) and not t.header((missing,))]

    leads, won = having(LEAD_FILE, "created", "wondate"), having(WON_FILE, "closed", "")
    if len(leads) != 1 or len(won) != 1:
        return []
    values = [table for table in having(VALUE_FILE, "amount", "wondate") if table is not leads[0]]
    return [leads[0], won[0], *values[:1]]


def refuse_several(path: Path, files: list[str]) -> None:
    """Raise an error where a folder holds more than one export."""
    if len(files) > 1:
        raise InputError(
            path.name, "must hold one export", ", ".join(sorted(files)), "Give the path of the file itself."
        )


def unknown_layout(tables: list[Table]) -> InputError:
    """Say which columns are missing for the layout that comes nearest."""
    table, layout = max(((t, d) for t in tables for d in DEALS[:-1]), key=lambda pair: _nearness(*pair))
    missing = [name for name in layout.shown.split(", ") if plain_name(name) not in table.columns]
    rule = f"must have {layout.shown} ({layout.name}), or be a leads file and a won file with a common lead id"
    headers = [str(name) for name in table.cells.columns[:30]]
    if is_headless(headers):
        rule = f"must begin with a row of column names; {rule}"
        return InputError(f"{table.file}, columns", rule, "data in the first row", "Export it with its header.")
    hint = did_you_mean(missing[0], headers) if missing else ""
    mend = f"Missing: {', '.join(missing)}. {hint} Or say in a mapping which column is which.".replace("  ", " ")
    if table.encoding != "utf-8":
        mend += " The file is not UTF-8; it was read as Windows-1252 text."
    return InputError(f"{table.file}, columns", rule, ", ".join(headers[:12]), mend)


def is_headless(headers: list[str]) -> bool:
    """Whether a first row looks like data: an address, or several dates and numbers."""
    dated = sum(bool(re.fullmatch(r"[\d.,:/\- TZ]{2,}", name)) for name in headers)
    return any(has_address(name) for name in headers) or dated >= 2


def _nearness(table: Table, layout: Layout) -> int:
    return 3 * sum(plain_name(name) in table.columns for name in layout.shown.split(", ")) + sum(
        table.header(names) is not None for names in layout.roles.values()
    )
