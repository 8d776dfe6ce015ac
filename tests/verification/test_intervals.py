"""Checks that read tables of the analysis run on the tables of today; those of the engine have their faults."""

from __future__ import annotations

import pytest

from verification import catalogue
from verification.checks import CHECKS, INTERVALS, Effort

catalogue.load()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, one in CHECKS.items() if one.kind == INTERVALS])
def test_a_check_of_intervals_passes_with_little_effort(name: str) -> None:
    finding = CHECKS[name].run(Effort(is_quick=True))
    assert finding.passed, finding.text
