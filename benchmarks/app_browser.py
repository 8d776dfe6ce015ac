"""What one real browser sees of the app: pictures a second, the first picture, and how soon a slider shows its effect.

Measured apart from a class (`benchmarks.app_load`), in Chromium without a screen, as ``python -m benchmarks.app_load
--browser`` prints it and the slow tests of the app hold it with a wider margin.
"""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Sequence
from typing import Any

#: What is asked: pictures a second, seconds to the first picture, milliseconds from a slider to what it changes.
PICTURES, FIRST, EFFECT = 60.0, 2.5, 200.0
#: Less counts as 60 pictures a second only where it rounds to that: an empty page draws 60.0.
LEAST_PICTURES = PICTURES - 0.5
SIZE = {"width": 1920, "height": 1080}
FLOOR, FLOORS = "/?scenario=mid&day=60&speed=5", "/compare?scenario=mid&org=undefined&org=integrated&day=60&speed=5"
FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]

#: Pictures that a page draws a second, the longest time between two in milliseconds, and how many were left out.
_DRAWN = """seconds => new Promise(done => {
  const begun = performance.now(), times = [];
  const told = () => {
    const gaps = times.slice(1).map((time, place) => time - times[place]);
    return [1000 * gaps.length / (times[times.length - 1] - times[0]), Math.max(...gaps),
            gaps.reduce((sum, gap) => sum + Math.round(gap * 60 / 1000) - 1, 0)]; };
  const each = now => { times.push(now); now - begun < 1000 * seconds ? requestAnimationFrame(each) : done(told()); };
  requestAnimationFrame(each);
})"""
#: Milliseconds that the page's own drawing of a picture takes, of all floors together: the middle of many.
_COST = """seconds => new Promise(done => {
  const floors = [...document.querySelectorAll('.sm-canvas')].map(box => box.parentElement.__vue__), took = [];
  for (const floor of floors) { const draw = floor.drawOver;
    floor.drawOver = () => { const begun = performance.now(); draw(); took.push(performance.now() - begun); }; }
  setTimeout(() => done(floors.length * took.sort((one, other) => one - other)[Math.floor(took.length / 2)]),
             1000 * seconds);
})"""
#: Marks that are under way on all floors: they move, or there is nothing to draw.
_MARKS = """() => [...document.querySelectorAll('.sm-canvas')].reduce(
  (sum, box) => sum + box.parentElement.__vue__.S.dots.length, 0)"""
#: Milliseconds from moving a slider until the levers and the address say what the model now does.
_EFFECT = """place => new Promise(done => {
  const lever = () => document.querySelectorAll('.sm-lever')[2], input = lever().querySelector('input');
  const said = () => lever().className + location.search, before = said(), begun = performance.now();
  input.value = place; input.dispatchEvent(new Event('input')); input.dispatchEvent(new Event('change'));
  const look = () => said() !== before ? done(performance.now() - begun) : requestAnimationFrame(look);
  look();
})"""
#: Milliseconds from asking for the page until a floor with people on it has been drawn.
_FIRST = """() => new Promise(done => {
  const stands = () => { const box = document.querySelector('.sm-canvas'), view = box && box.parentElement.__vue__;
    return view && view.S && view.S.at.length > 0; };
  const look = () => stands() ? requestAnimationFrame(() => done(performance.now())) : setTimeout(look, 10);
  look();
})"""

Verdict = tuple[str, str, bool]


def chromium() -> str:
    """Where Chromium is, or nothing: Debian's package, or what ``$CHROMIUM`` names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


def pictures(page: Any, path: str, seconds: float = 5.0) -> dict[str, float]:
    """What a view draws while it plays: see `_DRAWN`, and the milliseconds that one costs and the marks under way."""
    page.goto(path)
    page.evaluate(_FIRST)
    page.locator(".sm-play").click()
    page.wait_for_function(f"() => ({_MARKS})() > 10")
    rate, longest, left_out = page.evaluate(_DRAWN, seconds)
    marks, cost = page.evaluate(_MARKS), page.evaluate(_COST, seconds / 2)
    return {"rate": rate, "longest": longest, "left_out": left_out, "marks": marks, "cost": cost}


def ceiling(page: Any, seconds: float = 3.0) -> float:
    """Pictures a second of an empty page: what this browser on this machine gives at best."""
    page.goto("about:blank")
    return float(page.evaluate(_DRAWN, seconds)[0])


def first_picture(browser: Any, url: str, path: str = FLOOR, visitors: int = 3) -> float:
    """Seconds from asking for a page until its floor is drawn, the middle of some who come for the first time."""
    took = []
    for _ in range(visitors):
        context = browser.new_context(viewport=SIZE, base_url=url)
        page = context.new_page()
        page.goto(path, wait_until="commit")
        took.append(page.evaluate(_FIRST) / 1000.0)
        context.close()
    return statistics.median(took)


def effect(page: Any, path: str = FLOOR, places: Sequence[int] = (2, 4, 6, 2, 4, 6, 2)) -> float:
    """Milliseconds from moving a slider until its effect is seen, the middle of some moves."""
    page.goto(path)
    page.evaluate(_FIRST)
    page.wait_for_timeout(1000)
    return statistics.median(page.evaluate(_EFFECT, place) for place in places)


def browsed(url: str) -> list[Verdict]:
    """What a browser sees of an app, each with what is asked and whether it holds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport=SIZE, base_url=url).new_page()
        most, one, two = ceiling(page), pictures(page, FLOOR), pictures(page, FLOORS)
        took, came = effect(page), first_picture(browser, url)
        browser.close()
    return [
        (f"an empty page here: {PICTURES:.0f} pictures/s", f"{most:.1f}", most >= LEAST_PICTURES),
        _drawn("one floor", one),
        _drawn("two floors", two),
        (f"first picture <= {FIRST} s", f"{came:.2f} s", came <= FIRST),
        (f"slider to effect <= {EFFECT:.0f} ms", f"{took:.0f} ms", took <= EFFECT),
    ]


def _drawn(what: str, seen: dict[str, float]) -> Verdict:
    gaps = f"{seen['left_out']:.0f} left out, longest gap {seen['longest']:.0f} ms"
    about = f"{gaps}, {seen['cost']:.1f} ms to draw one, {seen['marks']:.0f} marks"
    value = f"{seen['rate']:.1f} ({about})"
    asked = f"{PICTURES:.0f} pictures/s on {what} at {SIZE['width']}x{SIZE['height']}"
    return asked, value, seen["rate"] >= LEAST_PICTURES
