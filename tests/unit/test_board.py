"""What a board reads of a result: three sentences, costs, how sure, what would change it; and its page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis.multiplicity import holm
from sim.analysis.paired import compare_pairs, figures_of
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.ensemble.comparison import compare, run
from sim.ensemble.provenance import provenance_of
from sim.report.board_decision import board_answer
from sim.report.board_words import change_sentences, compared, three_sentences
from sim.report.results import kind_of_result, result_page
from sim.spec.catalogue import load_scenario
from tests.unit.test_experiment_commands import smarketing

GOLDEN = Path(__file__).parents[1] / "golden" / "board_words.json"
LEVELS = {"bookings_new": 4e6, "profit": 2e6, "cycle_days": 80.0, "conflict_per_100": 10.0, "cost": 1e6}
Moves = dict[str, dict[str, tuple[float, float]]]


def comparison(moves: Moves, n: int = 100, planned: int = 0, draws: Any = None, profit: float = 2e6) -> dict[str, Any]:
    """A comparison's JSON of made-up runs: by scenario and outcome, relative effect and spread of it."""
    levels = {**LEVELS, "profit": profit}
    values = {name: levels[name] * np.random.default_rng(7).normal(1.0, 0.1, n) for name in levels}
    rows = [_row("undefined", name, values[name], values[name]) for name in levels]
    for place, (scenario, effects) in enumerate(moves.items()):
        for name, size in levels.items():
            shift, spread = effects.get(name, (0.0, 0.0))
            own = np.random.default_rng([place, len(name)])
            of_draw = 0.0 if draws is None else own.normal(0.0, spread, int(draws.max()) + 1)[draws]
            moved = values[name] + abs(size) * (shift + own.normal(0.0, spread, n) + of_draw)
            moved = values[name] if shift == spread == 0.0 else moved
            rows.append(_row(scenario, name, moved, values[name], len(moves), draws))
    about = provenance_of(load_scenario("mid"), 1, replications=n, planned_replications=planned or n)
    return {"schema": 1, "provenance": about, "baseline": "undefined", "rows": rows}


def _row(scenario: str, name: str, values: Any, base: Any = None, many: int = 1, draws: Any = None) -> dict[str, Any]:
    about = BY_NAME[name]
    pair = compare_pairs(values, values if base is None else base, about.better, draws=draws)
    p = None if scenario == "undefined" else holm([pair.p, *[1.0] * (many - 1)])[0]
    who = {"scenario": scenario, "label": scenario.capitalize(), "relationship": scenario, "interventions": []}
    return {**who, "timeline": [], **figures_of(pair, p, about, draws is not None)}


GOOD = {"bookings_new": (0.2, 0.1), "profit": (0.15, 0.1), "cycle_days": (-0.1, 0.05), "conflict_per_100": (-0.3, 0.2)}
QUARREL = {**GOOD, "conflict_per_100": (0.4, 0.2), "cycle_days": (0.0, 0.3)}
FAINT = dict.fromkeys(LEVELS, (0.002, 0.2))


def decision(verdict: str, **more: Any) -> dict[str, Any]:
    """The part of a decision's JSON that its words are made from."""
    start = {"name": "liaison", "label": "Liaison", "dose": 2.0, "unit": "persons", "said": "2 persons", "start_day": 0}
    some = {"cost": 1e5, "cost_total": 1e5, "cost_by_year": [1e5], "hours": 40.0, "gain": 2.5e5, "ci_low": 1e5}
    some |= {"ci_high": 4e5, "portfolio": [start], "limits": [], "probability_best": 0.97, "probability_better": None}
    none = {**some, "portfolio": [], "gain": 0.0, "ci_low": None, "ci_high": None, "cost": 0.0, "hours": 0.0}
    asked = {
        "goal": "profit",
        "label": "Profit",
        "unit": "c.u./year",
        "limits": [],
        "horizon_days": 520,
        "candidates": [{}],
    }
    asked |= {"outcomes": [{"outcome": "profit", "weight": 1.0}]}
    found: dict[str, Any] = {
        "question": asked,
        "verdict": verdict,
        "choice": some,
        "second_best": None,
        "leading": None,
    }
    found |= {"search": {"affordable": 12}, "course": {}, "guarantee": {"compared": 12, "is_guaranteed": True}}
    found |= {"provenance": {"replications": 200}, "choice": some if verdict == "act" else none}
    return {**found, **{name: {**(found[name] or {}), **value} for name, value in more.items()}}


