"""An event log becomes one lead per case: outcome, first response, hand-over and stages."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from sim.calibrate import streams
from sim.calibrate.importers import Export, read_export
from sim.domain.errors import InputError

LOAN = "case_id,amount_requested,registered_at,activity,lifecycle,resource,timestamp"


def event(case: int, activity: str, when: str, resource: str = "112", lifecycle: str = "COMPLETE") -> str:
    stamp = f"2011-10-{when}:00.000+02:00"
    return f"{case},{1000 * case},2011-10-01T00:00:00+02:00,{activity},{lifecycle},{resource},{stamp}"


ROWS = [
    event(1, "A_SUBMITTED", "01T09:00"),
    event(1, "A_PREACCEPTED", "01T09:10"),
    event(1, "W_Completeren aanvraag", "01T09:10", lifecycle="SCHEDULE"),
    event(1, "W_Completeren aanvraag", "02T10:00", "", "START"),
    event(1, "A_ACCEPTED", "02T10:30", "10862"),
    event(1, "O_SENT", "02T11:00", "10862"),
    event(1, "O_SENT", "03T11:00", "10862"),
    event(1, "A_APPROVED", "12T10:00", "10629"),
    event(1, "A_REGISTERED", "12T10:01", "10629"),
    event(2, "A_SUBMITTED", "01T12:00"),
    event(2, "A_DECLINED", "01T12:00"),
    event(3, "A_SUBMITTED", "02T12:00"),
    event(3, "W_Afhandelen leads", "02T12:30", "10629", "START"),
    event(4, "A_SUBMITTED", "03T12:00"),
    event(4, "A_CANCELLED", "09T12:00", "10913"),
]


def log(folder: Path, *rows: str, header: str = LOAN) -> Export:
    file = folder / "log.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return read_export(file)


def noted(export: Export, words: str) -> bool:
    return any(words in note for note in export.notes)


def test_each_case_is_one_lead_with_the_outcome_of_its_activities(tmp_path: Path) -> None:
    export = log(tmp_path, *ROWS)
    assert (export.layout, export.unit) == ("event log", "lead")
    assert export.leads["lead_id"].tolist() == ["1", "2", "3", "4"]
    assert export.leads["status"].tolist() == ["won", "lost", "open", "lost"]
    assert export.leads["created"][0] == pd.Timestamp("2011-10-01 07:00")
    assert export.leads["closed"][0] == pd.Timestamp("2011-10-12 08:00")
    assert export.leads["closed"].isna().tolist() == [False, False, True, False]
    assert export.leads["amount"].tolist() == [1000, 2000, 3000, 4000]


def test_the_first_start_by_hand_is_the_response_and_the_automatic_resource_is_no_person(tmp_path: Path) -> None:
    machine = event(2, "W_Completeren aanvraag", "01T12:00", "112", "START")
    leads = log(tmp_path, *ROWS, machine).leads
    assert leads["responded"][0] == pd.Timestamp("2011-10-02 08:00")
    assert leads["responded"].isna().tolist() == [False, True, False, True]
    assert leads["handed"].notna().tolist() == [True, False, False, False]
    assert leads["owner"].tolist() == ["rep 1", None, "rep 1", "rep 2"]


def test_milestones_are_entered_once(tmp_path: Path) -> None:
    stages = log(tmp_path, *ROWS).stages
    assert stages is not None
    entered = stages["stage"][stages["lead_id"] == "1"]
    assert entered.tolist() == ["A_SUBMITTED", "A_PREACCEPTED", "A_ACCEPTED", "O_SENT"]
    assert stages["entered"][3] == pd.Timestamp("2011-10-02 09:00")


def test_cases_in_any_order_of_rows_give_the_same_leads(tmp_path: Path) -> None:
    forward, backward = log(tmp_path, *ROWS), log(tmp_path, *reversed(ROWS))
    key = ["lead_id", "created", "closed", "status", "amount"]
    pd.testing.assert_frame_equal(forward.leads[key], backward.leads.sort_values("lead_id")[key].reset_index(drop=True))


def test_straight_through_cases_stay_and_are_noted(tmp_path: Path) -> None:
    quick = event(5, "A_SUBMITTED", "05T09:00"), event(5, "A_APPROVED", "05T10:00")
    export = log(tmp_path, *ROWS, *quick)
    assert noted(export, "straight through): 1 cases; they are kept")
    assert noted(export, "Lost within a minute, as if declined by a rule and not by a person: 1 cases")


def test_a_log_under_other_names_is_won_and_lost_by_words(tmp_path: Path) -> None:
    rows = "a,New,Ann,2024-01-02", "a,Deal won,Bob,2024-01-09", "b,New,Ann,2024-01-03", "b,Deal lost,Ann,2024-01-04"
    header = "case:concept:name,concept:name,org:resource,time:timestamp"
    export = log(tmp_path, *rows, "c,New,,2024-01-05", header=header)
    assert export.leads["status"].tolist() == ["won", "lost", "open"]
    assert export.leads["owner"].tolist() == ["rep 1", "rep 2", None]
    assert "responded" not in export.leads
    assert export.stages is not None
    assert export.stages["stage"].tolist() == ["New", "Deal won", "New", "Deal lost", "New"]


def test_a_case_both_won_and_lost_is_what_came_last(tmp_path: Path) -> None:
    export = log(tmp_path, *ROWS, event(4, "A_ACTIVATED", "20T10:00", "10913"))
    assert export.leads["status"].tolist() == ["won", "lost", "open", "won"]
    assert noted(export, "both won and lost count as what came last: 1")


def test_a_packed_log_is_read_like_the_plain_one(tmp_path: Path) -> None:
    plain = log(tmp_path, *ROWS)
    (tmp_path / "log.csv").unlink()
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress("\n".join([LOAN, *ROWS, ""]).encode()))
    pd.testing.assert_frame_equal(plain.leads, read_export(tmp_path).leads)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1,5,,Sleep,COMPLETE,1,2024-01-01"], "must name the activities that win a case.*got 'Sleep'"),
        ([*ROWS, "9,5,,A_SUBMITTED,COMPLETE,1,soon"], "column timestamp, row 17: must be a date"),
        ([",5,,,,,"], "must hold events with a case, an activity and a time, got none"),
    ],
)
def test_a_bad_log_is_refused_with_place_and_rule(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        log(tmp_path, *rows)


def test_a_damaged_or_huge_packed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress("\n".join([LOAN, *ROWS, ""]).encode())
    file = tmp_path / "log.csv.gz"
    file.write_bytes(packed[:-20])
    with pytest.raises(InputError, match="must be a whole gzip file"):
        read_export(file)
    monkeypatch.setattr(streams, "MAX_UNPACKED", 100)
    file.write_bytes(packed)
    with pytest.raises(InputError, match="must unpack to at most"):
        read_export(file)
