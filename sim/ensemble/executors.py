"""Who does the work: threads, processes or a Dask cluster, behind one door.

Compiled code releases Python's lock, so threads are best on one machine: they start at once and share its memory.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import Any, TypeVar

from sim.domain.errors import InputError, Told, did_you_mean
from sim.ensemble.seeds import check_whole

T = TypeVar("T")
R = TypeVar("R")

MOST_WORKERS = 1000
NAMES = ("threads", "processes", "dask")
#: Loggers of Dask that write tracebacks about what is told plainly here.
CHATTY = ("distributed.client", "distributed.utils", "tornado.application")
#: Workers that a chunk may lose before it is given up.
LOST_WORKERS = 5
#: Seconds after which an interruption is heeded at the latest.
HEED = 0.2


@dataclass(frozen=True)
class Pool:
    """An executor and how many tasks it can do at once."""

    executor: Executor
    workers: int

    @property
    def is_here(self) -> bool:
        """Whether the workers are threads of this process."""
        return isinstance(self.executor, ThreadPoolExecutor)


def n_cpus() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_workers(workers: int | None) -> None:
    """Make sure that a number of workers can be had; None stands for one for each processor.

    Raises
    ------
    InputError
        If it cannot.
    """
    if workers is not None:
        check_whole("workers", workers, 1, MOST_WORKERS)


def check_executor(executor: str | Executor, address: str | None = None) -> None:
    """Make sure that an executor is known, before anything is prepared for it.

    Raises
    ------
    InputError
        If it is not, or if it takes no address.
    """
    if isinstance(executor, str) and executor not in NAMES:
        raise InputError("--executor", f"must be one of {', '.join(NAMES)}", executor, did_you_mean(executor, NAMES))
    if address is not None and executor != "dask":
        raise InputError("--address", "is the scheduler of a Dask cluster", address, "Add --executor dask.")


@contextmanager
def pool_of(
    executor: str | Executor = "threads", workers: int | None = None, address: str | None = None
) -> Iterator[Pool]:
    """Workers for a while; any executor of `concurrent.futures` will do, and is left open.

    Parameters
    ----------
    executor : {"threads", "processes", "dask"} or concurrent.futures.Executor
        Who works.
    workers : int, optional
        How many; by default one for each processor. A cluster with an address has its own.
    address : str, optional
        Scheduler of a running Dask cluster, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        If there is no such executor, or it cannot be reached.
    """
    check_workers(workers)
    check_executor(executor, address)
    many = workers or n_cpus()
    if isinstance(executor, Executor):
        yield Pool(executor, workers or getattr(executor, "_max_workers", None) or n_cpus())
    elif executor == "threads":
        with ThreadPoolExecutor(many) as threads:
            yield Pool(threads, many)
    elif executor == "processes":
        with _processes(many) as processes:
            yield Pool(processes, many)
    else:
        with _cluster(many, address) as pool:
            yield pool


def _processes(workers: int) -> Executor:
    """Processes that are started anew: a fork would copy the compiler's threads halfway through their work."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=attend)


def attend() -> None:
    """Make a worker process leave an interruption to the process that started it, and end when that one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():

        def end_with_it() -> None:
            parent.join()
            os._exit(1)

        Thread(target=end_with_it, daemon=True).start()


@contextmanager
def _cluster(workers: int, address: str | None) -> Iterator[Pool]:
    """A Dask cluster: the one at the address, or one of processes on this machine."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        mend = "Install it: pip install 'smarketing[cluster]'"
        raise InputError("--executor", "needs the library distributed, which is not installed", "dask", mend) from None
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address is None:
        with _not_interrupted():
            local = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        with local, Client(local) as client:
            yield Pool(client.get_executor(retries=LOST_WORKERS), workers)
        return
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError("--address", f"cannot be reached ({error})", address, "Is the scheduler running?") from None
    with client:
        yield Pool(client.get_executor(retries=LOST_WORKERS), max(1, sum(client.nthreads().values())))


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Processes begun here leave an interruption to this one, which goes on to heed it."""
    if current_thread() is not main_thread():
        yield
        return
    ordinary = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ordinary)


def drain(pool: Pool, work: Callable[[T], R], tasks: Iterable[T], take: Callable[[R], Any]) -> None:
    """Keep the workers busy until the work is done; `take` is given each result in the caller's own thread.

    When interrupted, work under way is finished and taken, and nothing more is begun.

    Raises
    ------
    InputError
        If workers died or cannot do the work.
    """
    running: set[Future[R]] = set()
    with _interruption_in_its_time() as heed:
        try:
            for task in tasks:
                while len(running) >= 2 * pool.workers:
                    running = _take_done(running, take, pool.is_here, heed)
                heed()
                running.add(pool.executor.submit(work, task))
            while running:
                running = _take_done(running, take, pool.is_here, heed)
        except BaseException as error:
            for future in running:
                future.cancel()
            if isinstance(error, KeyboardInterrupt):
                with suppress(KeyboardInterrupt):  # a second one does not wait
                    for future in running:
                        if not future.cancelled():
                            take(_result(future, pool.is_here))
            raise


@contextmanager
def _interruption_in_its_time() -> Iterator[Callable[[], None]]:
    """Keep an interruption until it is heeded: raised anywhere, a library's clean-up could swallow it.

    A second one is raised at once. Gives what raises the one that waits.
    """
    waiting: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        if waiting:
            signal.default_int_handler(number, frame)
        waiting.append(number)

    def heed() -> None:
        if waiting:
            raise KeyboardInterrupt

    if current_thread() is not main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield heed
        return
    signal.signal(signal.SIGINT, remember)
    try:
        yield heed
        heed()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _take_done(
    running: set[Future[R]], take: Callable[[R], Any], is_here: bool, heed: Callable[[], None]
) -> set[Future[R]]:
    """Wait for one result at least; returns what is still under way."""
    done: set[Future[R]] = set()
    rest = running
    while not done:
        heed()
        done, rest = wait(running, HEED, return_when=FIRST_COMPLETED)
    for future in done:
        running.discard(future)
        take(_result(future, is_here))
    return rest


def _result(future: Future[R], is_here: bool) -> R:
    """What a worker has done; where one elsewhere could not, that is said plainly: a run that fails is no error here.

    An error of a thread is one of the program, and is raised as it is.
    """
    if is_here:
        return future.result()
    try:
        return future.result()
    except InputError:
        raise
    except CancelledError as error:
        raise _lost("the scheduler is gone", "Start it again.") from error
    except BrokenExecutor as error:
        raise _lost("worker processes died", "Perhaps memory ran out: try fewer --workers.") from error
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        mend = "Workers elsewhere need the same smarketing, and memory enough."
        raise _lost(f"workers cannot do the work ({type(error).__name__}: {words})", mend) from error


def _lost(rule: str, mend: str) -> InputError:
    return InputError(
        "--executor", rule, Told("no result"), f"{mend} What is done is kept; run the command again to go on."
    )