def situations() -> Iterator[tuple[str, list[str]]]:
    """Ten typical situations with what a board is told."""
    found = {
        "clear winner": comparison({"aligned": {"bookings_new": (0.05, 0.05)}, "integrated": GOOD}),
        "nothing distinguishable": comparison({"defined": FAINT, "aligned": FAINT}),
        "trade-off conflict against bookings": comparison({"integrated": QUARREL}),
        "equal": comparison({"defined": {}, "aligned": {}}),
        "with posterior": comparison(
            {"integrated": {name: (shift, 0.07) for name, (shift, _) in GOOD.items()}},
            draws=np.repeat(np.arange(1, 51), 2),
        ),
        "short replications": comparison({"integrated": GOOD}, n=6),
        "loss-making firm": comparison({"integrated": GOOD}, profit=-2e6),
        "interrupted": comparison({"integrated": GOOD}, n=40, planned=100),
    }
    yield from ((name, three_sentences(compared(document))) for name, document in found.items())
    leading = {**decision("act")["choice"], "gain": -2e4, "ci_low": -5e4, "ci_high": 1e4}
    yield "do nothing wins", board_answer(decision("do nothing", leading=leading))
    limit = {"limit": "conflict <= 50 %", "excess": 0.12, "ci_low": 0.02, "ci_high": 0.2}
    near = {**leading, "limits": [limit]}
    yield (
        "a constraint",
        board_answer(decision("cannot be kept", leading=near, question={"limits": ["conflict <= 50 %"]})),
    )


def test_the_words_of_ten_typical_situations_are_those_that_were_read_aloud() -> None:
    told = dict(situations())
    assert len(told) == 10
    assert told == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(json.loads(GOLDEN.read_text(encoding="utf-8"))))
def test_a_board_is_told_three_sentences_at_most_and_the_first_has_a_figure_or_none_exists(name: str) -> None:
    told = json.loads(GOLDEN.read_text(encoding="utf-8"))[name]
    assert 1 <= len(told) <= 3
    assert any(letter.isdigit() for letter in " ".join(told))
    assert all(sentence.endswith(".") for sentence in told)


def test_what_is_not_distinguishable_is_never_called_better() -> None:
    text = " ".join(three_sentences(compared(comparison({"defined": FAINT, "aligned": FAINT}))))
    assert "not distinguishabl" in text or "distinguishably" in text
    assert "brings" not in text


def test_it_is_said_how_many_replications_would_tell_an_effect_that_is_open() -> None:
    told = change_sentences(compared(comparison({"defined": {"bookings_new": (0.01, 0.12)}}, n=30)))
    assert any("replications would tell it from nothing; there are 30." in sentence for sentence in told)


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    short = load_scenario("micro").model_copy(
        update={"run": load_scenario("micro").run.model_copy(update={"days": 65})}
    )
    return {"run": run(short, seed=1).document(), "comparison": json.loads(compare(short, replications=6).json())}


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_a_page_has_all_that_a_board_asks_for_and_loads_nothing(kind: str, documents: dict[str, Any]) -> None:
    page = result_page(documents[kind])
    for heading in (
        "What it costs",
        "How sure that is",
        "What it rests on",
        "What would change the answer",
        "How to make it again",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "<script" not in page
    assert " src=" not in page
    assert page == result_page(documents[kind])


def test_the_key_of_the_picture_names_the_interval_of_what_is_compared_and_not_of_the_baseline() -> None:
    page = result_page(comparison({"integrated": GOOD}))
    assert "95 % interval" in page
    assert "none: all" not in page


@pytest.mark.parametrize("document", [{}, [], {"schema": 1}, {"rows": []}])
def test_what_is_no_result_is_refused_by_name(document: Any) -> None:
    with pytest.raises(InputError, match="RESULT: must be one of run, comparison"):
        kind_of_result(document)


def test_a_result_with_something_missing_is_refused_without_a_traceback(documents: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="must have all that a comparison has"):
        result_page({**documents["comparison"], "rows": [{}]})


@pytest.mark.slow
def test_the_command_writes_the_page_beside_the_result(tmp_path: Path, documents: dict[str, Any]) -> None:
    file = tmp_path / "found.json"
    file.write_text(json.dumps(documents["comparison"]), encoding="utf-8")
    done = smarketing(tmp_path, "report", str(file))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "found.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    refused = smarketing(tmp_path, "report", str(file), "--out", str(file))
    assert refused.returncode == 2
    assert "must not be the result itself" in refused.stderr


CHROMIUM = shutil.which("chromium")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_finds_no_serious_fault_on_a_page(tmp_path: Path, documents: dict[str, Any]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.app.conftest import assert_accessible

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for kind, document in documents.items():
            (tmp_path / f"{kind}.html").write_text(result_page(document), encoding="utf-8")
            page = browser.new_context(bypass_csp=True).new_page()
            page.goto((tmp_path / f"{kind}.html").as_uri())
            assert_accessible(page)
        browser.close()
