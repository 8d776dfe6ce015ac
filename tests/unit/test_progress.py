"""What a log says of work under way."""

from __future__ import annotations

import pytest

from sim.ensemble import progress
from sim.ensemble.progress import Advance


def test_the_compilers_work_is_not_taken_for_the_pace_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[0])
    advance = Advance(2000, None)
    clock[0] = 50.0
    advance(10)  # after 50 seconds of compiling
    assert advance.line() == "10 of 2000 runs"
    clock[0] = 52.0
    advance(190)
    assert advance.line() == "200 of 2000 runs, 95 a second, about 19 s left"


def test_work_that_begins_at_once_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[0])
    advance = Advance(100, None)
    for moment in (1.0, 2.0, 3.0):
        clock[0] = moment
        advance(10)
    assert advance.line() == "30 of 100 runs, 10 a second, about 7 s left"
