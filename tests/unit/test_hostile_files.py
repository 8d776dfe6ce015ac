"""Files that would fill memory, run a formula or are no table at all are refused or read as what they are."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.calibrate import streams, tables, workbooks
from sim.calibrate.importers import Export, read_export
from sim.domain.errors import InputError
from tests import layouts

HEAD = "Id,CreatedDate,CloseDate,StageName,Amount,OwnerId,LeadSource"
ROW = "1,2024-01-02,2024-02-01,Closed Won,100,Ann,Web"


def written(folder: Path, content: str | bytes, name: str = "deals.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def noted(export: Export, words: str) -> bool:
    return any(words in note for note in export.notes)


def book(folder: Path, rows: list[list[object]], name: str = "deals.xlsx") -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(folder / name)
    return folder / name


def repacked(file: Path, change: dict[str, bytes]) -> Path:
    """The workbook with some of its parts exchanged."""
    with zipfile.ZipFile(file) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()} | change
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file


@contextmanager
def memory_below(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


# What would fill memory


def test_a_line_of_two_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    file = written(tmp_path, HEAD + "\n")
    with file.open("r+b") as stream:
        stream.seek(0, os.SEEK_END)
        block = b"x" * 2**20
        for _ in range(64):
            stream.write(block)
        stream.truncate(2 * 2**30)  # the rest is a hole in the file: zeros that take no room
    with memory_below(2**25), pytest.raises(InputError, match="line 2: must not have lines longer than 8 MiB"):
        read_export(file)


def test_a_bomb_packed_with_gzip_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_UNPACKED", 2**22)
    packed = gzip.compress((HEAD + "\n").encode() + (ROW + "\n").encode() * 500_000, 1)
    file = written(tmp_path, packed, "deals.csv.gz")
    with memory_below(2**24), pytest.raises(InputError, match="deals.csv.gz: must unpack to at most"):
        read_export(file)


def test_a_bomb_packed_as_a_workbook_is_refused_by_what_it_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MAX_SHEET", 2**22)
    file = repacked(book(tmp_path, [["a", "b"]]), {"xl/worksheets/sheet1.xml": b" " * 2**23})
    with pytest.raises(InputError, match=r"deals.xlsx: must unpack to at most 4 MiB"):
        read_export(file)


def test_a_workbook_that_declares_less_than_it_holds_yields_no_more_than_that(tmp_path: Path) -> None:
    file = repacked(book(tmp_path, [["a", "b"]]), {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 2**23})
    content = bytearray(file.read_bytes())
    size = (2**23 + 11).to_bytes(4, "little")
    assert content.count(size) >= 2
    file.write_bytes(bytes(content).replace(size, (64).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"must be a whole .xlsx workbook, got one that is damaged"):
        read_export(file)


def test_a_row_of_a_sheet_without_end_is_refused_before_it_is_held(tmp_path: Path) -> None:
    start, cells = b"<worksheet><sheetData><row>", b"<c><v>1</v></c>" * 1_000_000
    file = repacked(book(tmp_path, [["a", "b"]]), {"xl/worksheets/sheet1.xml": start + cells})
    with memory_below(2**25), pytest.raises(InputError, match="must not have rows of more than 4 MiB"):
        read_export(file)


@pytest.mark.slow
def test_what_follows_the_rows_of_a_sheet_may_be_long(tmp_path: Path) -> None:
    file = book(tmp_path, [HEAD.split(","), ROW.split(",")])
    with zipfile.ZipFile(file) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    links = b"<hyperlinks>" + b'<hyperlink ref="A1"/>' * 300_000 + b"</hyperlinks>"
    repacked(file, {"xl/worksheets/sheet1.xml": sheet.replace(b"</worksheet>", links + b"</worksheet>")})
    assert len(read_export(file).leads) == 1


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet>&c;</worksheet>'
    file = repacked(book(tmp_path, [["a", "b"]]), {"xl/worksheets/sheet1.xml": laughs})
    with pytest.raises(InputError, match="must not define entities"):
        read_export(file)


def test_too_many_rows_are_refused_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_ROWS", 5)
    file = written(tmp_path, "\n".join([HEAD, *[ROW] * 6]))
    with pytest.raises(InputError, match="must have at most 5 rows"):
        read_export(file)


def test_a_cell_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_MAX_PART", 2**16)
    file = written(tmp_path, HEAD + '\n1,"' + "open quote\n" * 20_000)
    with pytest.raises(InputError, match="must not have cells without end"):
        read_export(file)


def test_a_sheet_that_says_it_is_huge_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    file = book(tmp_path, [HEAD.split(","), ROW.split(",")])
    with zipfile.ZipFile(file) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    repacked(file, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:G2"', b'ref="A1:XFD1048576"')})
    assert len(read_export(file).leads) == 1


MEASURED = """
import resource, sys
from pathlib import Path
from sim.calibrate.importers import read_export
print(len(read_export(Path(sys.argv[1])).leads), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_five_million_rows_would_take_less_than_four_gigabytes(tmp_path: Path) -> None:
    tail = "2024-01-02 10:30:00,2024-02-01,Closed Won,1234.5,0055e0000000001AAA,Web"
    sizes = [read_apart(tmp_path, [f"{i:015d},{tail}" for i in range(n)]) for n in (50_000, 450_000)]
    assert sizes[1] + (sizes[1] - sizes[0]) / 400_000 * (5_000_000 - 450_000) < 4_000_000  # kB


def read_apart(folder: Path, rows: list[str]) -> int:
    """Most memory, in kB, of a process that reads these rows."""
    file = written(folder, "\n".join([HEAD, *rows]))
    done = subprocess.run([sys.executable, "-c", MEASURED, str(file)], capture_output=True, check=True, text=True)
    n, size = done.stdout.split()
    assert int(n) == len(rows)
    return int(size)


# What would run


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1:A9)", "-2+3", "=1+1"])
def test_a_formula_in_a_cell_stays_text_and_is_written_harmless(tmp_path: Path, formula: str) -> None:
    row = ROW.replace("Web", f'"{formula}"')
    assert read_export(written(tmp_path, f"{HEAD}\n{row}\n")).leads["source"][0] == "'" + formula


