"""Pages full of what users make: played, compared, studied, made of an export, taught; in three sizes and two themes.

A page is filled once; then its window and its theme change while it stands.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sim.app import words
from tests.app.conftest import (
    SIZES,
    THEMES,
    NewPage,
    Server,
    assert_accessible,
    assert_fits,
    drawn,
    open_at,
    running,
    shoot,
)
from tests.app.test_walks import EXPORT, joined, press

pytestmark = pytest.mark.slow
#: Milliseconds that a busy machine may take for a step, and for a calibration.
PATIENCE, LONG = 90_000, 400_000


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def home(own: Path) -> Iterator[Server]:
    """A server that keeps what is made in a folder of the test's."""
    with running("sim", "app", SMARKETING_WORK=str(own)) as server:
        yield server


def in_all_ways(page: Page, name: str, *filled: Locator) -> None:
    """Look at a page in every size and theme: what fills it is there, fits, and can be used by everybody."""
    for theme in THEMES:
        to_theme(page, theme)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            drawn(page)
            for each in filled:
                expect(each.first).to_be_visible(timeout=PATIENCE)
            shoot(page, f"filled-{name}", size, theme)
            assert_fits(page)
            assert_accessible(page)


def to_theme(page: Page, theme: str) -> None:
    """Choose a theme by its button, as a visitor does."""
    button = page.get_by_role("button", name=words.SHELL[theme], exact=True)
    if button.count():
        button.click()
    expect(page.get_by_role("button", name=words.SHELL[theme], exact=True)).to_have_count(0)


def story_of_first(page: Page, floor: int = 0) -> Locator:
    """Open the story of the first person of a floor by keyboard."""
    canvas = page.locator(".sm-canvas").nth(floor)
    canvas.focus()
    canvas.press("ArrowDown")
    canvas.press("Enter")
    story = page.locator(".sm-story")
    story.wait_for(timeout=PATIENCE)
    return story


def test_a_floor_at_play_with_a_story_open(new_page: NewPage, home: Server) -> None:
    page = open_at(new_page(home.url, bypass_csp=True), "/?scenario=small&day=60&speed=1")
    story = story_of_first(page)
    press(page, words.LEVERS["more"])
    press(page, words.TRANSPORT["play"])
    playing = page.get_by_role("button", name=words.TRANSPORT["pause"], exact=True)
    in_all_ways(page, "floor", story, playing)


def test_two_floors_at_play_with_intervals_a_cause_and_a_story_open(new_page: NewPage, home: Server) -> None:
    page = open_at(
        new_page(home.url, bypass_csp=True), "/compare?scenario=small&org=undefined&org=aligned&day=130&speed=1"
    )
    page.locator(".sm-replicate select").select_option("20")
    press(page, words.COMPARE["replicate"])
    findings = page.locator(".sm-findings .sm-plot s")
    findings.first.wait_for(timeout=PATIENCE)
    press(page, words.COMPARE["why"].format(a="A", b="B"))
    page.locator(".sm-reasons").wait_for(timeout=PATIENCE)
    page.locator(".sm-details summary").first.click()
    story = story_of_first(page, floor=1)
    expect(story.locator("h2")).to_contain_text("B · Marketer")
    press(page, words.TRANSPORT["play"])
    playing = page.get_by_role("button", name=words.TRANSPORT["pause"], exact=True)
    in_all_ways(page, "compare", findings, page.locator(".sm-details[open] tbody tr"), story, playing)
    story.locator(".sm-lines .sm-link").first.click()
    expect(page.locator(".sm-story h2")).to_contain_text("B · Lead", timeout=PATIENCE)


def test_a_finished_study_with_its_pictures(new_page: NewPage, home: Server) -> None:
    """Its form comes from a link, and what is copied makes the same study."""
    link = "/experiment?kind=grid&scenario=micro&type=undefined&type=aligned&replications=20&seed=3"
    page = open_at(new_page(home.url, bypass_csp=True), link)
    page.get_by_text("2 points × 20 replications = 40 runs").wait_for(timeout=PATIENCE)
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    for kind, said in (("link", "replications=20&seed=3"), ("command", "smarketing experiment run grid.toml")):
        press(page, words.SHARE[kind])
        page.wait_for_function("said => (window.copied || '').includes(said)", arg=said, timeout=PATIENCE)
    press(page, words.EXPERIMENT["copy_plan"])
    page.wait_for_function("() => window.copied.includes('seed = 3')", timeout=PATIENCE)
    press(page, words.EXPERIMENT["run"])
    page.get_by_text(words.JOB["done"], exact=True).wait_for(timeout=PATIENCE)
    report = page.frame_locator("iframe").first
    report.locator("svg, img").first.wait_for(timeout=PATIENCE)
    in_all_ways(page, "experiment", page.locator("iframe"), page.get_by_text(words.SHARE["title"]))


def test_a_firm_from_its_export_to_a_scenario_that_the_command_line_makes_too(
    new_page: NewPage, home: Server, own: Path, tmp_path: Path
) -> None:
    """Upload, columns, data report, calibration, scenario with its draws, answers; a reload in between."""
    export = tmp_path / "deals.csv"
    export.write_text(EXPORT, encoding="utf-8")
    page = open_at(new_page(home.url, bypass_csp=True), "/firm")
    page.get_by_label(words.FIRM["new"]).fill("Test firm")
    press(page, words.FIRM["begin"])
    page.locator("input[type=file]").set_input_files(export, timeout=PATIENCE)
    page.locator(".sm-chip", has_text="deals.csv").wait_for(timeout=PATIENCE)
    press(page, words.FIRM["look"])
    page.frame_locator("iframe").first.get_by_role("heading").first.wait_for(timeout=PATIENCE)
    page.get_by_label(words.FIRM["base"]).select_option("micro")
    press(page, words.FIRM["calibrate"])
    page.get_by_text(words.FIRM["ready"]).wait_for(timeout=LONG)
    page.reload()
    drawn(page).get_by_text(words.FIRM["ready"]).wait_for(timeout=PATIENCE)
    assert made_by_command(page, own / "work", tmp_path)
    filled = fill_in(page)
    in_all_ways(page, "my-firm", page.get_by_text(words.FIRM["ready"]), page.locator("iframe"), *filled)


