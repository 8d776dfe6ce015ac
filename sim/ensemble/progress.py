"""How far long work is: a bar with rate and time left on a terminal or in a notebook, elsewhere a line a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from sim.behaviours.kernel import Entry as CompiledEntry

LOG_SECONDS = 60.0


class RateColumn(ProgressColumn):
    """Runs a second, over the last half minute."""

    def render(self, task: Task) -> Text:
        """The rate as text; empty before anything is done."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class Advance:
    """Takes the number of finished runs; knows the seconds since it was made."""

    def __init__(self, total: int, show: Progress | None) -> None:
        self.total, self.done, self.show = total, 0, show
        self.start = self.told = time.perf_counter()
        self.first: tuple[int, float] | None = None
        self.task = show.add_task("Running", total=total) if show else None

    def expect(self, runs: int) -> None:
        """Take the number of runs that are still to come: a study that goes on until it is precise finds more."""
        self.total = self.done + runs

    def __call__(self, runs: int) -> None:
        """Count runs that have just been finished."""
        self.done += runs
        self.first = self.first or (self.done, self.seconds)
        if self.show is not None and self.task is not None:
            self.show.update(self.task, completed=self.done, total=max(self.total, self.done))
        elif time.perf_counter() - self.told > LOG_SECONDS:
            self.told = time.perf_counter()
            print(self.line(), file=sys.stderr, flush=True)

    def line(self) -> str:
        """What a log says: runs done, and as soon as there is one, rate and time left.

        The rate counts from the first runs that came back: before them lies the compiler's work on a new computer.
        """
        done, since = self.first or (0, 0.0)
        if self.done <= done:
            return f"{self.done} of {self.total} runs"
        rate = (self.done - done) / max(self.seconds - since, 1e-3)
        left = max(0, self.total - self.done) / rate
        return f"{self.done} of {self.total} runs, {rate:.0f} a second, about {left:.0f} s left"

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return round(time.perf_counter() - self.start, 3)


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Advance]:
    """A progress bar with rate and time left on a terminal or in a notebook; elsewhere a line a minute; or nothing.

    The bar shows nothing if `quiet`; the lines come all the same.
    """
    console = Console(stderr=True)
    if quiet or not (console.is_terminal or (console.is_jupyter and find_spec("ipywidgets"))):
        yield Advance(total, None)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, speed_estimate_period=30.0) as show:
        CompiledEntry.announce = staticmethod(show.console.print)
        yield Advance(total, show)
