"""The simulation's code, compiled while the first page is still being looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_MODULE = "sim.engine.entries"


class Preparation:
    """Compile in a process of its own, so that pages stay quick, then load what it made into this one.

    Parameters
    ----------
    say : callable
        Told when compiling begins and when all is ready; not told anything where it was compiled before.

    Examples
    --------
    >>> preparation = Preparation(print)
    >>> preparation.end()  # nothing has begun
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._gate = threading.Lock()

    def begin(self) -> None:
        """Begin in the background."""
        threading.Thread(target=self._run, name="preparation", daemon=True).start()

    def end(self) -> None:
        """Stop, whether it is ready or not."""
        with self._gate:
            self._is_over = True
            if self._process is not None:
                self._process.terminate()

    def _run(self) -> None:
        from sim.behaviours.kernel import cache_folder, prepare_all
        from sim.engine.entries import run_days

        is_new = not run_days.is_known(cache_folder())
        if is_new:
            self.say("Compiling the simulation for this computer (once, about 15 seconds); pages open meanwhile …")
            self._compile()
        if not self._is_over:
            prepare_all(_MODULE)
            if is_new:
                self.say("The simulation is compiled.")

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
        self._process.wait()
