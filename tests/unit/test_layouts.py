"""Exports of each known CRM are told apart by their columns and read with one call."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.importers import Export, read_export
from sim.domain.errors import InputError
from tests import layouts as exports


def read(folder: Path, files: exports.Files) -> Export:
    return read_export(exports.write(folder / "export", files))


def noted(export: Export, words: str) -> bool:
    return any(words in note for note in export.notes)


@pytest.mark.parametrize("layout", exports.LAYOUTS)
def test_each_layout_is_found_and_read_with_one_call(tmp_path: Path, layout: str) -> None:
    export = read(tmp_path, exports.LAYOUTS[layout]())
    assert export.layout == layout
    assert (export.leads["status"] == "won").sum() == 10
    assert export.leads["owner"].dropna().str.fullmatch(r"rep \d").all()
    assert export.leads["lead_id"].is_unique
    closed = export.leads["status"] != "open"
    assert (export.leads["closed"][closed] >= export.leads["created"][closed])[export.leads["closed"].notna()].all()
    assert export.leads["closed"][~closed].isna().all()


@pytest.mark.parametrize("layout", [name for name, make in exports.LAYOUTS.items() if len(make()) == 1])
def test_a_workbook_gives_what_the_csv_file_gives(tmp_path: Path, layout: str) -> None:
    files = exports.LAYOUTS[layout]()
    name, table = next(iter(files.items()))
    plain = read(tmp_path, files)
    book = tmp_path / name.replace(".csv", ".xlsx")
    pd.DataFrame(table[1:], columns=table[0]).to_excel(book, index=False)
    pd.testing.assert_frame_equal(read_export(book).leads, plain.leads)


def test_a_salesforce_lead_is_followed_to_its_opportunity_by_ids_of_either_length(tmp_path: Path) -> None:
    files = exports.salesforce_folder()
    for row in files["Lead.csv"][1:]:
        row[11] = row[11][:15]
    export = read(tmp_path, files)
    assert export.unit == "lead"
    assert export.leads["status"].value_counts().to_dict() == {"lost": 10 + 15, "open": 10 + 15, "won": 10}
    first = export.leads.iloc[0]
    assert (first["status"], first["amount"], first["source"]) == ("won", 100, "Web")
    assert first["created"] < first["responded"] < first["handed"] < first["closed"]
    assert export.leads["marketer"].notna().any()
    assert noted(export, "30 of 60 rows of Lead.csv lead to a deal in Opportunity.csv")


def test_rows_of_the_history_that_leave_the_stage_as_it_was_are_dropped(tmp_path: Path) -> None:
    export = read(tmp_path, exports.salesforce_folder())
    assert export.stages is not None
    one = export.stages[export.stages["lead_id"] == export.leads["lead_id"][0]]
    assert one["stage"].tolist() == ["Qualification", "Proposal", "Closed Won"]
    assert one["entered"].tolist() == [pd.Timestamp("2023-01-02 09:00") + pd.Timedelta(days=k) for k in (0, 2, 3)]
    assert noted(export, "leave the stage as it was: 30 of 120")


def test_the_history_of_fields_gives_stages_too(tmp_path: Path) -> None:
    files = exports.salesforce_opportunity(6)
    header = "Id OpportunityId CreatedById CreatedDate Field OldValue NewValue".split()
    fields = (("created", ""), ("StageName", "Proposal"), ("Owner", "Ottilie Farnsworth"))
    changes = [
        ["017a", row[0][:15], "u", row[10], field, "", new]
        for row in files["Opportunity.csv"][1:]
        for field, new in fields
    ]
    export = read(tmp_path, files | {"OpportunityFieldHistory.csv": [header, *changes]})
    assert export.stages is not None
    assert export.stages["stage"].tolist() == ["Proposal"] * 6


def test_opportunities_that_come_from_no_lead_are_left_out_and_counted(tmp_path: Path) -> None:
    files = exports.salesforce_folder()
    files["Lead.csv"][1][11] = "000000000000000AAA"
    export = read(tmp_path, files)
    assert (export.leads["status"] == "won").sum() == 9
    assert noted(export, "come from no row of Lead.csv: 1 deals")


def test_leads_that_lead_nowhere_give_way_to_the_opportunities(tmp_path: Path) -> None:
    files = exports.salesforce_folder()
    for row in files["Lead.csv"][1:]:
        row[11] = ""
    export = read(tmp_path, files)
    assert (export.layout, export.unit, len(export.leads)) == ("Salesforce Opportunity", "opportunity", 30)
    assert noted(export, "Lead.csv has no created dates or leads to no deal, so deals alone are read")


def test_leads_alone_are_read_and_none_counts_as_won(tmp_path: Path) -> None:
    export = read(tmp_path, {"Lead.csv": exports.salesforce_folder()["Lead.csv"]})
    assert (export.layout, export.unit) == ("Salesforce Lead", "lead")
    assert export.leads["status"].value_counts().to_dict() == {"open": 45, "lost": 15}
    assert export.leads["handed"].notna().sum() == 30
    assert noted(export, "none counts as won")


def test_a_history_alone_is_read_as_a_log_of_deals(tmp_path: Path) -> None:
    export = read(tmp_path, {"h.csv": exports.salesforce_folder()["OpportunityHistory.csv"]})
    assert (export.layout, export.unit, len(export.leads)) == ("stage history", "opportunity", 30)
    assert export.leads["status"].value_counts().to_dict() == {"won": 10, "lost": 10, "open": 10}


def test_moments_of_hubspot_contacts_are_read(tmp_path: Path) -> None:
    leads = read(tmp_path, exports.hubspot_contacts()).leads
    gaps = [
        (leads[role] - leads["created"]).dt.total_seconds().iloc[0] / 86400 for role in ("mql", "handed", "responded")
    ]
    assert gaps == [1, 2, 1.5]
    assert leads["status"].value_counts().to_dict() == {"open": 30, "lost": 20, "won": 10}


def test_hubspot_contacts_are_followed_to_their_deals(tmp_path: Path) -> None:
    export = read(tmp_path, exports.hubspot_labels())
    assert export.unit == "lead"
    assert export.leads["amount"].notna().sum() == 30
    assert export.stages is not None
    assert set(export.stages["stage"]) == {"Marketing Qualified Lead", "Sales Qualified Lead", "Customer", "Demo"}


def test_a_contact_that_joined_after_the_deal_began_is_not_where_it_came_from(tmp_path: Path) -> None:
    files = exports.hubspot_labels()
    files["hubspot-contacts.csv"][1][6] = "2023-01-08 09:00"
    export = read(tmp_path, files)
    assert export.leads["status"][0] == "won"  # as its own columns say
    assert export.leads["amount"].isna()[0]
    assert noted(export, "Links to deals that are older than the lead were not followed: 1")


def test_stages_of_hubspot_deals_come_from_the_columns_of_when_they_were_entered(tmp_path: Path) -> None:
    stages = read(tmp_path, exports.hubspot_internal()).stages
    assert stages is not None
    assert stages["stage"].tolist()[:2] == ["qualifiedtobuy", "closedwon"]
    assert stages["entered"][0] == pd.Timestamp("2023-01-04 09:00")


def test_pipedrive_dates_won_and_lost_deals_by_their_own_columns(tmp_path: Path) -> None:
    leads = read(tmp_path, exports.pipedrive()).leads
    assert leads["closed"].tolist()[:2] == [pd.Timestamp("2023-01-12 09:00"), pd.Timestamp("2023-01-16 09:00")]
    assert leads["expected"][2] == pd.Timestamp("2023-01-20")


def test_durations_alone_give_no_dates_and_say_so(tmp_path: Path) -> None:
    export = read(tmp_path, exports.durations())
    assert export.leads["created"].isna().all()
    assert export.leads["total_days"].tolist()[:2] == [10.0, 11.0]
    assert noted(export, "arrivals, trends, regime breaks and censoring are unknown")


@pytest.mark.parametrize("odd", ["-1", "1e400", "40000", "long"])
def test_a_duration_that_none_can_be_is_refused(tmp_path: Path, odd: str) -> None:
    files = exports.durations(6)
    files["durations.csv"][3][1] = odd
    with pytest.raises(InputError, match=r"row 4: must be a number of days from 0 to 36500"):
        read(tmp_path, files)


def test_a_duration_and_one_date_give_the_other_date(tmp_path: Path) -> None:
    files = exports.durations(6)
    for k, row in enumerate(files["durations.csv"]):
        row.append("2024-03-01" if k else "Created Date")
    export = read(tmp_path, files)
    assert export.leads["closed"][0] == pd.Timestamp("2024-03-11")
    assert noted(export, "Close dates were worked out from created dates and durations")


def test_a_broken_file_beside_the_export_is_left_out_and_noted(tmp_path: Path) -> None:
    folder = exports.write(tmp_path / "x", exports.pipeline_folder())
    (folder / "notes.csv").write_bytes(b"\x89PNG\0\0")
    assert noted(read_export(folder), "Not used, as it cannot be read: notes.csv must be a text file")
