"""Every kind of result has on its page all that a board asks for, in one order, and reads well when printed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.decide.decision import decide
from sim.ensemble.comparison import compare, run
from sim.explain.attribution import attribute
from sim.explain.explanation import explain
from sim.explain.explanation_json import explanation_json
from sim.report.board_basis import rests_on
from sim.report.closing import CHANGE, COSTS, RESTS, SURE
from sim.report.results import KINDS, result_page
from sim.report.study_page import study_page
from sim.spec.catalogue import load_scenario
from sim.spec.edit import with_values
from sim.spec.plan import read_plan
from tests.unit.test_calibration import STORED

AGAIN = "How to make it again"
STUDIES: dict[str, dict[str, Any]] = {
    "grid": {
        "design": {"kind": "grid"},
        "factors": {"relationship": ["undefined", "aligned"], "interventions": ["", "liaison"]},
    },
    "situations": {
        "design": {"kind": "grid"},
        "factors": {"relationship": ["undefined", "aligned"], "market.gap_days": [8, 16]},
    },
    "doses": {"design": {"kind": "grid"}, "factors": {"interventions.liaison.dose": [0.5, 1.0, 2.0]}},
    "list": {"design": {"kind": "list"}, "points": [{"relationship": "undefined"}, {"relationship": "aligned"}]},
    "alone": {"design": {"kind": "list"}, "points": [{"relationship": "aligned"}]},
    "saltelli": {"design": {"kind": "saltelli", "samples": 4}, "factors": {"market.gap_days": {"low": 3, "high": 20}}},
    "morris": {
        "design": {"kind": "morris", "trajectories": 3},
        "factors": {"market.gap_days": {"low": 3, "high": 20}, "selling.rep_hours": {"low": 6, "high": 8}},
    },
}


def short() -> sim.Scenario:
    return with_values(load_scenario("micro"), {"run.days": 60, "run.warmup_days": 20})


def study(folder: Path, kind: str, **more: Any) -> str:
    plan = {"name": kind, "replications": 6, **STUDIES[kind], **more}
    return study_page(sim.experiment(read_plan(plan, base=short()), store=folder, quiet=True))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The page of a kind of result, or of a study of a kind."""
    firm, folder = short(), tmp_path_factory.mktemp("kinds")
    makes: dict[str, Callable[[], Any]] = {
        "run": lambda: run(firm, seed=1).document(),
        "comparison": lambda: json.loads(compare(firm, replications=6).json()),
        "decision": lambda: decide(
            firm, budget=2e5, interventions=["liaison=1", "disciplined_meetings"], horizon=70, replications=20
        ).document(),
        "attribution": lambda: attribute(
            firm, replications=4, interventions=["liaison", "collocation=0.5"], store=folder / "attribution"
        ).document(),
        "explanation": lambda: json.loads(
            explanation_json(explain(firm, seed=2, relationships=["undefined", "integrated"], leads=3))
        ),
        "calibration": lambda: json.loads(STORED.read_text(encoding="utf-8")),
    }

    def made(kind: str) -> str:
        return study(folder / kind, kind) if kind in STUDIES else result_page(makes[kind]())

    assert set(makes) == set(KINDS)
    return cache(made)


def sections(text: str) -> dict[str, str]:
    """Heading and plain words of the sections of a page, in their order."""
    parts = re.findall(r"<h2>(.*?)</h2>(.*?)</section>", text, flags=re.DOTALL)
    return {unescape(head): words(body) for head, body in parts}


