"""The simulation's code, compiled while the first page is still being looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

_MODULE = "sim.engine.entries"
#: Seconds between two looks at what is compiled already.
LOOK = 0.25


class Preparation:
    """Compile in a process of its own, so that pages stay quick, then load what it made into this one.

    Parameters
    ----------
    say : callable
        Told when compiling begins and when all is ready; not told anything where it was compiled before.

    Attributes
    ----------
    is_new : bool
        Whether there is anything to compile: it takes a quarter of a minute then, else a second or two to load it.
    done, parts : int
        Parts of the code that are compiled, and how many there are; 0 before that is known.
    under_way : Preparation or None
        The one of this server, as long as it has not come to its end.

    Examples
    --------
    >>> preparation = Preparation(print)
    >>> preparation.end()  # nothing has begun
    """

    under_way: ClassVar[Preparation | None] = None

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.is_new, self.done, self.parts = False, 0, 0
        self._since = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._gate = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._since

    def begin(self) -> None:
        """Begin in the background."""
        Preparation.under_way, self._since = self, time.monotonic()
        threading.Thread(target=self._run, name="preparation", daemon=True).start()

    def end(self) -> None:
        """Stop, whether it is ready or not."""
        with self._gate:
            self._is_over = True
            if self._process is not None:
                self._process.terminate()

    def _run(self) -> None:
        try:
            self._prepare()
        finally:
            Preparation.under_way = None  # whatever has failed: pages say what it is better than one that waits

    def _prepare(self) -> None:
        from sim.behaviours.kernel import prepare_all

        self._look()
        self.is_new = self.done < self.parts
        if self.is_new:
            self.say("Compiling the simulation for this computer (once, about 15 seconds); pages open meanwhile …")
            self._compile()
        if not self._is_over:
            prepare_all(_MODULE)
            if self.is_new:
                self.say("The simulation is compiled.")

    def _look(self) -> None:
        """Count what is compiled."""
        import sim.engine.entries  # noqa: F401 (makes the entries)
        from sim.behaviours.kernel import Entry, cache_folder

        entries = [each for each in Entry._all if each.function.__module__ == _MODULE]
        self.done, self.parts = sum(each.is_known(cache_folder()) for each in entries), len(entries)

    def _compile(self) -> None:
        command = f"import {_MODULE}; from sim.behaviours.kernel import prepare_all; prepare_all({_MODULE!r})"
        paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        nothing = subprocess.DEVNULL
        with self._gate:
            if self._is_over:
                return
            self._process = subprocess.Popen(
                [sys.executable, "-c", command],
                env=environment,
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,  # Ctrl-C in the terminal is for the app, which ends this one
            )
        while self._process.poll() is None:
            self._look()
            time.sleep(LOOK)
