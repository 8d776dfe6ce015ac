"""A new computer: the simulation is compiled once, and every page says so until it is ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.app import words
from sim.app.compiling import Preparation
from sim.app.prepared import told_of
from tests.app.conftest import NewPage, assert_accessible, assert_fits, drawn, open_at, running, shoot


def test_what_is_told_names_parts_and_seconds_and_nothing_where_all_is_ready() -> None:
    preparation = Preparation(print)
    preparation.is_new, preparation.done, preparation.parts = True, 3, 9
    told = told_of(preparation)
    assert told is not None
    assert "3 of 9 parts after 0 s" in told.text and told.share == pytest.approx(1 / 3)
    assert told_of(Preparation.under_way) is None


def test_a_preparation_that_fails_does_not_keep_pages_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Preparation) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Preparation, "_prepare", fail)
    preparation = Preparation(print)
    Preparation.under_way = preparation
    with pytest.raises(OSError, match="no space"):
        preparation._run()
    assert Preparation.under_way is None


@pytest.mark.slow
def test_on_a_new_computer_pages_tell_that_they_are_being_prepared_and_open_by_themselves(
    new_page: NewPage, tmp_path: Path
) -> None:
    """Floor and class come while the folder of compiled code is empty."""
    folders = {"SMARKETING_CACHE": str(tmp_path / "cache"), "SMARKETING_WORK": str(tmp_path / "work")}
    with running("sim", "app", **folders) as server:
        floor, desk = new_page(server.url, bypass_csp=True), new_page(server.url, "phone", "dark")
        for page, path in ((floor, "/?scenario=small&day=30"), (desk, "/class")):
            page.goto(path)
            page.locator(".sm-preparing").get_by_text("parts after").wait_for()
        shoot(floor, "preparing", "laptop", "light")
        shoot(desk, "preparing", "phone", "dark")
        assert_fits(desk)
        assert_accessible(floor)
        floor.locator(".sm-canvas").wait_for(timeout=240_000)
        drawn(desk).get_by_role("button", name=words.CLASS["begin"], exact=True).wait_for()
        open_at(floor, "/?scenario=small&day=31").locator(".sm-day").get_by_text("Day 31").wait_for()
        assert "Compiling" in "".join(server.errors) and "is compiled" in "".join(server.errors)
