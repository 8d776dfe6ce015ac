"""The page of a study: its parts, that its numbers are those of the tables, and that nothing is too odd for a page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.points import BASELINE
from sim.cli import app
from sim.domain.errors import InputError
from sim.engine.run import simulate
from sim.ensemble import work
from sim.ensemble.experiment import Experiment
from sim.ensemble.fitting import KINDS, kinds, margin_of
from sim.ensemble.pictures import MOST_CONTENDERS, best_first
from sim.report.prose import percent
from sim.report.study_made import repeat_lines
from sim.report.study_page import parts_of, study_page, write_pictures
from sim.report.study_terminal import answers_text
from sim.report.study_words import effects_of, level
from sim.spec.edit import with_values
from sim.spec.plan import load_plan, plan_names, plan_with, read_plan
from sim.spec.plan_write import plan_toml

Make = Callable[..., Experiment]
OUTCOMES = ["bookings_new", "conflict_per_100", "handed_off"]
VOID = {"meta", "br", "link", "img", "input", "hr"}


def short() -> sim.Scenario:
    return with_values(sim.load_scenario("micro"), [("run.days", 60), ("run.warmup_days", 20)])


def study(folder: Path, **content: Any) -> Experiment:
    plan = {"name": "short", "replications": 6, "outcomes": OUTCOMES, **content}
    return sim.experiment(read_plan(plan, base=short()), store=folder, quiet=True)


def listed(*points: dict[str, Any]) -> dict[str, Any]:
    return {"design": {"kind": "list"}, "points": list(points)}


CLOSING = [
    "What it costs",
    "How sure that is",
    "What it rests on",
    "What would change the answer",
    "How to read this",
    "How to make it again",
]
DOSE = "interventions.liaison.dose"
PLANS: dict[str, dict[str, Any]] = {
    "grid": {
        "design": {"kind": "grid"},
        "factors": {
            "relationship": ["undefined", "aligned"],
            "interventions": ["", "liaison", "handoff_definition", "liaison+handoff_definition"],
        },
    },
    "map": {
        "design": {"kind": "grid"},
        "factors": {"market.gap_days": [4, 9], "relationship": ["undefined", "integrated"]},
    },
    "doses": listed(*({DOSE: dose} for dose in (0, 1, 2, 4))),
    "saltelli": {
        "design": {"kind": "saltelli", "samples": 16, "second_order": False},
        "factors": {"market.gap_days": {"low": 4, "high": 12}, "selling.rep_hours": {"low": 4.0, "high": 5.2}},
        "replications": 2,
    },
    "morris": {
        "design": {"kind": "morris", "trajectories": 5},
        "factors": {"market.gap_days": {"low": 4, "high": 12}, "selling.rep_hours": {"low": 4.0, "high": 5.2}},
        "replications": 2,
    },
    "hypercube": {
        "design": {"kind": "latin-hypercube", "samples": 8},
        "factors": {"market.gap_days": {"low": 4, "high": 12}, "selling.rep_hours": {"low": 4.0, "high": 5.2}},
    },
    "waiting": {**listed({"relationship": "undefined"}, {"relationship": "aligned"}), "tables": ["deals"]},
    "sequential": {
        **listed({"relationship": "undefined"}, {"relationship": "aligned"}),
        "replications": {"minimum": 50, "maximum": 100, "precision": {"handed_off": 0.05}},
    },
}
HEADINGS = {
    "grid": ["Do pairs add up?", "What changes, against the baseline", "Which is best, and how sure is that"],
    "map": ["What fits where?", "What changes, against the baseline"],
    "doses": ["How much of it?", "What changes, against the baseline", "Which is best, and how sure is that"],
    "saltelli": ["What does the answer hang on?"],
    "morris": ["What matters at all?"],
    "hypercube": ["How far the points spread"],
    "waiting": [
        "What changes, against the baseline",
        "Which is best, and how sure is that",
        "How long does a deal take?",
    ],
    "sequential": [
        "What changes, against the baseline",
        "Which is best, and how sure is that",
        "When was it precise enough?",
    ],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    @cache
    def make(name: str) -> Experiment:
        return study(tmp_path_factory.mktemp(name), **PLANS[name])

    return make


@pytest.fixture(scope="module")
def page(made: Make) -> Callable[[str], str]:
    return cache(lambda name: study_page(made(name)))


class Tags(HTMLParser):
    """Open elements of a page, and what is closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements of SVG that end at once."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def check_page(text: str) -> None:
    """A page that loads nothing, runs nothing, nests rightly, and says nothing that is no word."""
    tags = Tags()
    tags.feed(text)
    assert not tags.wrong and not tags.open
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    assert "http:" not in without_names and "https:" not in without_names
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b|@import|@font-face|\bsrc=", text)
    targets = re.findall(r'href="([^"]*)"', text) + re.findall(r"url\(([^)]*)\)", text)
    assert all(target.startswith("#") for target in targets)
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for picture in re.findall(r"<svg .*?</svg>", text, flags=re.DOTALL):
        ElementTree.fromstring(picture)
    words = re.sub(r"<(style|pre)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert not re.findall(r"\b(nan|None|inf)\b", words)


def headings(text: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", text)


def flat(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_a_page_has_the_parts_that_its_plan_asks_for(name: str, page: Callable[[str], str]) -> None:
    text = page(name)
    check_page(text)
    assert headings(text) == [*HEADINGS[name], *CLOSING]
    assert 'class="answer"' in text
    assert 'class="notice"' not in text


@pytest.mark.parametrize("name", ["grid", "map", "doses", "saltelli", "morris", "waiting"])
def test_every_picture_is_there_wide_and_narrow_with_words_and_a_table(name: str, page: Callable[[str], str]) -> None:
    text = page(name)
    pictures = len(re.findall(r"<svg ", text))
    assert pictures == 2 * text.count("<figure>") > 0
    assert text.count('role="img" aria-label="') == pictures
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert len(captions) == text.count("<figure>")
    assert all("interval" in caption or "probability" in caption for caption in captions)
    assert text.count("<summary>The numbers") >= text.count("<figure>")


def test_the_numbers_on_the_page_are_those_of_the_tables(made: Make, page: Callable[[str], str]) -> None:
    text = flat(page("grid"))
    table = made("grid").compare("bookings_new", by="relationship", baseline={"interventions": ""})
    effects = effects_of(table, "bookings_new")
    assert len(effects) == 6
    for effect in effects:
        assert f">{percent(effect)}</td>" in text
    for mean in table.loc[table["verdict"] == BASELINE, "mean"]:
        assert f"{level(mean, 'bookings_new')}</th>" in text


def test_the_answer_names_the_differences_with_their_intervals(made: Make, page: Callable[[str], str]) -> None:
    answer = re.findall(r'<p class="answer">(.*?)</p>', flat(page("map")))
    table = made("map").contingency("bookings_new", factors=["market.gap_days"]).cells
    assert 1 <= len(answer) <= 3
    assert f"of {['no', 'one', 'two'][len(table)]} situations" in answer[0]


def test_what_cannot_be_answered_says_why_and_the_rest_stands(page: Callable[[str], str]) -> None:
    text = page("grid")
    assert "a selection needs the first 50 replications, and there are 6" in text
    assert "What changes, against the baseline" in headings(text)


@pytest.mark.slow
def test_a_study_that_stopped_says_how_far_it_is(made: Make, tmp_path: Path) -> None:
    half = sim.experiment(made("grid").plan, store=tmp_path / "half", part="1/2", quiet=True)
    text = study_page(half)
    check_page(text)
    assert half.status.missing
    assert f"{half.status.done:,} of {half.status.planned:,} runs are done" in text


def failing(when: Callable[[Any, int], bool]) -> Callable[..., Any]:
    """A simulation that raises in some firms and replications."""

    def raising(blueprint: Any, seed: int, *rest: Any) -> Any:
        if when(blueprint, seed):
            raise ZeroDivisionError("bad luck <b>")
        return simulate(blueprint, seed, *rest)

    return raising


def gap(blueprint: Any) -> float:
    return float(blueprint.rules["gap_days"])


def test_failed_points_are_listed_and_the_others_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "simulate_here", failing(lambda blueprint, _: gap(blueprint) == 12))
    poisoned = study(tmp_path, **listed(*({"market.gap_days": days} for days in (8, 10, 12))))
    assert poisoned.status.failed_points == 1
    text = study_page(poisoned)
    check_page(text)
    assert headings(text)[-3:] == ["What failed", "How to read this", "How to make it again"]
    row = text[text.index("<h2>What failed</h2>") :].partition("</section>")[0]
    assert "market.gap_days 12" in row
    assert "ZeroDivisionError: bad luck &lt;b&gt;" in row
    assert "1 of the points had runs that failed" in row


def test_a_study_in_which_all_failed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "simulate_here", failing(lambda *_: True))
    poisoned = study(tmp_path, **PLANS["grid"])
    text = study_page(poisoned)
    check_page(text)
    assert "No run of this study has been finished" in text
    assert headings(text) == ["What failed", "How to read this", "How to make it again"]
    assert poisoned._repr_html_()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["grid", "map", "doses", "saltelli", "morris", "waiting"])
