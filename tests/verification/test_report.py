"""The report and its data are those of the checks and of the results of today."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from sim.domain.outcomes import RESULTS_VERSION
from verification import battery, catalogue
from verification.checks import CHECKS, ERROR, KINDS, Effort, Finding, near, none_of, pooled, reaches, share_near

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "verification.md").read_text("utf-8")
DATA = json.loads((DOCS / "verification.json").read_text("utf-8"))
LEAST_CHECKS = 60


@pytest.fixture(scope="module", autouse=True)
def _all_checks() -> None:
    catalogue.load()


def test_the_data_hold_every_check_of_the_code_and_no_other() -> None:
    assert sorted(one["check"] for one in DATA) == sorted(CHECKS)
    assert len(DATA) >= LEAST_CHECKS
    assert {one["kind"] for one in DATA} == set(KINDS)


def test_every_check_passed_and_says_what_would_make_it_fail() -> None:
    for one in DATA:
        known = CHECKS[one["check"]]
        assert one["passed"] is True, one
        assert one["would_fail_if"] == known.would_fail_if
        assert one["compares"] == known.compares
        assert one["error_rate"] == known.error_rate
        assert (one["figure"] <= one["bound"]) if one["rule"] == "at most" else (one["figure"] >= one["bound"])


def test_each_would_fail_for_a_reason_of_its_own() -> None:
    reasons = [one.would_fail_if for one in CHECKS.values()]
    assert len(set(reasons)) == len(reasons)
    assert all(reason.count(" ") >= 3 for reason in reasons)


def test_the_page_names_every_check_and_the_version_of_the_results() -> None:
    assert [name for name in CHECKS if f"`{name}`" not in PAGE] == []
    assert f"results {RESULTS_VERSION}," in PAGE
    assert f"**{len(CHECKS)} of {len(CHECKS)} checks passed**" in PAGE


def test_pictures_of_the_page_are_there() -> None:
    pictures = re.findall(r"\]\((images/verification-\w+\.svg)\)", PAGE)
    assert len(pictures) >= 4
    assert [name for name in pictures if not (DOCS / name).exists()] == []


def test_all_checks_together_raise_a_false_alarm_in_few_cases() -> None:
    family = sum(one.error_rate for one in CHECKS.values())
    assert 0.0 < family < 0.02
    assert f"{100 * family:.1f} % of cases" in PAGE


def test_kept_batteries_are_of_the_streams_of_today() -> None:
    names = [battery.name_of(*stream).removesuffix(".txt") for stream in battery.STREAMS]
    for path in battery.KEPT.iterdir():
        assert any(path.name.startswith(name) for name in names), f"{path.name} is of a stream that is no more"


def test_figures_beyond_their_bounds_do_not_pass() -> None:
    assert near([1.0, 1.1, 0.9, 1.0], 1.0).passed
    assert not near([1.0, 1.1, 0.9, 1.0], 9.0).passed
    assert near([1.0, 1.1, 0.9, 1.0], 1.5, allowed=0.6).passed
    assert not near([2.0, 2.0], 1.0).passed
    assert share_near(500, 1000, 0.5).passed
    assert not share_near(600, 1000, 0.5).passed
    assert reaches(940, 1000, 0.95, "held").passed
    assert not reaches(900, 1000, 0.95, "held").passed
    assert not none_of(1, 1000, "wrong").passed
    assert not Finding(float("nan"), 1.0, "nothing").passed


def test_small_cells_are_pooled_until_five_are_expected() -> None:
    observed, expected = pooled(np.array([90.0, 8.0, 1.0, 1.0]), np.array([0.9, 0.08, 0.01, 0.01]))
    assert observed.tolist() == [90.0, 10.0]
    assert expected.min() >= 5.0


def test_a_quick_effort_runs_less() -> None:
    assert Effort(is_quick=True).n(1000) < Effort().n(1000)
    assert ERROR <= 1e-4
