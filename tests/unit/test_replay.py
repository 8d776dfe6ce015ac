"""Replay: a result is made again from its own record, to equal bytes; what differs or cannot be made is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim.cli
from sim.domain.errors import InputError
from sim.domain.outcomes import RESULTS_VERSION
from sim.ensemble.experiment import load
from sim.ensemble.replay import replay
from sim.ensemble.store import Store, open_store
from tests.unit.small_studies import plan_of, run

SHORT = ["--set", "run.days=15", "--set", "run.warmup_days=0", "--format", "json", "--out", "result.json"]
RUN = ["run", "micro", "--relationship", "aligned", "--interventions", "liaison@3", "--seed", "7", *SHORT]
FEW = ["--replications", "3", "--quiet", *SHORT]
COMPARISONS = {
    "types": ["compare", "micro", "--relationships", "undefined,integrated", *FEW],
    "interventions": ["compare", "micro", "--interventions", "liaison,collocation=0.5@2..9", *FEW],
    "both": ["compare", "micro", "--relationships", "undefined,aligned", "--interventions", "liaison=2", *FEW],
    "all types": ["compare", "micro", *FEW],
}
Call = Callable[..., int]


@pytest.fixture
def smarketing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """The command, in an empty folder; its exit code."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["smarketing", *words])
        with pytest.raises(SystemExit) as ended:
            sim.cli.main()
        return int(ended.value.code or 0)

    return call


def changed(change: Callable[[dict[str, Any]], Any]) -> None:
    document = json.loads(Path("result.json").read_text())
    change(document)
    Path("result.json").write_text(json.dumps(document))


def test_a_run_is_made_again_to_equal_bytes(smarketing: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert smarketing(*RUN) == 0
    capsys.readouterr()
    assert smarketing("replay", "result.json") == 0
    assert capsys.readouterr().out == "result.json: made a run again; every byte is equal.\n"


@pytest.mark.parametrize("words", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_a_comparison_is_made_again_to_equal_bytes(words: list[str], smarketing: Call) -> None:
    assert smarketing(*words) == 0
    made = replay("result.json")
    assert made.differences == ()
    assert made.what.startswith("a comparison of ")


def test_a_changed_number_of_a_run_is_told(smarketing: Call, capsys: pytest.CaptureFixture[str]) -> None:
    smarketing(*RUN)
    changed(lambda document: document["outcomes"].update(leads_in=document["outcomes"]["leads_in"] + 1))
    capsys.readouterr()
    assert smarketing("replay", "result.json") == 1
    assert "1 values differ:\n  leads_in was " in capsys.readouterr().out


def test_a_changed_number_or_a_lost_row_of_a_comparison_is_told(smarketing: Call) -> None:
    smarketing(*COMPARISONS["types"])
    changed(lambda document: document["rows"][3].update(mean=1e9))
    (told,) = replay("result.json").differences
    assert "mean was 1000000000.0, is " in told
    smarketing(*COMPARISONS["types"])
    changed(lambda document: document["rows"].pop())
    (told,) = replay("result.json").differences
    assert told.endswith("is not in the result")


def test_other_results_are_refused_naming_the_version(smarketing: Call, capsys: pytest.CaptureFixture[str]) -> None:
    smarketing(*RUN)
    older = {"results_version": RESULTS_VERSION - 1, "version": "0.7"}
    changed(lambda document: document["provenance"].update(older))
    assert smarketing("replay", "result.json") == 2
    told = capsys.readouterr().err
    assert f"must be of results version {RESULTS_VERSION} to be made again, got {RESULTS_VERSION - 1}" in told
    assert "pip install 'smarketing==0.7'" in told


@pytest.mark.parametrize(("commit", "said"), [("0123456789abcdef", "commit 0123456789ab"), (None, "run it anew")])
def test_results_of_another_day_of_one_version_are_not_said_to_be_installed(
    smarketing: Call, capsys: pytest.CaptureFixture[str], commit: str | None, said: str
) -> None:
    """Between two releases the version stays, so installing it would bring nothing."""
    smarketing(*RUN)
    older = {"results_version": RESULTS_VERSION - 1, "commit": commit}
    changed(lambda document: document["provenance"].update(older))
    assert smarketing("replay", "result.json") == 2
    told = capsys.readouterr().err
    assert said in told and "pip install" not in told


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{}", '{"provenance": 3}', '{"provenance": {"seed": 1}, "outcomes": {}}']
)
def test_what_is_no_result_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(InputError, match=r"RESULT: must be (JSON|a result)"):
        replay(tmp_path / "file.json")


def test_a_file_that_is_missing_or_binary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"RESULT: cannot be read \(No such file"):
        replay(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="RESULT: must be JSON"):
        replay(tmp_path / "binary")


def test_runs_of_a_study_are_made_again(tmp_path: Path, smarketing: Call, capsys: pytest.CaptureFixture[str]) -> None:
    run(plan_of(), tmp_path / "store")
    assert smarketing("replay", "store") == 0
    assert capsys.readouterr().out == "store: made 20 of 40 runs again; every byte is equal.\n"
    assert smarketing("replay", "store", "--all") == 0
    assert capsys.readouterr().out.startswith("store: made 40 of 40 runs again")


def test_a_run_of_a_study_that_differs_is_named(tmp_path: Path) -> None:
    import pyarrow as pa

    run(plan_of(), tmp_path / "store")
    found, digest = open_store(tmp_path / "store"), load(tmp_path / "store").contents.digests[0]
    tables = {name: found.read(name, digest) for name in ("series", "deals", "runs")}
    profit = [None if value is None else value + 1.0 for value in tables["runs"].column("profit").to_pylist()]
    index = tables["runs"].schema.get_field_index("profit")
    tables["runs"] = tables["runs"].set_column(index, "profit", pa.array(profit))
    found.add(digest, tables, ("trust",))
    made = replay(tmp_path / "store", sample=None)
    assert len(made.differences) == len(profit)
    assert ": profit was " in made.differences[0]


def test_a_study_of_other_results_is_refused(tmp_path: Path) -> None:
    run(plan_of(replications=1), tmp_path / "store")
    found = open_store(tmp_path / "store")
    provenance = found.record["provenance"] | {"results_version": RESULTS_VERSION - 1, "version": "0.7"}
    old = Store(found.folder, found.record | {"provenance": provenance})
    old.found(load(tmp_path / "store").sweep.points.table())
    with pytest.raises(InputError, match=r"must be of results version .*\n.*smarketing==0.7"):
        replay(tmp_path / "store")