def test_where_the_baseline_fails_there_is_still_a_page(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: list[int] = []

    def is_first(blueprint: Any, seed: int) -> bool:
        first.append(id(blueprint)) if not first else None
        return id(blueprint) == first[0]

    monkeypatch.setattr(work, "simulate_here", failing(is_first))
    plan = read_plan({"name": "short", "replications": 6, "outcomes": OUTCOMES, **PLANS[name]}, base=short())
    text = study_page(sim.experiment(plan, store=tmp_path, quiet=True, workers=1))
    check_page(text)
    assert "What failed" in headings(text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["grid", "map", "doses", "hypercube", "waiting"])
def test_a_single_replication_gives_a_page_without_intervals(name: str, tmp_path: Path) -> None:
    text = study_page(study(tmp_path, **{**PLANS[name], "replications": 1}))
    check_page(text)
    assert "1 replication" in text


def test_a_single_point_is_told_by_its_means(tmp_path: Path) -> None:
    alone = study(tmp_path, **listed({"relationship": "aligned"}))
    text = flat(study_page(alone))
    check_page(text)
    assert headings(text) == ["What comes out", *CLOSING]
    assert level(alone.runs["bookings_new"].mean(), "bookings_new") in text
    assert kinds(alone) == []
    with pytest.raises(InputError, match="kind: must fit the study, and none does, got 'list'"):
        alone.figure()


def test_outcomes_that_are_not_the_main_ones_are_told_too(tmp_path: Path) -> None:
    points = listed({"relationship": "undefined"}, {"relationship": "aligned"})
    text = study_page(study(tmp_path, **points, outcomes=["leads_in", "type_index"]))
    check_page(text)
    assert ">Leads in</text>" in text


def test_words_of_a_plan_are_shown_and_not_run(tmp_path: Path) -> None:
    hostile = '--></style><script>alert("1")</script>{$'
    points = listed({"relationship": "undefined"}, {"relationship": "aligned"})
    text = study_page(study(tmp_path, **points, description=hostile))
    check_page(text)
    assert "&lt;script&gt;" in text


@pytest.mark.slow
def test_equal_studies_give_equal_pages(tmp_path: Path, page: Callable[[str], str]) -> None:
    assert study_page(study(tmp_path, **PLANS["map"])) == page("map")


@pytest.mark.parametrize("name", plan_names())
def test_a_shipped_plan_reads_back_from_what_the_page_shows(name: str) -> None:
    plan = load_plan(name)
    assert read_plan(tomllib.loads(plan_toml(plan))).model_dump() == plan.model_dump()


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_reads_back_from_what_the_page_shows(name: str, made: Make) -> None:
    plan = made(name).plan
    assert read_plan(tomllib.loads(plan_toml(plan)), base=short()).model_dump() == plan.model_dump()


def test_the_command_on_the_page_makes_the_plan_again(tmp_path: Path) -> None:
    changed = plan_with(load_plan("contingency"), scenario="small", replications=3, seed=7)
    command, python = repeat_lines(changed)
    assert command == "smarketing experiment run contingency --scenario small --seed 7 --replications 3"
    call = python.replace("sim.experiment('contingency'", "plan_with(load_plan('contingency')")
    assert eval(call, {"plan_with": plan_with, "load_plan": load_plan}) == changed
    own = plan_with(load_plan("contingency"), outcomes=["trust"])
    assert repeat_lines(own)[0] == "smarketing experiment run contingency.toml"


@pytest.mark.parametrize("name", [name for name in PLANS if name != "hypercube"])
def test_a_figure_is_drawn_of_each_kind_that_fits(name: str, made: Make, tmp_path: Path) -> None:
    found = kinds(made(name))
    assert found
    made(name).figure().savefig(tmp_path / "first.png")
    for kind in found:
        for narrow in (False, True):
            figure = made(name).figure(kind, narrow=narrow)
            wide = figure.get_size_inches()[0]
            assert (wide < 6) == narrow
    assert (tmp_path / "first.png").stat().st_size > 5000


def test_a_figure_that_does_not_fit_says_why(made: Make) -> None:
    with pytest.raises(InputError, match=r"kind: must be one of .*, got 'forrest'"):
        made("grid").figure("forrest")
    with pytest.raises(InputError, match="sensitivity: needs a study of the design saltelli, got 'grid'"):
        made("grid").figure("sensitivity")
    with pytest.raises(InputError, match="factor: must have three values on a line from the baseline"):
        made("grid").figure("dose")
    assert set(KINDS) >= set(kinds(made("grid")))


def test_the_best_of_many_are_drawn_best_first(made: Make) -> None:
    found = made("grid").best("conflict_per_100", 0.01)[0]
    top = best_first(found, "conflict_per_100")
    assert top.labels[0] == found.labels[found.best]
    assert list(top.means[1:]) == sorted(top.means[1:])
    assert len(top.labels) == min(MOST_CONTENDERS, len(found.labels))


def test_a_difference_of_one_percent_of_the_baseline_matters(made: Make) -> None:
    runs, points = made("grid").runs, made("grid").points
    own = runs[runs["point_id"] == points["point_id"].iloc[0]]["bookings_new"].mean()
    assert margin_of(made("grid"), "bookings_new") == pytest.approx(0.01 * own)


@pytest.mark.slow
def test_pictures_are_written_as_svg_and_png_with_telling_names(made: Make, tmp_path: Path) -> None:
    files = write_pictures(made("map"), parts_of(made("map")), tmp_path / "pictures")
    names = sorted(file.name for file in files)
    assert "short-map-bookings_new.svg" in names and "short-comparison.png" in names
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == names
    from PIL import Image

    with Image.open(tmp_path / "pictures" / "short-comparison.png") as picture:
        assert picture.info["dpi"][0] == pytest.approx(300, abs=1)
    ElementTree.parse(tmp_path / "pictures" / "short-comparison.svg")


def test_a_notebook_shows_how_far_a_study_is_and_its_best_points(made: Make) -> None:
    shown = made("grid")._repr_html_()
    assert "48 of 48 runs done, 0 failed: complete" in shown
    assert "not distinguishable" in shown or "better" in shown
    assert "8 of 8" not in shown
    check_page(made("hypercube")._repr_html_().replace("NaN", ""))


@pytest.mark.slow
def test_the_command_writes_the_page_into_the_store_and_prints_its_path(made: Make, tmp_path: Path) -> None:
    folder = made("map").store.folder
    done = CliRunner().invoke(app, ["report", str(folder), "--pictures", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == str(folder / "report.html")
    assert (folder / "report.html").read_text("utf-8") == study_page(sim.load(folder))
    assert str(tmp_path / "short-map-bookings_new.png") in done.output.splitlines()
    assert sim.load(folder).status.state == "complete"


def test_the_command_says_what_is_no_study(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert isinstance(done.exception, InputError)


def test_a_terminal_shows_the_same_answers(tmp_path: Path) -> None:

    plan = {"design": {"kind": "saltelli", "samples": 8}, "factors": {"market.gap_days": {"low": 3, "high": 20}}}
    content = {"name": "s", "scenario": "micro", "replications": 2, "outcomes": ["bookings_new"], **plan}
    scenario = with_values(sim.load_scenario("micro"), [("run.days", 60), ("run.warmup_days", 20)])
    study = sim.experiment(read_plan(content, base=scenario), store=tmp_path, quiet=True)
    (total,) = study.sensitivity("bookings_new").indices["total"]
    text = answers_text(study)
    assert "What does the answer hang on?" in text
    assert f"{total:.3f}" in text
