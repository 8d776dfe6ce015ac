"""What a self-assessment shows, on a terminal, as JSON and as a page; and the scenario that comes of it."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import sim.cli
from sim.calibrate.answers import ITEMS, Answers
from sim.calibrate.assessed import Assessment, assess
from sim.calibrate.by_hand import base_of, firm_of, write_firm
from sim.calibrate.moments import moments_of
from sim.calibrate.organizations import bank_of
from sim.calibrate.practice_prior import bundles, practice_draws
from sim.calibrate.privacy import FAIR_USE
from sim.ensemble.schema import schema_of
from sim.report.assessment_text import assessment_json, assessment_page, assessment_report
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_relationship
from sim.spec.factors import variant
from sim.spec.posterior import posterior_of
from sim.spec.resolve import practice_levels
from sim.spec.scenario import Scenario
from sim.spec.unusual import unusual
from tests.surveys import Known, answered, people, told

BASE = load_scenario("micro")
READOUT = np.array([[2.2] * 20, [3.8] * 20, [3.0] * 20])
MARKET: Known = {
    "inquiries_per_day": {"value": "6", "low": "5", "high": "8"},
    "win_rate": {"value": "0.12"},
    "time_to_win": {"value": "50"},
    "deal_value": {"value": "18000", "low": "15000", "high": "20000"},
}


def small_bank(base: Scenario, **_: Any) -> Any:
    return bank_of(base, n=150)


@pytest.fixture(autouse=True)
def few_organizations(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "kernels"
    monkeypatch.setattr("sim.calibrate.organizations.cache_folder", lambda: folder)
    monkeypatch.setattr("sim.calibrate.assessed.bank_of", small_bank)


def assessed(marketing: int, sales: int, known: Known | None = None) -> Assessment:
    answers = answered(READOUT, people(marketing, sales))
    return assess(told(answers.respondents, known), BASE, n=200)


def everything(found: Assessment) -> list[str]:
    return [assessment_report(found), assessment_json(found), assessment_page(found)]


def smarketing(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["smarketing", *words])
    with pytest.raises(SystemExit) as left:
        sim.cli.main()
    return int(left.value.code or 0)


def survey(folder: Path, answers: Answers) -> Path:
    frame = answers.respondents.copy()
    frame[list(ITEMS)] = frame[list(ITEMS)].astype(int)
    frame.to_csv(folder / "firm.csv", index=False)
    return folder / "firm.csv"


def test_every_form_of_the_result_says_what_it_must_not_be_used_for() -> None:
    for text in everything(assessed(6, 7)):
        assert FAIR_USE in " ".join(text.split())


@pytest.mark.parametrize(("marketing", "sales"), [(6, 7), (3, 9), (2, 2), (0, 0)])
def test_the_json_is_as_its_schema_says(marketing: int, sales: int) -> None:
    jsonschema.validate(json.loads(assessment_json(assessed(marketing, sales))), schema_of("assessment"))


def test_both_sides_their_gap_types_and_practices_are_shown() -> None:
    text = assessment_report(assessed(6, 7))
    assert "6 people in marketing and 7 in sales answered." in text
    assert "sales sees more of it" in text and "[Clearly apart]" in text
    assert re.search(r"Undefined +(\d+|under 1|over 99) ?\d* ?%", text)
    assert "meeting hours" in text and "Conflict stands in no customer system and in no public data" in text


def test_a_small_side_is_never_told_apart_from_the_other() -> None:
    found = assessed(3, 9)
    for text in everything(found):
        assert "9 in sales" not in text and '"sales": 9' not in text and "Clearly apart" not in text
    content = json.loads(assessment_json(found))
    assert content["people"] == {"both sides": 12} and content["gaps"] == []
    assert {row["group"] for row in content["themes"]} == {"both sides"}


def test_of_fewer_than_five_people_only_the_width_is_told() -> None:
    found = assessed(2, 2)
    content = json.loads(assessment_json(found))
    shown = [content[name] for name in ("sums", "themes", "gaps", "types", "practices", "strangeness")]
    assert shown == [[], [], [], None, None, None]
    assert 0 < content["mean_width"] < 1
    text = assessment_report(found)
    assert "answers such as these would leave" in text and "nearest to" not in text and "most like" not in text
    assert found.firm(BASE).draws.iloc[:, :19].to_numpy().tolist() == practice_draws(200, 1).to_numpy().tolist()


def test_no_answer_of_a_person_is_in_any_result() -> None:
    who = people(6, 6)
    who[list(ITEMS)] = np.random.default_rng(3).integers(1, 6, (12, 20))
    rows = [", ".join(str(int(value)) for value in row) for row in who[list(ITEMS)].to_numpy()]
    for text in everything(assess(told(who), BASE, n=50)):
        flat = re.sub(r"\s+", " ", text)
        assert not any(row[:20] in flat for row in rows)


def test_the_page_loads_nothing_and_is_the_same_for_the_same_answers() -> None:
    page = assessment_page(assessed(6, 6))
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|@import|url\((?!#)", page)
    assert page == assessment_page(assessed(6, 6))
    assert page.count("<svg") == 4


def test_nothing_said_at_all_gives_the_prior_and_says_so() -> None:
    found = assess(told(people(0, 0)), BASE, n=100)
    assert "Nobody answered" in assessment_report(found)
    assert found.inference.draws.equals(practice_draws(100, 1))


def test_people_said_by_hand_take_the_place_of_the_base_and_managers_go_with_them() -> None:
    given: Any = base_of(
        told(people(0, 0), {"reps": {"value": "20"}, "liaisons": {"value": "1"}}), load_scenario("mid")
    )
    assert (given.people.reps, given.people.marketers, given.people.managers) == (20, 7, 3)
    assert practice_levels(given)["liaisons"] == 1.0


def test_ranges_become_draws_that_hold_the_value_nine_times_in_ten() -> None:
    known: Known = {
        "reps": {"value": "20", "low": "15", "high": "30"},
        "meetings": {"value": "3", "low": "2", "high": "6"},
    }
    draws = firm_of(told(people(0, 0), known), practice_draws(2000, 1), load_scenario("mid")).draws
    meetings = draws["catalogue.relationships.as_it_is.practices.meetings"]
    assert 0.88 < meetings.between(2, 6).mean() < 0.92 and 0.45 < (meetings < 3).mean() < 0.55
    assert 0.85 < draws["people.reps"].between(15, 30).mean() < 0.95
    assert (draws["people.reps"] % 1 == 0).all()


@pytest.mark.slow
def test_an_unsure_number_of_reps_does_not_change_how_many_inquiries_there_are() -> None:
    known: Known = {"reps": {"value": "20", "low": "10", "high": "30"}, "inquiries_per_day": {"value": "8"}}
    draws = firm_of(told(people(0, 0), known), practice_draws(200, 1), load_scenario("mid")).draws
    inquiries = draws["people.reps"] * draws["market.raw_leads_per_rep_day"]
    assert inquiries.max() == pytest.approx(inquiries.min()) == pytest.approx(8, rel=0.15)


def test_a_practice_that_was_counted_is_exact_and_stands_over_the_answers() -> None:
    firm = firm_of(told(people(0, 0), {"meetings": {"value": "3"}}), practice_draws(50, 1), BASE)
    assert practice_levels(firm.scenario)["meetings"] == 3.0
    assert not [path for path in firm.draws if path.endswith("meetings")]


@pytest.mark.slow
def test_a_firm_without_any_export_behaves_as_it_knows_itself() -> None:
    known = MARKET | {"reps": {"value": "9"}, "marketers": {"value": "4"}}
    firm = firm_of(told(people(0, 0), known), practice_draws(100, 1), load_scenario("mid"))
    for row in firm.fitted.to_dict("records"):
        assert row["simulated"] == pytest.approx(row["said"], rel=0.15), row
    assert firm.fitted["said"].tolist() == [6.0, 0.12, 50.0, 18000.0]
    inquiries = firm.draws["market.raw_leads_per_rep_day"]
    usual = firm.scenario.market.raw_leads_per_rep_day  # type: ignore[attr-defined]
    assert (inquiries / usual).quantile([0.05, 0.95]).tolist() == pytest.approx([5 / 6, 8 / 6], rel=0.1)


@pytest.mark.slow
def test_a_known_win_rate_holds_in_every_draw_whatever_it_practises() -> None:
    def rates(paths: list[str], draws: pd.DataFrame, firm: Scenario) -> np.ndarray:
        made = [variant(firm, row) for row in draws[paths].iloc[:40].to_dict("records")]
        shown = [moments_of(one, "lead", range(9000 + 6 * i, 9006 + 6 * i)).win_rate for i, one in enumerate(made)]
        return np.asarray(shown)

    said = {"reps": {"value": "6"}, "inquiries_per_day": {"value": "5"}, "time_to_win": {"value": "50"}}
    exact, rough = (
        firm_of(told(people(0, 0), said | {"win_rate": given}), practice_draws(250, 1), load_scenario("mid"))
        for given in ({"value": "0.12"}, {"value": "0.12", "low": "0.07", "high": "0.17"})
    )
    practices = [path for path in exact.draws if path.startswith("catalogue.")]
    alone, with_market = (rates(paths, exact.draws, exact.scenario) for paths in (practices, list(exact.draws)))
    assert with_market.std() < 0.8 * alone.std()
    assert abs(np.median(with_market) - 0.12) < 0.012
    assert rates(list(rough.draws), rough.draws, rough.scenario).std() > 1.3 * with_market.std()


@pytest.mark.slow
def test_the_scenario_can_be_read_with_its_draws_and_compared_with_other_types(tmp_path: Path) -> None:
    found = assessed(6, 6, MARKET | {"reps": {"value": "5", "low": "4", "high": "6"}})
    file = tmp_path / "my-firm.toml"
    assert write_firm(found.firm(BASE), file, 1) == tmp_path / "my-firm.posterior.parquet"
    firm = load_scenario(file)
    draws = posterior_of(firm)
    assert draws is not None and draws.n_draws == 200
    assert {"people.reps", "market.raw_leads_per_rep_day", "market.value_mean", "market.gap_days"} < set(draws.columns)
    compared = sim.compare(firm, relationships=["as_it_is", "integrated"], replications=4)
    wins = {row["scenario"]: row["mean"] for row in compared.rows if row["outcome"] == "conflict_per_100"}
    assert wins["as_it_is"] != wins["integrated"]
    assert practice_levels(with_relationship(firm, "integrated")) == practice_levels(
        with_relationship(variant(BASE, {"people.reps": 5}), "integrated")
    )
    assert not [note for note in unusual(firm, {"catalogue": firm.catalogue.model_dump()}) if "No source" in note]


def test_the_command_writes_a_form_reads_it_and_writes_a_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert smarketing(monkeypatch, "assess", "--new", "empty.toml") == 0
    assert "Form: empty.toml" in capsys.readouterr().out
    assert smarketing(monkeypatch, "assess", "empty.toml", "--quiet") == 0
    assert "Nobody answered" in capsys.readouterr().out
    file = survey(tmp_path, answered(READOUT, people(6, 6)))
    words = ["assess", str(file), "--from", "micro", "--quiet", "--draws", "100"]
    assert smarketing(monkeypatch, *words, "--out", "my-firm.toml", "--report", "page.html") == 0
    said = capsys.readouterr()
    assert "6 people in marketing and 6 in sales" in said.out and "Next: smarketing compare my-firm.toml" in said.err
    assert FAIR_USE in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(pd.read_parquet("my-firm.posterior.parquet")) == 100
    assert smarketing(monkeypatch, *words, "--out", "my-firm.toml") == 2
    assert "--out: must not exist yet" in capsys.readouterr().err
    assert smarketing(monkeypatch, *words, "--out", "my-firm.toml", "--force", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["people"] == {"marketing": 6, "sales": 6}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["assess"], "FILE: must be given"),
        (["assess", "none.csv"], "none.csv: must be an existing file"),
        (["assess", "none.doc"], "FILE: must end in .toml, .csv, .xlsx"),
        (["assess", "none.toml", "--out", "my-firm.csv"], "--out: must end in .toml"),
        (["assess", "none.toml", "--draws", "0"], "--draws: must be a whole number between 1 and"),
        (["assess", "none.toml", "--format", "csv"], "--format: must be one of table, json"),
        (["assess", "none.toml", "--from", "nowhere"], "there is no scenario of that name"),
    ],
)
def test_what_cannot_be_assessed_ends_with_code_2_and_the_reason(
    words: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert smarketing(monkeypatch, *words) == 2
    assert message in capsys.readouterr().err


def test_answers_like_nothing_simulated_are_called_so() -> None:
    found = assessed(6, 6)
    odd = dataclasses.replace(found, inference=dataclasses.replace(found.inference, strangeness=0.999))
    assert "hardly any simulated organization" in assessment_report(odd)
    usual = dataclasses.replace(found, inference=dataclasses.replace(found.inference, strangeness=0.5))
    assert "hardly any simulated organization" not in assessment_report(usual)


def test_every_practice_that_differs_between_types_is_in_the_table() -> None:
    assert set(assessed(6, 6).practices()["practice"]) == set(bundles())


ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "assess.md"


@pytest.mark.slow
def test_the_how_to_works_as_it_stands(tmp_path: Path) -> None:
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    starts = {"smarketing": [sys.executable, "-m", "sim"], "python": [sys.executable]}
    blocks = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [language for language, _ in blocks] == ["sh", "sh", "sh", "python"]
    for language, text in blocks:
        lines = [line.split() for line in text.strip().splitlines()] if language == "sh" else []
        commands = [[*starts[w[0]], *(str(ROOT / x) if x.startswith("docs/") else x for x in w[1:])] for w in lines]
        for command in commands or [[sys.executable, "-c", text]]:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=500, check=False, cwd=tmp_path, env=there
            )
            assert done.returncode == 0 and done.stdout, done.stderr
    assert FAIR_USE in (tmp_path / "assessment.html").read_text(encoding="utf-8")
    assert (tmp_path / "my-firm.posterior.parquet").is_file() and (tmp_path / "form-known.xlsx").is_file()


def test_the_how_to_links_to_what_is_there_and_says_what_it_must_not_be_used_for() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (PAGE.parent / target).exists(), target
    assert FAIR_USE in " ".join(text.split())