def test_a_formula_in_a_workbook_is_not_evaluated(tmp_path: Path) -> None:
    file = book(tmp_path, [HEAD.split(","), [*ROW.split(",")[:4], "=50+50", "Ann", "=1+1"]])
    leads = read_export(file).leads
    assert leads["amount"].isna()[0]  # a value that no spreadsheet has worked out is unknown
    assert leads["source"][0] is None


def test_a_row_of_a_workbook_with_more_cells_than_headers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more cells than the header, 7, got 8"):
        read_export(book(tmp_path, [HEAD.split(","), [*ROW.split(","), "more"]]))


def test_cells_of_a_workbook_are_read_as_they_are(tmp_path: Path) -> None:
    import datetime as dt

    row = ["1", dt.datetime(2024, 1, 2, 10, 30), dt.date(2024, 2, 1), "Closed Won", 1234.5, "Ann", True]
    leads = read_export(book(tmp_path, [["Deals of May"], [], HEAD.split(","), row])).leads
    assert leads["amount"][0] == 1234.5
    assert str(leads["closed"][0]) == "2024-02-01 00:00:00"
    assert leads["source"][0] == "TRUE"


# What is no table


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"\0" * 100, "got a NUL byte"),
        ("a.csv", f"{HEAD}\n{ROW}\n".encode() * 9000 + b"\0", "got a NUL byte"),
        ("a.csv", b"\xff\xfe" + HEAD.encode("utf-16-le"), "must be a text file"),
        ("a.csv", random.Random(1).randbytes(64) + b"\0", "must be"),
        ("a.csv", b"\n\n\n", "got an empty file"),
        ("a.csv", b"\xef\xbb\xbf", "got an empty file"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "must be a whole .xlsx workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "must be an .xlsx workbook without a password"),
        ("a.csv.gz", b"\x1f\x8b\x08", "must be a whole gzip file"),
        ("a.csv", b" \n1,2\n", "must"),
        ("a.csv", b"," * 70_000, "must begin with at most 5000 column names"),
        ("a.csv", b"," * 6_000 + b"\n", "must begin with at most 5000 column names"),
        ("a.csv", (HEAD + "\n" + ROW + ",one,two,three\n").encode(), "more cells"),
        ("a.csv", (f"{HEAD}\n{ROW}\n{ROW},too,many\n").encode(), "line 3: must have 7 cells like the header, got 9"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_export(written(tmp_path, content, name))


def test_a_packed_folder_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "weekly.zip", "w") as packed:
        packed.writestr("Opportunity.csv", f"{HEAD}\n{ROW}\n")
    with pytest.raises(InputError, match=r"got 'a packed folder'(?s:.*)Unpack it"):
        read_export(tmp_path / "weekly.zip")


def test_a_folder_that_is_named_like_a_file_is_read_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "export.csv").mkdir()
    with pytest.raises(InputError, match="must hold at least one .csv file"):
        read_export(tmp_path / "export.csv")
    (tmp_path / "export.csv" / "inner.csv").mkdir()
    written(tmp_path / "export.csv", f"{HEAD}\n{ROW}\n")
    assert len(read_export(tmp_path / "export.csv").leads) == 1


def test_what_a_spreadsheet_hides_beside_an_open_workbook_is_not_read(tmp_path: Path) -> None:
    written(tmp_path, f"{HEAD}\n{ROW}\n")
    for name in ("~$deals.xlsx", "._deals.csv"):
        written(tmp_path, b"\0\1", name)
    assert not noted(read_export(tmp_path), "Not used")


def test_links_are_followed_and_dead_ones_and_circles_refused(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEAD}\n{ROW}\n")
    (tmp_path / "good").symlink_to(file)
    (tmp_path / "dead").symlink_to(tmp_path / "gone.csv")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    assert len(read_export(tmp_path / "good").leads) == 1
    for name in ("dead", "circle"):
        with pytest.raises(InputError, match="must be an existing file or folder"):
            read_export(tmp_path / name)


