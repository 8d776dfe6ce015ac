"""What one browser sees, measured as `python -m benchmarks.app_load --browser` does, with margins for busy machines.

What is asked of a quiet machine: 60 pictures a second on one floor and on two at 1920×1080, the first picture within
2.5 s, a slider's effect within 200 ms.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from benchmarks.app_browser import FLOOR, FLOORS, effect, first_picture, pictures
from tests.app.conftest import NewPage, Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", [FLOOR, FLOORS], ids=["one", "two"])
def test_floors_are_drawn_many_times_a_second(new_page: NewPage, server: Server, path: str) -> None:
    seen = pictures(new_page(server.url, "projector"), path, seconds=3.0)
    assert seen["rate"] > 1 and seen["marks"] > 0, seen
    assert seen["cost"] < 1000 / 60 / 2, "drawing takes more than half of the time of a picture"


def test_a_slider_shows_its_effect_at_once(new_page: NewPage, server: Server) -> None:
    assert effect(new_page(server.url, "projector")) < 2000


def test_the_first_picture_does_not_keep_anybody_waiting(browser: Browser, server: Server) -> None:
    assert first_picture(browser, server.url, visitors=2) < 40
