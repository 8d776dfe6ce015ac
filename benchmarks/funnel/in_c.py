"""funnel-1 in C: compiled when it is first run, with the compiler that is found, into a temporary folder."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.funnel.size import Size, empty_days

FOLDER = Path(__file__).parent
#: Chosen for speed; -ffast-math lets the compiler take logarithms of eight numbers at once. It must not be there when
#: the program is linked: loading it would then make this whole process take the smallest numbers for zero.
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC")


class NoCompilerError(ImportError):
    """There is no C compiler here."""


def compiler() -> str:
    """The C compiler: ``$CC``, or cc, gcc or clang.

    Raises
    ------
    NoCompilerError
        If none is found.
    """
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and shutil.which(name):
            return name
    raise NoCompilerError("no C compiler; install one (Debian, Ubuntu: apt install gcc) or name it: CC=…")


@functools.cache
def program(source: str) -> ctypes.CDLL:
    """A program of this folder, compiled and loaded."""
    with tempfile.TemporaryDirectory() as folder:
        library, compiled = Path(folder) / "program.so", Path(folder) / "program.o"
        for command in (
            [compiler(), *FLAGS, "-c", "-o", compiled, FOLDER / source],
            [compiler(), "-shared", "-o", library, compiled, "-lm"],
        ):
            subprocess.run(command, check=True, capture_output=True)
        return ctypes.CDLL(str(library))


def run(size: Size, seed: int, source: str = "funnel.c") -> np.recarray:
    """The days of a run."""
    days = empty_days(size)
    sizes = (ctypes.c_int * 5)(*size[:3], *size[4:])
    pointer = days.ctypes.data_as(ctypes.c_void_p)
    program(source).run(ctypes.c_int64(seed), sizes, ctypes.c_double(size.arrivals), pointer)
    return days


def run_tuned(size: Size, seed: int) -> np.recarray:
    """The days of a run by the program with the same tricks as ours."""
    return run(size, seed, "tuned.c")
