"""No number without a source, no assumption without a reason, no citation of what is not there."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import sim.cli
from sim.domain.assumptions import REASONS, needs_reason
from sim.domain.rules import RULES, Rule
from sim.report.evidence import evidence_text
from sim.spec.basis import ASSUMPTION, CHOICE, DATA_SETS, Basis, foundations, resting_on

DOCS = Path(__file__).parents[2] / "docs"
EVIDENCE = (DOCS / "evidence.md").read_text(encoding="utf-8")
ROWS = set(re.findall(r"^\| ([ES]\d+) ", EVIDENCE, re.MULTILINE)) | {"E86"}
SOURCE = re.compile(r"(lever|switch|A|A\*|((A|A\*); )?([ES]\d+(–[ES]\d+)?|Olist|BPI 2012)(, [ES]\d+(–[ES]\d+)?)*)")


def is_founded(rule: Rule) -> bool:
    """Whether a rule's default has a source and, if it is only assumed, a reason."""
    path = f"{rule.section}.{rule.name}"
    return bool(SOURCE.fullmatch(rule.source)) and (not needs_reason(rule) or len(REASONS.get(path, "")) > 10)


def test_every_default_has_a_source_and_every_assumption_a_reason() -> None:
    """If this fails: name evidence in sim/domain/rules.py, or give the reason in sim/domain/assumptions.py."""
    assert [f"{rule.section}.{rule.name}" for rule in RULES if not is_founded(rule)] == []


@pytest.mark.parametrize("source", ["", "A; somebody", "E", "because", "a", "E51; A"])
def test_a_default_without_a_source_is_refused(source: str) -> None:
    assert is_founded(RULES[0])
    assert not is_founded(replace(RULES[0], source=source))


def test_an_assumption_without_a_reason_is_refused() -> None:
    assert not is_founded(replace(RULES[0], source="A", name="new"))


def test_no_reason_is_left_over() -> None:
    assert set(REASONS) - {f"{rule.section}.{rule.name}" for rule in RULES if needs_reason(rule)} == set()


def stands(number: Basis) -> bool:
    """Whether a number cites rows that there are, and gives a reason where it is assumed or chosen."""
    is_known = set(number.rows) <= ROWS | set(DATA_SETS)
    return is_known and bool(number.reason or (number.rows and number.basis not in (ASSUMPTION, CHOICE)))


def test_every_number_cites_rows_that_there_are_or_gives_a_reason() -> None:
    assert [number.number for number in foundations() if not stands(number)] == []
    assert not stands(replace(foundations()[0], rows=("E999",)))
    assert not stands(replace(foundations()[0], rows=(), reason=""))


def test_what_rests_on_a_row_cites_it() -> None:
    cites = {number.number: number.rows for number in foundations()}
    rows = resting_on()
    assert all(row in cites[name] for row, names in rows.items() for name in names)
    assert sum(map(len, rows.values())) == sum(len(number.rows) for number in foundations())
    assert "handoff.follow_up_quality" in rows["E51"]


def test_the_list_is_the_same_in_every_format() -> None:
    numbers = [number.number for number in foundations()]
    assert [row["number"] for row in json.loads(evidence_text("number", "json"))["numbers"]] == numbers
    assert [row["number"] for row in csv.DictReader(io.StringIO(evidence_text("number", "csv")))] == numbers
    assert [row["row"] for row in csv.DictReader(io.StringIO(evidence_text("row", "csv")))] == list(resting_on())
    assert "market.gap_days" in evidence_text("number", "table")


def test_the_command_refuses_to_list_by_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["smarketing", "evidence", "--by", "colour"])
    with pytest.raises(SystemExit) as ended:
        sim.cli.main()
    assert ended.value.code == 2
