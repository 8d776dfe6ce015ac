"""The command line: what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import sim.cli
from sim.domain.outcomes import OUTCOMES
from sim.domain.rules import LEVERS
from sim.ensemble.progress import Advance
from sim.report import terminal
from sim.spec.catalogue import interventions, markets, organizations, relationships, scenario_names, shocks

SHORT = ["--set", "run.days=20", "--set", "run.warmup_days=0"]
FEW = [*SHORT, "--replications", "2", "--quiet"]
ROW = (
    "scenario label relationship interventions timeline outcome unit better mean baseline_mean difference ci_low"
    " ci_high ci_level ci_method adjusted_p relative_difference share_better replications uncertainty verdict"
).split()


class Told(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Told]


@pytest.fixture
def smarketing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command, in this process and in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["smarketing", *words])
        with pytest.raises(SystemExit) as ended:
            sim.cli.main()
        return Told(int(ended.value.code or 0), *capsys.readouterr())

    return call


def process(*words: str, **options: Any) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "sim", *words]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, encoding="utf-8", env=environment, **{**pipes, **options})


def without_timings(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    del document["provenance"]["timings"]
    return document


# --- Bad input ------------------------------------------------------------------------------------------------------

FILES = {
    "empty.csv": b"",
    "bad.toml": b"[people\nreps = 3\n",
    "binary.toml": bytes(range(256)),
    "typo.toml": b"[peeple]\nreps = 3\n",
    "liaisson.toml": b"[[interventions]]\nname = 'liaisson'\n",
    "taken.txt": b"mine",
}
REFUSED = [
    ("compare micr", "scenario: there is no scenario of that name, got 'micr'\nDid you mean 'micro'?"),
    ("compare none.toml", "none.toml: there is no such file, got nothing\nCheck the path."),
    ("compare taken.txt", "there is no scenario of that name, got 'taken.txt'"),
    ("compare bad.toml", "bad.toml: is no valid TOML: .*line 1"),
    ("compare binary.toml", "binary.toml: must be text in UTF-8, got other bytes\nSave it again as UTF-8."),
    ("compare typo.toml", "typo.toml: peeple: is not known, got a table\nDid you mean 'people'?"),
    (
        "scenario check micro liaisson.toml",
        r"liaisson.toml: interventions\[0\].name: unknown intervention, got 'liaisson'",
    ),
    ("compare micro --relationships definid", "unknown relationship, got 'definid'\nDid you mean 'defined'?"),
    ("compare micro --relationships defined,defined", "each scenario may be named once, got 'defined'"),
    ("compare micro --relationships ,", "--relationships: must name at least one, got ','"),
    ("compare micro --interventions ,", "--interventions: must name at least one, got ','"),
    ("compare micro --interventions liaisson", "unknown intervention, got 'liaisson'\nDid you mean 'liaison'?"),
    ("compare micro --interventions aligned", "got 'aligned'\nIt is a relationship type: adopt=aligned takes it up."),
    ("compare micro --organizations aligned", "must be two or more, got 'aligned'\nName what is compared"),
    ("compare micro --organizations aligned,defined+aligned@9", "'aligned'\nIt is a relationship type"),
    (
        "compare micro --organizations aligned,defined --interventions liaison",
        "must be named without relationships and interventions, got 'liaison'\nWrite each organization whole",
    ),
    (
        "compare micro --interventions liaison=11",
        r"liaison.dose: must be between 0 and 10 \(persons\), got 11.0\nThe us",
    ),
    ("compare micro --interventions liaison@inf", "start day of liaison: must be a whole number .*, got 'inf'"),
    ("compare micro --set people.reps=abc", "people.reps: must be a whole number, got 'abc'"),
    ("compare micro --set people.reps=true", "people.reps: must not be true or false; only switches may"),
    ("compare micro --set practices={meetings=true}", "practices: must not be true or false"),
    ("compare micro --set run.days=true", "run.days: must not be true or false"),
    ("compare micro --set people.rep=3", "people.rep: is not known, got 3\nDid you mean 'reps'?"),
    ("compare micro --set peeple.reps=3", "peeple.reps: there is no such table, got 'peeple'\n.*lists all paths"),
    ("compare micro --set people.reps", "--set: must look like PATH=VALUE, got 'people.reps'\nFor example"),
    ("compare micro --set =3", "--set: must look like PATH=VALUE, got '=3'"),
    ("compare micro --set interventions=liaison", "interventions: must be a list, got 'liaison'"),
    ("compare micro --set market.sources[0].share=0.5", "market.sources: shares must sum to 1, got a sum of 1.14"),
    ("compare micro --workers 0", "workers: must be a whole number between 1 and 1000, got 0"),
    ("compare micro --workers two", "'--workers': must be a whole number, got 'two'.\nSee smarketing compare --help"),
    ("compare micro --replications 0", "replications: must be a whole number between 1 and 100000, got 0"),
    ("compare micro --replications 99999999999", "replications: must be a whole number between 1 and 100000, got 99"),
    ("compare micro --seed -1", "seed: must be a whole number between 0 and 2147483647, got -1"),
    ("run micro --seed -1", "seed: must be a whole number between 0 and 2147483647, got -1"),
    ("run micro --mesa --seed -1", "seed: must be a whole number between 0 and 2147483647, got -1"),
    ("run micro --relationship definid", "unknown relationship, got 'definid'\nDid you mean 'defined'?"),
    ("run micro --trace 1 --mesa", "--trace: cannot be told when Mesa drives, got 1\nLeave --mesa out"),
    ("run micro --set run.days=5 --trace 99999", "--trace: must be a row of leads, 0 to .*, got 99999"),
    ("run micro --by sauce", "--by: must be one of source, segment, person, got 'sauce'\nDid you mean 'source'?"),
    (
        "run micro --every weeks --series s.csv",
        "--every: must be one of day, week, .*, got 'weeks'\nDid you mean 'week'?",
    ),
    ("run micro --series s.txt", "--series: must end in .csv or .parquet, got 's.txt'"),
    ("run micro --incidents taken.txt/i.csv", "--incidents: must be a folder that can be written"),
    ("run micro --events e.csv --mesa", "--events: cannot be told when Mesa drives, got 'e.csv'\nLeave --mesa out"),
    ("compare micro --format yaml", "--format: must be one of table, json, csv, got 'yaml'"),
    ("run micro --format yaml", "--format: must be one of table, json, csv, got 'yaml'"),
    ("doctor --format yaml", "--format: must be one of table, json, csv, got 'yaml'"),
    ("scenario list --format yaml", "--format: must be one of table, json, csv, got 'yaml'"),
    (
        "scenario show disciplined_meeting",
        "name: stands neither .*, got 'disc.*'\nDid you mean 'disciplined_meetings'?",
    ),
    (
        "scenario show zzz",
        "name: .*\nThere are: enterprise, .*, liaison, .* Or name your scenario's file, which ends in .toml",
    ),
    ("scenario show liaison --set run.days=9", "--set: changes values of a scenario, which liaison is not, got 'run"),
    ("scenario show mid --format yaml", "--format: must be one of table, json, csv, got 'yaml'"),
    ("compare micro --out taken.txt/x.csv", r"--out: must be a folder that can be written \(.*\), got 'taken.txt'"),
    ("compare micro --out folder", "--out: must be a file, not a folder, got 'folder'\nName a file in it."),
    ("run micro --out folder", "--out: must be a file, not a folder, got 'folder'"),
    ("scenario new --out x.txt", "--out: must end in .toml, got 'x.txt'"),
    ("scenario new --out typo.toml", "--out: must not exist yet, got 'typo.toml'\nChoose another name, or add --force"),
    ("scenario new --out x.toml --from smalls", "got 'smalls'\nDid you mean 'small'?"),
    ("demo --scenario smalls", "got 'smalls'\nDid you mean 'small'?"),
    ("demo --replications 0 --out demo", "replications: must be a whole number between 1 and 100000, got 0"),
    ("demo --out taken.txt", r"--out: must be a folder that can be written \(.*\), got 'taken.txt'"),
    ("demo --crm none.csv --out folder", "none.csv: must be an existing file or folder, got nothing\nCheck the path."),
    ("demo --crm empty.csv --out folder", "empty.csv: must hold a header and rows, got an empty file"),
    ("compare", "Missing argument 'SCENARIO'.\nSee smarketing compare --help."),
    ("compare micro --bogus", "No such option: --bogus"),
    ("nonsense", "No such command 'nonsense'.\nSee smarketing --help."),
]


@pytest.mark.parametrize(("line", "message"), REFUSED, ids=[line for line, _ in REFUSED])
def test_bad_input_ends_with_at_most_three_plain_lines_and_code_2(
    smarketing: Command, tmp_path: Path, line: str, message: str
) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    told = smarketing(*line.split())
    error = re.sub(r"^Compiling .* …\n", "", told.err)  # said once on a new machine
    assert told.code == 2
    assert re.match(r"(Reading .* …\n)?smarketing: ", error)
    assert len(error.splitlines()) <= 3
    assert re.search(message.replace("?", r"\?"), told.err)
    assert "Traceback" not in told.err
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "folder"}
    assert not list((tmp_path / "folder").iterdir())
    assert (tmp_path / "taken.txt").read_bytes() == b"mine"


def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    smarketing: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(*_: Any) -> None:
        raise AssertionError("ran")

    monkeypatch.setattr("sim.ensemble.runner.run_points", worked)
    assert smarketing("compare", "micro", *FEW, "--out", str(tmp_path)).code == 2


# --- Formats --------------------------------------------------------------------------------------------------------


def test_a_run_as_json_has_schema_provenance_and_outcomes(smarketing: Command) -> None:
    told = smarketing("run", "micro", *SHORT, "--format", "json", "--seed", "3")
    document = json.loads(told.out)
    assert (told.code, told.err) == (0, "")
    assert list(document) == ["schema", "provenance", "outcomes"]
    assert document["schema"] == 1
    assert document["provenance"]["seed"] == 3
    assert list(document["outcomes"]) == [outcome.name for outcome in OUTCOMES]


def test_what_does_not_exist_is_null_in_json_and_a_dash_in_a_table(smarketing: Command) -> None:
    words = ["run", "micro", "--set", "run.days=1", "--set", "run.warmup_days=0"]
    assert json.loads(smarketing(*words, "--format", "json").out)["outcomes"]["cycle_days"] is None
    assert re.search(r"Median cycle +– +days", smarketing(*words).out)
    told = smarketing("compare", *words[1:], "--replications", "1", "--quiet", "--format", "json")
    assert "NaN" not in told.out
    cycle = next(row for row in json.loads(told.out)["rows"] if row["outcome"] == "cycle_days")
    assert cycle["mean"] is cycle["difference"] is cycle["ci_low"] is cycle["relative_difference"] is None
    assert cycle["replications"] == 0


def test_a_comparison_as_json_has_exactly_the_agreed_shape(smarketing: Command) -> None:
    words = ["compare", "micro", *FEW, "--relationships", "undefined,aligned", "--interventions", "liaison=1@5"]
    document = json.loads(smarketing(*words, "--format", "json").out)
    assert list(document) == ["schema", "provenance", "baseline", "rows"]
    assert (document["schema"], document["baseline"]) == (1, "undefined")
    assert len(document["rows"]) == 3 * len(OUTCOMES)
    for row in document["rows"]:
        assert list(row) == ROW
        assert row["better"] in ("higher", "lower", None)
        assert row["verdict"] in ("better", "worse", "different", "equal", "not distinguishable")
        assert row["uncertainty"] == "luck"
        assert row["ci_level"] == 0.95
    last = document["rows"][-1]
    assert (last["scenario"], last["relationship"]) == ("liaison=1@5", "undefined")
    assert last["label"] == "Liaison (1 person) from day 5"
    assert last["interventions"] == [{"name": "liaison", "dose": 1.0, "start_day": 5, "end_day": None}]


def test_a_comparison_as_csv_reads_back(smarketing: Command) -> None:
    told = smarketing("compare", "micro", *FEW, "--interventions", "liaison", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert list(rows[0]) == ROW
    assert json.loads(rows[-1]["interventions"])[0]["name"] == "liaison"


def test_workers_change_nothing_but_timings(smarketing: Command) -> None:
    words = ["compare", "micro", *SHORT, "--replications", "12", "--format", "json", "--seed", "1", "--quiet"]
    told = [smarketing(*words, "--workers", workers).out for workers in ("1", "2")]
    assert without_timings(told[0]) == without_timings(told[1])


def test_list_options_may_be_comma_separated_or_repeated(smarketing: Command) -> None:
    tail = [*FEW, "--format", "json"]
    one = smarketing("compare", "micro", "--relationships", "defined, undisciplined", *tail)
    other = smarketing("compare", "micro", "--relationships", "defined", "--relationships", "undefined", *tail)
    assert without_timings(one.out) == without_timings(other.out)
    one = smarketing("compare", "micro", "--interventions", "liaison,collocation=0.5", *tail)
    other = smarketing("compare", "micro", "--interventions", "liaison", "--interventions", "collocation=0.5", *tail)
    assert without_timings(one.out) == without_timings(other.out)


def test_a_comparison_without_difference_says_equal_everywhere(smarketing: Command) -> None:
    words = ["compare", "micro", *FEW, "--interventions", "liaison=0,collocation@20,liaison=2@500"]
    for row in json.loads(smarketing(*words, "--format", "json").out)["rows"]:
        assert row["difference"] in (0.0, None)
        assert row["verdict"] == "equal" or row["mean"] is None


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("market.gap_days=12", ("market", "gap_days"), 12),
        ("practices.meetings=3", ("practices", "meetings"), 3),
        ("relationship=undisciplined", ("relationship",), "undefined"),
        ("name=my firm", ("name",), "my firm"),
        ("market.sources[0].fit_shift=-1", ("market", "sources", 0, "fit_shift"), -1),
        ("market.weekday_profile=[1,1,1,1,1]", ("market", "weekday_profile"), [1, 1, 1, 1, 1]),
        ("market.weekday_profile[4] = 2", ("market", "weekday_profile", 4), 2),
        ('interventions=[{name="liaison",dose=1}]', ("interventions", 0, "dose"), 1),
    ],
)
def test_set_changes_any_value(smarketing: Command, setting: str, path: tuple[Any, ...], value: Any) -> None:
    told = smarketing("scenario", "show", "micro", "--set", setting, "--format", "json")
    place = json.loads(told.out)
    for part in path:
        place = place[part]
    assert place == value


def test_several_set_need_only_be_valid_together(smarketing: Command) -> None:
    words = ["--set", "people.marketers=1", "--set", "people.generalists=1"]
    assert smarketing("scenario", "show", "micro", *words).code == 0


def test_the_table_names_every_scenario_and_gives_the_python_line(smarketing: Command) -> None:
    told = smarketing("compare", "micro", *SHORT, "--replications", "2", "--interventions", "liaison")
    assert told.out.startswith("micro: 2 replications on common luck, baseline undefined")
    assert told.out.count("baseline\n") + told.out.count("baseline  ") >= len(terminal.SHOWN)
    line = next(line for line in told.err.splitlines() if line.startswith("In Python: "))
    code = line.removeprefix("In Python: import sim; ")
    import sim as package

    table = eval(code, {"sim": package})
    assert set(table["scenario"]) == {"undefined", "liaison"}
    assert "run.days" in code


def test_many_scenarios_are_shown_on_a_line_each(smarketing: Command) -> None:
    uses = "liaison,liaison=1,collocation,joint_pricing,data_sharing,ride_alongs,joint_events,list_price"
    told = smarketing("compare", "micro", *SHORT, "--replications", "2", "--interventions", uses).out
    heading = next(line for line in told.splitlines() if "new bookings" in line)
    assert "profit" in heading and "conflicts" in heading
    assert told.count("Joint pricing") == told.count("Liaison (1 person)") == 1
    assert told.endswith("--format csv or json.\n")


def test_no_name_of_a_listing_is_cut(smarketing: Command) -> None:
    told = smarketing("evidence").out
    assert "market.raw_leads_per_rep_day " in told
    assert "…" not in told.replace(" … ", "")


def test_a_run_gives_the_python_line_that_does_the_same(smarketing: Command) -> None:
    words = ["run", "micro", *SHORT, "--interventions", "liaison=1,collocation", "--relationship", "defined"]
    outcomes = json.loads(smarketing(*words, "--seed", "3", "--format", "json").out)["outcomes"]
    line = next(line for line in smarketing(*words, "--seed", "3").err.splitlines() if line.startswith("In Python: "))
    import sim as package

    table = eval(line.removeprefix("In Python: import sim; "), {"sim": package})
    assert (
        dict(zip(table["outcome"], table["value"].astype(object).where(table["value"].notna(), None), strict=True))
        == outcomes
    )


@pytest.mark.slow
def test_the_demonstration_gives_the_python_line_of_its_comparison(smarketing: Command) -> None:
    told = smarketing("demo", "--scenario", "micro", "--replications", "1", "--seed", "3", "--out", "demo")
    line = next(line for line in told.err.splitlines() if line.startswith("In Python: "))
    assert line.startswith("In Python: import sim; sim.compare('micro', relationships=['undefined', 'defined'")
    assert line.endswith("replications=1, seed=3).table()")
    quiet = smarketing("demo", "--scenario", "micro", "--replications", "1", "--out", "demo", "--quiet")
    assert "In Python" not in quiet.err


def test_a_switch_may_be_true_or_false(smarketing: Command) -> None:
    told = smarketing("scenario", "show", "micro", "--set", "mechanisms.use_trust=false", "--format", "json")
    assert json.loads(told.out)["mechanisms"]["use_trust"] == 0


def test_a_single_replication_shows_no_interval(smarketing: Command) -> None:
    told = smarketing(
        "compare", "micro", *SHORT, "--replications", "1", "--quiet", "--relationships", "defined,aligned"
    )
    assert told.code == 0
    assert re.search(r"Aligned +\S+.* – ", told.out)
    assert "nan" not in told.out.lower()
    assert "None" not in told.out


def test_a_narrow_window_still_shows_the_verdict(smarketing: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "width", lambda: 80)
    told = smarketing("compare", "micro", *FEW, "--relationships", "undefined,integrated")
    assert max(len(line.rstrip()) for line in told.out.splitlines()) <= 80
    assert "verdict" in told.out
    assert "A wider window" in told.out.replace("\n", " ")


def test_brackets_in_a_name_are_shown_as_they_are(smarketing: Command) -> None:
    told = smarketing("compare", "micro", *FEW, "--set", "name=[/firm] :smile:")
    assert told.out.startswith("[/firm] :smile:: 2 replications")


def test_an_output_file_holds_what_the_terminal_would_have_shown(
    smarketing: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = smarketing("compare", "micro", *FEW).out
    written = terminal.written
    monkeypatch.setattr(terminal, "written", lambda *parts: f"\x1b[1m{written(*parts)}\x1b[0m")
    told = smarketing("compare", "micro", *FEW, "--out", "new/folder/table.txt")
    assert (told.code, told.out) == (0, "")
    assert (tmp_path / "new" / "folder" / "table.txt").read_text(encoding="utf-8").rstrip() == shown.rstrip()


def test_mesa_gives_the_same_run(smarketing: Command) -> None:
    words = ["run", "micro", *SHORT, "--format", "json", "--seed", "5", "--relationship", "aligned"]
    words += ["--interventions", "liaison=1@5,collocation"]
    assert without_timings(smarketing(*words).out) == without_timings(smarketing(*words, "--mesa").out)


def test_a_run_is_its_own_line_of_a_comparison(smarketing: Command) -> None:
    outcomes = json.loads(smarketing("run", "micro", *SHORT, "--format", "json").out)["outcomes"]
    words = ["compare", "micro", *SHORT, "--quiet", "--format", "json", "--relationships", "undefined"]
    rows = json.loads(smarketing(*words, "--replications", "1").out)["rows"]
    assert {row["outcome"]: row["mean"] for row in rows} == outcomes


def test_the_story_of_a_lead_is_told_in_every_format(smarketing: Command) -> None:
    words = ["run", "micro", *SHORT, "--trace", "48"]  # behind the 12 customers that each of 4 reps starts with
    table = smarketing(*words).out
    assert table.startswith("Lead 48: ")
    decisions = json.loads(smarketing(*words, "--format", "json").out)
    assert list(decisions[0]) == ["day", "question", "chance", "luck", "answer"]
    assert all((row["answer"] == "yes") == (row["luck"] < row["chance"]) for row in decisions)
    assert len(table.splitlines()) == 2 + len(decisions)
    assert smarketing(*words, "--format", "csv").out.startswith("day,question,chance,luck,answer")


def test_a_run_writes_its_course_its_events_and_its_disputes(smarketing: Command, tmp_path: Path) -> None:
    import pandas as pd

    files = ["--series", "s.csv", "--every", "day", "--events", "e.parquet", "--incidents", "new/i.csv"]
    told = smarketing("run", "micro", "--set", "run.days=60", "--set", "run.warmup_days=0", *files)
    assert told.code == 0
    assert "Wrote s.csv: 60 rows." in told.err
    assert pd.read_csv(tmp_path / "s.csv")["day"].tolist() == list(range(60))
    log = pd.read_parquet(tmp_path / "e.parquet")
    assert {"came in", "touched"} <= set(log["activity"])
    assert list(pd.read_csv(tmp_path / "new" / "i.csv").columns)[:5] == [
        "day",
        "calendar_day",
        "kind",
        "marketer",
        "rep",
    ]


@pytest.mark.parametrize("by", ["source", "segment", "person"])
def test_a_run_is_told_apart_in_every_format(smarketing: Command, by: str) -> None:
    words = ["run", "micro", *SHORT, "--by", by]
    rows = json.loads(smarketing(*words, "--format", "json").out)
    assert next(iter(rows[0])) == by
    assert len(list(csv.DictReader(io.StringIO(smarketing(*words, "--format", "csv").out)))) == len(rows)
    table = smarketing(*words)
    assert all(row[by] in table.out for row in rows)
    assert f".by_{by}()" in table.err


def test_the_assessment_is_shown_with_sums_and_bands(smarketing: Command) -> None:
    words = ["run", "micro", *SHORT, "--assessment", "--relationship", "integrated"]
    assert re.search(
        r"Sums of 20 to 100: marketing \d+ \(\w+\), sales \d+ \(\w+\), heads 89 \(integrated\)", smarketing(*words).out
    )
    rows = json.loads(smarketing(*words, "--format", "json").out)
    assert len(rows) == 20
    assert list(rows[0]) == ["theme", "marketing", "sales", "heads"]


# --- The other commands ---------------------------------------------------------------------------------------------


def test_the_version_is_shown(smarketing: Command) -> None:
    assert re.fullmatch(r"smarketing \d+\.\d+\.\d+\S*\n", smarketing("--version").out)


def test_without_a_command_the_help_is_shown(smarketing: Command) -> None:
    told = smarketing()
    assert "compare" in told.out + told.err
    assert "Traceback" not in told.err


def test_doctor_speaks_in_three_formats(smarketing: Command) -> None:
    assert "numba" in smarketing("doctor").out
    document = json.loads(smarketing("doctor", "--format", "json").out)
    assert document["numba"]["state"] == "ok"
    assert document["Python"]["state"] == "ok"
    rows = list(csv.DictReader(io.StringIO(smarketing("doctor", "--format", "csv").out)))
    assert [row["what"] for row in rows] == list(document)
    assert {row["state"] for row in rows} <= {"ok", "note", "missing"}


def test_the_list_names_everything_shipped(smarketing: Command) -> None:
    rows = json.loads(smarketing("scenario", "list", "--format", "json").out)
    known = [scenario_names(), organizations(), markets(), relationships(), interventions(), shocks(), LEVERS]
    assert [row["name"] for row in rows] == [name for names in known for name in names]
    for format in ("table", "csv"):
        told = smarketing("scenario", "list", "--format", format).out
        assert all(row["name"] in told for row in rows)


def test_a_scenario_is_shown_with_units_and_sources(smarketing: Command) -> None:
    shown = smarketing("scenario", "show", "mid").out
    assert "# gap_days = 9.0  # working days between two touches of a deal (d, 0.05 to 60); default; A*" in shown
    rows = list(csv.DictReader(io.StringIO(smarketing("scenario", "show", "mid", "--format", "csv").out)))
    gap = next(row for row in rows if row["path"] == "market.gap_days")
    assert (gap["unit"], float(gap["low"]), float(gap["high"]), gap["origin"]) == ("d", 0.05, 60, "default")


def test_a_scenario_says_where_its_values_come_from(smarketing: Command, tmp_path: Path) -> None:
    text = 'relationship = "defined"\n[presets]\nmarket = "simple"\n[people]\nreps = 30\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    words = ["scenario", "show", "mine.toml", "--set", "run.days=260", "--set", "presets.organization=large"]
    values = {row["path"]: row for row in json.loads(smarketing(*words, "--format", "json").out)["values"]}
    origins = {path: values[path]["origin"] for path in ("run.days", "people.reps", "people.marketers")}
    assert origins == {"run.days": "flag", "people.reps": "file", "people.marketers": "organization large"}
    assert (values["market.gap_days"]["value"], values["market.gap_days"]["origin"]) == (2, "market simple")
    assert values["practices.meetings"]["origin"] == "relationship defined"
    shown = smarketing(*words).out
    assert "\ndays = 260  # working days that are measured (d, 1 to 10000); flag; given on the command line" in shown
    assert (
        "\n# gap_days = 2.0  # working days between two touches of a deal (d, 0.05 to 60); market simple; E87" in shown
    )


@pytest.mark.parametrize("name", ["complex", "integrated", "liaison"])
def test_an_entry_of_the_catalogue_is_shown_with_units_and_sources(smarketing: Command, name: str) -> None:
    rows = json.loads(smarketing("scenario", "show", name, "--format", "json").out)
    assert all(row["unit"] and row["source"] and row["meaning"] for row in rows)
    told = smarketing("scenario", "show", name).out
    assert all(row["number"] in told for row in rows)
    assert smarketing("scenario", "show", name, "--format", "csv").out.startswith("number,value,unit,low,high,source")


def test_the_check_says_what_is_unusual(smarketing: Command, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text("[run]\ndays = 20\n", encoding="utf-8")
    told = smarketing("scenario", "check", "odd.toml", "mid")
    assert told.code == 0
    first, *notes, last = told.out.splitlines()
    assert (first, last) == ("odd.toml: good, with 2 things to look at", "mid: good")
    assert notes[0].startswith("  - run.days is 20: less than a year")


def test_a_new_scenario_can_be_checked_and_run(smarketing: Command, tmp_path: Path) -> None:
    told = smarketing("scenario", "new", "--from", "small", "--out", "mine.toml")
    assert told.out == "Wrote mine.toml. Change it, then: smarketing compare mine.toml\n"
    assert smarketing("scenario", "check", "mine.toml", "mid").out == "mine.toml: good\nmid: good\n"
    assert json.loads(smarketing("scenario", "show", "mine.toml", "--format", "json").out)["name"] == "mine"
    assert smarketing("run", "mine.toml", *SHORT).code == 0
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert smarketing("scenario", "new", "--out", "mine.toml", "--force", "--from", "small").code == 0
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == text


def test_a_new_scenario_may_follow_presets(smarketing: Command, tmp_path: Path) -> None:
    words = ["--organization", "growing", "--market", "simple", "--set", "people.reps=15"]
    assert smarketing("scenario", "new", *words, "--out", "mine.toml").code == 0
    content = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert content["presets"] == {"organization": "growing", "market": "simple"}
    assert (content["people"], content["market"]) == ({"reps": 15}, {})
    assert content["description"].startswith("Twenty-four people with two heads")
    told = smarketing("scenario", "new", "--market", "complx", "--out", "other.toml")
    assert (told.code, "Did you mean 'complex'?" in told.err) == (2, True)


def test_a_new_scenario_with_a_very_long_name_is_good(smarketing: Command) -> None:
    name = "firm" * 40 + ".toml"
    assert smarketing("scenario", "new", "--out", name).code == 0
    assert smarketing("scenario", "check", name).code == 0


def test_an_unknown_schema_is_told_with_the_mend(smarketing: Command) -> None:
    told = smarketing("scenario", "schema", "marke")
    assert (told.code, told.err) == (2, "smarketing: kind: is not known, got 'marke'\nDid you mean 'market'?\n")


def test_the_schema_tells_editors_units_and_ranges(smarketing: Command) -> None:
    schema = json.loads(smarketing("scenario", "schema").out)
    gap = schema["$defs"]["Market"]["properties"]["gap_days"]
    assert (gap["minimum"], gap["maximum"], gap["unit"]) == (0.05, 60, "d")


# --- As processes ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_mistake_shows_no_traceback_in_a_real_process() -> None:
    with process("compare", "micro", "--interventions", "liaisson") as command:
        out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (2, "")
    assert err == "smarketing: interventions: unknown intervention, got 'liaisson'\nDid you mean 'liaison'?\n"


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_met_in_silence() -> None:
    with process("scenario", "show", "mid") as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        err = command.stderr.read()
    assert err == ""
    assert command.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    out = tmp_path / "kept.json"
    words = ["compare", "micro", *SHORT, "--replications", "90000", "--relationships", "defined,aligned"]
    with process(*words, "--format", "json", "--out", str(out), "--quiet", preexec_fn=_hear_ctrl_c) as command:
        time.sleep(8)
        assert command.poll() is None, "ended before it was interrupted"
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=60)
    assert command.returncode == 130
    assert "Traceback" not in err
    kept = re.search(r"Interrupted: (\d+) of 90000 replications are complete and kept.", err)
    assert kept is not None
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["provenance"]["replications"] == int(kept[1]) > 0


def _hear_ctrl_c() -> None:
    """Undo that a shell lets its background processes ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_before_anything_is_done_says_so(smarketing: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.spec.catalogue.load_scenario", interrupt)
    told = smarketing("compare", "micro")
    assert (told.code, told.out, told.err) == (130, "", "Interrupted; nothing was written.\n")


def test_ctrl_c_in_the_middle_shows_the_table_of_what_is_done(
    smarketing: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(advance: Any, runs: int) -> None:
        advance.done += runs
        if advance.done >= 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(Advance, "__call__", interrupt)
    told = smarketing("compare", "micro", *SHORT, "--replications", "5000", "--relationships", "defined,aligned")
    assert told.code == 130
    assert re.match(r"micro: \d+ replications on common luck, baseline defined", told.out)
    assert "of 5000 replications are complete and kept." in told.err
