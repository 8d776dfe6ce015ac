"""Exports of simulated firms, in the shapes of two CRMs: known truth, to see whether a calibration finds it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibrate.lead_rows import Clock, LeadRows
from sim.domain.errors import InputError

SALESFORCE, HUBSPOT = "salesforce", "hubspot"
#: Days after its creation on which an open deal is expected to close, as CRMs ask for.
EXPECTED_DAYS = 60


def write_export(rows: LeadRows, clock: Clock, sources: tuple[str, ...], path: Path, shape: str) -> None:
    """Write deals as a CSV file that a CRM could have exported; people are numbered.

    Parameters
    ----------
    rows : LeadRows
        Deals of a simulated firm.
    clock : Clock
        Of these rows: its first day is the date of day 0.
    sources : tuple of str
        Names by place.
    path : pathlib.Path
        Of the file.
    shape : {"salesforce", "hubspot"}
        Which CRM's columns: Opportunity by API names, or deals by labels.

    Raises
    ------
    InputError
        If there is no such shape.
    """
    if shape not in (SALESFORCE, HUBSPOT):
        raise InputError("shape", f"must be {SALESFORCE} or {HUBSPOT}", shape, "Choose one of the two.")
    (_salesforce if shape == SALESFORCE else _hubspot)(_dated(rows, clock, sources)).to_csv(path, index=False)


def _dated(rows: LeadRows, clock: Clock, sources: tuple[str, ...]) -> pd.DataFrame:
    """Rows with dates instead of days, names instead of places."""
    created = clock.first + pd.to_timedelta(rows.created, unit="D")
    expected = np.where(np.isfinite(rows.days), rows.days, EXPECTED_DAYS)
    names = np.array([*sources, ""], dtype=object)
    return pd.DataFrame(
        {
            "created": created.floor("s"),
            "closed": (created + pd.to_timedelta(expected, unit="D")).floor("s"),
            "status": np.where(rows.is_won, "won", np.where(rows.is_lost, "lost", "open")),
            "amount": np.where(np.isfinite(rows.amount), rows.amount, 0.0).round(2),
            "source": names[np.where((rows.source >= 0) & (rows.source < len(sources)), rows.source, len(sources))],
            "owner": rows.owner,
        }
    )


def _salesforce(rows: pd.DataFrame) -> pd.DataFrame:
    stages = {"won": "Closed Won", "lost": "Closed Lost", "open": "Qualification"}
    return pd.DataFrame(
        {
            "Id": [f"006{number:012d}" for number in range(len(rows))],
            "IsDeleted": 0,
            "StageName": rows["status"].map(stages),
            "Amount": rows["amount"],
            "CloseDate": rows["closed"].dt.strftime("%Y-%m-%d"),
            "LeadSource": rows["source"],
            "IsClosed": (rows["status"] != "open").astype(int),
            "IsWon": (rows["status"] == "won").astype(int),
            "CurrencyIsoCode": "EUR",
            "OwnerId": [f"005{number:012d}" if number >= 0 else "" for number in rows["owner"]],
            "CreatedDate": rows["created"].dt.strftime("%Y-%m-%d %H:%M:%S"),
        }
    )


def _hubspot(rows: pd.DataFrame) -> pd.DataFrame:
    stages = {"won": "Closed Won", "lost": "Closed Lost", "open": "Appointment Scheduled"}
    return pd.DataFrame(
        {
            "Record ID": range(1, len(rows) + 1),
            "Deal Stage": rows["status"].map(stages),
            "Amount": rows["amount"],
            "Close Date": rows["closed"].dt.strftime("%Y-%m-%d %H:%M"),
            "Create Date": rows["created"].dt.strftime("%Y-%m-%d %H:%M"),
            "Deal owner": [f"Rep {number}" if number >= 0 else "" for number in rows["owner"]],
            "Original Source": rows["source"],
        }
    )
