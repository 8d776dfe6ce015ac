"""An old name of a value is read for a while, says so once, and never stands beside its new one."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from sim.domain import renamed
from sim.domain.errors import InputError
from sim.domain.renamed import RENAMED, Renamed, RenamedWarning, todays_names
from sim.ensemble.provenance import version
from sim.spec.catalogue import load_scenario, read_scenario
from sim.spec.edit import value_at, with_values

#: As if market.gap_days had been called so, and the whole table of the run otherwise too.
OLD = (
    Renamed("market.pause_days", "market.gap_days", "0.2.0", "0.4.0"),
    Renamed("length", "run", "0.2.0", "0.4.0"),
)
SAID = "market.pause_days is called market.gap_days since version 0.2.0; the old name is read until version 0.4.0."


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", OLD)


@pytest.mark.usefixtures("once")
def test_an_old_name_is_read_as_the_new_one_with_a_warning() -> None:
    given: dict[str, Any] = {"market": {"pause_days": 9.0}, "sources": {"market.pause_days": "our CRM, 2024"}}
    with pytest.warns(RenamedWarning, match=re.escape(SAID)):
        found = read_scenario(given)
    assert value_at(found, "market.gap_days") == 9.0
    assert found.sources == {"market.gap_days": "our CRM, 2024"}
    assert given == {"market": {"pause_days": 9.0}, "sources": {"market.pause_days": "our CRM, 2024"}}


@pytest.mark.usefixtures("once")
def test_a_renamed_table_is_read_whole() -> None:
    with pytest.warns(RenamedWarning, match="length is called run"):
        assert read_scenario({"length": {"days": 60}}).run.days == 60


@pytest.mark.usefixtures("once")
def test_an_old_name_works_where_values_are_set_by_path() -> None:
    with pytest.warns(RenamedWarning):
        assert value_at(with_values(load_scenario("micro"), {"market.pause_days": 9.0}), "market.gap_days") == 9.0


@pytest.mark.usefixtures("once")
def test_old_and_new_name_together_are_refused() -> None:
    with pytest.warns(RenamedWarning), pytest.raises(InputError, match="must not be given beside market.gap_days"):
        read_scenario({"market": {"pause_days": 9.0, "gap_days": 8.0}})


def test_todays_names_pass_without_a_word() -> None:
    content = {"market": {"gap_days": 9.0}, "run": {"days": 60}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert todays_names(content, renamed=OLD) == content
        read_scenario(content)


def test_no_old_name_is_read_longer_than_was_promised() -> None:
    now = tuple(map(int, version().split(".")))
    late = [one.old for one in RENAMED if tuple(map(int, one.until.split("."))) <= now]
    assert not late, f"take these out of RENAMED: {late}"


def test_a_terminal_shows_one_plain_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    from sim.cli import main

    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[market]\npause_days = 9.0\n', encoding="utf-8")
    monkeypatch.setattr(renamed, "RENAMED", OLD)
    monkeypatch.setattr(sys, "argv", ["smarketing", "scenario", "show", str(file)])
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code in (0, None)
    assert f"smarketing: {SAID}" in capsys.readouterr().err.splitlines()
