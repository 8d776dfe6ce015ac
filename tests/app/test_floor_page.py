"""Floor and comparison as a visitor meets them in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sim.app import words
from sim.app.frames import FIGURES, figure_text
from sim.app.links import read_view
from sim.app.live import Living
from tests.app.conftest import NewPage, Server, assert_accessible, assert_fits, open_at, shoot

pytestmark = pytest.mark.slow

At = Callable[[str], Page]
FLOOR = "document.querySelector('.sm-canvas').parentElement.__vue__"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def day_of(page: Page) -> int:
    said = re.search(r"\d+", page.locator(".sm-day").inner_text())
    assert said is not None
    return int(said.group())


def figures_of(page: Page) -> list[str]:
    return page.locator(".sm-figures dd").all_inner_texts()


def expected(query: str) -> list[str]:
    view = read_view(query)
    figures = Living(view.scenarios()[0], view.seed, view.day).figures()
    return [figure_text(name, figures[name]) for name in FIGURES]


def test_steps_move_the_day_and_show_the_figures_of_that_day(at: At) -> None:
    page = at("/?scenario=small&seed=7")
    for name, days in (("step_day", 1), ("step_week", 6), ("step_quarter", 71)):
        press(page, words.TRANSPORT[name])
        expect(page.locator(".sm-day")).to_contain_text(f"Day {days} ")
        assert figures_of(page) == expected(f"scenario=small&seed=7&day={days}")


def test_pause_freezes_days_and_leads_in_flight(at: At) -> None:
    page = at("/?scenario=mid")
    press(page, words.TRANSPORT["play"])
    page.wait_for_function(f"{FLOOR}.S.dots.length > 20")
    press(page, words.TRANSPORT["pause"])
    page.get_by_role("button", name=words.TRANSPORT["play"], exact=True).wait_for()
    page.wait_for_timeout(500)
    state = f"[{FLOOR}.S.clock, {FLOOR}.S.dots.length, JSON.stringify({FLOOR}.S.dots.map(dot => dot.x))]"
    before, day = page.evaluate(state), day_of(page)
    page.wait_for_timeout(1000)
    assert page.evaluate(state) == before and day_of(page) == day and before[1] > 0
    assert figures_of(page) == expected(f"scenario=mid&day={day}")


def test_links_drawn_bit_by_bit_are_those_drawn_at_once(at: At) -> None:
    page = at("/?scenario=mid&day=60")
    page.wait_for_function(f"{FLOOR}.S.at.length > 0")
    seen = page.evaluate(
        f"""() => {{
          const floor = {FLOOR}, S = floor.S, bytes = () => {{
            const c = S.ground, all = c.getImageData(0, 0, c.canvas.width, c.canvas.height).data;
            return all.reduce((sum, each) => (31 * sum + each) % 1000000007, 0); }};
          floor.drawUnder(); const whole = bytes(), before = S.ground;
          floor.drawUnder(30); let pictures = 1; while (S.work && pictures < 99) {{ floor.goOn(); pictures++; }}
          return [whole, bytes(), S.ground === before, pictures]; }}"""
    )
    assert seen[0] == seen[1] and not seen[2] and 28 <= seen[3] <= 32


def test_the_address_follows_slowly_while_time_runs_and_is_exact_at_rest_and_in_a_copied_link(at: At) -> None:
    page = at("/?scenario=small")
    page.evaluate(
        "() => { window.kept = 0; const keep = history.replaceState;"
        " history.replaceState = (...told) => { window.kept += 1; keep.apply(history, told); }; }"
    )
    press(page, words.TRANSPORT["play"])
    expect(page.locator(".sm-day")).to_contain_text(re.compile("Day [1-9]"))
    kept, seconds = page.evaluate(
        "() => { const kept = window.kept, begun = performance.now();"
        " return new Promise(done => setTimeout(() => done([window.kept - kept, performance.now() - begun]), 3000)); }"
    )
    assert 1 <= kept <= seconds / 1000 + 1
    link, day = page.evaluate(
        "() => ['.sm-share', '.sm-transport'].map(part => document.querySelector(part).__vue__)"
        ".reduce((share, transport) => [share.location(), transport.day])"
    )
    assert f"day={day}" in link
    press(page, words.TRANSPORT["pause"])
    page.get_by_role("button", name=words.TRANSPORT["play"], exact=True).wait_for()
    page.wait_for_function(
        "() => { const day = () => document.querySelector('.sm-transport').__vue__.day, then = day();"
        " return new Promise(done => setTimeout("
        "() => done(day() === then && location.search.endsWith(`day=${then}`)), 500)); }"
    )


def test_after_a_reload_it_is_the_same_day_with_the_same_levers(at: At) -> None:
    page = at("/?scenario=small")
    press(page, words.TRANSPORT["step_quarter"])
    expect(page.locator(".sm-day")).to_contain_text("Day 65 ")
    page.locator(".sm-levers select").first.select_option("integrated")
    expect(page).to_have_url(re.compile(r"org=adopt=integrated@65.*day=65"))
    press(page, words.TRANSPORT["step_day"])
    expect(page.locator(".sm-day")).to_contain_text("Day 66 ")
    before = figures_of(page)
    page.reload()
    expect(page.locator(".sm-day")).to_contain_text("Day 66 ")
    assert figures_of(page) == before == expected("scenario=small&org=adopt=integrated@65&day=66")
    assert page.locator(".sm-line b").count() == 1


def test_the_keyboard_does_all_that_the_mouse_does(at: At) -> None:
    page = at("/?scenario=small&day=60")
    page.locator("body").press("w")
    expect(page.locator(".sm-day")).to_contain_text("Day 65 ")
    page.locator("body").press("Space")
    page.get_by_role("button", name=words.TRANSPORT["pause"], exact=True).wait_for()
    page.locator("body").press("Space")
    page.get_by_role("button", name=words.TRANSPORT["play"], exact=True).wait_for()
    floor = page.locator(".sm-canvas")
    floor.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "Enter"):
        floor.press(key)
    page.locator(".sm-story h2").filter(has_text="Rep").wait_for()
    floor.press("Escape")
    expect(page.locator(".sm-story")).to_have_count(0)
    page.locator("body").press("r")
    expect(page.locator(".sm-day")).to_contain_text("Day 0 ")


def test_a_click_on_a_person_tells_the_story_and_a_line_of_it_that_of_a_lead(at: At) -> None:
    page = at("/?scenario=small&day=90")
    place = page.evaluate(
        f"(() => {{ const at = {FLOOR}.S.at.find(each => each && each.role === 1 && each.is === 2);"
        " return [at.x, at.y, at.name]; })()"
    )
    page.locator(".sm-canvas").click(position={"x": place[0], "y": place[1]})
    page.locator(".sm-story h2").filter(has_text=re.compile(f"^{place[2]}$", re.IGNORECASE)).wait_for()
    page.locator(".sm-lines .sm-link").first.click()
    page.locator(".sm-story h2").filter(has_text="Lead").wait_for()
    assert page.locator(".sm-lines li").count() >= 1


def test_levers_follow_what_is_planned_through_time_and_back(at: At) -> None:
    page = at("/?scenario=small&org=undefined+adopt=integrated@60+liaison=1@60..70&day=64")
    kind, liaison = page.locator(".sm-levers select").first, page.locator(".sm-lever").nth(2)
    expect(kind).to_have_value("integrated")
    expect(liaison).to_contain_text("1 person")
    page.locator("body").press("w")
    page.locator("body").press("w")
    expect(liaison.locator(".sm-dose")).to_have_text(words.LEVERS["none"])
    press(page, words.TRANSPORT["restart"])
    expect(kind).to_have_value("undefined")
    assert page.locator(".sm-line b").count() == 3


def test_a_wrong_lever_of_a_tampered_page_is_refused_in_words_and_the_floor_goes_on(at: At) -> None:
    page = at("/?scenario=small")
    page.evaluate("document.querySelector('.sm-levers').__vue__.pull(['liaison', 99999])")
    page.locator(".sm-wrong").filter(has_text="liaison").wait_for()
    press(page, words.TRANSPORT["step_day"])
    expect(page.locator(".sm-day")).to_contain_text("Day 1 ")


def test_a_wrong_lever_of_a_comparison_is_refused_in_words_and_it_goes_on(at: At) -> None:
    page = at("/compare?scenario=small&org=undefined&org=aligned")
    page.evaluate("document.querySelectorAll('.sm-levers')[1].__vue__.pull(['relationship', 'married'])")
    page.locator(".sm-wrong").filter(has_text="must be one of undefined").wait_for()
    press(page, words.TRANSPORT["step_day"])
    expect(page.locator(".sm-day")).to_contain_text("Day 1 ")


def test_equal_organizations_differ_by_exactly_nothing_live_and_replicated(at: At) -> None:
    page = at("/compare?scenario=small&org=aligned&org=aligned&day=20")
    press(page, words.TRANSPORT["step_quarter"])
    expect(page.locator(".sm-day")).to_contain_text("Day 85 ")
    assert set(page.locator(".sm-gapcell").all_inner_texts()) == {"0"}
    page.locator(".sm-replicate select").select_option("20")
    press(page, words.COMPARE["replicate"])
    page.locator(".sm-findings").wait_for()
    assert {text.strip() for text in page.locator(".sm-verdict").all_inner_texts()} == {"= equal"}


def test_replications_are_cancelled_by_their_button(at: At) -> None:
    page = at("/compare?scenario=large&org=undefined&org=aligned")
    page.locator(".sm-replicate select").select_option("200")
    press(page, words.COMPARE["replicate"])
    press(page, words.JOB["cancel"])
    page.locator(".sm-job.cancelled").wait_for()


def test_organizations_are_added_up_to_four_and_leads_tell_why(new_page: NewPage, server: Server) -> None:
    page = open_at(new_page(server.url), "/compare?scenario=micro&org=undefined&org=integrated&day=130")
    for number in (3, 4):
        press(page, words.COMPARE["add"])
        expect(page.locator(".sm-firm")).to_have_count(number)
    assert page.get_by_role("button", name=words.COMPARE["add"]).count() == 0
    assert day_of(page) == 130
    press(page, words.COMPARE["why"].replace("{a}", "A").replace("{b}", "B"))
    page.locator(".sm-reasons").wait_for()
    page.locator(".sm-details summary").first.click()
    assert page.locator(".sm-details[open] tbody tr").count() >= 2


@pytest.mark.parametrize(("size", "theme"), [("laptop", "light"), ("phone", "dark")])
def test_an_open_story_can_be_read_by_everybody(new_page: NewPage, server: Server, size: str, theme: str) -> None:
    page = open_at(new_page(server.url, size, theme, bypass_csp=True), "/?scenario=small&day=90")
    floor = page.locator(".sm-canvas")
    floor.focus()
    floor.press("ArrowDown")
    floor.press("Enter")
    page.locator(".sm-story").wait_for()
    press(page, words.LEVERS["more"])
    shoot(page, "floor-story", size, theme)
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize(("size", "theme"), [("laptop", "dark"), ("phone", "light")])
def test_findings_and_reasons_can_be_read_by_everybody(
    new_page: NewPage, server: Server, size: str, theme: str
) -> None:
    path = "/compare?scenario=small&org=undefined&org=aligned&day=130"
    page = open_at(new_page(server.url, size, theme, bypass_csp=True), path)
    page.locator(".sm-replicate select").select_option("20")
    press(page, words.COMPARE["replicate"])
    page.locator(".sm-findings").wait_for()
    press(page, words.COMPARE["why"].replace("{a}", "A").replace("{b}", "B"))
    page.locator(".sm-reasons").wait_for()
    page.locator(".sm-details summary").first.click()
    shoot(page, "compare-findings", size, theme)
    assert_fits(page)
    assert_accessible(page)
