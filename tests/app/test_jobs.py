"""Long work of the pages: in turn, with progress, cancelled on request, and what is done is kept."""

from __future__ import annotations

import threading
import time

import pytest

import sim
from sim.app.jobs import CANCELLED, DONE, FAILED, MOST_OF_ONE, RUNNING, WAITING, Job, Jobs
from sim.domain.errors import InputError


def wait_for(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def held(gate: threading.Event):
    def work(job: Job) -> str:
        gate.wait(20)
        return "made"

    return work


def test_work_is_done_in_turn() -> None:
    jobs, gate = Jobs(), threading.Event()
    first, second = jobs.submit(Job("first", held(gate))), jobs.submit(Job("second", held(gate)))
    wait_for(lambda: first.state == RUNNING)
    assert second.state == WAITING and jobs.ahead_of(second) == 1
    gate.set()
    wait_for(lambda: second.is_over)
    assert (first.state, second.state, second.result) == (DONE, DONE, "made")


def test_waiting_work_is_cancelled_at_once() -> None:
    jobs, gate = Jobs(), threading.Event()
    first, second = jobs.submit(Job("first", held(gate))), jobs.submit(Job("second", held(gate)))
    second.cancel()
    assert second.state == CANCELLED
    gate.set()
    third = jobs.submit(Job("third", lambda job: 3))
    wait_for(lambda: third.is_over)
    assert (first.state, second.state, second.result, third.result) == (DONE, CANCELLED, None, 3)


def test_a_cancelled_study_keeps_what_is_done_and_goes_on_later(tmp_path) -> None:
    started = threading.Event()

    class Watched(Job):
        def __call__(self, runs: int) -> None:
            started.set()
            super().__call__(runs)

    def study(job: Job | None) -> sim.Experiment:
        return sim.experiment(
            "dose_response", store=tmp_path, scenario="micro", replications=30, advance=job, quiet=True
        )

    job = Jobs().submit(Watched("study", study))
    assert started.wait(60)
    job.cancel()
    wait_for(lambda: job.is_over)
    kept = sim.load(tmp_path).status
    assert job.state == CANCELLED and 0 < kept.done < kept.planned
    again = study(None).status
    assert again.state == "complete" and again.done == again.planned


def test_bad_input_is_told_and_other_faults_are_not_shown() -> None:
    jobs = Jobs()

    def refuse(job: Job) -> None:
        raise InputError("seed", "must be a number", "x", "Give a number.")

    def break_down(job: Job) -> None:
        raise RuntimeError("secret /path")

    refused, broken = jobs.submit(Job("a", refuse)), jobs.submit(Job("b", break_down))
    wait_for(lambda: broken.is_over)
    assert refused.state == broken.state == FAILED
    assert "seed" in refused.error and "secret" not in broken.error


def test_one_visitor_cannot_fill_the_queue() -> None:
    jobs, gate = Jobs(), threading.Event()
    for place in range(MOST_OF_ONE):
        jobs.submit(Job(str(place), held(gate), owner="me"))
    with pytest.raises(InputError, match="at most"):
        jobs.submit(Job("more", held(gate), owner="me"))
    other = jobs.submit(Job("other", held(gate), owner="you"))
    gate.set()
    wait_for(lambda: other.is_over)


def test_when_the_app_ends_work_gets_a_moment_to_keep_what_is_done() -> None:
    jobs, begun = Jobs(), threading.Event()

    def work(job: Job) -> None:
        while True:
            job(1)
            begun.set()
            time.sleep(0.01)

    running, waiting = jobs.submit(Job("running", work)), jobs.submit(Job("waiting", work))
    begun.wait(20)
    assert jobs.end(patience=20)
    assert (running.state, waiting.state) == (CANCELLED, CANCELLED)
    stubborn, gate = Jobs(), threading.Event()
    held_up = stubborn.submit(Job("stubborn", held(gate)))
    wait_for(lambda: held_up.state == RUNNING)
    assert not stubborn.end(patience=0.1)
    gate.set()