def words(text: str) -> str:
    """What is read aloud of a piece of a page: no pictures, no code."""
    bare = re.sub(r"<(style|svg|pre|code)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).replace("\u00a0", " ").split())


ALL = [*KINDS, *STUDIES]
QUICK = [*KINDS, "grid", "alone"]
EACH = [pytest.param(kind, marks=[] if kind in QUICK else [pytest.mark.slow]) for kind in ALL]


@pytest.mark.parametrize("kind", EACH)
def test_every_result_says_all_that_a_board_asks_in_one_order(kind: str, told: Callable[[str], str]) -> None:
    text = told(kind)
    found = sections(text)
    closing = [COSTS, SURE, RESTS, CHANGE]
    assert [head for head in found if head in closing] == closing
    assert list(found).index(AGAIN) > list(found).index(CHANGE)
    assert all(found[head].endswith(".") or head == RESTS for head in closing)
    assert any(letter.isdigit() for letter in found[RESTS])
    assert re.search(r"<h1>[^<]+</h1>", text)
    answer = re.findall(r'<p class="answer">(.*?)</p>', text)
    assert 1 <= len(answer) <= 3
    assert "<table>" in text
    assert ("<svg" in text) == (kind != "alone")
    assert "How to read this" in found


@pytest.mark.parametrize("kind", EACH)
def test_no_page_has_words_over_which_a_reader_stumbles(kind: str, told: Callable[[str], str]) -> None:
    text = words(told(kind))
    assert not re.findall(r"(?<![\w.])-\d", text), "a hyphen for a minus"
    assert not re.findall(r"[+−]0(?:\.0+)? %(?! to)", text), "a sign on zero"
    assert not re.findall(r"\d%", text), "a percentage without its blank"
    assert not re.findall(
        r"\.\.(?!\.)| ,|(?<!\w)\(\)|: \.| 1 (?:replications|points|runs|draws|values|assumptions)\b", text
    )
    assert not re.findall(r"\((?:[^()]*)\([^()]*\)\s*\)", text), "brackets in brackets"
    assert not re.findall(r"\b(nan|None|inf|null)\b", text)


def test_a_study_whose_plan_keeps_no_costs_says_so(tmp_path: Path) -> None:
    found = sections(study(tmp_path, "list", outcomes=["trust"]))
    assert found[COSTS].startswith("The plan keeps no outcome that tells what is spent")


@pytest.mark.slow
def test_a_study_says_which_replications_and_which_situations_would_change_its_answer(
    told: Callable[[str], str],
) -> None:
    assert "Take it as a first look, for six replications tell little." in sections(told("list"))[SURE]
    assert "With Aligned, against Undefined, cost of sales and marketing is" in sections(told("list"))[COSTS]
    assert "from" in sections(told("grid"))[COSTS] and "(Undefined" in sections(told("grid"))[COSTS]
    assert "situation" in sections(told("situations"))[CHANGE]
    assert "hangs on it most, so find it out first" in sections(told("morris"))[CHANGE]
    assert "One of them describes" in sections(told("doses"))[RESTS]


def test_a_study_without_a_finished_run_closes_with_nothing_that_it_cannot_know(tmp_path: Path) -> None:
    plan = read_plan({"name": "none", "replications": 2, **STUDIES["list"]}, base=short())
    none = sim.experiment(plan, store=tmp_path, part="2/2", quiet=True)
    text = study_page(none)
    assert (COSTS in sections(text)) == bool(none.status.done)


CHROMIUM = shutil.which("chromium")
#: What of a page is cut off: elements of the content that reach over the right edge of the paper, or hide a part.
CUT = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const found = [];
  for (const one of document.querySelectorAll('main *, header *, footer *')) {
    if (one.closest('svg') && one.tagName !== 'svg') continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width || style.display === 'none') continue;
    if (box.right > wide || box.left < -1) found.push(one.tagName + ' ' + one.textContent.trim().slice(0, 40));
    const hides = style.overflowX !== 'visible' && one.clientWidth && one.scrollWidth > one.clientWidth + 1;
    if (hides) found.push('hidden: ' + one.tagName);
  }
  return found.slice(0, 5);
}"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_every_page_is_accessible_and_prints_whole_on_a4(tmp_path: Path, told: Callable[[str], str]) -> None:
    """Text width of A4 with the margins of the style sheet: 180 mm, 680 pixels."""
    from playwright.sync_api import sync_playwright

    from tests.app.conftest import assert_accessible

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for kind in ALL:
            (tmp_path / f"{kind}.html").write_text(told(kind), encoding="utf-8")
            shown = browser.new_context(bypass_csp=True, viewport={"width": 680, "height": 962}).new_page()
            shown.goto((tmp_path / f"{kind}.html").as_uri())
            assert_accessible(shown)
            shown.emulate_media(media="print")
            assert shown.evaluate(CUT) == [], kind
            n_hidden = "[...document.querySelectorAll('details table')].filter(t => !t.getClientRects().length).length"
            assert shown.evaluate(n_hidden) == 0, kind
            shown.context.close()
        browser.close()


def test_one_value_of_the_firms_own_is_told_in_the_singular() -> None:
    told = rests_on({"scenario": {"sources": {"market.gap_days": "my guess"}}}, [])
    assert "One value is the firm’s own: market.gap_days (my guess)." in told
