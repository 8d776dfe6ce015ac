"""Nobody slows the product down unseen: work is counted line by line, and timed against other work beside it."""

from __future__ import annotations

from collections import Counter

import numba
import pytest

from benchmarks import guard

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="measures compiled code"),
]
#: Kernels with fewer lines than this in the smaller firm are left to chance.
ENOUGH = 200
UNITS, FEW_DAYS = 4, 15
RENEW = "if that is meant: make bench ARGS=--renew-guard"


@pytest.fixture(scope="module")
def lines() -> dict[str, int]:
    return guard.counted()


def test_a_run_executes_no_more_lines_than_it_used_to(lines: dict[str, int]) -> None:
    before = guard.expected()["lines"]
    growth = sum(lines.values()) / sum(before.values())
    assert growth <= guard.MOST_LINES, f"{growth:.2f} times the work ({RENEW}): {guard.grown(lines, before)}"


def test_what_is_expected_is_what_there_is(lines: dict[str, int]) -> None:
    before = guard.expected()["lines"]
    growth = sum(lines.values()) / sum(before.values())
    assert growth >= 1.0 / guard.MOST_LINES, f"the run does less than is expected of it: {RENEW}"


def test_no_kernel_has_more_work_for_each_person_in_a_firm_of_many_units() -> None:
    one, many = guard.counted(1, FEW_DAYS), guard.counted(UNITS, FEW_DAYS)
    worse = {name: many[name] / n for name, n in one.items() if n >= ENOUGH and many.get(name, 0) > 1.75 * UNITS * n}
    assert not worse, f"grow faster than the firm (× {UNITS}): {worse}"


def test_a_run_takes_no_longer_than_it_used_to_beside_other_work_of_the_same_process() -> None:
    stored = guard.expected()
    most = guard.most_ratio(stored)
    ratios: list[float] = []
    while len(ratios) < 3 and (not ratios or min(ratios) > most):
        ratios.append(guard.measured_ratio())
    assert min(ratios) <= most, f"{min(ratios) / stored['ratio']:.2f} times as slow ({RENEW})"


def test_lines_are_counted_by_kernel_and_those_that_grew_are_named() -> None:
    assert guard.count_lines(lambda: sum(range(10))) == Counter()
    told = guard.grown({"desk.rep_day": 150, "luck.mix": 10, "new.scan": 70}, {"desk.rep_day": 100, "luck.mix": 10})
    assert told == ["new.scan: 0 → 70 lines", "desk.rep_day: 100 → 150 lines"]


def test_another_kind_of_machine_is_given_more_room() -> None:
    stored = {"machine": "of another kind", "ratio": 2.0}
    assert guard.most_ratio(stored) == 2.0 * guard.MOST_RATIO_ELSEWHERE
    assert guard.most_ratio(stored | {"machine": guard.kind_of_machine()}) == 2.0 * guard.MOST_RATIO
