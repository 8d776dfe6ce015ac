"""What visitors have used goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.app.memory import give_back

#: Says how many large arrays lie apart, before and after one is made; a larger one has come and gone.
#: Larger than what imports leave free in the heaps.
PROGRAM = """
import ctypes
import numpy as np
from sim.app.memory import give_back

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena o s hblks hblkhd u f uordblks fordblks keep".split()]

told = ctypes.CDLL(None).mallinfo2
told.restype = Info
{begin}
np.empty(24 * 2**20, np.uint8)
before = told().hblks
array = np.empty(12 * 2**20, np.uint8)
print(told().hblks - before)
"""


def apart(begin: str) -> int:
    """Arrays that were asked of the system alone."""
    program = PROGRAM.format(begin=begin)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    if "mallinfo2" in done.stderr:
        pytest.skip("the C library does not tell")
    return int(done.stdout)


def test_large_arrays_lie_apart_so_that_their_memory_can_be_given_back() -> None:
    if not give_back():
        pytest.skip("another C library than glibc")
    assert apart("") == 0, "the C library does so by itself: this module is not needed any more"
    assert apart("assert give_back()") == 1
