"""Each layout is read into the same table, and each bad file is refused with its place and its mend."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate.importers import Export, read_export
from sim.domain.errors import InputError

SALESFORCE = "Id,CreatedDate,CloseDate,StageName,Amount,OwnerId,LeadSource"
PIPELINE = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"


def written(folder: Path, text: str | bytes, name: str = "deals.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def salesforce(folder: Path, *rows: str, header: str = SALESFORCE) -> Export:
    return read_export(written(folder, "\n".join([header, *rows]) + "\n"))


def noted(export: Export, words: str) -> bool:
    return any(words in note for note in export.notes)


# Layouts


def test_a_salesforce_file_becomes_canonical(tmp_path: Path) -> None:
    export = salesforce(
        tmp_path,
        "1,2024-01-02,2024-02-01,Closed Won,100,Ann Smith,Web",
        "2,2024-01-03,2024-01-20,Closed Lost,50,Bob Jones,",
        "3,2024-01-04,2024-06-30,Negotiation,70,Ann Smith,Web",
    )
    assert (export.layout, export.unit, export.source_name) == ("Salesforce Opportunity", "opportunity", "deals.csv")
    assert list(export.leads.columns) == "lead_id created closed status amount source owner marketer expected".split()
    assert export.leads["status"].tolist() == ["won", "lost", "open"]
    assert export.leads["owner"].tolist() == ["rep 1", "rep 2", "rep 1"]
    assert export.leads["source"].tolist() == ["Web", None, "Web"]
    assert export.leads["amount"].tolist() == [100, 50, 70]


def test_the_expected_close_date_of_an_open_deal_is_not_used(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,2024-01-02,2024-02-01,Closed Won,1,,", "2,2024-01-04,2024-06-30,Open,1,,")
    assert export.leads["closed"].isna().tolist() == [False, True]
    assert noted(export, "only expected; 1 of them")


def test_report_labels_in_other_case_and_punctuation_are_found(tmp_path: Path) -> None:
    header = "Opportunity ID, created date ,CLOSE DATE,Stage,Amount,Opportunity Owner,Lead Source"
    export = salesforce(tmp_path, "1,2024-01-02,2024-02-01,Closed Won,100,Ann,Web", header=header)
    assert export.layout == "Salesforce Opportunity"
    assert export.leads["source"].tolist() == ["Web"]


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("TRUE", "FALSE"), ("true", "false")])
def test_flags_of_closed_and_won_decide_before_stage_names(tmp_path: Path, yes: str, no: str) -> None:
    header = "Id,CreatedDate,CloseDate,IsClosed,IsWon,StageName"
    dates = "2024-01-02,2024-02-01"
    rows = f"1,{dates},{yes},{yes},Done", f"2,{dates},{yes},{no},Done", f"3,{dates},{no},{no},Lost?"
    assert salesforce(tmp_path, *rows, header=header).leads["status"].tolist() == ["won", "lost", "open"]


@pytest.mark.parametrize(
    "header",
    [
        "hs_object_id,createdate,closedate,dealstage,amount,deal_currency_code,hubspot_owner_id",
        "Record ID,Create Date,Close Date,Deal Stage,Amount,Currency,Deal owner",
    ],
)
def test_hubspot_deals_are_read_by_api_names_and_by_labels(tmp_path: Path, header: str) -> None:
    rows = "1,2024-01-02 10:00,2024-01-09 11:30,closedwon,10,EUR,77", "2,2024-01-02 10:00,,closedlost,,,77"
    export = salesforce(tmp_path, *rows, header=header)
    assert (export.layout, export.currency) == ("HubSpot deals", "EUR")
    assert export.leads["closed"][0] == pd.Timestamp("2024-01-09 11:30")
    assert noted(export, "without a close date count in rates but not in times: 1")


def test_the_pipeline_is_found_among_other_files_of_a_folder(tmp_path: Path) -> None:
    written(tmp_path, "account,sector\nAcme,retail\n", "accounts.csv")
    written(tmp_path, "Table,Field\nx,y\n", "dictionary.csv")
    rows = "A1,Ann,P,Acme,Won,2024-01-02,2024-02-01,10\nA2,Ann,P,,Prospecting,,,\nA3,Bob,P,,Engaging,2024-01-05,,\n"
    written(tmp_path, f"{PIPELINE}\n{rows}", "whatever.CSV")
    export = read_export(tmp_path)
    assert export.layout == "pipeline"
    assert export.leads["lead_id"].tolist() == ["A1", "A3"]
    assert noted(export, "Left out for want of a created date: 1 of 3 rows (1 open)")
    assert noted(export, "Not used, as their columns are not needed: accounts.csv, dictionary.csv")


def funnel(folder: Path) -> Path:
    written(folder, "mql_id,first_contact_date,origin\na,2024-01-01,ads\nb,2024-01-02,\nc,2024-01-03,ads\n", "x.csv")
    written(folder, "mql_id,sr_id,sdr_id,won_date\na,S1,D1,2024-01-09 12:00:00\nz,S1,D1,2024-01-09\n", "y.csv")
    return folder


def test_a_funnel_of_two_files_is_joined_and_the_rest_is_open_not_lost(tmp_path: Path) -> None:
    export = read_export(funnel(tmp_path))
    assert (export.layout, export.unit) == ("two-file funnel", "lead")
    assert export.leads["status"].tolist() == ["won", "open", "open"]
    assert export.leads["owner"].tolist() == ["rep 1", None, None]
    assert export.leads["marketer"].tolist() == ["marketer 1", None, None]
    assert export.leads["amount"].isna().all()
    assert noted(export, "nothing says that they were lost: 2")
    assert noted(export, "has no such lead: 1 rows")


def test_a_revenue_file_gives_the_amounts_of_the_funnel(tmp_path: Path) -> None:
    written(funnel(tmp_path), "mql_id,product_revenue\na,12.5\n", "z.csv")
    assert read_export(tmp_path).leads["amount"][0] == 12.5


def test_a_history_of_opportunities_is_not_taken_for_deals(tmp_path: Path) -> None:
    written(tmp_path, f"{SALESFORCE}\n1,2024-01-02,2024-02-01,Closed Won,1,,\n", "o.csv")
    written(tmp_path, "Id,OpportunityId,CreatedDate,CloseDate,StageName\n9,1,2024-01-02,2024-02-01,Open\n", "h.csv")
    assert len(read_export(tmp_path).leads) == 1


# Repairs


def test_a_footer_of_text_lines_and_blank_lines_are_left_out(tmp_path: Path) -> None:
    footer = '\n"Confidential, do not share"\nCopyright someone\n'
    export = salesforce(tmp_path, "1,2024-01-02,2024-02-01,Closed Won,1,,", "", footer)
    assert len(export.leads) == 1
    assert noted(export, "2 lines")


def test_blank_lines_above_the_header_do_not_shift_the_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column CreatedDate, row 5: must be a date"):
        salesforce(tmp_path, "1,2024-01-02,2024-02-01,Closed Won,1,,", "2,soon,,Won,1,,", header=f"\n\n{SALESFORCE}")


def test_repeated_ids_keep_the_first_and_are_counted(tmp_path: Path) -> None:
    row = "2024-01-02,2024-02-01,Closed Won"
    export = salesforce(tmp_path, f"1,{row},5,,", f"1,{row},6,,", f"2,{row},7,,")
    assert export.leads["amount"].tolist() == [5, 7]
    assert noted(export, "repeat an earlier id: 1 rows")


def test_long_and_short_salesforce_ids_are_one_record(tmp_path: Path) -> None:
    row = "2024-01-02,2024-02-01,Closed Won,5,,"
    assert len(salesforce(tmp_path, f"006bm00000LKJNN,{row}", f"006bm00000LKJNNAA5,{row}").leads) == 1


def test_deals_closed_before_they_were_created_are_left_out_and_counted(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,2024-02-02,2024-02-01,Closed Won,1,,", "2,2024-01-02,2024-02-01,Closed Won,1,,")
    assert export.leads["lead_id"].tolist() == ["2"]
    assert noted(export, "closed before they were created: 1 of 2")


def test_a_deal_closed_on_its_day_of_creation_is_no_negative_cycle(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,2024-02-01 09:30:00,2024-02-01,Closed Won,1,,")
    assert export.leads["created"][0] == export.leads["closed"][0]
    assert noted(export, "cut to whole days")


def test_deleted_records_are_left_out(tmp_path: Path) -> None:
    header = "Id,IsDeleted,CreatedDate,CloseDate,StageName"
    rows = "1,1,2024-01-02,2024-02-01,Closed Won", "2,0,2024-01-02,2024-02-01,Closed Won"
    assert salesforce(tmp_path, *rows, header=header).leads["lead_id"].tolist() == ["2"]


def test_a_person_or_an_address_as_source_is_hidden(tmp_path: Path) -> None:
    row = "2024-01-02,2024-02-01,Closed Won,1,Ann Smith"
    export = salesforce(tmp_path, f"1,{row},Ann Smith", f"2,{row},ann@example.org", f"3,{row},Web")
    assert export.leads["source"].tolist() == ["(hidden)", "(hidden)", "Web"]
    assert not export.leads.astype(str).apply(lambda column: column.str.contains("Ann|example")).any().any()


# Cells


@pytest.mark.parametrize(
    ("written_amount", "amount"),
    [('"$1,234,567"', 1234567), ('"1,234.50"', 1234.5), ('"1.234,50 €"', 1234.5), ("USD 12.5", 12.5), ("", None)],
)
def test_amounts_are_read_with_signs_and_marks(tmp_path: Path, written_amount: str, amount: float | None) -> None:
    read = salesforce(tmp_path, f"1,2024-01-02,2024-02-01,Closed Won,{written_amount},,").leads["amount"][0]
    assert pd.isna(read) if amount is None else read == amount


def test_a_semicolon_file_with_decimal_commas_is_read(tmp_path: Path) -> None:
    header = SALESFORCE.replace(",", ";")
    export = salesforce(tmp_path, "1;02.01.2024;31.01.2024;Closed Won;1.234,5;;", header=header)
    assert export.leads["amount"][0] == 1234.5
    assert export.leads["created"][0] == pd.Timestamp("2024-01-02")


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2024-02-23 20:55:00", "2024-02-23 20:55"),
        ("2024-02-23T20:55:00.000+0000", "2024-02-23 20:55"),
        ("2024-02-23T20:55:00+02:00", "2024-02-23 18:55"),
        ("02/23/24 08:55 PM", "2024-02-23 20:55"),
        ("2/23/2024 12:05 AM", "2024-02-23 00:05"),
        ("23/02/2024 20:55", "2024-02-23 20:55"),
        ("23.02.2024", "2024-02-23"),
        ("23-Feb-2024", "2024-02-23"),
        ('"Feb 23, 2024"', "2024-02-23"),
        ("2024/02/23", "2024-02-23"),
        ("1708721700000", "2024-02-23 20:55"),
        ("45345.871527777781", "2024-02-23 20:55"),
    ],
)
def test_dates_are_read_in_the_ways_of_the_field(tmp_path: Path, text: str, stamp: str) -> None:
    assert salesforce(tmp_path, f"1,{text},,Won,1,,").leads["created"][0] == pd.Timestamp(stamp)


def test_an_order_of_day_and_month_that_nothing_proves_is_assumed_and_noted(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,01/02/2024,03/04/2024,Closed Won,1,,")
    assert export.leads["created"][0] == pd.Timestamp("2024-01-02")
    assert noted(export, "month first was assumed")


def test_day_numbers_of_a_spreadsheet_are_read_and_noted(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,45293,45323,Closed Won,1,,")
    assert export.leads["created"][0] == pd.Timestamp("2024-01-02")
    assert noted(export, "were read as days of a spreadsheet")


def test_one_column_can_prove_the_order_for_the_other(tmp_path: Path) -> None:
    export = salesforce(tmp_path, "1,01/02/2024,13/04/2024,Closed Won,1,,")
    assert export.leads["created"][0] == pd.Timestamp("2024-02-01")
    assert not noted(export, "assumed")


def test_western_encodings_are_read_and_noted(tmp_path: Path) -> None:
    row = f"{SALESFORCE}\n1,2024-01-02,2024-02-01,Closed Won,1,,Zürich\n"
    assert read_export(written(tmp_path, row.encode("utf-8-sig"))).leads["source"][0] == "Zürich"
    export = read_export(written(tmp_path, row.encode("cp1252")))
    assert export.leads["source"][0] == "Zürich"
    assert noted(export, "Windows-1252")


def test_converted_amounts_replace_amounts_in_mixed_currencies(tmp_path: Path) -> None:
    header = "Record ID,Create Date,Close Date,Deal Stage,Amount,Currency,Amount in company currency"
    rows = "1,2024-01-02,2024-02-01,Closed Won,10,EUR,11", "2,2024-01-02,2024-02-01,Closed Won,10,USD,10"
    export = salesforce(tmp_path, *rows, header=header)
    assert export.leads["amount"].tolist() == [11, 10]
    assert noted(export, "2 currencies")


# Refusals

GOOD = "1,2024-01-02,2024-02-01,Closed Won,1,,"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "deals.csv: must hold a header and rows, got an empty file"),
        (SALESFORCE, "deals.csv: must hold at least one row below the header, got none"),
        (SALESFORCE + "\n,,,,,,\n", "deals.csv: must hold at least one row"),
        (b"\x89PNG\0\0", "deals.csv: must be a text file, got a NUL byte"),
        (SALESFORCE.encode("utf-16"), "must be a text file"),
        (b"Id,x\n\x81\x8d,\xff\n", "deals.csv: must be a text file in UTF-8 or Windows-1252"),
        (
            "Id,Created_Dat,CloseDate,StageName\n1,2,3,4",
            r"(?s)columns: must have CreatedDate.*Did you mean 'Created_Dat'",
        ),
        ("a,b\n1,2", r"(?s)deals.csv, columns: must have .*got 'a, b'\nMissing: CreatedDate, CloseDate, StageName"),
        (
            f"{SALESFORCE}\n{GOOD}\n2,soon,,Open,1,,",
            "deals.csv, column CreatedDate, row 3: must be a date .*got 'soon'",
        ),
        (f"{SALESFORCE}\n2,2024-13-40,,Won,1,,", "column CreatedDate, row 2: must be a date"),
        (f"{SALESFORCE}\n2,0001-01-01,,Won,1,,", "column CreatedDate, row 2: must be a date from 1970"),
        (
            f"{SALESFORCE}\n1,13/02/2024,,Won,1,,\n2,02/13/2024,,Won,1,,",
            "CreatedDate: must keep one order of day and month; rows 2 and 3 differ",
        ),
        (f"{SALESFORCE}\n{GOOD}\n2,2024-01-02,,Won,-5,,", "column Amount, row 3: must not be negative, got '-5'"),
        (f"{SALESFORCE}\n2,2024-01-02,,Won,($5),,", "must not be negative"),
        (f"{SALESFORCE}\n2,2024-01-02,,Won,lots,,", "column Amount, row 2: must be an amount .*got 'lots'"),
        (f"{SALESFORCE}\n1,2024-01-02,,Won,$5,,\n2,2024-01-02,,Won,€5,,", r"one currency; .*got '\$, EUR'"),
        (f'{SALESFORCE}\n1,2024-01-02,,Won,"1,5",,\n2,2024-01-02,,Won,1.5,,', "one decimal mark; rows 2 and 3 differ"),
        (f"{SALESFORCE}\n1,2024-01-02,,Talking,5,,", "column StageName: must name won or lost deals.*got 'talking'"),
        (
            f"{SALESFORCE}\n{GOOD}\n1,2024-01-02,,Won,1,234,,x",
            "deals.csv, line 3: must have 7 cells like the header, got 8",
        ),
        (f"{SALESFORCE}\n1,2024-01-02,,Won,1,234,,x", "row 2: must not have rows with more cells"),
        (f'{SALESFORCE}\n1,"2024-01-02,,Won,1,,', "a quote that is not closed"),
        ("Id,CreatedDate,CloseDate,IsClosed,IsWon\n1,2024-01-02,,1,perhaps", "column IsWon, row 2: must be 1 or 0"),
    ],
)
def test_a_bad_file_is_refused_with_place_and_rule(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_export(written(tmp_path, text))
    assert len(str(caught.value).splitlines()) <= 3


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone.csv: must be an existing file or folder"):
        read_export(tmp_path / "gone.csv")


def test_a_folder_without_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must hold at least one .csv file, got none"):
        read_export(tmp_path)


def test_two_exports_in_one_folder_are_refused(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        written(tmp_path, f"{SALESFORCE}\n{GOOD}", name)
    with pytest.raises(InputError, match="must hold one export, got 'a.csv, b.csv'"):
        read_export(tmp_path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    file = written(tmp_path, SALESFORCE)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="deals.csv: must be readable, got no permission"):
        read_export(file)
