"""Long work for the pages: one piece at a time, in turn, with progress, and cancelled on request."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sim.domain.errors import InputError, Told
from sim.ensemble.progress import Advance

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
ENDED = (DONE, FAILED, CANCELLED)
#: Pieces of work that may wait, of all visitors and of one.
MOST_WAITING, MOST_OF_ONE = 40, 3
log = logging.getLogger("smarketing.app")


class Cancelled(KeyboardInterrupt):
    """Work was cancelled: to what runs it, the same as Ctrl-C, so that it keeps what is done."""


class Job(Advance):
    """A piece of work, and how far it is.

    Parameters
    ----------
    title : str
        What people call it.
    work : callable
        Takes the job, which it tells of finished runs as it would `sim.ensemble.progress.Advance`; returns a result.
    owner : str
        Whose it is.

    Attributes
    ----------
    state : {"waiting", "running", "done", "failed", "cancelled"}
        How it stands.
    result : object
        What the work returned; of cancelled work, what it kept, if anything.
    error : str
        In words, of failed work.
    """

    def __init__(self, title: str, work: Callable[[Job], Any], owner: str = "") -> None:
        super().__init__(0, None)
        self.title, self.work, self.owner = title, work, owner
        self.state, self.result, self.error = WAITING, None, ""
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask it to end; it does after the runs that are under way, or at once if it still waits."""
        self._cancelled.set()
        if self.state == WAITING:
            self.state = CANCELLED

    def __call__(self, runs: int) -> None:
        """Count runs that have just been finished, and end here if that was asked for."""
        self.done += runs
        if self._cancelled.is_set():
            raise Cancelled

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    @property
    def share(self) -> float:
        """Part that is done, 0–1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def run(self) -> None:
        """Do the work; what goes wrong becomes words."""
        if self._cancelled.is_set():
            return
        self.state, self.start = RUNNING, time.perf_counter()
        try:
            self.result = self.work(self)
            self.state = CANCELLED if self._cancelled.is_set() else DONE
        except KeyboardInterrupt:
            self.state = CANCELLED
        except InputError as error:
            self.error, self.state = str(error), FAILED
        except Exception:
            log.exception("work for a page has failed: %s", self.title)
            self.error, self.state = "Something went wrong; the terminal of the server says more.", FAILED


class Jobs:
    """The queue of a server: what was asked for first runs first, one piece at a time."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, job: Job) -> Job:
        """Let a job wait for its turn.

        Raises
        ------
        InputError
            If too many wait already.
        """
        with self._change:
            waiting = [other for other in self._waiting if not other.is_over]
            if len(waiting) >= MOST_WAITING:
                raise InputError(
                    "queue", f"must hold at most {MOST_WAITING} studies", Told("one more"), "Wait for one to end."
                )
            if job.owner and sum(other.owner == job.owner for other in waiting) >= MOST_OF_ONE:
                raise InputError(
                    "queue", f"must hold at most {MOST_OF_ONE} of yours", Told("one more"), "Cancel one, or wait."
                )
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
            self._change.notify()
        return job

    def ahead_of(self, job: Job) -> int:
        """Pieces of work that come before it."""
        with self._change:
            before = itertools.takewhile(lambda other: other is not job, self._waiting)
            return sum(not other.is_over for other in before)

    def end(self, patience: float) -> bool:
        """Cancel everything, and give what runs some seconds to keep what is done; whether it has ended."""
        with self._change:
            for job in self._waiting:
                job.cancel()
            return self._change.wait_for(lambda: not self._waiting, patience)

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._waiting:
                    self._change.wait()
                job = self._waiting[0]
            job.run()
            with self._change:
                self._waiting.popleft()
                self._change.notify_all()


#: The queue of this server.
JOBS = Jobs()
