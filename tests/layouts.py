"""Small synthetic exports of every layout, written by the tests that read them; no row comes from a real firm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

PEOPLE = ("Zebulon Quartermain", "Ottilie Farnsworth", "Bartholomew Ngata", "Xanthe Okonkwo")
Table = list[list[str]]
Files = dict[str, Table]


def day(start: str, days: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (pd.Timestamp(start) + pd.Timedelta(days=days)).strftime(form)


def deals(n: int) -> Iterator[tuple[int, str, str, str, str]]:
    """Number, status, created, closed and owner of deals, a third each won, lost and open."""
    for i in range(n):
        created = day("2023-01-02 09:00:00", 3 * i)
        yield i, ("won", "lost", "open")[i % 3], created, day(created, 10 + i % 7), PEOPLE[i % 4]


def salesforce_opportunity(n: int = 30) -> Files:
    stages = {"won": "Closed Won", "lost": "Closed Lost", "open": "Negotiation"}
    rows = [
        [f"0065e{i:010d}AAC", "0", f"Deal {i}", stages[s], f"{100 + i}", closed[:10], str(int(s != "open")),
         str(int(s == "won")), "EUR", owner, created, "Web" if i % 2 else "Event", "12345"]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    header = "Id IsDeleted Name StageName Amount CloseDate IsClosed IsWon CurrencyIsoCode OwnerId CreatedDate LeadSource Phone"
    return {"Opportunity.csv": [header.split(), *rows]}


def salesforce_folder(n: int = 30) -> Files:
    """Leads (every second converted), opportunities with ids of 18 characters, history with ids of 15."""
    opportunities = salesforce_opportunity(n)["Opportunity.csv"]
    header = "Id IsDeleted LastName FirstName Email Company LeadSource Status OwnerId IsConverted ConvertedDate ConvertedOpportunityId CreatedDate FirstCallDateTime"
    leads = [header.split()]
    for i, _, created, _, _ in deals(2 * n):
        made = i % 2 == 0
        status = "Closed - Converted" if made else "Unqualified" if i % 4 == 1 else "Working"
        deal = opportunities[1 + i // 2] if made else None
        begun = day(deal[10], -5) if deal else created
        leads.append(
            [f"00Q5e{i:010d}AAC", "0", f"Last{i}", "First", f"x{i}@example.org", "Acme", "Web", status, PEOPLE[3 - i % 4],
             str(int(made)), deal[10][:10] if deal else "", deal[0] if deal else "000000000000000AAA", begun,
             day(begun, 0.5)]
        )  # fmt: skip
    history = ["Id OpportunityId CreatedById CreatedDate StageName Amount CloseDate Probability".split()]
    for row in opportunities[1:]:
        for k, stage in enumerate(["Qualification", "Qualification", "Proposal", row[3]]):
            history.append(
                [f"008{len(history):012d}AAA", row[0][:15], row[9], day(row[10], k), stage, row[4], row[5], "10"]
            )
    return {"Lead.csv": leads, "Opportunity.csv": opportunities, "OpportunityHistory.csv": history}


def hubspot_internal(n: int = 30) -> Files:
    stages = {"won": "closedwon", "lost": "closedlost", "open": "contractsent"}
    header = "hs_object_id dealname dealstage pipeline amount deal_currency_code createdate closedate hubspot_owner_id hs_analytics_source hs_v2_date_entered_qualifiedtobuy hs_date_entered_closedwon_123 closed_lost_reason"
    rows = [
        [str(9000 + i), f"Deal {i}", stages[s], "default", f"{100 + i}.5", "USD", created[:16], closed[:16], owner,
         "ORGANIC_SEARCH", day(created, 2)[:16], closed[:16] if s == "won" else "", "price" if s == "lost" else ""]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    return {"deals.csv": [header.split(), *rows]}


def hubspot_labels(n: int = 30) -> Files:
    """Deals and contacts by their labels, deals with the ids of their contacts."""
    stages = {"won": "Closed won", "lost": "Closed lost", "open": "Contract sent"}
    header = ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Create Date", "Close Date"]
    header += ["Deal owner", "Original Source", 'Date entered "Demo (Sales Pipeline)"', "Associated Contact (IDs)"]
    rows = [
        [str(9000 + i), f"Deal {i}", stages[s], "Sales Pipeline", f"{100 + i}", "EUR", created[:16], closed[:16], owner,
         "Paid Search", day(created, 2)[:16], f"{500 + i}; {700 + i}"]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    contacts = [
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Lead Status,Create Date,Contact owner,Original Source,Became a Marketing Qualified Lead Date,Became a Sales Qualified Lead Date,Became a Customer Date,First Engagement Date".split(
            ","
        )
    ]
    for i, s, created, closed, owner in deals(2 * n):
        begun = day(created, -200)
        life = "Customer" if s == "won" and i < n else "Lead"
        contacts.append(
            [str(500 + i), "Firsty", f"Lasty{i}", f"y{i}@example.org", life, "Unqualified" if s == "lost" else "New",
             begun[:16], owner, "Direct Traffic", day(begun, 1)[:16], day(begun, 2)[:16],
             closed[:16] if life == "Customer" else "", day(begun, 1.5)[:16]]
        )  # fmt: skip
    return {"hubspot-deals.csv": [header, *rows], "hubspot-contacts.csv": contacts}


def hubspot_contacts(n: int = 30) -> Files:
    return {"contacts.csv": hubspot_labels(n)["hubspot-contacts.csv"]}


def pipedrive(n: int = 30) -> Files:
    header = "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Stage,Deal - Status,Deal - Owner,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason,Deal - Label,Deal - Expected close date,Deal - Source channel"
    rows = [
        [str(i), f"Deal {i}", str(100 + i), "EUR", "Offer", s.capitalize() if i % 2 else s, owner, created,
         closed if s == "won" else "", closed if s == "lost" else "", "price" if s == "lost" else "", "Hot",
         closed[:10] if s == "open" else "", "Event"]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    return {"deals-1.csv": [header.split(","), *rows]}


def zoho(n: int = 30) -> Files:
    stages = {"won": "Closed Won", "lost": "Closed Lost to Competition", "open": "Value Proposition"}
    header = "Record Id,Deal Name,Deal Owner,Stage,Amount,Closing Date,Created Time,Lead Source,Reason For Loss".split(
        ","
    )
    rows = [
        [f"zcrm_{4000 + i}", f"Deal {i}", owner, stages[s], str(100 + i), closed[:10], created, "Cold Call",
         "price" if s == "lost" else ""]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    return {"Deals.csv": [header, *rows]}


def pipeline_folder(n: int = 30) -> Files:
    header = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value".split(",")
    stages = {"won": "Won", "lost": "Lost", "open": "Engaging"}
    rows = [
        [f"{i:04d}XYZW", owner, "GT", "Acme", stages[s], created[:10], closed[:10] if s != "open" else "",
         str(100 + i) if s == "won" else "0" if s == "lost" else ""]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    teams = [["sales_agent", "manager"], *([name, "Perpetua Vandermeer"] for name in PEOPLE)]
    return {"sales_pipeline.csv": [header, *rows], "sales_teams.csv": teams, "accounts.csv": [["account"], ["Acme"]]}


def two_files(n: int = 30) -> Files:
    leads = [["mql_id", "first_contact_date", "landing_page_id", "origin"]]
    won = [["mql_id", "seller_id", "sdr_id", "sr_id", "won_date", "lead_type"]]
    for i, s, created, closed, owner in deals(n):
        key = f"{i:032x}"
        leads.append([key, created[:10], "a1", "social" if i % 2 else "email"])
        if s == "won":
            won.append([key, f"{i:08d}", PEOPLE[3 - i % 4], owner, closed, "online"])
    revenue = [["mql_id", "product_revenue"], *([row[0], "12.5"] for row in won[1:])]
    return {"leads.csv": leads, "won.csv": won, "revenue.csv": revenue}


def event_log(n: int = 30) -> Files:
    rows = ["case_id,amount_requested,registered_at,activity,lifecycle,resource,timestamp".split(",")]
    for i, s, created, closed, owner in deals(n):
        end = {"won": "A_APPROVED", "lost": "A_DECLINED", "open": "O_SENT"}[s]
        steps = [("A_SUBMITTED", "COMPLETE", "112", created), ("A_PREACCEPTED", "COMPLETE", "112", day(created, 0.1)),
                 ("W_Afhandelen leads", "START", owner, day(created, 0.5)), (end, "COMPLETE", owner, closed)]  # fmt: skip
        rows += [[f"{i}", f"{100 + i}", created, what, how, who, f"{when}+01:00"] for what, how, who, when in steps]
    return {"log.csv": rows}


def durations(n: int = 30) -> Files:
    header = "Opportunity Number,Total Days Identified Through Closing,Opportunity Result,Opportunity Amount USD,Route To Market,Sales Agent"
    rows = [
        [str(i), str(10 + i % 7), "Won" if s == "won" else "Loss", str(100 + i), "Reseller", owner]
        for i, s, _, _, owner in deals(n)
    ]
    return {"durations.csv": [header.split(","), *rows]}


def foreign(n: int = 30) -> Files:
    """A table that no layout knows, in another language, with dates that begin with the day."""
    header = "Réf,Ouvert le,Clôturé le,Étape,Montant,Canal,Vendeur,Commentaire".split(",")
    stages = {"won": "Gagné", "lost": "Perdu", "open": "En cours"}
    rows = [
        [str(i), day(created, 0, "%d/%m/%Y"), day(closed, 0, "%d/%m/%Y") if s != "open" else "", stages[s], str(100 + i),
         "Salon", owner, f"Appeler {owner} demain"]
        for i, s, created, closed, owner in deals(n)
    ]  # fmt: skip
    return {"ventes.csv": [header, *rows]}


LAYOUTS = {
    "Salesforce Opportunity": salesforce_opportunity,
    "Salesforce leads and deals": salesforce_folder,
    "HubSpot deals": hubspot_internal,
    "HubSpot leads and deals": hubspot_labels,
    "HubSpot contacts": hubspot_contacts,
    "Pipedrive deals": pipedrive,
    "Zoho deals": zoho,
    "pipeline": pipeline_folder,
    "two-file funnel": two_files,
    "event log": event_log,
    "durations only": durations,
    "mapping": foreign,
}


def as_bytes(table: Table, separator: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(table)
    return text.getvalue().encode()


def write(folder: Path, files: Files) -> Path:
    """Write an export; the path to give is the file if there is only one, else the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in files.items():
        (folder / name).write_bytes(as_bytes(table))
    return folder / next(iter(files)) if len(files) == 1 else folder
