"""Work is handed out and taken back whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from time import sleep

import pytest

from sim.ensemble.executors import drain, pool_of


class Dying:
    """Something whose clean-up takes a while, in the middle of which Ctrl-C is pressed."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass


@pytest.fixture
def ctrl_c_is_heard() -> Iterator[None]:
    """What runs in the background of a shell ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_is_heard")
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_an_interruption_in_a_clean_up_is_heeded_and_work_under_way_is_taken() -> None:
    begun, taken = [], []

    def tasks() -> Iterator[int]:
        for task in range(1000):
            if task == 5:
                Dying()
            begun.append(task)
            yield task

    def work(task: int) -> int:
        sleep(0.01)
        return task

    with pool_of("threads", 2) as pool, pytest.raises(KeyboardInterrupt):
        drain(pool, work, tasks(), taken.append)
    assert begun == [0, 1, 2, 3, 4, 5]
    assert set(taken) >= {0, 1}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
