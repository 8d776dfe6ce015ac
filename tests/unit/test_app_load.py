"""What the measurement of the app says of its figures: that it holds, or that it falls short."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.app_load import growth, paths, told, verdicts

FLAT = [500.0, 502.0, 498.0] * 8


def batch(**others: Any) -> dict[str, Any]:
    good = {"sessions": 30, "frames_per_second": 4.99, "latency_ms": {"p95": 8.0}, "cpu_percent": 45.0}
    return {**good, "memory_mb": FLAT, "errors": [], **others}


def test_a_good_class_holds_in_every_line() -> None:
    assert all(holds for _, _, holds in verdicts([batch(), batch()], 30))


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"sessions": 29}, "sessions"),
        ({"errors": ["closed"]}, "no error"),
        ({"frames_per_second": 3.6}, "they play"),
        ({"latency_ms": {"p95": 101.0}}, "latency"),
        ({"cpu_percent": 101.0}, "core"),
        ({"memory_mb": [470.0 + 2 * place for place in range(24)]}, "flat"),
        ({"memory_mb": [560.0] * 24}, "adds"),
    ],
)
def test_each_line_falls_short_of_what_is_asked_when_its_figure_does(wrong: dict[str, Any], line: str) -> None:
    found = verdicts([batch(), batch(**wrong)], 30)
    assert [said for said, _, holds in found if not holds and line in said], told(found)
    assert sum(not holds for _, _, holds in found) == 1
    assert told(found).count("FALLS SHORT") == 1


def test_sessions_begin_on_days_that_are_spread_over_the_run() -> None:
    assert paths("/?scenario=small&set=run.days=100&speed=5", 4) == [
        f"/?scenario=small&set=run.days=100&speed=5&day={day}" for day in (0, 25, 50, 75)
    ]


def test_growth_is_that_of_the_last_third_over_the_first() -> None:
    assert growth([100.0, 100.0, 150.0, 110.0, 110.0, 110.0]) == pytest.approx(10.0)
