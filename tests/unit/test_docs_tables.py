"""The tables of the documentation are those of the code."""

from __future__ import annotations

import re

from docs import tables
from sim.domain.vocabulary import PURPOSES


def test_every_written_file_is_as_the_code_says() -> None:
    for path, text in tables.files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} has drifted: run `make docs`"


def test_the_odd_holds_every_table() -> None:
    text = (tables.DOCS / "odd.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"<!-- table: ([\w ]+) -->", text)) == sorted(tables.TABLES)
    assert text.count("<!-- end -->") == len(tables.TABLES)


def test_a_table_that_drifts_is_written_anew_and_the_rest_is_left_alone() -> None:
    before = "by hand\n<!-- table: segments -->\nold\n<!-- end -->\nby hand too\n"
    after = tables.filled(before)
    assert after.startswith("by hand\n<!-- table: segments -->\n| segment |")
    assert after.endswith("\n<!-- end -->\nby hand too\n")
    assert "old" not in after
    assert tables.filled(after) == after


def test_every_purpose_of_luck_says_whose_luck_it_is() -> None:
    assert set(PURPOSES.values()) == set(tables.asked())