def test_a_device_is_refused() -> None:
    with pytest.raises(InputError, match="must be a file or a folder"):
        read_export(Path(os.devnull))


def test_repeated_headers_are_noted_and_the_first_is_used(tmp_path: Path) -> None:
    export = read_export(written(tmp_path, f"{HEAD},Amount\n{ROW},7\n"))
    assert export.leads["amount"][0] == 100
    assert noted(export, "Columns that deals.csv has more than once, of which the first was used: Amount")


def test_lines_above_the_header_are_left_out_and_noted(tmp_path: Path) -> None:
    export = read_export(written(tmp_path, f"Deals of May\n\n{HEAD}\n{ROW}\n"))
    assert len(export.leads) == 1
    assert noted(export, "Lines above the header of deals.csv that are no table: 2")
    assert len(read_export(written(tmp_path, f"sep=,\n{HEAD}\n{ROW}\n")).leads) == 1


def test_rows_that_end_early_have_empty_cells(tmp_path: Path) -> None:
    leads = read_export(written(tmp_path, f"{HEAD}\n{ROW}\n2,2024-01-03,2024-02-05,Closed Lost\n")).leads
    assert leads["status"].tolist() == ["won", "lost"]
    assert leads["amount"].isna()[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_long_files_are_read_alike_in_every_part(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{i},2024-01-02,2024-02-01,Closed Won,{i},Ann,Zürich {i % 3}" for i in range(300)]
    whole = read_export(written(tmp_path, "\n".join([HEAD, *rows]).encode(encoding))).leads
    monkeypatch.setattr(tables, "PART", 7)
    monkeypatch.setattr(tables, "SAMPLE", 50)
    parts = read_export(written(tmp_path, "\n".join([HEAD, *rows]).encode(encoding))).leads
    assert whole.equals(parts)
    assert whole["source"].nunique() == 3


# Anything at all

CELLS = st.sampled_from(
    ["", "0", "1", "-5", "1e309", "2024-01-02", "02/13/2024", "13/02/2024", "99999-99-99", "Closed Won", "Lost", "open",
     "=1+1", '"', "\t", "\r", "€5", "$5", "1,5", "1.5", "nan", "TRUE", "ann@example.org", "Ä", "٣", "1708721700000"]
)  # fmt: skip
HEADERS = st.sampled_from(
    ["Id", "CreatedDate", "CloseDate", "StageName", "Amount", "OwnerId", "LeadSource", "IsWon", "IsClosed", "case_id",
     "activity", "timestamp", "resource", "lifecycle", "Status", "IsConverted", "mql_id", "won_date", "Created Time",
     "Closing Date", "createdate", "closedate", "dealstage", "Lifecycle Stage", "total_days", "first_contact_date",
     "Deal - Status", "Deal - Deal created", "Deal - Won time", "OpportunityId", "hs_date_entered_x", ""]
)  # fmt: skip


@settings(max_examples=int(os.environ.get("SMARKETING_EXAMPLES", "120")), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    header=st.lists(HEADERS, min_size=1, max_size=9),
    rows=st.lists(st.lists(CELLS | st.text(max_size=8), max_size=10), max_size=12),
)
def test_a_table_of_any_cells_is_read_or_refused_and_never_crashes(
    tmp_path: Path, header: list[str], rows: list[list[str]]
) -> None:
    usable_or_refused(written(tmp_path, layouts.as_bytes([header, *rows])))


@settings(max_examples=int(os.environ.get("SMARKETING_EXAMPLES", "120")), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(content=st.binary(max_size=400), start=st.sampled_from([b"", b"\x1f\x8b", b"PK\x03\x04", HEAD.encode() + b"\n"]))
def test_any_bytes_are_read_or_refused_and_never_crash(tmp_path: Path, content: bytes, start: bytes) -> None:
    usable_or_refused(written(tmp_path, start + content))


def usable_or_refused(file: Path) -> None:
    try:
        leads = read_export(file).leads
    except InputError:
        return
    assert len(leads) > 0
    assert set(leads["status"]) <= {"won", "lost", "open"}
    assert not (leads["closed"] < leads["created"]).any()
    assert not (leads["amount"] < 0).any()


def test_a_workbook_that_is_cut_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    whole = book(tmp_path, [HEAD.split(","), ROW.split(",")]).read_bytes()
    for end in range(4, len(whole), 97):
        usable_or_refused(written(tmp_path, whole[:end], "cut.xlsx"))
    for at in range(30, len(whole), 53):
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        usable_or_refused(written(tmp_path, bytes(changed), "changed.xlsx"))


def test_a_text_wrapper_passes_on_what_the_feed_refuses() -> None:
    feed = streams.Fed("a.csv", io.BytesIO(b"x" * 100), 10)
    with pytest.raises(InputError, match="a.csv: must not have cells without end"):
        io.BufferedReader(feed).read(50)