def made_by_command(page: Page, work: Path, place: Path) -> bool:
    """Whether the copied command makes the same scenario and the same draws in another folder."""
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    press(page, words.SHARE["command"])
    page.wait_for_function("() => (window.copied || '').startsWith('smarketing calibrate')", timeout=PATIENCE)
    command = shlex.split(page.evaluate("window.copied"))[1:]
    subprocess.run([sys.executable, "-m", "sim", *command, "--quiet"], cwd=place, check=True, capture_output=True)
    import pandas as pd

    names = ("my-test-firm.toml", "my-test-firm.posterior.parquet")
    texts = [(folder / names[0]).read_text(encoding="utf-8") for folder in (work, place)]
    draws = [pd.read_parquet(folder / names[1]) for folder in (work, place)]
    return texts[0] == texts[1] and draws[0].equals(draws[1]) and len(draws[0]) > 100


def fill_in(page: Page) -> list[Locator]:
    """Hand in the answers of one person, fill in those of the next, and open the columns and what the firm knows."""
    page.locator("summary", has_text=words.FIRM["hand_in"]).click()
    for place in range(20):
        page.locator(".sm-statement").nth(place).get_by_label(str(1 + place % 5), exact=True).check()
    page.locator(".sm-people form").first.get_by_role("button", name=words.FIRM["hand_in"]).click()
    page.get_by_text(words.FIRM["handed_in"]).wait_for(timeout=PATIENCE)
    for place in range(20):
        page.locator(".sm-statement").nth(place).get_by_label(str(5 - place % 5), exact=True).check()
    page.locator("summary", has_text=words.FIRM["mapping"]).click()
    page.locator("summary", has_text=words.FIRM["known"]).click()
    assert "Lovelace" not in page.locator("main").inner_text()
    return [page.locator(".sm-statement input:checked"), page.get_by_role("rowheader", name="created")]


def test_a_class_plays_four_quarters_to_its_debriefing(new_page: NewPage, home: Server) -> None:
    """Quiz, predictions, decisions, reloads, scoreboard, debriefing, CSV."""
    said = words.CLASS
    desk = open_at(new_page(home.url, bypass_csp=True), "/class")
    desk.get_by_label(said["scenario"]).select_option("small")
    press(desk, said["begin"])
    desk.locator(".sm-bigcode").wait_for(timeout=PATIENCE)
    code = desk.locator(".sm-bigcode").inner_text().strip()
    fox, owl = joined(new_page, home, code, "Blue fox"), joined(new_page, home, code, "Owl")
    fox.get_by_label(said["guess"] + " A").select_option("integrated", timeout=PATIENCE)
    press(desk, said["go_on"]["lobby"])
    for quarter in range(1, 5):
        for page, prediction in ((fox, 3_000_000 * quarter), (owl, 2_000_000 * quarter)):
            hand_in(page, quarter, prediction, meets=page is fox and quarter in (1, 3))
        if quarter == 2:
            fox.reload()
            fox.get_by_text(said["handed_in"]).wait_for(timeout=PATIENCE)
            assert fox.locator("input[type=number]").input_value() == "6000000"
            in_all_ways(fox, "class-decides", fox.locator(".sm-levers-list"))
        press(desk, said["go_on"]["decide"])
        desk.get_by_role("region", name=said["score"]).wait_for(timeout=PATIENCE)
        if quarter == 3:
            desk.reload()
            in_all_ways(desk, "class-scoreboard", desk.get_by_role("region", name=said["score"]))
        press(desk, said["go_on"]["last" if quarter == 4 else "result"])
    desk.get_by_role("heading", name=said["decisions"]).wait_for(timeout=PATIENCE)
    assert desk.locator(".sm-strip[role=img]").count() == 4, "predictions of every quarter"
    assert "Disciplined meetings" in desk.locator(".sm-decisions").inner_text()
    assert "(persons)" not in desk.locator("main").inner_text()
    in_all_ways(desk, "class-debrief", desk.locator(".sm-decisions"), desk.get_by_role("region", name=said["quiz"]))
    fox.get_by_text(" of 4 right").first.wait_for(timeout=PATIENCE)
    in_all_ways(fox, "class-player", fox.get_by_role("heading", name=said["results"]))
    with desk.expect_download(timeout=PATIENCE) as file:
        press(desk, said["csv"])
    lines = file.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 4 and sum(line.count("Blue fox") for line in lines) == 4


def hand_in(page: Page, quarter: int, prediction: int, meets: bool) -> None:
    """Predict, decide and say why."""
    page.get_by_text(words.CLASS["phase"]["decide"].format(quarter=quarter, quarters=4)).wait_for(timeout=PATIENCE)
    page.locator("input[type=number]").fill(str(prediction))
    page.get_by_label(words.CLASS["why"]).fill(f"Because of quarter {quarter}")
    if meets:
        page.get_by_label("Disciplined meetings").evaluate(
            "range => { range.value = range.value === '6' ? 12 : 6; range.dispatchEvent(new Event('input')); }"
        )
    press(page, words.CLASS["hand_in"])
    page.get_by_text(words.CLASS["handed_in"]).wait_for(timeout=PATIENCE)
