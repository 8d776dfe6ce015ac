"""What users come for, from the first click to the last: a class in its room, a study, a firm from its export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import sim
from sim.app import words
from tests.app.conftest import NewPage, Server, assert_accessible, assert_fits, drawn, open_at, running, shoot

pytestmark = pytest.mark.slow
#: Milliseconds that a busy machine may take for a step.
PATIENCE = 60_000

ROWS = "\n".join(
    f"{i},2024-{1 + i % 9:02d}-{1 + i % 27:02d},2024-{2 + i % 9:02d}-{1 + i % 27:02d},"
    f"{'Closed Won' if i % 3 == 0 else 'Closed Lost'},{1000 + 37 * i},Ada Lovelace,web"
    for i in range(300)
)
EXPORT = f"Id,Opened,Ended,Phase,Sum,Keeper,Origin\n{ROWS}\n"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def home(own: Path) -> Iterator[Server]:
    """A server that keeps what is made in a folder of the test's."""
    with running("sim", "app", SMARKETING_WORK=str(own)) as server:
        yield server


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click(timeout=PATIENCE)


def joined(new_page: NewPage, home: Server, code: str, nickname: str) -> Page:
    page = open_at(new_page(home.url, "phone", bypass_csp=True), f"/class?room={code}")
    page.get_by_label(words.CLASS["nickname"]).fill(nickname)
    press(page, words.CLASS["join"])
    page.get_by_text(words.CLASS["you"].format(nickname=nickname)).first.wait_for(timeout=PATIENCE)
    return page


def test_a_class_predicts_decides_runs_and_sees_what_came_of_it(new_page: NewPage, home: Server) -> None:
    desk = open_at(new_page(home.url, bypass_csp=True), "/class")
    press(desk, words.CLASS["begin"])
    desk.locator(".sm-bigcode").wait_for(timeout=PATIENCE)
    code = desk.locator(".sm-bigcode").inner_text().strip()
    fox, owl = joined(new_page, home, code, "Blue fox"), joined(new_page, home, code, "Owl")
    expect(desk.get_by_text(words.CLASS["here"].format(players=2)).first).to_be_visible(timeout=PATIENCE)
    press(desk, words.CLASS["go_on"]["lobby"])
    for page, prediction in ((fox, "20000000"), (owl, "15000000")):
        page.locator("input[type=number]").fill(prediction, timeout=PATIENCE)
    meetings = fox.get_by_label("Disciplined meetings")
    meetings.evaluate("(range) => { range.value = 6; range.dispatchEvent(new Event('input')); }")
    for page in (fox, owl):
        press(page, words.CLASS["hand_in"])
        page.get_by_text(words.CLASS["handed_in"]).wait_for(timeout=PATIENCE)
    press(desk, words.CLASS["go_on"]["decide"])
    for page in (fox, owl):
        page.get_by_role("heading", name=words.CLASS["results"]).first.wait_for(timeout=PATIENCE)
        assert_fits(drawn(page))
        assert_accessible(page)
    board = desk.get_by_role("region", name=words.CLASS["score"])
    board.wait_for(timeout=PATIENCE)
    assert {"Blue fox", "Owl", words.CLASS["nothing"]} <= set(board.locator("tbody th").all_inner_texts())
    assert_accessible(drawn(desk))
    shoot(desk, "class-played", "laptop", "light")
    fox.reload()
    fox.get_by_text(words.CLASS["you"].format(nickname="Blue fox")).first.wait_for(timeout=PATIENCE)


def test_a_study_is_asked_for_stopped_gone_on_with_and_read(new_page: NewPage, home: Server, own: Path) -> None:
    page = open_at(new_page(home.url), "/experiment")
    page.get_by_label(words.EXPERIMENT["scenario"]).select_option("small")
    page.get_by_label(words.EXPERIMENT["replications"]).fill("1000")
    page.get_by_text("2,000 runs").wait_for(timeout=PATIENCE)
    press(page, words.EXPERIMENT["run"])
    page.get_by_text("runs, about").wait_for(timeout=PATIENCE)
    press(page, words.JOB["cancel"])
    page.get_by_text(words.JOB["cancelled"]).wait_for(timeout=PATIENCE)
    (store,) = (own / "work" / "studies").iterdir()
    assert 0 < sim.load(store).status.done < 2000
    page.reload()
    press(drawn(page), words.EXPERIMENT["again"])
    page.get_by_text(words.JOB["done"], exact=True).wait_for(timeout=PATIENCE)
    report = page.frame_locator("iframe").first
    report.get_by_role("heading", name="Grid").wait_for(timeout=PATIENCE)
    assert "2,000 runs" in report.locator("header").inner_text()
    with page.expect_download(timeout=PATIENCE) as file:
        press(page, words.EXPERIMENT["plan"])
    assert 'relationship = ["undefined", "integrated"]' in file.value.path().read_text(encoding="utf-8")
    assert sim.load(store).status.state == "complete"


def test_a_firm_is_begun_with_an_export_which_says_what_it_can_tell(
    new_page: NewPage, home: Server, own: Path, tmp_path: Path
) -> None:
    export = tmp_path / "deals.csv"
    export.write_text(EXPORT, encoding="utf-8")
    page = open_at(new_page(home.url), "/firm")
    page.get_by_label(words.FIRM["new"]).fill("Test firm")
    press(page, words.FIRM["begin"])
    page.locator("input[type=file]").set_input_files(export, timeout=PATIENCE)
    page.locator(".sm-chip", has_text="deals.csv").wait_for(timeout=PATIENCE)
    press(page, words.FIRM["look"])
    report = page.frame_locator("iframe").first
    report.get_by_role("heading").first.wait_for(timeout=PATIENCE)
    assert "300" in report.locator("body").inner_text()
    shown = page.locator("main").inner_text() + report.locator("body").inner_text()
    assert "Lovelace" not in shown
    assert_fits(page)
    page.reload()
    drawn(page).locator(".sm-chip", has_text="deals.csv").wait_for(timeout=PATIENCE)
    press(page, words.FIRM["delete"] + " my-test-firm")
    press(page, words.FIRM["sure"])
    page.get_by_text(words.FIRM["first"]).wait_for(timeout=PATIENCE)
    assert not (own / "work" / "firms" / "my-test-firm").exists()
